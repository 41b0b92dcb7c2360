// Operators that make tensors out of sizes: shape_of, size_of, constant_of_shape, range, eye_like.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/cells.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kAny[] = {{"x", kAllTypes}};
constexpr OperandDef kSizes[] = {{"y", kI64}};

// ---- shape_of, size_of

std::pair<int64_t, int64_t> shape_part(const AttrReader& c, int64_t rank) {
    const auto place = [&](int64_t at) { return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank); };
    const int64_t start = place(c.integer("start"));
    return {start, std::max(start, place(c.integer("end")))};
}

Status infer_shape_of(InferContext& c) {
    const auto [start, end] = shape_part(c, c.rank(0));
    c.output(0, DType::kI64, {Dim(end - start)});
    c.output_contents(0, Dims(c.shape(0).begin() + start, c.shape(0).begin() + end));
    return {};
}

Status evaluate_shape_of(EvalContext& c) {
    const auto [start, end] = shape_part(c, c.in(0).rank());
    c.output(0, Tensor::ints(std::span(c.in(0).shape()).subspan(start, end - start)));
    return {};
}

Status infer_size_of(InferContext& c) {
    c.output(0, DType::kI64, {});
    c.output_contents(0, Dims{product(c.shape(0))});
    return {};
}

Status evaluate_size_of(EvalContext& c) {
    c.output(0, Tensor::scalar<int64_t>(c.in(0).count()));
    return {};
}

constexpr AttrDef kShapeOfAttrs[] = {{"start", AttrType::kInt, "0"},
                                     {"end", AttrType::kInt, "9223372036854775807"}};
constexpr Sample kShapeOfSamples[] = {
    {"f32[2, 3, 5]"}, {"f16[2, 3, 5]", "start=1"}, {"f32[2, 3, 5]", "start=-3; end=-1"}, {"f32[]"}};
constexpr Place kShapeOfPlaces[] = {{"start", "", -1, 1, 14}, {"end", "", -1, 1, 14}};
constexpr Cell kShapeOfCells[] = {{.format = "onnx", .op = "Shape", .places = kShapeOfPlaces},
                                  {.format = "litert", .op = "SHAPE"},
                                  {.format = "openvino", .op = "ShapeOf", .since = 3}};
constexpr Sample kSizeOfSamples[] = {{"f32[2, 3, 5]"}, {"f16[]"}, {"f32[0, 2]"}};

// ---- constant_of_shape

Status infer_constant_of_shape(InferContext& c) {
    const DType dtype = c.dtype("dtype");
    const auto target = c.dims("shape");
    if (!target) {
        TRY(const int64_t rank, list_length(c, "shape"));
        c.output(0, dtype, unknown_dims(c, rank, "size"));
        return {};
    }
    for (const Dim& size : *target)
        if (negative(size)) return fail("the shape {} has the size {}", to_string(*target), size.text());
    c.output(0, dtype, *target);
    const Dim count = product(*target);
    if (is_integer(dtype) && count.is_constant() && *count.constant() <= 64)
        c.output_contents(0, Dims(static_cast<size_t>(*count.constant()),
                                  Dim(Tensor::filled(dtype, {}, c.number("value")).to_ints()[0])));
    return {};
}

Status evaluate_constant_of_shape(EvalContext& c) {
    TRY(const Shape shape, c.ints("shape"));
    TRY_STATUS(check_result(c.dtype("dtype"), shape));
    const Tensor one = Tensor::filled(c.dtype("dtype"), {}, c.number("value"));
    c.output(0, Tensor(one.dtype(), shape, Shape(shape.size(), 0), one.storage()).to_contiguous());
    return {};
}

constexpr OperandDef kShapeIn[] = {{"shape", kI64, '\0', Arity::kOptional}};
constexpr OperandDef kFilled[] = {{"y", kMovableTypes}};
constexpr AttrDef kFillAttrs[] = {
    {"shape", AttrType::kDims}, {"value", AttrType::kFloat, "0.0"}, {"dtype", AttrType::kDType, "f32"}};
constexpr Sample kFillSamples[] = {{"", "shape=[2, 3]; value=0.5"},
                                   {"i64[2]=3,1", "value=-7.0; dtype=i64"},
                                   {"", "shape=[]; value=1.0; dtype=bool"},
                                   {"", "shape=[2, 0]"}};
constexpr Place kFillPlaces[] = {{"shape", "shape", 0}};  // value and dtype travel as one tensor, `value`
constexpr Cell kFillCells[] = {{.format = "onnx", .op = "ConstantOfShape", .since = 9, .places = kFillPlaces},
                               {.format = "openvino", .op = "Broadcast", .since = 3}};

// ---- range

// A number that is known while inferring: contents, or a constant of a float type.
std::optional<double> known_number(const Value& value) {
    if (value.contents && value.contents->size() == 1 && (*value.contents)[0].is_constant())
        return static_cast<double>(*(*value.contents)[0].constant());
    if (value.constant && value.constant->count() == 1) return value.constant->to_doubles()[0];
    return std::nullopt;
}

Result<int64_t> range_length(double start, double limit, double delta) {
    const double length = std::ceil((limit - start) / delta);
    if (delta == 0 || !(length < 0x1p40))
        return fail("a range from {} to {} by {} does not end", start, limit, delta);
    return std::max<int64_t>(0, static_cast<int64_t>(std::max(length, -1.0)));
}

// The length where the numbers hold symbols: known when the step is.
std::optional<Dim> symbolic_length(InferContext& c) {
    for (int i = 0; i < 3; ++i)
        if (!c.contents(i) || c.contents(i)->size() != 1) return std::nullopt;
    const Dim start = (*c.contents(0))[0], limit = (*c.contents(1))[0], delta = (*c.contents(2))[0];
    if (!delta.is_constant() || delta == Dim(0)) return std::nullopt;
    const Dim length = *delta.constant() > 0 ? Dim::ceil_div(limit - start, delta)
                                             : Dim::ceil_div(start - limit, Dim(-1) * delta);
    return Dim::max(length, 0);
}

Status infer_range(InferContext& c) {
    for (int i = 0; i < 3; ++i)
        if (c.rank(i) > 1 || product(c.shape(i)) != Dim(1))
            return fail("'{}' must be one number, got {}", c.op().inputs[i].name, to_string(c.shape(i)));
    const auto start = known_number(c.value(0)), limit = known_number(c.value(1)),
               delta = known_number(c.value(2));
    Dim length;
    if (start && limit && delta) {
        TRY(length, range_length(*start, *limit, *delta));
    } else if (const auto symbolic = symbolic_length(c)) {
        length = *symbolic;
    } else {
        length = c.unknown("length");
    }
    c.output(0, c.dtype(0), {length});
    if (!is_integer(c.dtype(0)) || !length.is_constant() || *length.constant() > 64 || !c.contents(0) ||
        !c.contents(2))
        return {};
    Dims contents;
    for (int64_t i = 0; i < *length.constant(); ++i)
        contents.push_back((*c.contents(0))[0] + Dim(i) * (*c.contents(2))[0]);
    c.output_contents(0, std::move(contents));
    return {};
}

Status evaluate_range(EvalContext& c) {
    const DType dtype = c.in(0).dtype();
    for (int i = 0; i < 3; ++i)
        if (c.in(i).count() != 1) return fail("'{}' must be one number", c.op().inputs[i].name);
    const double start = c.in(0).to_doubles()[0], limit = c.in(1).to_doubles()[0],
                 delta = c.in(2).to_doubles()[0];
    TRY(const int64_t length, range_length(start, limit, delta));
    TRY_STATUS(check_result(dtype, {length}));
    if (is_float(dtype)) {
        std::vector<double> values(static_cast<size_t>(length));
        for (size_t i = 0; i < values.size(); ++i) values[i] = start + static_cast<double>(i) * delta;
        c.output(0, tensor_from_doubles(dtype, {length}, values));
        return {};
    }
    const auto first = static_cast<uint64_t>(c.in(0).to_ints()[0]),
               step = static_cast<uint64_t>(c.in(2).to_ints()[0]);
    Ints values(static_cast<size_t>(length));
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<int64_t>(first + i * step);
    c.output(0, tensor_from_ints(dtype, {length}, values));
    return {};
}

constexpr OperandDef kRangeIn[] = {
    {"start", kNumericTypes, 'T'}, {"limit", kNumericTypes, 'T'}, {"delta", kNumericTypes, 'T'}};
constexpr OperandDef kRangeOut[] = {{"y", kNumericTypes, 'T'}};
constexpr Sample kRangeSamples[] = {{"i64[]=0; i64[]=7; i64[]=2"},
                                    {"f32[]=1.5; f32[]=4.25; f32[]=0.5"},
                                    {"i32[]=3; i32[]=-4; i32[]=-2"},
                                    {"i64[]=3; i64[]=3; i64[]=1"}};
constexpr Cell kRangeCells[] = {{.format = "onnx", .op = "Range", .since = 11},
                                {.format = "openvino", .op = "Range", .since = 4}};

// ---- eye_like

DType eye_type(const AttrReader& c, DType of_x) {
    return c.dtype("dtype") == DType::kString ? of_x : c.dtype("dtype");
}

Status infer_eye_like(InferContext& c) {
    if (c.rank(0) != 2) return fail("x has rank {}, expected a matrix", c.rank(0));
    c.output(0, eye_type(c, c.value(0).dtype), c.shape(0));
    return {};
}

Status evaluate_eye_like(EvalContext& c) {
    const int64_t rows = c.in(0).dim(0), columns = c.in(0).dim(1), k = c.integer("k");
    std::vector<double> values(static_cast<size_t>(rows * columns), 0);
    for (int64_t row = 0; row < rows; ++row)
        for (int64_t column = 0; column < columns; ++column)
            if (column - row == k) values[static_cast<size_t>(row * columns + column)] = 1;
    c.output(0, tensor_from_doubles(eye_type(c, c.in(0).dtype()), c.in(0).shape(), values));
    return {};
}

constexpr TypeSet kEyeTypes = kNumericTypes | kBoolType;
constexpr OperandDef kEyeIn[] = {{"x", kEyeTypes}};
constexpr OperandDef kEyeOut[] = {{"y", kEyeTypes}};
constexpr AttrDef kEyeAttrs[] = {{"k", AttrType::kInt, "0"},
                                 {"dtype", AttrType::kDType, "string"}};  // string: that of x
constexpr Sample kEyeSamples[] = {{"f32[3, 5]"}, {"f32[5, 3]", "k=-1; dtype=i64"}, {"i32[4, 4]", "k=2"}};
constexpr Cell kEyeCells[] = {{.format = "onnx", .op = "EyeLike", .since = 9}};

constexpr OpDef kFillOps[] = {
    {.name = "shape_of",
     .summary = "the sizes of x's axes [start, end) (ONNX Shape)",
     .inputs = kAny,
     .outputs = kSizes,
     .attrs = kShapeOfAttrs,
     .infer = infer_shape_of,
     .evaluate = evaluate_shape_of,
     .flops = no_flops,
     .samples = kShapeOfSamples,
     .cells = more_cells<kShapeOfCells, CoremlValues<"shape">>},
    {.name = "size_of",
     .summary = "the number of x's elements, a scalar (ONNX Size)",
     .inputs = kAny,
     .outputs = kSizes,
     .infer = infer_size_of,
     .evaluate = evaluate_size_of,
     .flops = no_flops,
     .samples = kSizeOfSamples,
     .cells = cells<Onnx<"Size">, Openvino<"ShapeOf", 3>>},
    {.name = "constant_of_shape",
     .summary = "a tensor of that shape, all of its elements `value` (ONNX ConstantOfShape)",
     .inputs = kShapeIn,
     .outputs = kFilled,
     .attrs = kFillAttrs,
     .infer = infer_constant_of_shape,
     .evaluate = evaluate_constant_of_shape,
     .flops = no_flops,
     .samples = kFillSamples,
     .cells = more_cells<kFillCells, CoremlValues<"fill">>},
    {.name = "range",
     .summary = "start, start + delta, … before limit (ONNX Range)",
     .inputs = kRangeIn,
     .outputs = kRangeOut,
     .infer = infer_range,
     .evaluate = evaluate_range,
     .samples = kRangeSamples,
     .cells = more_cells<kRangeCells, CoremlNumbers<"range_1d">>},
    {.name = "eye_like",
     .summary = "a matrix of x's shape with ones on diagonal k, else zeros (ONNX EyeLike)",
     .inputs = kEyeIn,
     .outputs = kEyeOut,
     .attrs = kEyeAttrs,
     .infer = infer_eye_like,
     .evaluate = evaluate_eye_like,
     .flops = no_flops,
     .samples = kEyeSamples,
     .cells = kEyeCells},
};

}  // namespace

std::span<const OpDef> fill_ops() { return kFillOps; }

}  // namespace lathe::ops
