// Runs the program as its users type it, in a folder of its own.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lathe::cli_test {

struct Outcome {
    int status = -1;
    std::string out, err;
};

std::string slurp(const std::string& path);

class CliTest : public testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    std::string at(const std::string& name) const { return folder_ + "/" + name; }
    std::vector<std::string> listing() const;  // what is in the folder

    // `before` is put before the command, for the shell.
    Outcome lathe(const std::string& arguments, const std::string& before = "") const;

    // A small network made by rule, as a KataGo file.
    std::string demo_net() const;

private:
    std::string folder_;
};

}  // namespace lathe::cli_test
