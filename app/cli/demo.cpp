// The main job on a network made by rule: nothing is needed beyond the program.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli.h"
#include "pipeline/export.h"
#include "pipeline/go.h"
#include "pipeline/make_net.h"

namespace lathe::cli {
namespace {

// A few opening moves on a 9x9 board.
constexpr const char* kGame =
    "(;GM[1]FF[4]SZ[9]KM[7]RU[Chinese];B[ee];W[gc];B[cg];W[gg];B[cc];W[gf];B[fd];W[gd])";

struct DemoFlags {
    std::string write, folder = "lathe-demo";
    pipeline::NetShape shape;
};

Status write_text(const std::string& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    return file ? Status{} : fail("{}: cannot write", path);
}

Result<int> run_demo(const DemoFlags& options) {
    if (!options.write.empty()) {
        TRY_STATUS(pipeline::make_net(options.shape, options.write));
        print(format("wrote {}: {} blocks of {} channels, weights made by rule\n", options.write,
                     options.shape.blocks, options.shape.channels));
        return 0;
    }
    std::error_code error;
    std::filesystem::create_directories(options.folder, error);
    if (error) return fail("{}: cannot make the folder: {}", options.folder, error.message());
    const std::string net = options.folder + "/demo.bin.gz", onnx = options.folder + "/demo.onnx",
                      sgf = options.folder + "/game.sgf", svg = options.folder + "/position.svg";
    print(format("1. A KataGo-shaped network, {} blocks of {} channels, weights made by rule: {}\n",
                 options.shape.blocks, options.shape.channels, net));
    TRY_STATUS(pipeline::make_net(options.shape, net));
    print("\n2. Exported to ONNX, read back, and compared output by output with the source:\n");
    pipeline::ExportOptions job;
    job.format = "onnx";
    job.output = onnx;
    TRY(const auto report, pipeline::export_model(net, job, progress_bar()));
    print(pipeline::to_text(report));
    print(
        "\n3. The ONNX file looks at a position (its weights are made by rule, so its opinions are too):\n");
    TRY_STATUS(write_text(sgf, kGame));
    pipeline::GoOptions question;
    question.model_path = onnx;
    TRY(const auto answer, pipeline::ask(sgf, question));
    print(pipeline::to_text(answer, stdout_is_terminal()));
    TRY_STATUS(write_text(svg, pipeline::to_svg(answer)));
    print(format("\nThe position as a picture: {}\nNext: lathe export onnx YOUR.ckpt -o YOUR.onnx\n", svg));
    return report.comparison && report.comparison->passed() ? 0 : 1;
}

}  // namespace

void add_demo(Program& program) {
    auto o = std::make_shared<DemoFlags>();
    CLI::App* verb = add_verb(program.app, program, "demo", "Do the main job on a network made by rule",
                              "lathe demo --folder /tmp/lathe-demo", [o] { return run_demo(*o); });
    verb->add_option("--folder", o->folder, "where to put the files")->capture_default_str();
    verb->add_option("--write", o->write, "only write the network to this file (.bin, .bin.gz, .txt)");
    verb->add_option("--blocks", o->shape.blocks, "blocks of the network")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    verb->add_option("--channels", o->shape.channels, "channels of the network")
        ->check(CLI::Range(24, 2048))
        ->capture_default_str();
    verb->add_option("--seed", o->shape.seed, "of the rule")->capture_default_str();
}

}  // namespace lathe::cli
