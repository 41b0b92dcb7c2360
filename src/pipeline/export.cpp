#include "pipeline/export.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "base/version.h"
#include "formats/all.h"
#include "formats/bin/bin.h"
#include "formats/gguf/gguf.h"
#include "formats/katago/katago.h"
#include "formats/numpy/npz.h"
#include "formats/onnx/read.h"
#include "formats/onnx/write.h"
#include "formats/safetensors/safetensors.h"
#include "graph/cost.h"
#include "passes/passes.h"
#include "pipeline/bench/onnxruntime.h"
#include "pipeline/engines.h"
#include "pipeline/execute.h"
#include "pipeline/exporters.h"
#include "zoo/katago/katago.h"

namespace lathe::pipeline {
namespace {

using check::NamedTensors;
using graph::Graph;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

constexpr int64_t kComparedSamples = 32;  // of the calibration inputs
// Below this the answers of weights in few bits are told to be poor.
constexpr double kPoorDb = 20;
constexpr double kSaturationDb = 3;  // less in ONNX Runtime than by the graph itself: more than its rounding

// What the source computes, kept while its weights are released.
struct Answers {
    std::vector<NamedTensors> inputs, outputs;
    std::string described;
    EngineOptions engine{.engine = "reference"};
};

Result<std::vector<NamedTensors>> outputs_of(const Graph& graph, const Answers& answers,
                                             std::string_view doing, const Progress& progress) {
    TRY(const auto program, plan_for(graph, answers.engine));
    std::vector<NamedTensors> all;
    for (const NamedTensors& inputs : answers.inputs) {
        if (progress) progress(doing, all.size(), answers.inputs.size());
        TRY(auto ordered, check::inputs_in_order(graph, inputs));
        // Formats have other types of whole numbers than their sources.
        for (size_t i = 0; i < ordered.size(); ++i)
            if (const DType wanted = graph[graph.inputs[i]].dtype; !is_float(wanted))
                ordered[i] = tensor_from_ints(wanted, ordered[i].shape(), ordered[i].to_ints());
        TRY(auto results, program->run(ordered));
        NamedTensors named;
        for (size_t i = 0; i < results.size(); ++i)
            named.emplace_back(graph[graph.outputs[i]].name, std::move(results[i]));
        all.push_back(std::move(named));
    }
    if (progress) progress(doing, 1, 1);
    return all;
}

// The reference engine runs a graph as it was built, by the operators' definitions, and is slow: small graphs are its.
std::string engine_to_compare_by(const Graph& graph, const NamedTensors& inputs) {
    constexpr double kFewOperations = 5e8;
    graph::Bindings sizes;
    for (const auto& [name, tensor] : inputs)
        for (const graph::ValueId id : graph.inputs)
            for (size_t i = 0; graph[id].name == name && i < graph[id].shape.size(); ++i)
                if (graph[id].shape[i].is_symbol())
                    sizes[graph[id].shape[i].text()] = tensor.dim(static_cast<int>(i));
    const auto cost = graph::cost_of(graph, sizes);
    return cost && cost->total.flops > kFewOperations ? "cpu" : "reference";
}

// On the inputs of the calibration, where there was one.
Result<Answers> answers_of(const Graph& graph, const std::optional<InputSets>& calibration,
                           const graph::Bindings& fixed, const Progress& progress) {
    Answers answers;
    if (calibration) {
        const InputSets some = calibration->beginning(kComparedSamples);
        ThreadPool threads(0);
        TRY_STATUS(some.for_each(threads, [&](const NamedTensors& set) -> Status {
            answers.inputs.push_back(set);
            return {};
        }));
        answers.engine.engine = "cpu";
        answers.described = format("{} of {} sets of the inputs of the calibration", answers.inputs.size(),
                                   calibration->count());
    } else {
        TRY(answers.inputs, trial_inputs(graph, fixed, 2, answers.described));
        answers.engine.engine = engine_to_compare_by(graph, answers.inputs[0]);
        answers.described += format(", by the {} engine", answers.engine.engine);
    }
    TRY(answers.outputs, outputs_of(graph, answers, "running the source", progress));
    return answers;
}

Result<check::Comparison> compared(const std::vector<NamedTensors>& outputs, const Answers& answers,
                                   check::Tolerance tolerance) {
    check::Comparison total{.tolerance = tolerance};
    for (size_t i = 0; i < outputs.size(); ++i) {
        TRY(auto one, check::compare_outputs(outputs[i], answers.outputs[i], tolerance, false));
        if (i == 0) total.outputs = std::move(one.outputs);
        else
            for (size_t k = 0; k < one.outputs.size(); ++k) check::merge(total.outputs[k], one.outputs[k]);
        ++total.samples;
    }
    return total;
}

double least_snr(const check::Comparison& comparison) {
    double least = std::numeric_limits<double>::infinity();
    for (const check::Metrics& metrics : comparison.outputs) least = std::min(least, metrics.snr_db);
    return least;
}

// A copy that does not see what becomes of the file that the tensor is mapped from.
Tensor in_memory(const Tensor& tensor) {
    TensorBuilder copy(tensor.dtype(), tensor.shape());
    std::ranges::copy(tensor.to_contiguous().bytes(), copy.bytes().begin());
    return copy.finish();
}

// The same file by ONNX Runtime, where it is installed.
Status compare_by_onnxruntime(const Graph& graph, const ExportOptions& options, const Answers& answers,
                              check::Tolerance tolerance, ExportReport& report) {
    TRY(const TemporaryFolder folder, TemporaryFolder::create());
    auto runtime = Onnxruntime::start(folder);
    if (!runtime) {
        report.why_not = runtime.error().message;
        return {};
    }
    std::vector<std::string> names;
    for (const graph::ValueId id : graph.outputs) names.push_back(graph[id].name);
    std::vector<NamedTensors> outputs;
    for (const NamedTensors& inputs : answers.inputs) {
        (*runtime)->outputs.clear();
        if (const auto loaded =
                (*runtime)->load({.model = options.output,
                                  .inputs = inputs,
                                  .outputs = names,
                                  .optimization = options.precision == "fp8" ? "basic" : "all"});
            !loaded) {
            report.why_not = loaded.error().message;
            return {};
        }
        NamedTensors& named = outputs.emplace_back();
        for (const auto& [name, tensor] : (*runtime)->outputs) named.emplace_back(name, in_memory(tensor));
    }
    report.onnxruntime_version = (*runtime)->version;
    TRY(report.by_onnxruntime, compared(outputs, answers, tolerance));
    const QuantizationChoices& choices = options.quantization;
    if (options.precision == "int8-static" && choices.weights == "i8" && !choices.reduce_range &&
        least_snr(*report.by_onnxruntime) + kSaturationDb < least_snr(*report.comparison))
        report.notes.push_back(
            "ONNX Runtime's integers are less exact than the file's: on x86 processors without VNNI its sums of u8*i8 products "
            "saturate; --weight-codes u8 or --reduce-range give files that are exact there");
    return {};
}

// Images as the written file takes them.
void move_channels_last(NamedTensors& set) {
    const int order[] = {0, 2, 3, 1};
    for (auto& [name, tensor] : set)
        if (tensor.rank() == 4 && is_float(tensor.dtype())) tensor = tensor.transposed(order).to_contiguous();
}

formats::onnx::ExternalData external_data(const std::string& word) {
    using formats::onnx::ExternalData;
    return word == "always"  ? ExternalData::kAlways
           : word == "never" ? ExternalData::kNever
                             : ExternalData::kAuto;
}

// The graph in its precision. -> what to write
Result<Graph> with_precision(Graph graph, const Exporter& exporter, const ExportOptions& options,
                             const std::optional<InputSets>& calibration, ExportReport& report,
                             const Progress& progress) {
    if (!calibration && exporter.narrows_itself) return graph;
    Precised made;
    if (calibration) {
        TRY(auto how, static_options(options.precision, options.quantization));
        if (exporter.integers != nullptr) TRY_STATUS(exporter.integers(how));
        TRY(made, apply_calibrated(std::move(graph), *calibration, options.quantization, how, progress));
    } else {
        TRY(made,
            apply_precision(std::move(graph), options.precision, options.quantization, options.half_io));
    }
    report.notes.insert(report.notes.end(), made.notes.begin(), made.notes.end());
    report.layers = std::move(made.layers);
    return std::move(made.graph);
}

int opset_for(const ExportOptions& options) {
    if (options.opset != 0) return options.opset;
    return options.precision == "int4" ? 21 : options.precision == "fp8" ? 19 : 17;
}

// The model's graph as it is written: sizes fixed, constants and norms folded, in its precision.
Result<Graph> graph_to_write(Model model, const Exporter& exporter, const ExportOptions& options,
                             const std::optional<InputSets>& calibration, ExportReport& report,
                             const Progress& progress) {
    Graph graph = std::move(model.graph);
    model.checkpoint = {};
    if (!options.fixed.empty()) {
        TRY(graph, passes::bind_symbols(std::move(graph), options.fixed));
    }
    TRY(graph, ready_to_run(std::move(graph), options.reparameterize));
    TRY(graph, with_precision(std::move(graph), exporter, options, calibration, report, progress));
    if (!options.nhwc_input) return graph;
    return passes::nhwc_inputs(std::move(graph));
}

Status write_onnx(Graph graph, const ExportOptions& options, ExportReport&, const Progress& progress) {
    const formats::onnx::WriteOptions write{.opset = opset_for(options),
                                            .external_data = external_data(options.external_data),
                                            .producer_version = version(),
                                            .progress = progress};
    return formats::onnx::write(graph, options.output, write);
}

Status write_katago_file(const Model& model, const ExportOptions& options) {
    TRY(const auto net,
        with_place(zoo::katago::load(model.checkpoint, options.model.weights == "swa" ? "swa" : ""),
                   model.checkpoint.path));
    std::string name = options.output.substr(options.output.rfind('/') + 1);
    name = name.substr(0, name.find('.'));
    TRY(const auto records, zoo::katago::to_records(net, name));
    return formats::write_katago(records, options.output);
}

// The tensors in the order in which the model's graph reads them; those that it does not read come last. Without a graph, as
// in the file, and the report says so.
std::vector<graph::NamedTensor> in_order_of_use(const std::string& input, const graph::Checkpoint& checkpoint,
                                                const ExportOptions& options, ExportReport& report) {
    const auto model = open_model(input, options.model);
    if (!model) {
        report.notes.emplace_back(
            "the tensors are in the file's own order: no network is known that uses them");
        return checkpoint.tensors;
    }
    std::map<std::string_view, size_t> places;
    for (const graph::Node& node : model->graph.nodes)
        for (const graph::ValueId id : node.inputs)
            if (id != graph::kNoValue && model->graph[id].constant)
                places.try_emplace(model->graph[id].name, places.size());
    const auto place = [&](const graph::NamedTensor& named) {
        const auto it = places.find(named.name);
        return it == places.end() ? places.size() : it->second;
    };
    std::vector<graph::NamedTensor> tensors = checkpoint.tensors;
    std::ranges::stable_sort(tensors, {}, place);
    return tensors;
}

std::string plain_name(const std::string& path) {
    const std::string name = path.substr(path.rfind('/') + 1);
    return name.substr(0, name.find('.'));
}

Status write_gguf_file(const std::string& input, const graph::Checkpoint& checkpoint,
                       const ExportOptions& options, ExportReport& report) {
    formats::GgufOptions gguf{.name = plain_name(input), .metadata = {{"lathe.version", version()}}};
    if (options.precision != "fp32") {
        gguf.matrices = options.precision == "fp16" ? DType::kF16 : DType::kBF16;
        report.notes.push_back(
            format("matrices are stored as {}, vectors as they were", name_of(*gguf.matrices)));
    }
    return formats::write_gguf(options.output, checkpoint.tensors, gguf);
}

Status write_weights(const std::string& input, const graph::Checkpoint& checkpoint,
                     const ExportOptions& options, ExportReport& report) {
    if (checkpoint.tensors.empty()) return fail("{}: holds no tensors", checkpoint.path);
    if (options.format == "npz") return formats::write_npz(options.output, checkpoint.tensors);
    if (options.format == "gguf") return write_gguf_file(input, checkpoint, options, report);
    if (options.format == "bin")
        return formats::write_bin(options.output, in_order_of_use(input, checkpoint, options, report),
                                  {{"name", plain_name(input)}, {"producer", format("lathe {}", version())}});
    return formats::write_safetensors(options.output, checkpoint.tensors);
}

Result<graph::Checkpoint> open_weights(const std::string& input, const ExportOptions& options) {
    if (!options.model.random_weights || file_exists(input)) {
        auto checkpoint = formats::open(input);
        if (checkpoint || options.model.input_shapes.empty()) return checkpoint;
        TRY(Model model, open_model(input, options.model));
        return std::move(model.checkpoint);
    }
    return zoo::checkpoint_by_rule({.model = input, .image = options.model.image});
}

bool holds_onnx(const ExportOptions& options) {
    return options.format == "onnx" || options.format == "tensorrt";
}

Status check_options(const std::string& input, const Exporter& exporter, const ExportOptions& options) {
    TRY_STATUS(check_exporter_options(exporter, options));
    const int opset = opset_for(options), first = options.precision == "int4"  ? 21
                                                  : options.precision == "fp8" ? 19
                                                                               : 13;
    if (holds_onnx(options) && opset < first && (options.precision == "bf16" || first > 13))
        return fail("{} needs opset {} or later, not {}", options.precision, first, opset);
    if (options.half_io && options.precision != "fp16")
        return fail("--half-io is for fp16, not {}", options.precision);
    TRY_STATUS(check_choices(options.precision, options.quantization));
    if (is_directory(options.output) && !exporter.folder)
        return fail("{}: is a folder; give a file name", options.output);
    if (input == options.output) return fail("{}: the output would replace the input", input);
    return {};
}

// The weights of both files, tensor by tensor.
Result<check::Comparison> compare_weights(const graph::Checkpoint& written, const graph::Checkpoint& source,
                                          const std::string& precision) {
    // Half a step of the type that the weights were rounded to, relative and, among f16's smallest numbers, absolute.
    const check::Tolerance tolerance = precision == "fp16"   ? check::Tolerance{4.9e-4, 3e-8}
                                       : precision == "bf16" ? check::Tolerance{3.95e-3, 0}
                                                             : check::Tolerance{0, 0};
    check::Comparison comparison{.tolerance = tolerance, .samples = 1};
    check::Metrics all{.name = "weights", .snr_db = std::numeric_limits<double>::infinity()};
    for (const auto& [name, tensor] : source.tensors) {
        const Tensor* found = written.find(name);
        if (found == nullptr) return fail("the tensor '{}' is not in the file that was written", name);
        TRY(const auto metrics, check::compare(name, *found, tensor, tolerance));
        check::merge(all, metrics);
    }
    comparison.outputs.push_back(std::move(all));
    return comparison;
}

// ncnn's files do not say which axis was the batch: theirs is in front, and the elements are the same.
void with_shapes_of(NamedTensors& found, const NamedTensors& wanted) {
    for (auto& [name, tensor] : found)
        for (const auto& [other, like] : wanted)
            if (name == other && tensor.count() == like.count())
                tensor = tensor.to_contiguous().reshaped(like.shape());
}

Answers asked_as(const Graph& graph, Answers answers) {
    NamedTensors shapes;
    for (const graph::ValueId id : graph.inputs)
        if (const auto shape = graph::constant_shape(graph[id].shape))
            shapes.emplace_back(graph[id].name, Tensor::filled(DType::kF32, *shape, 0));
    for (NamedTensors& set : answers.inputs) with_shapes_of(set, shapes);
    return answers;
}

Status verify_written(const std::string& input, const ExportOptions& options,
                      const std::optional<Answers>& answers, ExportReport& report, const Progress& progress) {
    if (find_exporter(options.format)->from == Exporter::From::kTensors) {
        TRY(const auto written, formats::open(options.output));
        TRY(const auto source, open_weights(input, options));
        TRY(report.comparison, compare_weights(written, source, options.precision));
        report.compared_on = "every weight";
        return {};
    }
    TRY(const Model written, open_model(options.output, {}));
    const bool judged = !lists_word(find_exporter(options.format)->unjudged, options.precision);
    const check::Tolerance tolerance =
        judged ? check::tolerance_for(arithmetic_of(written.graph)) : check::kNoTolerance;
    const bool without_batch = options.format == "ncnn";
    TRY(auto outputs, outputs_of(written.graph, without_batch ? asked_as(written.graph, *answers) : *answers,
                                 "checking what was written", progress));
    for (size_t i = 0; without_batch && i < outputs.size(); ++i)
        with_shapes_of(outputs[i], answers->outputs[i]);
    TRY(report.comparison, compared(outputs, *answers, tolerance));
    report.compared_on = answers->described;
    if (const double snr = least_snr(*report.comparison); !judged && snr < kPoorDb)
        report.notes.push_back(format(
            "{} leaves little of the answers ({:.0f} dB of signal to noise, where 30 is good); a precision with more bits keeps more",
            options.precision, snr));
    if (holds_onnx(options) && !report.layers.empty())
        TRY_STATUS(compare_by_onnxruntime(written.graph, options, *answers, tolerance, report));
    return {};
}

uint64_t file_size(const std::string& path) {
    const auto file = map_file(path);
    return file ? file->size() : 0;
}

}  // namespace

std::vector<std::string> export_precisions() {
    std::vector<std::string> names = precision_names();
    for (std::string& name : coreml_precisions())
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    return names;
}

std::vector<std::string> export_formats() {
    std::vector<std::string> names;
    for (const Exporter& exporter : all_exporters()) names.emplace_back(exporter.name);
    return names;
}

Result<ExportReport> export_model(const std::string& input, const ExportOptions& given,
                                  const Progress& progress) {
    ExportOptions options = given;
    if (options.precision == kDynamicInt8) options.precision = "int8";
    const Exporter* exporter = find_exporter(options.format);
    if (exporter == nullptr)
        return fail("{} is no format to write; there are {}", options.format, join(export_formats(), ", "));
    options.precision_is_usual = options.precision.empty();
    if (options.precision_is_usual) options.precision = exporter->usual_precision;
    TRY_STATUS(check_options(input, *exporter, options));
    return exporter->whole != nullptr ? exporter->whole(input, options, progress)
                                      : export_by_writing(input, options, progress);
}

Result<ExportReport> export_by_writing(const std::string& input, ExportOptions options,
                                       const Progress& progress) {
    const Exporter* exporter = find_exporter(options.format);
    ExportReport report{
        .source = input, .output = options.output, .format = options.format, .precision = options.precision};
    const auto start = std::chrono::steady_clock::now();
    const bool from_graph = exporter->from == Exporter::From::kGraph;
    const bool needs_graph = exporter->from != Exporter::From::kTensors;
    std::optional<Answers> answers;
    double source_run = 0;
    if (needs_graph) {
        ModelOptions model_options = options.model;
        model_options.for_pictures = is_calibrated(options.precision);
        TRY(Model model, open_model(input, model_options));
        report.notes = model.notes;
        settle_batch(*exporter, model.graph, options);
        std::optional<InputSets> calibration;
        if (is_calibrated(options.precision)) {
            TRY(calibration, calibration_inputs(model.graph, options.quantization.data,
                                                with_options({}, options.model.image), options.fixed));
        }
        if (options.verify) {
            const auto run_start = std::chrono::steady_clock::now();
            Graph source = model.graph;
            if (!from_graph) {
                // A network file holds fewer outputs than a checkpoint: compare with the graph of its own records.
                TRY(const auto net,
                    zoo::katago::load(model.checkpoint, model_options.weights == "swa" ? "swa" : ""));
                TRY(const auto records, zoo::katago::to_records(net, "check"));
                TRY(source, zoo::katago_build(records, {}));
            }
            TRY(answers, with_place(answers_of(source, calibration, options.fixed, progress), input));
            if (options.nhwc_input)
                for (NamedTensors& set : answers->inputs) move_channels_last(set);
            if (exporter->inputs != nullptr)
                for (NamedTensors& set : answers->inputs) TRY_STATUS(exporter->inputs(source, options, set));
            source_run = seconds_since(run_start);
        }
        if (from_graph) {
            TRY(Graph graph, with_place(graph_to_write(std::move(model), *exporter, options, calibration,
                                                       report, progress),
                                        input));
            const auto write = exporter->write != nullptr ? exporter->write : write_onnx;
            TRY_STATUS(write(std::move(graph), options, report, progress));
        } else {
            TRY_STATUS(write_katago_file(model, options));
        }
    } else {
        TRY(const auto checkpoint, open_weights(input, options));
        TRY_STATUS(write_weights(input, checkpoint, options, report));
    }
    report.seconds = seconds_since(start) - source_run;
    if (std::ranges::find(report.files, options.output) == report.files.end())
        report.files.insert(report.files.begin(), options.output);
    if (file_exists(options.output + ".data") && holds_onnx(options) && options.external_data != "never")
        report.files.push_back(options.output + ".data");
    report.source_bytes = file_size(input);
    for (const std::string& file : report.files) report.output_bytes += file_size(file);
    if (options.verify) {
        const auto check_start = std::chrono::steady_clock::now();
        TRY_STATUS(verify_written(input, options, answers, report, progress));
        report.verify_seconds = seconds_since(check_start) + source_run;
    }
    return report;
}

namespace {

std::string indented_table(const check::Comparison& comparison) {
    std::string text;
    const std::string table = check::to_table(comparison);
    for (const auto line : split(trim(table), '\n')) text += format("    {}\n", line);
    return text;
}

// Products that stayed in f32, by the reason.
std::string kept_layers(const std::vector<passes::LayerPrecision>& layers) {
    std::map<std::string, std::vector<std::string>> by_reason;
    for (const auto& layer : layers)
        if (!layer.why.empty()) by_reason[layer.why].push_back(layer.name);
    std::string text;
    for (const auto& [why, names] : by_reason) text += format("  fp32 ({}): {}\n", why, join(names, ", "));
    return text;
}

}  // namespace

std::string to_text(const ExportReport& r) {
    std::string text = format("{} -> {} ({}{})\n", r.source, r.output, r.format,
                              r.precision == "fp32" ? "" : ", " + r.precision);
    const std::string from = r.source_bytes == 0 ? "" : human_bytes(r.source_bytes) + " -> ";
    text += format("  {}{} in {:.2f} s\n", from, human_bytes(r.output_bytes), r.seconds);
    for (size_t i = 1; i < r.files.size(); ++i) text += format("  with {}\n", r.files[i]);
    for (const std::string& note : r.notes) text += format("  note: {}\n", note);
    text += kept_layers(r.layers);
    if (!r.comparison) return text + "  not verified (--no-verify)\n";
    text += format("  read back and compared with the source on {} ({:.2f} s):\n", r.compared_on,
                   r.verify_seconds);
    text += indented_table(*r.comparison);
    if (!r.why_not.empty()) text += format("  not compared by ONNX Runtime: {}\n", r.why_not);
    if (r.by_onnxruntime)
        text += format("  the same by ONNX Runtime {}:\n", r.onnxruntime_version) +
                indented_table(*r.by_onnxruntime);
    if (r.by_tensorrt) text += "  the engine, run by TensorRT:\n" + indented_table(*r.by_tensorrt);
    return text;
}

Json to_json(const ExportReport& r) {
    Json json{{"source", r.source},
              {"output", r.output},
              {"format", r.format},
              {"precision", r.precision},
              {"files", r.files},
              {"source_bytes", r.source_bytes},
              {"output_bytes", r.output_bytes},
              {"seconds", r.seconds},
              {"verify_seconds", r.verify_seconds},
              {"notes", r.notes},
              {"compared_on", r.compared_on}};
    json["comparison"] = r.comparison ? check::to_json(*r.comparison) : Json();
    json["layers"] = Json::array();
    for (const auto& layer : r.layers)
        json["layers"].push_back({{"name", layer.name},
                                  {"op", layer.op},
                                  {"precision", layer.precision},
                                  {"weights", layer.weights},
                                  {"why", layer.why}});
    json["onnxruntime"] = r.by_onnxruntime ? check::to_json(*r.by_onnxruntime) : Json();
    if (r.by_onnxruntime) json["onnxruntime"]["version"] = r.onnxruntime_version;
    if (r.by_tensorrt) json["tensorrt"] = check::to_json(*r.by_tensorrt);
    if (!r.why_not.empty()) json["onnxruntime_absent"] = r.why_not;
    return json;
}

}  // namespace lathe::pipeline
