// The table of all operators. A family file exports its rows as one span; all.cpp lists the families.
// Operators follow ONNX's definitions (the newest opset) to the letter, under snake_case names; a parameter that ONNX
// moved from attribute to operand is an attribute with an optional operand of the same name (graph/op_def.h).
#pragma once
#include <span>
#include <string_view>

#include "graph/op_def.h"

namespace lathe::ops {

using graph::OpDef;

const OpDef* find_op(std::string_view name);  // nullptr when there is none; a graph::OpLookup
std::span<const OpDef* const> all_ops();  // sorted by name

// The families (one file each).
std::span<const OpDef> activation_ops();
std::span<const OpDef> attention_ops();
std::span<const OpDef> binary_ops();
std::span<const OpDef> cast_ops();
std::span<const OpDef> einsum_ops();
std::span<const OpDef> elementwise_ops();
std::span<const OpDef> logic_ops();
std::span<const OpDef> matmul_ops();
std::span<const OpDef> norm_ops();
std::span<const OpDef> norm_plain_ops();
std::span<const OpDef> reduce_ops();
std::span<const OpDef> quantize_ops();
std::span<const OpDef> quantized_ops();
std::span<const OpDef> recurrent_ops();
std::span<const OpDef> rotary_ops();
std::span<const OpDef> softmax_ops();
std::span<const OpDef> conv_ops();
std::span<const OpDef> pool_ops();
// Movement.
std::span<const OpDef> shape_ops();
std::span<const OpDef> expand_ops();
std::span<const OpDef> fill_ops();
std::span<const OpDef> join_ops();
std::span<const OpDef> pad_ops();
std::span<const OpDef> gather_ops();
std::span<const OpDef> scatter_ops();
std::span<const OpDef> order_ops();
std::span<const OpDef> rearrange_ops();
std::span<const OpDef> resize_ops();
std::span<const OpDef> grid_ops();
std::span<const OpDef> region_ops();
std::span<const OpDef> fold_ops();

}  // namespace lathe::ops
