#include "passes/static_plan.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "graph/contexts.h"

namespace lathe::passes {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

constexpr size_t kNamesShown = 4;

bool one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}

bool given(const Node& node, size_t i) { return i < node.inputs.size() && node.inputs[i] != kNoValue; }

size_t index(ValueId id) { return static_cast<size_t>(id); }

// A function of one value: an operator with parameters, or a binary one whose other operand is constant.
bool is_unary(const Graph& graph, const Node& node) {
    if (one_of(node.op->name, {"add", "sub", "mul", "div", "min", "max", "pow"}))
        return node.inputs.size() == 2 &&
               graph[node.inputs[0]].constant.has_value() != graph[node.inputs[1]].constant.has_value();
    return one_of(node.op->name,
                  {"relu",     "clip",    "leaky_relu", "prelu",    "elu",        "selu",      "celu",
                   "gelu",     "silu",    "mish",       "sigmoid",  "hard_swish", "tanh",      "hard_sigmoid",
                   "softplus", "abs",     "neg",        "softsign", "erf",        "exp",       "sqrt",
                   "identity", "dropout", "log",        "round",    "sign",       "reciprocal"});
}

bool is_zero_padding(const Node& node) {
    const graph::AttrReader c(*node.op, node.attrs);
    return c.string("mode") != "constant" || (c.number("constant_value") == 0 && !given(node, 2));
}

Role role_of(const Graph& graph, const Node& node) {
    if (!given(node, 0) || graph[node.inputs[0]].dtype != DType::kF32) return Role::kFloat;
    const std::string_view op = node.op->name;
    if (op == "conv" || op == "gemm" || op == "matmul")
        return constant_weight(graph, node) ? Role::kProduct : Role::kFloat;
    if (is_unary(graph, node)) return Role::kUnary;
    const bool constant = std::ranges::any_of(node.inputs, [&](ValueId id) {
        return id != kNoValue && graph[id].constant && graph[id].dtype == DType::kF32;
    });
    if (one_of(op, {"add", "mul"})) return constant ? Role::kFloat : Role::kElement;
    if (one_of(op, {"global_avg_pool", "reduce_mean"})) return Role::kElement;
    if (op == "concat") return constant ? Role::kFloat : Role::kMove;
    if (graph[node.inputs[0]].constant) return Role::kFloat;
    if (op == "pad") return is_zero_padding(node) ? Role::kMove : Role::kFloat;
    if (op == "resize" && graph::AttrReader(*node.op, node.attrs).string("mode") == "cubic")
        return Role::kFloat;
    if (op == "max_pool" && node.outputs.size() > 1) return Role::kFloat;
    return one_of(op,
                  {"max_pool", "avg_pool", "reshape", "transpose", "squeeze", "unsqueeze", "flatten", "slice",
                   "split", "gather", "resize", "depth_to_space", "space_to_depth", "pad", "expand", "tile"})
               ? Role::kMove
               : Role::kFloat;
}

// Why a product that has a constant weight cannot take codes, or "".
std::string obstacle(const Graph& graph, const Node& node, const StaticOptions& options) {
    if (is_kept(node, options.keep)) return "kept";
    const std::string_view op = node.op->name;
    const bool has_bias = given(node, 2);
    if (has_bias && !graph[node.inputs[2]].constant) return "its bias is computed";
    if (op != "gemm") return "";
    const graph::AttrReader c(*node.op, node.attrs);
    if (has_bias && (c.number("alpha") != 1 || c.number("beta") != 1)) return "it scales its result or bias";
    const auto& weight = *graph[node.inputs[1]].constant;
    const int64_t outputs = weight.dim(c.flag("transB") ? 0 : 1);
    if (has_bias && graph[node.inputs[2]].constant->shape() != Shape{outputs})
        return "its bias is no vector of the outputs";
    return "";
}

class Planner {
public:
    Planner(const Graph& graph, const StaticOptions& options)
        : graph_(graph), options_(options), uses_(graph::uses_of(graph)) {
        const size_t nodes = graph.nodes.size(), values = graph.values.size();
        plan_.roles.resize(nodes);
        plan_.integer.assign(nodes, false);
        plan_.head.resize(nodes);
        plan_.tail.resize(nodes);
        plan_.why.resize(nodes);
        plan_.quantised.assign(values, false);
        plan_.from_integer.assign(values, false);
        plan_.derived.assign(values, false);
        plan_.scale.resize(values);
        std::iota(plan_.head.begin(), plan_.head.end(), 0);
        std::iota(plan_.tail.begin(), plan_.tail.end(), 0);
        std::iota(plan_.scale.begin(), plan_.scale.end(), 0);
    }

    StaticPlan run() {
        for (size_t i = 0; i < graph_.nodes.size(); ++i) begin(i);
        for (size_t i = 0; i < graph_.nodes.size(); ++i)
            if (plan_.integer[i]) fuse(i);
        flows_.resize(graph_.values.size());
        while (drop_what_does_not_flow() || drop_what_nobody_reads()) {}
        for (size_t i = 0; i < graph_.nodes.size(); ++i)
            if (plan_.integer[i]) mark(i);
        join_scales();
        return std::move(plan_);
    }

private:
    const Node& node(size_t i) const { return graph_.nodes[i]; }
    bool is_output(ValueId id) const { return std::ranges::find(graph_.outputs, id) != graph_.outputs.end(); }
    const std::vector<ValueId>& results(size_t head) const { return node(plan_.tail[head]).outputs; }

    void begin(size_t i) {
        const Role role = plan_.roles[i] = role_of(graph_, node(i));
        if (role == Role::kProduct) {
            plan_.why[i] = obstacle(graph_, node(i), options_);
            plan_.integer[i] = plan_.why[i].empty();
        } else if (role == Role::kElement || role == Role::kMove) {
            plan_.integer[i] = options_.activations != DType::kF8E4M3 && !is_kept(node(i), options_.keep);
        }
    }

    // The bias and the function behind a product that its consumer computes with it.
    void fuse(size_t first) {
        if (plan_.roles[first] == Role::kMove) return;
        while (true) {
            const Node& last = node(plan_.tail[first]);
            if (last.outputs.size() != 1 || is_output(last.outputs[0])) return;
            const auto& users = uses_.users[index(last.outputs[0])];
            if (users.size() != 1) return;
            const Node& next = node(users[0]);
            const bool bias = plan_.tail[first] == first && is_bias(first, next);
            const bool function = std::ranges::find(options_.fused, next.op->name) != options_.fused.end() &&
                                  next.inputs[0] == last.outputs[0];
            if (!bias && !function) return;
            plan_.head[users[0]] = first;
            plan_.tail[first] = users[0];
            if (function) return;
        }
    }

    bool is_bias(size_t product, const Node& next) const {
        if (node(product).op->name != "matmul" || next.op->name != "add" || next.inputs.size() != 2)
            return false;
        const ValueId sums = node(product).outputs[0];
        const auto& other = graph_[next.inputs[next.inputs[0] == sums ? 1 : 0]];
        const auto& shape = graph_[sums].shape;
        return other.constant && other.shape.size() <= shape.size() && !shape.empty() &&
               (other.constant->count() == 1 || (graph::product(other.shape) == shape.back() &&
                                                 !other.shape.empty() && other.shape.back() == shape.back()));
    }

    // An element or a move that reads what no integer operator made computes in f32.
    bool drop_what_does_not_flow() {
        bool changed = false;
        flows_.assign(graph_.values.size(), false);
        for (const ValueId id : graph_.inputs) flows_[index(id)] = graph_[id].dtype == DType::kF32;
        for (size_t i = 0; i < graph_.nodes.size(); ++i) {
            bool flows = plan_.is_integer(i);
            if (plan_.integer[i] && plan_.roles[i] != Role::kProduct) {
                for (const size_t k : activation_operands(node(i), plan_.roles[i]))
                    flows = flows && flows_[index(node(i).inputs[k])];
                changed = changed || !flows;
                plan_.integer[i] = flows;
            }
            if (!flows && plan_.roles[i] == Role::kUnary) {
                const ValueId x = node(i).inputs[0];
                flows = flows_[index(graph_[x].constant ? node(i).inputs[1] : x)];
            }
            for (const ValueId id : node(i).outputs)
                if (id != kNoValue) flows_[index(id)] = flows;
        }
        return changed;
    }

    bool is_read(ValueId id) const {
        return id != kNoValue && std::ranges::any_of(uses_.users[index(id)], [&](size_t user) {
                   if (!plan_.integer[user]) return false;
                   const auto operands = activation_operands(node(user), plan_.roles[user]);
                   return std::ranges::any_of(operands, [&](size_t k) { return node(user).inputs[k] == id; });
               });
    }

    // So does one whose result no integer operator reads.
    bool drop_what_nobody_reads() {
        bool changed = false;
        for (size_t i = graph_.nodes.size(); i-- > 0;) {
            if (!plan_.integer[i] || plan_.roles[i] == Role::kProduct) continue;
            const auto& outputs = results(i);
            if (std::ranges::any_of(outputs, [&](ValueId id) { return is_read(id); })) continue;
            plan_.integer[i] = false;
            changed = true;
        }
        return changed;
    }

    void mark(size_t i) {
        for (const size_t k : activation_operands(node(i), plan_.roles[i]))
            plan_.quantised[index(node(i).inputs[k])] = true;
        if (options_.activations == DType::kF8E4M3) return;
        const bool forced = plan_.roles[i] != Role::kProduct || node(i).op->name == "conv" ||
                            options_.results == Results::kAll;
        for (const ValueId id : results(i)) {
            if (id == kNoValue) continue;
            plan_.from_integer[index(id)] = true;
            if (forced) plan_.quantised[index(id)] = true;
        }
    }

    size_t find(size_t value) {
        while (plan_.scale[value] != value) value = plan_.scale[value] = plan_.scale[plan_.scale[value]];
        return value;
    }

    void join_scales() {
        for (size_t i = 0; i < graph_.nodes.size(); ++i) {
            if (!plan_.integer[i] || plan_.roles[i] != Role::kMove) continue;
            const size_t first = find(index(node(i).inputs[0]));
            for (const size_t k : activation_operands(node(i), Role::kMove))
                plan_.scale[find(index(node(i).inputs[k]))] = first;
            for (const ValueId id : node(i).outputs) {
                plan_.scale[find(index(id))] = first;
                plan_.derived[index(id)] = true;
            }
        }
        for (size_t v = 0; v < plan_.scale.size(); ++v) plan_.scale[v] = find(v);
    }

    const Graph& graph_;
    const StaticOptions& options_;
    const graph::Uses uses_;
    StaticPlan plan_;
    std::vector<bool> flows_;  // a value comes from integer operators, through functions of one value also
};

Status check_options(const StaticOptions& options) {
    const bool f8 = options.activations == DType::kF8E4M3;
    if (!f8 && options.activations != DType::kU8 && options.activations != DType::kI8)
        return fail("activations can have codes of u8, i8 and f8e4m3, not {}", name_of(options.activations));
    if (f8 != (options.weights == DType::kF8E4M3))
        return fail("f8e4m3 is for weights and activations alike, not {} and {}", name_of(options.weights),
                    name_of(options.activations));
    if (!f8 && options.weights != DType::kI8 && options.weights != DType::kU8)
        return fail("weights can have codes of i8, u8 and f8e4m3, not {}", name_of(options.weights));
    if (options.symmetric && options.activations == DType::kU8)
        return fail("symmetric activations have codes of i8, not u8");
    if (options.activations == DType::kI8 && options.weights == DType::kU8)
        return fail("weights of u8 go with activations of u8, not i8");
    return {};
}

}  // namespace

std::optional<Tensor> constant_weight(const Graph& graph, const Node& node) {
    const std::string_view op = node.op->name;
    if (!one_of(op, {"conv", "conv_transpose", "gemm", "matmul"}) || !given(node, 1)) return std::nullopt;
    const auto& constant = graph[node.inputs[1]].constant;
    if (!constant || constant->dtype() != DType::kF32 || constant->rank() < 2 || constant->count() == 0)
        return std::nullopt;
    if (op == "matmul" && constant->rank() != 2) return std::nullopt;
    return constant;
}

std::vector<size_t> activation_operands(const Node& node, Role role) {
    if (role == Role::kElement && (node.op->name == "add" || node.op->name == "mul")) return {0, 1};
    if (node.op->name != "concat") return {0};
    std::vector<size_t> all(node.inputs.size());
    std::iota(all.begin(), all.end(), 0);
    return all;
}

bool is_kept(const Node& node, const std::vector<Pattern>& patterns) {
    return std::ranges::any_of(patterns, [&](const Pattern& p) { return p.found_in(node.name); });
}

Status check_patterns(const Graph& graph, const std::vector<Pattern>& patterns) {
    for (const Pattern& pattern : patterns) {
        if (std::ranges::any_of(graph.nodes, [&](const Node& n) { return pattern.found_in(n.name); }))
            continue;
        std::vector<std::string> names;
        for (const Node& node : graph.nodes)
            if (constant_weight(graph, node) && names.size() < kNamesShown) names.push_back(node.name);
        return fail("no operator's name matches '{}'; there are {}, …", printable(pattern.text()),
                    join(names, ", "));
    }
    return {};
}

Result<StaticPlan> plan_static(const Graph& graph, const StaticOptions& options) {
    TRY_STATUS(check_options(options));
    TRY_STATUS(check_patterns(graph, options.keep));
    return Planner(graph, options).run();
}

Result<std::vector<std::string>> values_to_calibrate(const Graph& graph, const StaticOptions& options) {
    TRY(const StaticPlan plan, plan_static(graph, options));
    std::vector<std::string> names;
    for (size_t v = 0; v < graph.values.size(); ++v)
        if (plan.quantised[v] && !plan.derived[v]) names.push_back(graph.values[v].name);
    return names;
}

}  // namespace lathe::passes
