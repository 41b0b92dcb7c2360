// The program as its users type it: every verb on real files, bad use, bad files, and what an interrupted job leaves.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "places.h"
#include "program.h"

namespace lathe::cli_test {
namespace {

using nlohmann::json;

TEST_F(CliTest, HelpShowsAnExampleForEveryVerb) {
    EXPECT_EQ(lathe("--help").status, 0);
    for (const char* verb : {"info", "export", "quantize", "calibrate", "repair", "verify", "run", "bench",
                             "go", "doctor", "demo"}) {
        const Outcome help = lathe(std::string(verb) + " --help");
        EXPECT_EQ(help.status, 0) << verb;
        EXPECT_NE(help.out.find("Example:\n  lathe " + std::string(verb)), std::string::npos) << help.out;
    }
}

TEST_F(CliTest, BadUseIsTwoAndFailedJobsAreOne) {
    EXPECT_EQ(lathe("").status, 2);
    EXPECT_EQ(lathe("frobnicate").status, 2);
    EXPECT_EQ(lathe("export onnx x.ckpt").status, 2);
    EXPECT_EQ(lathe("export onnx x.ckpt -o y.onnx --opset 99").status, 2);
    const Outcome missing = lathe("info '" + at("none.ckpt") + "'");
    EXPECT_EQ(missing.status, 1);
    EXPECT_NE(missing.err.find("none.ckpt: cannot open the file"), std::string::npos) << missing.err;
    EXPECT_EQ(std::count(missing.err.begin(), missing.err.end(), '\n'), 1);
    EXPECT_TRUE(missing.out.empty());
    EXPECT_EQ(lathe("info resnet18 --in-chans 1 --input-size 3 96 96").status, 2);
    EXPECT_EQ(lathe("info resnet18 --input-size 1 96 96 --in-chans 1").status, 0);
}

TEST_F(CliTest, StartsInTwentyMilliseconds) {
    double best = 1e9;
    for (int i = 0; i < 10; ++i) {
        const auto start = std::chrono::steady_clock::now();
        ASSERT_EQ(std::system(("'" + std::string(kProgram) + "' --version > /dev/null").c_str()), 0);
        best = std::min(
            best,
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::printf("start-up: %.1f ms\n", best);
    EXPECT_LT(best, LATHE_SANITIZED ? 5000 : 20);
}

TEST_F(CliTest, ExportsVerifiesRunsAndInspects) {
    const std::string net = demo_net();
    const Outcome exported = lathe("export onnx '" + net + "' -o '" + at("demo.onnx") + "' --json");
    ASSERT_EQ(exported.status, 0) << exported.err;
    const json report = json::parse(exported.out);
    EXPECT_TRUE(report["comparison"]["passed"].get<bool>());
    EXPECT_EQ(report["files"].size(), 1u);

    const Outcome verified = lathe("verify '" + at("demo.onnx") + "' '" + net + "' --json");
    EXPECT_EQ(verified.status, 0) << verified.err << verified.out;

    const Outcome info = lathe("info '" + at("demo.onnx") + "' --json");
    ASSERT_EQ(info.status, 0) << info.err;
    EXPECT_EQ(json::parse(info.out)["inputs"][0]["name"], "bin_input");
    EXPECT_EQ(json::parse(info.out)["inputs"][0]["type"], "f32[batch, 22, height, width]");

    std::ofstream(at("game.sgf")) << "(;SZ[9]KM[7];B[ee];W[cc];B[gc])";
    EXPECT_EQ(lathe("go '" + at("game.sgf") + "' --features '" + at("x.npz") + "'").status, 0);
    const Outcome run =
        lathe("run '" + at("demo.onnx") + "' --input '" + at("x.npz") + "' -o '" + at("y.npz") + "'");
    EXPECT_EQ(run.status, 0) << run.err;
    const Outcome again = lathe("info '" + at("y.npz") + "' --json");
    ASSERT_EQ(again.status, 0);
    EXPECT_NE(again.out.find("\"policy\""), std::string::npos);
}

TEST_F(CliTest, CalibratesOnGames) {
    std::ofstream(at("game.sgf")) << "(;SZ[9]KM[7];B[ee];W[cc];B[gc];W[gg];B[cg])";
    const Outcome games = lathe("calibrate '" + demo_net() + "' --input '" + at("game.sgf") +
                                "' --every 2 --products -o '" + at("stats.safetensors") + "' --json");
    ASSERT_EQ(games.status, 0) << games.err;
    const json report = json::parse(games.out);
    EXPECT_EQ(report["input_sets"], 3);  // after two moves, four, and all five
    EXPECT_EQ(report["layers"][0]["vectors"], 3 * 9 * 9);
    EXPECT_EQ(report["layers"][0]["columns"], 22 * 5 * 5);
    const Outcome info = lathe("info '" + at("stats.safetensors") + "' --tensors");
    EXPECT_NE(info.out.find("trunk.conv_spatial.products: f32[550, 550]"), std::string::npos) << info.out;
    const Outcome nothing = lathe("calibrate '" + demo_net() + "' -o '" + at("x.safetensors") + "'");
    EXPECT_EQ(nothing.status, 1);
    EXPECT_NE(nothing.err.find("--samples 8"), std::string::npos) << nothing.err;
}

TEST_F(CliTest, DifferentModelsFailWithStatusOne) {
    const std::string a = demo_net();
    ASSERT_EQ(lathe("demo --write '" + at("other.bin") + "' --blocks 2 --channels 24 --seed 5").status, 0);
    const Outcome verified = lathe("verify '" + a + "' '" + at("other.bin") + "'");
    EXPECT_EQ(verified.status, 1);
    EXPECT_NE(verified.out.find("DIFFERENT"), std::string::npos);
}

TEST_F(CliTest, HeadsAndFixedSizesAreKept) {
    const std::string net = demo_net();
    ASSERT_EQ(lathe("export onnx '" + net + "' -o '" + at("s.onnx") +
                    "' --heads policy,value --fix batch=1,height=9,width=9")
                  .status,
              0);
    const json info = json::parse(lathe("info '" + at("s.onnx") + "' --json").out);
    EXPECT_EQ(info["outputs"].size(), 2u);
    EXPECT_EQ(info["outputs"][0]["type"], "f32[1, 2, 82]");
    const Outcome wrong = lathe("export onnx '" + net + "' -o '" + at("t.onnx") + "' --heads polcy");
    EXPECT_EQ(wrong.status, 1);
    EXPECT_NE(wrong.err.find("polcy"), std::string::npos);
}

TEST_F(CliTest, HalfPrecisionStaysInsideUnlessAsked) {
    const std::string net = demo_net();
    const auto types = [&](const std::string& options) {
        const Outcome exported = lathe("export onnx '" + net + "' -o '" + at("h.onnx") +
                                       "' --precision fp16 --heads policy " + options);
        EXPECT_EQ(exported.status, 0) << exported.err;
        const json info = json::parse(lathe("info '" + at("h.onnx") + "' --json").out);
        return info["inputs"][0]["type"].get<std::string>().substr(0, 4) +
               info["outputs"][0]["type"].get<std::string>().substr(0, 4);
    };
    EXPECT_EQ(types(""), "f32[f32[");
    EXPECT_EQ(types("--half-io"), "f16[f16[");
}

// One input may be a bare array, whatever the file is called.
TEST_F(CliTest, RunsOnABareArray) {
    const auto write = [&](const std::string& name, const std::string& shape, const std::string& values) {
        std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
        header += std::string(117 - header.size(), ' ') + '\n';  // 128 bytes with what stands before
        std::ofstream(at(name), std::ios::binary)
            << std::string("\x93NUMPY\1\0\x76\0", 10) << header << values;
    };
    write("bin_input.npy", "1, 22, 9, 9", std::string(22 * 81 * 4, '\0'));
    write("any.npy", "1, 19", std::string(19 * 4, '\0'));
    const std::string net = demo_net();
    const std::string run = "run '" + net + "' --input '" + at("bin_input.npy") + "'";
    const Outcome both = lathe(run + " '" + at("any.npy") + "' -o '" + at("y.npz") + "'");
    EXPECT_EQ(both.status, 0) << both.err;
    const Outcome one = lathe(run);
    EXPECT_EQ(one.status, 1);
    EXPECT_NE(one.err.find("no tensor for the input 'global_input'"), std::string::npos) << one.err;
}

TEST_F(CliTest, GoPrintsTheNamesOfKataRawNn) {
    const std::string net = demo_net();
    std::ofstream(at("game.sgf")) << "(;SZ[9]KM[7.5]RU[Chinese];B[ee];W[cc];B[gc])";
    const Outcome go =
        lathe("go '" + at("game.sgf") + "' --model '" + net + "' --json --raw --svg '" + at("p.svg") + "'");
    ASSERT_EQ(go.status, 0) << go.err;
    const json answer = json::parse(go.out);
    for (const char* name : {"toMove", "whiteWin", "whiteLoss", "noResult", "whiteLead", "whiteScoreSelfplay",
                             "whiteScoreSelfplaySq", "varTimeLeft", "shorttermWinlossError",
                             "shorttermScoreError", "policy", "policyPass", "whiteOwnership", "raw"})
        EXPECT_TRUE(answer.contains(name)) << name;
    EXPECT_EQ(answer["toMove"], "W");
    EXPECT_EQ(answer["policy"].size(), 81u);
    EXPECT_TRUE(answer["policy"][4 * 9 + 4].is_null());
    EXPECT_NE(slurp(at("p.svg")).find("<svg"), std::string::npos);
}

TEST_F(CliTest, BadFilesAreOneSentence) {
    std::ofstream(at("junk.onnx")) << "this is no model at all";
    std::ofstream(at("empty.ckpt"));
    std::ofstream(at("bad.sgf")) << "(;SZ[99])";
    for (const std::string& arguments : std::vector<std::string>{
             "info '" + at("junk.onnx") + "'",
             "export onnx '" + at("junk.onnx") + "' -o '" + at("o.onnx") + "'",
             "info '" + at("empty.ckpt") + "'", "go '" + at("bad.sgf") + "' --features '" + at("f.npz") + "'",
             "verify '" + at("junk.onnx") + "' '" + at("junk.onnx") + "'"}) {
        const Outcome outcome = lathe(arguments);
        EXPECT_EQ(outcome.status, 1) << arguments;
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    }
    EXPECT_EQ(listing().size(), 3u);  // nothing was written
}

// A limit on the size of files fails writes like a full disk.
TEST_F(CliTest, FullDiskLeavesNothing) {
    ASSERT_EQ(lathe("demo --write '" + at("n.bin") + "' --blocks 4 --channels 64").status, 0);
    const Outcome full =
        lathe("export onnx '" + at("n.bin") + "' -o '" + at("o.onnx") + "' --no-verify", "ulimit -f 100; ");
    EXPECT_NE(full.status, 0);
    EXPECT_EQ(listing(), std::vector<std::string>{"n.bin"});
    const Outcome nowhere =
        lathe("export onnx '" + at("n.bin") + "' -o '" + at("missing/o.onnx") + "' --no-verify");
    EXPECT_EQ(nowhere.status, 1);
    EXPECT_NE(nowhere.err.find("cannot write in the folder"), std::string::npos) << nowhere.err;
}

TEST_F(CliTest, KilledExportsLeaveTheOldFile) {
    ASSERT_EQ(lathe("demo --write '" + at("n.bin") + "' --blocks 6 --channels 128").status, 0);
    std::ofstream(at("o.onnx")) << "old";
    for (int delay_ms = 1; delay_ms < 200; delay_ms += 12) {
        const pid_t child = fork();
        if (child == 0) {
            (void)freopen("/dev/null", "w", stdout);
            execl(kProgram, "lathe", "export", "onnx", at("n.bin").c_str(), "-o", at("o.onnx").c_str(),
                  "--no-verify", nullptr);
            _exit(127);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
        kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        const std::string now = slurp(at("o.onnx"));
        EXPECT_TRUE(now == "old" || now.size() > 1000000) << now.size();
        EXPECT_EQ(listing().size(), 2u);
    }
}

}  // namespace
}  // namespace lathe::cli_test
