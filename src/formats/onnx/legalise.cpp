#include "formats/onnx/legalise.h"

#include <algorithm>

#include "formats/onnx/cell_map.h"
#include "graph/take_apart.h"
#include "ops/ops.h"

namespace lathe::formats::onnx {
namespace {

using graph::AttrDef;
using graph::Cell;
using graph::Graph;
using graph::kNoValue;
using graph::ValueId;

std::string place_of(const graph::Node& node) {
    return format("node '{}' ({})", node.name.empty() ? std::string(node.op->name) : node.name,
                  node.op->name);
}

std::unexpected<Error> no_operator(const graph::Node& node, int opset) {
    int since = 0, until = 0;
    for (const Cell& cell : node.op->cells) {
        if (cell.format != "onnx") continue;
        if (since == 0 || cell.since < since) since = cell.since;
        until = std::max(until, cell.until);
    }
    if (since == 0)
        return fail("{}: ONNX has no such operator, and it cannot be taken apart", place_of(node));
    if (opset < since)
        return fail("{}: ONNX has this operator since operator set {}, not in {}; choose a newer one",
                    place_of(node), since, opset);
    if (opset > until)
        return fail("{}: ONNX has this operator up to operator set {}, not in {}; choose an older one",
                    place_of(node), until, opset);
    return fail("{}: ONNX's operator at operator set {} lacks a parameter that it uses", place_of(node),
                opset);
}

bool holds_default(const graph::Node& node, const AttrDef& def) {
    const graph::Attr* value = node.attrs.find(def.name);
    if (value == nullptr) return true;
    if (def.absent == graph::kRequired) return false;
    const auto absent = graph::parse_attr(def.type, def.absent);
    return absent && graph::same_attr(*value, *absent);
}

bool holds_first(const Graph& graph, graph::TypeSet types, const std::vector<ValueId>& values) {
    return values.empty() || values[0] == kNoValue || (types & graph::type_bit(graph[values[0]].dtype)) != 0;
}

bool can_say(const Graph& graph, const graph::Node& node, const Cell& cell, int opset) {
    if (!holds_first(graph, cell.types, node.inputs) || !holds_first(graph, cell.results, node.outputs))
        return false;
    for (size_t i = 0; i < node.inputs.size() && i < node.op->inputs.size(); ++i)
        if (node.inputs[i] != kNoValue &&
            locate(*node.op, cell, node.op->inputs[i].name, opset).kind == Location::Kind::kNowhere)
            return false;
    return std::ranges::all_of(node.op->attrs, [&](const AttrDef& def) {
        return locate(*node.op, cell, def.name, opset).kind != Location::Kind::kNowhere ||
               holds_default(node, def);
    });
}

}  // namespace

const Cell* usable_cell(const Graph& graph, const graph::Node& node, int opset) {
    for (const Cell& cell : node.op->cells)
        if (cell.format == "onnx" && opset >= cell.since && opset <= cell.until &&
            can_say(graph, node, cell, opset))
            return &cell;
    return nullptr;
}

Result<Graph> legalise(Graph graph, int opset) {
    return graph::take_apart(
        std::move(graph), ops::find_op,
        [opset](const Graph& now, const graph::Node& node) -> Result<bool> {
            if (usable_cell(now, node, opset) != nullptr) return false;
            if (!node.op->has_body()) return no_operator(node, opset);
            return true;
        },
        false);
}

}  // namespace lathe::formats::onnx
