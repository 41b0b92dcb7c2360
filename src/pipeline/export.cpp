#include "pipeline/export.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "formats/all.h"
#include "formats/katago/katago.h"
#include "formats/numpy/npz.h"
#include "formats/onnx/read.h"
#include "formats/onnx/write.h"
#include "formats/safetensors/safetensors.h"
#include "passes/passes.h"
#include "pipeline/engines.h"
#include "pipeline/execute.h"
#include "pipeline/precision.h"
#include "run/reference.h"
#include "zoo/katago/katago.h"

namespace lathe::pipeline {
namespace {

using check::NamedTensors;
using graph::Graph;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// What the source computes, kept while its weights are released.
struct Answers {
    std::vector<NamedTensors> inputs, outputs;
    std::string described;
};

Result<NamedTensors> outputs_of(const Graph& graph, const NamedTensors& inputs) {
    TRY(const auto ordered, check::inputs_in_order(graph, inputs));
    TRY(auto results, run::run_reference(graph, ordered));
    NamedTensors named;
    for (size_t i = 0; i < results.size(); ++i)
        named.emplace_back(graph[graph.outputs[i]].name, std::move(results[i]));
    return named;
}

Result<Answers> answers_of(const Graph& graph, const graph::Bindings& fixed, const Progress& progress) {
    Answers answers;
    TRY(answers.inputs, trial_inputs(graph, fixed, 2, answers.described));
    for (const NamedTensors& inputs : answers.inputs) {
        if (progress) progress("running the source", answers.outputs.size(), answers.inputs.size());
        TRY(auto outputs, outputs_of(graph, inputs));
        answers.outputs.push_back(std::move(outputs));
    }
    if (progress) progress("running the source", 1, 1);
    return answers;
}

Result<check::Comparison> compare_with(const Graph& graph, const Answers& answers, check::Tolerance tolerance,
                                       const Progress& progress) {
    check::Comparison total{.tolerance = tolerance};
    for (size_t i = 0; i < answers.inputs.size(); ++i) {
        if (progress) progress("checking what was written", i, answers.inputs.size());
        TRY(const NamedTensors outputs, outputs_of(graph, answers.inputs[i]));
        TRY(auto one, check::compare_outputs(outputs, answers.outputs[i], tolerance, false));
        if (i == 0) total.outputs = std::move(one.outputs);
        else
            for (size_t k = 0; k < one.outputs.size(); ++k) check::merge(total.outputs[k], one.outputs[k]);
        ++total.samples;
    }
    if (progress) progress("checking what was written", 1, 1);
    return total;
}

formats::onnx::ExternalData external_data(const std::string& word) {
    using formats::onnx::ExternalData;
    return word == "always"  ? ExternalData::kAlways
           : word == "never" ? ExternalData::kNever
                             : ExternalData::kAuto;
}

Status write_onnx(Model model, const ExportOptions& options, ExportReport& report, const Progress& progress) {
    Graph graph = std::move(model.graph);
    model.checkpoint = {};
    if (!options.fixed.empty()) {
        TRY(graph, passes::bind_symbols(std::move(graph), options.fixed));
    }
    TRY(graph, ready_to_run(std::move(graph), options.reparameterize));
    TRY(graph, apply_precision(std::move(graph), options.precision, options.half_io, report.notes));
    const formats::onnx::WriteOptions write{.opset = options.opset,
                                            .external_data = external_data(options.external_data),
                                            .producer_version = LATHE_VERSION,
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

Status write_weights(const graph::Checkpoint& checkpoint, const ExportOptions& options) {
    if (checkpoint.tensors.empty()) return fail("{}: holds no tensors", checkpoint.path);
    if (options.format == "npz") return formats::write_npz(options.output, checkpoint.tensors);
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

Status check_options(const std::string& input, const ExportOptions& options) {
    if (options.format != "onnx" && options.precision != "fp32")
        return fail("{} keeps the weights as they are; --precision {} is for onnx", options.format,
                    options.precision);
    if (options.format == "onnx" && options.precision == "bf16" && options.opset < 13)
        return fail("bf16 needs opset 13 or later, not {}", options.opset);
    if (is_directory(options.output)) return fail("{}: is a folder; give a file name", options.output);
    if (input == options.output) return fail("{}: the output would replace the input", input);
    return {};
}

// The weights of both files, tensor by tensor.
Result<check::Comparison> compare_weights(const graph::Checkpoint& written, const graph::Checkpoint& source) {
    check::Comparison comparison{.tolerance = {0, 0}, .samples = 1};
    check::Metrics all{.name = "weights", .snr_db = std::numeric_limits<double>::infinity()};
    for (const auto& [name, tensor] : source.tensors) {
        const Tensor* found = written.find(name);
        if (found == nullptr) return fail("the tensor '{}' is not in the file that was written", name);
        TRY(const auto metrics, check::compare(name, *found, tensor, {0, 0}));
        check::merge(all, metrics);
    }
    comparison.outputs.push_back(std::move(all));
    return comparison;
}

Status verify_written(const std::string& input, const ExportOptions& options,
                      const std::optional<Answers>& answers, ExportReport& report, const Progress& progress) {
    if (options.format == "npz" || options.format == "safetensors") {
        TRY(const auto written, formats::open(options.output));
        TRY(const auto source, open_weights(input, options));
        TRY(report.comparison, compare_weights(written, source));
        report.compared_on = "every weight";
        return {};
    }
    TRY(const Model written, open_model(options.output, {}));
    DType arithmetic = arithmetic_of(written.graph);
    check::Tolerance tolerance = check::tolerance_for(arithmetic);
    TRY(report.comparison, compare_with(written.graph, *answers, tolerance, progress));
    report.compared_on = answers->described;
    return {};
}

uint64_t file_size(const std::string& path) {
    const auto file = map_file(path);
    return file ? file->size() : 0;
}

}  // namespace

std::vector<std::string> export_formats() { return {"onnx", "katago", "safetensors", "npz"}; }

Result<ExportReport> export_model(const std::string& input, const ExportOptions& options,
                                  const Progress& progress) {
    TRY_STATUS(check_options(input, options));
    ExportReport report{
        .source = input, .output = options.output, .format = options.format, .precision = options.precision};
    const auto start = std::chrono::steady_clock::now();
    const bool needs_graph = options.format == "onnx" || options.format == "katago";
    std::optional<Answers> answers;
    double source_run = 0;
    if (needs_graph) {
        ModelOptions model_options = options.model;
        TRY(Model model, open_model(input, model_options));
        report.notes = model.notes;
        if (options.verify) {
            const auto run_start = std::chrono::steady_clock::now();
            const bool same_ports = options.format == "onnx";
            Graph source = model.graph;
            if (!same_ports) {
                // A network file holds fewer outputs than a checkpoint: compare with the graph of its own records.
                TRY(const auto net,
                    zoo::katago::load(model.checkpoint, model_options.weights == "swa" ? "swa" : ""));
                TRY(const auto records, zoo::katago::to_records(net, "check"));
                TRY(source, zoo::katago_build(records, {}));
            }
            TRY(answers, with_place(answers_of(source, options.fixed, progress), input));
            source_run = seconds_since(run_start);
        }
        if (options.format == "onnx") {
            TRY_STATUS(write_onnx(std::move(model), options, report, progress));
        } else {
            TRY_STATUS(write_katago_file(model, options));
        }
    } else {
        TRY(const auto checkpoint, open_weights(input, options));
        TRY_STATUS(write_weights(checkpoint, options));
    }
    report.seconds = seconds_since(start) - source_run;
    report.files.push_back(options.output);
    if (file_exists(options.output + ".data") && options.format == "onnx" && options.external_data != "never")
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

std::string to_text(const ExportReport& r) {
    std::string text = format("{} -> {} ({}{})\n", r.source, r.output, r.format,
                              r.precision == "fp32" ? "" : ", " + r.precision);
    const std::string from = r.source_bytes == 0 ? "" : human_bytes(r.source_bytes) + " -> ";
    text += format("  {}{} in {:.2f} s\n", from, human_bytes(r.output_bytes), r.seconds);
    for (size_t i = 1; i < r.files.size(); ++i) text += format("  with {}\n", r.files[i]);
    for (const std::string& note : r.notes) text += format("  note: {}\n", note);
    if (!r.comparison) return text + "  not verified (--no-verify)\n";
    text += format("  read back and compared with the source on {} ({:.2f} s):\n", r.compared_on,
                   r.verify_seconds);
    const std::string table = check::to_table(*r.comparison);
    for (const auto line : split(trim(table), '\n')) text += format("    {}\n", line);
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
    return json;
}

}  // namespace lathe::pipeline
