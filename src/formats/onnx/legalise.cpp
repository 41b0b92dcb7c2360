#include "formats/onnx/legalise.h"

#include <algorithm>
#include <deque>

#include "formats/onnx/cell_map.h"
#include "graph/text_form.h"
#include "ops/ops.h"

namespace lathe::formats::onnx {
namespace {

using graph::AttrDef;
using graph::Cell;
using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

constexpr size_t kMostExpansions = 100'000;

std::string place_of(const Node& node) {
    return format("node '{}' ({})", node.name.empty() ? std::string(node.op->name) : node.name,
                  node.op->name);
}

std::unexpected<Error> no_operator(const Node& node, int opset) {
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

// One graph being rewritten node by node. Values that stand for earlier ones are in `stand_in`.
class Legaliser {
public:
    Legaliser(Graph graph, int opset) : graph_(std::move(graph)), opset_(opset) {}

    Result<Graph> run() {
        open_.assign(std::make_move_iterator(graph_.nodes.begin()),
                     std::make_move_iterator(graph_.nodes.end()));
        graph_.nodes.clear();
        while (!open_.empty()) {
            Node node = std::move(open_.front());
            open_.pop_front();
            for (ValueId& id : node.inputs) id = current(id);
            if (usable_cell(graph_, node, opset_) != nullptr) {
                graph_.nodes.push_back(std::move(node));
                continue;
            }
            TRY_STATUS(expand(node));
        }
        for (ValueId& id : graph_.outputs) id = current(id);
        return graph::without_dead_code(std::move(graph_));
    }

private:
    ValueId current(ValueId id) const {
        while (id != kNoValue && static_cast<size_t>(id) < stand_in_.size() &&
               stand_in_[static_cast<size_t>(id)] != kNoValue)
            id = stand_in_[static_cast<size_t>(id)];
        return id;
    }

    Status expand(const Node& node) {
        if (!node.op->has_body() || ++expansions_ > kMostExpansions) return no_operator(node, opset_);
        const size_t values_before = graph_.values.size(), nodes_before = graph_.nodes.size();
        TRY(const auto results, with_place(graph::expand_body(graph_, node, ops::find_op), place_of(node)));
        stand_in_.resize(graph_.values.size(), kNoValue);
        for (size_t i = 0; i < results.size(); ++i) {
            if (node.outputs[i] == kNoValue) continue;
            ValueId result = results[i];
            // A body may hand an operand through; a graph's output needs a node of its own.
            if (static_cast<size_t>(result) < values_before) {
                TRY(const size_t index,
                    graph::add_node(graph_, *ops::find_op("identity"), {result}, {}, {}, node.name));
                result = graph_.nodes[index].outputs[0];
                stand_in_.resize(graph_.values.size(), kNoValue);
            }
            std::swap(graph_[node.outputs[i]].name, graph_[result].name);
            stand_in_[static_cast<size_t>(node.outputs[i])] = result;
        }
        const auto added = graph_.nodes.begin() + static_cast<std::ptrdiff_t>(nodes_before);
        open_.insert(open_.begin(), std::make_move_iterator(added),
                     std::make_move_iterator(graph_.nodes.end()));
        graph_.nodes.erase(added, graph_.nodes.end());
        return {};
    }

    Graph graph_;
    int opset_;
    std::deque<Node> open_;
    std::vector<ValueId> stand_in_;
    size_t expansions_ = 0;
};

bool holds_default(const Node& node, const AttrDef& def) {
    const graph::Attr* value = node.attrs.find(def.name);
    if (value == nullptr) return true;
    if (def.absent == graph::kRequired) return false;
    const auto absent = graph::parse_attr(def.type, def.absent);
    return absent && graph::same_attr(*value, *absent);
}

bool holds_first(const Graph& graph, graph::TypeSet types, const std::vector<ValueId>& values) {
    return values.empty() || values[0] == kNoValue || (types & graph::type_bit(graph[values[0]].dtype)) != 0;
}

bool can_say(const Graph& graph, const Node& node, const Cell& cell, int opset) {
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

const Cell* usable_cell(const Graph& graph, const Node& node, int opset) {
    for (const Cell& cell : node.op->cells)
        if (cell.format == "onnx" && opset >= cell.since && opset <= cell.until &&
            can_say(graph, node, cell, opset))
            return &cell;
    return nullptr;
}

Result<Graph> legalise(Graph graph, int opset) { return Legaliser(std::move(graph), opset).run(); }

}  // namespace lathe::formats::onnx
