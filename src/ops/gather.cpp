// Operators that pick elements by index: gather, gather_elements, gather_nd, compress, non_zero, one_hot.
#include <algorithm>
#include <numeric>

#include "ops/cells.h"
#include "ops/index.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kGatherY[] = {{"y", kMovableTypes, 'T'}};
constexpr OperandDef kByIndexIn[] = {{"x", kMovableTypes, 'T'}, {"indices", kIndexTypes}};

// ---- gather

Status infer_gather(InferContext& c) {
    TRY(const int axis, normal_axis(c.integer("axis"), c.rank(0)));
    Dims shape = c.shape(0);
    shape.erase(shape.begin() + axis);
    shape.insert(shape.begin() + axis, c.shape(1).begin(), c.shape(1).end());
    c.output(0, c.dtype(0), std::move(shape));
    follow_contents(c);
    return {};
}

Status evaluate_gather(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const int axis, normal_axis(c.integer("axis"), x.rank()));
    TRY(const Ints indices, normal_indices(c.in(1), x.dim(axis)));
    Shape shape = x.shape();
    shape.erase(shape.begin() + axis);
    const Shape picked = c.in(1).shape();
    shape.insert(shape.begin() + axis, picked.begin(), picked.end());
    TRY_STATUS(check_result(x.dtype(), shape));
    const size_t inner =
        static_cast<size_t>(element_count(std::span(x.shape()).subspan(axis + 1))) * element_bytes(x.dtype());
    const int64_t outer = element_count(std::span(x.shape()).first(axis));
    TensorBuilder builder(x.dtype(), shape);
    std::byte* to = builder.bytes().data();
    for (int64_t block = 0; block < outer && inner > 0; ++block)
        for (const int64_t index : indices) {
            std::memcpy(to, x.bytes().data() + static_cast<size_t>(block * x.dim(axis) + index) * inner,
                        inner);
            to += inner;
        }
    c.output(0, builder.finish());
    return {};
}

constexpr AttrDef kAxis0[] = {{"axis", AttrType::kInt, "0"}};
constexpr Sample kGatherSamples[] = {{"f32[5, 3]; i64[2, 2]=0,4,-1,2"},
                                     {"f32[2, 5, 3]; i64[3]=1,1,4", "axis=1"},
                                     {"f16[2, 7]; i32[]=3", "axis=-1"},
                                     {"i64[4]; i64[]=-2"}};

// ---- gather_elements

Status check_along(const Dims& x, const Dims& indices, int axis) {
    if (x.size() != indices.size())
        return fail("x is {} and the indices {}; their ranks must be equal", to_string(x),
                    to_string(indices));
    for (size_t i = 0; i < x.size(); ++i)
        if (static_cast<int>(i) != axis && x[i].is_constant() && indices[i].is_constant() &&
            *indices[i].constant() > *x[i].constant())
            return fail("the indices {} are larger than x {} at axis {}", to_string(indices), to_string(x),
                        i);
    return {};
}

Status infer_gather_elements(InferContext& c) {
    TRY(const int axis, normal_axis(c.integer("axis"), c.rank(0)));
    TRY_STATUS(check_along(c.shape(0), c.shape(1), axis));
    c.output(0, c.dtype(0), c.shape(1));
    follow_contents(c);
    return {};
}

Status evaluate_gather_elements(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const int axis, normal_axis(c.integer("axis"), x.rank()));
    TRY_STATUS(check_along(dims_of(x.shape()), dims_of(c.in(1).shape()), axis));
    TRY(const Ints indices, normal_indices(c.in(1), x.dim(axis)));
    const Shape strides = row_major_strides(x.shape());
    auto next = indices.begin();
    c.output(0, select(x, c.in(1).shape(), [&](const Shape& at) {
                 return std::inner_product(at.begin(), at.end(), strides.begin(),
                                           (*next++ - at[axis]) * strides[axis]);
             }));
    return {};
}

constexpr Sample kGatherElementsSamples[] = {{"f32[3, 4]; i64[2, 4]=0,1,2,0,2,-1,0,1"},
                                             {"f16[2, 3]; i32[2, 2]=2,0,-3,1", "axis=1"},
                                             {"f32[5]; i64[3]=4,4,0", "axis=-1"}};

// ---- gather_nd

// The sizes of the result: those of the indices but the last axis, then what one index leaves of x.
Result<Dims> gather_nd_shape(const Dims& x, const Dims& indices, int64_t batch) {
    if (indices.empty() || x.empty())
        return fail("x is {} and the indices {}; neither may be a scalar", to_string(x), to_string(indices));
    const auto depth = indices.back().constant();
    if (!depth)
        return fail("the last size of the indices {} must be known before the graph runs",
                    to_string(indices));
    if (batch < 0 || batch >= static_cast<int64_t>(std::min(x.size(), indices.size())))
        return fail("'batch_dims' is {}, but x is {} and the indices {}", batch, to_string(x),
                    to_string(indices));
    if (*depth < 1 || *depth + batch > static_cast<int64_t>(x.size()))
        return fail("indices of {} numbers do not fit x {} after {} batch axes", *depth, to_string(x), batch);
    Dims shape(indices.begin(), indices.end() - 1);
    shape.insert(shape.end(), x.begin() + batch + *depth, x.end());
    return shape;
}

Status infer_gather_nd(InferContext& c) {
    TRY(Dims shape, gather_nd_shape(c.shape(0), c.shape(1), c.integer("batch_dims")));
    c.output(0, c.dtype(0), std::move(shape));
    follow_contents(c);
    return {};
}

Status evaluate_gather_nd(EvalContext& c) {
    const Tensor &x = c.in(0), &indices = c.in(1);
    const auto batch = static_cast<int>(c.integer("batch_dims"));
    TRY(const Dims dims, gather_nd_shape(dims_of(x.shape()), dims_of(indices.shape()), batch));
    const Shape shape = *constant_shape(dims);
    TRY_STATUS(check_result(x.dtype(), shape));
    for (int i = 0; i < batch; ++i)
        if (x.dim(i) != indices.dim(i))
            return fail("x is {} and the indices {}: their batch axes differ", to_string(x.shape()),
                        to_string(indices.shape()));
    TRY(const Ints starts, block_starts(x.shape(), indices, batch));
    const int64_t block = element_count(std::span(x.shape()).subspan(batch + indices.dim(-1)));
    const size_t size = static_cast<size_t>(block) * element_bytes(x.dtype());
    TensorBuilder builder(x.dtype(), shape);
    for (size_t i = 0; i < starts.size() && size > 0; ++i)
        std::memcpy(builder.bytes().data() + i * size,
                    x.bytes().data() + static_cast<size_t>(starts[i]) * element_bytes(x.dtype()), size);
    c.output(0, builder.finish());
    return {};
}

constexpr OperandDef kGatherNdIn[] = {{"x", kMovableTypes, 'T'}, {"indices", type_bit(DType::kI64)}};
constexpr AttrDef kGatherNdAttrs[] = {{"batch_dims", AttrType::kInt, "0"}};
constexpr Sample kGatherNdSamples[] = {{"f32[2, 3, 5]; i64[2, 2]=0,1,1,-1"},
                                       {"f32[2, 3]; i64[3, 1]=1,0,1"},
                                       {"f16[2, 3, 4]; i64[2, 1]=2,0", "batch_dims=1"}};
constexpr Place kGatherNdPlaces[] = {{"batch_dims", "", -1, 1, 11}};

// ---- compress

Status infer_compress(InferContext& c) {
    if (c.rank(1) != 1) return fail("the condition has rank {}, expected a list", c.rank(1));
    if (c.integer("axis") == kNoAxis) {
        c.output(0, c.dtype(0), {c.unknown("taken")});
        return {};
    }
    TRY(const int axis, normal_axis(c.integer("axis"), c.rank(0)));
    Dims shape = c.shape(0);
    shape[axis] = c.unknown("taken");
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

Status evaluate_compress(EvalContext& c) {
    const bool flat = c.integer("axis") == kNoAxis;
    const Tensor x = flat ? c.in(0).reshaped({c.in(0).count()}) : c.in(0);
    TRY(const int axis, normal_axis(flat ? 0 : c.integer("axis"), x.rank()));
    Ints taken;
    const Ints condition = c.in(1).to_ints();
    if (static_cast<int64_t>(condition.size()) > x.dim(axis))
        return fail("the condition has {} values for {}", condition.size(), x.dim(axis));
    for (size_t i = 0; i < condition.size(); ++i)
        if (condition[i] != 0) taken.push_back(static_cast<int64_t>(i));
    Shape shape = x.shape();
    shape[axis] = static_cast<int64_t>(taken.size());
    const Shape strides = row_major_strides(x.shape());
    c.output(0, select(x, shape, [&](const Shape& at) {
                 return std::inner_product(at.begin(), at.end(), strides.begin(),
                                           (taken[at[axis]] - at[axis]) * strides[axis]);
             }));
    return {};
}

constexpr OperandDef kCompressIn[] = {{"x", kMovableTypes, 'T'}, {"condition", kBoolType}};
constexpr AttrDef kOptionalAxis[] = {{"axis", AttrType::kInt, kNoAxisText}};
constexpr Sample kCompressSamples[] = {{"f32[3, 4]; bool[3]=0,1,1", "axis=0"},
                                       {"f32[2, 3]; bool[5]=0,1,0,0,1"},
                                       {"f16[2, 3]; bool[2]=1,0", "axis=-1"}};

// ---- non_zero

Status infer_non_zero(InferContext& c) {
    c.output(0, DType::kI64, {Dim(c.rank(0)), c.unknown("found")});
    return {};
}

Status evaluate_non_zero(EvalContext& c) {
    const auto values = c.in(0).to_doubles();
    std::vector<Ints> found(static_cast<size_t>(c.in(0).rank()));
    size_t at = 0, count = 0;
    for_each_index(c.in(0).shape(), [&](const Shape& index) {
        if (values[at++] == 0) return;
        ++count;
        for (size_t axis = 0; axis < index.size(); ++axis) found[axis].push_back(index[axis]);
    });
    Ints all;
    for (const Ints& row : found) all.insert(all.end(), row.begin(), row.end());
    c.output(0, tensor_from_ints(DType::kI64, {c.in(0).rank(), static_cast<int64_t>(count)}, all));
    return {};
}

constexpr OperandDef kNumbers[] = {{"x", kNumericTypes | kBoolType}};
constexpr OperandDef kPositions[] = {{"y", type_bit(DType::kI64)}};
constexpr Sample kNonZeroSamples[] = {{"i64[2, 3]=0,1,0,-2,0,3"}, {"f32[4]{0.5, 1}"}, {"bool[2, 2]=1,0,0,1"}};

// ---- one_hot

Status infer_one_hot(InferContext& c) {
    TRY(const int axis, normal_axis(c.integer("axis"), c.rank(0) + 1));
    if (c.rank(2) != 1 || (c.shape(2)[0].is_constant() && c.shape(2)[0] != Dim(2)))
        return fail("'values' is {}, expected the two values off and on", to_string(c.shape(2)));
    TRY(const auto depth, single_dim(c, "depth"));
    Dims shape = c.shape(0);
    shape.insert(shape.begin() + axis, depth ? *depth : c.unknown("depth"));
    c.output(0, c.dtype(2), std::move(shape));
    return {};
}

Status evaluate_one_hot(EvalContext& c) {
    TRY(const int axis, normal_axis(c.integer("axis"), c.in(0).rank() + 1));
    TRY(const int64_t depth, single_int(c, "depth"));
    if (c.in(2).count() != 2) return fail("'values' has {} values, expected two", c.in(2).count());
    Shape shape = c.in(0).shape();
    const Shape strides = row_major_strides(shape);
    shape.insert(shape.begin() + axis, depth);
    TRY_STATUS(check_result(c.in(2).dtype(), shape));
    const Ints hot = c.in(0).to_ints();
    c.output(0, select(c.in(2), shape, [&](const Shape& at) -> int64_t {
                 int64_t from = 0;
                 for (int i = 0; i < static_cast<int>(strides.size()); ++i)
                     from += at[i < axis ? i : i + 1] * strides[i];
                 const int64_t index = hot[from];
                 return (index < 0 ? index + depth : index) == at[axis] ? 1 : 0;
             }));
    return {};
}

constexpr OperandDef kOneHotIn[] = {{"indices", kNumericTypes},
                                    {"depth", kNumericTypes, '\0', Arity::kOptional},
                                    {"values", kMovableTypes, 'T'}};
constexpr AttrDef kOneHotAttrs[] = {{"depth", AttrType::kDims, "[]"}, {"axis", AttrType::kInt, "-1"}};
constexpr Sample kOneHotSamples[] = {{"i64[3]=0,4,-1; i64[1]=5; f32[2]=0,1"},
                                     {"i64[2, 3]=0,1,2,3,-4,7; i64[1]=4; f16[2]=-1,2", "axis=0"},
                                     {"i64[2, 2]=1,0,2,1; -; i64[2]=0,3", "depth=[3]; axis=1"}};
constexpr Place kOneHotPlaces[] = {{"depth", "depth", 1}};

constexpr Cell kGatherElementsCells[] = {{.format = "onnx", .op = "GatherElements", .since = 11},
                                         {.format = "openvino", .op = "GatherElements", .since = 6}};
constexpr Cell kGatherNdCells[] = {
    {.format = "onnx", .op = "GatherND", .since = 11, .places = kGatherNdPlaces},
    {.format = "openvino", .op = "GatherND", .since = 8}};
constexpr Cell kCompressCells[] = {{.format = "onnx", .op = "Compress", .since = 9}};
constexpr Cell kNonZeroCells[] = {{.format = "onnx", .op = "NonZero", .since = 9},
                                  {.format = "openvino", .op = "NonZero", .since = 3}};
constexpr Cell kOneHotCells[] = {{.format = "onnx", .op = "OneHot", .since = 9, .places = kOneHotPlaces},
                                 {.format = "openvino", .op = "OneHot"}};

constexpr OpDef kGatherOps[] = {
    {.name = "gather",
     .summary = "the slices of x along an axis that `indices` names (ONNX Gather)",
     .inputs = kByIndexIn,
     .outputs = kGatherY,
     .attrs = kAxis0,
     .infer = infer_gather,
     .evaluate = evaluate_gather,
     .flops = no_flops,
     .samples = kGatherSamples,
     .cells = cells<Onnx<"Gather">, LitertAny<"GATHER">, CoremlNumbers<"gather">, Ncnn<"Crop">,
                    Openvino<"Gather", 8>>},
    {.name = "gather_elements",
     .summary = "y[i, j] = x[indices[i, j], j] for axis 0 (ONNX GatherElements)",
     .inputs = kByIndexIn,
     .outputs = kGatherY,
     .attrs = kAxis0,
     .infer = infer_gather_elements,
     .evaluate = evaluate_gather_elements,
     .flops = no_flops,
     .samples = kGatherElementsSamples,
     .cells = more_cells<kGatherElementsCells, CoremlNumbers<"gather_along_axis">>},
    {.name = "gather_nd",
     .summary = "the parts of x that start at the index tuples in the last axis (ONNX GatherND)",
     .inputs = kGatherNdIn,
     .outputs = kGatherY,
     .attrs = kGatherNdAttrs,
     .infer = infer_gather_nd,
     .evaluate = evaluate_gather_nd,
     .flops = no_flops,
     .samples = kGatherNdSamples,
     .cells = more_cells<kGatherNdCells, CoremlNumbers<"gather_nd">>},
    {.name = "compress",
     .summary =
         "the slices of x (or, without axis, its elements) where the condition is true (ONNX Compress)",
     .inputs = kCompressIn,
     .outputs = kGatherY,
     .attrs = kOptionalAxis,
     .infer = infer_compress,
     .evaluate = evaluate_compress,
     .flops = no_flops,
     .samples = kCompressSamples,
     .cells = kCompressCells},
    {.name = "non_zero",
     .summary = "the indices of the elements that are not zero, one column each (ONNX NonZero)",
     .inputs = kNumbers,
     .outputs = kPositions,
     .infer = infer_non_zero,
     .evaluate = evaluate_non_zero,
     .flops = no_flops,
     .samples = kNonZeroSamples,
     .cells = kNonZeroCells},
    {.name = "one_hot",
     .summary = "values[1] where the new axis counts to the index, else values[0] (ONNX OneHot)",
     .inputs = kOneHotIn,
     .outputs = kGatherY,
     .attrs = kOneHotAttrs,
     .infer = infer_one_hot,
     .evaluate = evaluate_one_hot,
     .flops = no_flops,
     .samples = kOneHotSamples,
     .cells = kOneHotCells},
};

}  // namespace

std::span<const OpDef> gather_ops() { return kGatherOps; }

}  // namespace lathe::ops
