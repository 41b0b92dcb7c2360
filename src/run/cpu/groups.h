// Which nodes become one step: a convolution or matrix product (the anchor) with the elementwise operators behind it, or
// elementwise operators among themselves. All results of a group have one shape.
#pragma once
#include <vector>

#include "graph/graph.h"
#include "run/cpu/kernels/kernels.h"

namespace lathe::run::cpu {

// Numbers (code - zero) * scale.
struct Quantized {
    DType dtype = DType::kU8;  // or kI8
    int32_t zero = 0;
    float scale = 1;

    int32_t low() const { return dtype == DType::kI8 ? -128 : 0; }
    int32_t high() const { return low() + 255; }
    Codes codes(const uint8_t* at) const { return {at, dtype == DType::kI8, zero, scale}; }
    Quantization quantization(uint8_t* to) const { return {scale, zero, low(), high(), to}; }
    bool operator==(const Quantized&) const = default;
};

// The operator on f32 as steps of a chain, or nothing. `a`, `b` of the steps: operands of the node by place; from 8 on,
// results of the steps before it.
struct Elementwise {
    std::vector<ChainStep> steps;
    std::vector<size_t> operands;  // places of the node's operands that the steps read
    std::optional<Quantized> codes;  // that the result is, of the operand; no steps then
};
inline constexpr uint8_t kEarlierStep =
    128;  // ChainStep::a and b: the result of step number (a - kEarlierStep)

struct ShapedGraph {
    const graph::Graph& graph;
    std::vector<Shape> shapes;  // of all values
    std::vector<const Tensor*> constants;  // of all values; nullptr: not known before the run
    std::vector<bool> dead;  // nodes whose results are all constants, or not needed

    const Shape& shape(graph::ValueId id) const { return shapes[static_cast<size_t>(id)]; }
    const Tensor* constant(graph::ValueId id) const {
        return id == graph::kNoValue ? nullptr : constants[static_cast<size_t>(id)];
    }
};

std::optional<Elementwise> elementwise_of(const ShapedGraph& shaped, const graph::Node& node);
// Of a quantize_linear or dequantize_linear with one constant scale and zero point for the whole tensor of u8 or i8.
std::optional<Quantized> quantized_by(const ShapedGraph& shaped, const graph::Node& node);

struct Group {
    bool anchored = false;  // the first node is a convolution or product, and the others are elementwise
    bool chain = false;  // all nodes are elementwise
    size_t anchors = 1;  // 2: an integer product and the cast of its sums to f32
    std::vector<size_t> nodes;  // in order
};

// In an order in which every group comes after those that it needs.
std::vector<Group> make_groups(const ShapedGraph& shaped);

}  // namespace lathe::run::cpu
