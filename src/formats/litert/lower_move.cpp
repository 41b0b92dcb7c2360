// Operators that move elements: reshapes keep the order of axes where groups of axes stay together.
#include <algorithm>
#include <numeric>

#include "formats/litert/lowering.h"

namespace lathe::formats::litert {
namespace {

using graph::Dim;
using graph::Dims;
using graph::ValueId;
using wire::flat_number;

// ---- reshape

// Open sizes as numbers that occur nowhere else, so that products can be compared.
int64_t as_number(const Dim& dim, std::map<std::string, int64_t, std::less<>>& symbols) {
    if (const auto size = dim.constant()) return *size;
    std::vector<std::string> names;
    dim.collect_symbols(names);
    for (const std::string& name : names)
        symbols.try_emplace(name, 1'000'003 + 210 * static_cast<int64_t>(symbols.size()));
    const auto value = dim.evaluate(symbols);
    return value ? *value : -1;
}

// Axes of the operand that become axes of the result together.
struct Group {
    std::vector<int> in, out;
};

// The finest grouping, axes of size 1 left out of `in`. Nothing: the products do not meet.
std::optional<std::vector<Group>> groups_of(const Dims& in, const Dims& out) {
    std::map<std::string, int64_t, std::less<>> symbols;
    std::vector<Group> groups;
    size_t i = 0, o = 0;
    while (i < in.size() || o < out.size()) {
        Group group;
        double a = 1, b = 1;
        do {
            const bool take_in = i < in.size() && (a <= b || o == out.size());
            if (!take_in && o == out.size()) return std::nullopt;
            if (take_in) {
                a *= static_cast<double>(as_number(in[i], symbols));
                if (!(in[i] == Dim(1))) group.in.push_back(static_cast<int>(i));
                ++i;
            } else {
                b *= static_cast<double>(as_number(out[o], symbols));
                group.out.push_back(static_cast<int>(o));
                ++o;
            }
        } while (a != b);
        groups.push_back(std::move(group));
    }
    return groups;
}

// The order of the result when the operand lies in `order` and no element moves; nothing when one must.
std::optional<Order> order_after(const Dims& in, const Dims& out, const Order& order) {
    const auto groups = groups_of(in, out);
    if (!groups) return std::nullopt;
    std::vector<int> group_of(in.size(), -1);
    for (size_t g = 0; g < groups->size(); ++g)
        for (const int axis : (*groups)[g].in) group_of[static_cast<size_t>(axis)] = static_cast<int>(g);
    // Axes of the result that stand for no axis of the operand (of size 1) keep their place behind those before them.
    std::vector<size_t> sequence;
    std::vector<bool> taken(groups->size(), false);
    int last_axis = -1, last_group = -1;
    for (const int axis : order) {
        const int g = group_of[static_cast<size_t>(axis)];
        if (g < 0) continue;
        if (g == last_group) {
            if (axis < last_axis) return std::nullopt;
        } else {
            if (taken[static_cast<size_t>(g)]) return std::nullopt;
            taken[static_cast<size_t>(g)] = true;
            sequence.push_back(static_cast<size_t>(g));
        }
        last_axis = axis;
        last_group = g;
    }
    Order result;
    const auto append = [&](size_t g) {
        const auto& axes = (*groups)[g].out;
        result.insert(result.end(), axes.begin(), axes.end());
    };
    // Groups without axes of the operand follow the one before them in the result's own order.
    const auto append_followers = [&](size_t g) {
        for (size_t next = g + 1; next < groups->size() && (*groups)[next].in.empty(); ++next) append(next);
    };
    for (size_t g = 0; g < groups->size() && (*groups)[g].in.empty(); ++g) append(g);
    for (const size_t g : sequence) {
        append(g);
        append_followers(g);
    }
    return result;
}

Status lower_reshape(NodeView& n) {
    Lowering& l = n.lowering;
    const ValueId x = n.in(0);
    const Dims &in = n.shape_in(0), &out = n.shape_out();
    Order from = identity_order(in.size()), to = identity_order(out.size());
    const Order found =
        l.find_order(x, [&](const Order& o) { return order_after(in, out, o).has_value(); }, {});
    if (!found.empty()) {
        from = found;
        to = *order_after(in, out, found);
    }
    const int source = l.in_order(x, from);
    const Dims target = permuted(out, to);
    if (l.tensor(source).shape == target && !l.constant(x)) {
        l.place(n.out(), source, to);
        return {};
    }
    TRY(const int shape, l.shape_operand(target, true));
    l.emit(Builtin::kReshape, {source, shape}, {l.result_for(n.out(), to)});
    return {};
}

// Axis j of the result is axis perm[j] of the operand.
Status lower_transpose(NodeView& n) {
    Lowering& l = n.lowering;
    const size_t rank = n.shape_in(0).size();
    graph::Ints perm = n.list("perm");
    if (perm.empty())
        for (size_t i = rank; i-- > 0;) perm.push_back(static_cast<int64_t>(i));
    Order inverse(rank);
    for (size_t j = 0; j < rank; ++j) inverse[static_cast<size_t>(perm[j])] = static_cast<int>(j);
    l.view(n.in(0));
    const auto place = [&](const View& v) {
        Order order;
        for (const int axis : v.order) order.push_back(inverse[static_cast<size_t>(axis)]);
        l.place(n.out(), v.tensor, order);
    };
    for (const View& v : std::vector<View>(l.views(n.in(0)))) place(v);
    return {};
}

// ---- expand, tile

Status lower_expand(NodeView& n) {
    Lowering& l = n.lowering;
    const size_t rank = n.shape_out().size();
    Order order = identity_order(rank);
    if (l.rank(n.in(0)) == rank) order = l.view(n.in(0)).order;
    const int x = l.broadcast_to(n.in(0), rank, order);
    const Dims target = permuted(n.shape_out(), order);
    if (l.tensor(x).shape == target && !l.constant(n.in(0))) return l.place(n.out(), x, order), Status{};
    TRY(const int shape, l.shape_operand(target, false));
    l.emit(Builtin::kBroadcastTo, {x, shape}, {l.result_for(n.out(), order)});
    return {};
}

Status lower_tile(NodeView& n) {
    Lowering& l = n.lowering;
    const View x = l.view(n.in(0));
    TRY(const graph::Ints repeats, n.ints("repeats"));
    std::vector<int64_t> moved;
    for (const int axis : x.order) moved.push_back(repeats[static_cast<size_t>(axis)]);
    l.emit(Builtin::kTile, {x.tensor, l.ints(moved, "repeats")}, {l.result_for(n.out(), x.order)});
    return {};
}

// ---- concat, split, slice

Status lower_concat(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int axis, graph::normal_axis(n.integer("axis"), static_cast<int>(n.shape_out().size())));
    Order order = identity_order(n.shape_out().size());
    double most = -1;
    for (const ValueId id : n.node.inputs) {
        if (l.constant(id)) continue;
        double count = 1;
        for (const Dim& dim : l.shape(id)) count *= static_cast<double>(dim.constant().value_or(1));
        if (count > most) {
            most = count;
            order = l.view(id).order;
        }
    }
    std::vector<int> inputs;
    for (const ValueId id : n.node.inputs) inputs.push_back(l.in_order(id, order));
    if (inputs.size() == 1) return l.place(n.out(), inputs[0], order), Status{};
    l.emit(Builtin::kConcatenation, inputs, {l.result_for(n.out(), order)},
           {flat_number(0, static_cast<int32_t>(place_of(order, axis))), flat_number(1, int8_t{0})});
    return {};
}

Status lower_split(NodeView& n) {
    Lowering& l = n.lowering;
    const View x = l.view(n.in(0));
    TRY(const int axis, graph::normal_axis(n.integer("axis"), static_cast<int>(x.order.size())));
    const auto at = static_cast<int64_t>(place_of(x.order, axis));
    std::vector<int> results;
    std::vector<int64_t> lengths;
    bool equal = true;
    for (const ValueId id : n.node.outputs) {
        if (id == graph::kNoValue) return fail("one of its results is not wanted, and LiteRT gives all");
        TRY(const Shape length, fixed_shape({l.shape(id)[static_cast<size_t>(axis)]}, "a part"));
        lengths.push_back(length[0]);
        equal &= length[0] == lengths[0];
        results.push_back(l.result_for(id, x.order));
    }
    const auto count = static_cast<int32_t>(results.size());
    const int along = l.scalar(DType::kI32, static_cast<double>(at));
    if (equal) l.emit(Builtin::kSplit, {along, x.tensor}, results, {flat_number(0, count)});
    else
        l.emit(Builtin::kSplitV, {x.tensor, l.ints(lengths, "lengths"), along}, results,
               {flat_number(0, count)});
    return {};
}

Status lower_slice(NodeView& n) {
    Lowering& l = n.lowering;
    const View x = l.view(n.in(0));
    const int rank = static_cast<int>(x.order.size());
    TRY(const graph::Ints starts, n.ints("starts"));
    TRY(graph::Ints axes, n.ints("axes"));
    TRY(graph::Ints steps, n.ints("steps"));
    if (axes.empty())
        for (size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<int64_t>(i));
    if (steps.empty()) steps.assign(starts.size(), 1);
    TRY(const auto normal, graph::normal_axes(axes, rank));
    std::vector<int64_t> begin(x.order.size(), 0), size(x.order.size(), -1), end(x.order.size(), 0),
        stride(x.order.size(), 1);
    bool plain = true;
    int32_t whole = (1 << rank) - 1;  // axes that are taken to their end
    for (size_t i = 0; i < normal.size(); ++i) {
        const auto axis = static_cast<size_t>(normal[i]);
        TRY(const Shape in, fixed_shape({n.shape_in(0)[axis]}, "an axis that is cut"));
        TRY(const Shape out, fixed_shape({n.shape_out()[axis]}, "an axis that is cut"));
        const size_t at = place_of(x.order, normal[i]);
        const int64_t first = starts[i] < 0 ? starts[i] + in[0] : starts[i];
        const int64_t highest = steps[i] < 0 ? in[0] - 1 : in[0];
        begin[at] = std::clamp<int64_t>(first, 0, highest);
        size[at] = out[0];
        stride[at] = steps[i];
        end[at] = begin[at] + out[0] * steps[i];
        // A negative end means from the end: what runs off the front says so by the mask.
        if (end[at] >= 0) whole &= ~(1 << at);
        plain &= steps[i] == 1;
    }
    const int y = l.result_for(n.out(), x.order);
    if (plain) {
        l.emit(Builtin::kSlice, {x.tensor, l.ints(begin, "begin"), l.ints(size, "size")}, {y});
        return {};
    }
    using namespace strided_slice_slot;
    l.emit(Builtin::kStridedSlice,
           {x.tensor, l.ints(begin, "begin"), l.ints(end, "end"), l.ints(stride, "stride")}, {y},
           {flat_number(kBeginMask, int32_t{0}), flat_number(kEndMask, whole),
            flat_number(kEllipsisMask, int32_t{0}), flat_number(kNewAxisMask, int32_t{0}),
            flat_number(kShrinkAxisMask, int32_t{0})});
    return {};
}

// ---- gather

// The indices with those below 0 counted from the end, as LiteRT has no such.
Result<int> indices_of(NodeView& n, size_t operand, const Dim& length) {
    Lowering& l = n.lowering;
    const auto known = l.known(n.in(operand));
    if (!known) return l.plain(n.in(operand));
    auto values = known->to_ints();
    for (int64_t& index : values) {
        if (index >= 0) continue;
        TRY(const Shape size, fixed_shape({length}, "an axis that is indexed from its end"));
        index += size[0];
    }
    return l.constant_tensor("indices", tensor_from_ints(DType::kI32, known->shape(), values));
}

Status lower_gather(NodeView& n) {
    Lowering& l = n.lowering;
    const ValueId x = n.in(0);
    TRY(const int axis, graph::normal_axis(n.integer("axis"), static_cast<int>(l.rank(x))));
    TRY(const int indices, indices_of(n, 1, n.shape_in(0)[static_cast<size_t>(axis)]));
    const View v = l.view(x);
    // The result's axes: those before `axis`, those of the indices, those behind.
    const int more = static_cast<int>(l.rank(n.in(1)));
    Order order;
    for (const int one : v.order) {
        if (one == axis)
            for (int k = 0; k < more; ++k) order.push_back(axis + k);
        else order.push_back(one < axis ? one : one + more - 1);
    }
    l.emit(Builtin::kGather, {v.tensor, indices}, {l.result_for(n.out(), order)},
           {flat_number(0, static_cast<int32_t>(place_of(v.order, axis))), flat_number(1, int32_t{0})});
    return {};
}

Status lower_shape_of(NodeView& n) {
    Lowering& l = n.lowering;
    const auto contents = l.value(n.out()).contents;
    if (!contents) return fail("sizes that only the run will tell are not in LiteRT");
    TRY(const int sizes, l.sizes(*contents));
    const int y = l.result_for(n.out(), {0});
    l.emit(Builtin::kCast, {sizes}, {y},
           {flat_number(0, *tensor_type_of(DType::kI32)), flat_number(1, *tensor_type_of(DType::kI64))});
    return {};
}

constexpr LowerRow kLowerMoveRows[] = {
    {"concat", lower_concat}, {"expand", lower_expand},       {"flatten", lower_reshape},
    {"gather", lower_gather}, {"reshape", lower_reshape},     {"shape_of", lower_shape_of},
    {"slice", lower_slice},   {"split", lower_split},         {"squeeze", lower_reshape},
    {"tile", lower_tile},     {"transpose", lower_transpose}, {"unsqueeze", lower_reshape},
};

}  // namespace

std::span<const LowerRow> move_lowerings() { return kLowerMoveRows; }

}  // namespace lathe::formats::litert
