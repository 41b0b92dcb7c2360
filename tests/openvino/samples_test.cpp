// Every operator's samples, written as OpenVINO's representation: each layer is checked against its specification, and what is read back
// computes the same.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "../onnx/test_data.h"
#include "formats/openvino/import.h"
#include "formats/openvino/parse.h"
#include "formats/openvino/write.h"
#include "ops/ops.h"
#include "ops/samples.h"
#include "run/reference.h"
#include "specification.h"

namespace lathe::openvino_data {
namespace {

using graph::Graph;

// The sample with all inputs but the first made constants.
void hold_weights(ops::SampleGraph& sample) {
    Graph& graph = sample.graph;
    for (size_t i = 1; i < graph.inputs.size(); ++i) graph[graph.inputs[i]].constant = sample.inputs[i];
    graph.inputs.resize(std::min<size_t>(graph.inputs.size(), 1));
    sample.inputs.resize(graph.inputs.size());
}

double sample_tolerance(const std::string& op, DType dtype) {
    // The polynomial of erf, and norms spelled out in f32 and f16.
    if (op.starts_with("gelu") || op.starts_with("erf")) return dtype == DType::kF16 ? 4e-3 : 2e-3;
    return dtype == DType::kF16 ? 4e-3 : dtype == DType::kBF16 ? 2e-2 : 3e-5;
}

TEST(OpenvinoSamples, EveryLayerIsAsSpecifiedAndReadsBackTheSame) {
    std::map<std::string, int> unwritten;
    int same = 0, layers = 0, total = 0;
    for (const graph::OpDef* op : ops::all_ops())
        for (const graph::Sample& text : op->samples) {
            auto sample = ops::sample_graph(*op, text);
            ASSERT_TRUE(sample.has_value());
            const auto expected = run::run_reference(sample->graph, sample->inputs);
            if (!expected) continue;
            ++total;
            const std::string place = format("{}({}; {})", op->name, text.inputs, text.attrs);
            SCOPED_TRACE(place);
            auto bytes = formats::openvino::to_bytes(sample->graph);
            if (!bytes) {
                hold_weights(*sample);
                bytes = formats::openvino::to_bytes(sample->graph);
            }
            if (!bytes) {
                ++unwritten[bytes.error().message];
                continue;
            }
            const auto model = formats::openvino::parse(bytes->xml, SharedBytes::from_vector(bytes->weights));
            ASSERT_TRUE(model.has_value()) << model.error().message;
            for (const auto& layer : model->layers) {
                EXPECT_EQ(violation(*model, layer), "");
                ++layers;
            }
            auto graph = formats::openvino::Importer(*model).run();
            EXPECT_TRUE(graph.has_value()) << graph.error().message;
            if (!graph) continue;
            const auto found = run::run_reference(*graph, sample->inputs);
            EXPECT_TRUE(found.has_value()) << found.error().message;
            if (!found) continue;
            ASSERT_EQ(found->size(), expected->size());
            std::string wrong;
            for (size_t i = 0; i < found->size() && wrong.empty(); ++i) {
                EXPECT_EQ((*graph)[graph->outputs[i]].name, sample->graph[sample->graph.outputs[i]].name);
                const double tolerance = sample_tolerance(std::string(op->name), (*expected)[i].dtype());
                wrong = onnx_data::difference((*found)[i], (*expected)[i], tolerance, tolerance);
            }
            EXPECT_EQ(wrong, "");
            same += wrong.empty();
        }
    std::printf("OpenVINO: %d of %d samples read back the same, %d layers as specified\n", same, total,
                layers);
    for (const auto& [message, count] : unwritten)
        std::printf("  %d not written: %s\n", count, message.c_str());
    EXPECT_GT(same, 200);
}

}  // namespace
}  // namespace lathe::openvino_data
