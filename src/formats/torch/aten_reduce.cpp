// Sums and extremes along axes, the order of elements.
#include <algorithm>

#include "formats/torch/aten_lowering.h"

namespace lathe::formats::torch::aten {
namespace {

constexpr DType kPlace = DType::kI64;

// The axes, not negative; all of them when none are given. Nothing: they are computed while the network runs.
std::optional<Args> axes_of(const NodeView& n) {
    const auto listed = n.ints("axes");
    if (!listed) return std::nullopt;
    Args axes;
    for (const int64_t axis : *listed) axes.emplace_back(axis < 0 ? axis + n.rank() : axis);
    if (listed->empty())
        for (int64_t i = 0; i < n.rank(); ++i) axes.emplace_back(i);
    return axes;
}

bool does_nothing(const NodeView& n) {
    return n.rank() == 0 || (n.flag("noop_with_empty_axes") && n.ints("axes") && n.ints("axes")->empty());
}

bool can_reduce(const NodeView& n) { return axes_of(n).has_value(); }
bool can_reduce_floats(const NodeView& n) { return can_reduce(n) && is_float(n.type()); }

// Schemas that take (self, dim, keepdim).
template <const std::string_view& schema>
void reduce(NodeView& n) {
    if (does_nothing(n)) return n.give(std::get<Ref>(n.in(0)));
    n.give(schema, {n.in(0), *axes_of(n), n.flag("keepdims")});
}
constexpr std::string_view
    kMean = "mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, int? dtype=None)",
    kSumOver = "sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, int? dtype=None)",
    kLargest = "amax(Tensor self, int[1] dim=[], bool keepdim=False)",
    kSmallest = "amin(Tensor self, int[1] dim=[], bool keepdim=False)",
    kLogSumExp = "logsumexp(Tensor self, int[1] dim, bool keepdim=False)";

// Of integers PyTorch's sums are i64 unless told otherwise.
void write_sum(NodeView& n) {
    if (does_nothing(n) || is_float(n.type())) return reduce<kSumOver>(n);
    n.give(kSumOver, {n.in(0), *axes_of(n), n.flag("keepdims"), n.type()});
}

// An axis at a time, from the last.
void write_prod(NodeView& n) {
    if (does_nothing(n)) return n.give(std::get<Ref>(n.in(0)));
    Ref x = std::get<Ref>(n.in(0));
    std::vector<int64_t> axes;
    const Args listed = *axes_of(n);
    for (const Arg& axis : listed) axes.push_back(std::get<int64_t>(axis));
    std::ranges::sort(axes, std::greater<>());
    for (const int64_t axis : axes) {
        Dims shape = n.made(x).shape;
        shape[static_cast<size_t>(axis)] = Dim(1);
        if (!n.flag("keepdims")) shape.erase(shape.begin() + axis);
        x = n.call("prod.dim_int(Tensor self, int dim, bool keepdim=False, *, int? dtype=None)",
                   {x, axis, n.flag("keepdims"), n.type()}, n.type(), shape);
    }
    n.give(x);
}

// ---- places of extremes

template <bool largest>
void write_arg(NodeView& n) {
    constexpr std::string_view kSchema = largest ? "argmax(Tensor self, int? dim=None, bool keepdim=False)"
                                                 : "argmin(Tensor self, int? dim=None, bool keepdim=False)";
    const int axis = n.axis();
    const bool keep = n.flag("keepdims");
    if (!n.flag("select_last_index")) return n.give(kSchema, {n.in(0), int64_t{axis}, keep});
    const Ref turned = n.call(kFlip, {n.in(0), Args{int64_t{axis}}}, n.type(), n.shape());
    const Ref place = n.call(kSchema, {turned, int64_t{axis}, keep}, kPlace, n.out().shape);
    const Dim last = n.shape()[static_cast<size_t>(axis)] - Dim(1);
    n.give("rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1)", {place, n.size(last)});
}

// ---- order

void write_top_k(NodeView& n) {
    const auto k = n.has(1) ? static_cast<int64_t>(*n.number_in(1)) : n.integer("k");
    std::vector<Lowering::Type> types;
    const auto shape_like = [&](size_t i) { return n.wants(i) ? n.out(i).shape : n.out(1 - i).shape; };
    for (size_t i = 0; i < 2; ++i)
        types.push_back({i == 0 ? n.type() : kPlace, shape_like(i), n.out(n.wants(i) ? i : 1 - i).name});
    const auto refs =
        n.lowering.call("topk(Tensor self, int k, int dim=-1, bool largest=True, bool sorted=True)",
                        {n.in(0), k, int64_t{n.axis()}, n.flag("largest"), n.flag("sorted")}, types);
    for (size_t i = 0; i < 2; ++i)
        if (n.wants(i)) n.lowering.place(n.node.outputs[i], refs[i]);
}
bool can_top_k(const NodeView& n) { return !n.has(1) || n.number_in(1); }

std::optional<int> cumsum_axis(const NodeView& n) {
    const auto axis = n.has(1) ? n.number_in(1) : std::optional(static_cast<double>(n.integer("axis")));
    if (!axis) return std::nullopt;
    return static_cast<int>(*axis < 0 ? *axis + n.rank() : *axis);
}

// Without an element itself: moved by one, with a zero in front.
void write_cumsum(NodeView& n) {
    const int axis = *cumsum_axis(n);
    const bool reverse = n.flag("reverse");
    const Args turn{int64_t{axis}};
    Ref x = std::get<Ref>(n.in(0));
    if (reverse) x = n.call(kFlip, {x, turn}, n.type(), n.shape());
    if (n.flag("exclusive")) {
        Args pads(static_cast<size_t>(2 * (n.rank() - axis)), Arg(int64_t{0}));
        pads[pads.size() - 2] = int64_t{1};
        pads[pads.size() - 1] = int64_t{-1};
        x = n.call(kPad, {x, pads, is_float(n.type()) ? Arg(0.0) : Arg(int64_t{0})}, n.type(), n.shape());
    }
    const std::string_view schema = "cumsum(Tensor self, int dim, *, int? dtype=None)";
    if (!reverse) return n.give(schema, {x, int64_t{axis}, n.type()});
    n.give(kFlip, {n.call(schema, {x, int64_t{axis}, n.type()}, n.type(), n.shape()), turn});
}
bool can_cumsum(const NodeView& n) { return n.rank() > 0 && cumsum_axis(n); }

constexpr Row kReduceRows[] = {
    {"arg_max", "", write_arg<true>},
    {"arg_min", "", write_arg<false>},
    {"cumsum", "", write_cumsum, can_cumsum},
    {"reduce_log_sum_exp", "", reduce<kLogSumExp>,
     [](const NodeView& n) { return can_reduce_floats(n) && !does_nothing(n); }},
    {"reduce_max", "", reduce<kLargest>, can_reduce},
    {"reduce_mean", "", reduce<kMean>, can_reduce_floats},
    {"reduce_min", "", reduce<kSmallest>, can_reduce},
    {"reduce_prod", "", write_prod, can_reduce},
    {"reduce_sum", "", write_sum, can_reduce},
    {"top_k", "", write_top_k, can_top_k},
};

}  // namespace

std::span<const Row> reduce_rows() { return kReduceRows; }

}  // namespace lathe::formats::torch::aten
