#include "program.h"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "places.h"

namespace lathe::cli_test {

std::string slurp(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void CliTest::SetUp() {
    std::string name = testing::TempDir() + "lathe_cli_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
}

void CliTest::TearDown() { (void)std::system(("rm -rf '" + folder_ + "'").c_str()); }

std::vector<std::string> CliTest::listing() const {
    std::vector<std::string> names;
    DIR* dir = opendir(folder_.c_str());
    while (const dirent* entry = readdir(dir))
        if (entry->d_name[0] != '.' || std::string(entry->d_name).size() > 2)
            names.emplace_back(entry->d_name);
    closedir(dir);
    return names;
}

Outcome CliTest::lathe(const std::string& arguments, const std::string& before) const {
    const std::string command =
        before + "'" + kProgram + "' " + arguments + " >'" + at("out") + "' 2>'" + at("err") + "'";
    const int status = std::system(command.c_str());
    Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : -1, slurp(at("out")), slurp(at("err"))};
    unlink(at("out").c_str());
    unlink(at("err").c_str());
    return outcome;
}

std::string CliTest::demo_net() const {
    const std::string path = at("demo.bin.gz");
    EXPECT_EQ(lathe("demo --write '" + path + "' --blocks 2 --channels 24").status, 0);
    return path;
}

}  // namespace lathe::cli_test
