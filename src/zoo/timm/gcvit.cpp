// GCViT: Hatamizadeh et al., "Global Context Vision Transformers", 2022.
#include "zoo/nn/mlp.h"
#include "zoo/nn/rel_pos.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/nn/window.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::kBatch;
using nn::Size2;

struct GcvitVariant {
    std::string_view name;
    std::array<int, 4> depths;
    int width = 64, heads = 2;  // of the first stage, doubled by each next one
    int mlp_ratio = 3;
    bool scale = false;  // layer scale
};

constexpr GcvitVariant kGcvitVariants[] = {
    {"gcvit_xxtiny", {2, 2, 6, 2}},
    {"gcvit_xtiny", {3, 4, 6, 5}},
    {"gcvit_tiny", {3, 4, 19, 5}},
    {"gcvit_small", {3, 4, 19, 5}, 96, 3, 2, true},
    {"gcvit_base", {3, 4, 19, 5}, 128, 4, 2, true},
};
constexpr std::array<int64_t, 4> kWindowRatios{32, 32, 16, 32};  // of the input's size
constexpr double kGcvitEpsilon = 1e-5;

// Depthwise 3 x 3, GELU, squeeze-and-excite, 1 x 1, and past them.
ValueId fused_conv(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.channels(x);
    ValueId y = net.conv(key / "conv_dw", x, {.out = width, .kernel = 3, .groups = width});
    y = squeeze_excite(net, key / "se", net.act(y, nn::Act::kGelu),
                       {.ratio = 0.25, .act = nn::Act::kGelu, .bias = false});
    return net.mark(key, net.add(net.conv(key / "conv_pw", y, {.out = width}), x));
}

ValueId gcvit_downsample(Net& net, const Key& key, ValueId x, int64_t width) {
    x = fused_conv(net, key / "conv_block", net.layer_norm_2d(key / "norm1", x, kGcvitEpsilon));
    x = net.conv(key / "reduction", x, {.out = width, .kernel = 3, .stride = 2, .padding = 1});
    return net.mark(key, net.layer_norm_2d(key / "norm2", x, kGcvitEpsilon));
}

// The whole map as one window: [batch, C, H, W] -> [batch, C, window.h, window.w].
ValueId global_query(Net& net, const Key& key, ValueId x, Size2 window) {
    const Size2 map = net.size(x);
    const int64_t ratio = std::min(map.h, map.w) / std::min(window.h, window.w);
    int64_t levels = 0;
    while (int64_t{2} << levels <= ratio) ++levels;
    for (int64_t i = 1; i <= std::max<int64_t>(1, levels); ++i) {
        x = fused_conv(net, key / "blocks" / ("conv" + std::to_string(i)), x);
        if (levels > 0) x = net.max_pool(x, {.kernel = 3, .stride = 2, .padding = 1});
    }
    return net.mark(key, x);
}

struct Stage {
    Size2 window;
    int64_t heads, mlp_ratio;
    bool scale;
    ValueId query;  // [batch, C, window.h, window.w]
};

// All windows of an image ask with the same query. x: [batch, windows, L, C].
ValueId attention(Net& net, const Key& key, ValueId x, bool global, const Stage& s) {
    const int64_t windows = net.dim(x, 1), length = net.dim(x, 2), width = net.dim(x, 3),
                  size = width / s.heads;
    const ValueId bias = nn::rel_pos_bias(net, key / "rel_pos", s.window, s.heads);
    nn::WindowHeads h{};
    if (global) {
        const auto kv = net.chunk(net.linear(key / "qkv", x, 2 * width), 3, 2);
        if (kv.size() != 2) return nn::kNoValue;
        const auto heads_of = [&](ValueId y) {
            return net.transpose(net.reshape(y, {kBatch, windows, length, s.heads, size}), {0, 1, 3, 2, 4});
        };
        const ValueId q = net.reshape(net.tokens(s.query), {kBatch, 1, length, s.heads, size});
        h = {net.expand(net.transpose(q, {0, 1, 3, 2, 4}), {net.batch(x), windows, s.heads, length, size}),
             heads_of(kv[0]), heads_of(kv[1])};
    } else {
        h = nn::split_window_qkv(net, net.linear(key / "qkv", x, 3 * width), s.heads);
    }
    x = nn::window_attention(net, h.q, h.k, h.v, bias);
    return net.mark(key, net.linear(key / "proj", x, width));
}

// x: [batch, H, W, C].
ValueId block(Net& net, const Key& key, ValueId x, bool global, const Stage& s) {
    const Size2 map{net.dim(x, 1), net.dim(x, 2)};
    const auto scaled = [&](const char* name, ValueId y) {
        return s.scale ? net.scale(key / name / "gamma", y) : y;
    };
    ValueId y = nn::window_partition(net, net.layer_norm(key / "norm1", x, kGcvitEpsilon), s.window);
    y = nn::window_reverse(net, attention(net, key / "attn", y, global, s), s.window, map);
    x = net.add(x, scaled("ls1", y));
    y = net.layer_norm(key / "norm2", x, kGcvitEpsilon);
    y = nn::mlp(net, key / "mlp", y, {.hidden = s.mlp_ratio * net.dim(x, 3)});
    return net.mark(key, net.add(x, scaled("ls2", y)));
}

}  // namespace

ValueId gcvit(Net& net, std::string_view model, ValueId x) {
    const GcvitVariant& v = variant(net, kGcvitVariants, model);
    x = net.conv("stem.conv1", x, {.out = v.width, .kernel = 3, .stride = 2, .padding = 1, .bias = true});
    x = net.mark("stem", gcvit_downsample(net, "stem.down", x, v.width));
    for (int64_t i = 0; i < 4; ++i) {
        const Key stage = Key("stages") / i;
        const int64_t ratio = kWindowRatios[static_cast<size_t>(i)];
        const Size2 window{net.settings.height / ratio, net.settings.width / ratio};
        if (i > 0) x = gcvit_downsample(net, stage / "downsample", x, int64_t{v.width} << i);
        const Stage s{.window = window,
                      .heads = int64_t{v.heads} << i,
                      .mlp_ratio = v.mlp_ratio,
                      .scale = v.scale,
                      .query = global_query(net, stage / "global_block", x, window)};
        x = net.channels_last(x);
        for (int j = 0; j < v.depths[static_cast<size_t>(i)]; ++j)
            x = block(net, stage / "blocks" / j, x, j % 2 == 1, s);
        if (i == 3) x = net.layer_norm(stage / "norm", x, kGcvitEpsilon);
        x = net.mark(stage, net.channels_first(x));
    }
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::classifier_head(net, "head", x);
}

}  // namespace lathe::zoo::timm
