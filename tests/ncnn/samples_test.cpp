// Every operator's samples, written as ncnn networks: read back by us, and run by ncnn itself where there is one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "../onnx/test_data.h"
#include "base/file.h"
#include "formats/ncnn/read.h"
#include "formats/ncnn/write.h"
#include "ncnn_program.h"
#include "ops/ops.h"
#include "ops/samples.h"
#include "run/reference.h"

namespace lathe::ncnn_data {
namespace {

using graph::Graph;

// The sample with all inputs but the first made constants, as weights are in ncnn.
void hold_weights(ops::SampleGraph& sample) {
    Graph& graph = sample.graph;
    for (size_t i = 1; i < graph.inputs.size(); ++i) graph[graph.inputs[i]].constant = sample.inputs[i];
    graph.inputs.resize(1);
    sample.inputs.resize(1);
}

bool of_f32(const Graph& graph) {
    const auto known = [&](graph::ValueId id) {
        return graph[id].dtype == DType::kF32 && !(graph::product(graph[id].shape) == graph::Dim(0));
    };
    return !graph.inputs.empty() && std::ranges::all_of(graph.inputs, known) &&
           std::ranges::all_of(graph.outputs, known);
}

struct Question {
    std::string place;
    std::vector<Tensor> expected;
};

double tolerance_for(const std::string& place) {
    // ncnn's x86 kernels approximate these by polynomials.
    for (const std::string_view name :
         {"gelu", "erf", "tan", "mish", "elu", "selu", "celu", "pow", "acos", "asin"})
        if (place.starts_with(name)) return 2e-4;
    return 3e-5;
}

Tensor in_shape_of(const Tensor& found, const Tensor& expected) {
    return found.count() == expected.count() ? found.to_contiguous().reshaped(expected.shape()) : found;
}

std::string difference(std::span<const Tensor> found, std::span<const Tensor> expected, double tolerance) {
    if (found.size() != expected.size())
        return format("{} outputs, expected {}", found.size(), expected.size());
    for (size_t k = 0; k < expected.size(); ++k)
        if (const std::string wrong =
                onnx_data::difference(in_shape_of(found[k], expected[k]), expected[k], tolerance, tolerance);
            !wrong.empty())
            return wrong;
    return "";
}

TEST(NcnnSamples, NcnnAndTheReaderAgreeWithTheKernels) {
    const Scratch scratch;
    std::vector<NcnnJob> jobs;
    std::vector<Question> questions;
    std::map<std::string, int> unwritten;
    int read_back = 0;
    for (const graph::OpDef* op : ops::all_ops())
        for (const graph::Sample& text : op->samples) {
            auto sample = ops::sample_graph(*op, text);
            ASSERT_TRUE(sample.has_value());
            // Where an operand is no number, ncnn's maxima give the other one.
            const bool nan = text.inputs.find("nan") != text.inputs.npos;
            const bool greatest = op->name == "max" || op->name == "min" || op->name == "relu";
            if (!of_f32(sample->graph) || (nan && greatest)) continue;
            auto files = formats::ncnn::to_files(sample->graph);
            if (!files) {
                hold_weights(*sample);
                files = formats::ncnn::to_files(sample->graph);
            }
            if (!files) {
                ++unwritten[files.error().message];
                continue;
            }
            const std::string place = format("{}({}; {})", op->name, text.inputs, text.attrs);
            const auto expected = run::run_reference(sample->graph, sample->inputs);
            if (!expected) continue;
            const auto bin = SharedBytes::from_vector(files->bin);
            const auto read = formats::ncnn::read_network(as_bytes(files->param), bin);
            if (!read) {
                ADD_FAILURE() << place << ": " << read.error().message << "\n" << files->param;
                continue;
            }
            std::vector<Tensor> inputs;
            for (size_t i = 0; i < sample->inputs.size(); ++i)
                inputs.push_back(sample->inputs[i].to_contiguous().reshaped(
                    *graph::constant_shape((*read)[read->inputs[i]].shape)));
            const auto again = run::run_reference(*read, inputs);
            if (!again) {
                ADD_FAILURE() << place << ": " << again.error().message << "\n" << files->param;
                continue;
            }
            std::vector<Tensor> ordered;  // outputs are named, and may come in another order
            for (const auto id : sample->graph.outputs)
                for (size_t k = 0; k < read->outputs.size(); ++k)
                    if ((*read)[read->outputs[k]].name == sample->graph[id].name)
                        ordered.push_back((*again)[k]);
            EXPECT_EQ(difference(ordered, *expected, 3e-5), "") << place << " read back\n" << files->param;
            ++read_back;
            NcnnJob job{.param = format("{}/{}.param", scratch.path, jobs.size()),
                        .bin = format("{}/{}.bin", scratch.path, jobs.size())};
            ASSERT_TRUE(write_file(job.param, as_bytes(files->param)) && write_file(job.bin, files->bin));
            for (size_t i = 0; i < sample->inputs.size(); ++i)
                job.inputs.emplace_back(sample->graph[sample->graph.inputs[i]].name, sample->inputs[i]);
            for (const auto id : sample->graph.outputs) job.outputs.push_back(sample->graph[id].name);
            jobs.push_back(std::move(job));
            questions.push_back({place, *expected});
        }
    std::printf("%d samples written and read back\n", read_back);
    for (const auto& [message, count] : unwritten)
        std::printf("  %d not written: %s\n", count, message.substr(0, 200).c_str());
    EXPECT_GT(read_back, 240);
    if (const auto reason = ncnn_missing(); !reason.empty()) GTEST_SKIP() << reason;
    const auto answers = run_ncnn(jobs);
    int same = 0;
    for (size_t i = 0; i < answers.size(); ++i) {
        const Question& question = questions[i];
        if (!answers[i]) {
            ADD_FAILURE() << question.place << ": " << answers[i].error().message;
            continue;
        }
        const std::string wrong = difference(*answers[i], question.expected, tolerance_for(question.place));
        if (wrong.empty()) ++same;
        else ADD_FAILURE() << question.place << ": " << wrong;
    }
    std::printf("ncnn: %d of %zu networks give the reference's answers\n", same, answers.size());
}

}  // namespace
}  // namespace lathe::ncnn_data
