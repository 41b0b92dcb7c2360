#include "run/cpu/groups.h"

#include <algorithm>
#include <set>

#include "base/check.h"

namespace lathe::run::cpu {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

constexpr size_t kMost = 16;  // nodes of a group: what a chain holds

bool is_integer_product(const Node& node) {
    return node.op->name == "conv_integer" || node.op->name == "matmul_integer";
}

bool is_anchor(const ShapedGraph& shaped, const Node& node) {
    const std::string_view op = node.op->name;
    if (is_integer_product(node)) return true;
    return (op == "conv" || op == "matmul" || op == "gemm") &&
           shaped.graph[node.outputs[0]].dtype == DType::kF32;
}

class Grouping {
public:
    explicit Grouping(const ShapedGraph& shaped)
        : shaped_(shaped),
          graph_(shaped.graph),
          uses_(graph::uses_of(graph_)),
          group_of_(graph_.nodes.size(), SIZE_MAX) {}

    std::vector<Group> make() {
        for (size_t n = 0; n < graph_.nodes.size(); ++n)
            if (!shaped_.dead[n]) add(n);
        return sorted();
    }

private:
    static constexpr size_t kNone = SIZE_MAX;

    size_t producer_group(ValueId id) const {
        if (id == kNoValue || shaped_.constant(id) != nullptr) return kNone;
        const int64_t producer = uses_.producer[static_cast<size_t>(id)];
        return producer < 0 ? kNone : group_of_[static_cast<size_t>(producer)];
    }

    void add(size_t n) {
        const Node& node = graph_.nodes[n];
        if (is_cast_of_sums(node)) {
            const size_t g = producer_group(node.inputs[0]);
            groups_[g].nodes.push_back(n);
            groups_[g].anchors = 2;
            group_of_[n] = g;
            return;
        }
        const bool elementwise = elementwise_of(shaped_, node).has_value();
        size_t best = kNone;
        if (elementwise)
            for (const ValueId id : node.inputs) {
                const size_t g = producer_group(id);
                if (g == kNone || g == best || !may_join(g, n)) continue;
                if (best == kNone || groups_[g].nodes.back() > groups_[best].nodes.back()) best = g;
            }
        if (best == kNone) {
            best = groups_.size();
            groups_.push_back({.anchored = is_anchor(shaped_, node), .chain = elementwise, .nodes = {}});
        }
        groups_[best].nodes.push_back(n);
        group_of_[n] = best;
    }

    // Of sums of integers to f32, where nobody else sees the sums.
    bool is_cast_of_sums(const Node& node) const {
        if (node.op->name != "cast" || graph_[node.outputs[0]].dtype != DType::kF32) return false;
        const size_t g = producer_group(node.inputs[0]);
        if (g == kNone || groups_[g].nodes.size() != 1) return false;
        const size_t product = groups_[g].nodes[0];
        return is_integer_product(graph_.nodes[product]) &&
               !seen_outside(node.inputs[0], {product, number_of(node)});
    }
    size_t number_of(const Node& node) const { return static_cast<size_t>(&node - graph_.nodes.data()); }

    bool may_join(size_t g, size_t n) const {
        const Node& node = graph_.nodes[n];
        const Group& group = groups_[g];
        if ((!group.anchored && !group.chain) || group.nodes.size() >= kMost) return false;
        if (shaped_.shape(graph_.nodes[group.nodes[0]].outputs[0]) != shaped_.shape(node.outputs[0]))
            return false;
        if (group.anchored &&
            graph_[graph_.nodes[group.nodes[group.anchors - 1]].outputs[0]].dtype != DType::kF32)
            return false;  // sums of integers that others see, too
        if (!fits_chain(group, n) || reads_codes_of(g, node)) return false;
        // What else the node needs must not wait for this group.
        std::set<size_t> seen;
        for (const ValueId id : node.inputs) {
            const size_t other = producer_group(id);
            if (other != kNone && other != g && depends(other, g, seen)) return false;
        }
        return true;
    }

    // Codes that the group makes are no numbers of its chain.
    bool reads_codes_of(size_t g, const Node& node) const {
        return std::ranges::any_of(node.inputs, [&](ValueId id) {
            if (producer_group(id) != g) return false;
            const auto producer = static_cast<size_t>(uses_.producer[static_cast<size_t>(id)]);
            return graph_.nodes[producer].op->name == "quantize_linear";
        });
    }

    // Whether a chain can hold the group with that node.
    bool fits_chain(const Group& group, size_t n) const {
        std::set<size_t> members(group.nodes.begin(), group.nodes.end());
        members.insert(n);
        std::set<ValueId> inside, outside;
        size_t steps = 0, results = 0;
        for (const size_t member : members) {
            const Node& node = graph_.nodes[member];
            const size_t anchors = group.anchored ? group.anchors : 0;
            const auto place =
                static_cast<size_t>(std::ranges::find(group.nodes, member) - group.nodes.begin());
            if (place + 1 < anchors) continue;
            if (place < anchors) outside.insert(node.outputs[0]);
            else {
                steps += elementwise_of(shaped_, node)->steps.size();
                for (const ValueId id : node.inputs)
                    if (id != kNoValue && !inside.contains(id)) outside.insert(id);
                inside.insert(node.outputs[0]);
            }
            results += seen_outside(node.outputs[0], members) ? 1 : 0;
        }
        return steps <= kMaxChainSteps && outside.size() <= kMaxChainOperands && results <= kMaxChainOutputs;
    }

    bool seen_outside(ValueId id, const std::set<size_t>& members) const {
        const auto& users = uses_.users[static_cast<size_t>(id)];
        return std::ranges::count(graph_.outputs, id) > 0 || users.empty() ||
               std::ranges::any_of(users, [&](size_t user) { return !members.contains(user); });
    }

    bool depends(size_t g, size_t on, std::set<size_t>& seen) const {
        if (g == on) return true;
        if (!seen.insert(g).second) return false;
        if (groups_[g].nodes.back() < groups_[on].nodes.front()) return false;
        for (const size_t n : groups_[g].nodes)
            for (const ValueId id : graph_.nodes[n].inputs) {
                const size_t other = producer_group(id);
                if (other != kNone && other != g && depends(other, on, seen)) return true;
            }
        return false;
    }

    std::vector<Group> sorted() const {
        std::vector<std::set<size_t>> users(groups_.size());
        std::vector<size_t> needs(groups_.size(), 0);
        for (size_t g = 0; g < groups_.size(); ++g)
            for (const size_t n : groups_[g].nodes)
                for (const ValueId id : graph_.nodes[n].inputs) {
                    const size_t other = producer_group(id);
                    if (other != kNone && other != g && users[other].insert(g).second) ++needs[g];
                }
        std::set<size_t> ready;  // the earliest first
        for (size_t g = 0; g < groups_.size(); ++g)
            if (needs[g] == 0) ready.insert(g);
        std::vector<Group> order;
        while (!ready.empty()) {
            const size_t g = *ready.begin();
            ready.erase(ready.begin());
            order.push_back(groups_[g]);
            for (const size_t user : users[g])
                if (--needs[user] == 0) ready.insert(user);
        }
        CHECK(order.size() == groups_.size());
        return order;
    }

    const ShapedGraph& shaped_;
    const graph::Graph& graph_;
    graph::Uses uses_;
    std::vector<size_t> group_of_;
    std::vector<Group> groups_;
};

}  // namespace

std::vector<Group> make_groups(const ShapedGraph& shaped) { return Grouping(shaped).make(); }

}  // namespace lathe::run::cpu
