// Modules with weights.
#include <algorithm>

#include "zoo/nn/net.h"

namespace lathe::zoo::nn {
namespace {

// Padding that gives ceil(size / stride) outputs, the odd one at the end.
int64_t same_padding(int64_t size, int64_t kernel, int64_t stride, int64_t dilation) {
    const int64_t outputs = (size + stride - 1) / stride;
    return std::max<int64_t>(0, (outputs - 1) * stride + (kernel - 1) * dilation + 1 - size);
}

int64_t auto_padding(int64_t kernel, int64_t stride, int64_t dilation) {
    return ((stride - 1) + dilation * (kernel - 1)) / 2;
}

}  // namespace

Ints Net::conv_pads(ValueId x, Size2 kernel, Size2 stride, Size2 dilation, const Padding& padding) const {
    switch (padding.kind) {
        case Padding::kGiven: return {padding.size.h, padding.size.w, padding.size.h, padding.size.w};
        case Padding::kAuto: {
            const int64_t h = auto_padding(kernel.h, stride.h, dilation.h),
                          w = auto_padding(kernel.w, stride.w, dilation.w);
            return {h, w, h, w};
        }
        case Padding::kSame: break;
    }
    const Size2 in = size(x);
    const int64_t h = same_padding(in.h, kernel.h, stride.h, dilation.h),
                  w = same_padding(in.w, kernel.w, stride.w, dilation.w);
    return {h / 2, w / 2, h - h / 2, w - w / 2};
}

ValueId Net::conv(const Key& key, ValueId x, const Conv& conv) {
    const int64_t in = channels(x);
    if (conv.groups < 1 || in % conv.groups != 0 || conv.out % conv.groups != 0) {
        fail_with(format("{}: {} to {} channels do not divide into {} groups", key.text(), in, conv.out,
                         conv.groups));
        return kNoValue;
    }
    return this->conv(key, x, conv,
                      param(key / "weight", {conv.out, in / conv.groups, conv.kernel.h, conv.kernel.w}));
}

ValueId Net::conv(const Key& key, ValueId x, const Conv& conv, ValueId weight) {
    scope(key);
    std::vector<ValueId> inputs{x, weight};
    if (conv.bias) inputs.push_back(param(key / "bias", {conv.out}));
    return mark(key, b.add("conv", std::move(inputs),
                           {{"kernel_shape", Ints{conv.kernel.h, conv.kernel.w}},
                            {"strides", Ints{conv.stride.h, conv.stride.w}},
                            {"pads", conv_pads(x, conv.kernel, conv.stride, conv.dilation, conv.padding)},
                            {"dilations", Ints{conv.dilation.h, conv.dilation.w}},
                            {"group", conv.groups}}));
}

ValueId Net::conv1d(const Key& key, ValueId x, int64_t out, int64_t kernel, int64_t padding, int64_t groups,
                    bool bias) {
    scope(key);
    std::vector<ValueId> inputs{x, param(key / "weight", {out, channels(x) / groups, kernel})};
    if (bias) inputs.push_back(param(key / "bias", {out}));
    return mark(key,
                b.add("conv", std::move(inputs),
                      {{"kernel_shape", Ints{kernel}}, {"pads", Ints{padding, padding}}, {"group", groups}}));
}

ValueId Net::conv_transpose(const Key& key, ValueId x, const Conv& conv) {
    scope(key);
    std::vector<ValueId> inputs{
        x, param(key / "weight", {channels(x), conv.out / conv.groups, conv.kernel.h, conv.kernel.w})};
    if (conv.bias) inputs.push_back(param(key / "bias", {conv.out}));
    CHECK(conv.padding.kind == Padding::kGiven, key.text());
    const Size2 pad = conv.padding.size;
    return mark(key, b.add("conv_transpose", std::move(inputs),
                           {{"kernel_shape", Ints{conv.kernel.h, conv.kernel.w}},
                            {"strides", Ints{conv.stride.h, conv.stride.w}},
                            {"pads", Ints{pad.h, pad.w, pad.h, pad.w}},
                            {"dilations", Ints{conv.dilation.h, conv.dilation.w}},
                            {"group", conv.groups}}));
}

ValueId Net::batch_norm(const Key& key, ValueId x, Act act, double epsilon, bool affine) {
    const Shape shape{channels(x)};
    scope(key);
    const ValueId weight = affine ? param(key / "weight", shape)
                                  : constant(key.text() + ".ones", Tensor::filled(DType::kF32, shape, 1));
    const ValueId bias = affine ? param(key / "bias", shape)
                                : constant(key.text() + ".zeros", Tensor::filled(DType::kF32, shape, 0));
    const ValueId mean = buffer(key / "running_mean", shape), variance = buffer(key / "running_var", shape);
    declare(key / "num_batches_tracked", {}, DType::kI64, true);
    const ValueId y = b.add("batch_norm", {x, weight, bias, mean, variance}, {{"epsilon", epsilon}});
    return mark(key, this->act(y, act));
}

ValueId Net::layer_norm(const Key& key, ValueId x, double epsilon, bool bias, bool affine) {
    const Shape shape{dim(x, -1)};
    scope(key);
    std::vector<ValueId> inputs{
        x, affine ? param(key / "weight", shape)
                  : constant(key.text() + ".ones", Tensor::filled(DType::kF32, shape, 1))};
    if (affine && bias) inputs.push_back(param(key / "bias", shape));
    return mark(key, b.add("layer_norm", std::move(inputs), {{"axis", int64_t{-1}}, {"epsilon", epsilon}}));
}

ValueId Net::layer_norm_2d(const Key& key, ValueId x, double epsilon, bool bias) {
    return mark(key, channels_first(layer_norm(key, channels_last(x), epsilon, bias)));
}

ValueId Net::group_norm(const Key& key, ValueId x, int64_t groups, double epsilon) {
    const Shape shape{channels(x)};
    scope(key);
    return mark(key, b.add("group_norm", {x, param(key / "weight", shape), param(key / "bias", shape)},
                           {{"num_groups", groups}, {"epsilon", epsilon}}));
}

ValueId Net::rms_norm(const Key& key, ValueId x, double epsilon, bool affine) {
    const Shape shape{dim(x, -1)};
    scope(key);
    const ValueId weight = affine ? param(key / "weight", shape)
                                  : constant(key.text() + ".ones", Tensor::filled(DType::kF32, shape, 1));
    return mark(key, b.add("rms_norm", {x, weight}, {{"axis", int64_t{-1}}, {"epsilon", epsilon}}));
}

ValueId Net::rms_norm_2d(const Key& key, ValueId x, double epsilon, bool affine) {
    return mark(key, channels_first(rms_norm(key, channels_last(x), epsilon, affine)));
}

ValueId Net::linear(const Key& key, ValueId x, int64_t out, bool bias) {
    scope(key);
    const Tensor weight = tensor(key / "weight", {out, dim(x, -1)});
    ValueId y = matmul(x, constant((key / "weight").text(), weight.transposed(std::vector<int>{1, 0})));
    if (bias) y = add(y, param(key / "bias", {out}));
    return mark(key, y);
}

ValueId Net::scale(const Key& key, ValueId x) {
    scope(key);
    return mul(x, param(key, {dim(x, -1)}));
}

ValueId Net::scale_2d(const Key& key, ValueId x) {
    scope(key);
    return mul(x, constant(key.text(), tensor(key, {channels(x)}).reshaped({channels(x), 1, 1})));
}

ValueId Net::prelu(const Key& key, ValueId x, int64_t count) {
    scope(key);
    Shape along(static_cast<size_t>(std::max(1, rank(x) - 1)), 1);
    along[0] = count;
    return mark(key, b.add("prelu", {x, constant((key / "weight").text(),
                                                 tensor(key / "weight", {count}).reshaped(along))}));
}

}  // namespace lathe::zoo::nn
