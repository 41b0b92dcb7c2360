// A graph in words that ONNX has at one operator set, before it is written.
#pragma once
#include "graph/graph.h"

namespace lathe::formats::onnx {

// The cell by which a node of the graph may be written, or nullptr: none, or it lacks a parameter or a type that this
// node uses.
const graph::Cell* usable_cell(const graph::Graph& graph, const graph::Node& node, int opset);

// Takes nodes without a usable cell apart by their bodies, again and again, until all have one. Results keep their names.
// Errors: an operator without cell and body, naming the operator sets that would have it.
Result<graph::Graph> legalise(graph::Graph graph, int opset);

// Sizes with symbols become operands: of a reshape by 0 (the size stays) and -1 (the rest) where that is enough, else
// by nodes that compute them from the shapes of the inputs; each size is computed once.
// Errors: a size that no input shows, one that must be an attribute of the ONNX operator.
Result<graph::Graph> with_size_operands(graph::Graph graph, int opset);

}  // namespace lathe::formats::onnx
