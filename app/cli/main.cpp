#include <cstdio>
#include <exception>

#include "base/version.h"
#include "cli.h"

namespace {

int run(int argc, char** argv) {
    using namespace lathe;
    cli::Program program;
    program.app.description(
        "Lathe takes a trained network from its checkpoint to every place where it has to run,\n"
        "and proves that it still computes the same numbers there.");
    program.app.set_version_flag("--version", "lathe " + version());
    program.app.require_subcommand(1);
    program.app.footer("lathe VERB --help shows the options of a verb and an example.\n"
                       "Exit status: 0 done, 1 the job failed or the models differ, 2 bad use.");
    cli::add_list(program);
    cli::add_info(program);
    cli::add_export(program);
    cli::add_quantize(program);
    cli::add_repair(program);
    cli::add_calibrate(program);
    cli::add_verify(program);
    cli::add_run(program);
    cli::add_bench(program);
    cli::add_go(program);
    cli::add_doctor(program);
    cli::add_demo(program);
    try {
        program.app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int status = program.app.exit(error);
        return status == 0 ? 0 : 2;
    }
    const Result<int> status = program.action();
    if (!status) {
        std::fprintf(stderr, "lathe: %s\n", status.error().message.c_str());
        return 1;
    }
    return *status;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "lathe: %s\n", error.what());
        return 1;
    }
}
