#include "pipeline/doctor.h"
#include "cli.h"

namespace lathe::cli {

void add_doctor(Program& program) {
    auto json = std::make_shared<bool>(false);
    CLI::App* verb = add_verb(program.app, program, "doctor",
                              "Show versions, processor features and which other runtimes are found",
                              "lathe doctor --json", [json]() -> Result<int> {
                                  const auto diagnosis = pipeline::diagnose();
                                  if (*json) print_json(pipeline::to_json(diagnosis));
                                  else print(pipeline::to_text(diagnosis));
                                  return 0;
                              });
    verb->add_flag("--json", *json, "print JSON");
}

}  // namespace lathe::cli
