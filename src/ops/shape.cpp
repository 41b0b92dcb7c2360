// Operators that give elements another shape or order: reshape, flatten, squeeze, unsqueeze, transpose, identity,
// dropout.
#include <algorithm>
#include <numeric>

#include "ops/cells.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kShapeX[] = {{"x", kMovableTypes, 'T'}};
constexpr OperandDef kShapeY[] = {{"y", kMovableTypes, 'T'}};
constexpr OperandDef kAnyX[] = {{"x", kReshapableTypes, 'T'}};
constexpr OperandDef kAnyY[] = {{"y", kReshapableTypes, 'T'}};

// ---- reshape, flatten

// Fills in 0 (the size of x at the same axis) and -1 (what is left over).
Result<Dims> resolve_target(const Dims& x, Dims target, bool allowzero) {
    std::optional<size_t> hole;
    for (size_t i = 0; i < target.size(); ++i) {
        const auto size = target[i].constant();
        if (size == 0 && !allowzero) {
            if (i >= x.size())
                return fail("{} cannot take the shape {}: there is no axis {} to copy", to_string(x),
                            to_string(target), i);
            target[i] = x[i];
        } else if (size == -1) {
            if (hole) return fail("the shape {} has -1 twice", to_string(target));
            hole = i;
        } else if (negative(target[i])) {
            return fail("the shape {} has the size {}", to_string(target), target[i].text());
        }
    }
    const Dim total = product(x);
    if (hole) target[*hole] = Dim(1);
    const Dim rest = product(target);
    const bool known = total.is_constant() && rest.is_constant();
    if (hole && rest == Dim(0)) return fail("{} cannot take a shape with both 0 and -1", to_string(x));
    if (known && (hole ? *total.constant() % *rest.constant() != 0 : total != rest))
        return fail("{} elements of {} do not fit the shape {}{}", total.text(), to_string(x),
                    to_string(target), hole ? " with one size free" : "");
    if (hole) target[*hole] = Dim::floor_div(total, rest);
    return target;
}

Status infer_reshape(InferContext& c) {
    const auto target = c.dims("shape");
    if (target) {
        TRY(Dims shape, resolve_target(c.shape(0), *target, c.flag("allowzero")));
        c.output(0, c.dtype(0), std::move(shape));
    } else {
        TRY(const int64_t rank, list_length(c, "shape"));
        c.output(0, c.dtype(0), unknown_dims(c, rank, "size"));
    }
    follow_contents(c);
    return {};
}

Status evaluate_reshape(EvalContext& c) {
    TRY(const Ints target, c.ints("shape"));
    TRY(const Dims dims, resolve_target(dims_of(c.in(0).shape()), dims_of(target), c.flag("allowzero")));
    const auto shape = constant_shape(dims);
    if (!shape || checked_element_count(*shape) != c.in(0).count())
        return fail("{} cannot take the shape {}", to_string(c.in(0).shape()), to_string(target));
    c.output(0, c.in(0).reshaped(*shape));
    return {};
}

Result<Dims> flat_shape(const Dims& x, int64_t axis) {
    const auto rank = static_cast<int64_t>(x.size());
    if (axis < -rank || axis > rank) return fail("axis {} is outside [-{}, {}]", axis, rank, rank);
    const auto middle = x.begin() + (axis < 0 ? axis + rank : axis);
    return Dims{product(Dims(x.begin(), middle)), product(Dims(middle, x.end()))};
}

Status infer_flatten(InferContext& c) {
    TRY(Dims shape, flat_shape(c.shape(0), c.integer("axis")));
    c.output(0, c.dtype(0), std::move(shape));
    follow_contents(c);
    return {};
}

Result<std::string> write_flatten(const InferContext& c) {
    TRY(const Dims shape, flat_shape(c.shape(0), c.integer("axis")));
    return format("y = reshape(x, shape={})", to_string(shape));
}

Status evaluate_flatten(EvalContext& c) {
    TRY(const Dims shape, flat_shape(dims_of(c.in(0).shape()), c.integer("axis")));
    c.output(0, c.in(0).reshaped(*constant_shape(shape)));
    return {};
}

constexpr OperandDef kReshapeIn[] = {{"x", kReshapableTypes, 'T'}, {"shape", kI64, '\0', Arity::kOptional}};
constexpr AttrDef kReshapeAttrs[] = {{"shape", AttrType::kDims}, {"allowzero", AttrType::kBool, "false"}};
constexpr Sample kReshapeSamples[] = {
    {"f32[2, 3, 5]", "shape=[5, 6]"}, {"f32[2, 3, 5]", "shape=[0, -1]"},
    {"f16[7, 1, 3]", "shape=[-1]"},   {"i64[]", "shape=[1, 1]"},
    {"f32[2, 3, 4]; i64[3]=4,0,-1"},  {"f32[0, 3]", "shape=[3, 0]; allowzero=true"},
    {"f32[1, 1]", "shape=[]"},
};
constexpr Place kReshapePlaces[] = {
    {"shape", "shape", -1, 1, 4}, {"shape", "shape", 1, 5}, {"allowzero", "", -1, 1, 13}};
constexpr Cell kReshapeCells[] = {{.format = "onnx", .op = "Reshape", .places = kReshapePlaces},
                                  {.format = "litert", .op = "RESHAPE"},
                                  {.format = "openvino", .op = "Reshape"}};

constexpr AttrDef kFlattenAttrs[] = {{"axis", AttrType::kInt, "1"}};
constexpr Sample kFlattenSamples[] = {
    {"f32[2, 3, 5]"}, {"f32[2, 3, 5]", "axis=0"}, {"f16[2, 3, 5, 1]", "axis=-2"}, {"f32[3, 2]", "axis=2"}};

// ---- squeeze, unsqueeze

Result<Dims> squeezed(const Dims& x, const Ints& axes) {
    TRY(const auto gone, normal_axes(axes, static_cast<int>(x.size())));
    Dims shape;
    for (size_t i = 0; i < x.size(); ++i) {
        const bool listed = std::ranges::find(gone, static_cast<int>(i)) != gone.end();
        if (listed && x[i].is_constant() && x[i] != Dim(1))
            return fail("axis {} of {} has not the size 1", i, to_string(x));
        if (listed || (axes.empty() && x[i] == Dim(1))) continue;
        shape.push_back(x[i]);
    }
    return shape;
}

Result<Dims> unsqueezed(const Dims& x, const Ints& axes) {
    TRY(const auto fresh, normal_axes(axes, static_cast<int>(x.size() + axes.size())));
    Dims shape;
    for (size_t i = 0, from = 0; i < x.size() + axes.size(); ++i)
        shape.push_back(std::ranges::find(fresh, static_cast<int>(i)) != fresh.end() ? Dim(1) : x[from++]);
    return shape;
}

// `change`: what one axis does to the rank.
template <Result<Dims> (*rule)(const Dims&, const Ints&), int change>
Status infer_by_axes(InferContext& c) {
    if (const auto axes = c.ints("axes")) {
        TRY(Dims shape, rule(c.shape(0), *axes));
        c.output(0, c.dtype(0), std::move(shape));
    } else {
        TRY(const int64_t count, list_length(c, "axes"));
        if (c.rank(0) + change * count < 0)
            return fail("{} axes are more than {} has", count, to_string(c.shape(0)));
        c.output(0, c.dtype(0), unknown_dims(c, c.rank(0) + change * count, "size"));
    }
    follow_contents(c);
    return {};
}

template <Result<Dims> (*rule)(const Dims&, const Ints&)>
Status evaluate_by_axes(EvalContext& c) {
    TRY(const Ints axes, c.ints("axes"));
    TRY(const Dims shape, rule(dims_of(c.in(0).shape()), axes));
    c.output(0, c.in(0).reshaped(*constant_shape(shape)));
    return {};
}

constexpr OperandDef kByAxesIn[] = {{"x", kReshapableTypes, 'T'}, {"axes", kI64, '\0', Arity::kOptional}};
constexpr AttrDef kSqueezeAttrs[] = {{"axes", AttrType::kInts, "[]"}};
constexpr AttrDef kUnsqueezeAttrs[] = {{"axes", AttrType::kInts}};
constexpr Sample kSqueezeSamples[] = {{"f32[1, 3, 1, 5]"},
                                      {"f32[1, 3, 1, 5]", "axes=[2]"},
                                      {"f16[2, 1, 3, 1]", "axes=[-1, 1]"},
                                      {"f32[3, 1]; i64[1]=-1"}};
constexpr Sample kUnsqueezeSamples[] = {
    {"f32[2, 3]", "axes=[0]"}, {"f32[2, 3]", "axes=[-1, 1]"}, {"f16[]", "axes=[0]"}, {"i64[3]; i64[2]=0,2"}};
constexpr Place kByAxesPlaces[] = {{"axes", "axes", -1, 1, 12}, {"axes", "axes", 1, 13}};
constexpr Cell kSqueezeCells[] = {{.format = "onnx", .op = "Squeeze", .places = kByAxesPlaces},
                                  {.format = "litert", .op = "RESHAPE"},
                                  {.format = "openvino", .op = "Squeeze"}};
constexpr Cell kUnsqueezeCells[] = {{.format = "onnx", .op = "Unsqueeze", .places = kByAxesPlaces},
                                    {.format = "litert", .op = "RESHAPE"},
                                    {.format = "openvino", .op = "Unsqueeze"}};

// ---- transpose

Result<std::vector<int>> permutation_of(const Ints& perm, int rank) {
    std::vector<int> order(static_cast<size_t>(rank));
    std::iota(order.rbegin(), order.rend(), 0);
    if (perm.empty()) return order;
    if (static_cast<int>(perm.size()) != rank) return fail("'perm' lists {} axes of {}", perm.size(), rank);
    return normal_axes(perm, rank);
}

Status infer_permuted(InferContext& c) {
    TRY(const auto order, permutation_of(c.list("perm"), c.rank(0)));
    Dims shape;
    for (const int axis : order) shape.push_back(c.shape(0)[axis]);
    c.output(0, c.dtype(0), std::move(shape));
    follow_contents(c);
    return {};
}

Status evaluate_permuted(EvalContext& c) {
    TRY(const auto order, permutation_of(c.list("perm"), c.in(0).rank()));
    c.output(0, c.in(0).transposed(order).to_contiguous());
    return {};
}

constexpr AttrDef kPermuteAttrs[] = {{"perm", AttrType::kInts, "[]"}};
constexpr Sample kPermuteSamples[] = {{"f32[2, 3, 5]"},
                                      {"f32[2, 3, 5, 4]", "perm=[0, 2, 3, 1]"},
                                      {"f16[3, 2]", "perm=[1, 0]"},
                                      {"f32[]"},
                                      {"i64[2, 1, 3]", "perm=[2, 0, 1]"}};

// ---- identity, dropout

Status infer_identity(InferContext& c) {
    c.output(0, c.dtype(0), c.shape(0));
    c.output_contents(0, c.contents(0));
    return {};
}

Status evaluate_identity(EvalContext& c) {
    c.output(0, c.in(0));
    return {};
}

Status infer_dropout(InferContext& c) {
    for (int i = 1; i < c.inputs(); ++i)
        if (c.has(i) && c.rank(i) != 0)
            return fail("'{}' must be a scalar, got {}", c.op().inputs[i].name, to_string(c.shape(i)));
    c.output(0, c.dtype(0), c.shape(0));
    c.output(1, DType::kBool, c.shape(0));
    return {};
}

Status evaluate_dropout(EvalContext& c) {
    const double ratio = c.has(1) ? c.in(1).to_doubles()[0] : c.number("ratio");
    const bool training = c.has(2) ? c.in(2).to_ints()[0] != 0 : c.flag("training_mode");
    if (training && ratio != 0)
        return fail("dropout in training mode is random; export the network in evaluation mode");
    c.output(0, c.in(0));
    if (c.wanted_outputs() > 1) c.output(1, Tensor::filled(DType::kBool, c.in(0).shape(), 1));
    return {};
}

constexpr Sample kIdentitySamples[] = {{"f32[2, 3]"}, {"i64[3]"}, {"f16[]"}, {"bool[5]"}};
constexpr OperandDef kDropoutIn[] = {{"x", kFloatTypes, 'T'},
                                     {"ratio", kFloatTypes, '\0', Arity::kOptional},
                                     {"training_mode", kBoolType, '\0', Arity::kOptional}};
constexpr OperandDef kDropoutOut[] = {{"y", kFloatTypes, 'T'}, {"mask", kBoolType, '\0', Arity::kOptional}};
constexpr AttrDef kDropoutAttrs[] = {{"ratio", AttrType::kFloat, "0.5"},
                                     {"training_mode", AttrType::kBool, "false"},
                                     {"seed", AttrType::kInt, "0"}};
constexpr Sample kDropoutSamples[] = {
    {"f32[2, 3]"}, {"f16[5]", "ratio=0.25"}, {"f32[2, 3]; f32[]=0.75; bool[]=0"}};
constexpr Place kDropoutPlaces[] = {{"ratio", "ratio", -1, 1, 11},
                                    {"ratio", "ratio", 1, 12},
                                    {"training_mode", "", -1, 1, 11},
                                    {"training_mode", "training_mode", 2, 12},
                                    {"seed", "", -1, 1, 11}};
constexpr Cell kDropoutCells[] = {
    {.format = "onnx", .op = "Dropout", .since = 7, .places = kDropoutPlaces},
    {.format = "onnx", .op = "Dropout", .until = 6, .places = kDropoutPlaces, .fixed = "is_test=1"},
    {.format = "litert", .op = "RESHAPE"},
    {.format = "openvino", .op = "Convert"}};

constexpr OpDef kShapeOps[] = {
    {.name = "reshape",
     .summary = "the same elements in another shape; 0 copies a size, -1 is what is left (ONNX Reshape)",
     .inputs = kReshapeIn,
     .outputs = kAnyY,
     .attrs = kReshapeAttrs,
     .infer = infer_reshape,
     .evaluate = evaluate_reshape,
     .flops = no_flops,
     .samples = kReshapeSamples,
     .cells = more_cells<kReshapeCells, CoremlValues<"reshape">, Ncnn<"Reshape">>},
    {.name = "flatten",
     .summary = "two axes: those before `axis` in one, those from it on in the other (ONNX Flatten)",
     .inputs = kAnyX,
     .outputs = kAnyY,
     .attrs = kFlattenAttrs,
     .infer = infer_flatten,
     .evaluate = evaluate_flatten,
     .flops = no_flops,
     .samples = kFlattenSamples,
     .cells = cells<Onnx<"Flatten">, LitertAny<"RESHAPE">, CoremlValues<"reshape">, Ncnn<"Reshape">,
                    Openvino<"Reshape">>,
     .write_body = write_flatten},
    {.name = "squeeze",
     .summary = "without the listed axes of size 1, or without all of them (ONNX Squeeze)",
     .inputs = kByAxesIn,
     .outputs = kAnyY,
     .attrs = kSqueezeAttrs,
     .infer = infer_by_axes<squeezed, -1>,
     .evaluate = evaluate_by_axes<squeezed>,
     .flops = no_flops,
     .samples = kSqueezeSamples,
     .cells = more_cells<kSqueezeCells, CoremlValues<"squeeze">, Ncnn<"Reshape">>},
    {.name = "unsqueeze",
     .summary = "with axes of size 1 put in at the listed places of the result (ONNX Unsqueeze)",
     .inputs = kByAxesIn,
     .outputs = kAnyY,
     .attrs = kUnsqueezeAttrs,
     .infer = infer_by_axes<unsqueezed, 1>,
     .evaluate = evaluate_by_axes<unsqueezed>,
     .flops = no_flops,
     .samples = kUnsqueezeSamples,
     .cells = more_cells<kUnsqueezeCells, CoremlValues<"expand_dims">, Ncnn<"Reshape">>},
    {.name = "transpose",
     .summary = "axis i of the result is axis perm[i] of x; reversed without perm (ONNX Transpose)",
     .inputs = kShapeX,
     .outputs = kShapeY,
     .attrs = kPermuteAttrs,
     .infer = infer_permuted,
     .evaluate = evaluate_permuted,
     .flops = no_flops,
     .samples = kPermuteSamples,
     .cells = cells<Onnx<"Transpose">, LitertAny<"TRANSPOSE">, CoremlValues<"transpose">, Ncnn<"Permute">,
                    Openvino<"Transpose">>},
    {.name = "identity",
     .summary = "x",
     .inputs = kAnyX,
     .outputs = kAnyY,
     .infer = infer_identity,
     .evaluate = evaluate_identity,
     .flops = no_flops,
     .samples = kIdentitySamples,
     .cells = cells<Onnx<"Identity">, LitertAny<"RESHAPE">, CoremlValues<"identity">, Ncnn<"Noop">,
                    Openvino<"Convert">>},
    {.name = "dropout",
     .summary = "x, as dropout is in inference; the mask is all true (ONNX Dropout)",
     .inputs = kDropoutIn,
     .outputs = kDropoutOut,
     .attrs = kDropoutAttrs,
     .infer = infer_dropout,
     .evaluate = evaluate_dropout,
     .flops = no_flops,
     .samples = kDropoutSamples,
     .cells = more_cells<kDropoutCells, CoremlValues<"identity">, Ncnn<"Noop">>,
     .body = "y = identity(x)"},
};

}  // namespace

std::span<const OpDef> shape_ops() { return kShapeOps; }

}  // namespace lathe::ops
