// For tests of this room: one operator on given tensors, its shape rule checked against what the kernel makes.
#pragma once
#include <gtest/gtest.h>

#include <numeric>

#include "graph/contexts.h"
#include "graph/text_form.h"
#include "ops/ops.h"

namespace lathe::ops {

using MaybeTensor = std::optional<Tensor>;  // nothing: an absent operand

// The attributes are spelled as in samples: "axis=1; mode=\"linear\"".
inline Result<graph::Attrs> attrs_from(const OpDef& op, std::string_view text) {
    graph::Attrs attrs;
    while (!text.empty()) {
        const size_t end = std::min(text.find(';'), text.size()), equals = text.find('=');
        const size_t from = text.find_first_not_of(' ');
        const auto name = text.substr(from, equals - from);
        const auto* def = op.find_attr(name);
        if (def == nullptr) return fail("no attribute '{}'", name);
        TRY(graph::Attr value, graph::parse_attr(def->type, text.substr(equals + 1, end - equals - 1)));
        attrs.set(name, std::move(value));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return attrs;
}

// Infers from the operands as graph inputs of that shape (`constants` false: their contents are not known then) or as
// constants, evaluates, and compares the results' types and shapes with the rule.
inline Result<std::vector<Tensor>> try_op(std::string_view name, const std::vector<MaybeTensor>& operands,
                                          std::string_view attrs_text = {}, size_t outputs = 1,
                                          bool constants = true) {
    const OpDef* op = find_op(name);
    if (op == nullptr) return fail("no operator '{}'", name);
    TRY(const graph::Attrs attrs, attrs_from(*op, attrs_text));
    graph::Graph g;
    std::vector<graph::ValueId> ids;
    std::vector<const Tensor*> tensors;
    for (const MaybeTensor& tensor : operands) {
        tensors.push_back(tensor ? &*tensor : nullptr);
        if (!tensor) ids.push_back(graph::kNoValue);
        else if (constants) ids.push_back(g.add_constant("c", *tensor));
        else
            ids.push_back(g.add_value(
                {.name = "x", .dtype = tensor->dtype(), .shape = graph::dims_of(tensor->shape())}));
    }
    TRY(const size_t index, graph::add_node(g, *op, ids, attrs, std::vector<std::string>(outputs), "node"));
    const graph::Node& node = g.nodes[index];
    TRY(auto results, graph::evaluate(*op, node.attrs, tensors, outputs));
    graph::Bindings bindings;
    for (size_t i = 0; i < results.size(); ++i) {
        const graph::Value& value = g[node.outputs[i]];
        if (value.dtype != results[i].dtype())
            return fail("the rule says {}, the kernel {}", name_of(value.dtype), name_of(results[i].dtype()));
        TRY_STATUS(graph::bind(value.shape, results[i].shape(), bindings));
        if (!value.contents) continue;
        const auto contents = graph::evaluate(*value.contents, bindings);
        if (!contents || *contents != results[i].to_ints())
            return fail("the contents {} are wrong", graph::to_string(*value.contents));
    }
    return results;
}

// The first result's values; a failed expectation when there is an error.
inline std::vector<double> values_by(std::string_view name, const std::vector<MaybeTensor>& operands,
                                     std::string_view attrs = {}, const Shape& expected_shape = {-1}) {
    const auto results = try_op(name, operands, attrs);
    EXPECT_TRUE(results.has_value()) << name << " " << attrs << ": " << results.error().message;
    if (!results) return {};
    if (expected_shape != Shape{-1}) {
        EXPECT_EQ((*results)[0].shape(), expected_shape) << name << " " << attrs;
    }
    return (*results)[0].to_doubles();
}

inline std::string op_error(std::string_view name, const std::vector<MaybeTensor>& operands,
                            std::string_view attrs = {}, size_t outputs = 1, bool constants = true) {
    const auto results = try_op(name, operands, attrs, outputs, constants);
    return results ? "no error" : results.error().message;
}

// 0, 1, 2, … in that shape.
inline Tensor counting(Shape shape, DType dtype = DType::kF32) {
    std::vector<double> values(static_cast<size_t>(element_count(shape)));
    std::iota(values.begin(), values.end(), 0);
    return tensor_from_doubles(dtype, std::move(shape), values);
}

inline Tensor i64s(std::initializer_list<int64_t> values) {
    return Tensor::ints(std::span(values.begin(), values.size()));
}
inline Tensor f32s(Shape shape, const std::vector<double>& values) {
    return tensor_from_doubles(DType::kF32, std::move(shape), values);
}

using Doubles = std::vector<double>;

// The shape of output `i` of a graph in text form.
inline std::string shape_in(std::string_view text, size_t i = 0) {
    const auto g = graph::parse_text(text, find_op);
    return g ? graph::to_string((*g)[g->outputs[i]].shape) : g.error().message;
}

}  // namespace lathe::ops
