// XCiT: El-Nouby et al., "XCiT: Cross-Covariance Image Transformers", 2021.
#include "zoo/nn/attention.h"
#include "zoo/nn/class_attention.h"
#include "zoo/nn/cross_covariance.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::kBatch;
using nn::Size2;

struct XcitVariant {
    std::string_view name;
    int64_t patch, width, depth, heads;
    bool tokens_norm = true;  // in class attention all tokens are normalised, not the class token alone
};

constexpr XcitVariant kXcitVariants[] = {
    {"xcit_nano_12_p16_224", 16, 128, 12, 4, false}, {"xcit_nano_12_p16_384", 16, 128, 12, 4, false},
    {"xcit_tiny_12_p16_224", 16, 192, 12, 4},        {"xcit_tiny_12_p16_384", 16, 192, 12, 4},
    {"xcit_small_12_p16_224", 16, 384, 12, 8},       {"xcit_small_12_p16_384", 16, 384, 12, 8},
    {"xcit_tiny_24_p16_224", 16, 192, 24, 4},        {"xcit_tiny_24_p16_384", 16, 192, 24, 4},
    {"xcit_small_24_p16_224", 16, 384, 24, 8},       {"xcit_small_24_p16_384", 16, 384, 24, 8},
    {"xcit_medium_24_p16_224", 16, 512, 24, 8},      {"xcit_medium_24_p16_384", 16, 512, 24, 8},
    {"xcit_large_24_p16_224", 16, 768, 24, 16},      {"xcit_large_24_p16_384", 16, 768, 24, 16},
    {"xcit_nano_12_p8_224", 8, 128, 12, 4, false},   {"xcit_nano_12_p8_384", 8, 128, 12, 4, false},
    {"xcit_tiny_12_p8_224", 8, 192, 12, 4},          {"xcit_tiny_12_p8_384", 8, 192, 12, 4},
    {"xcit_small_12_p8_224", 8, 384, 12, 8},         {"xcit_small_12_p8_384", 8, 384, 12, 8},
    {"xcit_tiny_24_p8_224", 8, 192, 24, 4},          {"xcit_tiny_24_p8_384", 8, 192, 24, 4},
    {"xcit_small_24_p8_224", 8, 384, 24, 8},         {"xcit_small_24_p8_384", 8, 384, 24, 8},
    {"xcit_medium_24_p8_224", 8, 512, 24, 8},        {"xcit_medium_24_p8_384", 8, 512, 24, 8},
    {"xcit_large_24_p8_224", 8, 768, 24, 16},        {"xcit_large_24_p8_384", 8, 768, 24, 16},
};
constexpr int64_t kXcitClassBlocks = 2;
constexpr double kXcitEpsilon = 1e-6;

// Convolutions of stride 2: [batch, channels, H, W] -> [batch, width, H/patch, W/patch].
ValueId xcit_stem(Net& net, ValueId x, const XcitVariant& v) {
    for (int64_t layer = 0, width = v.patch == 16 ? v.width / 8 : v.width / 4; width <= v.width;
         layer += 2, width *= 2) {
        const Key key = Key("patch_embed.proj") / layer;
        x = net.batch_norm(key / 1,
                           net.conv(key / 0, x, {.out = width, .kernel = 3, .stride = 2, .padding = 1}));
        if (width < v.width) x = net.act(x, nn::Act::kGelu);
    }
    return x;
}

// Depthwise convolutions over the image that the tokens are.
ValueId local_patch_interaction(Net& net, const Key& key, ValueId x, Size2 grid) {
    const int64_t width = net.dim(x, -1);
    const nn::Conv depthwise{.out = width, .kernel = 3, .padding = 1, .groups = width, .bias = true};
    x = net.act(net.conv(key / "conv1", net.image(x, grid), depthwise), nn::Act::kGelu);
    x = net.conv(key / "conv2", net.batch_norm(key / "bn", x), depthwise);
    return net.mark(key, net.tokens(x));
}

ValueId block(Net& net, const Key& key, ValueId x, const XcitVariant& v, Size2 grid) {
    const auto norm = [&](const char* name) { return net.layer_norm(key / name, x, kXcitEpsilon); };
    x = net.add(x, net.scale(key / "gamma1", cross_covariance(net, key / "attn", norm("norm1"), v.heads)));
    x = net.add(
        x, net.scale(key / "gamma3", local_patch_interaction(net, key / "local_mp", norm("norm3"), grid)));
    return net.mark(key, net.add(x, net.scale(key / "gamma2", nn::mlp(net, key / "mlp", norm("norm2"),
                                                                      {.hidden = 4 * v.width}))));
}

// x: [batch, 1 + L, width], the class token first.
ValueId xcit_class_block(Net& net, const Key& key, ValueId x, const XcitVariant& v) {
    const int64_t length = net.dim(x, 1);
    const auto first = [&](ValueId y) { return net.slice(y, 1, 0, 1); };
    const auto rest = [&](ValueId y) { return net.slice(y, 1, 1, length); };
    const ValueId normed = net.layer_norm(key / "norm1", x, kXcitEpsilon);
    const ValueId attended =
        net.concat({nn::class_attention(net, key / "attn", normed, v.heads), rest(normed)}, 1);
    x = net.add(x, net.scale(key / "gamma1", attended));
    if (v.tokens_norm) x = net.layer_norm(key / "norm2", x, kXcitEpsilon);
    else x = net.concat({net.layer_norm(key / "norm2", first(x), kXcitEpsilon), rest(x)}, 1);
    const ValueId y = net.scale(key / "gamma2", nn::mlp(net, key / "mlp", first(x), {.hidden = 4 * v.width}));
    return net.mark(key, net.add(x, net.concat({y, rest(x)}, 1)));
}

}  // namespace

ValueId xcit(Net& net, std::string_view model, ValueId image) {
    const XcitVariant& v = variant(net, kXcitVariants, model);
    const ValueId map = xcit_stem(net, image, v);
    const Size2 grid = net.size(map);
    const ValueId features = net.constant("pos_embed.features", fourier_features(grid));
    const ValueId places = net.conv("pos_embed.token_projection", features, {.out = v.width, .bias = true});
    ValueId x = net.mark("pos_drop", net.tokens(net.add(map, places)));
    for (int64_t i = 0; i < v.depth; ++i) x = block(net, Key("blocks") / i, x, v, grid);
    x = nn::prepend(net, net.param("cls_token", {1, 1, v.width}), x);
    for (int64_t i = 0; i < kXcitClassBlocks; ++i)
        x = xcit_class_block(net, Key("cls_attn_blocks") / i, x, v);
    x = net.layer_norm("norm", x, kXcitEpsilon);
    if (net.settings.features) return x;  // [batch, 1 + L, width]
    return nn::classifier(net, "head", net.mark("head_drop", net.select(x, 1, 0)));
}

}  // namespace lathe::zoo::timm
