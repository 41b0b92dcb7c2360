#include "pipeline/bench/bench.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "graph/cost.h"
#include "passes/passes.h"
#include "pipeline/bench/onnxruntime.h"
#include "pipeline/bench/trace_file.h"
#include "pipeline/execute.h"
#include "pipeline/export.h"

namespace lathe::pipeline {
namespace {

using check::NamedTensors;
using graph::Graph;
using graph::ValueId;

// Of an output with large values, as a share of the largest; others are within the tolerance for f32.
constexpr double kLargestError = 2e-5;
// In int8 ONNX Runtime is given weights of 7 bits: each side has errors of its own.
constexpr double kLeastInt8Snr = 10;
// In bf16 ONNX Runtime computes in f32.
constexpr double kLeastBf16Snr = 25;
constexpr double kProfileSeconds = 1;
constexpr size_t kLeastProfileRuns = 3, kMostProfileRuns = 50;
constexpr size_t kTraceFileRuns = 5;

double megabytes(uint64_t bytes) { return static_cast<double>(bytes) * 1e-6; }

class Stopwatch {
public:
    double lap_ms() {
        const double now = seconds_now(), ms = (now - start_) * 1000;
        start_ = now;
        return ms;
    }

private:
    double start_ = seconds_now();
};

class Ours : public Contestant {
public:
    Ours(const run::Program& program, std::vector<Tensor> inputs)
        : program_(program), inputs_(std::move(inputs)) {}

    Result<std::vector<Tensor>> run_once(run::Trace* trace = nullptr) const {
        return program_.run(inputs_, trace);
    }
    Result<std::vector<double>> run(const Block& block) override {
        for (int i = 0; i < block.unmeasured; ++i) TRY_STATUS(run_once());
        std::vector<double> ms;
        const double begin = seconds_now();
        for (double now = begin; ms.empty() || (ms.size() < block.most && now - begin < block.seconds);) {
            TRY_STATUS(run_once());
            const double then = seconds_now();
            ms.push_back((then - now) * 1000);
            now = then;
        }
        return ms;
    }

private:
    const run::Program& program_;
    std::vector<Tensor> inputs_;
};

// --- sizes and inputs ---

// Gives the symbols that are the first axis of an input the batch's size. Errors: none is.
Status set_batch(const Graph& graph, int64_t batch, graph::Bindings& sizes) {
    bool found = false;
    for (const ValueId id : graph.inputs) {
        const auto& shape = graph[id].shape;
        if (shape.empty() || !shape[0].is_symbol()) continue;
        sizes[shape[0].text()] = batch;
        found = true;
    }
    for (const ValueId id : graph.inputs)
        found = found || (!graph[id].shape.empty() && graph[id].shape[0] == graph::Dim(batch));
    if (found) return {};
    return fail("a batch of {} does not fit: the first axes of the inputs have fixed sizes", batch);
}

Result<graph::Bindings> sizes_for(const Graph& graph, const BenchOptions& options) {
    graph::Bindings sizes = options.sizes;
    const auto symbols = graph::symbols_of(graph);
    for (const auto& [name, size] : sizes)
        if (std::ranges::find(symbols, name) == symbols.end())
            return fail("the inputs have no size '{}'; they have: {}", name,
                        symbols.empty() ? "none that is open" : join(symbols, ", "));
    if (options.batch) TRY_STATUS(set_batch(graph, *options.batch, sizes));
    for (const auto& [name, size] : graph::usual_sizes(graph)) sizes.try_emplace(name, size);
    return sizes;
}

std::string described(const Graph& graph, std::span<const Tensor> inputs) {
    std::string text;
    for (size_t i = 0; i < inputs.size(); ++i)
        text += format("{}{} {}", i == 0 ? "" : ", ", graph[graph.inputs[i]].name, describe(inputs[i]));
    return text;
}

std::vector<std::string> output_names(const Graph& graph) {
    std::vector<std::string> names;
    for (const ValueId id : graph.outputs) names.push_back(graph[id].name);
    return names;
}

// --- the job ---

// What has been opened, run for the first time, and is now warm.
struct Warm {
    std::unique_ptr<run::Program> program;
    graph::Bindings sizes;
    NamedTensors inputs;
    std::vector<Tensor> ordered;
    std::vector<std::string> output_names;
    NamedTensors outputs;
};

// Opens the model and makes its inputs; only the opening is timed.
Result<Graph> open_cold(const std::string& path, const BenchOptions& options, BenchReport& report,
                        Warm& warm) {
    Stopwatch watch;
    TRY(Model model, open_model(path, options.model));
    report.open_ms = watch.lap_ms();
    report.kind = model.kind;
    report.notes = model.notes;
    report.weights_by_rule = model.checkpoint.format == "name";
    TRY(warm.sizes, sizes_for(model.graph, options));
    std::string made;
    TRY(auto sets, trial_inputs(model.graph, warm.sizes, 1, made));
    warm.inputs = std::move(sets[0]);
    report.made_by = made.substr(made.find(" of ") + 4);
    TRY(warm.ordered, check::inputs_in_order(model.graph, warm.inputs));
    report.inputs = described(model.graph, warm.ordered);
    warm.output_names = output_names(model.graph);
    return std::move(model.graph);
}

Status first_runs(Graph graph, const BenchOptions& options, BenchReport& report, Warm& warm) {
    Stopwatch watch;
    if (!warm.sizes.empty()) {
        TRY(graph, passes::bind_symbols(std::move(graph), warm.sizes));
    }
    TRY(warm.program, plan_for(std::move(graph), options.engine));
    report.plan_ms = watch.lap_ms();
    report.ours.load_ms = report.plan_ms + (report.weights_by_rule ? 0 : report.open_ms);
    const Ours ours(*warm.program, warm.ordered);
    TRY(auto outputs, ours.run_once());
    report.ours.first_ms = report.ours.load_ms + watch.lap_ms();
    for (size_t i = 0; i < outputs.size(); ++i)
        warm.outputs.emplace_back(warm.output_names[i], std::move(outputs[i]));
    TRY_STATUS(ours.run_once());
    report.ours.peak_mb = megabytes(peak_memory_bytes());
    report.memory = warm.program->memory();
    for (std::string& note : warm.program->notes()) report.notes.push_back(std::move(note));
    return {};
}

// From nothing to the second result, by the clock. Making inputs, and weights by rule, is not counted.
Result<Warm> start_cold(const std::string& path, const BenchOptions& options, BenchReport& report) {
    Warm warm;
    TRY(Graph graph, open_cold(path, options, report, warm));
    TRY_STATUS(first_runs(std::move(graph), options, report, warm));
    return warm;
}

// The model in ONNX Runtime, with the same sizes and inputs; its first runs are done.
Result<std::unique_ptr<Onnxruntime>> start_onnxruntime(const std::string& path, const BenchOptions& options,
                                                       const Warm& warm, int threads,
                                                       const TemporaryFolder& folder,
                                                       const Progress& progress) {
    TRY(auto onnxruntime, Onnxruntime::start(folder));
    const std::string file = folder.at("model.onnx");
    ExportOptions job{.model = options.model, .format = "onnx", .output = file};
    job.fixed = warm.sizes;
    job.verify = false;
    if (options.engine.precision == "int8") job.precision = "int8";
    TRY_STATUS(export_model(path, job, progress));
    TRY_STATUS(onnxruntime->load({file, warm.inputs, warm.output_names, threads}));
    return onnxruntime;
}

// The largest error as a share of the output's largest value; infinite where only one side has numbers.
double error_of(const check::Metrics& m) {
    if (m.max_abs == 0) return 0;
    return m.max_desired > 0 ? m.max_abs / m.max_desired : std::numeric_limits<double>::infinity();
}

Result<BenchReport::Other> meet(const Onnxruntime& onnxruntime, const Warm& warm,
                                const std::string& precision) {
    BenchReport::Other other{.name = "onnxruntime", .version = onnxruntime.version};
    other.speed.load_ms = onnxruntime.load_ms;
    other.speed.first_ms = onnxruntime.first_ms;
    other.speed.peak_mb = onnxruntime.peak_mb;
    TRY(other.outputs,
        check::compare_outputs(warm.outputs, onnxruntime.outputs, check::tolerance_for(DType::kF32), false));
    other.agrees = true;
    for (const check::Metrics& m : other.outputs.outputs) {
        other.error = std::max(other.error, error_of(m));
        other.agrees = other.agrees && (precision == "int8"   ? m.snr_db >= kLeastInt8Snr
                                        : precision == "bf16" ? m.snr_db >= kLeastBf16Snr
                                                              : m.passed() || error_of(m) <= kLargestError);
    }
    return other;
}

void add_rates(Speed& speed, const BenchReport& report) {
    const double seconds = speed.warm.median_ms / 1000;
    if (seconds <= 0) return;
    speed.throughput = static_cast<double>(report.batch) / seconds;
    speed.gflops = report.flops / seconds * 1e-9;
    speed.gb_per_s = report.bytes / seconds * 1e-9;
}

Result<TracedRun> traced_run(const Ours& ours) {
    run::Trace trace{.clock = seconds_now};
    TracedRun traced{.start = seconds_now()};
    TRY_STATUS(ours.run_once(&trace));
    traced.seconds = seconds_now() - traced.start;
    traced.steps = std::move(trace.steps);
    return traced;
}

// At least one, for the sizes of the work; more for a profile.
Result<std::vector<TracedRun>> traced_runs(const Ours& ours, const BenchOptions& options) {
    std::vector<TracedRun> runs;
    const bool many = options.profile || !options.trace.empty();
    const double begin = seconds_now();
    do {
        TRY(runs.emplace_back(), traced_run(ours));
    } while (many && runs.size() < kMostProfileRuns &&
             (runs.size() < kLeastProfileRuns || seconds_now() - begin < kProfileSeconds));
    return runs;
}

Status add_costs(const Ours& ours, const BenchOptions& options, BenchReport& report) {
    TRY(const auto runs, traced_runs(ours, options));
    for (const run::StepTime& step : runs[0].steps) {
        report.flops += step.flops;
        report.bytes += step.bytes;
    }
    if (options.profile) report.profile = profile_of(runs, report.limits.all);
    if (options.trace.empty()) return {};
    const auto shown = std::span(runs).first(std::min(runs.size(), kTraceFileRuns));
    return write_file(options.trace, as_bytes(trace_text(shown, report.model)));
}

// Measures the warm runs of ours, and of ONNX Runtime in turn.
Status contest(Ours& ours, Onnxruntime* onnxruntime, const BenchOptions& options, BenchReport& report,
               const Progress& progress) {
    std::vector<Contestant*> contestants{&ours};
    if (onnxruntime != nullptr) contestants.push_back(onnxruntime);
    TRY(auto times, take_turns(contestants, options.effort, progress));
    report.ours.warm = summary_of(std::move(times[0]));
    if (onnxruntime != nullptr) report.other->speed.warm = summary_of(std::move(times[1]));
    return {};
}

int64_t batch_of(std::span<const Tensor> inputs) {
    return inputs.empty() || inputs[0].rank() == 0 ? 1 : inputs[0].dim(0);
}

}  // namespace

std::vector<std::string> bench_rivals() { return {"onnxruntime"}; }

Result<BenchReport> bench_model(const std::string& path, const BenchOptions& options,
                                const Progress& progress) {
    BenchReport report{.model = path, .engine = options.engine};
    if (report.engine.threads == 0) report.engine.threads = processor_count();
    TRY(const Warm warm, start_cold(path, options, report));
    report.batch = batch_of(warm.ordered);
    Ours ours(*warm.program, warm.ordered);

    std::optional<TemporaryFolder> folder;
    std::unique_ptr<Onnxruntime> onnxruntime;
    if (!options.compare.empty()) {
        TRY(auto made, TemporaryFolder::create());
        folder.emplace(std::move(made));
        TRY(onnxruntime, start_onnxruntime(path, options, warm, report.engine.threads, *folder, progress));
        TRY(report.other, meet(*onnxruntime, warm, options.engine.precision));
    }
    TRY_STATUS(contest(ours, onnxruntime.get(), options, report, progress));
    ThreadPool pool(report.engine.threads);
    report.limits = run::cpu::measure_limits(pool, kernels_for(options.engine), seconds_now);
    TRY_STATUS(add_costs(ours, options, report));
    add_rates(report.ours, report);
    if (report.other) add_rates(report.other->speed, report);
    if (progress) progress("measuring", 1, 1);
    return report;
}

}  // namespace lathe::pipeline
