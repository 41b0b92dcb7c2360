// `lathe export tensorrt` by a program that takes trtexec's arguments (trtexec.mjs) and computes with ONNX Runtime: which model it
// is fed, with which arguments, and that its answers are compared. TensorRT itself needs NVIDIA's GPU.
#include <gtest/gtest.h>

#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "pipeline/export.h"
#include "pipeline/other_programs.h"
#include "pipeline/trtexec.h"
#include "places.h"

namespace lathe::pipeline {
namespace {

namespace fs = std::filesystem;

class Tensorrt : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::path(testing::TempDir()) / ("lathe_tensorrt_" + std::to_string(getpid()));
        fs::create_directories(folder_);
        const std::string root = kRepository;
        if (program_on_path("node").empty() ||
            !fs::exists(root + "/tests/node/node_modules/onnxruntime-node"))
            GTEST_SKIP() << "ONNX Runtime, which stands in for TensorRT, is not installed";
        setenv("LATHE_NODE_FOLDER", (root + "/tests/node").c_str(), 1);
        setenv("NODE_PATH", (root + "/tests/node/node_modules").c_str(), 1);
        setenv("LATHE_TRTEXEC", (root + "/tests/tensorrt/trtexec.mjs").c_str(), 1);
        setenv("TRTEXEC_LIKE", "10", 1);
    }
    void TearDown() override {
        unsetenv("LATHE_TRTEXEC");
        fs::remove_all(folder_);
    }

    ExportOptions asked(const std::string& precision, const std::string& name) const {
        ExportOptions options{
            .format = "tensorrt", .output = (folder_ / name).string(), .precision = precision};
        options.model.random_weights = true;
        if (precision == "int8-static" || precision == "fp8") {
            options.quantization.data.paths = {"random"};
            options.quantization.data.samples = 4;
        }
        return options;
    }
    // What the stand-in was told: the first line of its engine.
    std::string arguments_of(const std::string& name) const {
        std::ifstream in(folder_ / name, std::ios::binary);
        std::string line;
        std::getline(in, line);
        return line;
    }
    size_t files() const {
        return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }

    fs::path folder_;
};

TEST_F(Tensorrt, EnginesAnswerAsTheirModels) {
    for (const std::string precision : {"fp32", "fp16", "bf16", "int8-static"}) {
        const auto report =
            export_model("mobilenetv3_small_100", asked(precision, precision + ".engine"), {});
        ASSERT_TRUE(report.has_value()) << precision << ": " << report.error().message;
        ASSERT_TRUE(report->by_tensorrt.has_value()) << precision;
        EXPECT_TRUE(report->by_tensorrt->passed()) << precision << to_text(*report);
        const std::string told = arguments_of(precision + ".engine");
        EXPECT_EQ(told.find("stronglyTyped") != told.npos, precision == "fp16" || precision == "int8-static")
            << told;
        EXPECT_EQ(told.find("bf16") != told.npos, precision == "bf16") << told;
    }
}

TEST_F(Tensorrt, ProfilesOfTheBatch) {
    ExportOptions options = asked("fp32", "open.engine");
    options.dynamic_batch = true;
    options.batch_range = {{1, 4, 16}};
    const auto report = export_model("mobilenetv3_small_100", options, {});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    const std::string told = arguments_of("open.engine");
    for (const char* part : {R"("minShapes":"input:1x3x224x224")", R"("optShapes":"input:4x3x224x224")",
                             R"("maxShapes":"input:16x3x224x224")"})
        EXPECT_NE(told.find(part), told.npos) << told;
    EXPECT_TRUE(fs::exists(folder_ / ("open." + gpu_name() + ".timing")));
}

TEST_F(Tensorrt, OlderAndNewerOnes) {
    setenv("TRTEXEC_LIKE", "8", 1);
    ASSERT_TRUE(export_model("mobilenetv3_small_100", asked("fp16", "old.engine"), {}).has_value());
    EXPECT_NE(arguments_of("old.engine").find("\"fp16\":true"), std::string::npos);
    const auto fp8 = export_model("mobilenetv3_small_100", asked("fp8", "fp8.engine"), {});
    ASSERT_FALSE(fp8.has_value());
    EXPECT_NE(fp8.error().message.find("no fp8"), std::string::npos) << fp8.error().message;
    setenv("TRTEXEC_LIKE", "11", 1);
    const auto bf16 = export_model("mobilenetv3_small_100", asked("bf16", "bf16.engine"), {});
    ASSERT_FALSE(bf16.has_value());
    EXPECT_NE(bf16.error().message.find("no --bf16"), std::string::npos) << bf16.error().message;
}

TEST_F(Tensorrt, WhereThereIsNoneTheModelThatItIsFed) {
    setenv("LATHE_TRTEXEC", "/nowhere/trtexec", 1);
    const auto engine = export_model("mobilenetv3_small_100", asked("fp16", "no.engine"), {});
    ASSERT_FALSE(engine.has_value());
    EXPECT_NE(engine.error().message.find("-o NAME.onnx"), std::string::npos) << engine.error().message;
    EXPECT_EQ(files(), 0u);
    const auto report = export_model("mobilenetv3_small_100", asked("int8-static", "fed.onnx"), {});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_TRUE(report->by_onnxruntime.has_value()) << report->why_not;
    EXPECT_EQ(files(), 1u);
}

TEST_F(Tensorrt, NothingIsLeftOfAFailure) {
    std::ofstream(folder_ / "broken")
        << "#!/bin/sh\ncase $1 in --help) echo --saveEngine;; *) echo '[E] out of memory' >&2; exit 1;; esac\n";
    fs::permissions(folder_ / "broken", fs::perms::owner_all);
    setenv("LATHE_TRTEXEC", (folder_ / "broken").c_str(), 1);
    const auto report = export_model("mobilenetv3_small_100", asked("fp32", "never.engine"), {});
    ASSERT_FALSE(report.has_value());
    EXPECT_NE(report.error().message.find("out of memory"), std::string::npos) << report.error().message;
    EXPECT_EQ(files(), 1u);  // the broken program
}

}  // namespace
}  // namespace lathe::pipeline
