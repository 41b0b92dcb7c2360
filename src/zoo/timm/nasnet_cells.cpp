#include "zoo/timm/nasnet_cells.h"

#include "zoo/nn/head.h"

namespace lathe::zoo::timm {

using nn::Act;
using nn::Key;
using nn::Net;
using nn::ValueId;

namespace {

// Strided windows are padded as TensorFlow does, others alike on all sides.
nn::Padding padding(int64_t kernel, int64_t stride) {
    return stride > 1 ? nn::kSame : nn::Padding(kernel / 2);
}

ValueId separable(Net& net, const Key& key, ValueId x, int64_t out, int64_t kernel, int64_t stride) {
    const nn::Conv depthwise{.out = net.channels(x),
                             .kernel = kernel,
                             .stride = stride,
                             .padding = padding(kernel, stride),
                             .groups = net.channels(x)};
    return net.conv(key / "pointwise_conv2d", net.conv(key / "depthwise_conv2d", x, depthwise), {.out = out});
}

}  // namespace

ValueId act_conv_norm(Net& net, const Key& key, ValueId x, int64_t out, int64_t stride) {
    x = net.conv(key / "conv", net.act(x, Act::kRelu), {.out = out, .stride = stride});
    return net.mark(key, net.batch_norm(key / "bn", x, Act::kNone, kNasNetEpsilon));
}

ValueId separables(Net& net, const Key& key, ValueId x, const Separables& s) {
    const int64_t middle = s.early ? s.out : net.channels(x);
    x = separable(net, key / "separable_1", net.act(x, Act::kRelu), middle, s.kernel, s.stride);
    x = net.batch_norm(key / "bn_sep_1", x, Act::kRelu, kNasNetEpsilon);
    x = separable(net, key / "separable_2", x, s.out, s.kernel, 1);
    return net.mark(key, net.batch_norm(key / "bn_sep_2", x, Act::kNone, kNasNetEpsilon));
}

ValueId factorized_reduction(Net& net, const Key& key, ValueId x, int64_t half) {
    x = net.act(x, Act::kRelu);
    const nn::Conv conv{.out = half, .stride = 2, .padding = 0};  // of every second pixel
    const ValueId even = net.conv(key / "path_1" / "conv", x, conv);
    const ValueId shifted = net.pad(net.slice(net.slice(x, 2, 1, net.dim(x, 2)), 3, 1, net.dim(x, 3)),
                                    {0, 0, 0, 0}, {0, 0, 1, 1});
    const ValueId odd = net.conv(key / "path_2" / "conv", shifted, conv);
    return net.batch_norm(key / "final_path_bn", net.concat({even, odd}, 1), Act::kNone, kNasNetEpsilon);
}

ValueId max_pool_3(Net& net, ValueId x, int64_t stride) {
    return net.max_pool(x, {.kernel = 3, .stride = stride, .padding = padding(3, stride)});
}
ValueId avg_pool_3(Net& net, ValueId x, int64_t stride) {
    return net.avg_pool(
        x, {.kernel = 3, .stride = stride, .padding = padding(3, stride), .count_include_pad = false});
}

ValueId nasnet_stem(Net& net, const Key& key, ValueId x) {
    x = net.conv(key / "conv", x, {.out = 96, .kernel = 3, .stride = 2, .padding = 0});
    return net.mark(key, net.batch_norm(key / "bn", x, Act::kNone, kNasNetEpsilon));
}

ValueId nasnet_head(Net& net, ValueId x) {
    x = net.act(x, Act::kRelu);
    if (net.settings.features) return x;
    return nn::classifier(net, "last_linear", nn::global_pool(net, x));
}

}  // namespace lathe::zoo::timm
