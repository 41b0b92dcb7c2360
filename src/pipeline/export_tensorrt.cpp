#include <chrono>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "pipeline/engines.h"
#include "pipeline/execute.h"
#include "pipeline/exporters.h"
#include "pipeline/trtexec.h"

namespace lathe::pipeline {
namespace {

constexpr std::string_view kOnnx = ".onnx";

bool feeds_only(const ExportOptions& options) { return options.output.ends_with(kOnnx); }

// What the ONNX file is written in: TensorRT rounds weights to bf16 by itself.
ExportOptions fed_model(const ExportOptions& options, std::string path) {
    ExportOptions fed = options;
    fed.output = std::move(path);
    if (fed.precision == "bf16") fed.precision = "fp32";
    return fed;
}

// The inputs whose first axis is open, with their sizes for the profile.
Result<std::vector<ProfiledInput>> profile_of(const graph::Graph& graph, const ExportOptions& options) {
    constexpr std::array<int64_t, 3> kUsualBatches{1, 1, 8};
    const auto batches = options.batch_range.value_or(kUsualBatches);
    std::vector<ProfiledInput> open;
    for (const graph::ValueId id : graph.inputs) {
        const graph::Value& value = graph[id];
        if (graph::constant_shape(value.shape)) continue;
        ProfiledInput input{.name = value.name, .shapes = {}};
        for (size_t which = 0; which < batches.size(); ++which)
            for (size_t i = 0; i < value.shape.size(); ++i) {
                const auto size = value.shape[i].constant();
                if (!size && i > 0)
                    return fail(
                        "the input '{}' is {}: TensorRT needs every size but the batch; give them with --fix",
                        value.name, graph::to_string(value.shape));
                input.shapes[which].push_back(size ? *size : batches[which]);
            }
        open.push_back(std::move(input));
    }
    return open;
}

// What the engine answers, beside the model that it was built from.
Status compare_engine(const Trtexec& trtexec, const std::string& engine, const graph::Graph& graph, bool open,
                      const ExportOptions& options, ExportReport& report) {
    std::string described;
    graph::Bindings sizes = options.fixed;
    TRY(const auto sets, trial_inputs(graph, sizes, 1, described));
    TRY(const auto program, plan_for(graph, {}));
    TRY(const auto ordered, check::inputs_in_order(graph, sets[0]));
    TRY(auto results, program->run(ordered));
    check::NamedTensors expected;
    for (size_t i = 0; i < results.size(); ++i)
        expected.emplace_back(graph[graph.outputs[i]].name, results[i].to(DType::kF32));
    TRY(const auto found, trtexec.run(engine, sets[0], open));
    const check::Tolerance tolerance =
        check::tolerance_for(options.precision == "bf16" ? DType::kBF16 : arithmetic_of(graph));
    TRY(report.by_tensorrt, check::compare_outputs(found, expected, tolerance, false));
    report.by_tensorrt->samples = 1;
    return {};
}

}  // namespace

Status tensorrt_integers(passes::StaticOptions& options) {
    if (options.weights != DType::kI8 && options.weights != DType::kF8E4M3)
        return fail("TensorRT's integers are i8, weights of u8 are not for it");
    if (options.activations == DType::kU8) options.activations = DType::kI8;
    options.symmetric = true;
    options.integer_bias = false;
    return {};
}

Status check_tensorrt(const ExportOptions& options) {
    if (feeds_only(options)) return {};
    const auto trtexec = Trtexec::start();
    if (!trtexec)
        return fail("{}; -o NAME.onnx writes the model that it would be built from", trtexec.error().message);
    if (const auto arguments = trtexec->arguments({.precision = options.precision}); !arguments)
        return fail("{}", arguments.error().message);
    return {};
}

Result<ExportReport> export_tensorrt(const std::string& input, const ExportOptions& options,
                                     const Progress& progress) {
    if (feeds_only(options)) {
        TRY(auto report, export_by_writing(input, fed_model(options, options.output), progress));
        report.notes.emplace_back(
            "this is the model that TensorRT is fed; where it is installed, -o NAME.engine builds the engine");
        return report;
    }
    const auto start = std::chrono::steady_clock::now();
    TRY(const TemporaryFolder folder, TemporaryFolder::create());
    TRY(const Trtexec trtexec, Trtexec::start());
    const std::string onnx = folder.at("model.onnx");
    TRY(auto report, export_by_writing(input, fed_model(options, onnx), progress));
    report.output = options.output;
    report.precision = options.precision;
    if (report.comparison && !report.comparison->passed()) {
        report.notes.emplace_back(
            "no engine was built: the model that it would be built from differs from its source");
        return report;
    }
    TRY(const Model model, open_model(onnx, {}));
    EngineJob job{.onnx = onnx, .engine = folder.at("model.engine"), .precision = options.precision};
    TRY(job.open, with_place(profile_of(model.graph, options), input));
    const std::string stem = options.output.substr(0, options.output.rfind('.'));
    job.timing_cache = format("{}.{}.timing", stem, gpu_name());
    if (progress) progress("TensorRT builds the engine", 0, 1);
    TRY_STATUS(trtexec.build(job));
    if (progress) progress("TensorRT builds the engine", 1, 1);
    if (options.verify)
        TRY_STATUS(compare_engine(trtexec, job.engine, model.graph, !job.open.empty(), options, report));
    TRY(const auto engine, map_file(job.engine));
    TRY_STATUS(write_file(options.output, engine.bytes()));
    report.files = {options.output};
    report.output_bytes = engine.size();
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() -
                     report.verify_seconds;
    report.notes.push_back(
        format("the engine serves this GPU ({}) and this TensorRT; {} makes building it again quicker",
               gpu_name(), job.timing_cache));
    return report;
}

}  // namespace lathe::pipeline
