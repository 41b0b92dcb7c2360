// Products and convolutions of quantised numbers. Definitions: ONNX MatMulInteger, ConvInteger, QLinearMatMul,
// QLinearConv. Sums are exact; 32-bit results wrap around.
#include <cmath>

#include "ops/cells.h"
#include "ops/convolution.h"
#include "ops/kernel_support.h"
#include "ops/matrix_product.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr TypeSet kBytes = types(DType::kI8, DType::kU8);
constexpr OperandDef kInt32Out[] = {{"y", type_bit(DType::kI32)}};
constexpr OperandDef kBytesOut[] = {{"y", kBytes, 'Y'}};

double take(double value, double zero) { return value - zero; }
double times(double value, double scale) { return value * scale; }

// values[i] = change(value, parameter) for x = [.., M, N]. The parameter is one number, [M] for each row (of a left
// operand) or [N] for each column (of a right one), or broadcasts to x. Errors: none of these.
Status apply(std::vector<double>& values, const Shape& x, const Tensor& parameter, bool rows,
             double (*change)(double, double)) {
    Tensor p = parameter;
    if (p.count() == 1) p = p.reshaped({});
    if (rows && p.rank() == 1 && x.size() >= 2) p = p.reshaped({p.dim(0), 1});
    const auto both = broadcast(x, p.shape());
    if (!both || *both != x)
        return fail("a scale or zero point {} does not fit {}", to_string(parameter.shape()), to_string(x));
    const auto parameters = values_of<double>(p, x);
    for (size_t i = 0; i < values.size(); ++i) values[i] = change(values[i], parameters[i]);
    return {};
}

// The exact product of (a - its zero point) and (b - its zero point), as f64. Zero points may be null.
Result<Tensor> shifted_product(const Tensor& a, const Tensor* a_zero, const Tensor& b, const Tensor* b_zero) {
    auto left = a.to_doubles(), right = b.to_doubles();
    if (a_zero != nullptr) TRY_STATUS(apply(left, a.shape(), *a_zero, true, take));
    if (b_zero != nullptr) TRY_STATUS(apply(right, b.shape(), *b_zero, false, take));
    const Tensor la = tensor_from_doubles(DType::kF64, a.shape(), left),
                 lb = tensor_from_doubles(DType::kF64, b.shape(), right);
    const Tensor* operands[] = {&la, &lb};
    TRY(auto results, graph::evaluate(*find_op("matmul"), {}, operands, 1));
    return std::move(results[0]);
}

std::vector<int64_t> wrapped(const std::vector<double>& values) {
    std::vector<int64_t> result;
    result.reserve(values.size());
    for (const double v : values) result.push_back(static_cast<int64_t>(v));
    return result;
}

// y = saturate(round(value / scale) + zero)
Tensor requantised(const std::vector<double>& values, const Shape& shape, double scale, const Tensor& zero) {
    const double offset = zero.to_doubles()[0], low = zero.dtype() == DType::kI8 ? -128 : 0, high = low + 255;
    std::vector<double> codes;
    codes.reserve(values.size());
    for (const double v : values) {
        const double code = std::nearbyint(v / scale) + offset;
        codes.push_back(std::isnan(code) ? offset : std::min(std::max(code, low), high));
    }
    return tensor_from_doubles(zero.dtype(), shape, codes);
}

// The operands at these places must be one number each.
Status check_single(const EvalContext& c, std::initializer_list<int> places) {
    for (const int i : places)
        if (c.has(i) && c.in(i).count() != 1)
            return fail("{} is {}, expected one number", c.op().inputs[static_cast<size_t>(i)].name,
                        to_string(c.in(i).shape()));
    return {};
}

// ---- matmul_integer, qlinear_matmul

constexpr OperandDef kQuantizedMatmulIn[] = {{"a", kBytes, 'A'},
                                             {"b", kBytes, 'B'},
                                             {"a_zero_point", kBytes, 'A', Arity::kOptional},
                                             {"b_zero_point", kBytes, 'B', Arity::kOptional}};
constexpr Sample kQuantizedMatmulSamples[] = {
    {"u8[3, 5]{0, 255}; i8[5, 4]{-63, 63}; u8[]=117; i8[]=-3"},
    {"u8[2, 3, 5]{0, 255}; u8[5, 4]{0, 255}"},
    {"u8[3, 5]{0, 255}; i8[5, 4]{-63, 63}; u8[]=117; i8[4]=-3,0,5,100"}};

Status infer_matmul_integer(InferContext& c) {
    TRY(Dims shape, matmul_output(c.shape(0), c.shape(1)));
    c.output(0, DType::kI32, std::move(shape));
    return {};
}
Status evaluate_matmul_integer(EvalContext& c) {
    TRY(const Tensor product,
        shifted_product(c.in(0), c.has(2) ? &c.in(2) : nullptr, c.in(1), c.has(3) ? &c.in(3) : nullptr));
    c.output(0, tensor_from_ints(DType::kI32, product.shape(), wrapped(product.to_doubles())));
    return {};
}
Result<std::string> write_matmul_integer(const InferContext& c) {
    if (c.has(2) && c.rank(2) == 1 && c.shape(2)[0] != Dim(1))
        return fail("a zero point for each row has no simpler form");
    std::string text = "aw = cast(a, to=i32)\nbw = cast(b, to=i32)\n";
    if (c.has(2)) text += "az = cast(a_zero_point, to=i32)\nad = sub(aw, az)\n";
    if (c.has(3)) text += "bz = cast(b_zero_point, to=i32)\nbd = sub(bw, bz)\n";
    return text + format("y = matmul({}, {})", c.has(2) ? "ad" : "aw", c.has(3) ? "bd" : "bw");
}
double macs_of_quantized_matmul(const CostContext& c) {
    return static_cast<double>(c.inputs[0].empty() ? 1 : c.inputs[0].back()) *
           static_cast<double>(element_count(c.outputs[0]));
}

constexpr OperandDef kQMatmulIn[] = {{"a", kBytes, 'A'},
                                     {"a_scale", kFloatTypes, 'S'},
                                     {"a_zero_point", kBytes, 'A'},
                                     {"b", kBytes, 'B'},
                                     {"b_scale", kFloatTypes, 'S'},
                                     {"b_zero_point", kBytes, 'B'},
                                     {"y_scale", kFloatTypes, 'S'},
                                     {"y_zero_point", kBytes, 'Y'}};
constexpr Sample kQMatmulSamples[] = {
    {"u8[3, 5]{0, 255}; f32[]=0.0123; u8[]=117; u8[5, 4]{0, 255}; f32[]=0.0071; u8[]=99; f32[]=0.0312; u8[]=131"},
    {"u8[2, 3, 5]{0, 255}; f32[]=0.0123; u8[]=117; i8[5, 4]{-63, 63}; f32[]=0.0071; i8[]=-9; f32[]=0.0312; u8[]=131"}};

Status infer_qlinear_matmul(InferContext& c) {
    TRY(Dims shape, matmul_output(c.shape(0), c.shape(3)));
    c.output(0, c.dtype(7), std::move(shape));
    return {};
}
Status evaluate_qlinear_matmul(EvalContext& c) {
    TRY_STATUS(check_single(c, {6, 7}));
    TRY(const Tensor product, shifted_product(c.in(0), &c.in(2), c.in(3), &c.in(5)));
    auto values = product.to_doubles();
    TRY_STATUS(apply(values, product.shape(), c.in(1), true, times));
    TRY_STATUS(apply(values, product.shape(), c.in(4), false, times));
    c.output(0, requantised(values, product.shape(), c.in(6).to_doubles()[0], c.in(7)));
    return {};
}
double qlinear_matmul_flops(const CostContext& c) {
    return 2 * macs_of_quantized_matmul(c) + 3 * static_cast<double>(element_count(c.outputs[0]));
}

// ---- conv_integer, qlinear_conv

constexpr AttrDef kQuantizedConvAttrs[] = {{"auto_pad", AttrType::kString, "\"NOTSET\""},
                                           {"dilations", AttrType::kInts, "[]"},
                                           {"group", AttrType::kInt, "1"},
                                           {"kernel_shape", AttrType::kInts, "[]"},
                                           {"pads", AttrType::kInts, "[]"},
                                           {"strides", AttrType::kInts, "[]"}};
constexpr OperandDef kQuantizedConvIn[] = {{"x", kBytes, 'X'},
                                           {"w", kBytes, 'W'},
                                           {"x_zero_point", kBytes, 'X', Arity::kOptional},
                                           {"w_zero_point", kBytes, 'W', Arity::kOptional}};
constexpr Sample kQuantizedConvSamples[] = {
    {"u8[2, 3, 6, 5]{0, 255}; u8[4, 3, 3, 3]{0, 255}; u8[]=117", "pads=[1, 1, 1, 1]"},
    {"u8[1, 4, 6, 5]{0, 255}; i8[4, 2, 3, 2]{-63, 63}; u8[]=117; i8[]=-3", "group=2; strides=[2, 1]"}};

// The exact convolution of (x - its zero point) and (w - its zero point), padded with what x's zero point stands for.
Result<std::vector<double>> shifted_conv(const ConvShape& shape, const Tensor& x, const Tensor* x_zero,
                                         const Tensor& w, const Tensor* w_zero) {
    auto values = x.to_doubles(), weights = w.to_doubles();
    if (x_zero != nullptr) TRY_STATUS(apply(values, x.shape(), x_zero->reshaped({}), false, take));
    if (w_zero != nullptr) {
        TRY(const Tensor zeros, [&]() -> Result<Tensor> {
            if (w_zero->count() == 1) return w_zero->reshaped({});
            if (w_zero->shape() != Shape{w.dim(0)})
                return fail("w_zero_point is {}, expected one number or [{}]", to_string(w_zero->shape()),
                            w.dim(0));
            Shape column(w.shape().size(), 1);
            column[0] = w.dim(0);
            return w_zero->reshaped(column);
        }());
        TRY_STATUS(apply(weights, w.shape(), zeros, false, take));
    }
    const std::vector<float> xs(values.begin(), values.end()), ws(weights.begin(), weights.end());
    return convolve(shape, xs.data(), ws.data());
}

Status infer_conv_integer(InferContext& c) {
    TRY(Dims shape, conv_output(c, c.shape(0), c.shape(1)));
    c.output(0, DType::kI32, std::move(shape));
    return {};
}
Status evaluate_conv_integer(EvalContext& c) {
    TRY_STATUS(check_single(c, {2}));
    TRY(const ConvShape shape, conv_shape(c, c.in(0).shape(), c.in(1).shape()));
    TRY(const auto sums,
        shifted_conv(shape, c.in(0), c.has(2) ? &c.in(2) : nullptr, c.in(1), c.has(3) ? &c.in(3) : nullptr));
    c.output(0, tensor_from_ints(DType::kI32, shape.result(), wrapped(sums)));
    return {};
}

constexpr TypeSet kF32 = type_bit(DType::kF32);
constexpr OperandDef kQConvIn[] = {{"x", kBytes, 'X'},
                                   {"x_scale", kF32},
                                   {"x_zero_point", kBytes, 'X'},
                                   {"w", kBytes, 'W'},
                                   {"w_scale", kF32},
                                   {"w_zero_point", kBytes, 'W'},
                                   {"y_scale", kF32},
                                   {"y_zero_point", kBytes, 'Y'},
                                   {"b", type_bit(DType::kI32), '\0', Arity::kOptional}};
constexpr Sample kQConvSamples[] = {
    {"u8[2, 3, 6, 5]{0, 255}; f32[]=0.0123; u8[]=117; u8[4, 3, 3, 3]{0, 255}; f32[]=0.0071; u8[]=99; f32[]=0.0912; u8[]=131; i32[4]{-999, 999}",
     "pads=[1, 1, 1, 1]"},
    {"u8[1, 4, 6, 5]{0, 255}; f32[]=0.0123; u8[]=117; i8[4, 2, 3, 2]{-63, 63}; f32[4]{0.005, 0.01}; i8[4]=0,0,0,0; f32[]=0.0713; u8[]=131",
     "group=2; strides=[2, 1]"}};

Status infer_qlinear_conv(InferContext& c) {
    TRY(Dims shape, conv_output(c, c.shape(0), c.shape(3)));
    if (c.has(8)) TRY_STATUS(check_bias(c.shape(8), shape[1]));
    c.output(0, c.dtype(7), std::move(shape));
    return {};
}
Status evaluate_qlinear_conv(EvalContext& c) {
    TRY_STATUS(check_single(c, {1, 2, 6, 7}));
    TRY(const ConvShape shape, conv_shape(c, c.in(0).shape(), c.in(3).shape()));
    TRY(auto sums, shifted_conv(shape, c.in(0), &c.in(2), c.in(3), &c.in(5)));
    const auto channels = static_cast<size_t>(c.in(3).dim(0)),
               plane = static_cast<size_t>(element_count(shape.out));
    if (c.has(8)) TRY_STATUS(check_bias(dims_of(c.in(8).shape()), c.in(3).dim(0)));
    const auto bias = c.has(8) ? c.in(8).to_doubles() : std::vector<double>(channels, 0);
    auto scales = c.in(4).to_doubles();
    if (scales.size() == 1) scales.resize(channels, double{scales[0]});
    if (scales.size() != channels)
        return fail("w_scale is {}, expected one number or [{}]", to_string(c.in(4).shape()), channels);
    const double x_scale = c.in(1).to_doubles()[0];
    for (size_t i = 0; i < sums.size(); ++i) {
        const size_t channel = i / plane % channels;
        sums[i] = (sums[i] + bias[channel]) * x_scale * scales[channel];
    }
    c.output(0, requantised(sums, shape.result(), c.in(6).to_doubles()[0], c.in(7)));
    return {};
}
double qlinear_conv_macs(const CostContext& c) { return conv_macs_of(c.inputs[3], c.outputs[0]); }
double qlinear_conv_flops(const CostContext& c) {
    return 2 * qlinear_conv_macs(c) + 3 * static_cast<double>(element_count(c.outputs[0]));
}

constexpr OpDef kQuantizedOps[] = {
    {.name = "matmul_integer",
     .summary = "the matrix product of (a - a_zero_point) and (b - b_zero_point)",
     .inputs = kQuantizedMatmulIn,
     .outputs = kInt32Out,
     .infer = infer_matmul_integer,
     .evaluate = evaluate_matmul_integer,
     .macs = macs_of_quantized_matmul,
     .samples = kQuantizedMatmulSamples,
     .cells = onnx<"MatMulInteger", 10>,
     .write_body = write_matmul_integer},
    {.name = "qlinear_matmul",
     .summary = "the matrix product of quantised operands, quantised",
     .inputs = kQMatmulIn,
     .outputs = kBytesOut,
     .infer = infer_qlinear_matmul,
     .evaluate = evaluate_qlinear_matmul,
     .macs = macs_of_quantized_matmul,
     .flops = qlinear_matmul_flops,
     .samples = kQMatmulSamples,
     .cells = onnx<"QLinearMatMul", 10>},
    {.name = "conv_integer",
     .summary = "the convolution of (x - x_zero_point) with (w - w_zero_point)",
     .inputs = kQuantizedConvIn,
     .outputs = kInt32Out,
     .attrs = kQuantizedConvAttrs,
     .infer = infer_conv_integer,
     .evaluate = evaluate_conv_integer,
     .macs = conv_macs,
     .samples = kQuantizedConvSamples,
     .cells = onnx<"ConvInteger", 10>},
    {.name = "qlinear_conv",
     .summary = "the convolution of quantised operands, quantised",
     .inputs = kQConvIn,
     .outputs = kBytesOut,
     .attrs = kQuantizedConvAttrs,
     .infer = infer_qlinear_conv,
     .evaluate = evaluate_qlinear_conv,
     .macs = qlinear_conv_macs,
     .flops = qlinear_conv_flops,
     .samples = kQConvSamples,
     .cells = onnx<"QLinearConv", 10>},
};

}  // namespace

std::span<const OpDef> quantized_ops() { return kQuantizedOps; }

}  // namespace lathe::ops
