// Reductions along axes, in whatever order they lie, and what else looks along an axis.
#include "base/check.h"
#include "formats/litert/lowering.h"

namespace lathe::formats::litert {
namespace {

using graph::Dim;
using graph::ValueId;
using wire::flat_number;

// The order without some axes, the others renumbered.
Order without(const Order& order, const std::vector<bool>& gone) {
    std::vector<int> number(order.size());
    int next = 0;
    for (size_t i = 0; i < order.size(); ++i) number[i] = gone[i] ? -1 : next++;
    Order rest;
    for (const int axis : order)
        if (!gone[static_cast<size_t>(axis)]) rest.push_back(number[static_cast<size_t>(axis)]);
    return rest;
}

Status emit_reduction(NodeView& n, Builtin code, const std::vector<int>& axes, bool keep) {
    Lowering& l = n.lowering;
    const View x = l.view(n.in(0));
    std::vector<int64_t> places;
    std::vector<bool> gone(x.order.size(), false);
    for (const int axis : axes) {
        places.push_back(static_cast<int64_t>(place_of(x.order, axis)));
        gone[static_cast<size_t>(axis)] = true;
    }
    std::ranges::sort(places);
    l.emit(code, {x.tensor, l.ints(places, "axes")},
           {l.result_for(n.out(), keep ? x.order : without(x.order, gone))}, {flat_number(0, uint8_t{keep})});
    return {};
}

Status lower_reduction(NodeView& n) {
    TRY(const graph::Ints given, n.ints("axes"));
    const int rank = static_cast<int>(n.shape_in(0).size());
    TRY(std::vector<int> axes, graph::normal_axes(given, rank));
    if (axes.empty() && n.flag("noop_with_empty_axes")) {
        const View x = n.lowering.view(n.in(0));
        return n.lowering.place(n.out(), x.tensor, x.order), Status{};
    }
    if (axes.empty()) axes = identity_order(static_cast<size_t>(rank));
    return emit_reduction(n, n.builtin(), axes, n.flag("keepdims"));
}

Status lower_global(NodeView& n) {
    std::vector<int> axes;
    for (size_t i = 2; i < n.shape_in(0).size(); ++i) axes.push_back(static_cast<int>(i));
    return emit_reduction(n, n.builtin(), axes, true);
}

Status lower_arg(NodeView& n) {
    Lowering& l = n.lowering;
    if (n.flag("select_last_index")) return fail("LiteRT gives the first of equal places only");
    const View x = l.view(n.in(0));
    TRY(const int axis, graph::normal_axis(n.integer("axis"), static_cast<int>(x.order.size())));
    const int along = l.scalar(DType::kI32, static_cast<double>(place_of(x.order, axis)));
    std::vector<bool> gone(x.order.size(), false);
    gone[static_cast<size_t>(axis)] = true;
    const std::vector<wire::FlatField> type{flat_number(0, *tensor_type_of(DType::kI64))};
    if (!n.flag("keepdims")) {
        l.emit(n.builtin(), {x.tensor, along}, {l.result_for(n.out(), without(x.order, gone))}, type);
        return {};
    }
    graph::Dims flat;
    for (const int one : x.order)
        if (one != axis) flat.push_back(n.shape_in(0)[static_cast<size_t>(one)]);
    const int places = l.result(l.name_of(n.out()) + "/flat", DType::kI64, flat);
    l.emit(n.builtin(), {x.tensor, along}, {places}, type);
    const int y = l.result_for(n.out(), x.order);
    TRY(const int target, l.shape_operand(l.tensor(y).shape, true));
    l.emit(Builtin::kReshape, {places, target}, {y});
    return {};
}

Status lower_cumsum(NodeView& n) {
    Lowering& l = n.lowering;
    const View x = l.view(n.in(0));
    int64_t given = 0;
    if (n.has(1)) {
        const auto known = l.known(n.in(1));
        if (!known || known->count() != 1) return fail("its axis is computed while the network runs");
        given = known->to_ints()[0];
    } else {
        given = n.integer("axis");
    }
    TRY(const int axis, graph::normal_axis(given, static_cast<int>(x.order.size())));
    const int along = l.scalar(DType::kI32, static_cast<double>(place_of(x.order, axis)));
    l.emit(Builtin::kCumsum, {x.tensor, along}, {l.result_for(n.out(), x.order)},
           {flat_number(0, uint8_t{n.flag("exclusive")}), flat_number(1, uint8_t{n.flag("reverse")})});
    return {};
}

constexpr LowerRow kLowerReduceRows[] = {
    {"arg_max", lower_arg},
    {"arg_min", lower_arg},
    {"cumsum", lower_cumsum},
    {"global_avg_pool", lower_global},
    {"global_max_pool", lower_global},
    {"reduce_max", lower_reduction},
    {"reduce_mean", lower_reduction},
    {"reduce_min", lower_reduction},
    {"reduce_prod", lower_reduction},
    {"reduce_sum", lower_reduction},
};

}  // namespace

std::span<const LowerRow> reduce_lowerings() { return kLowerReduceRows; }

}  // namespace lathe::formats::litert
