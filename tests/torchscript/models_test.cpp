// Whole networks as TorchScript, run by PyTorch's own library and compared with the CPU engine on the source.
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "libtorch.h"
#include "pipeline/engines.h"
#include "pipeline/execute.h"
#include "pipeline/export.h"

namespace lathe {
namespace {

std::string shared_data() {
    const char* shared = std::getenv("LATHE_SHARED");
    return std::string(shared != nullptr ? shared : "../shared") + "/data/";
}

struct Network {
    std::string name, source;
    bool random_weights;
    graph::Bindings sizes;  // of the trial, beside the batch; the file leaves them open
    bool bf16_too = false;
};

std::vector<Network> networks() {
    std::vector<Network> list;
    for (const std::string name : {"resnet18", "mobilenetv3_small_100", "efficientnet_b0", "convnext_atto",
                                   "vit_tiny_patch16_224", "swin_tiny_patch4_window7_224", "mobilevit_s"})
        list.push_back({name, name, true, {}, name == "resnet18" || name == "vit_tiny_patch16_224"});
    for (const std::string net : {"g170-b6c96-s175395328-d26788732", "b7c96h3tfrs-test5-cnorm"}) {
        const std::string file = shared_data() + "katago/nets/" + net + ".bin.gz";
        if (file_exists(file))
            list.push_back({net.substr(0, net.find('-')), file, false, {{"height", 19}, {"width", 19}}});
    }
    return list;
}

class TorchScriptModels : public testing::Test {
protected:
    void SetUp() override {
        if (const std::string why = libtorch_missing(); !why.empty()) GTEST_SKIP() << why;
        folder_ =
            std::filesystem::path(testing::TempDir()) / ("lathe_torchscript_" + std::to_string(getpid()));
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    pipeline::ExportOptions options_for(const Network& network, const std::string& precision) const {
        pipeline::ExportOptions options;
        options.format = "torchscript";
        options.precision = precision;
        options.output = (folder_ / (network.name + "-" + precision + ".pt")).string();
        options.model.random_weights = network.random_weights;
        options.verify = false;
        return options;
    }

    std::filesystem::path folder_;
};

struct Trial {
    check::NamedTensors inputs;
    std::vector<Tensor> answers;
};

// What the CPU engine computes of the source, with batches of 1 and 2.
std::vector<Trial> trials_of(const Network& network) {
    pipeline::ModelOptions how;
    how.random_weights = network.random_weights;
    const auto model = pipeline::open_model(network.source, how);
    if (!model) return ADD_FAILURE() << model.error().message, std::vector<Trial>();
    const auto program = pipeline::plan_for(model->graph, {});
    if (!program) return ADD_FAILURE() << program.error().message, std::vector<Trial>();
    std::vector<Trial> trials;
    for (const int64_t batch : {1, 2}) {
        graph::Bindings sizes = network.sizes;
        sizes["batch"] = batch;
        std::string described;
        auto sets = pipeline::trial_inputs(model->graph, sizes, 1, described);
        if (!sets) return ADD_FAILURE() << sets.error().message, trials;
        for (const auto& set : *sets) {
            const auto ordered = check::inputs_in_order(model->graph, set);
            auto outputs = (*program)->run(*ordered);
            if (!outputs) return ADD_FAILURE() << outputs.error().message, trials;
            trials.push_back({set, *std::move(outputs)});
        }
    }
    return trials;
}

struct Case {
    std::string name, precision;
    uint64_t bytes;
    std::vector<Trial> trials;
    size_t first;
};

TEST_F(TorchScriptModels, RunInLibtorch) {
    std::vector<TorchJob> jobs;
    std::vector<Case> cases;
    for (const Network& network : networks()) {
        SCOPED_TRACE(network.name);
        const auto trials = trials_of(network);
        ASSERT_FALSE(trials.empty());
        for (const std::string precision : {"fp32", "bf16"}) {
            if (precision == "bf16" && !network.bf16_too) continue;
            const auto options = options_for(network, precision);
            const auto report = pipeline::export_model(network.source, options, {});
            ASSERT_TRUE(report.has_value()) << report.error().message;
            cases.push_back({network.name, precision, report->output_bytes, trials, jobs.size()});
            for (const Trial& trial : trials) {
                TorchJob job{options.output, {}};
                for (const auto& [name, tensor] : trial.inputs) job.inputs.push_back(tensor);
                jobs.push_back(std::move(job));
            }
        }
    }
    const auto found = run_libtorch(jobs);
    std::printf(
        "| network | precision | file | largest error | largest output | ratio of one output |\n|---|---|---|---|---|---|\n");
    for (const Case& one : cases) {
        SCOPED_TRACE(one.name + " " + one.precision);
        double largest = 0, scale = 0,
               ratio = 0;  // over all; of the largest error to the output's largest number
        for (size_t i = 0; i < one.trials.size(); ++i) {
            ASSERT_TRUE(found[one.first + i].has_value()) << found[one.first + i].error().message;
            const auto& outputs = *found[one.first + i];
            const auto& expected = one.trials[i].answers;
            ASSERT_EQ(outputs.size(), expected.size());
            for (size_t k = 0; k < expected.size(); ++k) {
                ASSERT_EQ(outputs[k].shape(), expected[k].shape());
                const auto a = outputs[k].to_doubles(), b = expected[k].to_doubles();
                double error = 0, size = 1e-30;
                for (size_t e = 0; e < a.size(); ++e) {
                    error = std::max(error, std::isnan(a[e]) ? INFINITY : std::fabs(a[e] - b[e]));
                    size = std::max(size, std::fabs(b[e]));
                }
                largest = std::max(largest, error);
                scale = std::max(scale, size);
                ratio = std::max(ratio, error / size);
            }
        }
        std::printf("| %s | %s | %.2f MB | %.2g | %.3g | %.2g |\n", one.name.c_str(), one.precision.c_str(),
                    static_cast<double>(one.bytes) / 1e6, largest, scale, ratio);
        EXPECT_LE(ratio, one.precision == "fp32" ? 2e-5 : 0.02);
    }
}

TEST_F(TorchScriptModels, TwoRunsGiveTheSameBytes) {
    auto options = options_for({"mobilenetv3_small_050", "mobilenetv3_small_050", true, {}}, "fp32");
    ASSERT_TRUE(pipeline::export_model("mobilenetv3_small_050", options, {}).has_value());
    const std::string first = options.output;
    options.output = (folder_ / "again.pt").string();
    ASSERT_TRUE(pipeline::export_model("mobilenetv3_small_050", options, {}).has_value());
    EXPECT_TRUE(std::ranges::equal(map_file(first)->bytes(), map_file(options.output)->bytes()));
}

}  // namespace
}  // namespace lathe
