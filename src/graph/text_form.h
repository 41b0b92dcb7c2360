// The text form of a graph: prints and parses back.
//
//   graph "katago" {
//     meta "version" = "15"
//     input bin_input: f32[batch, 22, height, width]
//     const w: f32[16, 22, 3, 3]                       # values come from the file's side table, by name
//     const two: i64[2] = [1, 2]                       # small tensors are written out
//     y: f32[batch, 16, height, width] = conv(bin_input, w, padding=[1, 1, 1, 1])
//     a, b = split(y, axis=1)
//     z = clip(y, -, max_value)                        # '-' is an absent optional operand
//     output z
//   }
//
// Names that are not [A-Za-z_][A-Za-z0-9_.]* are quoted. Types of results are optional when parsing, and checked when
// given. Attributes at their default are not printed.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "graph/graph.h"

namespace lathe::graph {

std::string to_text(const Graph& graph);

// Gives the tensor of a constant that the text does not hold.
using ConstantLookup = std::function<Result<Tensor>(std::string_view name, DType dtype, const Shape& shape)>;

// Errors say the line and what was expected there.
Result<Graph> parse_text(std::string_view text, OpLookup ops, const ConstantLookup& constants = {});

// Appends the body of an operator (OpDef::body) to `graph` in place of one node's operator: operands by their names,
// $attributes replaced by `node`'s. A constant's dtype may be an operand's name, and its values an attribute's:
//   const limit: x[] = $alpha                          # of x's type
//   s = reduce_sum(x, axes=[$axis])
//   y = add(terms.0, terms.1)                          # the first two of a variadic operand `terms`
// Returns the values that stand for the operator's results. Errors: there is no body for a node like this one.
Result<std::vector<ValueId>> expand_body(Graph& graph, const Node& node, OpLookup ops);

}  // namespace lathe::graph
