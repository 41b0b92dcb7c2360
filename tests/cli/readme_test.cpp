// The examples of README.md, line by line as they are printed there, in the folder of a user who has those files.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "places.h"
#include "program.h"

namespace lathe::cli_test {
namespace {

namespace fs = std::filesystem;

// The commands in the code block under the heading.
std::vector<std::string> examples(const std::string& heading) {
    std::ifstream file(fs::path(kRepository) / "README.md");
    std::vector<std::string> commands;
    std::string line;
    bool in_section = false;
    while (std::getline(file, line)) {
        if (line.starts_with("## ")) in_section = line.substr(3) == heading;
        if (in_section && line.starts_with("lathe ")) commands.push_back(line.substr(6));
    }
    return commands;
}

TEST_F(CliTest, ReadmeExamplesWork) {
    const char* shared = std::getenv("LATHE_SHARED");
    const fs::path data = fs::path(shared != nullptr ? shared : "../shared") / "data/katago";
    if (!fs::exists(data / "ckpt")) GTEST_SKIP() << "no KataGo data in " << data;
    fs::copy_file(data / "ckpt/A-b2c16.ckpt", at("kata1-b18c384nbt.ckpt"));
    fs::copy_file(data / "ckpt/A-b2c16.model.bin.gz", at("kata1-b18c384nbt.bin.gz"));
    fs::copy_file(data / "sgf/g13w12_m100.sgf", at("game.sgf"));
    const auto commands = examples("Five examples");
    ASSERT_GE(commands.size(), 5u);
    for (const std::string& command : commands) {
        if (command.find("kata") == std::string::npos) continue;
        const Outcome outcome = lathe(command, "cd '" + at("") + "'; ");
        EXPECT_EQ(outcome.status, 0) << command << "\n" << outcome.err;
        EXPECT_FALSE(outcome.out.empty()) << command;
    }
    EXPECT_NE(slurp(at("position.svg")).find("<svg"), std::string::npos);
}

// A BMP of 24 bits: header, information, rows from below.
std::string bitmap(int width, int height) {
    const auto number = [](int value) {
        std::string bytes;
        for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i) & 255);
        return bytes;
    };
    const int row = (3 * width + 3) / 4 * 4;
    std::string file = "BM" + number(54 + row * height) + number(0) + number(54) + number(40) +
                       number(width) + number(height) + std::string("\1\0\30\0", 4) + std::string(24, '\0');
    for (int i = 0; i < row * height; ++i) file += static_cast<char>(i * 7 % 251);
    return file;
}

TEST_F(CliTest, ReadmeExamplesOfImageModelsWork) {
    ASSERT_EQ(lathe("export safetensors resnet18 --random-weights --num-classes 5 -o '" +
                    at("dogs.safetensors") + "'")
                  .status,
              0);
    fs::create_directories(at("photos"));
    std::ofstream(at("photos/rex.bmp"), std::ios::binary) << bitmap(70, 50);
    std::ofstream(at("dogs.txt")) << "beagle\nborzoi\npoodle\nspaniel\nwhippet\n";
    const auto commands = examples("Image models");
    ASSERT_GE(commands.size(), 4u);
    for (const std::string& command : commands) {
        const Outcome outcome = lathe(command, "cd '" + at("") + "'; ");
        EXPECT_EQ(outcome.status, 0) << command << "\n" << outcome.err;
        EXPECT_FALSE(outcome.out.empty()) << command;
        if (command.find("photos") == std::string::npos) continue;
        EXPECT_NE(outcome.out.find("rex.bmp"), std::string::npos) << outcome.out;
        EXPECT_NE(outcome.out.find("poodle"), std::string::npos) << outcome.out;
    }
    EXPECT_TRUE(fs::exists(at("dogs.onnx")));
}

TEST_F(CliTest, ReadmeExamplesOfQuantisingWork) {
    ASSERT_EQ(
        lathe("export safetensors test_vit --random-weights -o '" + at("flux2-dev.safetensors") + "'").status,
        0);
    const auto commands = examples("Quantising");
    ASSERT_GE(commands.size(), 4u);
    for (const std::string& command : commands) {
        const Outcome outcome = lathe(command, "cd '" + at("") + "'; ");
        EXPECT_EQ(outcome.status, 0) << command << "\n" << outcome.err;
        EXPECT_FALSE(outcome.out.empty()) << command;
    }
    EXPECT_LT(fs::file_size(at("flux2-nvfp4.safetensors")), fs::file_size(at("flux2-dev.safetensors")) / 2);
    EXPECT_NE(slurp(at("flux2.html")).find("<svg"), std::string::npos);
}

TEST_F(CliTest, ReadmeExamplesOfSpeedWork) {
    for (const std::string& command : examples("Speed")) {
        if (command.find("onnxruntime") != std::string::npos) continue;  // bench_test has it
        const Outcome outcome = lathe(command + " --seconds 0.1", "cd '" + at("") + "'; ");
        EXPECT_EQ(outcome.status, 0) << command << "\n" << outcome.err;
        EXPECT_NE(outcome.out.find("GFLOP/s"), std::string::npos) << outcome.out;
    }
    EXPECT_TRUE(fs::exists(at("resnet18.json")));
}

}  // namespace
}  // namespace lathe::cli_test
