// Swin: Liu et al., "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", 2021; and S3: Chen et al.,
// "Searching the Search Space of Vision Transformer", 2021.
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/rel_pos.h"
#include "zoo/nn/window.h"
#include "zoo/timm/swin.h"

namespace lathe::zoo::timm {
namespace {

struct SwinTransformerVariant {
    std::string_view name;
    int width;  // of the first stage, doubled by each next one
    std::array<int, 4> depths, heads;
    std::array<int, 4> windows = {7, 7, 7, 7};
};

constexpr std::array<int, 4> kTinyHeads{3, 6, 12, 24}, kBaseHeads{4, 8, 16, 32}, kLargeHeads{6, 12, 24, 48};
constexpr std::array<int, 4> kWindow12{12, 12, 12, 12};
constexpr SwinTransformerVariant kSwinTransformerVariants[] = {
    {"swin_tiny_patch4_window7_224", 96, {2, 2, 6, 2}, kTinyHeads},
    {"swin_small_patch4_window7_224", 96, {2, 2, 18, 2}, kTinyHeads},
    {"swin_base_patch4_window7_224", 128, {2, 2, 18, 2}, kBaseHeads},
    {"swin_base_patch4_window12_384", 128, {2, 2, 18, 2}, kBaseHeads, kWindow12},
    {"swin_large_patch4_window7_224", 192, {2, 2, 18, 2}, kLargeHeads},
    {"swin_large_patch4_window12_384", 192, {2, 2, 18, 2}, kLargeHeads, kWindow12},
    {"swin_s3_tiny_224", 96, {2, 2, 6, 2}, kTinyHeads, {7, 7, 14, 7}},
    {"swin_s3_small_224", 96, {2, 2, 18, 2}, kTinyHeads, {14, 14, 14, 7}},
    {"swin_s3_base_224", 96, {2, 2, 30, 2}, kTinyHeads, {7, 7, 14, 7}},
};
constexpr int64_t kSwinTransformerPatch = 4, kSwinTransformerMlpRatio = 4;
constexpr double kSwinTransformerEpsilon = 1e-5;

// x: [batch, windows, L, C].
ValueId attention(Net& net, const Key& key, ValueId x, nn::Size2 window, int64_t heads, ValueId mask) {
    const int64_t width = net.dim(x, -1);
    const ValueId bias = nn::rel_pos_bias(net, key, window, heads);
    const nn::WindowHeads h = nn::split_window_qkv(net, net.linear(key / "qkv", x, 3 * width), heads);
    x = nn::window_attention(net, h.q, h.k, h.v, bias, mask);
    return net.mark(key, net.linear(key / "proj", x, width));
}

ValueId block(Net& net, const Key& key, ValueId x, int64_t heads, const SwinWindow& w) {
    const ValueId normed = net.layer_norm(key / "norm1", x, kSwinTransformerEpsilon);
    const ValueId attended = in_shifted_windows(net, normed, w, [&](ValueId windows, ValueId mask) {
        return attention(net, key / "attn", windows, w.window, heads, mask);
    });
    x = net.add(x, attended);
    const ValueId y = net.layer_norm(key / "norm2", x, kSwinTransformerEpsilon);
    x = net.add(x, nn::mlp(net, key / "mlp", y, {.hidden = kSwinTransformerMlpRatio * net.dim(x, -1)}));
    return net.mark(key, x);
}

ValueId downsample(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.dim(x, -1);
    x = net.layer_norm(key / "norm", swin_merge_pixels(net, x), kSwinTransformerEpsilon);
    return net.mark(key, net.linear(key / "reduction", x, 2 * width, false));
}

ValueId stage(Net& net, const Key& key, ValueId x, size_t index, const SwinTransformerVariant& v) {
    if (index > 0) x = downsample(net, key / "downsample", x);
    const nn::Size2 map{net.dim(x, 1), net.dim(x, 2)};
    for (int i = 0; i < v.depths[index]; ++i)
        x = block(net, key / "blocks" / i, x, v.heads[index], swin_window(map, v.windows[index], i % 2 == 1));
    return net.mark(key, x);
}

}  // namespace

ValueId swin_transformer(Net& net, std::string_view model, ValueId x) {
    const SwinTransformerVariant& v = variant(net, kSwinTransformerVariants, model);
    x = nn::patch_embed_channels_last(net, "patch_embed", x,
                                      {.patch = kSwinTransformerPatch,
                                       .width = v.width,
                                       .norm = {nn::Norm::kLayer, kSwinTransformerEpsilon}});
    for (size_t i = 0; i < 4; ++i) x = stage(net, Key("layers") / static_cast<int64_t>(i), x, i, v);
    x = net.layer_norm("norm", x, kSwinTransformerEpsilon);
    if (net.settings.features) return x;  // [batch, H/32, W/32, C]
    return nn::classifier_head_channels_last(net, "head", x);
}

}  // namespace lathe::zoo::timm
