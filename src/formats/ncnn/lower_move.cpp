// Operators that move elements. What only changes the shape is nothing: the elements stay in their order.
#include <algorithm>
#include <numeric>

#include "formats/ncnn/lowering.h"

namespace lathe::formats::ncnn {
namespace {

using graph::ValueId;

Ints narrow_list(const std::vector<int64_t>& values) { return Ints(values.begin(), values.end()); }

Status lower_reshape(NodeView& n) { return n.lowering.same(n.out(), n.in(0)), Status{}; }

// ---- transpose

// The permutation of axes that are neither of size 1 nor neighbours that stay together, and their sizes.
struct Permutation {
    Shape in;
    std::vector<int> perm;  // axis j of the result is axis perm[j] of `in`
};

Permutation reduced(const Shape& shape, const graph::Ints& perm) {
    std::vector<int> order;  // axes of more than one element, as the result has them
    for (const int64_t axis : perm)
        if (shape[static_cast<size_t>(axis)] != 1) order.push_back(static_cast<int>(axis));
    std::vector<int> kept = order;
    std::ranges::sort(kept);
    const auto next_of = [&](int axis) {
        const auto it = std::ranges::upper_bound(kept, axis);
        return it == kept.end() ? -1 : *it;
    };
    std::vector<std::vector<int>> groups;
    for (size_t j = 0; j < order.size(); ++j)
        if (j > 0 && next_of(order[j - 1]) == order[j]) groups.back().push_back(order[j]);
        else groups.push_back({order[j]});
    std::vector<size_t> by_place(groups.size());
    std::iota(by_place.begin(), by_place.end(), size_t{0});
    std::ranges::sort(by_place, {}, [&](size_t g) { return groups[g][0]; });
    Permutation p;
    p.perm.resize(groups.size());
    for (size_t i = 0; i < by_place.size(); ++i) {
        int64_t size = 1;
        for (const int axis : groups[by_place[i]]) size *= shape[static_cast<size_t>(axis)];
        p.in.push_back(size);
        p.perm[by_place[i]] = static_cast<int>(i);
    }
    return p;
}

// ncnn's number of a permutation: those of the axes counted from the innermost (w h, w h c, w h d c), in the order of
// std::next_permutation over the reversed list, as its table in operators.md runs.
int order_type(const std::vector<int>& perm) {
    const int rank = static_cast<int>(perm.size());
    // The table lists for each type which source axis lies innermost first; axes are w=0 h=1 (d=2) c.
    static constexpr const char* kTwo[] = {"wh", "hw"};
    static constexpr const char* kThree[] = {"whc", "hwc", "wch", "cwh", "hcw", "chw"};
    static constexpr const char* kFour[] = {"whdc", "hwdc", "wdhc", "dwhc", "hdwc", "dhwc", "whcd", "hwcd",
                                            "wchd", "cwhd", "hcwd", "chwd", "wdch", "dwch", "wcdh", "cwdh",
                                            "dcwh", "cdwh", "hdcw", "dhcw", "hcdw", "chdw", "dchw", "cdhw"};
    const std::string axes = rank == 2 ? "hw" : rank == 3 ? "chw" : "cdhw";  // outermost first
    std::string wanted;
    for (int j = rank - 1; j >= 0; --j) wanted += axes[static_cast<size_t>(perm[static_cast<size_t>(j)])];
    const std::span<const char* const> table = rank == 2   ? std::span<const char* const>(kTwo)
                                               : rank == 3 ? std::span<const char* const>(kThree)
                                                           : std::span<const char* const>(kFour);
    return static_cast<int>(std::ranges::find(table, wanted) - table.begin());
}

Shape permuted(const Shape& shape, const std::vector<int>& perm) {
    Shape result;
    for (const int axis : perm) result.push_back(shape[static_cast<size_t>(axis)]);
    return result;
}

Status emit_permute(NodeView& n, int x, const std::vector<int>& perm) {
    Lowering& l = n.lowering;
    l.emit("Permute", {x}, {l.result_for(n.out(), permuted(l.blob(x).shape, perm))}, {{0, order_type(perm)}});
    return {};
}

// The blob with other sizes; itself when it has them.
int shaped(Lowering& l, const std::string& name, int x, const Shape& shape) {
    if (l.blob(x).shape == shape) return x;
    static constexpr int kIds[kMostAxes][kMostAxes] = {{0}, {1, 0}, {2, 1, 0}, {2, 11, 1, 0}};
    Lowering::Parameters sizes;
    for (size_t k = 0; k < shape.size(); ++k)
        sizes.emplace_back(kIds[shape.size() - 1][k], static_cast<int32_t>(shape[k]));
    const int y = l.result(name, shape);
    l.emit("Reshape", {x}, {y}, std::move(sizes));
    return y;
}

// More axes than a blob has: neighbouring runs of axes change places, from the front on, until all stand right. What lies
// before and behind the two runs is one axis each.
Status permute_in_steps(NodeView& n, const Permutation& p) {
    Lowering& l = n.lowering;
    std::vector<int> now(p.perm.size());  // axes of `p.in`, as they stand
    std::iota(now.begin(), now.end(), 0);
    const auto size_of = [&](size_t from, size_t to) {
        int64_t size = 1;
        for (size_t i = from; i < to; ++i) size *= p.in[static_cast<size_t>(now[i])];
        return size;
    };
    int x = l.first(n.in(0));
    for (size_t k = 0; k < now.size(); ++k) {
        const auto from = static_cast<size_t>(std::ranges::find(now, p.perm[k]) - now.begin());
        if (from == k) continue;
        size_t to = from + 1;
        while (to < now.size() && now[to] == p.perm[k + to - from]) ++to;
        const Shape sizes{size_of(0, k), size_of(k, from), size_of(from, to), size_of(to, now.size())};
        const std::string name = l.name_of(n.out()) + "/step";
        x = shaped(l, name, x, sizes);
        const int y = l.result(name, {sizes[0], sizes[2], sizes[1], sizes[3]});
        l.emit("Permute", {x}, {y}, {{0, order_type({0, 2, 1, 3})}});
        x = y;
        std::rotate(now.begin() + static_cast<std::ptrdiff_t>(k),
                    now.begin() + static_cast<std::ptrdiff_t>(from),
                    now.begin() + static_cast<std::ptrdiff_t>(to));
    }
    l.place(n.out(), x);
    return {};
}

Status lower_transpose(NodeView& n) {
    Lowering& l = n.lowering;
    const Shape& shape = n.shape_in(0);
    graph::Ints perm = n.list("perm");
    if (perm.empty())
        for (size_t i = shape.size(); i-- > 0;) perm.push_back(static_cast<int64_t>(i));
    // Where the axes that matter are those of the natural shapes, these are kept: others expect them.
    const auto in_axes = axes_to_keep(shape);
    const Permutation p = reduced(shape, perm);
    if (std::ranges::is_sorted(p.perm)) return l.same(n.out(), n.in(0)), Status{};
    if (in_axes && in_axes->size() <= kMostAxes) {
        std::vector<int> own;
        for (const int64_t axis : perm)
            if (const int at = place_of(*in_axes, static_cast<int>(axis)); at >= 0) own.push_back(at);
        if (own.size() == in_axes->size() && own.size() >= 2)
            return emit_permute(n, l.in_shape(n.in(0), with_axes(shape, *in_axes)), own);
    }
    if (p.in.size() <= kMostAxes) return emit_permute(n, l.in_shape(n.in(0), p.in), p.perm);
    return permute_in_steps(n, p);
}

// ---- expand, tile

// Repeats along axes; `kinds` are the factors.
Status repeat(NodeView& n, const Shape& in, const graph::Ints& factors) {
    Lowering& l = n.lowering;
    if (element_count(in) == element_count(n.shape_out())) return l.same(n.out(), n.in(0)), Status{};
    // Neighbours of one factor of 1 go together; an axis that is repeated stands alone.
    Shape sizes;
    Ints repeats;
    for (size_t i = 0; i < in.size(); ++i) {
        const auto factor = static_cast<int32_t>(factors[i]);
        if (in[i] == 1 && factor == 1) continue;
        if (!sizes.empty() && factor == 1 && repeats.back() == 1) sizes.back() *= in[i];
        else {
            sizes.push_back(in[i]);
            repeats.push_back(factor);
        }
    }
    if (sizes.size() > kMostAxes)
        return fail("it repeats along {} separate axes, and ncnn's blobs have at most 4", sizes.size());
    Shape out = sizes;
    for (size_t i = 0; i < out.size(); ++i) out[i] *= repeats[i];
    l.emit("Tile", {l.in_shape(n.in(0), sizes)}, {l.result_for(n.out(), out)}, {{2, repeats}});
    return {};
}

Status lower_expand(NodeView& n) {
    const Shape& out = n.shape_out();
    Shape in(out.size() - n.shape_in(0).size(), 1);
    in.insert(in.end(), n.shape_in(0).begin(), n.shape_in(0).end());
    graph::Ints factors;
    for (size_t i = 0; i < out.size(); ++i) factors.push_back(in[i] == out[i] ? 1 : out[i]);
    return repeat(n, in, factors);
}

Status lower_tile(NodeView& n) {
    TRY(const graph::Ints repeats, n.ints("repeats"));
    return repeat(n, n.shape_in(0), repeats);
}

// ---- concat, split, slice

// The value's axes around one: [before, axis, behind], those of one element left out.
Shape around(const Shape& shape, int axis) {
    const auto at = shape.begin() + axis;
    return {element_count(Shape(shape.begin(), at)), *at, element_count(Shape(at + 1, shape.end()))};
}

// How values that differ along one axis only are seen: as their natural shapes where they can be.
struct Along {
    std::optional<Axes> axes;
    int place;  // of the axis in the blobs
    int axis;
    Shape of(const Shape& shape) const { return axes ? with_axes(shape, *axes) : around(shape, axis); }
};

Along along(const Shape& widest, int axis) {
    if (const auto axes = axes_to_keep(widest, axis)) return {axes, place_of(*axes, axis), axis};
    return {std::nullopt, 1, axis};
}

Status lower_concat(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int axis, graph::normal_axis(n.integer("axis"), static_cast<int>(n.shape_out().size())));
    const Along seen = along(n.shape_out(), axis);
    std::vector<int> parts;
    for (const ValueId id : n.node.inputs)
        if (element_count(l.shape(id)) != 0) parts.push_back(l.in_shape(id, seen.of(l.shape(id))));
    if (parts.size() == 1) return l.place(n.out(), parts[0]), Status{};
    l.emit("Concat", parts, {l.result_for(n.out(), seen.of(n.shape_out()))}, {{0, seen.place}});
    return {};
}

Status lower_split(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int axis, graph::normal_axis(n.integer("axis"), static_cast<int>(n.shape_in(0).size())));
    const Along seen = along(n.shape_in(0), axis);
    std::vector<int> results;
    Ints lengths;
    for (const ValueId id : n.node.outputs) {
        if (id == graph::kNoValue) return fail("one of its results is not wanted, and ncnn gives all");
        lengths.push_back(static_cast<int32_t>(l.shape(id)[static_cast<size_t>(axis)]));
        results.push_back(l.result_for(id, seen.of(l.shape(id))));
    }
    if (results.size() == 1) return l.same(n.out(), n.in(0)), Status{};
    l.emit("Slice", {l.in_shape(n.in(0), seen.of(n.shape_in(0)))}, results, {{0, lengths}, {1, seen.place}});
    return {};
}

// Elements [start, start + length) along one axis of the blob, as a new blob.
int cut_out(Lowering& l, const std::string& name, int x, int place, int64_t start, int64_t length) {
    Shape shape = l.blob(x).shape;
    shape[static_cast<size_t>(place)] = length;
    const int y = l.result(name, shape);
    l.emit("Crop", {x}, {y},
           {{9, narrow_list({start})}, {10, narrow_list({start + length})}, {11, narrow_list({place})}});
    return y;
}

struct Cut {
    int axis;
    int64_t start, step, length;  // elements start, start + step, …
};

Result<std::vector<Cut>> cuts_of(NodeView& n) {
    TRY(const graph::Ints starts, n.ints("starts"));
    TRY(graph::Ints axes, n.ints("axes"));
    TRY(graph::Ints steps, n.ints("steps"));
    const Shape& in = n.shape_in(0);
    if (axes.empty())
        for (size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<int64_t>(i));
    if (steps.empty()) steps.assign(starts.size(), 1);
    TRY(const auto normal, graph::normal_axes(axes, static_cast<int>(in.size())));
    std::vector<Cut> cuts;
    for (size_t i = 0; i < normal.size(); ++i) {
        const auto axis = static_cast<size_t>(normal[i]);
        const int64_t size = in[axis], first = starts[i] < 0 ? starts[i] + size : starts[i];
        const Cut cut{normal[i], std::clamp<int64_t>(first, 0, steps[i] < 0 ? size - 1 : size), steps[i],
                      n.shape_out()[axis]};
        if (cut.length != size || cut.step != 1) cuts.push_back(cut);
    }
    return cuts;
}

// Every step-th element along an axis whose length the step divides: the rest of a division of the axis.
Result<int> strided(Lowering& l, const std::string& name, int x, const Shape& seen, int place,
                    const Cut& cut) {
    const int64_t size = seen[static_cast<size_t>(place)];
    const Shape sides = around(seen, place);
    if (cut.step < 1 || size % cut.step != 0 || cut.start >= cut.step || cut.length != size / cut.step)
        return fail("it takes every {}th of {} elements from number {}, and ncnn's slices take neighbours",
                    cut.step, size, cut.start);
    const int wide = shaped(l, name + "/parts", x, {sides[0], size / cut.step, cut.step, sides[2]});
    return cut_out(l, name, wide, 2, cut.start, 1);
}

Status lower_slice(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const auto cuts, cuts_of(n));
    if (cuts.empty()) return l.same(n.out(), n.in(0)), Status{};
    if (element_count(n.shape_out()) == 0) return fail("its result has no elements");
    Shape shape = n.shape_in(0);  // as far as it is cut
    int x = -1;
    for (size_t i = 0; i < cuts.size(); ++i) {
        const Cut& cut = cuts[i];
        const Along seen = along(shape, cut.axis);
        const Shape wanted = seen.of(shape);
        if (i == 0) x = l.in_shape(n.in(0), wanted);
        else x = shaped(l, l.name_of(n.out()) + "/part", x, wanted);
        if (cut.step == 1) {
            x = cut_out(l, l.name_of(n.out()), x, seen.place, cut.start, cut.length);
        } else {
            TRY(x, strided(l, l.name_of(n.out()), x, wanted, seen.place, cut));
        }
        shape[static_cast<size_t>(cut.axis)] = cut.length;
    }
    l.place(n.out(), x);
    return {};
}

// ---- gather

// By constant indices: runs of neighbours are cut out and joined.
Status lower_gather(NodeView& n) {
    Lowering& l = n.lowering;
    constexpr size_t kMostRuns = 64;
    const Shape& in = n.shape_in(0);
    TRY(const int axis, graph::normal_axis(n.integer("axis"), static_cast<int>(in.size())));
    const auto known = l.known(n.in(1));
    if (!known) return fail("its indices are computed while the network runs");
    struct Run {
        int64_t start, length;
    };
    std::vector<Run> runs;
    for (int64_t index : known->to_ints()) {
        if (index < 0) index += in[static_cast<size_t>(axis)];
        if (!runs.empty() && runs.back().start + runs.back().length == index) ++runs.back().length;
        else runs.push_back({index, 1});
    }
    if (runs.empty() || runs.size() > kMostRuns)
        return fail("it gathers {} separate pieces, and ncnn can only cut them out one by one (at most {})",
                    runs.size(), kMostRuns);
    const Along seen = along(in, axis);
    const int x = l.in_shape(n.in(0), seen.of(in));
    std::vector<int> parts;
    for (const Run& run : runs)
        parts.push_back(cut_out(l, l.name_of(n.out()), x, seen.place, run.start, run.length));
    if (parts.size() == 1) return l.place(n.out(), parts[0]), Status{};
    Shape all = l.blob(x).shape;
    all[static_cast<size_t>(seen.place)] = known->count();
    l.emit("Concat", parts, {l.result_for(n.out(), all)}, {{0, seen.place}});
    return {};
}

constexpr LowerRow kMoveRows[] = {
    {"concat", lower_concat},       {"expand", lower_expand},     {"flatten", lower_reshape},
    {"gather", lower_gather},       {"reshape", lower_reshape},   {"slice", lower_slice},
    {"split", lower_split},         {"squeeze", lower_reshape},   {"tile", lower_tile},
    {"transpose", lower_transpose}, {"unsqueeze", lower_reshape},
};

}  // namespace

std::span<const LowerRow> move_lowerings() { return kMoveRows; }

}  // namespace lathe::formats::ncnn
