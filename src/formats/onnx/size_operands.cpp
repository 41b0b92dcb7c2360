#include <algorithm>

#include "formats/onnx/cell_map.h"
#include "formats/onnx/legalise.h"
#include "formats/size_nodes.h"

namespace lathe::formats::onnx {
namespace {

using graph::Attr;
using graph::AttrType;
using graph::Dims;
using graph::Graph;
using graph::kNoValue;
using graph::ValueId;

bool has_symbols(const Attr& attr) {
    const Dims* dims = std::get_if<Dims>(&attr);
    return dims != nullptr && !graph::constant_shape(*dims);
}

// The target of a reshape as numbers: 0 where a size of the input stays in its place, -1 for one other size.
std::optional<graph::Ints> plain_reshape(const Dims& from, const Dims& to) {
    graph::Ints result;
    bool rest_used = false;
    for (size_t i = 0; i < to.size(); ++i) {
        if (to[i].is_constant()) {
            if (*to[i].constant() <= 0) return std::nullopt;
            result.push_back(*to[i].constant());
        } else if (i < from.size() && from[i] == to[i]) {
            result.push_back(0);
        } else if (!rest_used) {
            rest_used = true;
            result.push_back(-1);
        } else {
            return std::nullopt;
        }
    }
    return result;
}

Status give_operands(Graph& graph, graph::Node& node, int opset, SizeNodes& sizes) {
    for (const graph::AttrDef& def : node.op->attrs) {
        const Attr* attr = node.attrs.find(def.name);
        if (attr == nullptr || def.type != AttrType::kDims || !has_symbols(*attr)) continue;
        const Dims& dims = *std::get_if<Dims>(attr);
        if (node.op->name == "reshape")
            if (const auto plain = plain_reshape(graph[node.inputs[0]].shape, dims)) {
                node.attrs.set(def.name, Dims(plain->begin(), plain->end()));
                continue;
            }
        const int operand = node.op->input_index(def.name);
        const graph::Cell* cell = usable_cell(graph, node, opset);
        if (cell == nullptr || operand < 0 ||
            locate(*node.op, *cell, def.name, opset).kind != Location::Kind::kInput)
            return fail(
                "node '{}' ({}): its {} is {}, but ONNX's operator takes only numbers there; bind the sizes",
                node.name, node.op->name, def.name, graph::to_string(dims));
        TRY(const ValueId id,
            with_place(sizes.vector(dims), format("node '{}' ({})", node.name, node.op->name)));
        const auto index = static_cast<size_t>(operand);
        if (node.inputs.size() <= index) node.inputs.resize(index + 1, kNoValue);
        node.inputs[index] = id;
        node.attrs.erase(def.name);
    }
    return {};
}

}  // namespace

Result<Graph> with_size_operands(Graph graph, int opset) {
    SizeNodes sizes(graph);
    for (const ValueId id : graph.inputs) sizes.learn(id);
    std::vector<graph::Node> nodes = std::exchange(graph.nodes, {});
    for (graph::Node& node : nodes) {
        TRY_STATUS(give_operands(graph, node, opset, sizes));
        for (const ValueId id : node.outputs)
            if (id != kNoValue) sizes.learn(id);
        graph.nodes.push_back(std::move(node));
    }
    return graph;
}

}  // namespace lathe::formats::onnx
