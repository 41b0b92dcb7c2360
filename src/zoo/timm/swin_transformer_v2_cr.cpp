// Swin V2 as Christoph Reich and Ross Wightman wrote it from the paper: Liu et al., "Swin Transformer V2: Scaling Up
// Capacity and Resolution", 2021.
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/rel_pos.h"
#include "zoo/timm/swin.h"

namespace lathe::zoo::timm {
namespace {

struct SwinTransformerV2CrVariant {
    std::string_view name;
    int width, heads;  // of the first stage, doubled by each next one
    int depth;  // of the third stage
    bool stage_norm = false;  // a norm at the end of every stage, else of the last one
    int norm_period = 0;  // and after every so many blocks
};

constexpr SwinTransformerV2CrVariant kSwinTransformerV2CrVariants[] = {
    {"swinv2_cr_tiny_384", 96, 3, 6},
    {"swinv2_cr_tiny_224", 96, 3, 6},
    {"swinv2_cr_tiny_ns_224", 96, 3, 6, true},
    {"swinv2_cr_small_384", 96, 3, 18},
    {"swinv2_cr_small_224", 96, 3, 18},
    {"swinv2_cr_small_ns_224", 96, 3, 18, true},
    {"swinv2_cr_small_ns_256", 96, 3, 18, true},
    {"swinv2_cr_base_384", 128, 4, 18},
    {"swinv2_cr_base_224", 128, 4, 18},
    {"swinv2_cr_base_ns_224", 128, 4, 18, true},
    {"swinv2_cr_large_384", 192, 6, 18},
    {"swinv2_cr_large_224", 192, 6, 18},
    {"swinv2_cr_huge_384", 352, 11, 18, false, 6},
    {"swinv2_cr_huge_224", 352, 8, 18, false, 6},
    {"swinv2_cr_giant_384", 512, 16, 42, false, 6},
    {"swinv2_cr_giant_224", 512, 16, 42, false, 6},
};
constexpr int64_t kSwinTransformerV2CrPatch = 4, kSwinTransformerV2CrMlpRatio = 4,
                  kSwinTransformerV2CrPositionHidden = 384, kWindowRatio = 8;
constexpr double kSwinTransformerV2CrEpsilon = 1e-5;

// x: [batch, windows, L, C].
ValueId swin_transformer_v2_cr_attention(Net& net, const Key& key, ValueId x, nn::Size2 window, int64_t heads,
                                         ValueId mask) {
    const int64_t width = net.dim(x, -1);
    const ValueId bias =
        nn::rel_pos_mlp(net, key / "meta_mlp", window, heads, {.hidden = kSwinTransformerV2CrPositionHidden});
    const nn::WindowHeads h = nn::split_window_qkv(net, net.linear(key / "qkv", x, 3 * width), heads);
    const ValueId logit = net.reshape(net.param(key / "logit_scale", {heads}), {heads, 1, 1});
    x = cosine_window_attention(net, h, logit, bias, mask);
    return net.mark(key, net.linear(key / "proj", x, width));
}

// Norms come after the branches.
ValueId block(Net& net, const Key& key, ValueId x, int64_t heads, const SwinWindow& w, bool extra_norm) {
    const ValueId attended = in_shifted_windows(net, x, w, [&](ValueId windows, ValueId mask) {
        return swin_transformer_v2_cr_attention(net, key / "attn", windows, w.window, heads, mask);
    });
    x = net.add(x, net.layer_norm(key / "norm1", attended, kSwinTransformerV2CrEpsilon));
    const ValueId y = nn::mlp(net, key / "mlp", x, {.hidden = kSwinTransformerV2CrMlpRatio * net.dim(x, -1)});
    x = net.add(x, net.layer_norm(key / "norm2", y, kSwinTransformerV2CrEpsilon));
    if (extra_norm) x = net.layer_norm(key / "norm3", x, kSwinTransformerV2CrEpsilon);
    return net.mark(key, x);
}

ValueId swin_transformer_v2_cr_downsample(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.dim(x, -1);
    x = net.layer_norm(key / "norm", swin_merge_pixels(net, x), kSwinTransformerV2CrEpsilon);
    return net.mark(key, net.linear(key / "reduction", x, 2 * width, false));
}

}  // namespace

ValueId swin_transformer_v2_cr(Net& net, std::string_view model, ValueId x) {
    const SwinTransformerV2CrVariant& v = variant(net, kSwinTransformerV2CrVariants, model);
    const nn::Size2 grid = nn::patch_grid(net, x, kSwinTransformerV2CrPatch),
                    window{grid.h / kWindowRatio, grid.w / kWindowRatio};
    x = nn::patch_embed_channels_last(net, "patch_embed", x,
                                      {.patch = kSwinTransformerV2CrPatch,
                                       .width = v.width,
                                       .norm = {nn::Norm::kLayer, kSwinTransformerV2CrEpsilon}});
    for (int64_t i = 0; i < 4; ++i) {
        const Key stage = Key("stages") / i;
        const int64_t depth = i == 2 ? v.depth : 2;
        if (i > 0) x = swin_transformer_v2_cr_downsample(net, stage / "downsample", x);
        const nn::Size2 map{net.dim(x, 1), net.dim(x, 2)};
        for (int64_t j = 0; j < depth; ++j) {
            const bool ends = (v.stage_norm || i == 3) && j + 1 == depth;
            const bool periodic = v.norm_period > 0 && (j + 1) % v.norm_period == 0;
            x = block(net, stage / "blocks" / j, x, int64_t{v.heads} << i,
                      swin_window(map, window, j % 2 == 1), ends || periodic);
        }
        net.mark(stage, x);
    }
    x = net.channels_first(x);
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::classifier_head(net, "head", x);
}

}  // namespace lathe::zoo::timm
