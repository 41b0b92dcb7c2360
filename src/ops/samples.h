// Samples made real: the text of a Sample (graph/op_def.h) as tensors and attributes, and as a graph of one node. What
// tests of engines, formats and passes run every operator on.
#pragma once
#include <optional>
#include <vector>

#include "graph/graph.h"

namespace lathe::ops {

struct SampleInputs {
    std::vector<std::optional<Tensor>> operands;  // nothing: absent
    std::vector<bool> written;  // the values stand in the sample, rather than being made by rule
    graph::Attrs attrs;
    size_t outputs = 1;
};

// The same text and seed give the same values everywhere: element i of operand k is made from a hash of (seed, k, i).
// Without a range, floats lie in [-1, 1), signed integers in [-1, 1], unsigned ones and bool in [0, 1].
// Errors: the text is not of the form that op_def.h gives, or names an attribute that the operator has not.
Result<SampleInputs> parse_sample(const graph::OpDef& op, const graph::Sample& sample, uint64_t seed = 1);

// A graph whose only node is the operator, and tensors for the graph's inputs. Integer operands whose values stand in the
// sample become constants, since they are parameters such as axes; all others are inputs, named after the operand.
// Outputs are the results asked for, named after them.
struct SampleGraph {
    graph::Graph graph;
    std::vector<Tensor> inputs;
};
Result<SampleGraph> sample_graph(const graph::OpDef& op, const graph::Sample& sample, uint64_t seed = 1);

}  // namespace lathe::ops
