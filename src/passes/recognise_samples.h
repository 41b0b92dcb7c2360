// For tests of passes that recognise operators: graphs in text form, run before and after by the rows' own kernels.
#pragma once
#include <gtest/gtest.h>

#include <cmath>

#include "graph/contexts.h"
#include "graph/text_form.h"
#include "ops/ops.h"
#include "passes/passes.h"

namespace lathe::passes {

// Values by rule, so that a graph's text needs none.
inline Result<Tensor> weight(std::string_view name, DType dtype, const Shape& shape) {
    std::vector<double> values(static_cast<size_t>(element_count(shape)));
    for (size_t i = 0; i < values.size(); ++i)
        values[i] =
            std::sin(static_cast<double>(i * i + i * 7 + name.size() * 3 + static_cast<size_t>(name[0])));
    return tensor_from_doubles(dtype, shape, values);
}

inline Graph parsed(std::string_view text) {
    auto graph = graph::parse_text(text, ops::find_op, weight);
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    return graph ? *std::move(graph) : Graph();
}

inline int count(const Graph& graph, std::string_view op) {
    int n = 0;
    for (const auto& node : graph.nodes) n += node.op->name == op;
    return n;
}

// The outputs by the rows' own kernels. Symbols are sizes by rule.
inline std::vector<std::vector<double>> run(const Graph& graph, const std::vector<Tensor>& inputs) {
    graph::Bindings bindings;
    std::vector<Tensor> values(graph.values.size());
    for (size_t i = 0; i < graph.values.size(); ++i)
        if (graph.values[i].constant) values[i] = graph.values[i].constant->to_contiguous();
    for (size_t i = 0; i < inputs.size(); ++i) {
        EXPECT_TRUE(graph::bind(graph[graph.inputs[i]].shape, inputs[i].shape(), bindings).has_value());
        values[static_cast<size_t>(graph.inputs[i])] = inputs[i];
    }
    for (const graph::Node& node : graph.nodes) {
        std::vector<const Tensor*> operands;
        for (const auto id : node.inputs)
            operands.push_back(id == graph::kNoValue ? nullptr : &values[static_cast<size_t>(id)]);
        const auto results = graph::evaluate(*node.op, node.attrs, operands, node.outputs.size(), bindings);
        EXPECT_TRUE(results.has_value()) << node.op->name << ": " << results.error().message;
        if (!results) return {};
        for (size_t i = 0; i < results->size(); ++i)
            if (node.outputs[i] != graph::kNoValue)
                values[static_cast<size_t>(node.outputs[i])] = (*results)[i];
    }
    std::vector<std::vector<double>> outputs;
    for (const auto id : graph.outputs) outputs.push_back(values[static_cast<size_t>(id)].to_doubles());
    return outputs;
}

inline void expect_same(const Graph& before, const Graph& after, const std::vector<Tensor>& inputs,
                        double tolerance) {
    EXPECT_TRUE(graph::verify(after).has_value()) << graph::verify(after).error().message;
    const auto a = run(before, inputs), b = run(after, inputs);
    ASSERT_EQ(a.size(), b.size());
    for (size_t o = 0; o < a.size(); ++o) {
        ASSERT_EQ(a[o].size(), b[o].size());
        for (size_t i = 0; i < a[o].size(); ++i)
            ASSERT_NEAR(a[o][i], b[o][i], tolerance * std::max(1.0, std::fabs(a[o][i]))) << i;
    }
}

// The text's graph with inputs that are wide enough for every branch; `symbols` says what symbols are.
inline std::vector<Tensor> inputs_of(const Graph& graph, const graph::Bindings& symbols) {
    std::vector<Tensor> inputs;
    for (const auto id : graph.inputs) {
        const auto shape = graph::evaluate(graph[id].shape, symbols);
        EXPECT_TRUE(shape.has_value());
        auto values = (*weight(graph[id].name, DType::kF64, *shape)).to_doubles();
        for (double& value : values) value *= 4;
        inputs.push_back(tensor_from_doubles(graph[id].dtype, *shape, values));
    }
    return inputs;
}

inline const graph::Bindings kSizes{{"n", 2}, {"s", 6}};

// After the passes the graph has that many nodes, among them one (or `times`) of the operator.
inline Graph expect_found(std::string_view text, std::string_view op, size_t nodes, int times = 1) {
    SCOPED_TRACE(text);
    const Graph before = parsed(text);
    auto after = recognise_operators(before);
    EXPECT_TRUE(after.has_value()) << after.error().message;
    if (!after) return {};
    EXPECT_EQ(count(*after, op), times) << graph::to_text(*after);
    EXPECT_EQ(after->nodes.size(), nodes) << graph::to_text(*after);
    for (const auto& output : after->outputs)
        EXPECT_EQ((*after)[output].name, before[before.outputs[0]].name);
    expect_same(before, *after, inputs_of(before, kSizes), 2e-6);
    return *std::move(after);
}
inline void expect_left(std::string_view text) {
    SCOPED_TRACE(text);
    const Graph before = parsed(text);
    const auto after = recognise_operators(before);
    ASSERT_TRUE(after.has_value());
    EXPECT_EQ(after->nodes.size(), before.nodes.size()) << graph::to_text(*after);
    expect_same(before, *after, inputs_of(before, kSizes), 0);
}

}  // namespace lathe::passes
