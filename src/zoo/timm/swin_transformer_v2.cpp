// Swin V2: Liu et al., "Swin Transformer V2: Scaling Up Capacity and Resolution", 2021.
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/rel_pos.h"
#include "zoo/timm/swin.h"

namespace lathe::zoo::timm {
namespace {

struct SwinTransformerV2Variant {
    std::string_view name;
    int window, width;  // of the first swin_transformer_v2_stage, doubled by each next one
    std::array<int, 4> depths, heads;
    std::array<int, 4> pretrained_windows = {0, 0, 0, 0};  // the scale of positions; 0: the window itself
};

constexpr std::array<int, 4> kSwinTransformerV2TinyHeads{3, 6, 12, 24},
    kSwinTransformerV2BaseHeads{4, 8, 16, 32}, kSwinTransformerV2LargeHeads{6, 12, 24, 48};
constexpr std::array<int, 4> kSwinTransformerV2Tiny{2, 2, 6, 2}, kSwinTransformerV2Small{2, 2, 18, 2},
    kFrom12{12, 12, 12, 6};
constexpr SwinTransformerV2Variant kSwinTransformerV2Variants[] = {
    {"swinv2_tiny_window8_256", 8, 96, kSwinTransformerV2Tiny, kSwinTransformerV2TinyHeads},
    {"swinv2_tiny_window16_256", 16, 96, kSwinTransformerV2Tiny, kSwinTransformerV2TinyHeads},
    {"swinv2_small_window8_256", 8, 96, kSwinTransformerV2Small, kSwinTransformerV2TinyHeads},
    {"swinv2_small_window16_256", 16, 96, kSwinTransformerV2Small, kSwinTransformerV2TinyHeads},
    {"swinv2_base_window8_256", 8, 128, kSwinTransformerV2Small, kSwinTransformerV2BaseHeads},
    {"swinv2_base_window16_256", 16, 128, kSwinTransformerV2Small, kSwinTransformerV2BaseHeads},
    {"swinv2_base_window12_192", 12, 128, kSwinTransformerV2Small, kSwinTransformerV2BaseHeads},
    {"swinv2_base_window12to16_192to256", 16, 128, kSwinTransformerV2Small, kSwinTransformerV2BaseHeads,
     kFrom12},
    {"swinv2_base_window12to24_192to384", 24, 128, kSwinTransformerV2Small, kSwinTransformerV2BaseHeads,
     kFrom12},
    {"swinv2_large_window12_192", 12, 192, kSwinTransformerV2Small, kSwinTransformerV2LargeHeads},
    {"swinv2_large_window12to16_192to256", 16, 192, kSwinTransformerV2Small, kSwinTransformerV2LargeHeads,
     kFrom12},
    {"swinv2_large_window12to24_192to384", 24, 192, kSwinTransformerV2Small, kSwinTransformerV2LargeHeads,
     kFrom12},
};
constexpr int64_t kSwinTransformerV2Patch = 4, kSwinTransformerV2MlpRatio = 4, kPositionHidden = 512;
constexpr double kSwinTransformerV2Epsilon = 1e-5;

// Keys have no bias.
ValueId qkv(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.dim(x, -1);
    const ValueId zeros = net.shared_constant("k_bias", Tensor::filled(DType::kF32, {width}, 0));
    const ValueId bias =
        net.concat({net.param(key / "q_bias", {width}), zeros, net.param(key / "v_bias", {width})}, 0);
    return net.add(net.linear(key / "qkv", x, 3 * width, false), bias);
}

// x: [batch, windows, L, C].
ValueId attention(Net& net, const Key& key, ValueId x, nn::Size2 window, nn::Size2 pretrained, int64_t heads,
                  ValueId mask) {
    const int64_t width = net.dim(x, -1);
    const ValueId bias = nn::rel_pos_mlp(net, key / "cpb_mlp", window, heads,
                                         {.mode = nn::RelPosMlp::kSwin,
                                          .hidden = kPositionHidden,
                                          .pretrained_window = pretrained,
                                          .first = "0",
                                          .second = "2",
                                          .second_bias = false});
    const nn::WindowHeads h = nn::split_window_qkv(net, qkv(net, key, x), heads);
    x = cosine_window_attention(net, h, net.param(key / "logit_scale", {heads, 1, 1}), bias, mask);
    return net.mark(key, net.linear(key / "proj", x, width));
}

// Norms come after the branches.
ValueId block(Net& net, const Key& key, ValueId x, int64_t heads, nn::Size2 pretrained, const SwinWindow& w) {
    const ValueId attended = in_shifted_windows(net, x, w, [&](ValueId windows, ValueId mask) {
        return attention(net, key / "attn", windows, w.window, pretrained, heads, mask);
    });
    x = net.add(x, net.layer_norm(key / "norm1", attended, kSwinTransformerV2Epsilon));
    const ValueId y = nn::mlp(net, key / "mlp", x, {.hidden = kSwinTransformerV2MlpRatio * net.dim(x, -1)});
    return net.mark(key, net.add(x, net.layer_norm(key / "norm2", y, kSwinTransformerV2Epsilon)));
}

ValueId swin_transformer_v2_downsample(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.dim(x, -1);
    x = net.linear(key / "reduction", swin_merge_pixels(net, x), 2 * width, false);
    return net.mark(key, net.layer_norm(key / "norm", x, kSwinTransformerV2Epsilon));
}

ValueId swin_transformer_v2_stage(Net& net, const Key& key, ValueId x, size_t index,
                                  const SwinTransformerV2Variant& v) {
    if (index > 0) x = swin_transformer_v2_downsample(net, key / "downsample", x);
    const nn::Size2 map{net.dim(x, 1), net.dim(x, 2)};
    for (int i = 0; i < v.depths[index]; ++i)
        x = block(net, key / "blocks" / i, x, v.heads[index], v.pretrained_windows[index],
                  swin_window(map, v.window, i % 2 == 1));
    return net.mark(key, x);
}

}  // namespace

ValueId swin_transformer_v2(Net& net, std::string_view model, ValueId x) {
    const SwinTransformerV2Variant& v = variant(net, kSwinTransformerV2Variants, model);
    x = nn::patch_embed_channels_last(net, "patch_embed", x,
                                      {.patch = kSwinTransformerV2Patch,
                                       .width = v.width,
                                       .norm = {nn::Norm::kLayer, kSwinTransformerV2Epsilon}});
    for (size_t i = 0; i < 4; ++i)
        x = swin_transformer_v2_stage(net, Key("layers") / static_cast<int64_t>(i), x, i, v);
    x = net.layer_norm("norm", x, kSwinTransformerV2Epsilon);
    if (net.settings.features) return x;  // [batch, H/32, W/32, C]
    return nn::classifier_head_channels_last(net, "head", x);
}

}  // namespace lathe::zoo::timm
