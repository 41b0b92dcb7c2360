// Attributes that hold sizes with symbols, as operands.
#include "formats/openvino/lowering.h"
#include "formats/size_nodes.h"

namespace lathe::formats::openvino {
namespace {

using graph::Dim;
using graph::Dims;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

// The target of a reshape as numbers: 0 where a size of the input stays in its place, -1 for one other size.
std::optional<Dims> plain_target(const Dims& from, const Dims& to) {
    Dims result;
    bool rest_used = false;
    for (size_t i = 0; i < to.size(); ++i) {
        const bool stays = i < from.size() && from[i] == to[i];
        if (to[i].is_constant() && *to[i].constant() <= 0) return std::nullopt;
        if (!to[i].is_constant() && !stays && std::exchange(rest_used, true)) return std::nullopt;
        result.push_back(to[i].is_constant() ? to[i] : stays ? Dim(0) : Dim(-1));
    }
    return result;
}

Status give_size_operands(graph::Graph& graph, Node& node, SizeNodes& sizes) {
    for (const graph::AttrDef& def : node.op->attrs) {
        const graph::Attr* attr = node.attrs.find(def.name);
        const Dims* dims = attr != nullptr ? std::get_if<Dims>(attr) : nullptr;
        if (dims == nullptr || graph::constant_shape(*dims)) continue;
        if (node.op->name == "reshape")
            if (auto plain = plain_target(graph[node.inputs[0]].shape, *dims)) {
                node.attrs.set(def.name, *std::move(plain));
                continue;
            }
        const int operand = node.op->input_index(def.name);
        const std::string place = format("node '{}' ({})", node.name, node.op->name);
        if (operand < 0)
            return fail("{}: its {} is {}; bind the sizes (--fix)", place, def.name, to_string(*dims));
        TRY(const ValueId id, with_place(sizes.vector(*dims), place));
        const auto index = static_cast<size_t>(operand);
        if (node.inputs.size() <= index) node.inputs.resize(index + 1, kNoValue);
        node.inputs[index] = id;
        node.attrs.erase(def.name);
    }
    return {};
}

}  // namespace

Result<graph::Graph> with_sizes(graph::Graph graph) {
    SizeNodes sizes(graph);
    for (const ValueId id : graph.inputs) sizes.learn(id);
    std::vector<Node> nodes = std::exchange(graph.nodes, {});
    for (Node& node : nodes) {
        TRY_STATUS(give_size_operands(graph, node, sizes));
        for (const ValueId id : node.outputs)
            if (id != kNoValue) sizes.learn(id);
        graph.nodes.push_back(std::move(node));
    }
    return graph;
}

}  // namespace lathe::formats::openvino
