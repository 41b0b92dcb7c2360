// Networks quantised statically, run by ONNX Runtime and by Lathe on inputs that calibration did not see, against their fp32.
// Prints the table that docs/accuracy.md holds. Weights of the image models are made by rule; pictures are made here.
#include <gtest/gtest.h>

#include <unistd.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "../onnx/ort.h"
#include "base/file.h"
#include "passes/passes.h"
#include "pipeline/calibration_inputs.h"
#include "pipeline/engines.h"
#include "pipeline/export.h"

namespace lathe {
namespace {

namespace fs = std::filesystem;
using check::NamedTensors;

std::string games() {
    const char* shared = std::getenv("LATHE_SHARED");
    return std::string(shared != nullptr ? shared : "../shared") + "/data/katago/";
}

// A picture as a BMP of 24 bits: waves in each colour, with discs and noise.
std::string picture(uint64_t seed) {
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    const auto next = [&](double low, double high) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return low + (high - low) * static_cast<double>(state >> 11) * 0x1p-53;
    };
    const int width = static_cast<int>(next(64, 96)) / 4 * 4, height = static_cast<int>(next(64, 96));
    std::vector<double> values(static_cast<size_t>(width * height * 3));
    for (size_t c = 0; c < 3; ++c) {
        const double fx = next(0.02, 0.4), fy = next(0.02, 0.4), px = next(0, 6), py = next(0, 6);
        const double cx = next(0, width), cy = next(0, height), radius = next(8, 32), inside = next(0, 255);
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) {
                const bool disc = std::hypot(x - cx, y - cy) < radius;
                values[static_cast<size_t>((y * width + x) * 3) + c] =
                    next(-10, 10) +
                    (disc ? inside : 128 + 55 * std::sin(x * fx + px) + 55 * std::cos(y * fy + py));
            }
    }
    std::string bytes = "BM";
    const auto put = [&](int value, int count) {
        for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
    };
    for (const int value : {0, 0, 54, 40, width, height}) put(value, 4);
    put(1, 2);
    put(24, 2);
    for (int i = 0; i < 6; ++i) put(0, 4);
    for (const double value : values) put(static_cast<int>(std::clamp(value, 0.0, 255.0)), 1);
    return bytes;
}

struct Score {
    double signal = 0, noise = 0, max_abs = 0;
    int64_t rows = 0, top1 = 0;
    double snr() const { return 10 * std::log10(signal / noise); }
};

void add(Score& score, const Tensor& found, const Tensor& expected) {
    const auto metrics = check::compare("", found, expected, {0, 0});
    ASSERT_TRUE(metrics.has_value()) << metrics.error().message;
    const auto a = found.to_doubles(), b = expected.to_doubles();
    for (size_t i = 0; i < a.size(); ++i) {
        score.signal += b[i] * b[i];
        score.noise += (a[i] - b[i]) * (a[i] - b[i]);
    }
    score.max_abs = std::max(score.max_abs, metrics->max_abs);
    score.rows += metrics->rows;
    score.top1 += metrics->top1_agree;
}

struct Network {
    std::string label, source, output;  // output: the one that is compared
    bool by_name = false;
};

class StaticExports : public testing::Test {
protected:
    void SetUp() override {
        if (const std::string why = onnx_data::ort_missing(); !why.empty()) GTEST_SKIP() << why;
        folder_ = fs::path(testing::TempDir()) / ("lathe_static_" + std::to_string(getpid()));
        for (const char* name : {"seen", "unseen"}) fs::create_directories(folder_ / name);
        for (uint64_t i = 0; i < 24; ++i)
            std::ofstream(folder_ / (i < 16 ? "seen" : "unseen") / (std::to_string(i) + ".bmp"),
                          std::ios::binary)
                << picture(i);
    }
    void TearDown() override { fs::remove_all(folder_); }

    pipeline::ExportOptions options_for(const Network& network) const {
        pipeline::ExportOptions options{.format = "onnx", .output = (folder_ / "model.onnx").string()};
        options.model.random_weights = network.by_name;
        options.verify = false;
        options.precision = "int8-static";
        options.quantization.data = {
            .paths = {network.by_name ? (folder_ / "seen").string() : games() + "sgf"},
            .samples = network.by_name ? 16 : 64};
        return options;
    }

    fs::path folder_;
};

std::vector<Tensor> run(const std::string& path, const pipeline::ModelOptions& options,
                        const std::vector<NamedTensors>& sets, const std::string& output) {
    const auto model = pipeline::open_model(path, options);
    EXPECT_TRUE(model.has_value()) << model.error().message;
    if (!model) return {};
    auto graph = passes::keep_outputs(model->graph, {output});
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    const auto program = pipeline::plan_for(*graph, {});
    EXPECT_TRUE(program.has_value()) << program.error().message;
    std::vector<Tensor> all;
    for (const NamedTensors& set : sets) {
        const auto results = (*program)->run(*check::inputs_in_order(*graph, set));
        EXPECT_TRUE(results.has_value()) << results.error().message;
        if (results) all.push_back((*results)[0]);
    }
    return all;
}

// Inputs that calibration did not see, and what fp32 answers.
struct Question {
    std::vector<NamedTensors> sets;
    std::vector<Tensor> expected;
};

Result<Question> ask(const Network& network, const std::string& pictures) {
    const pipeline::ModelOptions model{.random_weights = network.by_name};
    TRY(const auto source, pipeline::open_model(network.source, model));
    const pipeline::CalibrationData unseen{.paths = {network.by_name ? pictures : games() + "sgf"},
                                           .samples = network.by_name ? 8 : 29};
    TRY(const auto inputs, pipeline::calibration_inputs(source.graph, unseen, {}, {}));
    Question question;
    ThreadPool threads(0);
    TRY_STATUS(inputs.for_each(threads, [&](const NamedTensors& set) -> Status {
        question.sets.push_back(set);
        return {};
    }));
    question.expected = run(network.source, model, question.sets, network.output);
    return question;
}

// Exports, runs by ONNX Runtime and here, and prints a line.
void compare(const Network& network, const std::string& codes, const Question& question,
             const pipeline::ExportOptions& options, double least_snr) {
    SCOPED_TRACE(network.label + " " + codes);
    const auto report = pipeline::export_model(network.source, options, {});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    std::vector<onnx_data::OrtJob> jobs;
    for (const NamedTensors& set : question.sets)
        jobs.push_back({.model_path = options.output,
                        .inputs = set,
                        .outputs = {network.output},
                        .optimization = options.precision == "fp8" ? "basic" : ""});
    const auto answers = onnx_data::run_ort(jobs);
    const auto ours = run(options.output, {}, question.sets, network.output);
    Score here, there;
    ASSERT_EQ(ours.size(), question.sets.size());
    for (size_t i = 0; i < ours.size(); ++i) {
        ASSERT_TRUE(answers[i].has_value()) << answers[i].error().message;
        add(here, ours[i], question.expected[i]);
        add(there, answers[i]->outputs[0], question.expected[i]);
    }
    std::printf("| %s | %s | %.2f MB | %.1f dB | %.2g | %lld of %lld | %.1f dB | %.2g | %lld of %lld |\n",
                network.label.c_str(), codes.c_str(), static_cast<double>(report->output_bytes) / 1e6,
                here.snr(), here.max_abs, static_cast<long long>(here.top1),
                static_cast<long long>(here.rows), there.snr(), there.max_abs,
                static_cast<long long>(there.top1), static_cast<long long>(there.rows));
    EXPECT_GT(here.snr(), least_snr);
    // Full 8-bit weights saturate in ONNX Runtime on processors without VNNI.
    if (codes != "i8") {
        EXPECT_NEAR(there.snr(), here.snr(), 1.5);
    }
}

constexpr const char* kHead =
    "| network | codes of weights | file | by Lathe: SNR | max abs | top-1 | by ONNX Runtime: SNR | max abs | top-1 |\n"
    "|---|---|---|---|---|---|---|---|---|\n";

TEST_F(StaticExports, AnswerAsFp32DoesInOnnxRuntimeAndHere) {
    const std::vector<Network> networks{
        {"resnet18", "resnet18", "output", true},
        {"mobilenetv3_small_100", "mobilenetv3_small_100", "output", true},
        {"efficientnet_b0", "efficientnet_b0", "output", true},
        {"vit_tiny_patch16_224", "vit_tiny_patch16_224", "output", true},
        {"KataGo g170-b6c96", games() + "nets/g170-b6c96-s175395328-d26788732.bin.gz", "policy"}};
    std::printf("%s", kHead);
    for (const Network& network : networks) {
        if (!network.by_name && !file_exists(network.source)) {
            std::printf("%s: no KataGo data in %s\n", network.label.c_str(), games().c_str());
            continue;
        }
        const auto question = ask(network, (folder_ / "unseen").string());
        ASSERT_TRUE(question.has_value()) << question.error().message;
        for (const std::string codes : {"i8", "i8, 7 bits", "u8"}) {
            pipeline::ExportOptions options = options_for(network);
            options.quantization.weights = codes.substr(0, 2);
            options.quantization.reduce_range = codes.ends_with("bits");
            options.quantization.ranges.cache = (folder_ / (network.label + ".json")).string();
            compare(network, codes, *question, options, 25);
        }
    }
}

TEST_F(StaticExports, Fp8AndFourBitsRunInOnnxRuntime) {
    std::printf("%s", kHead);
    const Network convolutions{"mobilenetv3_small_100", "mobilenetv3_small_100", "output", true},
        matrices{"vit_tiny_patch16_224", "vit_tiny_patch16_224", "output", true};
    for (const Network& network : {convolutions, matrices}) {
        const auto question = ask(network, (folder_ / "unseen").string());
        ASSERT_TRUE(question.has_value()) << question.error().message;
        pipeline::ExportOptions options = options_for(network);
        options.precision = "fp8";
        compare(network, "fp8", *question, options, 12);
        options.precision = "int4";
        options.quantization.data = {};
        compare(network, "int4", *question, options, 12);
    }
}

TEST_F(StaticExports, TwoRunsGiveTheSameBytes) {
    const Network network{"", "mobilenetv3_small_100", "output", true};
    pipeline::ExportOptions options = options_for(network);
    options.quantization.ranges.method.method = quant::RangeMethod::kEntropy;
    std::string first;
    for (const int threads : {1, 2}) {
        options.quantization.ranges.threads = threads;
        const auto report = pipeline::export_model(network.source, options, {});
        ASSERT_TRUE(report.has_value()) << report.error().message;
        const std::string bytes(as_text(map_file(options.output)->bytes()));
        if (first.empty()) first = bytes;
        else EXPECT_TRUE(bytes == first);
    }
}

}  // namespace
}  // namespace lathe
