// PVT v2: Wang et al., "PVT v2: Improved Baselines with Pyramid Vision Transformer", 2021.
#include "zoo/timm/pvt_attention.h"

namespace lathe::zoo::timm {
namespace {

struct PvtV2Variant {
    std::string_view name;
    std::array<int, 4> depths, widths;
    std::array<int, 4> mlp_ratios = {8, 8, 4, 4};
    bool linear = false;  // keys and values of 7 x 7 averages, whatever the map's size
};

constexpr std::array<int, 4> kWidths{64, 128, 320, 512};
constexpr PvtV2Variant kPvtV2Variants[] = {
    {"pvt_v2_b0", {2, 2, 2, 2}, {32, 64, 160, 256}},
    {"pvt_v2_b1", {2, 2, 2, 2}, kWidths},
    {"pvt_v2_b2", {3, 4, 6, 3}, kWidths},
    {"pvt_v2_b3", {3, 4, 18, 3}, kWidths},
    {"pvt_v2_b4", {3, 8, 27, 3}, kWidths},
    {"pvt_v2_b5", {3, 6, 40, 3}, kWidths, {4, 4, 4, 4}},
    {"pvt_v2_b2_li", {3, 4, 6, 3}, kWidths, {8, 8, 4, 4}, true},
};
constexpr std::array<int64_t, 4> kPvtV2Heads{1, 2, 5, 8}, kReductions{8, 4, 2, 1};
constexpr double kPvtV2Epsilon = 1e-6, kPvtV2EmbedEpsilon = 1e-5;

// Patches that overlap: [batch, C, H, W] -> [batch, width, H/stride, W/stride].
ValueId patch_embed(Net& net, const Key& key, ValueId x, int64_t width, int64_t kernel, int64_t stride) {
    x = net.conv(key / "proj", x,
                 {.out = width, .kernel = kernel, .stride = stride, .padding = kernel / 2, .bias = true});
    return net.mark(key, net.layer_norm_2d(key / "norm", x, kPvtV2EmbedEpsilon));
}

ValueId feed_forward(Net& net, const Key& key, ValueId x, int64_t mlp_ratio, const PvtAttention& s) {
    const int64_t width = net.dim(x, -1), hidden = width * mlp_ratio;
    x = net.image(net.linear(key / "fc1", x, hidden), s.map);
    if (s.linear) x = net.act(x, nn::Act::kRelu);
    x = net.conv(key / "dwconv", x, {.out = hidden, .kernel = 3, .groups = hidden, .bias = true});
    return net.mark(key, net.linear(key / "fc2", net.act(net.tokens(x), nn::Act::kGelu), width));
}

ValueId block(Net& net, const Key& key, ValueId x, int64_t mlp_ratio, const PvtAttention& s) {
    x = net.add(x, pvt_attention(net, key / "attn", net.layer_norm(key / "norm1", x, kPvtV2Epsilon), s));
    x = net.add(
        x, feed_forward(net, key / "mlp", net.layer_norm(key / "norm2", x, kPvtV2Epsilon), mlp_ratio, s));
    return net.mark(key, x);
}

}  // namespace

ValueId pvt_v2(Net& net, std::string_view model, ValueId x) {
    const PvtV2Variant& v = variant(net, kPvtV2Variants, model);
    x = patch_embed(net, "patch_embed", x, v.widths[0], 7, 4);
    for (size_t i = 0; i < 4; ++i) {
        const Key key = Key("stages") / static_cast<int64_t>(i);
        if (i > 0) x = patch_embed(net, key / "downsample", x, v.widths[i], 3, 2);
        const PvtAttention stage{net.size(x), kPvtV2Heads[i], kReductions[i], v.linear};
        x = net.tokens(x);
        for (int j = 0; j < v.depths[i]; ++j) x = block(net, key / "blocks" / j, x, v.mlp_ratios[i], stage);
        x = net.image(net.layer_norm(key / "norm", x, kPvtV2Epsilon), stage.map);
        net.mark(key, x);
    }
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::classifier(net, "head", net.global_avg_pool(x));
}

}  // namespace lathe::zoo::timm
