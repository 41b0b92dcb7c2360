// Quantisation and back. Definitions: ONNX QuantizeLinear, DequantizeLinear (opset 25), DynamicQuantizeLinear (opset 11).
// Scales and zero points are one for the whole tensor, one for each index of `axis`, or, with a block_size, one for each
// block along it: [D0, …, ceil(Di / block_size), …, Dn].
#include <cmath>
#include <limits>

#include "ops/cast.h"
#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr TypeSet kCodes = types(DType::kI8, DType::kU8, DType::kI16, DType::kU16, DType::kI4, DType::kU4,
                                 DType::kF8E4M3, DType::kF8E5M2, DType::kF4E2M1);
constexpr int kEver = std::numeric_limits<int>::max();
constexpr TypeSet kScales = types(DType::kF32, DType::kF16, DType::kBF16, DType::kF8E8M0);

constexpr OperandDef kQuantizeIn[] = {{"x", kFloatTypes | type_bit(DType::kI32)},
                                      {"y_scale", kScales},
                                      {"y_zero_point", kCodes, '\0', Arity::kOptional}};
constexpr OperandDef kCodesOut[] = {{"y", kCodes}};
// output_dtype counts where there is no zero point; precision (of the division): ONNX's code of a type, 0 for the scale's.
constexpr AttrDef kQuantizeAttrs[] = {{"axis", AttrType::kInt, "1"},
                                      {"block_size", AttrType::kInt, "0"},
                                      {"output_dtype", AttrType::kDType, "u8"},
                                      {"precision", AttrType::kInt, "0"},
                                      {"saturate", AttrType::kBool, "true"}};
constexpr Place kQuantizePlaces[] = {{.ours = "axis", .theirs = "", .until = 12},
                                     {.ours = "block_size", .theirs = "", .until = 20},
                                     {.ours = "output_dtype", .theirs = "", .until = 20},
                                     {.ours = "precision", .theirs = "", .until = 22},
                                     {.ours = "saturate", .theirs = "", .until = 18}};
// What ONNX's versions take as codes and as scales.
constexpr TypeSet kCodes10 = types(DType::kI8, DType::kU8);
constexpr TypeSet kCodes19 = kCodes10 | types(DType::kF8E4M3, DType::kF8E5M2);
constexpr TypeSet kCodes21 = kCodes19 | types(DType::kI16, DType::kU16, DType::kI4, DType::kU4);
constexpr TypeSet kScales19 = types(DType::kF32, DType::kF16, DType::kBF16);
constexpr Cell quantize_cell(int since, int until, TypeSet from, TypeSet codes) {
    return {.format = "onnx",
            .op = "QuantizeLinear",
            .since = since,
            .until = until,
            .places = kQuantizePlaces,
            .types = from | type_bit(DType::kI32),
            .results = codes};
}
constexpr Cell kQuantizeCells[] = {
    quantize_cell(10, 18, type_bit(DType::kF32), kCodes10),
    quantize_cell(19, 20, kScales19, kCodes19),
    quantize_cell(21, 22, kScales19, kCodes21),
    quantize_cell(23, kEver, kScales19, kCodes),
    {.format = "litert", .op = "QUANTIZE", .types = type_bit(DType::kF32), .results = kLitertCodes},
    {.format = "openvino", .op = "FakeQuantize"}};
constexpr Sample kQuantizeSamples[] = {
    {"f32[2, 3, 4]{-4, 4}; f32[]{0.01, 0.03}; u8[]=120"},
    {"f32[2, 3, 4]{-4, 4}; f32[3]{0.01, 0.05}; i8[3]=0,3,-5", "axis=1"},
    {"f32[7]{-1, 1}; f32[]=0.25"},
    {"f32[6]=0.5,1.5,2.5,-0.5,-1.5,400; f32[]=1; i8[]=0"},
    {"f32[2, 5]{-4, 4}; f32[2, 3]{0.01, 0.1}; u8[2, 3]{100, 140}", "axis=1; block_size=2"},
    {"f32[2, 5]{-4, 4}; f32[]=0.5; i4[]=1"},
    {"f32[2, 5]{-900, 900}; f32[]=0.5", "output_dtype=f8e4m3"},
    {"f16[2, 3]{-4, 4}; f16[]=0.03125; i8[]=0"}};

constexpr OperandDef kDequantizeIn[] = {
    {"x", kCodes | type_bit(DType::kI32), 'Q'},
    {"x_scale", kScales},
    {"x_zero_point", kCodes | type_bit(DType::kI32), 'Q', Arity::kOptional}};
constexpr OperandDef kFloatsOut[] = {{"y", kFloatTypes}};
// output_dtype bool: not given, the scale's type.
constexpr AttrDef kDequantizeAttrs[] = {{"axis", AttrType::kInt, "1"},
                                        {"block_size", AttrType::kInt, "0"},
                                        {"output_dtype", AttrType::kDType, "bool"}};
constexpr Place kDequantizePlaces[] = {{.ours = "axis", .theirs = "", .until = 12},
                                       {.ours = "block_size", .theirs = "", .until = 20},
                                       {.ours = "output_dtype", .theirs = "", .until = 22}};
constexpr Cell dequantize_cell(int since, int until, TypeSet codes, TypeSet to) {
    return {.format = "onnx",
            .op = "DequantizeLinear",
            .since = since,
            .until = until,
            .places = kDequantizePlaces,
            .types = codes | type_bit(DType::kI32),
            .results = to};
}
constexpr Cell kDequantizeCells[] = {
    dequantize_cell(10, 18, kCodes10, type_bit(DType::kF32)),
    dequantize_cell(19, 20, kCodes19, kScales19),
    dequantize_cell(21, 22, kCodes21, kScales19),
    dequantize_cell(23, kEver, kCodes, kScales19),
    {.format = "litert", .op = "DEQUANTIZE", .types = kLitertCodes, .results = type_bit(DType::kF32)},
    {.format = "openvino", .op = "Multiply"}};
constexpr Sample kDequantizeSamples[] = {
    {"u8[2, 3, 4]{0, 255}; f32[]{0.01, 0.03}; u8[]=120"},
    {"i8[2, 3, 4]{-128, 127}; f32[3]{0.01, 0.05}; i8[3]=0,3,-5", "axis=1"},
    {"i8[4, 3]{-128, 127}; f32[4]{0.01, 0.05}", "axis=-2"},
    {"i32[5]{-9999, 9999}; f32[]=0.001"},
    {"i8[2, 3]{-128, 127}; f16[]=0.03125; i8[]=2"},
    {"u8[3, 4]{0, 255}; f16[3]{0.01, 0.05}; u8[3]=7,128,255", "axis=0"},
    {"u8[2, 5]{0, 255}; f32[2, 3]{0.01, 0.1}; u8[2, 3]{100, 140}", "axis=1; block_size=2"},
    {"i4[3, 6]{-8, 7}; f32[3, 2]{0.1, 1}", "axis=1; block_size=3"}};

constexpr int64_t kLargestBlock = int64_t{1} << 40;

// Which index of the parameters holds for each index of x.
struct Granularity {
    bool whole = true;  // one parameter for all
    int axis = 0;
    int64_t block = 1;
};

Result<Granularity> granularity(const AttrReader& c, const Dims& x, const Dims& scale) {
    if (scale.empty() || (scale.size() == 1 && scale[0] == Dim(1) && c.integer("block_size") == 0))
        return Granularity{};
    TRY(const int axis, normal_axis(c.integer("axis"), static_cast<int>(x.size())));
    const int64_t block = c.integer("block_size");
    if (block < 0 || block > kLargestBlock)
        return fail("block_size is {}, expected a positive number", block);
    Dims expected{x[static_cast<size_t>(axis)]};
    if (block > 0) {
        expected = x;
        expected[static_cast<size_t>(axis)] = Dim::ceil_div(x[static_cast<size_t>(axis)], Dim(block));
    }
    bool fits = scale.size() == expected.size();
    for (size_t i = 0; fits && i < scale.size(); ++i)
        fits = !scale[i].is_constant() || !expected[i].is_constant() || scale[i] == expected[i];
    if (!fits)
        return fail("the scale is {}, expected one number or {} for x {}", to_string(scale),
                    to_string(expected), to_string(x));
    return Granularity{false, axis, block};
}

Status check_zero_point(const Dims& scale, const Dims& zero) {
    bool fits = scale.size() == zero.size() || (product(scale) == Dim(1) && product(zero) == Dim(1));
    for (size_t i = 0; fits && scale.size() == zero.size() && i < scale.size(); ++i)
        fits = !scale[i].is_constant() || !zero[i].is_constant() || scale[i] == zero[i];
    if (!fits)
        return fail("the zero point is {}, the scale {}, expected one shape", to_string(zero),
                    to_string(scale));
    return {};
}

// The parameter of every element of x.
std::vector<double> spread(const Tensor& parameter, const Shape& x, const Granularity& g) {
    const auto values = parameter.to_doubles();
    if (g.whole) return std::vector<double>(static_cast<size_t>(element_count(x)), values[0]);
    const auto axis = static_cast<size_t>(g.axis);
    const int64_t inner = row_major_strides(x)[axis], length = x[axis],
                  blocks = g.block > 0 ? parameter.dim(g.axis) : length;
    std::vector<double> result;
    result.reserve(static_cast<size_t>(element_count(x)));
    for (int64_t i = 0; i < element_count(x); ++i) {
        const int64_t along = i / inner % length;
        const int64_t at =
            g.block > 0 ? (i / (inner * length) * blocks + along / g.block) * inner + i % inner : along;
        result.push_back(values[static_cast<size_t>(at)]);
    }
    return result;
}

struct Limits {
    double low, high;
};
Limits limits_of(DType dtype) {
    const int bits = bits_of(dtype);
    if (is_signed_integer(dtype)) return {-std::ldexp(1, bits - 1), std::ldexp(1, bits - 1) - 1};
    return {0, std::ldexp(1, bits) - 1};
}

// ---- quantize_linear

Status infer_quantize(InferContext& c) {
    TRY_STATUS(granularity(c, c.shape(0), c.shape(1)));
    if (c.has(2)) TRY_STATUS(check_zero_point(c.shape(1), c.shape(2)));
    const DType asked = c.dtype("output_dtype");
    if ((kCodes & type_bit(asked)) == 0)
        return fail("output_dtype {} holds no quantised numbers", lathe::name_of(asked));
    if (c.has(2) && asked != DType::kU8 && asked != c.dtype(2))
        return fail("output_dtype is {}, but the zero point is {}", lathe::name_of(asked),
                    lathe::name_of(c.dtype(2)));
    c.output(0, c.has(2) ? c.dtype(2) : asked, c.shape(0));
    return {};
}

// The division happens in the scale's precision, at most f32.
double rounded_to(DType dtype, double value) {
    if (dtype == DType::kF16 || dtype == DType::kBF16)
        return tensor_from_doubles(dtype, {}, std::span(&value, 1)).to_doubles()[0];
    return static_cast<double>(static_cast<float>(value));
}

Status evaluate_quantize(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const Granularity g, granularity(c, dims_of(x.shape()), dims_of(c.in(1).shape())));
    if (c.has(2)) TRY_STATUS(check_zero_point(dims_of(c.in(1).shape()), dims_of(c.in(2).shape())));
    const DType to = c.has(2) ? c.in(2).dtype() : c.dtype("output_dtype");
    auto values = x.to_doubles();
    const auto scales = spread(c.in(1), x.shape(), g);
    const auto zeros = c.has(2) ? spread(c.in(2), x.shape(), g) : std::vector<double>(values.size(), 0);
    for (size_t i = 0; i < values.size(); ++i) values[i] = rounded_to(c.in(1).dtype(), values[i] / scales[i]);
    if (is_float(to)) {
        for (size_t i = 0; i < values.size(); ++i) values[i] += zeros[i];
        c.output(0, cast(tensor_from_doubles(DType::kF32, x.shape(), values), to, c.flag("saturate")));
        return {};
    }
    const Limits limits = limits_of(to);
    for (size_t i = 0; i < values.size(); ++i) {
        values[i] = std::nearbyint(values[i]) + zeros[i];
        values[i] = std::isnan(values[i]) ? 0 : std::min(std::max(values[i], limits.low), limits.high);
    }
    c.output(0, tensor_from_doubles(to, x.shape(), values));
    return {};
}

// A parameter along the axis as it broadcasts to x.
Result<std::string> along_axis(const InferContext& c, std::string_view parameter, std::string_view name,
                               std::string& text) {
    TRY(const Granularity g, granularity(c, c.shape(0), c.shape(1)));
    if (!g.whole && g.block > 0) return fail("blocks of scales have no simpler form");
    if (g.whole || g.axis + 1 == c.rank(0)) return std::string(parameter);
    text += format("{} = reshape({}, shape=[-1", name, parameter);
    for (int i = g.axis + 1; i < c.rank(0); ++i) text += ", 1";
    text += "])\n";
    return std::string(name);
}

Result<std::string> write_quantize(const InferContext& c) {
    const DType to = c.has(2) ? c.dtype(2) : c.dtype("output_dtype");
    if (is_float(to) || c.dtype(0) != DType::kF32 || c.dtype(1) != DType::kF32)
        return fail("only f32 to integers has a simpler form");
    std::string text;
    TRY(const std::string scale, along_axis(c, "y_scale", "scales", text));
    text += format("q = div(x, {})\nr = round(q)\n", scale);
    if (c.has(2)) {
        TRY(const std::string zero, along_axis(c, "y_zero_point", "zeros", text));
        text += format("z = cast({}, to=f32)\ns = add(r, z)\n", zero);
    }
    const Limits limits = limits_of(to);
    return text + format("h = clip({}, min={:.1f}, max={:.1f})\ny = cast(h, to={})", c.has(2) ? "s" : "r",
                         limits.low, limits.high, lathe::name_of(to));
}

// ---- dequantize_linear

DType dequantized_type(DType asked, DType scale) {
    if (asked != DType::kBool) return asked;
    return scale == DType::kF8E8M0 ? DType::kF32 : scale;
}

Status infer_dequantize(InferContext& c) {
    TRY_STATUS(granularity(c, c.shape(0), c.shape(1)));
    if (c.has(2)) TRY_STATUS(check_zero_point(c.shape(1), c.shape(2)));
    const DType to = dequantized_type(c.dtype("output_dtype"), c.dtype(1));
    if ((kFloatTypes & type_bit(to)) == 0)
        return fail("output_dtype is {}, expected a floating-point type", lathe::name_of(to));
    c.output(0, to, c.shape(0));
    return {};
}

Status evaluate_dequantize(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const Granularity g, granularity(c, dims_of(x.shape()), dims_of(c.in(1).shape())));
    if (c.has(2)) TRY_STATUS(check_zero_point(dims_of(c.in(1).shape()), dims_of(c.in(2).shape())));
    auto values = x.to_doubles();
    const auto scales = spread(c.in(1), x.shape(), g);
    const auto zeros = c.has(2) ? spread(c.in(2), x.shape(), g) : std::vector<double>(values.size(), 0);
    for (size_t i = 0; i < values.size(); ++i) values[i] = (values[i] - zeros[i]) * scales[i];
    c.output(0, tensor_from_doubles(dequantized_type(c.dtype("output_dtype"), c.in(1).dtype()), x.shape(),
                                    values));
    return {};
}

Result<std::string> write_dequantize(const InferContext& c) {
    const DType to = dequantized_type(c.dtype("output_dtype"), c.dtype(1));
    if (c.dtype(1) != to) return fail("the result is of another type than the scale");
    std::string text;
    TRY(const std::string scale, along_axis(c, "x_scale", "scales", text));
    text += format("f = cast(x, to={})\n", lathe::name_of(to));
    if (c.has(2)) {
        TRY(const std::string zero, along_axis(c, "x_zero_point", "zeros", text));
        text += format("z = cast({}, to={})\nd = sub(f, z)\n", zero, lathe::name_of(to));
    }
    return text + format("y = mul({}, {})", c.has(2) ? "d" : "f", scale);
}

// ---- dynamic_quantize_linear

constexpr OperandDef kDynamicIn[] = {{"x", type_bit(DType::kF32)}};
constexpr OperandDef kDynamicOut[] = {
    {"y", type_bit(DType::kU8)}, {"y_scale", type_bit(DType::kF32)}, {"y_zero_point", type_bit(DType::kU8)}};
constexpr Sample kDynamicSamples[] = {{"f32[2, 3, 4]{-2, 5}"}, {"f32[7]{1, 3}"}, {"f32[5]{-3, -1}"}};

Status infer_dynamic(InferContext& c) {
    c.output(0, DType::kU8, c.shape(0));
    c.output(1, DType::kF32, {});
    c.output(2, DType::kU8, {});
    return {};
}

// In f32, step by step, as the definition asks; a tensor of zeros gets the scale 1.
Status evaluate_dynamic(EvalContext& c) {
    float low = 0, high = 0;
    const auto values = c.in(0).values<float>();
    for (const float v : values) low = std::min(low, v), high = std::max(high, v);
    const float scale = high == low ? 1.0f : (high - low) / 255.0f;
    const float zero = std::nearbyint(std::min(std::max(0.0f - low / scale, 0.0f), 255.0f));
    std::vector<double> codes;
    codes.reserve(values.size());
    for (const float v : values)
        codes.push_back(std::min(std::max(std::nearbyint(v / scale) + zero, 0.0f), 255.0f));
    c.output(0, tensor_from_doubles(DType::kU8, c.in(0).shape(), codes));
    c.output(1, Tensor::scalar(scale));
    c.output(2, Tensor::scalar(static_cast<uint8_t>(zero)));
    return {};
}

double three_flops(const CostContext& c) { return 3 * static_cast<double>(element_count(c.inputs[0])); }

constexpr OpDef kQuantizeOps[] = {
    {.name = "quantize_linear",
     .summary = "saturate(round(x / y_scale) + y_zero_point)",
     .inputs = kQuantizeIn,
     .outputs = kCodesOut,
     .attrs = kQuantizeAttrs,
     .infer = infer_quantize,
     .evaluate = evaluate_quantize,
     .flops = three_flops,
     .samples = kQuantizeSamples,
     .cells = kQuantizeCells,
     .write_body = write_quantize},
    {.name = "dequantize_linear",
     .summary = "(x - x_zero_point) * x_scale",
     .inputs = kDequantizeIn,
     .outputs = kFloatsOut,
     .attrs = kDequantizeAttrs,
     .infer = infer_dequantize,
     .evaluate = evaluate_dequantize,
     .flops = three_flops,
     .samples = kDequantizeSamples,
     .cells = kDequantizeCells,
     .write_body = write_dequantize},
    {.name = "dynamic_quantize_linear",
     .summary = "x as u8 with the scale and zero point that its own range asks for",
     .inputs = kDynamicIn,
     .outputs = kDynamicOut,
     .infer = infer_dynamic,
     .evaluate = evaluate_dynamic,
     .flops = three_flops,
     .samples = kDynamicSamples,
     .cells = onnx<"DynamicQuantizeLinear", 11>},
};

}  // namespace

std::span<const OpDef> quantize_ops() { return kQuantizeOps; }

}  // namespace lathe::ops
