// Convolutions, pooling, resizing and padding.
#include <algorithm>
#include <cmath>

#include "formats/ncnn/import.h"

namespace lathe::formats::ncnn {
namespace {

using graph::Attrs;
using graph::ValueId;

constexpr int32_t kSameUpper = -233, kSameLower = -234;  // in place of the left padding

struct ImportWindow {
    graph::Ints kernel, strides, dilations, pads;  // height, width
    std::string auto_pad = "NOTSET";
    Attrs attrs() const {
        Attrs all{{"kernel_shape", kernel}, {"strides", strides}, {"auto_pad", auto_pad}};
        if (auto_pad == "NOTSET") all.set("pads", pads);
        return all;
    }
};

// The numbers of a window: its width's parameters, and its height's, which are the same when they are absent.
struct WindowIds {
    int kernel, kernel_h, stride, stride_h, left, right, top, bottom;
    int dilation = -1, dilation_h = -1;
};
constexpr WindowIds kConvolution{1, 11, 3, 13, 4, 15, 14, 16, 2, 12}, kPooling{1, 11, 2, 12, 3, 14, 13, 15};

Result<ImportWindow> window_of(LayerView& v, const WindowIds& ids, bool rows) {
    TRY(const int64_t kw, v.size(ids.kernel, 1));
    TRY(const int64_t sw, v.size(ids.stride, 1, 1));
    int64_t dw = 1, kh = 1, sh = 1, dh = 1;
    if (ids.dilation >= 0) {
        TRY(dw, v.size(ids.dilation, 1, 1));
    }
    if (!rows) {
        TRY(kh, v.size(ids.kernel_h, 1, kw));
        TRY(sh, v.size(ids.stride_h, 1, sw));
        if (ids.dilation_h >= 0) {
            TRY(dh, v.size(ids.dilation_h, 1, dw));
        }
    }
    const int32_t left = v.number(ids.left), right = v.number(ids.right, left);
    const int32_t top = rows ? 0 : v.number(ids.top, left), bottom = rows ? 0 : v.number(ids.bottom, top);
    ImportWindow w{{kh, kw}, {sh, sw}, {dh, dw}, {top, left, bottom, right}};
    if (left == kSameUpper) w.auto_pad = "SAME_UPPER";
    else if (left == kSameLower) w.auto_pad = "SAME_LOWER";
    else if (std::ranges::min(w.pads) < 0) return fail("its padding is {}", std::ranges::min(w.pads));
    return w;
}

// As an image [C, H, W]; rows [C, W] have the height 1.
Result<ValueId> imported_image(LayerView& v, bool rows, size_t operand = 0) {
    TRY_STATUS(v.wants_rank(rows ? 2 : 3, operand));
    const Shape shape = v.shape(operand);
    return rows ? v.reshaped(v.in(operand), {shape[0], 1, shape[1]}) : v.in(operand);
}

Status finish_image(LayerView& v, ValueId y, bool rows) {
    TRY(y, v.activated(y));
    if (const Shape shape = v.blob_shape(y); rows && shape.size() == 3)
        y = v.reshaped(y, {shape[0], shape[2]});
    v.results = {y};
    return {};
}

// Operands of integers: codes around f32 arithmetic. `groups`: how many scales the weights have.
struct Scales {
    Tensor weights;
    float input = 1;
};
Result<std::optional<Scales>> product_scales(LayerView& v, int64_t count) {
    const int32_t term = v.number(8);
    if (term == 0) return std::nullopt;
    Scales scales;
    TRY(scales.weights, v.take(count, false));
    TRY(const Tensor input, v.take(1, false));
    scales.input = input.to_contiguous().values<float>()[0];
    if (term > 100) TRY_STATUS(v.take(1, false));  // of the result, which stays f32 here
    return scales;
}

}  // namespace

Result<ValueId> narrowed(LayerView& v, ValueId x, float inverse_scale) {
    if (!(inverse_scale > 0))
        return fail("the scale of its operand is {}, expected a positive number", inverse_scale);
    const ValueId scale = v.scalar(1.0 / inverse_scale);
    const ValueId zero =
        v.b().constant(v.layer().name + "/zero", tensor_from_ints(DType::kI8, {}, graph::Ints{0}));
    return v.add("dequantize_linear", {v.add("quantize_linear", {x, scale, zero}), scale, zero});
}

Result<ValueId> widened(LayerView& v, const Tensor& codes, Shape shape, const Tensor& inverse_scales) {
    const int64_t outputs = shape.empty() ? 1 : shape[0];
    std::vector<double> scales = inverse_scales.to_doubles();
    if (scales.empty() || outputs % std::ssize(scales) != 0)
        return fail("it has {} scales for {} channels", scales.size(), outputs);
    std::vector<double> each;
    const int64_t share = outputs / std::ssize(scales);
    for (int64_t i = 0; i < outputs; ++i) {
        const double inverse = scales[static_cast<size_t>(i / share)];
        each.push_back(inverse == 0 ? 0 : 1 / inverse);
    }
    Tensor held = codes;
    if (codes.dtype() != DType::kI8) {  // ncnn makes codes of them when it loads them
        std::vector<int64_t> values;
        const std::vector<double> numbers = codes.to_doubles();
        const size_t row = numbers.size() / static_cast<size_t>(std::max<int64_t>(outputs, 1));
        for (size_t i = 0; i < numbers.size(); ++i) {
            const double scale = each[i / std::max<size_t>(row, 1)];
            values.push_back(scale == 0 ? 0
                                        : std::clamp<int64_t>(std::llround(numbers[i] / scale), -127, 127));
        }
        held = tensor_from_ints(DType::kI8, codes.shape(), values);
    }
    const ValueId stored = v.constant("weight", held, std::move(shape));
    const ValueId factors = v.constant("scale", tensor_from_doubles(DType::kF32, {outputs}, each), {outputs});
    if (!v.b().ok()) return stored;
    return v.add("dequantize_linear", {stored, factors}, {{"axis", int64_t{0}}});
}

namespace {

Status convolution(LayerView& v, bool grouped, bool rows) {
    if (v.number(19) != 0)
        return fail("its weights are computed while the network runs, which is not supported");
    TRY(ValueId x, imported_image(v, rows));
    TRY(const ImportWindow w, window_of(v, kConvolution, rows));
    TRY(const int64_t outputs, v.size(0, 1));
    TRY(const int64_t count, v.size(6, 1));
    int64_t groups = 1;
    if (grouped) {
        TRY(groups, v.size(7, 1, 1));
    }
    const int64_t channels = v.blob_shape(x)[0];
    if (channels % groups != 0 || outputs % groups != 0)
        return fail("its {} groups do not divide {} channels into {}", groups, channels, outputs);
    if (v.real(18) != 0) return fail("it pads with {}, expected 0", v.real(18));
    TRY(const Tensor data, v.take(count, true));
    std::optional<Tensor> bias;
    if (v.number(5) != 0) {
        TRY(bias, v.take(outputs, false));
    }
    const int32_t term = v.number(8);
    TRY(const auto scales, product_scales(v, grouped ? (term % 100 == 2 ? 1 : groups) : outputs));
    const Shape shape{outputs, channels / groups, w.kernel[0], w.kernel[1]};
    if (element_count(shape) != count)
        return fail("it has {} weights, expected {}", count, element_count(shape));
    ValueId weight;
    if (scales) {
        TRY(weight, widened(v, data, shape, scales->weights));
        TRY(x, narrowed(v, x, scales->input));
    } else if (data.dtype() == DType::kI8) {
        return fail("its weights are codes without scales");
    } else {
        weight = v.constant("weight", data, shape);
    }
    std::vector<ValueId> operands{x, weight};
    if (bias) operands.push_back(v.constant("bias", *bias, {outputs}));
    if (!v.b().ok()) return {};
    Attrs attrs = w.attrs();
    attrs.set("dilations", w.dilations);
    attrs.set("group", groups);
    return finish_image(v, v.add("conv", operands, attrs), rows);
}

Status deconvolution(LayerView& v, bool grouped, bool rows) {
    if (v.number(28) != 0)
        return fail("its weights are computed while the network runs, which is not supported");
    TRY(const ValueId x, imported_image(v, rows));
    TRY(const ImportWindow w, window_of(v, kConvolution, rows));
    TRY(const int64_t outputs, v.size(0, 1));
    TRY(const int64_t count, v.size(6, 1));
    int64_t groups = 1;
    if (grouped) {
        TRY(groups, v.size(7, 1, 1));
    }
    if (w.auto_pad != "NOTSET" || v.number(20) != 0 || v.number(21) != 0)
        return fail("its padding follows from the size that it gives, which is not supported");
    const int64_t channels = v.blob_shape(x)[0], more_w = v.number(18),
                  more_h = rows ? 0 : v.number(19, v.number(18));
    if (channels % groups != 0 || outputs % groups != 0)
        return fail("its {} groups do not divide {} channels into {}", groups, channels, outputs);
    TRY(const Tensor data, v.take(count, true));
    const Shape shape{groups, outputs / groups, channels / groups, w.kernel[0], w.kernel[1]};
    if (element_count(shape) != count)
        return fail("it has {} weights, expected {}", count, element_count(shape));
    if (data.dtype() == DType::kI8) return fail("its weights are codes without scales");
    const int order[] = {0, 2, 1, 3, 4};
    const Tensor turned = data.to_contiguous().reshaped(shape).transposed(order).to_contiguous();
    std::vector<ValueId> operands{
        x, v.constant("weight", turned, {channels, outputs / groups, w.kernel[0], w.kernel[1]})};
    if (v.number(5) != 0) {
        TRY(const Tensor bias, v.take(outputs, false));
        operands.push_back(v.constant("bias", bias, {outputs}));
    }
    if (!v.b().ok()) return {};
    Attrs attrs = w.attrs();
    attrs.set("dilations", w.dilations);
    attrs.set("group", groups);
    attrs.set("output_padding", graph::Ints{more_h, more_w});
    return finish_image(v, v.add("conv_transpose", operands, attrs), rows);
}

template <bool grouped, bool rows>
Status conv(LayerView& v) {
    return convolution(v, grouped, rows);
}
template <bool grouped, bool rows>
Status deconv(LayerView& v) {
    return deconvolution(v, grouped, rows);
}

Status global_pool(LayerView& v, bool mean) {
    const Shape shape = v.shape();
    const ValueId x =
        v.reshaped(v.in(), {shape[0], 1, element_count(shape) / std::max<int64_t>(shape[0], 1)});
    v.results = {v.reshaped(v.add(mean ? "global_avg_pool" : "global_max_pool", {x}), {shape[0]})};
    return {};
}

// To a given size, where that divides the image's.
Status adaptive_pool(LayerView& v, bool mean) {
    const Shape shape = v.shape();
    const int64_t w = v.number(8), h = v.number(18, v.number(8));
    const int64_t ow = w == -233 ? shape[2] : w, oh = h == -233 ? shape[1] : h;
    if (ow < 1 || oh < 1 || shape[1] % oh != 0 || shape[2] % ow != 0)
        return fail("it pools {}x{} to {}x{}, which is supported for whole factors only", shape[1], shape[2],
                    oh, ow);
    const graph::Ints kernel{shape[1] / oh, shape[2] / ow};
    v.results = {
        v.add(mean ? "avg_pool" : "max_pool", {v.in()}, {{"kernel_shape", kernel}, {"strides", kernel}})};
    return {};
}

Status pooling(LayerView& v) {
    TRY_STATUS(v.wants_rank(3));
    const int32_t kind = v.number(0), mode = v.number(5);
    if (kind != 0 && kind != 1)
        return fail("its kind is {}, which is neither 0 (largest) nor 1 (mean)", kind);
    if (v.number(4) != 0) return global_pool(v, kind == 1);
    if (v.number(7) != 0) return adaptive_pool(v, kind == 1);
    TRY(ImportWindow w, window_of(v, kPooling, false));
    if (mode == 2 || mode == 3) w.auto_pad = mode == 2 ? "SAME_UPPER" : "SAME_LOWER";
    else if (mode != 0 && mode != 1)
        return fail("its padding is of the kind {}, which is not supported", mode);
    Attrs attrs = w.attrs();
    if (mode == 0) attrs.set("ceil_mode", true);
    if (kind == 1) attrs.set("count_include_pad", v.number(6) != 0);
    v.results = {v.add(kind == 1 ? "avg_pool" : "max_pool", {v.in()}, attrs)};
    return {};
}

Status interp(LayerView& v) {
    TRY_STATUS(v.wants_rank(3));
    if (v.inputs() != 1 || v.number(5) != 0 || v.given(9))
        return fail("the size that it gives follows from another blob, which is not supported");
    const Shape shape = v.shape();
    const int32_t kind = v.number(0);
    const auto sized = [&](int id, int scale, int64_t from) {
        const int64_t given = v.number(id);
        return given > 0 ? given : static_cast<int64_t>(static_cast<float>(from) * v.real(scale, 1));
    };
    const int64_t h = sized(3, 1, shape[1]), w = sized(4, 2, shape[2]);
    if (kind < 1 || kind > 3 || h < 1 || w < 1 || h > (1 << 20) || w > (1 << 20))
        return fail("it resizes to {}x{} by the kind {}, which is not supported", h, w, kind);
    const bool corners = v.number(6) != 0 && kind != 1;
    const graph::Dims sizes{graph::Dim(1), graph::Dim(shape[0]), graph::Dim(h), graph::Dim(w)};
    Attrs attrs{{"sizes", sizes},
                {"mode", std::string(kind == 1   ? "nearest"
                                     : kind == 2 ? "linear"
                                                 : "cubic")},
                {"coordinate_transformation_mode", std::string(kind == 1 ? "asymmetric"
                                                               : corners ? "align_corners"
                                                                         : "half_pixel")}};
    if (kind == 1) attrs.set("nearest_mode", std::string("floor"));
    v.results = {v.add("resize", {v.in()}, attrs)};
    return {};
}

Status pixel_shuffle(LayerView& v) {
    TRY_STATUS(v.wants_rank(3));
    TRY(const int64_t factor, v.size(0, 1, 1));
    v.results = {v.add("depth_to_space", {v.in()},
                       {{"blocksize", factor}, {"mode", std::string(v.number(1) == 0 ? "CRD" : "DCR")}})};
    return {};
}

Status padding(LayerView& v) {
    if (v.number(6) != 0) return fail("it has a value for each channel, which is not supported");
    const int kind = v.number(4), rank = v.rank();
    if (kind < 0 || kind > 2) return fail("its kind is {}, expected 0, 1 or 2", kind);
    graph::Dims pads(2 * static_cast<size_t>(rank) + 2, graph::Dim(0));
    const auto set = [&](int from_end, int before, int behind) -> Status {
        const int64_t a = v.number(before), b = v.number(behind);
        if (a < 0 || b < 0 || a > (1 << 20) || b > (1 << 20))
            return fail("its padding of {} and {} is not supported", a, b);
        if (from_end >= rank)
            return a == 0 && b == 0 ? Status{} : fail("it pads an axis that its blob does not have");
        const auto at = static_cast<size_t>(rank - from_end);
        pads[at] = graph::Dim(a);
        pads[at + static_cast<size_t>(rank) + 1] = graph::Dim(b);
        return {};
    };
    TRY_STATUS(set(0, 2, 3));
    TRY_STATUS(set(1, 0, 1));
    TRY_STATUS(set(2, 7, 8));
    Attrs attrs{{"pads", pads},
                {"mode", std::string(kind == 0   ? "constant"
                                     : kind == 1 ? "edge"
                                                 : "reflect")}};
    if (kind == 0) attrs.set("constant_value", double{v.real(5)});
    v.results = {v.add("pad", {v.in()}, attrs)};
    return {};
}

constexpr ImportRow kImageImports[] = {
    {"Convolution", conv<false, false>},
    {"Convolution1D", conv<false, true>},
    {"ConvolutionDepthWise", conv<true, false>},
    {"ConvolutionDepthWise1D", conv<true, true>},
    {"Deconvolution", deconv<false, false>},
    {"Deconvolution1D", deconv<false, true>},
    {"DeconvolutionDepthWise", deconv<true, false>},
    {"DeconvolutionDepthWise1D", deconv<true, true>},
    {"Interp", interp},
    {"Padding", padding},
    {"PixelShuffle", pixel_shuffle},
    {"Pooling", pooling},
};

}  // namespace

std::span<const ImportRow> image_imports() { return kImageImports; }

}  // namespace lathe::formats::ncnn
