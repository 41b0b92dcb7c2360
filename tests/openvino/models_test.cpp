// Whole networks as OpenVINO's representation in every precision: every layer as specified, read back and compared with the source by
// the CPU engine. Prints the table that docs/openvino.md holds.
#include <gtest/gtest.h>

#include <unistd.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "formats/openvino/parse.h"
#include "pipeline/engines.h"
#include "pipeline/execute.h"
#include "pipeline/export.h"
#include "specification.h"

namespace lathe::openvino_data {
namespace {

namespace fs = std::filesystem;

std::string shared_nets() {
    const char* shared = std::getenv("LATHE_SHARED");
    return std::string(shared != nullptr ? shared : "../shared") + "/data/katago/nets/";
}

struct OpenvinoNet {
    std::string name, source;
    bool random_weights;
};

std::vector<OpenvinoNet> openvino_nets() {
    std::vector<OpenvinoNet> list;
    for (const char* name : {"resnet18", "mobilenetv3_small_100", "efficientnet_b0", "convnext_atto",
                             "vit_tiny_patch16_224", "swin_tiny_patch4_window7_224", "mobilevit_s"})
        list.push_back({name, name, true});
    for (const std::string net : {"g170-b6c96-s175395328-d26788732", "b7c96h3tfrs-test5-cnorm"}) {
        const std::string file = shared_nets() + net + ".bin.gz";
        if (file_exists(file)) list.push_back({net.substr(0, net.find('-')), file, false});
    }
    return list;
}

class Openvino : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::path(testing::TempDir()) / ("lathe_openvino_" + std::to_string(getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    pipeline::ExportOptions options_for(const OpenvinoNet& net, const std::string& precision) const {
        pipeline::ExportOptions options;
        options.format = "openvino";
        options.precision = precision;
        options.output = (folder_ / (net.name + "-" + precision + ".xml")).string();
        options.model.random_weights = net.random_weights;
        return options;
    }

    // Every layer of the file as its specification says.
    static void check_layers(const std::string& path) {
        const auto xml = map_file(path), weights = map_file(path.substr(0, path.size() - 4) + ".bin");
        ASSERT_TRUE(xml.has_value() && weights.has_value());
        const auto model = formats::openvino::parse(as_text(xml->bytes()), *weights);
        ASSERT_TRUE(model.has_value()) << model.error().message;
        for (const auto& layer : model->layers) EXPECT_EQ(violation(*model, layer), "");
    }

    fs::path folder_;
};

std::string contents(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

double permitted(const std::string& precision) {
    return precision == "fp32" ? 2e-5 : precision == "fp16" ? 5e-3 : 0.1;
}

// The largest difference of outputs, and the largest output, on two inputs by rule.
void compare_by_cpu(const OpenvinoNet& net, const std::string& path, double& error, double& scale) {
    const auto source = pipeline::open_model(net.source, {.random_weights = net.random_weights});
    const auto written = pipeline::open_model(path, {});
    ASSERT_TRUE(source.has_value() && written.has_value());
    std::string described;
    const auto sets = pipeline::trial_inputs(source->graph, {{"batch", 1}}, 2, described);
    ASSERT_TRUE(sets.has_value()) << sets.error().message;
    const auto expected = pipeline::plan_for(source->graph, {}),
               found = pipeline::plan_for(written->graph, {});
    ASSERT_TRUE(expected.has_value() && found.has_value());
    for (const auto& set : *sets) {
        const auto desired = (*expected)->run(*check::inputs_in_order(source->graph, set));
        const auto actual = (*found)->run(*check::inputs_in_order(written->graph, set));
        ASSERT_TRUE(desired.has_value() && actual.has_value());
        for (size_t i = 0; i < desired->size(); ++i) {
            const auto a = (*actual)[i].to_doubles(), b = (*desired)[i].to_doubles();
            ASSERT_EQ(a.size(), b.size());
            for (size_t k = 0; k < a.size(); ++k) {
                error = std::max(error, std::isnan(a[k]) ? INFINITY : std::fabs(a[k] - b[k]));
                scale = std::max(scale, std::fabs(b[k]));
            }
        }
    }
}

TEST_F(Openvino, NetworksReadBackAsTheirSources) {
    std::printf("| network | precision | files | largest error | largest output |\n|---|---|---|---|---|\n");
    for (const OpenvinoNet& net : openvino_nets())
        for (const std::string precision : {"fp32", "fp16", "int8"}) {
            SCOPED_TRACE(net.name + " " + precision);
            auto options = options_for(net, precision);
            options.verify = false;
            const auto report = pipeline::export_model(net.source, options, {});
            ASSERT_TRUE(report.has_value()) << report.error().message;
            EXPECT_EQ(report->files.size(), 2U);
            double error = 0, scale = 0;
            compare_by_cpu(net, options.output, error, scale);
            std::printf("| %s | %s | %.2f MB | %.2g | %.3g |\n", net.name.c_str(), precision.c_str(),
                        static_cast<double>(report->output_bytes) / 1e6, error, scale);
            EXPECT_LE(error, permitted(precision) * scale);
            check_layers(options.output);
            fs::remove_all(folder_);
            fs::create_directories(folder_);
        }
}

TEST_F(Openvino, TwoRunsGiveTheSameBytes) {
    const OpenvinoNet net{"mobilenetv3_small_050", "mobilenetv3_small_050", true};
    for (const std::string precision : {"fp32", "fp16", "int8"}) {
        auto options = options_for(net, precision);
        options.verify = false;
        ASSERT_TRUE(pipeline::export_model(net.source, options, {}).has_value());
        const std::string xml = contents(options.output),
                          bin = contents(fs::path(options.output).replace_extension(".bin"));
        ASSERT_TRUE(pipeline::export_model(net.source, options, {}).has_value());
        EXPECT_EQ(contents(options.output), xml);
        EXPECT_EQ(contents(fs::path(options.output).replace_extension(".bin")), bin);
    }
}

// A folder stands where the .xml should be: neither file is written, and an older .bin stays as it was.
TEST_F(Openvino, NothingIsHalfWritten) {
    const OpenvinoNet net{"mobilenetv3_small_050", "mobilenetv3_small_050", true};
    auto options = options_for(net, "fp32");
    const fs::path bin = fs::path(options.output).replace_extension(".bin");
    std::ofstream(bin) << "older";
    fs::create_directories(options.output);
    EXPECT_FALSE(pipeline::export_model(net.source, options, {}).has_value());
    EXPECT_EQ(contents(bin), "older");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 2);
    options.output = (folder_ / "model.bin").string();
    const auto refused = pipeline::export_model(net.source, options, {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find(".xml"), std::string::npos) << refused.error().message;
    EXPECT_FALSE(fs::exists(folder_ / "model.bin"));
}

// Both files whole, a batch of one size, and images with the channels last.
TEST_F(Openvino, BatchesAndLayoutsAsAskedFor) {
    const OpenvinoNet net{"mobilenetv3_small_050", "mobilenetv3_small_050", true};
    auto options = options_for(net, "fp32");
    options.batch_size = 3;
    options.nhwc_input = true;
    const auto report = pipeline::export_model(net.source, options, {});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_TRUE(report->comparison->passed());
    EXPECT_NE(contents(options.output).find("shape=\"3,224,224,3\""), std::string::npos);
    check_layers(options.output);
}

// Integers by calibration on random inputs: FakeQuantize before products, codes as weights.
TEST_F(Openvino, StaticIntegersAreFakeQuantize) {
    const OpenvinoNet net{"mobilenetv3_small_050", "mobilenetv3_small_050", true};
    auto options = options_for(net, "int8-static");
    options.quantization.data.paths = {"random"};
    options.quantization.data.samples = 4;
    const auto report = pipeline::export_model(net.source, options, {});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    const std::string xml = contents(options.output);
    EXPECT_NE(xml.find("type=\"FakeQuantize\""), std::string::npos);
    EXPECT_NE(xml.find("element_type=\"i8\""), std::string::npos);
    check_layers(options.output);
    std::printf("%s", pipeline::to_text(*report).c_str());
}

}  // namespace
}  // namespace lathe::openvino_data
