#include <algorithm>

#include "graph/contexts.h"
#include "passes/passes.h"

namespace lathe::passes {
namespace {

using graph::AttrReader;
using graph::Ints;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

bool all_equal(const Graph& graph, ValueId id, double expected) {
    const auto& constant = graph[id].constant;
    if (!constant || constant->count() > 4096 ||
        !(is_float(constant->dtype()) || is_integer(constant->dtype())))
        return false;
    const auto values = constant->to_doubles();
    return std::ranges::all_of(values, [&](double v) { return v == expected; });
}

bool same_type(const Graph& graph, ValueId a, ValueId b) {
    return graph[a].dtype == graph[b].dtype && graph[a].shape == graph[b].shape;
}

// The operand that the node merely hands on, or kNoValue.
ValueId handed_on(const Graph& graph, const Node& node, const graph::Uses& uses) {
    const std::string_view op = node.op->name;
    if (node.outputs.empty() || node.outputs[0] == kNoValue || node.inputs.empty() ||
        node.inputs[0] == kNoValue)
        return kNoValue;
    const ValueId x = node.inputs[0], y = node.outputs[0];
    if (op == "identity" || (op == "dropout" && node.outputs.size() == 1)) return x;
    if (op == "cast" && graph[x].dtype == graph[y].dtype) return x;
    if ((op == "reshape" || op == "expand") && same_type(graph, x, y)) return x;
    if (op == "add" || op == "mul") {
        const double neutral = op == "add" ? 0 : 1;
        for (size_t i = 0; i < 2; ++i)
            if (same_type(graph, node.inputs[1 - i], y) && all_equal(graph, node.inputs[i], neutral))
                return node.inputs[1 - i];
    }
    if (op == "transpose") {
        const int64_t maker = uses.producer[static_cast<size_t>(x)];
        if (maker < 0 || graph.nodes[static_cast<size_t>(maker)].op->name != "transpose") return kNoValue;
        const Node& first = graph.nodes[static_cast<size_t>(maker)];
        const Ints& p = AttrReader(*first.op, first.attrs).list("perm");
        const Ints& q = AttrReader(*node.op, node.attrs).list("perm");
        if (p.size() != q.size() || p.empty()) return kNoValue;
        for (size_t i = 0; i < q.size(); ++i)
            if (p[static_cast<size_t>(q[i])] != static_cast<int64_t>(i)) return kNoValue;
        return first.inputs[0];
    }
    return kNoValue;
}

// An output of the graph needs a node of its own: it cannot become an input, a constant, or a second name.
bool may_replace(const Graph& graph, ValueId old, ValueId fresh, const graph::Uses& uses) {
    if (std::ranges::find(graph.outputs, old) == graph.outputs.end()) return true;
    const bool made = uses.producer[static_cast<size_t>(fresh)] >= 0;
    return made && std::ranges::find(graph.outputs, fresh) == graph.outputs.end();
}

}  // namespace

Result<Graph> simplify(Graph graph) {
    const graph::Uses uses = graph::uses_of(graph);
    for (const Node& node : graph.nodes) {
        const ValueId fresh = handed_on(graph, node, uses);
        if (fresh == kNoValue || !may_replace(graph, node.outputs[0], fresh, uses)) continue;
        graph::substitute(graph, node.outputs[0], fresh);
    }
    return graph::without_dead_code(std::move(graph));
}

}  // namespace lathe::passes
