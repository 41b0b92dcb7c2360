#include "graph/cost.h"

#include "graph/contexts.h"

namespace lathe::graph {
namespace {

size_t index_of(ValueId id) { return static_cast<size_t>(id); }

// Shapes of all values of a graph at given sizes.
class Sizes {
public:
    Sizes(const Graph& graph, const Bindings& bindings) : graph_(graph), bindings_(bindings) {}

    Result<Shape> shape(ValueId id) const {
        if (id == kNoValue) return Shape{};
        TRY(Shape shape, evaluate(graph_[id].shape, bindings_));
        if (!checked_element_count(shape))
            return fail("'{}' has the impossible shape {}", graph_[id].name, lathe::to_string(shape));
        return shape;
    }
    Result<std::vector<Shape>> shapes(const std::vector<ValueId>& ids) const {
        std::vector<Shape> result;
        for (const ValueId id : ids) {
            TRY(result.emplace_back(), shape(id));
        }
        return result;
    }
    double bytes(ValueId id, const Shape& shape) const {
        const auto count = static_cast<double>(element_count(shape));
        return id == kNoValue ? 0 : count * bits_of(graph_[id].dtype) / 8;
    }

private:
    const Graph& graph_;
    const Bindings& bindings_;
};

// The node after which each value is no longer needed; the graph's outputs are needed behind the last.
std::vector<size_t> last_uses(const Graph& graph) {
    std::vector<size_t> last(graph.values.size(), 0);
    for (size_t i = 0; i < graph.nodes.size(); ++i)
        for (const auto* ids : {&graph.nodes[i].inputs, &graph.nodes[i].outputs})
            for (const ValueId id : *ids)
                if (id != kNoValue) last[index_of(id)] = i;
    for (const ValueId id : graph.outputs) last[index_of(id)] = graph.nodes.size();
    return last;
}

// Memory that is in use while the nodes run, one after the other.
class Liveness {
public:
    Liveness(const Graph& graph) : graph_(graph), last_(last_uses(graph)), bytes_(graph.values.size(), 0) {}

    void begin(ValueId id, double bytes) {
        if (id == kNoValue || graph_[id].constant) return;
        bytes_[index_of(id)] = bytes;
        now_ += bytes;
    }
    void end_of_node(size_t node) {
        for (const auto* ids : {&graph_.nodes[node].inputs, &graph_.nodes[node].outputs})
            for (const ValueId id : *ids)
                if (id != kNoValue && last_[index_of(id)] == node)
                    now_ -= std::exchange(bytes_[index_of(id)], 0);
    }
    double now() const { return now_; }

private:
    const Graph& graph_;
    std::vector<size_t> last_;
    std::vector<double> bytes_;
    double now_ = 0;
};

void add(CostSum& sum, const CostSum& more) {
    sum.nodes += more.nodes;
    sum.flops += more.flops;
    sum.macs += more.macs;
    sum.bytes += more.bytes;
    sum.elements += more.elements;
}

Result<CostSum> node_cost(const Node& node, const Sizes& sizes) {
    TRY(const auto inputs, sizes.shapes(node.inputs));
    TRY(const auto outputs, sizes.shapes(node.outputs));
    const CostContext context{.inputs = inputs, .outputs = outputs, .attrs = node.attrs};
    CostSum cost{.nodes = 1, .flops = flops_of(*node.op, context)};
    if (node.op->macs != nullptr) cost.macs = node.op->macs(context);
    for (size_t i = 0; i < inputs.size(); ++i) cost.bytes += sizes.bytes(node.inputs[i], inputs[i]);
    for (size_t i = 0; i < outputs.size(); ++i) {
        cost.bytes += sizes.bytes(node.outputs[i], outputs[i]);
        if (node.outputs[i] != kNoValue) cost.elements += static_cast<double>(element_count(outputs[i]));
    }
    return cost;
}

Status begin_results(const Node& node, const Sizes& sizes, Liveness& live) {
    for (const ValueId id : node.outputs) {
        TRY(const Shape shape, sizes.shape(id));
        live.begin(id, sizes.bytes(id, shape));
    }
    return {};
}

}  // namespace

double flops_of(const OpDef& op, const CostContext& sizes) {
    if (op.flops != nullptr) return op.flops(sizes);
    if (op.macs != nullptr) return 2 * op.macs(sizes);
    return sizes.outputs.empty() ? 0 : static_cast<double>(element_count(sizes.outputs[0]));
}

Result<CostSum> cost_of(const Graph& graph, const Node& node, const Bindings& bindings) {
    return node_cost(node, Sizes(graph, bindings));
}

Result<GraphCost> cost_of(const Graph& graph, const Bindings& bindings) {
    GraphCost cost;
    const Sizes sizes(graph, bindings);
    Liveness live(graph);
    for (const ValueId id : graph.inputs) {
        TRY(const Shape shape, sizes.shape(id));
        live.begin(id, sizes.bytes(id, shape));
    }
    cost.peak_bytes = live.now();
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        TRY(const CostSum one,
            with_place(node_cost(node, sizes), format("node '{}' ({})", node.name, node.op->name)));
        TRY_STATUS(begin_results(node, sizes, live));
        add(cost.total, one);
        add(cost.by_operator[std::string(node.op->name)], one);
        if (live.now() > cost.peak_bytes) cost.peak_bytes = live.now(), cost.peak_node = i;
        live.end_of_node(i);
    }
    return cost;
}

Bindings usual_sizes(const Graph& graph) {
    const bool board = graph.find("bin_input") != kNoValue;
    Bindings sizes;
    for (const ValueId id : graph.inputs) {
        const Dims& shape = graph[id].shape;
        for (size_t axis = 0; axis < shape.size(); ++axis) {
            std::vector<std::string> symbols;
            shape[axis].collect_symbols(symbols);
            for (const std::string& symbol : symbols)
                sizes.emplace(symbol, axis == 0 ? 1 : board ? 19 : shape.size() >= 4 ? 224 : 128);
        }
    }
    return sizes;
}

}  // namespace lathe::graph
