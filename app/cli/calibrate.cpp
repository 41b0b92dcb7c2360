#include "pipeline/calibrate.h"
#include "cli.h"

namespace lathe::cli {
namespace {

struct CalibrateFlags {
    std::string path, output;
    pipeline::CalibrateOptions job;
    std::vector<std::string> sizes;
    bool json = false;
};

Result<int> run_calibrate(const CalibrateFlags& options) {
    pipeline::CalibrateOptions job = options.job;
    TRY(job.sizes, parse_sizes(options.sizes));
    TRY(const auto report, pipeline::calibrate(options.path, options.output, job, progress_bar()));
    if (options.json) print_json(pipeline::to_json(report));
    else print(pipeline::to_text(report));
    return 0;
}

}  // namespace

void add_calibrate(Program& program) {
    auto o = std::make_shared<CalibrateFlags>();
    CLI::App* verb =
        add_verb(program.app, program, "calibrate",
                 "Run a model and write statistics of its layers' inputs, for quantize --stats",
                 "lathe calibrate kata.ckpt --input games/*.sgf --every 20 -o stats.safetensors\n"
                 "  lathe calibrate resnet50.pth --image photos/ --products -o stats.safetensors",
                 [o] { return run_calibrate(*o); });
    verb->add_option("model", o->path, "a checkpoint or model that can be run")->required();
    verb->add_option("-o,--output", o->output, "the .safetensors file to write")->required();
    verb->add_option("--input", o->job.inputs,
                     "real inputs: .npz or .npy files, or .sgf positions for Go networks");
    verb->add_option("--every", o->job.every, "of games: also the position after every so many moves")
        ->check(CLI::Range(1, 10000));
    verb->add_option("--image", o->job.pictures, "pictures, or folders of them, for image models");
    verb->add_option("--samples", o->job.samples,
                     "make so many sets of inputs by rule: to try it, no substitute for real ones")
        ->check(CLI::Range(1, 10000));
    verb->add_option("--sizes", o->sizes, "sizes of inputs made by rule, for example batch=4,height=9")
        ->delimiter(',');
    verb->add_option("--batch", o->job.batch, "pictures at a time")
        ->check(CLI::Range(1, 65536))
        ->capture_default_str();
    verb->add_flag("--products", o->job.products,
                   "also the products of every two inputs of a layer, which --rounding gptq needs");
    verb->add_option("--max-columns", o->job.max_columns, "the widest layer whose products are kept")
        ->check(CLI::Range(int64_t{1}, int64_t{1} << 16))
        ->capture_default_str();
    verb->add_option("--threads", o->job.threads, "how many (default: all processors)")
        ->check(CLI::Range(1, 1024));
    add_model_options(*verb, o->job.model);
    verb->add_flag("--json", o->json, "print JSON");
}

}  // namespace lathe::cli
