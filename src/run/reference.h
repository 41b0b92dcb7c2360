// The reference engine: every operator's own kernel, one after the other, in the graph's order. Right rather than fast:
// kernels compute in double precision and round once. A value's memory is freed after its last use.
#pragma once
#include "run/engine.h"

namespace lathe::run {

const Engine& reference_engine();

// Plans and runs in one step.
Result<std::vector<Tensor>> run_reference(const graph::Graph& graph, std::span<const Tensor> inputs);

// Called after every node with its results; for tracing and for walking to the first difference between two graphs.
using NodeWatcher = std::function<void(size_t node_index, std::span<const Tensor> results)>;
Result<std::vector<Tensor>> run_reference_watched(const graph::Graph& graph, std::span<const Tensor> inputs,
                                                  const NodeWatcher& watcher);

}  // namespace lathe::run
