// DaViT: Ding et al., "DaViT: Dual Attention Vision Transformers", 2022; and Florence-2's image encoder: Xiao et al.,
// "Florence-2", 2023.
#include <cmath>

#include "zoo/nn/mlp.h"
#include "zoo/nn/window.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

struct DavitVariant {
    std::string_view name;
    std::array<int, 4> depths;
    int width;  // of the first stage, doubled by each next one; heads of 32
    bool florence = false;  // larger windows, another channel attention, overlapping downsampling
};

constexpr DavitVariant kDavitVariants[] = {
    {"davit_tiny", {1, 1, 3, 1}, 96},           {"davit_small", {1, 1, 9, 1}, 96},
    {"davit_base", {1, 1, 9, 1}, 128},          {"davit_large", {1, 1, 9, 1}, 192},
    {"davit_huge", {1, 1, 9, 1}, 256},          {"davit_giant", {1, 1, 12, 3}, 384},
    {"davit_base_fl", {1, 1, 9, 1}, 128, true}, {"davit_huge_fl", {1, 1, 9, 1}, 256, true},
};
constexpr int64_t kDavitHeadSize = 32, kMlpRatio = 4;
constexpr double kDavitEpsilon = 1e-5;

// Zeros below and to the right until `step` divides the image.
ValueId padded(Net& net, ValueId x, int64_t step) {
    const nn::Size2 size = net.size(x);
    const int64_t below = (step - size.h % step) % step, right = (step - size.w % step) % step;
    return below == 0 && right == 0 ? x : net.pad(x, {0, 0, 0, 0}, {0, 0, below, right});
}

ValueId davit_stem(Net& net, const Key& key, ValueId x, int64_t width) {
    x = net.conv(key / "conv", padded(net, x, 4),
                 {.out = width, .kernel = 7, .stride = 4, .padding = 3, .bias = true});
    return net.mark(key, net.layer_norm_2d(key / "norm", x, kDavitEpsilon));
}

ValueId downsample(Net& net, const Key& key, ValueId x, int64_t width, const DavitVariant& v) {
    x = net.layer_norm_2d(key / "norm", x, kDavitEpsilon);
    const int64_t kernel = v.florence ? 3 : 2;
    if (!v.florence) x = padded(net, x, kernel);
    x = net.conv(key / "conv", x,
                 {.out = width, .kernel = kernel, .stride = 2, .padding = v.florence ? 1 : 0, .bias = true});
    return net.mark(key, x);
}

// The place of a pixel, from its neighbours. [batch, C, H, W].
ValueId add_position(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.channels(x);
    const ValueId y = net.conv(key / "proj", x, {.out = width, .kernel = 3, .groups = width, .bias = true});
    return net.mark(key, net.add(x, y));
}

// x: [batch, H, W, C].
ValueId window_attention(Net& net, const Key& key, ValueId x, nn::Size2 window) {
    const nn::Size2 map{net.dim(x, 1), net.dim(x, 2)};
    const int64_t width = net.dim(x, 3);
    x = nn::padded_to_windows(net, x, window);
    const nn::Size2 whole{net.dim(x, 1), net.dim(x, 2)};
    x = net.linear(key / "qkv", nn::window_partition(net, x, window), 3 * width);
    const nn::WindowHeads h = nn::split_window_qkv(net, x, width / kDavitHeadSize);
    x = net.linear(key / "proj", nn::window_attention(net, h.q, h.k, h.v, nn::kNoValue), width);
    net.mark(key, x);
    return nn::cropped(net, nn::window_reverse(net, x, window, whole), map);
}

// Channels attend to channels, within groups of 32. x: [batch, H, W, C].
ValueId channel_attention(Net& net, const Key& key, ValueId x, bool florence) {
    const int64_t height = net.dim(x, 1), across = net.dim(x, 2), width = net.dim(x, 3),
                  length = height * across;
    const ValueId qkv = net.linear(key / "qkv", net.reshape(x, {nn::kBatch, length, width}), 3 * width);
    const auto turned = [&](ValueId part) {  // [batch, heads, 32, L]
        part = net.reshape(part, {nn::kBatch, length, width / kDavitHeadSize, kDavitHeadSize});
        return net.transpose(part, {0, 2, 3, 1});
    };
    const auto parts = net.chunk(qkv, -1, 3);
    if (parts.size() != 3) return nn::kNoValue;
    const ValueId q = turned(parts[0]), k = turned(parts[1]), v = turned(parts[2]);
    x = florence ? net.attention(q, k, v, nn::kNoValue, 1 / std::sqrt(static_cast<double>(length)))
                 : net.attention(k, v, q, nn::kNoValue, 1 / std::sqrt(static_cast<double>(kDavitHeadSize)));
    x = net.reshape(net.transpose(x, {0, 3, 1, 2}), {nn::kBatch, length, width});
    x = net.mark(key, net.linear(key / "proj", x, width));
    return net.reshape(x, {nn::kBatch, height, across, width});
}

// A position, attention, a position, an MLP; [batch, C, H, W].
ValueId block(Net& net, const Key& key, ValueId x, bool channels, const DavitVariant& v) {
    x = net.channels_last(add_position(net, key / "cpe1", x));
    ValueId y = net.layer_norm(key / "norm1", x, kDavitEpsilon);
    y = channels ? channel_attention(net, key / "attn", y, v.florence)
                 : window_attention(net, key / "attn", y, v.florence ? 12 : 7);
    x = net.channels_last(add_position(net, key / "cpe2", net.channels_first(net.add(x, y))));
    y = net.layer_norm(key / "norm2", x, kDavitEpsilon);
    y = nn::mlp(net, key / "mlp", y, {.hidden = kMlpRatio * net.dim(x, -1)});
    return net.mark(key, net.channels_first(net.add(x, y)));
}

}  // namespace

ValueId davit(Net& net, std::string_view model, ValueId x) {
    const DavitVariant& v = variant(net, kDavitVariants, model);
    x = davit_stem(net, "stem", x, v.width);
    for (size_t i = 0; i < 4; ++i) {
        const Key stage = Key("stages") / static_cast<int64_t>(i);
        if (i > 0) x = downsample(net, stage / "downsample", x, v.width << i, v);
        for (int j = 0; j < v.depths[i]; ++j) {
            const Key key = stage / "blocks" / j;
            x = block(net, key / (v.florence ? "spatial_block" : "0"), x, false, v);
            x = net.mark(key, block(net, key / (v.florence ? "channel_block" : "1"), x, true, v));
        }
        net.mark(stage, x);
    }
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::norm_mlp_head(net, "head", x, kDavitEpsilon);
}

}  // namespace lathe::zoo::timm
