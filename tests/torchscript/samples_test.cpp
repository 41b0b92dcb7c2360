// Every operator's samples, written as TorchScript: run by PyTorch's own library and read back by us.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include "../onnx/test_data.h"
#include "base/file.h"
#include "formats/torchscript/read.h"
#include "formats/torchscript/write.h"
#include "libtorch.h"
#include "ops/ops.h"
#include "ops/samples.h"
#include "run/reference.h"

namespace lathe {
namespace {

struct SampleQuestion {
    std::string place;
    std::vector<Tensor> expected;
    bool half = false;
};

bool is_half(const graph::Graph& graph) {
    for (const graph::Value& value : graph.values)
        if (value.dtype == DType::kF16 || value.dtype == DType::kBF16) return true;
    return false;
}

// NumPy, by which tensors travel to the program that runs libtorch, has no bf16.
bool can_ask(const std::vector<Tensor>& inputs) {
    for (const Tensor& input : inputs)
        if (input.dtype() == DType::kBF16 || bits_of(input.dtype()) < 8) return false;
    return true;
}

double sample_tolerance(bool half) { return half ? 4e-3 : 3e-5; }

TEST(TorchScriptSamples, LibtorchAndTheReaderAgreeWithTheKernels) {
    if (const auto reason = libtorch_missing(); !reason.empty()) GTEST_SKIP() << reason;
    const auto folder =
        std::filesystem::path(testing::TempDir()) / ("lathe_ts_samples_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::vector<TorchJob> jobs;
    std::vector<SampleQuestion> questions;
    std::map<std::string, int> unwritten;
    int samples = 0;
    for (const graph::OpDef* op : ops::all_ops())
        for (const graph::Sample& text : op->samples) {
            ++samples;
            const auto sample = ops::sample_graph(*op, text);
            ASSERT_TRUE(sample.has_value());
            const std::string place = format("{}({}; {})", op->name, text.inputs, text.attrs);
            const auto bytes = formats::torchscript::to_bytes(sample->graph);
            if (!bytes) {
                ++unwritten[bytes.error().message];
                continue;
            }
            const auto expected = run::run_reference(sample->graph, sample->inputs);
            ASSERT_TRUE(expected.has_value()) << place << ": " << expected.error().message;
            const SampleQuestion question{place, *expected, is_half(sample->graph)};
            const double tolerance = sample_tolerance(question.half);
            const auto read = formats::torchscript::read(SharedBytes::from_vector(*bytes), "sample");
            EXPECT_TRUE(read.has_value()) << place << ": " << (read ? "" : read.error().message);
            if (!read) continue;
            const auto again = run::run_reference(*read->graph, sample->inputs);
            EXPECT_TRUE(again.has_value()) << place << ": " << (again ? "" : again.error().message);
            if (!again) continue;
            for (size_t k = 0; k < expected->size(); ++k)
                EXPECT_EQ(onnx_data::difference((*again)[k], (*expected)[k], tolerance, tolerance), "")
                    << place << " read back";
            if (!can_ask(sample->inputs)) continue;
            const std::string path = (folder / (std::to_string(jobs.size()) + ".pt")).string();
            ASSERT_TRUE(write_file(path, *bytes).has_value());
            jobs.push_back({path, sample->inputs});
            questions.push_back(question);
        }
    const auto answers = run_libtorch(jobs);
    int same = 0, half = 0;
    for (size_t i = 0; i < answers.size(); ++i) {
        const SampleQuestion& question = questions[i];
        if (!answers[i]) {
            // PyTorch 1.13 has few kernels for f16 on processors.
            const bool lacks_half =
                answers[i].error().message.find("not implemented for 'Half'") != std::string::npos;
            half += lacks_half;
            if (!lacks_half) ADD_FAILURE() << question.place << ": " << answers[i].error().message;
            continue;
        }
        std::string wrong;
        const double tolerance = sample_tolerance(question.half);
        if (answers[i]->size() != question.expected.size()) wrong = "another number of outputs";
        for (size_t k = 0; k < question.expected.size() && wrong.empty(); ++k) {
            const Tensor& expected = question.expected[k];
            const Tensor shown = expected.dtype() == DType::kBF16 ? expected.to(DType::kF32) : expected;
            wrong = onnx_data::difference((*answers[i])[k], shown, tolerance, tolerance);
        }
        if (wrong.empty()) ++same;
        else ADD_FAILURE() << question.place << ": " << wrong;
    }
    std::printf(
        "libtorch: %d of %zu programs give the reference's answers (%d samples; %d have no f16 kernel there)\n",
        same, answers.size(), samples, half);
    for (const auto& [message, count] : unwritten)
        std::printf("  %d not written: %s\n", count, message.c_str());
    EXPECT_GT(same, 500);
    std::error_code error;
    std::filesystem::remove_all(folder, error);
}

}  // namespace
}  // namespace lathe
