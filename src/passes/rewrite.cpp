#include "passes/rewrite.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/check.h"
#include "graph/contexts.h"
#include "ops/ops.h"

namespace lathe::passes {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

namespace {

size_t index_of(ValueId id) { return static_cast<size_t>(id); }

}  // namespace

Rewrite::Rewrite(Graph graph) : graph_(std::move(graph)) {
    graph::Uses uses = graph::uses_of(graph_);
    users_ = std::move(uses.users);
    maker_ = std::move(uses.producer);
    for (auto& users : users_) users.clear();
    for (size_t n = 0; n < graph_.nodes.size(); ++n)
        for (const ValueId id : graph_.nodes[n].inputs)
            if (id != kNoValue) users_[index_of(id)].push_back(n);
    dead_.assign(graph_.nodes.size(), false);
    asked_.assign(graph_.values.size(), 0);
    for (const ValueId id : graph_.outputs) ++asked_[index_of(id)];
}

Graph Rewrite::finish() && {
    CHECK(graph::sort_nodes(graph_).has_value());
    return graph::without_dead_code(std::move(graph_));
}

const Node* Rewrite::producer(ValueId value) const {
    if (value == kNoValue || maker_[index_of(value)] < 0) return nullptr;
    return &graph_.nodes[static_cast<size_t>(maker_[index_of(value)])];
}
const Node* Rewrite::maker(ValueId value) const {
    const Node* node = producer(value);
    return node != nullptr && node->outputs.size() == 1 ? node : nullptr;
}
const Node* Rewrite::maker(ValueId value, std::string_view op) const {
    const Node* node = maker(value);
    return node != nullptr && node->op->name == op ? node : nullptr;
}
size_t Rewrite::users(ValueId value) const {
    return users_[index_of(value)].size() + static_cast<size_t>(asked_[index_of(value)]);
}
std::vector<ValueId> Rewrite::results_of_users(ValueId value, std::string_view op) const {
    std::vector<ValueId> results;
    for (const size_t n : users_[index_of(value)])
        if (graph_.nodes[n].op->name == op) results.push_back(graph_.nodes[n].outputs[0]);
    return results;
}

const Tensor* Rewrite::constant(ValueId value) const {
    return value != kNoValue && graph_[value].constant ? &*graph_[value].constant : nullptr;
}
std::optional<double> Rewrite::number(ValueId value) const {
    const Tensor* tensor = constant(value);
    if (tensor == nullptr || tensor->count() != 1) return std::nullopt;
    return tensor->to_doubles()[0];
}

std::optional<graph::Ints> Rewrite::ints(const Node& node, std::string_view name) const {
    return graph::InferContext(graph_, node).ints(name);
}

bool Rewrite::same(ValueId a, ValueId b) const {
    if (a == b) return true;
    const Node *x = maker(a), *y = maker(b);
    if (x == nullptr || y == nullptr || x->op != y->op || x->inputs.size() != y->inputs.size() ||
        x->attrs.size() != y->attrs.size())
        return false;
    for (const auto& [name, value] : x->attrs) {
        const graph::Attr* other = y->attrs.find(name);
        if (other == nullptr || !graph::same_attr(value, *other)) return false;
    }
    return std::ranges::equal(x->inputs, y->inputs);
}

bool Rewrite::closed(ValueId root, std::span<const ValueId> leaves) const {
    std::set<size_t> inside;
    std::vector<ValueId> open{root};
    while (!open.empty()) {
        const ValueId id = open.back();
        open.pop_back();
        if (id == kNoValue || graph_[id].constant || std::ranges::find(leaves, id) != leaves.end()) continue;
        const int64_t n = maker_[index_of(id)];
        if (n < 0) return false;
        if (!inside.insert(static_cast<size_t>(n)).second) continue;
        for (const ValueId input : graph_.nodes[static_cast<size_t>(n)].inputs) open.push_back(input);
    }
    return std::ranges::all_of(inside, [&](size_t n) {
        return std::ranges::all_of(graph_.nodes[n].outputs, [&](ValueId id) {
            return id == kNoValue || id == root ||
                   (asked_[index_of(id)] == 0 &&
                    std::ranges::all_of(users_[index_of(id)], [&](size_t u) { return inside.contains(u); }));
        });
    });
}

ValueId Rewrite::add(std::string_view op, std::vector<ValueId> inputs, graph::Attrs attrs,
                     std::string_view name) {
    if (std::ranges::find(inputs, kNoValue) != inputs.end()) return kNoValue;
    const auto node = graph::add_node(graph_, *ops::find_op(op), std::move(inputs), std::move(attrs), {},
                                      std::string(name));
    users_.resize(graph_.values.size());
    maker_.resize(graph_.values.size(), -1);
    asked_.resize(graph_.values.size(), 0);
    dead_.resize(graph_.nodes.size(), false);
    if (!node) return kNoValue;
    for (const ValueId id : graph_.nodes[*node].inputs) users_[index_of(id)].push_back(*node);
    const ValueId result = graph_.nodes[*node].outputs[0];
    maker_[index_of(result)] = static_cast<int64_t>(*node);
    return result;
}

ValueId Rewrite::add_constant(std::string_view name, Tensor tensor) {
    const ValueId id = graph_.add_constant(name, std::move(tensor));
    users_.resize(graph_.values.size());
    maker_.resize(graph_.values.size(), -1);
    asked_.resize(graph_.values.size(), 0);
    return id;
}

bool Rewrite::replace(ValueId root, ValueId fresh) {
    if (fresh == kNoValue) return false;
    if (graph_[root].dtype != graph_[fresh].dtype || graph_[root].shape != graph_[fresh].shape) {
        drop(fresh);
        return false;
    }
    for (const size_t n : users_[index_of(root)]) {
        std::ranges::replace(graph_.nodes[n].inputs, root, fresh);
        users_[index_of(fresh)].push_back(n);
    }
    users_[index_of(root)].clear();
    if (asked_[index_of(root)] > 0) {
        std::ranges::replace(graph_.outputs, root, fresh);
        std::swap(graph_[root].name, graph_[fresh].name);
        asked_[index_of(fresh)] += std::exchange(asked_[index_of(root)], 0);
    }
    drop(root);
    return true;
}

void Rewrite::drop(ValueId value) {
    std::vector<ValueId> open{value};
    while (!open.empty()) {
        const ValueId id = open.back();
        open.pop_back();
        if (id == kNoValue || maker_[index_of(id)] < 0) continue;
        const auto n = static_cast<size_t>(maker_[index_of(id)]);
        const Node& node = graph_.nodes[n];
        const bool needed = std::ranges::any_of(
            node.outputs, [&](ValueId output) { return output != kNoValue && users(output) > 0; });
        if (dead_[n] || needed) continue;
        dead_[n] = true;
        for (const ValueId input : node.inputs) {
            if (input == kNoValue) continue;
            std::erase(users_[index_of(input)], n);
            open.push_back(input);
        }
    }
}

bool close(double value, double wanted) { return std::fabs(value - wanted) <= 1e-6 * std::fabs(wanted); }

Affine affine(const Rewrite& rewrite, ValueId value, ValueId stop) {
    Affine found{.base = value};
    while (found.base != stop) {
        const Node* node = rewrite.maker(found.base);
        if (node == nullptr) break;
        const std::string_view op = node->op->name;
        if (op == "neg") {
            found = {node->inputs[0], -found.scale, found.offset};
            continue;
        }
        const bool sum = op == "add" || op == "sub", product = op == "mul" || op == "div";
        if (!sum && !product) break;
        const auto left = rewrite.number(node->inputs[0]), right = rewrite.number(node->inputs[1]);
        if (left.has_value() == right.has_value() || (op == "div" && left)) break;
        const double given = left ? *left : *right;
        if (op == "div" && given == 0) break;
        Affine next{
            .base = left ? node->inputs[1] : node->inputs[0], .scale = found.scale, .offset = found.offset};
        if (sum) {
            next.offset += found.scale * (op == "sub" && right ? -given : given);
            if (op == "sub" && left) next.scale = -next.scale;
        } else next.scale = op == "mul" ? next.scale * given : next.scale / given;
        found = next;
    }
    return found;
}

namespace {

std::optional<Cubic> product(const Cubic& a, const Cubic& b) {
    Cubic c{};
    for (size_t i = 0; i < 4; ++i)
        for (size_t k = 0; k < 4; ++k) {
            if (a[i] == 0 || b[k] == 0) continue;
            if (i + k > 3) return std::nullopt;
            c[i + k] += a[i] * b[k];
        }
    return c;
}

std::optional<Cubic> cubic_within(const Rewrite& rewrite, ValueId value, ValueId x, int depth) {
    if (value == x) return Cubic{0, 1, 0, 0};
    if (const auto number = rewrite.number(value)) return Cubic{*number, 0, 0, 0};
    const Node* node = rewrite.maker(value);
    if (node == nullptr || depth == 0) return std::nullopt;
    const std::string_view op = node->op->name;
    const bool binary = op == "add" || op == "sub" || op == "mul" || op == "div" || op == "pow";
    if (!binary && op != "neg") return std::nullopt;
    const auto a = cubic_within(rewrite, node->inputs[0], x, depth - 1);
    const auto b = binary ? cubic_within(rewrite, node->inputs[1], x, depth - 1) : Cubic{-1, 0, 0, 0};
    if (!a || !b) return std::nullopt;
    if (op == "mul" || op == "neg") return product(*a, *b);
    if (op == "add" || op == "sub") {
        Cubic c;
        for (size_t i = 0; i < 4; ++i) c[i] = (*a)[i] + (op == "add" ? (*b)[i] : -(*b)[i]);
        return c;
    }
    if ((*b)[1] != 0 || (*b)[2] != 0 || (*b)[3] != 0) return std::nullopt;
    if (op == "div") return (*b)[0] == 0 ? std::nullopt : product(*a, {1 / (*b)[0], 0, 0, 0});
    const auto square = product(*a, *a);
    if ((*b)[0] == 2) return square;
    return (*b)[0] == 3 && square ? product(*square, *a) : std::nullopt;
}

}  // namespace

std::optional<Cubic> cubic(const Rewrite& rewrite, ValueId value, ValueId x) {
    return cubic_within(rewrite, value, x, 12);
}

Factors factors(const Rewrite& rewrite, ValueId root) {
    Factors found;
    std::vector<ValueId> open{root};
    while (!open.empty()) {
        const ValueId id = open.back();
        open.pop_back();
        if (const auto number = rewrite.number(id)) {
            found.number *= *number;
            continue;
        }
        const bool whole = id != root && rewrite.users(id) != 1;
        const Node* node = whole ? nullptr : rewrite.maker(id);
        if (node != nullptr && node->op->name == "mul") {
            open.insert(open.end(), node->inputs.begin(), node->inputs.end());
            continue;
        }
        const auto divisor =
            node != nullptr && node->op->name == "div" ? rewrite.number(node->inputs[1]) : std::nullopt;
        if (divisor && *divisor != 0) {
            found.number /= *divisor;
            open.push_back(node->inputs[0]);
        } else found.values.push_back(id);
    }
    return found;
}

}  // namespace lathe::passes
