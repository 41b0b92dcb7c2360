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

}  // namespace
}  // namespace lathe::cli_test
