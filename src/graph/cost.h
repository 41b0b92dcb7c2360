// What one run of a graph takes: arithmetic, memory traffic, and the memory that values between nodes need.
#pragma once
#include <map>

#include "graph/graph.h"

namespace lathe::graph {

// Sums over nodes.
struct CostSum {
    int64_t nodes = 0;
    double flops = 0;     // by the operators' own rules; a multiplication and an addition count two
    double macs = 0;  // multiplications of products, each with its addition: conv, matmul and their kin
    double bytes = 0;  // operands read once, weights included, and results written once
    double elements = 0;  // of the results
};

struct GraphCost {
    CostSum total;
    std::map<std::string, CostSum, std::less<>> by_operator;
    // The most bytes of inputs and results that exist at once, when nodes run in order, each result has memory of its own
    // and keeps it until its last use (the graph's outputs: to the end). Weights are not counted.
    double peak_bytes = 0;
    size_t peak_node = 0;  // the node that runs then
};

// Operations of one node with these sizes.
double flops_of(const OpDef& op, const CostContext& sizes);

// Errors: a size that follows neither from `sizes` nor from the graph (naming the node), one that no tensor can have.
Result<GraphCost> cost_of(const Graph& graph, const Bindings& sizes);

// The same of one node of the graph.
Result<CostSum> cost_of(const Graph& graph, const Node& node, const Bindings& sizes);

// Sizes for one ordinary sample, to say costs at: 1 along the first axis of each input, 224 along others of images (four
// axes and more), 128 along others of sequences. A board of KataGo (input `bin_input`) is 19 wide and high.
Bindings usual_sizes(const Graph& graph);

}  // namespace lathe::graph
