#include "cli.h"
#include "pipeline/execute.h"

namespace lathe::cli {
namespace {

struct Options {
    std::string path, output;
    pipeline::RunOptions job;
    bool json = false;
};

Result<int> run_verb(const Options& options) {
    TRY(const auto outputs, pipeline::run_model(options.path, options.job));
    if (!options.output.empty()) {
        TRY_STATUS(pipeline::write_tensors(options.output, outputs));
    }
    Json json = Json::object();
    for (const auto& [name, tensor] : outputs) {
        if (options.json) json[name] = {{"dtype", name_of(tensor.dtype())}, {"shape", tensor.shape()}};
        else print(format("{}: {}\n", name, describe(tensor)));
        if (options.json && options.output.empty()) json[name]["values"] = tensor.to_doubles();
    }
    if (options.json) print_json(json);
    else if (!options.output.empty()) print(format("wrote {}\n", options.output));
    return 0;
}

}  // namespace

void add_run(Program& program) {
    auto o = std::make_shared<Options>();
    CLI::App* verb = add_verb(program.app, program, "run", "Run a model on tensors from files",
                              "lathe run kata.onnx --input x.npz -o y.npz", [o] { return run_verb(*o); });
    verb->add_option("model", o->path, "a checkpoint or model")->required();
    verb->add_option("--input", o->job.inputs,
                     ".npz with arrays named as the inputs; one input may be a .npy")
        ->required();
    verb->add_option("-o,--output", o->output,
                     "where to write the outputs: .npz, .safetensors, or .npy for one");
    add_model_options(*verb, o->job.model);
    verb->add_flag("--json", o->json, "print JSON; with the values when there is no --output");
}

}  // namespace lathe::cli
