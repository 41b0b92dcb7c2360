// Every operator's samples, written as ExecuTorch programs: read back by us, read by flatc with ExecuTorch's schema, and
// run by ExecuTorch's own runtime where it is at hand.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include "../onnx/test_data.h"
#include "base/file.h"
#include "base/text.h"
#include "executorch_program.h"
#include "formats/executorch/kernels.h"
#include "formats/executorch/read.h"
#include "formats/executorch/write.h"
#include "ops/ops.h"
#include "ops/samples.h"
#include "run/reference.h"

namespace lathe::executorch_data {
namespace {

namespace fs = std::filesystem;

bool has_half(const graph::Graph& graph) {
    return std::ranges::any_of(graph.values, [](const graph::Value& value) {
        return value.dtype == DType::kF16 || value.dtype == DType::kBF16;
    });
}

struct Question {
    std::string place;
    std::vector<Tensor> expected;
    double tolerance;
};

TEST(ExecutorchSamples, TheReaderAndTheRuntimeAgreeWithTheKernels) {
    const fs::path folder = fs::path(testing::TempDir()) / ("lathe_pte_samples_" + std::to_string(getpid()));
    fs::create_directories(folder);
    const bool runs = executorch_missing().empty(), flatc = flatc_missing().empty();
    std::vector<ExecutorchJob> jobs;
    std::vector<Question> questions;
    std::map<std::string, int> unwritten;
    int same = 0, total = 0;
    for (const graph::OpDef* op : ops::all_ops())
        for (const graph::Sample& text : op->samples) {
            const auto sample = ops::sample_graph(*op, text);
            ASSERT_TRUE(sample.has_value());
            const auto expected = run::run_reference(sample->graph, sample->inputs);
            if (!expected) continue;
            ++total;
            const std::string place = format("{}({}; {})", op->name, text.inputs, text.attrs);
            SCOPED_TRACE(place);
            const auto bytes = formats::executorch::to_bytes(sample->graph);
            if (!bytes) {
                ++unwritten[bytes.error().message];
                continue;
            }
            const double tolerance = has_half(sample->graph) ? 2e-2 : 5e-5;
            const auto read = formats::executorch::read(SharedBytes::from_vector(*bytes), "sample");
            EXPECT_TRUE(read.has_value()) << read.error().message;
            if (!read) continue;
            const auto found = run::run_reference(*read->graph, sample->inputs);
            EXPECT_TRUE(found.has_value()) << found.error().message;
            if (!found) continue;
            std::string wrong = found->size() == expected->size() ? "" : "another number of outputs";
            for (size_t i = 0; i < expected->size() && wrong.empty(); ++i) {
                EXPECT_EQ((*read->graph)[read->graph->outputs[i]].name,
                          sample->graph[sample->graph.outputs[i]].name);
                wrong = onnx_data::difference((*found)[i], (*expected)[i], tolerance, tolerance);
            }
            EXPECT_EQ(wrong, "") << "read back";
            same += wrong.empty();
            ExecutorchJob job{(folder / (std::to_string(jobs.size()) + ".pte")).string(), sample->inputs, {}};
            for (const Tensor& tensor : *expected) job.outputs.emplace_back(tensor.dtype(), tensor.shape());
            ASSERT_TRUE(write_file(job.path, *bytes).has_value());
            if (flatc && jobs.size() % 16 == 0) {
                EXPECT_EQ(read_by_flatc("program.fbs", job.path), "");
            }
            jobs.push_back(std::move(job));
            questions.push_back({place, *expected, tolerance});
        }
    std::printf("ExecuTorch: %d of %d samples are read back the same\n", same, total);
    for (const auto& [message, count] : unwritten)
        std::printf("  %d not written: %s\n", count, message.c_str());
    EXPECT_GT(same, 500);
    if (!runs) {
        std::printf("not run: %s\n", executorch_missing().c_str());
    } else {
        const auto answers = run_executorch(jobs, folder.string());
        int right = 0, lacking = 0;
        for (size_t i = 0; i < answers.size(); ++i) {
            std::string wrong = answers[i] ? "" : answers[i].error().message;
            if (wrong.find("(error 20)") != std::string::npos) {  // this driver was built without the kernel
                ++lacking;
                continue;
            }
            for (size_t k = 0; k < questions[i].expected.size() && wrong.empty(); ++k)
                wrong = onnx_data::difference((*answers[i])[k], questions[i].expected[k],
                                              questions[i].tolerance, questions[i].tolerance);
            EXPECT_EQ(wrong, "") << questions[i].place;
            right += wrong.empty();
        }
        std::printf(
            "ExecuTorch's runtime: %d of %zu programs give the reference's answers (%d call kernels that this driver "
            "lacks)\n",
            right, answers.size(), lacking);
        EXPECT_GT(right, 300);
    }
    std::error_code error;
    fs::remove_all(folder, error);
}

// Every kernel that we know is one of ExecuTorch's, by the list that driver/build.sh takes from functions.yaml.
TEST(ExecutorchKernels, AreExecutorchs) {
    if (const std::string why = flatc_missing(); !why.empty()) GTEST_SKIP() << why;
    const auto list = map_file(kernel_list());
    if (!list) GTEST_SKIP() << list.error().message;
    std::set<std::string, std::less<>> names;
    for (const auto line : split(as_text(list->bytes()), '\n')) names.emplace(line.substr(0, line.find(' ')));
    for (const auto& kernel : formats::executorch::all_kernels()) {
        const std::string space = kernel.space == "aten" ? "" : std::string(kernel.space) + "::";
        if (kernel.space != "executorch_prim") {
            EXPECT_TRUE(names.contains(space + std::string(kernel.name))) << kernel.name;
        }
    }
}

}  // namespace
}  // namespace lathe::executorch_data
