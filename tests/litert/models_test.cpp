// Whole networks as LiteRT models in every precision, run by LiteRT and compared with the CPU engine on the source.
// Prints the table that docs/litert.md holds.
#include <gtest/gtest.h>

#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/format.h"
#include "formats/litert/parse.h"
#include "litert_js.h"
#include "pipeline/engines.h"
#include "pipeline/execute.h"
#include "pipeline/export.h"

namespace lathe::litert_data {
namespace {

std::string shared_folder() {
    const char* shared = std::getenv("LATHE_SHARED");
    return std::string(shared != nullptr ? shared : "../shared") + "/data/";
}

struct Network {
    std::string name, source;
    bool random_weights;
    graph::Bindings sizes;
    int transposes;  // at most so many in the file, the input's among them; -1: not looked at
};

std::vector<Network> networks() {
    std::vector<Network> list;
    // Attention needs its heads apart from the positions: three transposes a block before, one behind.
    const auto timm = [&](const std::string& name, int transposes) {
        list.push_back({name, name, true, {}, transposes});
    };
    timm("resnet18", 1);
    timm("mobilenetv3_small_100", 1);
    timm("efficientnet_b0", 1);
    timm("convnext_atto", 1);
    timm("vit_tiny_patch16_224", 1 + 12 * 4);
    timm("swin_tiny_patch4_window7_224", -1);
    timm("mobilevit_s", -1);
    for (const std::string net : {"g170-b6c96-s175395328-d26788732", "b7c96h3tfrs-test5-cnorm"}) {
        const std::string file = shared_folder() + "katago/nets/" + net + ".bin.gz";
        if (file_exists(file))
            list.push_back({net.substr(0, net.find('-')), file, false, {{"height", 19}, {"width", 19}}, -1});
    }
    return list;
}

class Litert : public testing::Test {
protected:
    void SetUp() override {
        if (const std::string why = litert_missing(); !why.empty()) GTEST_SKIP() << why;
        folder_ = std::filesystem::path(testing::TempDir()) / ("lathe_litert_" + std::to_string(getpid()));
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    pipeline::ExportOptions options_for(const Network& network, const std::string& precision) const {
        pipeline::ExportOptions options;
        options.format = "litert";
        options.precision = precision;
        options.output = (folder_ / (network.name + "-" + precision + ".tflite")).string();
        options.model.random_weights = network.random_weights;
        options.fixed = network.sizes;
        options.verify = false;
        return options;
    }

    std::filesystem::path folder_;
};

struct Errors {
    double largest = 0, scale = 0;
    int agree = 0, rows = 0;
};

void compare(const Tensor& found, const Tensor& expected, Errors& errors) {
    const auto a = found.to_doubles(), b = expected.to_doubles();
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) {
        errors.largest = std::max(errors.largest, std::isnan(a[i]) ? INFINITY : std::fabs(a[i] - b[i]));
        errors.scale = std::max(errors.scale, std::fabs(b[i]));
    }
    errors.agree += std::ranges::max_element(a) - a.begin() == std::ranges::max_element(b) - b.begin();
    ++errors.rows;
}

// What a precision may cost, of the network's largest output.
double allowed(const std::string& precision) {
    return precision == "fp32" ? 2e-5 : precision == "fp16" ? 4e-3 : 0.1;
}

int transposes_in(const std::string& path) {
    const auto model = formats::litert::parse(*map_file(path));
    if (!model) return -1;
    return static_cast<int>(std::ranges::count(model->operators,
                                               static_cast<int32_t>(formats::litert::Builtin::kTranspose),
                                               &formats::litert::ParsedOperator::code));
}

TEST_F(Litert, NetworksAnswerAsTheirSources) {
    struct Case {
        Network network;
        std::string precision;
        uint64_t bytes;
        size_t first, count;  // jobs
    };
    std::vector<Case> cases;
    std::vector<LitertJob> jobs;
    std::vector<std::vector<Tensor>> expected;
    for (const Network& network : networks()) {
        SCOPED_TRACE(network.name);
        auto model = pipeline::open_model(network.source, {.random_weights = network.random_weights});
        ASSERT_TRUE(model.has_value()) << model.error().message;
        graph::Bindings sizes = network.sizes;
        sizes["batch"] = 1;
        std::string described;
        auto sets = pipeline::trial_inputs(model->graph, sizes, 2, described);
        ASSERT_TRUE(sets.has_value()) << sets.error().message;
        std::erase_if(*sets, [&](const check::NamedTensors& set) {
            return network.sizes.contains("height") && set[0].second.dim(2) != 19;
        });
        const auto program = pipeline::plan_for(model->graph, {});
        ASSERT_TRUE(program.has_value()) << program.error().message;
        std::vector<std::vector<Tensor>> answers;
        for (const auto& set : *sets) {
            const auto ordered = check::inputs_in_order(model->graph, set);
            auto outputs = (*program)->run(*ordered);
            ASSERT_TRUE(outputs.has_value()) << outputs.error().message;
            answers.push_back(*std::move(outputs));
        }
        ASSERT_FALSE(answers.empty());
        for (const std::string precision : {"fp32", "fp16", "int8"}) {
            const auto options = options_for(network, precision);
            const auto report = pipeline::export_model(network.source, options, {});
            ASSERT_TRUE(report.has_value()) << report.error().message;
            if (network.transposes >= 0) {
                EXPECT_LE(transposes_in(options.output), network.transposes);
            }
            cases.push_back({network, precision, report->output_bytes, jobs.size(), sets->size()});
            for (size_t i = 0; i < sets->size(); ++i) {
                LitertJob job{.model_path = options.output, .inputs = (*sets)[i]};
                for (const auto id : model->graph.outputs) job.outputs.push_back(model->graph[id].name);
                jobs.push_back(std::move(job));
                expected.push_back(answers[i]);
            }
        }
    }
    const auto found = run_litert(jobs);
    std::printf(
        "| network | precision | file | largest error | largest output | same best |\n|---|---|---|---|---|---|\n");
    for (const Case& one : cases) {
        SCOPED_TRACE(one.network.name + " " + one.precision);
        Errors errors;
        for (size_t i = one.first; i < one.first + one.count; ++i) {
            ASSERT_TRUE(found[i].has_value()) << found[i].error().message;
            for (size_t k = 0; k < expected[i].size(); ++k) {
                Errors single;
                compare((*found[i])[k], expected[i][k], single);
                errors.largest = std::max(errors.largest, single.largest);
                errors.scale = std::max(errors.scale, single.scale);
                errors.agree += single.agree;
                errors.rows += single.rows;
            }
        }
        std::printf("| %s | %s | %.2f MB | %.2g | %.3g | %d of %d |\n", one.network.name.c_str(),
                    one.precision.c_str(), static_cast<double>(one.bytes) / 1e6, errors.largest, errors.scale,
                    errors.agree, errors.rows);
        EXPECT_LE(errors.largest / errors.scale, allowed(one.precision));
    }
}

TEST_F(Litert, TwoRunsGiveTheSameBytes) {
    for (const std::string precision : {"fp32", "fp16", "int8"}) {
        const Network network{"mobilenetv3_small_050", "mobilenetv3_small_050", true, {}, 1};
        auto options = options_for(network, precision);
        ASSERT_TRUE(pipeline::export_model(network.source, options, {}).has_value());
        const std::string first = options.output;
        options.output += ".again.tflite";
        ASSERT_TRUE(pipeline::export_model(network.source, options, {}).has_value());
        EXPECT_TRUE(std::ranges::equal(map_file(first)->bytes(), map_file(options.output)->bytes()));
    }
}

// Channels last at the door: not a single transpose, and the same answer. An open batch: any size at run time.
TEST_F(Litert, InputsAndBatchesAsAskedFor) {
    const Network network{"mobilenetv3_small_050", "mobilenetv3_small_050", true, {}, 1};
    auto options = options_for(network, "fp32");
    options.verify = true;
    options.nhwc_input = true;
    const auto report = pipeline::export_model(network.source, options, {});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_TRUE(report->comparison->passed());
    EXPECT_EQ(transposes_in(options.output), 0);

    for (const std::string name : {"mobilenetv3_small_050", "vit_tiny_patch16_224"}) {
        auto open = options_for({name + "-open", name, true, {}, 1}, "fp32");
        open.dynamic_batch = true;
        open.verify = true;
        open.fixed = {};
        const auto done = pipeline::export_model(name, open, {});
        ASSERT_TRUE(done.has_value()) << done.error().message;
        EXPECT_TRUE(done->comparison->passed());
        const auto model = formats::litert::parse(*map_file(open.output));
        EXPECT_EQ(model->tensors[static_cast<size_t>(model->inputs[0].tensor)].shape,
                  (Shape{-1, 3, 224, 224}));
    }
}

TEST_F(Litert, WhatItCannotHoldIsRefusedBeforeAnyWork) {
    auto options = options_for({"x", "x", true, {}, 1}, "bf16");
    auto refused = pipeline::export_model("no such file", options, {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("fp32, fp16, int8"), std::string::npos) << refused.error().message;
    options.precision = "fp32";
    options.half_io = true;
    refused = pipeline::export_model("no such file", options, {});
    EXPECT_NE(refused.error().message.find("it is for onnx"), std::string::npos) << refused.error().message;
    options.half_io = false;
    options.output = (folder_ / "model.onnx").string();
    refused = pipeline::export_model("no such file", options, {});
    EXPECT_NE(refused.error().message.find(".tflite"), std::string::npos) << refused.error().message;
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace lathe::litert_data
