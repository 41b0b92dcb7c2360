// Operators that write elements by index into a copy of x: scatter_elements, scatter_nd.
#include <algorithm>

#include "ops/cells.h"
#include "ops/index.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

enum class Reduction : uint8_t { kNone, kAdd, kMul, kMax, kMin };

Result<Reduction> reduction_of(const AttrReader& c) {
    static constexpr std::string_view kNames[] = {"none", "add", "mul", "max", "min"};
    for (int i = 0; i < 5; ++i)
        if (c.string("reduction") == kNames[i]) return static_cast<Reduction>(i);
    return fail("the reduction '{}' is none of none, add, mul, max, min", c.string("reduction"));
}

double combine(Reduction reduction, double a, double b) {
    if (reduction == Reduction::kAdd) return a + b;
    if (reduction == Reduction::kMul) return a * b;
    return reduction == Reduction::kMax ? std::max(a, b) : std::min(a, b);
}

// Of integers as bit patterns; u64 alone needs another comparison.
int64_t combine(Reduction reduction, int64_t a, int64_t b, bool as_unsigned) {
    const auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
    if (reduction == Reduction::kAdd) return static_cast<int64_t>(x + y);
    if (reduction == Reduction::kMul) return static_cast<int64_t>(x * y);
    const bool less = as_unsigned ? x < y : a < b;
    return less == (reduction == Reduction::kMax) ? b : a;
}

// x with element places[i] replaced by, or combined with, element i of `updates`, in that order.
Tensor written(const Tensor& x, const Tensor& updates, const Ints& places, Reduction reduction) {
    if (reduction == Reduction::kNone) {
        TensorBuilder builder(x.dtype(), x.shape());
        const size_t size = element_bytes(x.dtype());
        std::ranges::copy(x.bytes(), builder.bytes().begin());
        for (size_t i = 0; i < places.size(); ++i)
            std::memcpy(builder.bytes().data() + static_cast<size_t>(places[i]) * size,
                        updates.bytes().data() + i * size, size);
        return builder.finish();
    }
    if (is_float(x.dtype())) {
        auto values = x.to_doubles();
        const auto with = updates.to_doubles();
        for (size_t i = 0; i < places.size(); ++i)
            values[places[i]] = combine(reduction, values[places[i]], with[i]);
        return tensor_from_doubles(x.dtype(), x.shape(), values);
    }
    auto values = x.to_ints();
    const auto with = updates.to_ints();
    for (size_t i = 0; i < places.size(); ++i)
        values[places[i]] = combine(reduction, values[places[i]], with[i], x.dtype() == DType::kU64);
    return tensor_from_ints(x.dtype(), x.shape(), values);
}

Status check_reduction(const InferContext& c) {
    TRY(const Reduction reduction, reduction_of(c));
    if (reduction != Reduction::kNone && (type_bit(c.value(0).dtype) & (kNumericTypes | kBoolType)) == 0)
        return fail("{} values cannot be combined", name_of(c.value(0).dtype));
    return {};
}

// ---- scatter_elements

Status check_elements(const Dims& x, const Dims& indices, const Dims& updates, int axis) {
    if (x.size() != indices.size() || indices.size() != updates.size())
        return fail("x is {}, the indices {} and the updates {}; their ranks must be equal", to_string(x),
                    to_string(indices), to_string(updates));
    for (size_t i = 0; i < x.size(); ++i) {
        const auto known = [&](const Dim& a, const Dim& b) { return a.is_constant() && b.is_constant(); };
        if (known(indices[i], updates[i]) && indices[i] != updates[i])
            return fail("the indices are {} and the updates {}; their shapes must be equal",
                        to_string(indices), to_string(updates));
        if (static_cast<int>(i) != axis && known(indices[i], x[i]) &&
            *indices[i].constant() > *x[i].constant())
            return fail("the indices {} are larger than x {} at axis {}", to_string(indices), to_string(x),
                        i);
    }
    return {};
}

Status infer_scatter_elements(InferContext& c) {
    TRY(const int axis, normal_axis(c.integer("axis"), c.rank(0)));
    TRY_STATUS(check_elements(c.shape(0), c.shape(1), c.shape(2), axis));
    TRY_STATUS(check_reduction(c));
    c.output(0, c.dtype(0), c.shape(0));
    return {};
}

Status evaluate_scatter_elements(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const int axis, normal_axis(c.integer("axis"), x.rank()));
    TRY_STATUS(check_elements(dims_of(x.shape()), dims_of(c.in(1).shape()), dims_of(c.in(2).shape()), axis));
    TRY(const Ints indices, normal_indices(c.in(1), x.dim(axis)));
    TRY(const Reduction reduction, reduction_of(c));
    const Shape strides = row_major_strides(x.shape());
    Ints places;
    for_each_index(c.in(1).shape(), [&](const Shape& at) {
        int64_t place = (indices[places.size()] - at[axis]) * strides[axis];
        for (size_t i = 0; i < at.size(); ++i) place += at[i] * strides[i];
        places.push_back(place);
    });
    c.output(0, written(x, c.in(2), places, reduction));
    return {};
}

// ---- scatter_nd

// The updates must have the shape of the indices but the last axis, then what one index leaves of x.
Status check_nd(const Dims& x, const Dims& indices, const Dims& updates) {
    if (indices.empty() || x.empty())
        return fail("x is {} and the indices {}; neither may be a scalar", to_string(x), to_string(indices));
    const auto depth = indices.back().constant();
    if (!depth)
        return fail("the last size of the indices {} must be known before the graph runs",
                    to_string(indices));
    if (*depth < 1 || *depth > static_cast<int64_t>(x.size()))
        return fail("indices of {} numbers do not fit x {}", *depth, to_string(x));
    Dims expected(indices.begin(), indices.end() - 1);
    expected.insert(expected.end(), x.begin() + *depth, x.end());
    bool fits = expected.size() == updates.size();
    for (size_t i = 0; fits && i < expected.size(); ++i)
        fits = !expected[i].is_constant() || !updates[i].is_constant() || expected[i] == updates[i];
    if (!fits) return fail("the updates are {}, expected {}", to_string(updates), to_string(expected));
    return {};
}

Status infer_scatter_nd(InferContext& c) {
    TRY_STATUS(check_nd(c.shape(0), c.shape(1), c.shape(2)));
    TRY_STATUS(check_reduction(c));
    c.output(0, c.dtype(0), c.shape(0));
    return {};
}

Status evaluate_scatter_nd(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY_STATUS(check_nd(dims_of(x.shape()), dims_of(c.in(1).shape()), dims_of(c.in(2).shape())));
    TRY(const Reduction reduction, reduction_of(c));
    TRY(const Ints starts, block_starts(x.shape(), c.in(1), 0));
    const int64_t block = element_count(std::span(x.shape()).subspan(c.in(1).dim(-1)));
    Ints places;
    for (const int64_t start : starts)
        for (int64_t i = 0; i < block; ++i) places.push_back(start + i);
    c.output(0, written(x, c.in(2), places, reduction));
    return {};
}

constexpr OperandDef kElementsIn[] = {
    {"x", kMovableTypes, 'T'}, {"indices", kIndexTypes}, {"updates", kMovableTypes, 'T'}};
constexpr OperandDef kNdIn[] = {
    {"x", kMovableTypes, 'T'}, {"indices", type_bit(DType::kI64)}, {"updates", kMovableTypes, 'T'}};
constexpr OperandDef kScatterY[] = {{"y", kMovableTypes, 'T'}};
constexpr AttrDef kElementsAttrs[] = {{"axis", AttrType::kInt, "0"},
                                      {"reduction", AttrType::kString, "\"none\""}};
constexpr AttrDef kNdAttrs[] = {{"reduction", AttrType::kString, "\"none\""}};
constexpr Sample kElementsSamples[] = {{"f32[3, 5]; i64[2, 4]=0,1,2,0,2,-1,0,1; f32[2, 4]"},
                                       {"f32[1, 5]; i64[1, 3]=1,1,4; f32[1, 3]", "axis=1; reduction=\"add\""},
                                       {"f32[4]; i32[2]=3,-4; f32[2]", "axis=-1; reduction=\"mul\""}};
constexpr Sample kNdSamples[] = {{"f32[4, 3]; i64[2, 1]=1,-1; f32[2, 3]"},
                                 {"f32[2, 3, 5]; i64[2, 2]=0,1,1,2; f32[2, 5]", "reduction=\"add\""},
                                 {"f32[5]; i64[3, 1]=0,4,0; f32[3]", "reduction=\"mul\""}};
constexpr Place kElementsPlaces[] = {{"reduction", "", -1, 1, 15}};
constexpr Place kNdPlaces[] = {{"reduction", "", -1, 1, 15}};
constexpr Cell kElementsCells[] = {
    {.format = "onnx", .op = "ScatterElements", .since = 11, .places = kElementsPlaces},
    {.format = "onnx", .op = "Scatter", .since = 9, .until = 10, .places = kElementsPlaces},
    {.format = "openvino", .op = "ScatterElementsUpdate", .since = 12}};
constexpr Cell kNdCells[] = {{.format = "onnx", .op = "ScatterND", .since = 11, .places = kNdPlaces},
                             {.format = "openvino", .op = "ScatterNDUpdate", .since = 15}};

constexpr OpDef kScatterOps[] = {
    {.name = "scatter_elements",
     .summary = "x with y[indices[i, j], j] = updates[i, j] for axis 0 (ONNX ScatterElements)",
     .inputs = kElementsIn,
     .outputs = kScatterY,
     .attrs = kElementsAttrs,
     .infer = infer_scatter_elements,
     .evaluate = evaluate_scatter_elements,
     .flops = no_flops,
     .samples = kElementsSamples,
     .cells = more_cells<kElementsCells, CoremlNumbers<"scatter_along_axis">>},
    {.name = "scatter_nd",
     .summary = "x with the parts that the index tuples name replaced by the updates (ONNX ScatterND)",
     .inputs = kNdIn,
     .outputs = kScatterY,
     .attrs = kNdAttrs,
     .infer = infer_scatter_nd,
     .evaluate = evaluate_scatter_nd,
     .flops = no_flops,
     .samples = kNdSamples,
     .cells = more_cells<kNdCells, CoremlNumbers<"scatter_nd">>},
};

}  // namespace

std::span<const OpDef> scatter_ops() { return kScatterOps; }

}  // namespace lathe::ops
