// Convolution and transposed convolution over one to three (or more) spatial axes. Definitions: ONNX Conv, ConvTranspose.
#include "ops/cells.h"
#include "ops/convolution.h"
#include "ops/kernel_support.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kConvIn[] = {
    {"x", kFloatTypes, 'T'}, {"w", kFloatTypes, 'T'}, {"b", kFloatTypes, 'T', Arity::kOptional}};
constexpr OperandDef kConvOut[] = {{"y", kFloatTypes, 'T'}};
constexpr AttrDef kConvAttrs[] = {{"auto_pad", AttrType::kString, "\"NOTSET\""},
                                  {"dilations", AttrType::kInts, "[]"},
                                  {"group", AttrType::kInt, "1"},
                                  {"kernel_shape", AttrType::kInts, "[]"},
                                  {"pads", AttrType::kInts, "[]"},
                                  {"strides", AttrType::kInts, "[]"}};
constexpr Sample kConvSamples[] = {
    {"f32[2, 3, 7, 5]; f32[4, 3, 3, 3]; f32[4]", "pads=[1, 1, 1, 1]"},
    {"f32[2, 3, 7, 5]; f32[4, 3, 1, 1]"},
    {"f32[1, 4, 9, 8]; f32[6, 2, 3, 2]; f32[6]",
     "group=2; strides=[2, 3]; pads=[0, 1, 2, 1]; kernel_shape=[3, 2]"},
    {"f32[2, 4, 7, 6]; f32[4, 1, 3, 3]", "group=4; dilations=[2, 1]"},
    {"f32[1, 2, 7, 6]; f32[3, 2, 3, 4]", "auto_pad=\"SAME_UPPER\"; strides=[2, 2]"},
    {"f32[1, 2, 7, 6]; f32[3, 2, 3, 4]", "auto_pad=\"SAME_LOWER\""},
    {"f32[1, 2, 7, 6]; f32[3, 2, 3, 4]", "auto_pad=\"VALID\""},
    {"f32[2, 3, 11]; f32[5, 3, 4]; f32[5]", "strides=[2]; pads=[1, 2]"},
    {"f32[1, 2, 4, 5, 6]; f32[3, 2, 2, 3, 3]", "pads=[1, 1, 1, 0, 1, 1]; strides=[1, 2, 1]"},
    {"f16[1, 3, 5, 5]; f16[2, 3, 3, 3]; f16[2]", "pads=[1, 1, 1, 1]"}};

Status infer_conv(InferContext& c) {
    TRY(Dims shape, conv_output(c, c.shape(0), c.shape(1)));
    if (c.has(2)) TRY_STATUS(check_bias(c.shape(2), shape[1]));
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

// Adds bias[channel] to y: [N, M, …].
void add_bias(std::vector<double>& y, const std::vector<double>& bias, int64_t plane) {
    double* to = y.data();
    for (size_t start = 0; start < y.size(); start += bias.size() * static_cast<size_t>(plane))
        for (const double b : bias)
            for (const double* end = to + plane; to != end; ++to) *to += b;
}

Status evaluate_conv(EvalContext& c) {
    const Tensor &x = c.in(0), &w = c.in(1);
    TRY(const ConvShape shape, conv_shape(c, x.shape(), w.shape()));
    if (c.has(2)) TRY_STATUS(check_bias(dims_of(c.in(2).shape()), w.dim(0)));
    std::vector<double> y = x.dtype() == DType::kF64
                                ? convolve(shape, x.values<double>().data(), w.values<double>().data())
                                : convolve(shape, FloatView(x).data(), FloatView(w).data());
    if (c.has(2)) add_bias(y, c.in(2).to_doubles(), element_count(shape.out));
    c.output(0, tensor_from_doubles(x.dtype(), shape.result(), y));
    return {};
}

// ---- conv_transpose

constexpr AttrDef kTransposeAttrs[] = {{"auto_pad", AttrType::kString, "\"NOTSET\""},
                                       {"dilations", AttrType::kInts, "[]"},
                                       {"group", AttrType::kInt, "1"},
                                       {"kernel_shape", AttrType::kInts, "[]"},
                                       {"output_padding", AttrType::kInts, "[]"},
                                       {"output_shape", AttrType::kInts, "[]"},
                                       {"pads", AttrType::kInts, "[]"},
                                       {"strides", AttrType::kInts, "[]"}};
constexpr Sample kTransposeSamples[] = {
    {"f32[2, 3, 5, 4]; f32[3, 4, 3, 3]; f32[4]", "pads=[1, 1, 1, 1]"},
    {"f32[1, 3, 5, 4]; f32[3, 2, 3, 2]", "strides=[2, 3]; output_padding=[1, 2]; kernel_shape=[3, 2]"},
    {"f32[1, 4, 5, 4]; f32[4, 2, 3, 3]; f32[4]", "group=2; strides=[2, 2]; pads=[0, 1, 1, 1]"},
    {"f32[1, 2, 5, 4]; f32[2, 3, 3, 3]", "dilations=[2, 1]"},
    {"f32[1, 2, 5, 4]; f32[2, 3, 3, 3]", "strides=[2, 2]; output_shape=[10, 8]"},
    {"f32[1, 2, 5, 4]; f32[2, 3, 3, 3]", "strides=[2, 2]; output_shape=[10, 8]; auto_pad=\"SAME_UPPER\""},
    {"f32[1, 2, 5, 4]; f32[2, 3, 4, 3]", "strides=[2, 1]; auto_pad=\"SAME_LOWER\""},
    {"f32[2, 3, 6]; f32[3, 2, 4]", "strides=[3]"}};

struct TransposeAxis {
    WindowAxis window;
    int64_t extra = 0;  // output_padding
    int64_t given = -1;  // output_shape
};
struct Transpose {
    std::vector<TransposeAxis> axes;
    Window::AutoPad auto_pad = Window::AutoPad::kNone;
};

Result<Transpose> read_transpose(const AttrReader& c, const Dims& x, const Dims& w) {
    TRY(const Ints kernel, kernel_of(c, w));
    TRY(const Window window, read_window(c, kernel));
    if (x.size() != w.size())
        return fail("x is {} and w {}, expected as many axes of both", to_string(x), to_string(w));
    const Ints &extra = c.list("output_padding"), &given = c.list("output_shape");
    const size_t rank = kernel.size();
    if (!extra.empty() && extra.size() != rank)
        return fail("output_padding has {} numbers, expected {}", extra.size(), rank);
    if (!given.empty() && given.size() != rank)
        return fail("output_shape has {} numbers, expected {}", given.size(), rank);
    Transpose result{.auto_pad = window.auto_pad};
    for (size_t i = 0; i < rank; ++i) {
        TransposeAxis axis{.window = window.axes[i]};
        if (!extra.empty()) axis.extra = extra[i];
        if (!given.empty()) axis.given = given[i];
        if (axis.extra < 0 || axis.extra >= std::max(axis.window.stride, axis.window.dilation))
            return fail("output_padding holds {}, expected less than the stride or the dilation", axis.extra);
        if (!given.empty() && (given[i] < 1 || given[i] > int64_t{1} << 30))
            return fail("output_shape holds {}", given[i]);
        result.axes.push_back(axis);
    }
    return result;
}

Result<Dims> transpose_output(const AttrReader& c, const Dims& x, const Dims& w) {
    TRY(const Transpose t, read_transpose(c, x, w));
    const int64_t group = c.integer("group");
    if (group < 1) return fail("group is {}, expected at least 1", group);
    if (x[1].is_constant() && w[0].is_constant() && x[1] != w[0])
        return fail("x has {} channels, but w is {}", x[1].text(), to_string(w));
    if (const auto in = x[1].constant(); in && *in % group != 0)
        return fail("{} channels do not divide into {} groups", *in, group);
    Dims shape{x[0], w[1] * Dim(group)};
    const bool same = t.auto_pad == Window::AutoPad::kSameUpper || t.auto_pad == Window::AutoPad::kSameLower;
    for (size_t i = 0; i < t.axes.size(); ++i) {
        const WindowAxis& axis = t.axes[i].window;
        const Dim full = (x[i + 2] - 1) * axis.stride + axis.extent() + t.axes[i].extra;
        if (t.axes[i].given > 0) shape.push_back(t.axes[i].given);
        else if (same) shape.push_back(x[i + 2] * axis.stride);
        else shape.push_back(full - axis.begin - axis.end);
        if (const auto size = shape.back().constant(); size && *size < 0)
            return fail("the padding takes away more than the output, {}", full.text());
    }
    return shape;
}

Status infer_transpose(InferContext& c) {
    TRY(Dims shape, transpose_output(c, c.shape(0), c.shape(1)));
    if (c.has(2)) TRY_STATUS(check_bias(c.shape(2), shape[1]));
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

// How many elements are cut off before the first of every axis. Where the output is said to be larger than what x spreads
// over, zeros follow.
Shape cuts(const Transpose& t, const Shape& x, const Shape& out) {
    Shape result;
    for (size_t i = 0; i < t.axes.size(); ++i) {
        const WindowAxis& axis = t.axes[i].window;
        const bool automatic = t.axes[i].given > 0 || t.auto_pad == Window::AutoPad::kSameUpper ||
                               t.auto_pad == Window::AutoPad::kSameLower;
        const int64_t total =
            std::max<int64_t>(0, (x[i + 2] - 1) * axis.stride + axis.extent() + t.axes[i].extra - out[i + 2]);
        const int64_t half = total / 2;
        if (!automatic) result.push_back(axis.begin);
        else result.push_back(t.auto_pad == Window::AutoPad::kSameUpper ? half : total - half);
    }
    return result;
}

// Spreads x: [in…] over y: [out…] through w: [k…], along all axes but the last by index, along the last in a loop.
void spread(const SpreadShape& t, const double* x, const double* w, double* y) {
    Shape kernel, y_strides = row_major_strides(t.out);
    for (const WindowAxis& axis : t.axes) kernel.push_back(axis.kernel);
    const size_t last = t.in.size() - 1;
    const Shape rows(t.in.begin(), t.in.end() - 1);
    const int64_t stride = t.axes[last].stride;
    for_each_index(kernel, [&](const Shape& tap) {
        const double factor = *w++;
        const double* row_of_x = x;
        const int64_t shift = tap[last] * t.axes[last].dilation - t.cut[last];
        for_each_index(rows, [&](const Shape& row) {
            const double* from = row_of_x;
            row_of_x += t.in[last];
            int64_t to = 0;
            for (size_t i = 0; i < last; ++i) {
                const int64_t at = row[i] * t.axes[i].stride + tap[i] * t.axes[i].dilation - t.cut[i];
                if (at < 0 || at >= t.out[i]) return;
                to += at * y_strides[i];
            }
            for (int64_t i = 0; i < t.in[last]; ++i)
                if (const int64_t at = i * stride + shift; at >= 0 && at < t.out[last])
                    y[to + at] += factor * from[i];
        });
    });
}

Status evaluate_transpose(EvalContext& c) {
    const Tensor &x = c.in(0), &w = c.in(1);
    TRY(const SpreadShape t, spread_shape(c, x.shape(), w.shape()));
    const Shape shape = t.result();
    TRY_STATUS(check_result(DType::kF64, shape));
    if (c.has(2)) TRY_STATUS(check_bias(dims_of(c.in(2).shape()), shape[1]));
    const Shape kernel(w.shape().begin() + 2, w.shape().end());
    const int64_t in_plane = element_count(t.in), out_plane = element_count(t.out),
                  taps = element_count(kernel);
    const auto values = x.to_doubles(), weights = w.to_doubles();
    std::vector<double> y(static_cast<size_t>(element_count(shape)), 0);
    for (int64_t n = 0; n < t.batch; ++n)
        for (int64_t i = 0; i < x.dim(1); ++i)
            for (int64_t m = 0; m < t.group_out; ++m)
                spread(t, values.data() + (n * x.dim(1) + i) * in_plane,
                       weights.data() + (i * t.group_out + m) * taps,
                       y.data() + (n * shape[1] + i / t.group_in * t.group_out + m) * out_plane);
    if (c.has(2)) add_bias(y, c.in(2).to_doubles(), out_plane);
    c.output(0, tensor_from_doubles(x.dtype(), shape, y));
    return {};
}

double transpose_macs(const CostContext& c) {
    double taps = 1;
    for (size_t i = 1; i < c.inputs[1].size(); ++i) taps *= static_cast<double>(c.inputs[1][i]);
    return taps * static_cast<double>(element_count(c.inputs[0]));
}

constexpr OpDef kConvOps[] = {
    {.name = "conv",
     .summary = "convolution of x: [N, C, …] with w: [M, C/group, k…], plus b: [M]",
     .inputs = kConvIn,
     .outputs = kConvOut,
     .attrs = kConvAttrs,
     .infer = infer_conv,
     .evaluate = evaluate_conv,
     .macs = conv_macs,
     .samples = kConvSamples,
     .cells = cells<Onnx<"Conv">, Litert<"CONV_2D">, Coreml<"conv">, Ncnn<"Convolution">,
                    Openvino<"Convolution">>},
    {.name = "conv_transpose",
     .summary = "the transpose of a convolution, of x: [N, C, …] with w: [C, M/group, k…], plus b: [M]",
     .inputs = kConvIn,
     .outputs = kConvOut,
     .attrs = kTransposeAttrs,
     .infer = infer_transpose,
     .evaluate = evaluate_transpose,
     .macs = transpose_macs,
     .samples = kTransposeSamples,
     .cells = cells<Onnx<"ConvTranspose">, Coreml<"conv_transpose">, Ncnn<"Deconvolution">,
                    Openvino<"ConvolutionBackpropData">>},
};

}  // namespace

Result<SpreadShape> spread_shape(const AttrReader& c, const Shape& x, const Shape& w) {
    TRY(const Dims dims, transpose_output(c, dims_of(x), dims_of(w)));
    TRY(const Transpose t, read_transpose(c, dims_of(x), dims_of(w)));
    const Shape shape = *constant_shape(dims);
    SpreadShape result{.batch = x[0], .groups = c.integer("group"), .group_out = w[1]};
    result.group_in = x[1] / result.groups;
    result.in.assign(x.begin() + 2, x.end());
    result.out.assign(shape.begin() + 2, shape.end());
    result.cut = cuts(t, x, shape);
    for (const TransposeAxis& axis : t.axes) result.axes.push_back(axis.window);
    return result;
}

std::span<const OpDef> conv_ops() { return kConvOps; }

}  // namespace lathe::ops
