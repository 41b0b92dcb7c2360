#include "cli.h"
#include "pipeline/inspect.h"

namespace lathe::cli {

void add_info(Program& program) {
    struct Options {
        std::string path;
        pipeline::ModelOptions model;
        bool json = false, tensors = false;
    };
    auto o = std::make_shared<Options>();
    CLI::App* verb = add_verb(program.app, program, "info",
                              "Say what a file is: format, architecture, inputs, outputs, tensors",
                              "lathe info kata1-b18c384nbt.ckpt", [o]() -> Result<int> {
                                  TRY(const auto inspection, pipeline::inspect(o->path, o->model));
                                  if (o->json) print_json(pipeline::to_json(inspection));
                                  else print(pipeline::to_text(inspection, o->tensors));
                                  return 0;
                              });
    verb->add_option("file", o->path,
                     "a checkpoint or model of any format that can be read, or a model's name (`lathe list`)")
        ->required();
    add_model_options(*verb, o->model);
    verb->add_flag("--tensors", o->tensors, "list every tensor");
    verb->add_flag("--json", o->json, "print JSON");
}

}  // namespace lathe::cli
