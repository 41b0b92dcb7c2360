// Operators that put tensors together and cut parts out of them: concat, split, slice.
#include <algorithm>
#include <limits>
#include <numeric>

#include "ops/cells.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kJoinY[] = {{"y", kMovableTypes, 'T'}};

// Elements before and after an axis: a tensor is `outer` blocks of shape[axis] rows of `inner` elements.
struct Blocks {
    size_t outer = 1, inner = 1;
    Blocks(const Shape& shape, int axis) {
        for (int i = 0; i < static_cast<int>(shape.size()); ++i)
            (i < axis ? outer : inner) *= i == axis ? 1 : static_cast<size_t>(shape[i]);
    }
};

// ---- concat

Status infer_concat(InferContext& c) {
    TRY(const int axis, normal_axis(c.integer("axis"), c.rank(0)));
    Dims shape = c.shape(0);
    for (int i = 1; i < c.inputs(); ++i) {
        const Dims& other = c.shape(i);
        if (other.size() != shape.size())
            return fail("operand {} is {}, operand 0 {}", i, to_string(other), to_string(c.shape(0)));
        for (int a = 0; a < c.rank(0); ++a) {
            if (a == axis) shape[a] = shape[a] + other[a];
            else if (shape[a].is_constant() && other[a].is_constant() && shape[a] != other[a])
                return fail("operand {} is {} and operand 0 {}: they differ at axis {}, not only at {}", i,
                            to_string(other), to_string(c.shape(0)), a, axis);
            else if (other[a].is_constant()) shape[a] = other[a];
        }
    }
    c.output(0, c.dtype(0), std::move(shape));
    follow_contents(c, c.inputs());
    return {};
}

Status evaluate_concat(EvalContext& c) {
    TRY(const int axis, normal_axis(c.integer("axis"), c.in(0).rank()));
    Shape shape = c.in(0).shape();
    for (int i = 1; i < c.inputs(); ++i) {
        Shape other = c.in(i).shape();
        if (other.size() != shape.size())
            return fail("operand {} has rank {}, operand 0 {}", i, other.size(), shape.size());
        shape[axis] += std::exchange(other[axis], shape[axis] + other[axis]);
        if (other != shape)
            return fail("operand {} is {} and operand 0 {}", i, to_string(c.in(i).shape()),
                        to_string(c.in(0).shape()));
    }
    TRY_STATUS(check_result(c.in(0).dtype(), shape));
    TensorBuilder builder(c.in(0).dtype(), shape);
    const Blocks blocks(shape, axis);
    const size_t row = blocks.inner * element_bytes(c.in(0).dtype());
    std::byte* to = builder.bytes().data();
    for (size_t block = 0; block < blocks.outer; ++block)
        for (int i = 0; i < c.inputs(); ++i) {
            const size_t size = static_cast<size_t>(c.in(i).shape()[axis]) * row;
            if (size > 0) std::memcpy(to, c.in(i).bytes().data() + block * size, size);
            to += size;
        }
    c.output(0, builder.finish());
    return {};
}

constexpr OperandDef kConcatIn[] = {{"x", kMovableTypes, 'T', Arity::kVariadic}};
constexpr AttrDef kConcatAttrs[] = {{"axis", AttrType::kInt}};
constexpr Sample kConcatSamples[] = {{"f32[2, 3]; f32[2, 1]; f32[2, 5]", "axis=1"},
                                     {"f16[1, 3, 2]; f16[4, 3, 2]", "axis=-3"},
                                     {"i64[3]; i64[2]", "axis=0"},
                                     {"f32[2, 3]", "axis=-1"}};
constexpr Cell kConcatCells[] = {{.format = "onnx", .op = "Concat", .since = 4},
                                 {.format = "litert", .op = "CONCATENATION"},
                                 {.format = "openvino", .op = "Concat"}};

// ---- split

// Sizes of `parts` equal pieces; with num_outputs the last one may be smaller, without it they must be equal.
Result<Dims> equal_parts(const Dim& size, int64_t parts, int64_t num_outputs) {
    if (num_outputs != 0 && num_outputs != parts)
        return fail("'num_outputs' is {}, but there are {} results", num_outputs, parts);
    if (num_outputs == 0) {
        if (size.is_constant() && *size.constant() % parts != 0)
            return fail("{} does not split into {} equal parts", size.text(), parts);
        return Dims(static_cast<size_t>(parts), Dim::floor_div(size, Dim(parts)));
    }
    Dims sizes(static_cast<size_t>(parts), Dim::ceil_div(size, Dim(parts)));
    sizes.back() = size - sizes.back() * Dim(parts - 1);
    if (negative(sizes.back()))
        return fail("{} does not split into {} parts of {}", size.text(), parts, sizes[0].text());
    return sizes;
}

Status check_parts(const Dims& sizes, const Dim& whole, int64_t results) {
    if (static_cast<int64_t>(sizes.size()) != results)
        return fail("'split' lists {} sizes for {} results", sizes.size(), results);
    Dim sum;
    for (const Dim& size : sizes) {
        if (negative(size)) return fail("'split' has the size {}", size.text());
        sum = sum + size;
    }
    if (sum.is_constant() && whole.is_constant() && sum != whole)
        return fail("the sizes {} do not add up to {}", to_string(sizes), whole.text());
    return {};
}

Status infer_split(InferContext& c) {
    TRY(const int axis, normal_axis(c.integer("axis"), c.rank(0)));
    const Dim whole = c.shape(0)[axis];
    auto sizes = c.dims("split");
    if (!sizes) {
        sizes = unknown_dims(c, c.wanted_outputs(), "size");
    } else if (sizes->empty()) {
        TRY(sizes, equal_parts(whole, c.wanted_outputs(), c.integer("num_outputs")));
    } else {
        TRY_STATUS(check_parts(*sizes, whole, c.wanted_outputs()));
    }
    for (int i = 0; i < c.wanted_outputs(); ++i) {
        Dims shape = c.shape(0);
        shape[axis] = (*sizes)[i];
        c.output(i, c.dtype(0), std::move(shape));
    }
    follow_contents(c);
    return {};
}

Status evaluate_split(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const int axis, normal_axis(c.integer("axis"), x.rank()));
    TRY(Ints sizes, c.ints("split"));
    if (sizes.empty()) {
        TRY(const Dims parts, equal_parts(x.dim(axis), c.wanted_outputs(), c.integer("num_outputs")));
        sizes = *constant_shape(parts);
    }
    TRY_STATUS(check_parts(dims_of(sizes), x.dim(axis), c.wanted_outputs()));
    const Blocks blocks(x.shape(), axis);
    const size_t row = blocks.inner * element_bytes(x.dtype()),
                 whole = static_cast<size_t>(x.dim(axis)) * row;
    size_t start = 0;
    for (int i = 0; i < c.wanted_outputs(); ++i) {
        Shape shape = x.shape();
        shape[axis] = sizes[i];
        TensorBuilder builder(x.dtype(), shape);
        const size_t size = static_cast<size_t>(sizes[i]) * row;
        for (size_t block = 0; block < blocks.outer && size > 0; ++block)
            std::memcpy(builder.bytes().data() + block * size, x.bytes().data() + block * whole + start,
                        size);
        start += size;
        c.output(i, builder.finish());
    }
    return {};
}

constexpr OperandDef kSplitIn[] = {{"x", kMovableTypes, 'T'}, {"split", kI64, '\0', Arity::kOptional}};
constexpr OperandDef kSplitOut[] = {{"y", kMovableTypes, 'T', Arity::kVariadic}};
constexpr AttrDef kSplitAttrs[] = {
    {"split", AttrType::kDims, "[]"}, {"axis", AttrType::kInt, "0"}, {"num_outputs", AttrType::kInt, "0"}};
constexpr Sample kSplitSamples[] = {
    {"f32[3, 5]", "split=[3]"}, {"f32[2, 7]", "axis=1; split=[7]"}, {"f16[2, 3]; i64[1]=3", "axis=-1"}};
constexpr Place kSplitPlaces[] = {
    {"split", "split", -1, 1, 12}, {"split", "split", 1, 13}, {"num_outputs", "", -1, 1, 17}};
constexpr Cell kSplitCells[] = {{.format = "onnx", .op = "Split", .since = 2, .places = kSplitPlaces},
                                {.format = "litert", .op = "SPLIT"},
                                {.format = "openvino", .op = "VariadicSplit"}};

// ---- slice

// A bound so large that it means "to the end".
bool far(const Dim& at) {
    constexpr int64_t kFar = std::numeric_limits<int32_t>::max();
    return at.is_constant() && (*at.constant() >= kFar || *at.constant() <= -kFar);
}
bool below_zero(const Dim& at) { return (Dim(-1) - at).lower_bound() >= 0; }

// A bound of an axis of `size`, counted from its start and kept inside [0, size]. Nothing: its sign is not known.
std::optional<Dim> bound(const Dim& at, const Dim& size) {
    if (far(at)) return *at.constant() > 0 ? size : Dim(0);
    if (at.lower_bound() >= 0) return Dim::min(at, size);
    if (below_zero(at)) return Dim::max(size + at, 0);
    return std::nullopt;
}

// How many elements of an axis the slice takes. With a negative step the axis is mirrored first: the element that is k
// places from the end takes the place k, so that the same rule serves both directions.
std::optional<Dim> sliced_size(const Dim& size, const Dim& start, const Dim& end, int64_t step) {
    auto first = bound(start, size), last = bound(end, size);
    if (step < 0) {
        const auto mirrored = [&](const Dim& at) -> std::optional<Dim> {
            if (far(at)) return *at.constant() > 0 ? Dim(0) : size;
            if (at.lower_bound() >= 0) return Dim::max(size - Dim(1) - at, 0);
            if (below_zero(at)) return Dim::min(Dim(-1) - at, size);
            return std::nullopt;
        };
        first = mirrored(start);
        last = mirrored(end);
    }
    if (!first || !last) return std::nullopt;
    Dim length = Dim::max(*last - *first, 0);
    if (*last == size && step > 0 && start.is_constant() &&
        !far(start))  // the usual x[k:] and x[-k:], spelled short
        length = below_zero(start) ? Dim::min(Dim(-1) * start, size) : Dim::max(size - start, 0);
    return Dim::ceil_div(length, Dim(step < 0 ? -step : step));
}

struct SliceAxes {
    std::vector<int> axes;
    Ints steps;
};

// Which axes are cut, and by which steps; `count`: how many starts there are.
Result<SliceAxes> slice_axes(Ints axes, Ints steps, size_t count, int rank) {
    if (axes.empty()) {
        axes.resize(count);
        std::iota(axes.begin(), axes.end(), 0);
    }
    if (steps.empty()) steps.assign(count, 1);
    if (axes.size() != count || steps.size() != count)
        return fail("there are {} starts, {} axes and {} steps", count, axes.size(), steps.size());
    for (const int64_t step : steps)
        if (step == 0 || step == std::numeric_limits<int64_t>::min())
            return fail("a slice has the step {}", step);
    TRY(auto normal, normal_axes(axes, rank));
    return SliceAxes{std::move(normal), std::move(steps)};
}

Status infer_slice(InferContext& c) {
    TRY(const int64_t count, list_length(c, "starts"));
    TRY(const int64_t ends_count, list_length(c, "ends"));
    if (count != ends_count) return fail("there are {} starts and {} ends", count, ends_count);
    const auto axis_list = c.ints("axes");
    if (!axis_list) {
        c.output(0, c.dtype(0), unknown_dims(c, c.rank(0), "size"));
        return {};
    }
    const auto steps = c.ints("steps");
    TRY(const auto cut,
        slice_axes(*axis_list, steps ? *steps : Ints{}, static_cast<size_t>(count), c.rank(0)));
    const auto starts = c.dims("starts"), ends = c.dims("ends");
    Dims shape = c.shape(0);
    for (size_t i = 0; i < cut.axes.size(); ++i) {
        Dim& size = shape[cut.axes[i]];
        std::optional<Dim> length;
        if (starts && ends && steps) length = sliced_size(size, (*starts)[i], (*ends)[i], cut.steps[i]);
        size = length ? *length : c.unknown("size");
    }
    c.output(0, c.dtype(0), std::move(shape));
    follow_contents(c);
    return {};
}

Status evaluate_slice(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const Ints starts, c.ints("starts"));
    TRY(const Ints ends, c.ints("ends"));
    TRY(Ints axes, c.ints("axes"));
    TRY(Ints steps, c.ints("steps"));
    if (starts.size() != ends.size())
        return fail("there are {} starts and {} ends", starts.size(), ends.size());
    TRY(const auto cut, slice_axes(std::move(axes), std::move(steps), starts.size(), x.rank()));
    std::vector<Ints> from;
    for (const int64_t size : x.shape()) from.push_back(all_of_axis(size));
    for (size_t i = 0; i < starts.size(); ++i) {
        const int axis = cut.axes[i];
        const int64_t size = x.dim(axis), step = cut.steps[i];
        const auto place = [&](int64_t at) {
            at = at < 0 ? std::max(at, -size - 1) + size : at;
            return step > 0 ? std::clamp<int64_t>(at, 0, size) : std::clamp<int64_t>(at, -1, size - 1);
        };
        const int64_t first = place(starts[i]),
                      gap = step > 0 ? place(ends[i]) - first : first - place(ends[i]);
        from[axis].resize(static_cast<size_t>(gap <= 0 ? 0 : (gap - 1) / std::abs(step) + 1));
        for (size_t k = 0; k < from[axis].size(); ++k) from[axis][k] = first + static_cast<int64_t>(k) * step;
    }
    c.output(0, select_each(x, from));
    return {};
}

constexpr OperandDef kSliceIn[] = {{"x", kMovableTypes, 'T'},
                                   {"starts", kIndexTypes, 'I', Arity::kOptional},
                                   {"ends", kIndexTypes, 'I', Arity::kOptional},
                                   {"axes", kIndexTypes, 'I', Arity::kOptional},
                                   {"steps", kIndexTypes, 'I', Arity::kOptional}};
constexpr AttrDef kSliceAttrs[] = {{"starts", AttrType::kDims},
                                   {"ends", AttrType::kDims},
                                   {"axes", AttrType::kInts, "[]"},
                                   {"steps", AttrType::kInts, "[]"}};
constexpr Sample kSliceSamples[] = {
    {"f32[5, 7]", "starts=[1, 2]; ends=[4, 6]"},
    {"f32[2, 5, 7]", "starts=[-3]; ends=[9223372036854775807]; axes=[-1]"},
    {"f16[5, 7]", "starts=[0, 1]; ends=[5, 7]; axes=[1, 0]; steps=[2, 3]"},
    {"f32[5, 3]", "starts=[-1]; ends=[-9223372036854775807]; axes=[0]; steps=[-2]"},
    {"f32[5, 3]; i64[1]=3; i64[1]=1; i64[1]=0; i64[1]=-1"},
    {"f32[2, 5]; i64[1]=1; i64[1]=-1; i64[1]=1"},
    {"i64[4]", "starts=[2]; ends=[2]"}};
constexpr Place kSlicePlaces[] = {{"starts", "starts", -1, 1, 9}, {"ends", "ends", -1, 1, 9},
                                  {"axes", "axes", -1, 1, 9},     {"steps", "", -1, 1, 9},
                                  {"starts", "starts", 1, 10},    {"ends", "ends", 2, 10},
                                  {"axes", "axes", 3, 10},        {"steps", "steps", 4, 10}};
constexpr Cell kSliceCells[] = {{.format = "onnx", .op = "Slice", .places = kSlicePlaces},
                                {.format = "litert", .op = "SLICE"},
                                {.format = "openvino", .op = "Slice", .since = 8}};

constexpr OpDef kJoinOps[] = {
    {.name = "concat",
     .summary = "the operands one after another along an axis (ONNX Concat)",
     .inputs = kConcatIn,
     .outputs = kJoinY,
     .attrs = kConcatAttrs,
     .infer = infer_concat,
     .evaluate = evaluate_concat,
     .flops = no_flops,
     .samples = kConcatSamples,
     .cells = more_cells<kConcatCells, CoremlValues<"concat">, Ncnn<"Concat">>},
    {.name = "split",
     .summary = "x cut along an axis into parts of the sizes `split`, or equal ones (ONNX Split)",
     .inputs = kSplitIn,
     .outputs = kSplitOut,
     .attrs = kSplitAttrs,
     .infer = infer_split,
     .evaluate = evaluate_split,
     .flops = no_flops,
     .samples = kSplitSamples,
     .cells = more_cells<kSplitCells, CoremlValues<"split">, Ncnn<"Slice">>},
    {.name = "slice",
     .summary = "x[start:end:step] along some axes, with NumPy's bounds (ONNX Slice)",
     .inputs = kSliceIn,
     .outputs = kJoinY,
     .attrs = kSliceAttrs,
     .infer = infer_slice,
     .evaluate = evaluate_slice,
     .flops = no_flops,
     .samples = kSliceSamples,
     .cells = more_cells<kSliceCells, CoremlValues<"slice_by_index">, Ncnn<"Crop">>},
};

}  // namespace

std::span<const OpDef> join_ops() { return kJoinOps; }

}  // namespace lathe::ops
