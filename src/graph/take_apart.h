// Operators in simpler ones, throughout a graph.
#pragma once
#include <functional>

#include "graph/text_form.h"

namespace lathe::graph {

// Puts the bodies (OpDef::body) of the nodes that are wanted so in their places, and of what these consist of, as long as
// `wanted` says so. A node whose body cannot be written is an error, or stays as it is where `keep_others` is set.
// Errors name the node; those of `wanted` are handed on.
Result<Graph> take_apart(Graph graph, OpLookup ops,
                         const std::function<Result<bool>(const Graph&, const Node&)>& wanted,
                         bool keep_others);

}  // namespace lathe::graph
