#include "graph/take_apart.h"

#include <deque>

namespace lathe::graph {
namespace {

constexpr size_t kMostExpansions = 100'000;

std::string place_in_body(const Node& node) {
    return format("node '{}' ({})", node.name.empty() ? std::string(node.op->name) : node.name,
                  node.op->name);
}

// One graph being rewritten node by node. Values that stand for earlier ones are in `stand_in_`.
class Rewriter {
public:
    Rewriter(Graph graph, OpLookup ops) : graph_(std::move(graph)), ops_(ops) {}

    Result<Graph> run(const std::function<Result<bool>(const Graph&, const Node&)>& wanted,
                      bool keep_others) {
        open_.assign(std::make_move_iterator(graph_.nodes.begin()),
                     std::make_move_iterator(graph_.nodes.end()));
        graph_.nodes.clear();
        while (!open_.empty()) {
            Node node = std::move(open_.front());
            open_.pop_front();
            for (ValueId& id : node.inputs) id = current(id);
            TRY(const bool apart, wanted(graph_, node));
            if (apart) {
                const size_t nodes_before = graph_.nodes.size();
                const Status done = expand(node);
                if (done) continue;
                if (!keep_others) return std::unexpected(done.error());
                graph_.nodes.erase(graph_.nodes.begin() + static_cast<std::ptrdiff_t>(nodes_before),
                                   graph_.nodes.end());
            }
            graph_.nodes.push_back(std::move(node));
        }
        for (ValueId& id : graph_.outputs) id = current(id);
        return without_dead_code(std::move(graph_));
    }

private:
    ValueId current(ValueId id) const {
        while (id != kNoValue && static_cast<size_t>(id) < stand_in_.size() &&
               stand_in_[static_cast<size_t>(id)] != kNoValue)
            id = stand_in_[static_cast<size_t>(id)];
        return id;
    }

    Status expand(const Node& node) {
        if (++expansions_ > kMostExpansions) return fail("{}: too much is taken apart", place_in_body(node));
        const size_t values_before = graph_.values.size(), nodes_before = graph_.nodes.size();
        TRY(const auto results, with_place(expand_body(graph_, node, ops_), place_in_body(node)));
        stand_in_.resize(graph_.values.size(), kNoValue);
        for (size_t i = 0; i < results.size(); ++i) {
            if (node.outputs[i] == kNoValue) continue;
            ValueId result = results[i];
            // A body may hand an operand through; a graph's output needs a node of its own.
            if (static_cast<size_t>(result) < values_before) {
                TRY(const size_t index, add_node(graph_, *ops_("identity"), {result}, {}, {}, node.name));
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
    OpLookup ops_;
    std::deque<Node> open_;
    std::vector<ValueId> stand_in_;
    size_t expansions_ = 0;
};

}  // namespace

Result<Graph> take_apart(Graph graph, OpLookup ops,
                         const std::function<Result<bool>(const Graph&, const Node&)>& wanted,
                         bool keep_others) {
    return Rewriter(std::move(graph), ops).run(wanted, keep_others);
}

}  // namespace lathe::graph
