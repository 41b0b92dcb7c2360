// Operators that move elements. MIL's tensors have at most five axes: values of more lie flat, and a transpose of them is
// one or more of fewer axes.
#include <algorithm>
#include <numeric>

#include "formats/coreml/lowering.h"

namespace lathe::formats::coreml {
namespace {

using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::Node;
using graph::ValueId;

// How a value of that shape lies.
Dims lying(const Dims& shape) { return shape.size() > kMostRank ? Dims{graph::product(shape)} : shape; }

Status lower_mil_reshape(NodeView& n) {
    Lowering& l = n.lowering;
    const Dims target = lying(n.shape_out());
    TRY(const Place from, l.place(n.id(0)));
    if (from.shape == target) {
        l.place_result(n.out_id(), from);
        return {};
    }
    TRY(std::string name, l.reshape(from, target, l.hint(n.out_id())));
    l.place_result(n.out_id(), {std::move(name), from.dtype, target});
    return {};
}

// ---- transpose

// The permutation with axes of size 1 left out and axes that stay together taken as one.
struct Merged {
    Dims shape;
    std::vector<size_t> permutation;
};

Merged merged(const Dims& shape, const std::vector<size_t>& permutation) {
    std::vector<std::vector<size_t>> runs;  // in the order of the result
    for (const size_t axis : permutation) {
        if (shape[axis] == Dim(1)) continue;
        size_t before = axis;
        while (before > 0 && shape[before - 1] == Dim(1)) --before;
        const bool joins = !runs.empty() && before > 0 && runs.back().back() == before - 1;
        if (!joins) runs.emplace_back();
        runs.back().push_back(axis);
    }
    std::vector<size_t> order(runs.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::sort(order, {}, [&](size_t run) { return runs[run].front(); });
    Merged result;
    result.permutation.resize(runs.size());
    for (size_t place = 0; place < order.size(); ++place) {
        Dim size(1);
        for (const size_t axis : runs[order[place]]) size = size * shape[axis];
        result.shape.push_back(size);
        result.permutation[order[place]] = place;
    }
    return result;
}

// One transpose on the way, from any shape of as many elements. -> how the result lies
Result<Place> transposed(NodeView& n, const Place& from, const Dims& shape,
                         const std::vector<size_t>& permutation) {
    Lowering& l = n.lowering;
    std::string x = from.name;
    if (!(from.shape == shape)) {
        TRY(x, l.reshape(from, shape, l.value(n.out_id()).name + "_part"));
    }
    Dims out;
    for (const size_t axis : permutation) out.push_back(shape[axis]);
    const std::vector<int64_t> perm(permutation.begin(), permutation.end());
    std::string name = n.step("transpose", {{"x", x}, {"perm", l.ints(perm)}}, from.dtype, out);
    return Place{std::move(name), from.dtype, std::move(out)};
}

// A transpose of many axes as several that each bring the next axis to its place, past all that lie before it.
Result<Place> transposed_step_by_step(NodeView& n, Place from, const Merged& wanted) {
    const auto size_of = [&](auto begin, auto end) {
        Dim size(1);
        for (auto it = begin; it != end; ++it) size = size * wanted.shape[*it];
        return size;
    };
    std::vector<size_t> order(wanted.shape.size());
    std::iota(order.begin(), order.end(), size_t{0});
    for (size_t done = 0; done < order.size(); ++done) {
        const auto target = order.begin() + static_cast<std::ptrdiff_t>(done);
        const auto found = std::find(target, order.end(), wanted.permutation[done]);
        if (found == target) continue;
        const Dims shape{size_of(order.begin(), target), size_of(target, found), wanted.shape[*found],
                         size_of(found + 1, order.end())};
        TRY(from, transposed(n, from, shape, {0, 2, 1, 3}));
        std::rotate(target, found, found + 1);
    }
    return from;
}

Status lower_mil_transpose(NodeView& n) {
    Lowering& l = n.lowering;
    const Dims& shape = n.shape_in(0);
    std::vector<size_t> permutation;
    for (const int64_t axis : n.list("perm")) permutation.push_back(static_cast<size_t>(axis));
    if (permutation.empty())
        for (size_t i = shape.size(); i-- > 0;) permutation.push_back(i);
    if (std::ranges::is_sorted(permutation)) return n.same();
    if (shape.size() <= kMostRank) {
        TRY(const std::string x, n.in(0));
        return n.out("transpose", {{"x", x}, {"perm", l.ints({permutation.begin(), permutation.end()})}});
    }
    TRY(Place place, l.place(n.id(0)));
    const Merged fewer = merged(shape, permutation);
    if (!std::ranges::is_sorted(fewer.permutation)) {
        TRY(place, fewer.shape.size() <= kMostRank ? transposed(n, place, fewer.shape, fewer.permutation)
                                                   : transposed_step_by_step(n, place, fewer));
    }
    l.place_result(n.out_id(), std::move(place));
    return {};
}

// ---- expand, tile

// `reps`: times that each axis of x is repeated.
Status tile(NodeView& n, const std::string& x, const Dims& reps) {
    Lowering& l = n.lowering;
    TRY(const std::string times, l.shape_operand(reps, false));
    return n.out("tile", {{"x", x}, {"reps", times}});
}

Status lower_mil_expand(NodeView& n) {
    Lowering& l = n.lowering;
    const Dims& out = n.shape_out();
    if (out.size() > kMostRank)
        return fail("its result has {} axes, and Core ML's tensors have at most {}", out.size(), kMostRank);
    Dims from(out.size() - n.shape_in(0).size(), Dim(1)), reps;
    from.insert(from.end(), n.shape_in(0).begin(), n.shape_in(0).end());
    for (size_t i = 0; i < out.size(); ++i) reps.push_back(from[i] == out[i] ? Dim(1) : out[i]);
    const bool any = std::ranges::any_of(reps, [](const Dim& times) { return !(times == Dim(1)); });
    if (!any && from.size() == n.shape_in(0).size()) return n.same();
    TRY(const std::string x, l.reshaped(n.id(0), from));
    if (any) return tile(n, x, reps);
    TRY(const DType dtype, l.type_of(n.out_id()));
    l.place_result(n.out_id(), {x, dtype, out});
    return {};
}

Status lower_mil_tile(NodeView& n) {
    TRY(const graph::Ints repeats, n.ints("repeats"));
    if (std::ranges::all_of(repeats, [](int64_t times) { return times == 1; })) return n.same();
    TRY(const std::string x, n.in(0));
    return n.out("tile", {{"x", x}, {"reps", n.lowering.ints(repeats)}});
}

// ---- concat, split, slice

Status lower_mil_concat(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int axis, graph::normal_axis(n.integer("axis"), static_cast<int>(n.shape_out().size())));
    std::vector<std::string> values;
    size_t last = 0;
    for (size_t i = 0; i < n.node.inputs.size(); ++i) {
        if (graph::product(n.shape_in(i)) == Dim(0)) continue;
        TRY(auto value, n.in(i));
        values.push_back(std::move(value));
        last = i;
    }
    if (values.size() == 1) return n.same(last);
    return n.out("concat", {{"values", values}, {"axis", l.integer(axis)}, {"interleave", l.flag(false)}});
}

// The shape as three axes: those before, the one, those behind. A shape that MIL has stays; `axis` is where the axis is then.
Dims around_axis(const Dims& shape, int& axis) {
    if (shape.size() <= kMostRank) return shape;
    const auto at = shape.begin() + axis;
    axis = 1;
    return {graph::product(Dims(shape.begin(), at)), *at, graph::product(Dims(at + 1, shape.end()))};
}

Status lower_mil_split(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int given, n.axis());
    if (n.node.outputs.size() == 1) return n.same();
    int axis = given;
    TRY(const std::string x, l.reshaped(n.id(0), around_axis(n.shape_in(0), axis)));
    TRY(const DType dtype, l.type_of(n.id(0)));
    std::vector<int64_t> lengths;
    std::vector<NamedType> results;
    std::vector<Dims> shapes;
    for (const ValueId id : n.node.outputs) {
        if (id == graph::kNoValue) return fail("one of its results is not wanted, and Core ML gives all");
        TRY(const Shape length, fixed_shape({l.shape(id)[static_cast<size_t>(given)]}, "a part"));
        lengths.push_back(length[0]);
        Type type{.element = info_of(dtype)->type};
        int at = given;
        shapes.push_back(around_axis(l.shape(id), at));
        for (const Dim& dim : shapes.back()) type.shape.push_back(dim.constant().value_or(kUnknownSize));
        results.push_back({l.hint(id), std::move(type)});
    }
    const auto names = l.emit_many(
        "split", {{"x", x}, {"split_sizes", l.ints(lengths)}, {"axis", l.integer(axis)}}, results);
    for (size_t i = 0; i < names.size(); ++i) l.place_result(n.out_id(i), {names[i], dtype, shapes[i]});
    return {};
}

// The slice of one axis as MIL says it: ends that lie outside by masks.
struct AxisSlice {
    int64_t begin = 0, end = 0, step = 1;
    bool from_start = true, to_end = true;
};

Result<AxisSlice> axis_slice(const Dim& in, const Dim& out, int64_t start, int64_t end, int64_t step) {
    AxisSlice slice{.step = step};
    const auto size = in.constant(), count = out.constant();
    if (size && count) {
        const int64_t first = start < 0 ? start + *size : start;
        slice.begin = std::clamp<int64_t>(first, 0, step < 0 ? *size - 1 : *size);
        slice.end = slice.begin + *count * step;
        slice.from_start = false;
        slice.to_end = slice.end < 0 || slice.end > *size;
        if (slice.to_end) slice.end = 0;
        return slice;
    }
    // An axis of any size: as it was said, as long as it is said from the same end.
    constexpr int64_t kFar = int64_t{1} << 31;
    if (step < 0) return fail("it reverses an axis of the open size {}", in.text());
    slice.begin = start;
    slice.end = end;
    slice.from_start = start == 0;
    slice.to_end = end >= kFar;
    if (slice.to_end) slice.end = 0;
    return slice;
}

Status lower_mil_slice(NodeView& n) {
    Lowering& l = n.lowering;
    const auto rank = static_cast<size_t>(n.rank_in());
    TRY(const graph::Ints starts, n.ints("starts"));
    TRY(const graph::Ints ends, n.ints("ends"));
    TRY(graph::Ints axes, n.ints("axes"));
    TRY(graph::Ints steps, n.ints("steps"));
    if (axes.empty())
        for (size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<int64_t>(i));
    if (steps.empty()) steps.assign(starts.size(), 1);
    TRY(const auto normal, graph::normal_axes(axes, static_cast<int>(rank)));
    std::vector<int64_t> begin(rank, 0), end(rank, 0), stride(rank, 1);
    std::vector<bool> begin_mask(rank, true), end_mask(rank, true);
    for (size_t i = 0; i < normal.size(); ++i) {
        const auto axis = static_cast<size_t>(normal[i]);
        TRY(const AxisSlice slice,
            axis_slice(n.shape_in(0)[axis], n.shape_out()[axis], starts[i], ends[i], steps[i]));
        begin[axis] = slice.begin, end[axis] = slice.end, stride[axis] = slice.step;
        begin_mask[axis] = slice.from_start, end_mask[axis] = slice.to_end;
    }
    TRY(const std::string x, n.in(0));
    return n.out("slice_by_index", {{"x", x},
                                    {"begin", l.ints(begin)},
                                    {"end", l.ints(end)},
                                    {"stride", l.ints(stride)},
                                    {"begin_mask", l.flags(begin_mask)},
                                    {"end_mask", l.flags(end_mask)},
                                    {"squeeze_mask", l.flags(std::vector<bool>(rank, false))}});
}

// ---- sizes

Status lower_mil_shape(NodeView& n) {
    const auto contents = n.lowering.value(n.out_id()).contents;
    if (!contents) return fail("sizes that only the run will tell are not known to Core ML");
    TRY(std::string sizes, n.lowering.sizes(*contents));
    n.lowering.place_result(n.out_id(), {std::move(sizes), DType::kI32, n.shape_out()});
    return {};
}

Status lower_mil_fill(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const DType dtype, l.type_of(n.out_id()));
    TRY(const std::string sizes, l.shape_operand(n.shape_out(), false));
    const std::string number =
        l.constant("number", Tensor::filled(DType::kF64, {}, n.number("value")), dtype);
    return n.out("fill", {{"shape", sizes}, {"value", number}});
}

Status lower_mil_range(NodeView& n) {
    TRY(const std::string start, n.in(0));
    TRY(const std::string limit, n.in(1));
    TRY(const std::string step, n.in(2));
    return n.out("range_1d", {{"end", limit}, {"start", start}, {"step", step}});
}

constexpr LowerRow kMoveRows[] = {
    {"concat", lower_mil_concat},     {"constant_of_shape", lower_mil_fill},
    {"expand", lower_mil_expand},     {"flatten", lower_mil_reshape},
    {"range", lower_mil_range},       {"reshape", lower_mil_reshape},
    {"shape_of", lower_mil_shape},    {"slice", lower_mil_slice},
    {"split", lower_mil_split},       {"squeeze", lower_mil_reshape},
    {"tile", lower_mil_tile},         {"transpose", lower_mil_transpose},
    {"unsqueeze", lower_mil_reshape},
};

}  // namespace

std::span<const LowerRow> move_lowerings() { return kMoveRows; }

}  // namespace lathe::formats::coreml
