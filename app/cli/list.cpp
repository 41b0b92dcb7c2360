#include "pipeline/list.h"

#include "cli.h"

namespace lathe::cli {

void add_list(Program& program) {
    struct Options {
        std::string pattern;
        bool json = false;
    };
    auto o = std::make_shared<Options>();
    CLI::App* verb = add_verb(program.app, program, "list", "Show the image models that can be built by name",
                              "lathe list 'vit_*_patch16_224'", [o]() -> Result<int> {
                                  const auto models = pipeline::list_models(o->pattern);
                                  if (o->json) print_json(pipeline::to_json(models));
                                  else print(pipeline::to_text(models));
                                  return 0;
                              });
    verb->add_option("pattern", o->pattern, "part of a name, a glob (* ? [a-c]), or a family; default: all");
    verb->add_flag("--json", o->json, "print JSON");
}

}  // namespace lathe::cli
