#include "cli.h"
#include "pipeline/compare_weights.h"
#include "pipeline/execute.h"
#include "pipeline/quantized_outputs.h"

namespace lathe::cli {
namespace {

struct VerifyFlags {
    std::string a, b;
    pipeline::VerifyOptions job;
    std::vector<std::string> sizes;
    pipeline::ModelOptions model;
    double rtol = -1, atol = -1;
    bool json = false, weights = false;
    std::optional<double> least_snr;
};

Result<pipeline::VerifyOptions> job_of(const VerifyFlags& options) {
    pipeline::VerifyOptions job = options.job;
    if (job.engine.engine.empty()) job.engine.engine = "reference";
    TRY(job.sizes, parse_sizes(options.sizes));
    job.model_a = job.model_b = options.model;
    if (options.rtol >= 0) job.rtol = options.rtol;
    if (options.atol >= 0) job.atol = options.atol;
    return job;
}

// Layer by layer, as numbers: of a quantised checkpoint, or where it was asked for. Then, where the reference can be run,
// what the weights do to its outputs.
Result<int> run_on_weights(const VerifyFlags& options, bool outputs) {
    TRY(const auto report,
        pipeline::compare_weights(options.a, options.b, {options.least_snr, options.job.engine.threads},
                                  progress_bar()));
    if (!options.json) {
        print(format("{} against {}, layer by layer\n", report.a, report.b));
        print(pipeline::to_table(report));
    }
    Json json = pipeline::to_json(report);
    bool passed = report.passed();
    if (outputs) {
        TRY(const pipeline::VerifyOptions job, job_of(options));
        const auto ran = pipeline::compare_outputs(options.a, options.b, job, progress_bar());
        if (ran) {
            passed = passed && (!ran->judged || ran->comparison.passed());
            json["outputs"] = pipeline::to_json(*ran);
            if (!options.json) print("\n" + pipeline::to_table(*ran));
        } else {
            json["outputs_not_compared"] = ran.error().message;
            if (!options.json) print(format("outputs were not compared: {}\n", ran.error().message));
        }
    }
    if (options.json) print_json(json);
    return passed ? 0 : 1;
}

Result<int> run_on_models(const VerifyFlags& options, const std::string& a, const std::string& b) {
    TRY(const pipeline::VerifyOptions job, job_of(options));
    TRY(const auto report, pipeline::verify_models(options.a, options.b, job, progress_bar()));
    if (options.json) {
        Json json{{"a", a}, {"b", b}, {"compared_on", report.compared_on}};
        json.update(check::to_json(report.comparison));
        print_json(json);
    } else {
        print(format("{} against {}, on {}\n", a, b, report.compared_on));
        print(check::to_table(report.comparison));
    }
    return report.comparison.passed() ? 0 : 1;
}

// What this engine, with its threads and precision, makes of a model, against the reference engine.
Result<int> run_on_engines(VerifyFlags options) {
    options.b = options.a;
    if (options.job.engine.engine.empty()) options.job.engine.engine = "cpu";
    return run_on_models(options, format("{} by the {} engine", options.a, options.job.engine.engine),
                         "the reference engine");
}

Result<int> run_verify(const VerifyFlags& options) {
    if (options.b.empty()) return run_on_engines(options);
    if (options.weights) return run_on_weights(options, false);
    if (pipeline::holds_quantized_layers(options.a)) return run_on_weights(options, true);
    return run_on_models(options, options.a, options.b);
}

}  // namespace

void add_verify(Program& program) {
    auto o = std::make_shared<VerifyFlags>();
    CLI::App* verb =
        add_verb(program.app, program, "verify", "Run two models on the same inputs and compare every output",
                 "lathe verify kata.ckpt kata.onnx --input game.sgf", [o] { return run_verify(*o); });
    verb->add_option("a", o->a, "the model to check")->required();
    verb->add_option("b", o->b, "the reference; without it, the model itself by the reference engine");
    verb->add_option("--input", o->job.inputs,
                     "inputs: .npz or .npy files, or .sgf positions; default: made by rule");
    verb->add_option("--samples", o->job.samples, "how many sets of inputs to make")
        ->check(CLI::Range(1, 10000))
        ->capture_default_str();
    verb->add_option("--sizes", o->sizes, "sizes of inputs made by rule, for example batch=4,height=9")
        ->delimiter(',');
    o->job.engine.engine.clear();  // by default the reference engine for two models, the cpu engine for one
    add_engine_options(*verb, o->job.engine);
    add_model_options(*verb, o->model);
    verb->add_option("--rtol", o->rtol, "relative tolerance (default: by precision)")
        ->check(CLI::NonNegativeNumber);
    verb->add_option("--atol", o->atol, "absolute tolerance (default: by precision)")
        ->check(CLI::NonNegativeNumber);
    verb->add_flag("--common", o->job.common_only, "compare only the outputs that both have");
    verb->add_flag("--layers", o->weights,
                   "compare tensor by tensor only; quantised checkpoints are compared so first");
    verb->add_option("--min-snr", o->least_snr,
                     "quantised layers: least signal-to-noise ratio in dB (default: by format)");
    verb->add_flag("--json", o->json, "print JSON");
}

}  // namespace lathe::cli
