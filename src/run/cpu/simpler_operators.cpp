#include "run/cpu/simpler_operators.h"

#include <algorithm>

#include "graph/take_apart.h"
#include "ops/ops.h"

namespace lathe::run::cpu {
namespace {

using graph::Graph;
using graph::Node;

constexpr std::string_view kByTheirBodies[] = {
    "batch_norm", "einsum",    "log_softmax",    "flat_softmax",       "flat_log_softmax",   "lp_norm",
    "reduce_l1",  "reduce_l2", "reduce_log_sum", "reduce_log_sum_exp", "mean_variance_norm", "shrink",
    "lrn"};

bool wanted(const Graph& graph, const Node& node) {
    return !node.inputs.empty() && node.inputs[0] != graph::kNoValue &&
           graph[node.inputs[0]].dtype == DType::kF32 &&
           std::ranges::find(kByTheirBodies, node.op->name) != std::end(kByTheirBodies);
}

}  // namespace

Result<Graph> with_simpler_operators(Graph graph) {
    if (!std::ranges::any_of(graph.nodes, [&](const Node& node) { return wanted(graph, node); }))
        return graph;
    return graph::take_apart(
        std::move(graph), ops::find_op,
        [](const Graph& now, const Node& node) -> Result<bool> { return wanted(now, node); }, true);
}

}  // namespace lathe::run::cpu
