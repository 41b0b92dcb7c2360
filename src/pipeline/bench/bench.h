// `lathe bench`: how fast a model runs here, beside the machine's limits and beside ONNX Runtime.
#pragma once
#include <optional>

#include "base/progress.h"
#include "check/metrics.h"
#include "pipeline/bench/contest.h"
#include "pipeline/bench/profile.h"
#include "pipeline/engines.h"
#include "pipeline/model.h"

namespace lathe::pipeline {

struct BenchOptions {
    ModelOptions model;
    EngineOptions engine;
    graph::Bindings sizes;  // of the inputs; graph::usual_sizes for those that are not said
    std::optional<int64_t> batch;  // the size of the inputs' first axis
    Effort effort;
    std::string compare;  // "onnxruntime", or "": nothing
    bool profile = false;
    std::string trace;  // the file to write traced runs to, or ""
};

// One contestant's.
struct Speed {
    double load_ms = 0;  // from the model to what can run: opening, graph passes, planning
    double first_ms = 0;  // from the model to its first result
    Summary warm;
    double peak_mb = 0;  // of memory, after the first two runs
    double throughput = 0;  // samples (rows of the batch) a second
    double gflops = 0, gb_per_s = 0;  // a second, in the median run
};

struct BenchReport {
    std::string model, kind;
    EngineOptions engine;  // with the number of threads
    int64_t batch = 1;
    std::string inputs;  // "x f32[1, 3, 224, 224]"
    std::string made_by;  // "random inputs"
    double open_ms = 0, plan_ms = 0;  // of load_ms; weights by rule are not counted in it
    bool weights_by_rule = false;
    Speed ours;
    double flops = 0,
           bytes = 0;  // of one run: by the operators' plain definitions; operands and results of every step
    run::MemoryUse memory;
    run::cpu::Limits limits;
    std::vector<std::string> notes;

    struct Other {
        std::string name, version;
        Speed speed;
        check::Comparison outputs;
        double error = 0;  // the largest, as a share of the output's largest value
        bool agrees = false;
    };
    std::optional<Other> other;
    std::optional<Profile> profile;
};

// Errors: a model that does not open or does not run; what was asked for and is not there.
Result<BenchReport> bench_model(const std::string& path, const BenchOptions& options,
                                const Progress& progress);
std::string to_text(const BenchReport& report);
Json to_json(const BenchReport& report);

std::vector<std::string> bench_rivals();  // the names that BenchOptions::compare may have

}  // namespace lathe::pipeline
