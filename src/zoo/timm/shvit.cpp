// SHViT: Yun & Ro, "SHViT: Single-Head Vision Transformer with Memory Efficient Macro Design", 2024.
#include "zoo/nn/fusible.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct ShvitVariant {
    std::string_view name;
    std::array<int64_t, 3> widths;
    std::array<int, 3> depths;
    std::array<int64_t, 3> attended;  // channels of attention; the first stage has none
};
constexpr ShvitVariant kShvitVariants[] = {
    {"shvit_s1", {128, 224, 320}, {2, 4, 5}, {32, 48, 68}},
    {"shvit_s2", {128, 308, 448}, {2, 4, 5}, {32, 66, 96}},
    {"shvit_s3", {192, 352, 448}, {3, 5, 5}, {48, 75, 96}},
    {"shvit_s4", {224, 336, 448}, {4, 7, 6}, {48, 72, 96}},
};
constexpr int64_t kShvitKeySize = 16;

// x and its depthwise convolution; fused, one convolution without a place for x.
ValueId residual_depthwise(Net& net, const Key& key, ValueId x) {
    const int64_t channels = net.channels(x);
    const nn::Conv conv{.out = channels, .kernel = 3, .groups = channels, .bias = true};
    if (nn::is_fused(net, key)) return net.conv(key, x, conv);
    return net.mark(key, net.add(x, nn::fusible_conv(net, key / "m", x,
                                                     {.out = channels, .kernel = 3, .groups = channels})));
}

ValueId residual_ffn(Net& net, const Key& key, ValueId x) {
    const int64_t channels = net.channels(x);
    const ValueId hidden =
        net.act(nn::fusible_conv(net, key / "m" / "pw1", x, {.out = 2 * channels}), Act::kRelu);
    const ValueId y =
        net.mark(key / "m", nn::fusible_conv(net, key / "m" / "pw2", hidden, {.out = channels}));
    return net.mark(key, net.add(x, y));
}

// One head, over the first channels only.
ValueId single_head_attention(Net& net, const Key& key, ValueId x, int64_t attended) {
    const int64_t channels = net.channels(x);
    const nn::Size2 size = net.size(x);
    const std::vector<ValueId> parts = net.split(x, 1, {attended, channels - attended});
    if (parts.size() != 2) return nn::kNoValue;
    ValueId y = net.group_norm(key / "pre_norm", parts[0], 1);
    y = nn::fusible_conv(net, key / "qkv", y, {.out = 2 * kShvitKeySize + attended});
    std::vector<ValueId> qkv = net.split(y, 1, {kShvitKeySize, kShvitKeySize, attended});
    if (qkv.size() != 3) return nn::kNoValue;
    for (ValueId& part : qkv) part = net.unsqueeze(net.tokens(part), {1});  // [batch, 1, pixels, C]
    y = net.image(net.squeeze(net.attention(qkv[0], qkv[1], qkv[2]), {1}), size);
    y = net.act(net.concat({y, parts[1]}, 1), Act::kRelu);
    return net.mark(key, nn::fusible_conv(net, key / "proj" / "1", y, {.out = channels}));
}

ValueId shvit_patch_merging(Net& net, const Key& key, ValueId x, int64_t out) {
    const int64_t hidden = 4 * net.channels(x);
    x = net.act(nn::fusible_conv(net, key / "conv1", x, {.out = hidden}), Act::kRelu);
    x = nn::fusible_conv(net, key / "conv2", x,
                         {.out = hidden, .kernel = 3, .stride = 2, .padding = 1, .groups = hidden});
    x = nn::squeeze_excite(net, key / "se", net.act(x, Act::kRelu), {.ratio = 0.25});
    return net.mark(key, nn::fusible_conv(net, key / "conv3", x, {.out = out}));
}

ValueId shvit_downsample(Net& net, const Key& key, ValueId x, int64_t out) {
    x = residual_ffn(net, key / "1", residual_depthwise(net, key / "0", x));
    x = shvit_patch_merging(net, key / "2", x, out);
    return net.mark(key, residual_ffn(net, key / "4", residual_depthwise(net, key / "3", x)));
}

}  // namespace

ValueId shvit(Net& net, std::string_view model, ValueId x) {
    const ShvitVariant& v = variant(net, kShvitVariants, model);
    for (int i = 0; i < 4; ++i) {
        x = nn::fusible_conv(net, Key("patch_embed") / (2 * i), x,
                             {.out = v.widths[0] >> (3 - i), .kernel = 3, .stride = 2, .padding = 1});
        if (i < 3) x = net.act(x, Act::kRelu);
    }
    net.mark("patch_embed", x);
    for (size_t i = 0; i < 3; ++i) {
        const Key stage = Key("stages") / static_cast<int64_t>(i);
        if (i > 0) x = shvit_downsample(net, stage / "downsample", x, v.widths[i]);
        for (int j = 0; j < v.depths[i]; ++j) {
            const Key block = stage / "blocks" / j;
            x = residual_depthwise(net, block / "conv", x);
            if (i > 0) {
                const ValueId y = single_head_attention(net, block / "mixer" / "m", x, v.attended[i]);
                x = net.mark(block / "mixer", net.add(x, y));
            }
            x = net.mark(block, residual_ffn(net, block / "ffn", x));
        }
        net.mark(stage, x);
    }
    if (net.settings.features) return x;
    x = net.mark("global_pool", nn::global_pool(net, x));
    return net.settings.num_classes == 0 ? x : nn::fusible_linear(net, "head", x, net.settings.num_classes);
}

}  // namespace lathe::zoo::timm
