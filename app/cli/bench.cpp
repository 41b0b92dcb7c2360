#include "pipeline/bench/bench.h"
#include "cli.h"

namespace lathe::cli {
namespace {

struct Options {
    std::string path;
    pipeline::BenchOptions job;
    std::vector<std::string> sizes;
    bool json = false;
};

Result<int> run_bench(const Options& options) {
    pipeline::BenchOptions job = options.job;
    TRY(job.sizes, parse_sizes(options.sizes));
    TRY(const auto report, pipeline::bench_model(options.path, job, progress_bar()));
    if (options.json) print_json(pipeline::to_json(report));
    else print(pipeline::to_text(report));
    if (!options.json && !job.trace.empty()) print(format("wrote {}\n", job.trace));
    return report.other && !report.other->agrees ? 1 : 0;
}

void add_measuring(CLI::App& verb, pipeline::BenchOptions& job) {
    CLI::Option* seconds =
        verb.add_option("--seconds", job.effort.seconds, "how long to measure warm runs (of each program)")
            ->check(CLI::Range(0.001, 86400.0))
            ->capture_default_str();
    verb.add_option("--runs", job.effort.runs, "measure so many warm runs instead")
        ->check(CLI::Range(1, 100000000))
        ->excludes(seconds);
    verb.add_option("--compare", job.compare,
                    "measure another program too, in turn, on the same model and inputs")
        ->check(CLI::IsMember(pipeline::bench_rivals()));
    verb.add_flag("--profile", job.profile, "say where the time goes, by operator, and what bounds it");
    verb.add_option("--trace", job.trace,
                    "write the steps of some runs to this file, for chrome://tracing or Perfetto");
}

}  // namespace

void add_bench(Program& program) {
    auto o = std::make_shared<Options>();
    CLI::App* verb = add_verb(program.app, program, "bench",
                              "Measure how fast a model runs: load, latency, throughput, memory, FLOP/s",
                              "lathe bench resnet50 --random-weights --threads 1 --compare onnxruntime\n"
                              "  lathe bench kata.onnx --batch 8 --profile --trace kata.json",
                              [o] { return run_bench(*o); });
    verb->add_option("model", o->path, "a checkpoint or model, or a name with --random-weights")->required();
    verb->add_option("--batch", o->job.batch, "samples at a time (default 1, or what the model fixes)")
        ->check(CLI::Range(1, 65536));
    verb->add_option("--sizes", o->sizes, "open sizes of the inputs, for example height=9,width=9")
        ->delimiter(',');
    add_engine_options(*verb, o->job.engine);
    add_measuring(*verb, o->job);
    add_model_options(*verb, o->job.model);
    verb->add_flag("--json", o->json, "print JSON");
}

}  // namespace lathe::cli
