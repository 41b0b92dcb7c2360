#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "graph/contexts.h"
#include "ops/ops.h"
#include "passes/precision.h"

namespace lathe::passes {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::Value;
using graph::ValueId;

constexpr double kLargestF16 = 65504;
constexpr double kF16ExponentCap = 5.5;

size_t place_of(ValueId id) { return static_cast<size_t>(id); }

// Statistics lose too much in half precision.
bool is_sensitive(std::string_view op) {
    static const std::set<std::string_view> kNames{
        "softmax",       "log_softmax", "layer_norm", "rms_norm", "group_norm",
        "instance_norm", "batch_norm",  "lrn",        "lp_norm",  "mean_variance_norm",
        "attention",     "cum_sum",     "log"};
    return op.starts_with("reduce_") || kNames.contains(op);
}

bool is_product(std::string_view op) {
    return op == "conv" || op == "conv_transpose" || op == "matmul" || op == "gemm";
}

class HalfPass {
public:
    HalfPass(const Graph& graph, const HalfOptions& options, std::vector<std::string>& notes)
        : old_(graph),
          options_(options),
          notes_(notes),
          uses_(graph::uses_of(graph)),
          half_(graph.nodes.size(), false) {}

    Result<Graph> run() {
        choose_forward();
        choose_backward();
        new_.name = old_.name;
        new_.metadata = old_.metadata;
        current_.assign(old_.values.size(), kNoValue);
        reserve_output_names();
        TRY_STATUS(add_inputs());
        for (size_t i = 0; i < old_.nodes.size(); ++i) TRY_STATUS(rewrite(i));
        TRY_STATUS(add_outputs());
        if (kept_weights_ > 0)
            notes_.push_back(format("{} weights exceed the range of f16 and stay f32", kept_weights_));
        return graph::without_dead_code(std::move(new_));
    }

private:
    bool is_f32(ValueId id) const { return id != kNoValue && old_[id].dtype == DType::kF32; }
    bool makes_f32(const Node& node) const {
        return std::ranges::any_of(node.outputs, [&](ValueId id) { return is_f32(id); });
    }
    bool kept_scope(const Node& node) const {
        return std::ranges::any_of(options_.keep_scopes,
                                   [&](const std::string& scope) { return node.name.starts_with(scope); });
    }
    bool fits(const Node& node) {
        if (options_.dtype != DType::kF16) return true;
        for (const ValueId id : node.inputs) {
            if (!is_f32(id) || !old_[id].constant || old_[id].constant->count() < 2) continue;
            const auto values = old_[id].constant->to_doubles();
            if (std::ranges::any_of(values, [](double v) { return std::fabs(v) > kLargestF16; })) {
                ++kept_weights_;
                return false;
            }
        }
        return true;
    }

    // Products are half; what is made from half values alone or partly is half; statistics are f32.
    void choose_forward() {
        for (size_t i = 0; i < old_.nodes.size(); ++i) {
            const Node& node = old_.nodes[i];
            if (!makes_f32(node) || is_sensitive(node.op->name) || node.op->name == "cast" ||
                kept_scope(node))
                continue;
            const bool from_half = std::ranges::any_of(node.inputs, [&](ValueId id) {
                const int64_t maker = id == kNoValue ? -1 : uses_.producer[place_of(id)];
                return maker >= 0 && half_[static_cast<size_t>(maker)];
            });
            half_[i] = (from_half || is_product(node.op->name)) && fits(node);
        }
    }

    // A cheap node that only f32 nodes look at (the square in front of a mean) belongs to them.
    void choose_backward() {
        for (size_t i = old_.nodes.size(); i-- > 0;) {
            const Node& node = old_.nodes[i];
            if (!half_[i] || is_product(node.op->name) || node.outputs.size() != 1) continue;
            const auto& users = uses_.users[place_of(node.outputs[0])];
            const bool is_output = std::ranges::find(old_.outputs, node.outputs[0]) != old_.outputs.end();
            if (is_output || users.empty()) continue;
            half_[i] = !std::ranges::all_of(users, [&](size_t user) { return !half_[user]; });
        }
    }

    // The graph's outputs keep their names, so nothing else may take them first.
    void reserve_output_names() {
        for (const ValueId id : old_.outputs) output_names_.insert(old_[id].name);
    }

    Status add_inputs() {
        for (const ValueId id : old_.inputs) {
            Value value = old_[id];
            const bool change = !options_.keep_io && value.dtype == DType::kF32;
            if (change) value.dtype = options_.dtype;
            const ValueId added = new_.add_value(std::move(value));
            new_.inputs.push_back(added);
            current_[place_of(id)] = added;
        }
        return {};
    }

    // `id` of the old graph, as a value of the new one with the wanted type when it was f32.
    Result<ValueId> operand(ValueId id, DType wanted) {
        if (id == kNoValue) return kNoValue;
        if (old_[id].constant) return constant(id, is_f32(id) ? wanted : old_[id].dtype);
        const ValueId now = current_[place_of(id)];
        if (!is_f32(id) || new_[now].dtype == wanted) return now;
        const auto key = std::pair(now, wanted);
        if (const auto it = casts_.find(key); it != casts_.end()) return it->second;
        const std::string name = format("{}_{}", new_[now].name, lathe::name_of(wanted));
        TRY(const size_t node,
            graph::add_node(new_, *ops::find_op("cast"), {now}, {{"to", wanted}}, {name}, name));
        return casts_[key] = new_.nodes[node].outputs[0];
    }

    Result<ValueId> constant(ValueId id, DType wanted) {
        const auto key = std::pair(id, wanted);
        if (const auto it = constants_.find(key); it != constants_.end()) return it->second;
        const ValueId added = new_.add_constant(old_[id].name, old_[id].constant->to(wanted));
        return constants_[key] = added;
    }

    // min(x, c) in front of exp: the cap as f16 can take it.
    Result<ValueId> capped(const Node& node, size_t i) {
        const ValueId id = node.inputs[i];
        const bool scalar = is_f32(id) && old_[id].constant && old_[id].constant->count() == 1;
        if (node.op->name != "min" || !scalar || options_.dtype != DType::kF16)
            return operand(id, options_.dtype);
        const auto& users = uses_.users[place_of(node.outputs[0])];
        const bool for_exp =
            std::ranges::all_of(users, [&](size_t user) { return old_.nodes[user].op->name == "exp"; });
        if (!for_exp || old_[id].constant->to_doubles()[0] <= kF16ExponentCap)
            return operand(id, options_.dtype);
        const Tensor cap = Tensor::filled(DType::kF16, old_[id].constant->shape(), kF16ExponentCap);
        return new_.add_constant(old_[id].name + ".f16", cap);
    }

    Status rewrite(size_t index) {
        const Node& node = old_.nodes[index];
        std::vector<ValueId> inputs;
        for (size_t i = 0; i < node.inputs.size(); ++i) {
            TRY(const ValueId id, half_[index] ? capped(node, i) : operand(node.inputs[i], DType::kF32));
            inputs.push_back(id);
        }
        std::vector<std::string> names;
        for (const ValueId id : node.outputs) {
            std::string name = id == kNoValue ? "" : old_[id].name;
            if (id != kNoValue && half_[index] && options_.keep_io && output_names_.contains(name))
                name += "_inner";
            names.push_back(std::move(name));
        }
        TRY(const size_t added,
            graph::add_node(new_, *node.op, std::move(inputs), node.attrs, std::move(names), node.name));
        for (size_t i = 0; i < node.outputs.size(); ++i)
            if (node.outputs[i] != kNoValue)
                current_[place_of(node.outputs[i])] = new_.nodes[added].outputs[i];
        return {};
    }

    Status add_outputs() {
        for (const ValueId id : old_.outputs) {
            const ValueId now = current_[place_of(id)];
            const DType wanted = options_.keep_io || !is_f32(id) ? old_[id].dtype : options_.dtype;
            if (new_[now].dtype == wanted) {
                new_.outputs.push_back(now);
                continue;
            }
            std::string name = old_[id].name;
            if (new_[now].name == name) new_[now].name += "_inner";
            TRY(const size_t node,
                graph::add_node(new_, *ops::find_op("cast"), {now}, {{"to", wanted}}, {name}, name));
            new_[new_.nodes[node].outputs[0]].name = name;
            new_.outputs.push_back(new_.nodes[node].outputs[0]);
        }
        return {};
    }

    const Graph& old_;
    const HalfOptions& options_;
    std::vector<std::string>& notes_;
    graph::Uses uses_;
    std::vector<bool> half_;
    Graph new_;
    std::vector<ValueId> current_;  // old value -> new value
    std::map<std::pair<ValueId, DType>, ValueId> casts_, constants_;
    std::set<std::string> output_names_;
    int64_t kept_weights_ = 0;
};

}  // namespace

Result<Graph> to_half(Graph graph, const HalfOptions& options, std::vector<std::string>& notes) {
    return HalfPass(graph, options, notes).run();
}

}  // namespace lathe::passes
