// What readers of graphs know before a graph runs.
#pragma once
#include <optional>

#include "graph/graph.h"

namespace lathe::formats {

// The elements of a value, where they are known before the graph runs: constants, sizes, and small results of both.
std::optional<Tensor> known_tensor(const graph::Graph& graph, graph::ValueId id);

}  // namespace lathe::formats
