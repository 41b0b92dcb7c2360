// TorchScript archives that PyTorch itself wrote, and what PyTorch computes with them (make_archives.cpp): networks, and
// one small program for every operator. Needs libtorch (Debian's libtorch-dev); skipped without.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "check/compare.h"
#include "formats/all.h"
#include "places.h"
#include "run/reference.h"

namespace lathe {
namespace {

namespace fs = std::filesystem;

// The archives, made once; empty when there is no libtorch.
const std::string& archives() {
    static const std::string folder = []() -> std::string {
        const std::string maker = kArchiveMaker;
        if (maker.empty()) return "";
        const fs::path path = fs::temp_directory_path() / ("lathe_torchscript_" + std::to_string(::getpid()));
        fs::create_directories(path);
        const std::string command = maker + " " + path.string() + " > " + (path / "log").string() + " 2>&1";
        EXPECT_EQ(std::system(command.c_str()), 0) << "see " << path / "log";
        return path.string();
    }();
    return folder;
}

class ArchiveFolder : public ::testing::Environment {
public:
    void TearDown() override {
        if (!archives().empty() && !::testing::UnitTest::GetInstance()->Failed()) fs::remove_all(archives());
    }
};
const auto* const kFolder = ::testing::AddGlobalTestEnvironment(new ArchiveFolder);

Tensor read_npy(const std::string& path) {
    const auto checkpoint = formats::open(path);
    EXPECT_TRUE(checkpoint.has_value()) << (checkpoint ? "" : checkpoint.error().message);
    return checkpoint ? checkpoint->tensors[0].tensor.to_contiguous() : Tensor();
}

std::vector<Tensor> read_all(const std::string& base) {
    std::vector<Tensor> tensors;
    for (size_t i = 0; fs::exists(base + std::to_string(i) + ".npy"); ++i)
        tensors.push_back(read_npy(base + std::to_string(i) + ".npy"));
    return tensors;
}

// Whether Lathe's graph of the archive computes what PyTorch did. `shaped`: the reader is told the inputs' shapes.
::testing::AssertionResult agrees(const std::string& name, bool shaped) {
    const std::string base = archives() + "/" + name;
    const auto inputs = read_all(base + ".in"), expected = read_all(base + ".out");
    // The shapes go by the inputs' names, which the archive says: x, y, h, tokens.
    formats::OpenOptions options;
    if (shaped) {
        const std::vector<std::string> names = name == "transformer" ? std::vector<std::string>{"tokens"}
                                               : name == "gru"       ? std::vector<std::string>{"x", "h"}
                                                                     : std::vector<std::string>{"x", "y"};
        for (size_t i = 0; i < inputs.size(); ++i)
            options.inputs[names[i]] = {inputs[i].dtype(), graph::dims_of(inputs[i].shape())};
    }
    const auto checkpoint = formats::open(base + ".pt", options);
    if (!checkpoint) return ::testing::AssertionFailure() << checkpoint.error().message;
    const graph::Graph& graph = *checkpoint->graph;
    std::vector<Tensor> given;
    for (size_t i = 0; i < inputs.size(); ++i) given.push_back(inputs[i].to(graph[graph.inputs[i]].dtype));
    const auto results = run::run_reference(graph, given);
    if (!results) return ::testing::AssertionFailure() << results.error().message;
    if (results->size() != expected.size())
        return ::testing::AssertionFailure() << results->size() << " outputs, expected " << expected.size();
    for (size_t i = 0; i < expected.size(); ++i) {
        const Tensor& found = (*results)[i];
        if (found.shape() != expected[i].shape())
            return ::testing::AssertionFailure()
                   << "output " << i << " is " << describe(found) << ", expected " << describe(expected[i]);
        if (found.dtype() != expected[i].dtype())
            return ::testing::AssertionFailure()
                   << "output " << i << " is " << describe(found) << ", expected " << describe(expected[i]);
        const auto a = found.to_contiguous().to_doubles(), b = expected[i].to_doubles();
        for (size_t k = 0; k < b.size(); ++k) {
            const bool same = a[k] == b[k] || (std::isnan(a[k]) && std::isnan(b[k])) ||
                              std::abs(a[k] - b[k]) <= 2e-5 + 2e-5 * std::abs(b[k]);
            if (!same)
                return ::testing::AssertionFailure()
                       << "output " << i << ", element " << k << ": " << a[k] << ", PyTorch " << b[k];
        }
    }
    return ::testing::AssertionSuccess();
}

std::vector<std::string> cases() {
    std::vector<std::string> names;
    std::ifstream list(archives() + "/cases.txt");
    for (std::string name; std::getline(list, name);) names.push_back(name);
    return names;
}

TEST(TorchScriptFiles, ComputeWhatPyTorchDoes) {
    if (archives().empty()) GTEST_SKIP() << "no libtorch here (Debian: libtorch-dev)";
    int passed = 0;
    const auto names = cases();
    EXPECT_GT(names.size(), 150u);
    for (const std::string& name : names) {
        const auto outcome = agrees(name, true);
        passed += static_cast<bool>(outcome);
        EXPECT_TRUE(outcome) << name;
    }
    std::printf("%d of %zu TorchScript programs compute what PyTorch does\n", passed, names.size());
}

TEST(TorchScriptFiles, NetworksTellTheirInputs) {
    if (archives().empty()) GTEST_SKIP() << "no libtorch here (Debian: libtorch-dev)";
    for (const char* name : {"resnet", "mobilenet", "transformer", "lstm", "unet"})
        EXPECT_TRUE(agrees(name, false)) << name;
}

}  // namespace
}  // namespace lathe
