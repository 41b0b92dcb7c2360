// Nodes that follow from constants and sizes alone, computed before a graph is written.
#pragma once
#include <functional>

#include "graph/graph.h"

namespace lathe::formats {

// Whether every operand of the node is known before the graph runs.
bool operands_known(const graph::Graph& graph, const graph::Node& node);

// Puts constants in the place of the results of nodes whose operands are known: those with results of at most 64 KB in
// all, and larger ones where `large` says so. `except`: those that stay. What nobody needs any more is dropped.
using NodeQuestion = std::function<bool(const graph::Graph&, const graph::Node&)>;
graph::Graph fold_known(graph::Graph graph, const NodeQuestion& large, const NodeQuestion& except);

}  // namespace lathe::formats
