// Every network that we export, in every precision, run by ONNX Runtime and compared with the answers of KataGo's engine
// (network files) and of its PyTorch model (checkpoints). Prints the table that docs/accuracy.md holds.
#include <gtest/gtest.h>

#include <unistd.h>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "../onnx/ort.h"
#include "base/file.h"
#include "formats/numpy/npy.h"
#include "formats/numpy/npz.h"
#include "pipeline/export.h"
#include "wire/deflate.h"

namespace lathe {
namespace {

const char* const kPrecisions[] = {"fp32", "fp16", "bf16", "uint8", "int8"};

std::string data_folder() {
    const char* shared = std::getenv("LATHE_SHARED");
    return std::string(shared != nullptr ? shared : "../shared") + "/data/katago/";
}

// Why these tests cannot run here, or nothing.
std::string missing() {
    if (!file_exists(data_folder() + "positions.json")) return "no KataGo data in " + data_folder();
    return onnx_data::ort_missing();
}

SharedBytes unzipped(const std::string& path) {
    auto bytes = wire::inflate(*map_file(path), wire::Wrap::kGzip, 1 << 28);
    EXPECT_TRUE(bytes.has_value()) << path;
    return SharedBytes::from_vector(*std::move(bytes));
}

Tensor feature(const std::string& position, const char* what, Shape shape) {
    return formats::parse_npy(unzipped(data_folder() + "features/" + position + what))
        ->to_contiguous()
        .reshaped(std::move(shape));
}

struct Exported {
    std::string path;
    uint64_t bytes = 0;
    std::vector<std::string> outputs;
};

class Exports : public testing::Test {
protected:
    void SetUp() override {
        if (const std::string why = missing(); !why.empty()) GTEST_SKIP() << why;
        folder_ = std::filesystem::path(testing::TempDir()) / ("lathe_exports_" + std::to_string(getpid()));
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    Exported exported(const std::string& source, const std::string& precision,
                      const std::string& weights = "model") const {
        pipeline::ExportOptions options;
        options.format = "onnx";
        options.output = (folder_ / "model.onnx").string();
        options.precision = precision;
        options.model.weights = weights;
        options.verify = false;
        const auto report = pipeline::export_model(source, options, {});
        EXPECT_TRUE(report.has_value()) << report.error().message;
        Exported result{.path = options.output};
        if (!report) return result;
        result.bytes = report->output_bytes;
        const auto model = pipeline::open_model(options.output, {});
        EXPECT_TRUE(model.has_value()) << model.error().message;
        if (model)
            for (const auto id : model->graph.outputs) result.outputs.push_back(model->graph[id].name);
        return result;
    }

    std::filesystem::path folder_;
};

double worst(std::span<const double> found, std::span<const double> expected) {
    double largest = 0;
    EXPECT_EQ(found.size(), expected.size());
    for (size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
        const double error = std::fabs(found[i] - expected[i]);
        largest = std::isnan(error) ? std::numeric_limits<double>::infinity() : std::max(largest, error);
    }
    return largest;
}

struct Errors {
    double policy = 0, value = 0, scores = 0, ownership = 0;
    int top1 = 0, positions = 0;
};

// One position of KataGo's engine: logits at the points of the board and for passing, and the best legal move.
void compare(const std::map<std::string, std::vector<double>>& ours, const Json& harness, Errors& errors) {
    const Json& raw = harness["raw"];
    const int width = harness["boardX"], height = harness["boardY"];
    std::vector<double> policy, expected, ownership, expected_ownership;
    size_t best = 0, expected_best = 0;
    const auto point = [&](size_t at, bool legal) {
        policy.push_back(ours.at("policy")[at]);
        expected.push_back(raw["policy_logits_362"][at]);
        const size_t now = policy.size() - 1;
        if (legal && policy[now] > policy[best]) best = now;
        if (legal && expected[now] > expected[expected_best]) expected_best = now;
    };
    point(361, true);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const auto at = static_cast<size_t>(y * 19 + x);
            point(at,
                  harness["legal"][static_cast<size_t>(y)].get<std::string>()[static_cast<size_t>(x)] == '1');
            ownership.push_back(ours.at("ownership")[at]);
            expected_ownership.push_back(raw["ownership_pretanh_361"][at]);
        }
    std::vector<double> scores = ours.at("miscvalue");
    if (ours.contains("moremiscvalue"))
        scores.insert(scores.end(), ours.at("moremiscvalue").begin(), ours.at("moremiscvalue").end());
    auto expected_scores = raw["scorevalue_raw6"].get<std::vector<double>>();
    expected_scores.resize(scores.size());
    errors.policy = std::max(errors.policy, worst(policy, expected));
    errors.value =
        std::max(errors.value,
                 worst(ours.at("value"), raw["value_logits_win_loss_noresult"].get<std::vector<double>>()));
    errors.scores = std::max(errors.scores, worst(scores, expected_scores));
    errors.ownership = std::max(errors.ownership, worst(ownership, expected_ownership));
    errors.top1 += best == expected_best;
    ++errors.positions;
}

TEST_F(Exports, NetworkFilesAnswerAsKataGoInOnnxRuntime) {
    const auto positions = parse_json(as_text(map_file(data_folder() + "positions.json")->bytes()));
    ASSERT_TRUE(positions.has_value());
    std::printf("| network | precision | file | max abs policy | value | scores | ownership | best move |\n"
                "|---|---|---|---|---|---|---|---|\n");
    for (const std::string net :
         {"g170-b6c96-s175395328-d26788732", "b7c96h3tfrs-test5-cnorm", "b7c96h6kv3qk32v16tflrs-fson-bnh"}) {
        for (const std::string precision : kPrecisions) {
            SCOPED_TRACE(net + " " + precision);
            const Exported model = exported(data_folder() + "nets/" + net + ".bin.gz", precision);
            std::vector<onnx_data::OrtJob> jobs;
            for (const Json& position : *positions) {
                const std::string name = position["name"];
                jobs.push_back({.model_path = model.path,
                                .inputs = {{"bin_input", feature(name, ".spatial.npy.gz", {1, 22, 19, 19})},
                                           {"global_input", feature(name, ".global.npy.gz", {1, 19})}},
                                .outputs = model.outputs});
            }
            const auto answers = onnx_data::run_ort(jobs);
            Errors errors;
            for (size_t i = 0; i < answers.size(); ++i) {
                ASSERT_TRUE(answers[i].has_value()) << answers[i].error().message;
                std::map<std::string, std::vector<double>> named;
                for (size_t k = 0; k < model.outputs.size(); ++k)
                    named[model.outputs[k]] = answers[i]->outputs[k].to_doubles();
                const std::string name = (*positions)[i]["name"];
                const auto answer = parse_json(
                    as_text(unzipped(data_folder() + "rawnn/" + net + "__" + name + ".json.gz").bytes()));
                ASSERT_TRUE(answer.has_value());
                compare(named, (*answer)["harness_nnlen19_fp32"], errors);
            }
            std::printf("| %s | %s | %.2f MB | %.2g | %.2g | %.2g | %.2g | %d of %d |\n",
                        net.substr(0, net.find('-')).c_str(), precision.c_str(),
                        static_cast<double>(model.bytes) / 1e6, errors.policy, errors.value, errors.scores,
                        errors.ownership, errors.top1, errors.positions);
            EXPECT_EQ(errors.positions, 18);
            if (precision != "fp32") continue;
            EXPECT_LE(std::max({errors.policy, errors.value, errors.scores, errors.ownership}), 1e-4);
            EXPECT_EQ(errors.top1, 18);
        }
    }
}

TEST_F(Exports, CheckpointsAnswerAsPyTorchInOnnxRuntime) {
    std::printf(
        "| checkpoint | weights | precision | file | worst head | max abs |\n|---|---|---|---|---|---|\n");
    for (const std::string name : {"A-b2c16", "B-nbt-fbrng-v14", "C-nbt-fson-mish-rvgl-bnh",
                                   "D-nbttf-lrope-gqa-silu-rsnh-q", "F-nbt-bn-mish-meta"}) {
        const std::string stem = data_folder() + "ckpt/" + name;
        const auto answers = formats::read_npz(*map_file(stem + ".npz"), stem + ".npz");
        ASSERT_TRUE(answers.has_value());
        onnx_data::NamedTensors inputs{{"bin_input", *answers->find("input.spatial")},
                                       {"global_input", *answers->find("input.global")}};
        if (const Tensor* meta = answers->find("input.meta")) inputs.emplace_back("meta_input", *meta);
        for (const std::string weights : {"model", "swa"})
            for (const std::string precision : kPrecisions) {
                SCOPED_TRACE(name + " " + weights + " " + precision);
                const Exported model = exported(stem + ".ckpt", precision, weights);
                const auto runs = onnx_data::run_ort(std::vector<onnx_data::OrtJob>{
                    {.model_path = model.path, .inputs = inputs, .outputs = model.outputs}});
                ASSERT_TRUE(runs[0].has_value()) << runs[0].error().message;
                double largest = 0;
                std::string head;
                for (size_t k = 0; k < model.outputs.size(); ++k) {
                    const Tensor* expected = answers->find(weights + ".raw." + model.outputs[k]);
                    ASSERT_NE(expected, nullptr) << model.outputs[k];
                    const double error = worst(runs[0]->outputs[k].to_doubles(), expected->to_doubles());
                    if (error >= largest) largest = error, head = model.outputs[k];
                }
                std::printf("| %s | %s | %s | %.0f kB | %s | %.2g |\n", name.c_str(),
                            weights == "model" ? "raw" : "swa", precision.c_str(),
                            static_cast<double>(model.bytes) / 1e3, head.c_str(), largest);
                if (precision == "fp32") {
                    EXPECT_LE(largest, 1e-4);
                }
            }
    }
}

}  // namespace
}  // namespace lathe
