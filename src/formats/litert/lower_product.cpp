// Products of matrices, and softmax.
#include <algorithm>

#include "formats/litert/lowering.h"

namespace lathe::formats::litert {
namespace {

using graph::Dim;
using graph::Dims;
using graph::ValueId;
using wire::flat_number;

bool last_is(const Order& order, int axis) { return !order.empty() && order.back() == axis; }

// The order with `axis` moved to the end.
Order with_last(const Order& order, int axis) {
    Order moved;
    for (const int one : order)
        if (one != axis) moved.push_back(one);
    moved.push_back(axis);
    return moved;
}

// FULLY_CONNECTED: rows of x by weight [O, K] (a view), which may lie under any axes but the last.
Status fully_connected(NodeView& n, int w, std::optional<int> bias) {
    Lowering& l = n.lowering;
    const ValueId x = n.in(0);
    const int last = static_cast<int>(l.rank(x)) - 1;
    const Order order =
        l.find_order(x, [&](const Order& o) { return last_is(o, last); }, with_last(l.view(x).order, last));
    std::vector<int> inputs{l.in_order(x, order), w};
    if (bias) inputs.push_back(*bias);
    using namespace fully_connected_slot;
    l.emit(Builtin::kFullyConnected, inputs, {l.result_for(n.out(), order)},
           {flat_number(kActivation, int8_t{0}), flat_number(kWeightsFormat, int8_t{0}),
            flat_number(kKeepNumDims, uint8_t{order.size() != 2})});
    return {};
}

// The order for a product's operand: axes of the batch as `batch` says, then rows and columns.
Order with_matrix(const Order& batch, size_t rank, bool swapped) {
    Order order = batch;
    const int rows = static_cast<int>(rank) - 2, columns = rows + 1;
    order.push_back(swapped ? columns : rows);
    order.push_back(swapped ? rows : columns);
    return order;
}

bool ends_with_matrix(const Order& order) {
    const int rank = static_cast<int>(order.size());
    return rank >= 2 && std::min(order[order.size() - 2], order.back()) >= rank - 2;
}

Order batch_of(const Order& order) {
    return ends_with_matrix(order) ? Order(order.begin(), order.end() - 2) : Order{};
}

// An operand of rank below the product's gets axes of size 1 in front.
int operand(Lowering& l, ValueId id, size_t rank, const Order& order) {
    const int found = l.broadcast_to(id, rank, order);
    return found;
}

Status lower_matmul(NodeView& n) {
    Lowering& l = n.lowering;
    const ValueId a = n.in(0), b = n.in(1);
    if (l.rank(a) < 2 || l.rank(b) < 2) return fail("LiteRT multiplies matrices, not vectors");
    if (const auto& data = l.constant(b); data && data->rank() == 2 && data->dtype() == DType::kF32) {
        const int swap[] = {1, 0};
        return fully_connected(n, l.weight(l.name_of(b), data->transposed(swap), 0, true), std::nullopt);
    }
    if (const auto codes = l.codes_of(b); codes && codes->data.rank() == 2) {
        TRY(const int w, l.codes_tensor(*codes, {1, 0}));
        return fully_connected(n, w, std::nullopt);
    }
    const size_t rank = n.shape_out().size();
    if (rank > 5) return fail("LiteRT multiplies matrices under at most three axes, not under {}", rank - 2);
    Order batch = identity_order(rank - 2);
    for (const ValueId id : {a, b})
        if (!l.constant(id) && l.rank(id) == rank)
            if (const Order own = l.view(id).order; ends_with_matrix(own)) {
                batch = batch_of(own);
                break;
            }
    const Order straight = with_matrix(batch, rank, false), swapped = with_matrix(batch, rank, true);
    // The second factor may lie transposed.
    const bool adjoint =
        l.rank(b) == rank && !l.constant(b) &&
        l.find_order(b, [&](const Order& o) { return o == swapped || o == straight; }, {}) == swapped;
    using namespace batch_matmul_slot;
    l.emit(Builtin::kBatchMatmul,
           {operand(l, a, rank, straight), operand(l, b, rank, adjoint ? swapped : straight)},
           {l.result_for(n.out(), straight)},
           {flat_number(kAdjointX, uint8_t{0}), flat_number(kAdjointY, uint8_t{adjoint})});
    return {};
}

// alpha * a' * b' + beta * c with constant b and a vector c; alpha and beta go into the constants.
Status lower_gemm(NodeView& n) {
    Lowering& l = n.lowering;
    const auto& weight = l.constant(n.in(1));
    const auto scaled = [](const Tensor& tensor, double factor) {
        if (factor == 1) return tensor;
        auto values = tensor.to_doubles();
        for (double& v : values) v *= factor;
        return tensor_from_doubles(tensor.dtype(), tensor.shape(), values);
    };
    const bool transposed = n.flag("transB");
    int w = kNoTensor;
    if (const auto codes = l.codes_of(n.in(1))) {
        TRY(w, l.codes_tensor(*codes, transposed ? Order{0, 1} : Order{1, 0}));
    } else {
        const int swap[] = {1, 0};
        const Tensor rows = transposed ? *weight : weight->transposed(swap);
        w = l.weight(l.name_of(n.in(1)), scaled(rows, n.number("alpha")), 0, true);
    }
    std::optional<int> bias;
    if (n.has(2)) {
        const auto& c = l.constant(n.in(2));
        bias = l.weight(l.name_of(n.in(2)), scaled(c->reshaped({c->count()}), n.number("beta")), 0, false);
    }
    return fully_connected(n, w, bias);
}

bool is_widened_constant(const graph::Graph& graph, graph::ValueId id) {
    return std::ranges::any_of(graph.nodes, [&](const graph::Node& node) {
        return node.op->name == "dequantize_linear" && node.outputs[0] == id &&
               graph[node.inputs[0]].constant;
    });
}

bool gemm_fits(const graph::Graph& graph, const graph::Node& node) {
    if (*std::get_if<bool>(node.attrs.find("transA"))) return false;
    const graph::ValueId id = node.inputs[1];
    const bool codes = is_widened_constant(graph, id);
    if (!graph[id].constant && !(codes && *std::get_if<double>(node.attrs.find("alpha")) == 1)) return false;
    if (node.inputs.size() < 3 || node.inputs[2] == graph::kNoValue) return true;
    const graph::Dim outputs = graph[id].shape[*std::get_if<bool>(node.attrs.find("transB")) ? 0 : 1];
    const graph::ValueId c = node.inputs[2];
    return (graph[c].constant || is_widened_constant(graph, c)) && graph::product(graph[c].shape) == outputs;
}

// Along the last axis of the tensor.
Status lower_softmax(NodeView& n) {
    Lowering& l = n.lowering;
    const ValueId x = n.in(0);
    TRY(const int axis, graph::normal_axis(n.integer("axis"), static_cast<int>(l.rank(x))));
    const Order order =
        l.find_order(x, [&](const Order& o) { return last_is(o, axis); }, with_last(l.view(x).order, axis));
    const bool log = n.builtin() == Builtin::kLogSoftmax;
    std::vector<wire::FlatField> options;
    if (!log) options.push_back(flat_number(0, 1.0F));
    l.emit(n.builtin(), {l.in_order(x, order)}, {l.result_for(n.out(), order)}, options);
    return {};
}

constexpr LowerRow kLowerProductRows[] = {
    {"gemm", lower_gemm, gemm_fits},
    {"log_softmax", lower_softmax},
    {"matmul", lower_matmul},
    {"softmax", lower_softmax},
};

}  // namespace

std::span<const LowerRow> product_lowerings() { return kLowerProductRows; }

}  // namespace lathe::formats::litert
