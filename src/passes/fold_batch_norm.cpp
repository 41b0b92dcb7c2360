#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/file.h"
#include "graph/contexts.h"
#include "ops/ops.h"
#include "passes/passes.h"

namespace lathe::passes {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

const Tensor* constant_of(const Graph& graph, const Node& node, size_t operand) {
    if (operand >= node.inputs.size() || node.inputs[operand] == kNoValue) return nullptr;
    const auto& constant = graph[node.inputs[operand]].constant;
    return constant ? &*constant : nullptr;
}

// Per-channel numbers of a constant that broadcasts along axis `axis` (from the left) of a value of rank `rank`:
// shape [.., C, 1, ..] or all ones. Nothing when it varies along another axis.
std::optional<std::vector<double>> per_channel(const Tensor& constant, size_t rank, size_t axis,
                                               int64_t channels) {
    const Shape& shape = constant.shape();
    if (shape.size() > rank || !is_float(constant.dtype())) return std::nullopt;
    for (size_t i = 0; i < shape.size(); ++i) {
        const bool channel_axis = i + rank - shape.size() == axis;
        if (shape[i] != 1 && !(channel_axis && shape[i] == channels)) return std::nullopt;
    }
    auto values = constant.to_doubles();
    if (values.size() == 1) values.resize(static_cast<size_t>(channels), double{values[0]});
    return values;
}

// `graph` holds no nodes while its old ones are rewritten one by one into `into`.
// y = batch_norm(x, scale, bias, mean, var)  ->  y = x*m + a with constants m, a of shape [C, 1, ..].
Result<bool> split_batch_norm(Graph& graph, const Node& node, std::vector<Node>& into) {
    const Tensor *scale = constant_of(graph, node, 1), *bias = constant_of(graph, node, 2),
                 *mean = constant_of(graph, node, 3), *variance = constant_of(graph, node, 4);
    const size_t rank = graph[node.inputs[0]].shape.size();
    if (scale == nullptr || bias == nullptr || mean == nullptr || variance == nullptr ||
        node.outputs.size() != 1 || rank < 2)
        return false;
    const DType dtype = graph[node.inputs[0]].dtype;
    const double epsilon = graph::AttrReader(*node.op, node.attrs).number("epsilon");
    const auto s = scale->to_doubles(), b = bias->to_doubles(), mu = mean->to_doubles(),
               var = variance->to_doubles();
    std::vector<double> m(s.size()), a(s.size());
    for (size_t c = 0; c < s.size(); ++c) {
        m[c] = s[c] / std::sqrt(var[c] + epsilon);
        a[c] = b[c] - mu[c] * m[c];
    }
    Shape shape(rank - 1, 1);
    shape[0] = static_cast<int64_t>(s.size());
    const std::string name = graph[node.inputs[1]].name;  // a copy: constants move the values
    const ValueId m_id = graph.add_constant(name + ".multiplier", tensor_from_doubles(dtype, shape, m));
    const ValueId a_id = graph.add_constant(name + ".offset", tensor_from_doubles(dtype, shape, a));
    TRY(const size_t mul,
        graph::add_node(graph, *ops::find_op("mul"), {node.inputs[0], m_id}, {}, {}, node.name));
    const ValueId product = graph.nodes[mul].outputs[0];
    Node add{
        .op = ops::find_op("add"), .name = node.name, .inputs = {product, a_id}, .outputs = node.outputs};
    into.push_back(std::move(graph.nodes[mul]));
    into.push_back(std::move(add));
    graph.nodes.clear();
    return true;
}

struct ChannelAffine {
    std::vector<double> multiplier, offset;
};

// The multiplication or addition of per-channel constants that `user` does to `value`.
std::optional<ChannelAffine> affine_of(const Graph& graph, const Node& user, ValueId value, size_t axis,
                                       int64_t channels) {
    const bool mul = user.op->name == "mul", add = user.op->name == "add";
    if ((!mul && !add) || user.inputs.size() != 2) return std::nullopt;
    const size_t other = user.inputs[0] == value ? 1 : 0;
    const Tensor* constant = constant_of(graph, user, other);
    const size_t rank = graph[value].shape.size();
    if (constant == nullptr || graph[user.outputs[0]].shape.size() != rank) return std::nullopt;
    auto values = per_channel(*constant, rank, axis, channels);
    if (!values) return std::nullopt;
    const std::vector<double> ones(values->size(), 1), zeros(values->size(), 0);
    return mul ? ChannelAffine{*std::move(values), zeros} : ChannelAffine{ones, *std::move(values)};
}

// weight with every slice along `axis` multiplied by its number; rounded once.
Tensor scaled(const Tensor& weight, const std::vector<double>& multiplier, size_t axis) {
    const Tensor plain = weight.to_contiguous();
    TensorBuilder builder(plain.dtype(), plain.shape());
    int64_t inner = 1;
    for (size_t i = axis + 1; i < plain.shape().size(); ++i) inner *= plain.shape()[i];
    const int64_t channels = plain.shape()[axis], rows = plain.count() / std::max<int64_t>(inner, 1);
    if (plain.dtype() == DType::kF32) {
        const auto in = plain.values<float>();
        const auto out = builder.values<float>();
        for (int64_t row = 0; row < rows; ++row) {
            const double m = multiplier[static_cast<size_t>(row % channels)];
            for (auto i = static_cast<size_t>(row * inner); i < static_cast<size_t>((row + 1) * inner); ++i)
                out[i] = static_cast<float>(static_cast<double>(in[i]) * m);
        }
        release_pages(plain.storage());
        return builder.finish();
    }
    auto values = plain.to_doubles();
    for (int64_t row = 0; row < rows; ++row)
        for (auto i = static_cast<size_t>(row * inner); i < static_cast<size_t>((row + 1) * inner); ++i)
            values[i] *= multiplier[static_cast<size_t>(row % channels)];
    return tensor_from_doubles(plain.dtype(), plain.shape(), values);
}

class Folder {
public:
    explicit Folder(Graph graph) : graph_(std::move(graph)), uses_(graph::uses_of(graph_)) {}

    Result<Graph> run() {
        std::vector<bool> dropped(graph_.nodes.size(), false);
        for (size_t i = 0; i < graph_.nodes.size(); ++i)
            if (!dropped[i] && foldable(graph_.nodes[i])) fold_into(i, dropped);
        std::vector<Node> kept;
        for (size_t i = 0; i < graph_.nodes.size(); ++i)
            if (!dropped[i]) kept.push_back(std::move(graph_.nodes[i]));
        graph_.nodes = std::move(kept);
        return graph::without_dead_code(std::move(graph_));
    }

private:
    bool is_matmul(const Node& node) const { return node.op->name == "matmul"; }

    bool foldable(const Node& node) const {
        const Tensor* weight = constant_of(graph_, node, 1);
        if (weight == nullptr || !is_float(weight->dtype())) return false;
        if (uses_.users[static_cast<size_t>(node.inputs[1])].size() != 1) return false;
        if (node.op->name == "conv") return node.inputs.size() < 3 || constant_of(graph_, node, 2) != nullptr;
        return is_matmul(node) && weight->rank() == 2 && graph_[node.inputs[0]].shape.size() >= 2;
    }

    // The only node that uses `value`, when it is no output of the graph.
    std::optional<size_t> only_user(ValueId value) const {
        const auto& users = uses_.users[static_cast<size_t>(value)];
        if (users.size() != 1 || std::ranges::find(graph_.outputs, value) != graph_.outputs.end())
            return std::nullopt;
        return users[0];
    }

    void fold_into(size_t index, std::vector<bool>& dropped) {
        const bool matmul = is_matmul(graph_.nodes[index]);
        const Tensor weight = *constant_of(graph_, graph_.nodes[index], 1);
        const size_t weight_axis = matmul ? 1 : 0;
        const int64_t channels = weight.shape()[weight_axis];
        ChannelAffine total{std::vector<double>(static_cast<size_t>(channels), 1),
                            std::vector<double>(static_cast<size_t>(channels), 0)};
        if (const Tensor* bias = constant_of(graph_, graph_.nodes[index], 2))
            total.offset = bias->to_doubles();
        bool changed = false;
        for (;;) {
            Node& node = graph_.nodes[index];
            const auto user = only_user(node.outputs[0]);
            if (!user) break;
            const size_t axis = matmul ? graph_[node.outputs[0]].shape.size() - 1 : 1;
            const auto affine = affine_of(graph_, graph_.nodes[*user], node.outputs[0], axis, channels);
            if (!affine || (matmul && graph_.nodes[*user].op->name == "add")) break;
            for (size_t c = 0; c < total.offset.size(); ++c) {
                total.multiplier[c] *= affine->multiplier[c];
                total.offset[c] = total.offset[c] * affine->multiplier[c] + affine->offset[c];
            }
            node.outputs = graph_.nodes[*user].outputs;  // the conv now makes the result of its user
            dropped[*user] = true;
            changed = true;
        }
        if (changed) store(index, weight, total, weight_axis);
    }

    void store(size_t index, const Tensor& weight, const ChannelAffine& total, size_t weight_axis) {
        Node& node = graph_.nodes[index];
        graph::Value& weight_value = graph_[node.inputs[1]];
        if (std::ranges::any_of(total.multiplier, [](double m) { return m != 1; }))
            weight_value.constant = scaled(weight, total.multiplier, weight_axis);
        if (node.op->name != "conv") return;
        const Tensor bias =
            tensor_from_doubles(weight.dtype(), {static_cast<int64_t>(total.offset.size())}, total.offset);
        const std::string bias_name = weight_value.name + ".bias";
        node.inputs.resize(3, kNoValue);
        node.inputs[2] = graph_.add_constant(bias_name, bias);
    }

    Graph graph_;
    graph::Uses uses_;
};

}  // namespace

Result<Graph> fold_batch_norm(Graph graph) {
    std::vector<Node> nodes = std::move(graph.nodes);
    graph.nodes.clear();
    std::vector<Node> rewritten;
    for (Node& node : nodes) {
        bool split = false;
        if (node.op->name == "batch_norm") {
            TRY(split, with_place(split_batch_norm(graph, node, rewritten), node.name));
        }
        if (!split) rewritten.push_back(std::move(node));
    }
    graph.nodes = std::move(rewritten);
    return Folder(std::move(graph)).run();
}

}  // namespace lathe::passes
