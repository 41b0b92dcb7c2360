#include <algorithm>
#include <map>

#include "ops/ops.h"
#include "passes/precision.h"

namespace lathe::passes {

using graph::Node;
using graph::ValueId;

Result<Graph> store_weights(Graph graph, const StoreOptions& options) {
    std::vector<Node> old = std::move(graph.nodes);
    graph.nodes.clear();
    std::map<ValueId, ValueId> cast_of;
    for (Node& node : old) {
        const bool kept = std::ranges::any_of(
            options.keep_scopes, [&](const std::string& scope) { return node.name.starts_with(scope); });
        for (ValueId& id : node.inputs) {
            if (kept || id == graph::kNoValue || !graph[id].constant) continue;
            if (graph[id].dtype != DType::kF32 || graph[id].constant->count() < options.smallest) continue;
            auto [known, fresh] = cast_of.try_emplace(id, graph::kNoValue);
            if (fresh) {
                const std::string name = graph[id].name;
                const ValueId stored =
                    graph.add_constant(format("{}.{}", name, lathe::name_of(options.dtype)),
                                       graph[id].constant->to(options.dtype));
                TRY(const size_t cast, graph::add_node(graph, *ops::find_op("cast"), {stored},
                                                       {{"to", DType::kF32}}, {name}, name));
                known->second = graph.nodes[cast].outputs[0];
            }
            id = known->second;
        }
        graph.nodes.push_back(std::move(node));
    }
    return graph::without_dead_code(std::move(graph));
}

}  // namespace lathe::passes
