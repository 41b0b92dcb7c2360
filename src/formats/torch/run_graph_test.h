// For tests of this room: runs a graph by the operators' own kernels.
#pragma once
#include <gtest/gtest.h>

#include "graph/contexts.h"

namespace lathe::formats::torch::testing {

// The graph's outputs. A failure fails the test.
inline std::vector<Tensor> run_graph(const graph::Graph& graph, const std::vector<Tensor>& inputs) {
    std::vector<Tensor> values(graph.values.size());
    graph::Bindings bindings;
    for (size_t i = 0; i < graph.values.size(); ++i)
        if (graph.values[i].constant) values[i] = graph.values[i].constant->to_contiguous();
    EXPECT_EQ(graph.inputs.size(), inputs.size());
    for (size_t i = 0; i < graph.inputs.size() && i < inputs.size(); ++i) {
        const auto status = graph::bind(graph[graph.inputs[i]].shape, inputs[i].shape(), bindings);
        EXPECT_TRUE(status.has_value()) << (status ? "" : status.error().message);
        values[static_cast<size_t>(graph.inputs[i])] = inputs[i];
    }
    for (const graph::Node& node : graph.nodes) {
        std::vector<const Tensor*> operands;
        for (const graph::ValueId id : node.inputs)
            operands.push_back(id == graph::kNoValue ? nullptr : &values[static_cast<size_t>(id)]);
        auto results = graph::evaluate(*node.op, node.attrs, operands, node.outputs.size(), bindings);
        if (!results) {
            ADD_FAILURE() << node.name << ": " << results.error().message;
            return {};
        }
        for (size_t i = 0; i < node.outputs.size(); ++i)
            if (node.outputs[i] != graph::kNoValue)
                values[static_cast<size_t>(node.outputs[i])] = (*results)[i];
    }
    std::vector<Tensor> outputs;
    for (const graph::ValueId id : graph.outputs) outputs.push_back(values[static_cast<size_t>(id)]);
    return outputs;
}

inline void expect_near(const Tensor& found, const Shape& shape, const std::vector<double>& expected,
                        double tolerance = 1e-5) {
    ASSERT_EQ(found.shape(), shape);
    const auto values = found.to_contiguous().to_doubles();
    for (size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(values[i], expected[i], tolerance) << "element " << i;
}

inline SharedBytes shared(std::string_view text) {
    const ByteSpan view = as_bytes(text);
    return SharedBytes::from_vector(std::vector<std::byte>(view.begin(), view.end()));
}

}  // namespace lathe::formats::torch::testing
