// The command line: one file a verb. A verb adds its options to the application and says what to do when it is chosen.
#pragma once
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <string>

#include "base/json.h"
#include "base/progress.h"
#include "base/result.h"
#include "pipeline/engines.h"
#include "pipeline/model.h"
#include "pipeline/precision.h"

namespace lathe::cli {

// What a verb does: prints to stdout, returns the exit status (0, or 1 for a check that failed) or an error.
using Action = std::function<Result<int>()>;

struct Program {
    CLI::App app;
    Action action;  // of the verb that was chosen
};

// Adds a verb with an example for its --help; `action` runs when it is chosen.
CLI::App* add_verb(CLI::App& parent, Program& program, const std::string& name, const std::string& summary,
                   const std::string& example, Action action);

// The options that choose the model inside a file or by its name: --arch, --weights, --heads, and those of image models.
void add_model_options(CLI::App& verb, pipeline::ModelOptions& model);
// Those of the quantised precisions: what to calibrate with and how, and what stays.
void add_quantization_options(CLI::App& verb, pipeline::QuantizationChoices& choices);
// Those that choose what runs it: --engine, --threads, --precision, --isa.
void add_engine_options(CLI::App& verb, pipeline::EngineOptions& engine);

void add_list(Program& program);
void add_info(Program& program);
void add_export(Program& program);
void add_quantize(Program& program);
void add_repair(Program& program);
void add_calibrate(Program& program);
void add_verify(Program& program);
void add_run(Program& program);
void add_bench(Program& program);
void add_go(Program& program);
void add_doctor(Program& program);
void add_demo(Program& program);

void print(std::string_view text);  // to stdout
void print_json(const Json& json);  // indented, to stdout
bool stdout_is_terminal();

// A bar on stderr for work that takes longer than a second; silent when stderr is no terminal.
Progress progress_bar();

// "batch=1" into sizes. Errors: not of that form.
Result<std::map<std::string, int64_t, std::less<>>> parse_sizes(const std::vector<std::string>& texts);

}  // namespace lathe::cli
