// Every operator's samples, written as LiteRT models: run by LiteRT itself and read back by us.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "../onnx/test_data.h"
#include "formats/litert/read.h"
#include "formats/litert/write.h"
#include "litert_js.h"
#include "ops/ops.h"
#include "ops/samples.h"
#include "run/reference.h"

namespace lathe::litert_data {
namespace {

using graph::Graph;

// The sample with all inputs but the first made constants, as weights are in LiteRT.
void hold_weights(ops::SampleGraph& sample) {
    Graph& graph = sample.graph;
    for (size_t i = 1; i < graph.inputs.size(); ++i) graph[graph.inputs[i]].constant = sample.inputs[i];
    graph.inputs.resize(1);
    sample.inputs.resize(1);
}

// What a JavaScript program can hand to LiteRT: f32 and i32, with elements.
bool askable(const Graph& graph) {
    const auto known = [&](graph::ValueId id) {
        const DType d = graph[id].dtype;
        const graph::Dims& shape = graph[id].shape;
        return (d == DType::kF32 || d == DType::kI32) && !shape.empty() &&
               !(graph::product(shape) == graph::Dim(0));
    };
    return !graph.inputs.empty() && std::ranges::all_of(graph.inputs, known) &&
           std::ranges::all_of(graph.outputs, known);
}

struct Question {
    std::string place;
    std::vector<Tensor> expected, read_back;
};

// Approximations that LiteRT or we make: erf by a polynomial, gelu by LiteRT's own kernels.
double tolerance_for(const std::string& place) {
    return place.starts_with("erf") || place.starts_with("gelu") ? 2e-3 : 3e-5;
}

TEST(LitertSamples, LiteRtAndTheReaderAgreeWithTheKernels) {
    if (const auto reason = litert_missing(); !reason.empty()) GTEST_SKIP() << reason;
    std::vector<LitertJob> jobs;
    std::vector<Question> questions;
    std::map<std::string, int> unwritten;
    for (const graph::OpDef* op : ops::all_ops())
        for (const graph::Sample& text : op->samples) {
            auto sample = ops::sample_graph(*op, text);
            ASSERT_TRUE(sample.has_value());
            // LiteRT's MAXIMUM and MINIMUM give the other operand where one is no number.
            const bool nan = text.inputs.find("nan") != text.inputs.npos;
            if (!askable(sample->graph) || ((op->name == "max" || op->name == "min") && nan)) continue;
            auto bytes = formats::litert::to_bytes(sample->graph, {});
            if (!bytes) {
                hold_weights(*sample);
                bytes = formats::litert::to_bytes(sample->graph, {});
            }
            if (!bytes) {
                ++unwritten[bytes.error().message];
                continue;
            }
            const std::string place = format("{}({}; {})", op->name, text.inputs, text.attrs);
            const auto expected = run::run_reference(sample->graph, sample->inputs);
            if (!expected) continue;
            const auto read = formats::litert::read(SharedBytes::from_vector(*bytes), "sample");
            ASSERT_TRUE(read.has_value()) << place << ": " << read.error().message;
            const auto again = run::run_reference(*read->graph, sample->inputs);
            EXPECT_TRUE(again.has_value()) << place << ": " << again.error().message;
            if (!again) continue;
            LitertJob job{.model = *std::move(bytes)};
            for (size_t i = 0; i < sample->inputs.size(); ++i)
                job.inputs.emplace_back(sample->graph[sample->graph.inputs[i]].name, sample->inputs[i]);
            for (const auto id : sample->graph.outputs) job.outputs.push_back(sample->graph[id].name);
            jobs.push_back(std::move(job));
            questions.push_back({place, *expected, *again});
        }
    const auto answers = run_litert(jobs);
    int same = 0, lacking = 0;
    for (size_t i = 0; i < answers.size(); ++i) {
        const Question& question = questions[i];
        const double tolerance = tolerance_for(question.place);
        for (size_t k = 0; k < question.expected.size(); ++k)
            EXPECT_EQ(
                onnx_data::difference(question.read_back[k], question.expected[k], tolerance, tolerance), "")
                << question.place << " read back";
        if (!answers[i]) {
            std::printf("  not run: %s: %s\n", question.place.c_str(),
                        answers[i].error().message.substr(0, 160).c_str());
            ++lacking;
            continue;
        }
        std::string wrong;
        for (size_t k = 0; k < question.expected.size() && wrong.empty(); ++k)
            wrong = onnx_data::difference((*answers[i])[k], question.expected[k], tolerance, tolerance);
        if (wrong.empty()) ++same;
        else ADD_FAILURE() << question.place << ": " << wrong;
    }
    std::printf("LiteRT: %d of %zu models give the reference's answers, %d do not run\n", same,
                answers.size(), lacking);
    for (const auto& [message, count] : unwritten)
        std::printf("  %d not written: %s\n", count, message.c_str());
    EXPECT_GT(same, 230);
    EXPECT_EQ(lacking, 0);
}

}  // namespace
}  // namespace lathe::litert_data
