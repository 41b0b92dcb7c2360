// Whole networks, exported as ncnn networks: read back by us, and run by ncnn itself where there is one, against the
// source's answers. The errors are printed.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "formats/ncnn/read.h"
#include "formats/ncnn/write.h"
#include "ncnn_program.h"
#include "pipeline/engines.h"
#include "pipeline/execute.h"
#include "pipeline/export.h"

namespace lathe::ncnn_data {
namespace {

std::string shared_data() {
    const char* shared = std::getenv("LATHE_SHARED");
    return std::string(shared != nullptr ? shared : "../shared") + "/data/";
}

struct Network {
    std::string name, source;
    bool random_weights;
    graph::Bindings sizes;
};

std::vector<Network> networks() {
    std::vector<Network> list;
    for (const std::string name : {"resnet18", "mobilenetv3_small_100", "efficientnet_b0", "convnext_atto",
                                   "vit_tiny_patch16_224", "swin_tiny_patch4_window7_224", "mobilevit_s"})
        list.push_back({name, name, true, {}});
    for (const std::string net : {"g170-b6c96-s175395328-d26788732", "b7c96h3tfrs-test5-cnorm"}) {
        const std::string file = shared_data() + "katago/nets/" + net + ".bin.gz";
        if (file_exists(file))
            list.push_back({net.substr(0, net.find('-')), file, false, {{"height", 19}, {"width", 19}}});
    }
    return list;
}

class Ncnn : public testing::Test {
protected:
    pipeline::ExportOptions options_for(const Network& network, const std::string& precision) const {
        pipeline::ExportOptions options;
        options.format = "ncnn";
        options.precision = precision;
        options.output = format("{}/{}-{}.param", scratch_.path, network.name, precision);
        options.model.random_weights = network.random_weights;
        options.fixed = network.sizes;
        options.verify = false;
        return options;
    }

    Scratch scratch_;
};

struct Errors {
    double largest = 0, scale = 0;
    int agree = 0, rows = 0;
    void add(const Tensor& found, const Tensor& expected) {
        const auto a = found.to_doubles(), b = expected.to_doubles();
        ASSERT_EQ(a.size(), b.size());
        for (size_t i = 0; i < a.size(); ++i) {
            largest = std::max(largest, std::isnan(a[i]) ? INFINITY : std::fabs(a[i] - b[i]));
            scale = std::max(scale, std::fabs(b[i]));
        }
        agree += std::ranges::max_element(a) - a.begin() == std::ranges::max_element(b) - b.begin();
        ++rows;
    }
};

// What a precision may cost, of the network's largest output. ncnn's norms take an approximate reciprocal root.
double allowed(const std::string& precision, bool by_ncnn) {
    return precision != "fp32" ? 4e-3 : by_ncnn ? 2e-4 : 2e-5;
}

struct Case {
    Network network;
    std::string precision;
    uint64_t bytes = 0;
    size_t first = 0, count = 0;  // jobs
    Errors by_us;
};

TEST_F(Ncnn, NetworksAnswerAsTheirSources) {
    std::vector<Case> cases;
    std::vector<NcnnJob> jobs;
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
            auto outputs = (*program)->run(*check::inputs_in_order(model->graph, set));
            ASSERT_TRUE(outputs.has_value()) << outputs.error().message;
            answers.push_back(*std::move(outputs));
        }
        ASSERT_FALSE(answers.empty());
        for (const std::string precision : {"fp32", "fp16"}) {
            const auto options = options_for(network, precision);
            const auto report = pipeline::export_model(network.source, options, {});
            ASSERT_TRUE(report.has_value()) << report.error().message;
            ASSERT_EQ(report->files.size(), 2U);
            Case one{network, precision, report->output_bytes, jobs.size(), sets->size(), {}};
            const auto written = pipeline::open_model(options.output, {});
            ASSERT_TRUE(written.has_value()) << written.error().message;
            const auto again = pipeline::plan_for(written->graph, {});
            ASSERT_TRUE(again.has_value()) << again.error().message;
            for (size_t i = 0; i < sets->size(); ++i) {
                const auto outputs = (*again)->run(*check::inputs_in_order(written->graph, (*sets)[i]));
                ASSERT_TRUE(outputs.has_value()) << outputs.error().message;
                NcnnJob job{.param = options.output,
                            .bin = formats::ncnn::weights_path(options.output),
                            .inputs = (*sets)[i]};
                for (size_t k = 0; k < model->graph.outputs.size(); ++k) {
                    const std::string& name = model->graph[model->graph.outputs[k]].name;
                    job.outputs.push_back(name);
                    for (size_t j = 0; j < outputs->size(); ++j)
                        if (written->graph[written->graph.outputs[j]].name == name)
                            one.by_us.add((*outputs)[j], answers[i][k]);
                }
                jobs.push_back(std::move(job));
                expected.push_back(answers[i]);
            }
            EXPECT_EQ(one.by_us.rows, static_cast<int>(sets->size() * model->graph.outputs.size()));
            EXPECT_LE(one.by_us.largest / one.by_us.scale, allowed(precision, false));
            cases.push_back(one);
        }
    }
    const std::string missing = ncnn_missing();
    const auto found = missing.empty() ? run_ncnn(jobs) : std::vector<Result<std::vector<Tensor>>>{};
    std::printf("| network | precision | files | read back by us | by ncnn | largest output | same best |\n"
                "|---|---|---|---|---|---|---|\n");
    for (const Case& one : cases) {
        SCOPED_TRACE(one.network.name + " " + one.precision);
        Errors errors;
        for (size_t i = one.first; i < one.first + one.count && missing.empty(); ++i) {
            EXPECT_TRUE(found[i].has_value()) << found[i].error().message;
            for (size_t k = 0; found[i] && k < expected[i].size(); ++k)
                errors.add((*found[i])[k], expected[i][k]);
        }
        std::printf("| %s | %s | %.2f MB | %.2g | %s | %.3g | %d of %d |\n", one.network.name.c_str(),
                    one.precision.c_str(), static_cast<double>(one.bytes) / 1e6, one.by_us.largest,
                    errors.rows == 0 ? "-" : format("{:.2g}", errors.largest).c_str(), one.by_us.scale,
                    errors.agree, errors.rows);
        if (errors.rows > 0) {
            EXPECT_LE(errors.largest / errors.scale, allowed(one.precision, true));
        }
    }
    if (!missing.empty()) GTEST_SKIP() << "read back by us only: " << missing;
}

// The integers of the file are ncnn's own: both compute the same from them, up to codes that lie between two.
TEST_F(Ncnn, NcnnComputesWithTheCodes) {
    const std::string missing = ncnn_missing();
    std::printf("| network | files | read back by us | by ncnn | largest output |\n|---|---|---|---|---|\n");
    for (const std::string name : {"resnet18", "mobilenetv3_small_100", "vit_tiny_patch16_224"}) {
        SCOPED_TRACE(name);
        auto options = options_for({name, name, true, {}}, "int8-static");
        options.quantization.data = {.paths = {"random"}, .samples = 8};
        const auto report = pipeline::export_model(name, options, {});
        ASSERT_TRUE(report.has_value()) << report.error().message;
        const auto quantised =
            std::ranges::count_if(report->layers, [](const auto& l) { return l.why.empty(); });
        EXPECT_GT(quantised, 15);
        const auto source = pipeline::open_model(name, {.random_weights = true});
        const auto written = pipeline::open_model(options.output, {});
        ASSERT_TRUE(source && written) << written.error().message;
        std::string described;
        const auto sets = pipeline::trial_inputs(source->graph, {{"batch", 1}}, 1, described);
        const auto answers = [&](const graph::Graph& graph) {
            return (*(*pipeline::plan_for(graph, {}))->run(*check::inputs_in_order(graph, (*sets)[0])))[0];
        };
        const Tensor expected = answers(source->graph), ours = answers(written->graph);
        Errors by_us, by_ncnn, between;
        by_us.add(ours, expected);
        EXPECT_LE(by_us.largest / by_us.scale, 0.2);
        if (missing.empty()) {
            const NcnnJob job{.param = options.output,
                              .bin = formats::ncnn::weights_path(options.output),
                              .inputs = (*sets)[0],
                              .outputs = {source->graph[source->graph.outputs[0]].name}};
            const auto found = run_ncnn(std::span(&job, 1));
            ASSERT_TRUE(found[0].has_value()) << found[0].error().message;
            by_ncnn.add((*found[0])[0], expected);
            between.add((*found[0])[0], ours);
            EXPECT_LE(between.largest / between.scale, 0.05);
        }
        std::printf("| %s | %.2f MB | %.2g | %s | %.3g |\n", name.c_str(),
                    static_cast<double>(report->output_bytes) / 1e6, by_us.largest,
                    by_ncnn.rows == 0 ? "-" : format("{:.2g}", by_ncnn.largest).c_str(), by_us.scale);
    }
    if (!missing.empty()) GTEST_SKIP() << "read back by us only: " << missing;
}

TEST_F(Ncnn, TwoRunsGiveTheSameBytes) {
    for (const std::string precision : {"fp32", "fp16"}) {
        const Network network{"mobilenetv3_small_050", "mobilenetv3_small_050", true, {}};
        auto options = options_for(network, precision);
        ASSERT_TRUE(pipeline::export_model(network.source, options, {}).has_value());
        const std::string first = options.output;
        options.output = scratch_.path + "/again.param";
        ASSERT_TRUE(pipeline::export_model(network.source, options, {}).has_value());
        for (const auto& [a, b] :
             {std::pair(first, options.output),
              std::pair(formats::ncnn::weights_path(first), scratch_.path + "/again.bin")})
            EXPECT_TRUE(std::ranges::equal(map_file(a)->bytes(), map_file(b)->bytes())) << a;
    }
}

TEST_F(Ncnn, WhatItCannotHoldIsRefused) {
    auto options = options_for({"x", "x", true, {}}, "bf16");
    auto refused = pipeline::export_model("no such file", options, {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("fp32, fp16, int8-static"), std::string::npos)
        << refused.error().message;
    options.precision = "fp32";
    options.batch_size = 4;
    refused = pipeline::export_model("no such file", options, {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("--batch-size"), std::string::npos) << refused.error().message;
    options.batch_size = 0;
    options.model.random_weights = true;
    options.output = scratch_.path + "/model.txt";
    refused = pipeline::export_model("mobilenetv3_small_050", options, {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find(".param"), std::string::npos) << refused.error().message;
    EXPECT_TRUE(std::filesystem::is_empty(scratch_.path));
}

}  // namespace
}  // namespace lathe::ncnn_data
