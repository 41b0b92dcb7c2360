// Runs two programs on the same inputs and compares their outputs by name.
#pragma once
#include <functional>

#include "base/progress.h"
#include "check/metrics.h"
#include "run/engine.h"

namespace lathe::check {

// One set of inputs, by the names of the graph's inputs.
using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

// Sizes to give the symbols of a graph's inputs when inputs are made here; symbols not listed get `other`.
struct InputSizes {
    graph::Bindings sizes;
    int64_t other = 2;
};

// Inputs by rule for every input of `graph`: floats uniform in [-1, 1) from a hash of (seed, input name, index),
// integers in [0, 8), bools either. The same on every machine.
Result<NamedTensors> random_inputs(const graph::Graph& graph, const InputSizes& sizes, uint64_t seed);

// The tensors for the graph's inputs, in its order. A single unnamed tensor serves a graph with one input; floats are
// converted to the input's dtype. Errors: an input without a tensor, naming what there is.
Result<std::vector<Tensor>> inputs_in_order(const graph::Graph& graph, const NamedTensors& named);

struct Side {
    const graph::Graph& graph;
    const run::Engine& engine;
};

// Runs both sides on every set of inputs. Outputs are matched by name: those of `reference` that `actual` lacks (or the
// reverse) are an error unless `common_only`. Errors: no output in common; a side that does not run.
Result<Comparison> compare_graphs(const Side& actual, const Side& reference,
                                  std::span<const NamedTensors> input_sets, Tolerance tolerance,
                                  bool common_only, const Progress& progress = {});

// Compares outputs that were computed elsewhere (saved answers, another runtime).
Result<Comparison> compare_outputs(const NamedTensors& actual, const NamedTensors& reference,
                                   Tolerance tolerance, bool common_only);

}  // namespace lathe::check
