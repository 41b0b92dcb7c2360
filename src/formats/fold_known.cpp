#include "formats/fold_known.h"

#include <algorithm>

#include "formats/known_tensor.h"
#include "graph/contexts.h"

namespace lathe::formats {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

constexpr int64_t kSmallResultBytes = int64_t{64} << 10;

// Nothing: a size is not known.
std::optional<int64_t> result_bytes(const Graph& graph, const Node& node) {
    int64_t bytes = 0;
    for (const ValueId id : node.outputs) {
        if (id == kNoValue) continue;
        const auto shape = graph::constant_shape(graph[id].shape);
        if (!shape) return std::nullopt;
        bytes += bytes_of(graph[id].dtype, element_count(*shape));
    }
    return bytes;
}

Status fold_node(Graph& graph, const Node& node) {
    std::vector<std::optional<Tensor>> held;
    std::vector<const Tensor*> operands;
    for (const ValueId id : node.inputs)
        held.push_back(id == kNoValue ? std::nullopt : known_tensor(graph, id));
    for (std::optional<Tensor>& tensor : held) {
        if (tensor) tensor = tensor->to_contiguous();
        operands.push_back(tensor ? &*tensor : nullptr);
    }
    TRY(auto results, graph::evaluate(*node.op, node.attrs, operands, node.outputs.size()));
    for (size_t i = 0; i < results.size(); ++i)
        if (node.outputs[i] != kNoValue) graph[node.outputs[i]].constant = std::move(results[i]);
    return {};
}

}  // namespace

bool operands_known(const Graph& graph, const Node& node) {
    return std::ranges::all_of(node.inputs,
                               [&](ValueId id) { return id == kNoValue || known_tensor(graph, id); });
}

Graph fold_known(Graph graph, const NodeQuestion& large, const NodeQuestion& except) {
    std::vector<Node> kept;
    for (Node& node : graph.nodes) {
        const auto bytes = result_bytes(graph, node);
        const bool fold = bytes && !except(graph, node) &&
                          (*bytes <= kSmallResultBytes || large(graph, node)) && operands_known(graph, node);
        if (fold && fold_node(graph, node)) continue;
        kept.push_back(std::move(node));
    }
    graph.nodes = std::move(kept);
    return graph::without_dead_code(std::move(graph));
}

}  // namespace lathe::formats
