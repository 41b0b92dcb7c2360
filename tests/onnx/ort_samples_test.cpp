// Every operator's samples run by ONNX Runtime from our files, with numbers and with symbols for sizes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "formats/onnx/write.h"
#include "ops/ops.h"
#include "ops/samples.h"
#include "ort.h"
#include "run/reference.h"
#include "test_data.h"

namespace lathe::onnx_data {
namespace {

using graph::Graph;

// Types that a JavaScript program can hand to ONNX Runtime.
bool can_ask(const Graph& graph) {
    const auto known = [&](graph::ValueId id) {
        const DType d = graph[id].dtype;
        return bits_of(d) >= 8 && d != DType::kBF16 && d != DType::kF8E4M3 && d != DType::kF8E5M2 &&
               d != DType::kF8E8M0 && d != DType::kC64 && d != DType::kC128;
    };
    return std::ranges::all_of(graph.inputs, known) && std::ranges::all_of(graph.outputs, known);
}

struct Question {
    std::string place;
    std::vector<Tensor> expected;
};

void ask(Graph graph, const std::vector<Tensor>& inputs, const std::string& place, int opset,
         std::vector<OrtJob>& jobs, std::vector<Question>& questions) {
    auto bytes = formats::onnx::to_bytes(graph, {.opset = opset});
    const auto expected = run::run_reference(graph, inputs);
    if (!bytes || !expected || !can_ask(graph)) return;
    OrtJob job{.model = *std::move(bytes)};
    for (size_t i = 0; i < inputs.size(); ++i)
        job.inputs.emplace_back(graph[graph.inputs[i]].name, inputs[i]);
    for (const auto id : graph.outputs) job.outputs.push_back(graph[id].name);
    jobs.push_back(std::move(job));
    questions.push_back({place, *expected});
}

double tolerance_for(DType dtype) { return dtype == DType::kF16 ? 4e-3 : dtype == DType::kF32 ? 2e-5 : 1e-9; }

TEST(OrtSamples, OnnxRuntimeAgrees) {
    if (const auto reason = ort_missing(); !reason.empty()) GTEST_SKIP() << reason;
    std::vector<OrtJob> jobs;
    std::vector<Question> questions;
    for (const graph::OpDef* op : ops::all_ops())
        for (const graph::Sample& text : op->samples) {
            const auto sample = ops::sample_graph(*op, text);
            ASSERT_TRUE(sample.has_value());
            // ONNX counts max_unpool's indices in the input's own shape, as its node tests do; this runtime in output_shape.
            if (op->name == "max_unpool" && sample->graph.nodes[0].inputs.size() > 2) continue;
            const std::string place = format("{}({}; {})", op->name, text.inputs, text.attrs);
            ask(sample->graph, sample->inputs, place, 17, jobs, questions);
            Graph open = with_symbols(sample->graph);
            if (graph::infer_again(open))
                ask(open, sample->inputs, place + " with symbols", 17, jobs, questions);
        }
    const auto answers = run_ort(jobs);
    int same = 0;
    std::map<std::string, int> refused;
    for (size_t i = 0; i < answers.size(); ++i) {
        if (!answers[i]) {
            const std::string& message = answers[i].error().message;
            // What the standard allows and this runtime has no kernel for.
            const bool lacks = std::ranges::any_of(
                std::vector<const char*>{"NOT_IMPLEMENTED", "Could not find an implementation",
                                         "Exception during initialization"},
                [&](const char* words) { return message.find(words) != std::string::npos; });
            if (lacks) ++refused[message];
            else ADD_FAILURE() << questions[i].place << ": " << message;
            continue;
        }
        std::string wrong;
        for (size_t k = 0; k < questions[i].expected.size() && wrong.empty(); ++k) {
            const Tensor& expected = questions[i].expected[k];
            wrong = difference(answers[i]->outputs[k], expected, tolerance_for(expected.dtype()),
                               tolerance_for(expected.dtype()));
        }
        if (wrong.empty()) ++same;
        else ADD_FAILURE() << questions[i].place << ": " << wrong;
    }
    std::printf("ONNX Runtime: %d of %zu models give the reference's answers\n", same, answers.size());
    for (const auto& [message, count] : refused)
        std::printf("  %d not run: %s\n", count, message.substr(0, 200).c_str());
}

}  // namespace
}  // namespace lathe::onnx_data
