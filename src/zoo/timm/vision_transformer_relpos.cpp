// Vision transformers whose positions are biases of attention, made by a small network of the offsets' logarithms
// (Liu et al., "Swin Transformer V2", 2021); timm's own.
#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/rel_pos.h"
#include "zoo/nn/token_pool.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

struct VisionTransformerRelposOptions {
    bool qkv_bias = false;
    bool post_norm = false;  // norms after attention and MLP, no layer scale
    bool fc_norm = false;  // the last norm after pooling
    bool class_token = false;
    bool pool_token = false;  // else the average of the patches
    int64_t bias_hidden = 128;
    bool shared_bias = false;  // one for all blocks
};

struct VisionTransformerRelposVariant {
    std::string_view name;
    int64_t patch, width, heads;
    VisionTransformerRelposOptions options = {};
};

// clang-format off
constexpr VisionTransformerRelposVariant kVisionTransformerRelposVariants[] = {
    {"vit_relpos_base_patch32_plus_rpn_256", 32, 896, 14, {.qkv_bias = true, .post_norm = true}},
    {"vit_relpos_base_patch16_plus_240", 16, 896, 14, {.qkv_bias = true}},
    {"vit_relpos_small_patch16_224", 16, 384, 6, {.fc_norm = true}},
    {"vit_relpos_medium_patch16_224", 16, 512, 8, {.fc_norm = true}},
    {"vit_relpos_base_patch16_224", 16, 768, 12, {.fc_norm = true}},
    {"vit_srelpos_small_patch16_224", 16, 384, 6, {.bias_hidden = 384, .shared_bias = true}},
    {"vit_srelpos_medium_patch16_224", 16, 512, 8, {.bias_hidden = 512, .shared_bias = true}},
    {"vit_relpos_medium_patch16_cls_224", 16, 512, 8, {.class_token = true, .pool_token = true, .bias_hidden = 256}},
    {"vit_relpos_base_patch16_cls_224", 16, 768, 12, {.class_token = true, .pool_token = true}},
    {"vit_relpos_base_patch16_clsgap_224", 16, 768, 12, {.fc_norm = true, .class_token = true}},
    {"vit_relpos_small_patch16_rpn_224", 16, 384, 6, {.post_norm = true}},
    {"vit_relpos_medium_patch16_rpn_224", 16, 512, 8, {.post_norm = true}},
    {"vit_relpos_base_patch16_rpn_224", 16, 768, 12, {.post_norm = true}},
};
// clang-format on
constexpr int64_t kVisionTransformerRelposDepth = 12;
constexpr double kVisionTransformerRelposEpsilon = 1e-6;

// [1, heads, L, L]; the class token, first, has no bias.
ValueId position_bias(Net& net, const Key& key, const VisionTransformerRelposVariant& v, nn::Size2 grid) {
    const ValueId bias = nn::rel_pos_mlp(net, key / "mlp", grid, v.heads, {.hidden = v.options.bias_hidden});
    return v.options.class_token ? net.pad(bias, {0, 0, 1, 1}, {0, 0, 0, 0}) : bias;
}

// shared: the bias of all blocks, or kNoValue.
ValueId block(Net& net, const Key& key, ValueId x, const VisionTransformerRelposVariant& v, nn::Size2 grid,
              ValueId shared) {
    const VisionTransformerRelposOptions& o = v.options;
    const ValueId bias = o.shared_bias ? shared : position_bias(net, key / "attn.rel_pos", v, grid);
    const auto attend = [&](ValueId y) {
        return nn::attention(net, key / "attn", y, {.heads = v.heads, .qkv_bias = o.qkv_bias}, bias);
    };
    const auto feed_forward = [&](ValueId y) {
        return nn::mlp(net, key / "mlp", y, {.hidden = 4 * v.width});
    };
    const auto norm = [&](const char* name, ValueId y) {
        return net.layer_norm(key / name, y, kVisionTransformerRelposEpsilon);
    };
    if (o.post_norm) {
        x = net.add(x, norm("norm1", attend(x)));
        return net.mark(key, net.add(x, norm("norm2", feed_forward(x))));
    }
    x = net.add(x, net.mark(key / "ls1", net.scale(key / "ls1.gamma", attend(norm("norm1", x)))));
    return net.mark(
        key, net.add(x, net.mark(key / "ls2", net.scale(key / "ls2.gamma", feed_forward(norm("norm2", x))))));
}

}  // namespace

ValueId vision_transformer_relpos(Net& net, std::string_view model, ValueId image) {
    const VisionTransformerRelposVariant& v = variant(net, kVisionTransformerRelposVariants, model);
    const VisionTransformerRelposOptions& o = v.options;
    const nn::Size2 grid = nn::patch_grid(net, image, v.patch);
    ValueId x = nn::patch_embed(net, "patch_embed", image, {.patch = v.patch, .width = v.width});
    if (o.class_token) x = nn::prepend(net, net.param("cls_token", {1, 1, v.width}), x);
    const ValueId shared = o.shared_bias ? position_bias(net, "shared_rel_pos", v, grid) : nn::kNoValue;
    for (int64_t i = 0; i < kVisionTransformerRelposDepth; ++i)
        x = block(net, Key("blocks") / i, x, v, grid, shared);
    if (!o.fc_norm) x = net.layer_norm("norm", x, kVisionTransformerRelposEpsilon);
    if (net.settings.features) return x;  // [batch, L, width]
    x = nn::pool_tokens(net, x, o.pool_token ? nn::TokenPool::kToken : nn::TokenPool::kAvg,
                        o.class_token ? 1 : 0);
    if (o.fc_norm) x = net.layer_norm("fc_norm", x, kVisionTransformerRelposEpsilon);
    return nn::classifier(net, "head", net.mark("head_drop", x));
}

}  // namespace lathe::zoo::timm
