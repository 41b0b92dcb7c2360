// Twins: Chu et al., "Twins: Revisiting the Design of Spatial Attention in Vision Transformers", 2021.
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/window.h"
#include "zoo/timm/pvt_attention.h"

namespace lathe::zoo::timm {
namespace {

using nn::Size2;

struct TwinsVariant {
    std::string_view name;
    std::array<int, 4> depths, widths, heads, mlp_ratios;
    bool windows = false;  // SVT: every second block attends within windows; PCPVT: none does
};

constexpr std::array<int, 4> kPvtWidths{64, 128, 320, 512}, kPvtHeads{1, 2, 5, 8}, kPvtRatios{8, 8, 4, 4},
    kTwinsFours{4, 4, 4, 4};
constexpr TwinsVariant kTwinsVariants[] = {
    {"twins_pcpvt_small", {3, 4, 6, 3}, kPvtWidths, kPvtHeads, kPvtRatios},
    {"twins_pcpvt_base", {3, 4, 18, 3}, kPvtWidths, kPvtHeads, kPvtRatios},
    {"twins_pcpvt_large", {3, 8, 27, 3}, kPvtWidths, kPvtHeads, kPvtRatios},
    {"twins_svt_small", {2, 2, 10, 4}, {64, 128, 256, 512}, {2, 4, 8, 16}, kTwinsFours, true},
    {"twins_svt_base", {2, 2, 18, 2}, {96, 192, 384, 768}, {3, 6, 12, 24}, kTwinsFours, true},
    {"twins_svt_large", {2, 2, 18, 2}, {128, 256, 512, 1024}, {4, 8, 16, 32}, kTwinsFours, true},
};
constexpr std::array<int64_t, 4> kTwinsReductions{8, 4, 2, 1};
constexpr int64_t kTwinsWindow = 7;
constexpr double kTwinsEpsilon = 1e-6, kTwinsEmbedEpsilon = 1e-5;

// x: [batch, L, C].
ValueId window_attention(Net& net, const Key& key, ValueId x, Size2 map, int64_t heads) {
    const int64_t width = net.dim(x, -1);
    x = nn::padded_to_windows(net, net.reshape(x, {nn::kBatch, map.h, map.w, width}), kTwinsWindow);
    const Size2 padded{net.dim(x, 1), net.dim(x, 2)};
    x = net.linear(key / "qkv", nn::window_partition(net, x, kTwinsWindow), 3 * width);
    const nn::WindowHeads h = nn::split_window_qkv(net, x, heads);
    x = nn::window_attention(net, h.q, h.k, h.v, nn::kNoValue);
    x = nn::cropped(net, nn::window_reverse(net, x, kTwinsWindow, padded), map);
    x = net.reshape(x, {nn::kBatch, map.h * map.w, width});
    return net.mark(key, net.linear(key / "proj", x, width));
}

ValueId block(Net& net, const Key& key, ValueId x, bool windows, int64_t mlp_ratio, const PvtAttention& a) {
    ValueId y = net.layer_norm(key / "norm1", x, kTwinsEpsilon);
    y = windows ? window_attention(net, key / "attn", y, a.map, a.heads)
                : pvt_attention(net, key / "attn", y, a);
    x = net.add(x, y);
    y = net.layer_norm(key / "norm2", x, kTwinsEpsilon);
    y = nn::mlp(net, key / "mlp", y, {.hidden = mlp_ratio * net.dim(x, -1)});
    return net.mark(key, net.add(x, y));
}

// Positions come from a depthwise convolution after a stage's first block.
ValueId add_position(Net& net, const Key& key, ValueId x, Size2 map) {
    const ValueId image = net.image(x, map);
    const int64_t width = net.channels(image);
    const ValueId y =
        net.conv(key / "proj" / "0", image, {.out = width, .kernel = 3, .groups = width, .bias = true});
    return net.mark(key, net.tokens(net.add(y, image)));
}

}  // namespace

ValueId twins(Net& net, std::string_view model, ValueId x) {
    const TwinsVariant& v = variant(net, kTwinsVariants, model);
    for (int64_t i = 0; i < 4; ++i) {
        const size_t at = static_cast<size_t>(i);
        const Size2 patch = i == 0 ? 4 : 2, map = nn::patch_grid(net, x, patch);
        x = nn::patch_embed(
            net, Key("patch_embeds") / i, x,
            {.patch = patch, .width = v.widths[at], .norm = {nn::Norm::kLayer, kTwinsEmbedEpsilon}});
        const PvtAttention attention{map, v.heads[at], kTwinsReductions[at]};
        for (int j = 0; j < v.depths[at]; ++j) {
            const bool windows = v.windows && j % 2 == 0;
            x = block(net, Key("blocks") / i / j, x, windows, v.mlp_ratios[at], attention);
            if (j == 0) x = add_position(net, Key("pos_block") / i, x, map);
        }
        if (i < 3) x = net.image(x, map);
    }
    x = net.layer_norm("norm", x, kTwinsEpsilon);
    if (net.settings.features) return x;  // [batch, L, C]
    return nn::classifier(net, "head", net.mean(x, {1}));
}

}  // namespace lathe::zoo::timm
