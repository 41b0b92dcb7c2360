#include <algorithm>

#include "graph/contexts.h"
#include "ops/ops.h"
#include "passes/quantize_static.h"

namespace lathe::passes {
namespace {

using graph::Ints;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

class Preparation {
public:
    Preparation(Graph graph, const StaticOptions& options)
        : graph_(std::move(graph)), options_(options), uses_(graph::uses_of(graph_)) {}

    Result<Graph> run() {
        std::vector<Node> old = std::move(graph_.nodes);
        graph_.nodes.clear();
        std::vector<bool> done(old.size(), false);
        for (size_t i = 0; i < old.size(); ++i) {
            if (done[i]) continue;
            const size_t bias = bias_of(old, i);
            if (bias != i) {
                done[bias] = true;
                TRY_STATUS(add_gemm(old[i], old[bias]));
            } else if (is_image_mean(old[i])) {
                TRY_STATUS(add_pool(old[i]));
            } else if (options_.split_silu && old[i].op->name == "silu") {
                TRY_STATUS(add_gate(old[i]));
            } else {
                graph_.nodes.push_back(std::move(old[i]));
            }
        }
        return graph::without_dead_code(std::move(graph_));
    }

private:
    // The addition of a constant vector that alone reads the product of a matrix and a constant; i: there is none.
    size_t bias_of(const std::vector<Node>& nodes, size_t i) const {
        const Node& node = nodes[i];
        if (node.op->name != "matmul" || graph_[node.inputs[0]].shape.size() != 2) return i;
        const auto& weight = graph_[node.inputs[1]].constant;
        const auto& users = uses_.users[static_cast<size_t>(node.outputs[0])];
        if (!weight || weight->rank() != 2 || weight->dtype() != DType::kF32 || users.size() != 1 ||
            std::ranges::find(graph_.outputs, node.outputs[0]) != graph_.outputs.end())
            return i;
        const Node& next = nodes[users[0]];
        if (next.op->name != "add" || next.inputs[0] == next.inputs[1]) return i;
        const auto& bias = graph_[next.inputs[next.inputs[0] == node.outputs[0] ? 1 : 0]].constant;
        return bias && bias->shape() == Shape{weight->dim(1)} ? users[0] : i;
    }

    // The new node makes the value that the old one made.
    Status add(std::string_view op, std::vector<ValueId> inputs, graph::Attrs attrs, const Node& instead_of) {
        TRY(const size_t node, with_place(graph::add_node(graph_, *ops::find_op(op), std::move(inputs),
                                                          std::move(attrs), {}, instead_of.name),
                                          instead_of.name));
        graph_.nodes[node].outputs[0] = instead_of.outputs[0];
        return {};
    }

    Status add_gemm(const Node& product, const Node& addition) {
        const ValueId bias = addition.inputs[addition.inputs[0] == product.outputs[0] ? 1 : 0];
        Node gemm = addition;
        gemm.name = product.name;
        return add("gemm", {product.inputs[0], product.inputs[1], bias}, {}, gemm);
    }

    bool is_image_mean(const Node& node) const {
        if (node.op->name != "reduce_mean" || graph_[node.inputs[0]].shape.size() != 4) return false;
        Ints axes = graph::AttrReader(*node.op, node.attrs).list("axes");
        if (node.inputs.size() > 1 && node.inputs[1] != kNoValue) {
            const auto& given = graph_[node.inputs[1]].constant;
            axes = given ? given->to_ints() : Ints{};
        }
        for (int64_t& axis : axes) axis += axis < 0 ? 4 : 0;
        std::ranges::sort(axes);
        return axes == Ints{2, 3};
    }

    Status add_pool(const Node& mean) {
        if (graph::AttrReader(*mean.op, mean.attrs).flag("keepdims"))
            return add("global_avg_pool", {mean.inputs[0]}, {}, mean);
        TRY(const size_t pool, with_place(graph::add_node(graph_, *ops::find_op("global_avg_pool"),
                                                          {mean.inputs[0]}, {}, {}, mean.name),
                                          mean.name));
        return add("flatten", {graph_.nodes[pool].outputs[0]}, {{"axis", int64_t{1}}}, mean);
    }

    // silu(x) = x * sigmoid(x)
    Status add_gate(const Node& silu) {
        TRY(const size_t gate,
            with_place(graph::add_node(graph_, *ops::find_op("sigmoid"), {silu.inputs[0]}, {}, {}, silu.name),
                       silu.name));
        return add("mul", {silu.inputs[0], graph_.nodes[gate].outputs[0]}, {}, silu);
    }

    Graph graph_;
    const StaticOptions& options_;
    const graph::Uses uses_;
};

}  // namespace

Result<Graph> prepare_static(Graph graph, const StaticOptions& options) {
    return Preparation(std::move(graph), options).run();
}

}  // namespace lathe::passes
