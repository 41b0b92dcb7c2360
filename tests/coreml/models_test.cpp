// Whole networks as Core ML packages in every precision, looked at as the samples are, read back and compared with their
// sources. Prints the table that docs/coreml.md holds.
#include <gtest/gtest.h>

#include <unistd.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "base/file.h"
#include "base/format.h"
#include "checks.h"
#include "formats/coreml/messages.h"
#include "pipeline/export.h"
#include "pipeline/exporters.h"

namespace lathe::coreml_data {
namespace {

struct CoremlNetwork {
    std::string name, source;
    bool random_weights;
    graph::Bindings sizes;
    bool every_precision;
};

std::vector<CoremlNetwork> coreml_networks() {
    std::vector<CoremlNetwork> list;
    for (const std::string name : {"resnet18", "mobilenetv3_small_100", "efficientnet_b0", "convnext_atto",
                                   "vit_tiny_patch16_224", "swin_tiny_patch4_window7_224", "mobilevit_s"})
        list.push_back({name, name, true, {}, name == "resnet18" || name == "vit_tiny_patch16_224"});
    const char* shared = std::getenv("LATHE_SHARED");
    const std::string nets = std::string(shared != nullptr ? shared : "../shared") + "/data/katago/nets/";
    for (const std::string net : {"g170-b6c96-s175395328-d26788732", "b7c96h3tfrs-test5-cnorm"})
        if (const std::string file = nets + net + ".bin.gz"; file_exists(file))
            list.push_back(
                {net.substr(0, net.find('-')), file, false, {{"height", 19}, {"width", 19}}, true});
    return list;
}

class CoremlModels : public testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::path(testing::TempDir()) / ("lathe_coreml_" + std::to_string(getpid()));
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    pipeline::ExportOptions options_for(const CoremlNetwork& network, const std::string& precision) const {
        pipeline::ExportOptions options;
        options.format = "coreml";
        options.precision = precision;
        options.output = (folder_ / (network.name + "-" + precision + ".mlpackage")).string();
        options.model.random_weights = network.random_weights;
        options.fixed = network.sizes;
        return options;
    }
    static std::string specification(const std::string& package) {
        return package + "/Data/com.apple.CoreML/model.mlmodel";
    }
    static formats::coreml::Model model_in(const std::string& package) {
        auto model = formats::coreml::parse_model(map_file(specification(package))->bytes());
        EXPECT_TRUE(model.has_value()) << model.error().message;
        return *std::move(model);
    }

    std::filesystem::path folder_;
    const CoremlNetwork small_{"mobilenetv3_small_050", "mobilenetv3_small_050", true, {}, false};
};

// The largest error of any output, beside the largest output. Weights by rule are spread evenly, so that a palette of 16 costs
// more than it does with trained ones.
double limit_of(const std::string& precision) {
    return precision == "fp32"                               ? 1e-5
           : precision == "fp16"                             ? 5e-3
           : precision.ends_with('4') || precision[3] == '4' ? 1
           : precision == "palette6"                         ? 0.25
                                                             : 0.1;
}

TEST_F(CoremlModels, NetworksAnswerAsTheirSources) {
    std::printf(
        "| network | precision | package | largest error | largest output | least SNR of an output | same best |\n");
    std::printf("|---|---|---|---|---|---|---|\n");
    for (const CoremlNetwork& network : coreml_networks())
        for (const std::string& precision : pipeline::coreml_precisions()) {
            if (!network.every_precision && precision != "fp32" && precision != "fp16") continue;
            SCOPED_TRACE(network.name + " " + precision);
            const auto options = options_for(network, precision);
            const auto report = pipeline::export_model(network.source, options, {});
            ASSERT_TRUE(report.has_value()) << report.error().message;
            EXPECT_EQ(program_errors(model_in(options.output)), "");
            EXPECT_EQ(message_errors(specification(options.output)), "");
            double error = 0, scale = 0, snr = std::numeric_limits<double>::infinity();
            int64_t rows = 0, agree = 0;
            for (const check::Metrics& metrics : report->comparison->outputs) {
                error = std::max(error, metrics.max_abs);
                scale = std::max(scale, metrics.max_desired);
                snr = std::min(snr, metrics.snr_db);
                rows += metrics.rows;
                agree += metrics.top1_agree;
            }
            std::printf("| %s | %s | %.2f MB | %.2g | %.3g | %s | %lld of %lld |\n", network.name.c_str(),
                        precision.c_str(), static_cast<double>(report->output_bytes) / 1e6, error, scale,
                        std::isfinite(snr) ? format("{:.0f} dB", snr).c_str() : "exact",
                        static_cast<long long>(agree), static_cast<long long>(rows));
            EXPECT_LE(error, limit_of(precision) * scale);
            std::filesystem::remove_all(options.output);
        }
}

TEST_F(CoremlModels, TwoRunsGiveTheSameBytes) {
    for (const std::string precision : {"fp16", "palette6"}) {
        auto options = options_for(small_, precision);
        options.verify = false;
        ASSERT_TRUE(pipeline::export_model(small_.source, options, {}).has_value());
        const std::string first = options.output;
        options.output = (folder_ / "again.mlpackage").string();
        ASSERT_TRUE(pipeline::export_model(small_.source, options, {}).has_value());
        // A package is replaced by the next of its name, and nothing else is left in the folder.
        ASSERT_TRUE(pipeline::export_model(small_.source, options, {}).has_value());
        for (const std::string file : {"Manifest.json", "Data/com.apple.CoreML/model.mlmodel",
                                       "Data/com.apple.CoreML/weights/weight.bin"})
            EXPECT_TRUE(std::ranges::equal(map_file(first + "/" + file)->bytes(),
                                           map_file(options.output + "/" + file)->bytes()))
                << file;
        for (const auto& entry : std::filesystem::directory_iterator(folder_))
            EXPECT_EQ(entry.path().extension(), ".mlpackage") << entry.path();
    }
}

TEST_F(CoremlModels, PicturesLabelsAndBatches) {
    auto options = options_for(small_, "fp32");
    options.image_input = true;
    options.labels = "imagenet";
    options.model.image.softmax = true;
    const auto report = pipeline::export_model(small_.source, options, {});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_TRUE(report->comparison->passed());
    const auto model = model_in(options.output);
    EXPECT_EQ(program_errors(model), "");
    EXPECT_EQ(message_errors(specification(options.output)), "");
    ASSERT_EQ(model.inputs.size(), 1U);
    EXPECT_EQ(model.inputs[0].kind, formats::coreml::Feature::Kind::kImage);
    EXPECT_EQ(model.inputs[0].shape, (Shape{224, 224}));
    EXPECT_EQ(model.predicted_feature, "classLabel");
    ASSERT_EQ(model.outputs.size(), 2U);
    EXPECT_EQ(model.outputs[1].kind, formats::coreml::Feature::Kind::kDictionary);
    EXPECT_EQ(model.program.operations.back().type, "classify");

    for (const std::string name : {"mobilenetv3_small_050", "vit_tiny_patch16_224"}) {
        auto open = options_for({name + "-open", name, true, {}, false}, "fp32");
        open.dynamic_batch = true;
        open.batch_range = {1, 2, 8};
        const auto done = pipeline::export_model(name, open, {});
        ASSERT_TRUE(done.has_value()) << done.error().message;
        EXPECT_TRUE(done->comparison->passed());
        const auto batched = model_in(open.output);
        EXPECT_EQ(program_errors(batched), "");
        EXPECT_EQ(batched.inputs[0].shape, (Shape{2, 3, 224, 224}));
        ASSERT_EQ(batched.inputs[0].ranges.size(), 4U);
        EXPECT_EQ(batched.inputs[0].ranges[0].least, 1);
        EXPECT_EQ(batched.inputs[0].ranges[0].largest, 8);
    }
}

TEST_F(CoremlModels, WhatItCannotHoldIsRefusedBeforeAnyWork) {
    const auto refusal = [&](const auto& change) {
        auto options = options_for(small_, "fp16");
        change(options);
        const auto refused = pipeline::export_model("no such file", options, {});
        return refused.has_value() ? std::string() : refused.error().message;
    };
    using Options = pipeline::ExportOptions;
    EXPECT_NE(refusal([](Options& o) { o.precision = "int8-static"; }).find("palette6"), std::string::npos);
    EXPECT_NE(refusal([](Options& o) { o.half_io = true; }).find("--half-io"), std::string::npos);
    EXPECT_NE(refusal([](Options& o) { o.output = "net.mlmodel"; }).find(".mlpackage"), std::string::npos);
    EXPECT_NE(refusal([](Options& o) { o.batch_size = 4, o.image_input = true; }).find("one picture"),
              std::string::npos);
    EXPECT_NE(refusal([](Options& o) {
                  o.dynamic_batch = true;
                  o.batch_range = {4, 2, 8};
              }).find("MIN <= OPT"),
              std::string::npos);
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace lathe::coreml_data
