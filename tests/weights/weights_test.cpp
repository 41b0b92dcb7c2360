// Files of weights alone (safetensors, npz, gguf, bin): every tensor of a network comes back in full, and @huggingface/gguf finds in our
// GGUF what we put there.
#include <gtest/gtest.h>

#include <unistd.h>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "formats/all.h"
#include "pipeline/export.h"
#include "places.h"

namespace lathe {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNetwork = "mobilenetv3_small_050";

class WeightFiles : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::path(testing::TempDir()) / ("lathe_weights_" + std::to_string(getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string written(const std::string& format, const std::string& extension,
                        const std::string& precision = "fp32") {
        pipeline::ExportOptions options;
        options.format = format;
        options.precision = precision;
        options.output = (folder_ / ("net-" + precision + extension)).string();
        options.model.random_weights = true;
        const auto report = pipeline::export_model(kNetwork, options, {});
        EXPECT_TRUE(report.has_value()) << report.error().message;
        if (report) {
            EXPECT_TRUE(report->comparison && report->comparison->passed());
            EXPECT_EQ(report->compared_on, "every weight");
        }
        return options.output;
    }

    fs::path folder_;
};

bool same_bytes(const Tensor& a, const Tensor& b) {
    return a.dtype() == b.dtype() && a.shape() == b.shape() &&
           std::ranges::equal(a.to_contiguous().bytes(), b.to_contiguous().bytes());
}

TEST_F(WeightFiles, EveryTensorComesBackInFull) {
    const auto source = formats::open(written("safetensors", ".safetensors"));
    ASSERT_TRUE(source.has_value()) << source.error().message;
    ASSERT_GT(source->tensors.size(), 100U);
    const std::pair<const char*, const char*> formats[] = {
        {"npz", ".npz"}, {"gguf", ".gguf"}, {"bin", ".bin"}};
    for (const auto& [format, extension] : formats) {
        const auto read = formats::open(written(format, extension));
        ASSERT_TRUE(read.has_value()) << read.error().message;
        EXPECT_EQ(read->format, format);
        EXPECT_EQ(read->tensors.size(), source->tensors.size());
        for (const auto& [name, tensor] : source->tensors) {
            const Tensor* found = read->find(name);
            ASSERT_NE(found, nullptr) << format << " " << name;
            EXPECT_TRUE(same_bytes(*found, tensor)) << format << " " << name;
        }
    }
}

// The stem first and the classifier last, whatever their names.
TEST_F(WeightFiles, FlatBinaryIsInTheOrderOfUse) {
    const auto read = formats::open(written("bin", ".bin"));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    const auto place = [&](const std::string& name) {
        for (size_t i = 0; i < read->tensors.size(); ++i)
            if (read->tensors[i].name == name) return i;
        return read->tensors.size();
    };
    EXPECT_EQ(place("conv_stem.weight"), 0U);
    EXPECT_LT(place("blocks.1.0.conv_pw.weight"), place("blocks.2.0.conv_pw.weight"));
    EXPECT_LT(place("blocks.2.0.conv_pw.weight"), place("conv_head.weight"));
    EXPECT_LT(place("conv_head.weight"), place("classifier.weight"));
}

// Node's output, or why there is none.
Result<Json> gguf_by_huggingface(const std::string& path) {
    const std::string folder = std::string(kRepository) + "/tests/node";
    if (!fs::exists(folder + "/node_modules/@huggingface/gguf"))
        return fail("@huggingface/gguf is not in {}; npm ci", folder);
    const std::string command = "node '" + folder + "/gguf_info.mjs' '" + path + "' 2>&1";
    std::FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return fail("node does not start");
    std::string text;
    char part[4096];
    for (size_t n = 0; (n = std::fread(part, 1, sizeof part, pipe)) > 0;) text.append(part, n);
    if (pclose(pipe) != 0) return fail("node: {}", text.substr(0, 500));
    return parse_json(text);
}

TEST_F(WeightFiles, AnotherProgramReadsOurGguf) {
    for (const std::string precision : {"fp32", "bf16"}) {
        const std::string path = written("gguf", ".gguf", precision);
        const auto theirs = gguf_by_huggingface(path);
        if (!theirs && theirs.error().message.find("npm ci") != std::string::npos)
            GTEST_SKIP() << theirs.error().message;
        ASSERT_TRUE(theirs.has_value()) << theirs.error().message;
        const auto ours = formats::open(path);
        ASSERT_TRUE(ours.has_value());
        const auto file = map_file(path);
        EXPECT_EQ((*theirs)["metadata"]["version"], 3);
        EXPECT_EQ((*theirs)["metadata"]["general.name"], kNetwork);
        ASSERT_EQ((*theirs)["tensors"].size(), ours->tensors.size());
        const auto data = (*theirs)["data"].get<size_t>();
        for (size_t i = 0; i < ours->tensors.size(); ++i) {
            const Json& info = (*theirs)["tensors"][i];
            const auto& [name, tensor] = ours->tensors[i];
            EXPECT_EQ(info["name"], name);
            auto sizes = info["shape"].get<Shape>();
            std::ranges::reverse(sizes);
            EXPECT_EQ(sizes, tensor.shape()) << name;
            const int type = tensor.dtype() == DType::kF32 ? 0 : tensor.dtype() == DType::kBF16 ? 30 : 27;
            EXPECT_EQ(info["dtype"], type) << name;
            // Their offset leads to the tensor's own bytes.
            const auto at = data + info["offset"].get<size_t>();
            const auto bytes = file->bytes().subspan(at, static_cast<size_t>(tensor.size_bytes()));
            EXPECT_TRUE(std::ranges::equal(bytes, tensor.to_contiguous().bytes())) << name;
        }
    }
}

}  // namespace
}  // namespace lathe
