// quantize_linear and dequantize_linear: tensors of codes with their scales.
#include "formats/litert/lowering.h"

namespace lathe::formats::litert {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

// The scales that a node quantises by. Errors: in blocks, or computed.
Result<Quantization> quantization_of(Lowering& l, const Node& node, int64_t axis, size_t rank) {
    if (*std::get_if<int64_t>(node.attrs.find("block_size")) != 0)
        return fail("LiteRT's codes have no blocks here");
    const auto& scale = l.constant(node.inputs[1]);
    const bool has_zero = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
    if (!scale || (has_zero && !l.constant(node.inputs[2])))
        return fail("its scales are computed while the network runs");
    Quantization q;
    for (const double s : scale->to_doubles()) q.scales.push_back(static_cast<float>(s));
    q.zero_points.assign(q.scales.size(), 0);
    if (has_zero) q.zero_points = l.constant(node.inputs[2])->to_ints();
    if (q.scales.size() > 1) {
        TRY(q.axis, graph::normal_axis(axis, static_cast<int>(rank)));
    }
    return q;
}

Status lower_quantize(NodeView& n) {
    Lowering& l = n.lowering;
    const View x = l.view(n.in(0));
    TRY(Quantization q, quantization_of(l, n.node, n.integer("axis"), x.order.size()));
    if (q.scales.size() > 1) q.axis = static_cast<int>(place_of(x.order, q.axis));
    const int y = l.result_for(n.out(), x.order);
    l.tensor(y).quantization = std::move(q);
    l.emit(Builtin::kQuantize, {x.tensor}, {y});
    return {};
}

Status lower_dequantize(NodeView& n) {
    Lowering& l = n.lowering;
    if (const auto weight = l.codes_of(n.out())) {
        TRY(const int tensor, l.codes_tensor(*weight, identity_order(l.rank(n.out()))));
        l.place(n.out(), tensor, identity_order(l.rank(n.out())));
        return {};
    }
    const View x = l.view(n.in(0));
    if (l.tensor(x.tensor).quantization.scales.empty())
        return fail("the codes '{}' have no scale before they are widened", l.name_of(n.in(0)));
    l.emit(Builtin::kDequantize, {x.tensor}, {l.result_for(n.out(), x.order)});
    return {};
}

constexpr LowerRow kLowerCodesRows[] = {{"dequantize_linear", lower_dequantize},
                                        {"quantize_linear", lower_quantize}};

}  // namespace

std::span<const LowerRow> code_lowerings() { return kLowerCodesRows; }

std::optional<Codes> Lowering::codes_of(ValueId id) const {
    const auto it = widened_.find(id);
    if (it == widened_.end()) return std::nullopt;
    return Codes{*graph_[it->second->inputs[0]].constant, it->second};
}

Result<int> Lowering::codes_tensor(const Codes& codes, const Order& order) {
    const int64_t axis = *std::get_if<int64_t>(codes.node->attrs.find("axis"));
    TRY(Quantization q, quantization_of(*this, *codes.node, axis, order.size()));
    if (q.scales.size() > 1) q.axis = static_cast<int>(place_of(order, q.axis));
    const std::string name = graph_[codes.node->inputs[0]].name;
    const int stored = result(name, codes.data.dtype(), {});
    tensor(stored).data = codes.data.transposed(order);
    tensor(stored).shape = graph::dims_of(tensor(stored).data->shape());
    tensor(stored).quantization = std::move(q);
    const int wide = result(name + "/f32", DType::kF32, tensor(stored).shape);
    emit(Builtin::kDequantize, {stored}, {wide});
    return wide;
}

}  // namespace lathe::formats::litert
