#include "pipeline/go.h"
#include "base/file.h"
#include "cli.h"

namespace lathe::cli {
namespace {

struct GoFlags {
    std::string sgf, svg, features;
    pipeline::GoOptions job;
    bool json = false, raw = false;
    std::string colour = "auto";
};

bool coloured(const std::string& word) {
    return word == "always" || (word == "auto" && stdout_is_terminal());
}

Result<int> run_go(const GoFlags& options) {
    if (options.job.model_path.empty() && options.features.empty())
        return fail("nothing to do: give --model to ask a network, or --features to write its inputs");
    if (!options.features.empty()) {
        TRY(const auto position, pipeline::load_position(options.sgf, options.job, nullptr));
        TRY_STATUS(pipeline::write_features(position, options.features));
        if (options.job.model_path.empty() && !options.json) print(format("wrote {}\n", options.features));
    }
    if (options.job.model_path.empty()) return 0;
    TRY(const auto answer, pipeline::ask(options.sgf, options.job));
    if (options.json) print_json(pipeline::to_json(answer, options.raw));
    else print(pipeline::to_text(answer, coloured(options.colour)));
    if (!options.svg.empty()) {
        const std::string svg = pipeline::to_svg(answer);
        TRY_STATUS(write_file(options.svg, as_bytes(svg)));
        if (!options.json) print(format("wrote {}\n", options.svg));
    }
    return 0;
}

}  // namespace

void add_go(Program& program) {
    auto o = std::make_shared<GoFlags>();
    CLI::App* verb = add_verb(program.app, program, "go", "Show what a network thinks of a Go position",
                              "lathe go game.sgf --model kata.onnx --move 60 --svg position.svg",
                              [o] { return run_go(*o); });
    verb->add_option("game", o->sgf, "the game, an .sgf file")->required();
    add_engine_options(*verb, o->job.engine);
    verb->add_option("--model", o->job.model_path, "a KataGo network, a checkpoint, or an ONNX export");
    verb->add_option("--move", o->job.move, "the position after this many moves (default: the end)")
        ->check(CLI::NonNegativeNumber);
    verb->add_option("--rules", o->job.rules,
                     "instead of the game's: a name, KataGo's JSON or its compact form");
    verb->add_option("--human", o->job.human_profile,
                     "for human-style networks: rank_5k, rank_3d_1k, preaz_9d, proyear_1965 …");
    verb->add_option("--optimism", o->job.optimism, "share of the optimistic policy")
        ->check(CLI::Range(0.0, 1.0));
    verb->add_option("--weights", o->job.model.weights, "which weights of a checkpoint")
        ->check(CLI::IsMember({"model", "raw", "swa"}));
    verb->add_option("--svg", o->svg, "draw the position into this file");
    verb->add_option("--features", o->features, "write the network's inputs into this .npz");
    verb->add_option("--colour,--color", o->colour, "auto, always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    verb->add_flag("--json", o->json, "print one object with the names of kata-raw-nn");
    verb->add_flag("--raw", o->raw, "with --json: add the network's raw outputs");
}

}  // namespace lathe::cli
