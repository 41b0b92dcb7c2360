// XCiT: El-Nouby et al., "XCiT: Cross-Covariance Image Transformers", 2021.
#include <cmath>
#include <numbers>

#include "zoo/nn/attention.h"
#include "zoo/nn/class_attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::kBatch;
using nn::Size2;

struct Variant {
    std::string_view name;
    int64_t patch, width, depth, heads;
    bool tokens_norm = true;  // in class attention all tokens are normalised, not the class token alone
};

constexpr Variant kVariants[] = {
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
constexpr int64_t kClassBlocks = 2, kFourier = 32;
constexpr double kEpsilon = 1e-6, kTemperature = 10000;

// Sines and cosines of the row and of the column, a full turn over the image: [1, 2 * kFourier, h, w].
Tensor fourier_features(Size2 grid) {
    TensorBuilder builder(DType::kF32, {1, 2 * kFourier, grid.h, grid.w});
    auto values = builder.values<float>();
    size_t at = 0;
    for (int64_t channel = 0; channel < 2 * kFourier; ++channel)
        for (int64_t y = 0; y < grid.h; ++y)
            for (int64_t x = 0; x < grid.w; ++x) {
                const int64_t place = channel < kFourier ? y : x, size = channel < kFourier ? grid.h : grid.w,
                              i = channel % kFourier;
                const double turn = static_cast<double>(place + 1) / (static_cast<double>(size) + 1e-6) * 2 *
                                    std::numbers::pi;
                const double angle = turn / std::pow(kTemperature, static_cast<double>(i / 2 * 2) / kFourier);
                values[at++] = static_cast<float>(i % 2 == 0 ? std::sin(angle) : std::cos(angle));
            }
    return builder.finish();
}

// Convolutions of stride 2: [batch, channels, H, W] -> [batch, width, H/patch, W/patch].
ValueId stem(Net& net, ValueId x, const Variant& v) {
    for (int64_t layer = 0, width = v.patch == 16 ? v.width / 8 : v.width / 4; width <= v.width;
         layer += 2, width *= 2) {
        const Key key = Key("patch_embed.proj") / layer;
        x = net.batch_norm(key / 1,
                           net.conv(key / 0, x, {.out = width, .kernel = 3, .stride = 2, .padding = 1}));
        if (width < v.width) x = net.act(x, nn::Act::kGelu);
    }
    return x;
}

// Attention among the channels of each head, over normalised columns.
ValueId cross_covariance(Net& net, const Key& key, ValueId x, int64_t heads) {
    const int64_t width = net.dim(x, -1), length = net.dim(x, 1);
    const auto qkv = net.chunk(net.linear(key / "qkv", x, 3 * width), -1, 3);
    const auto turned = [&](ValueId y) {
        return net.transpose(net.reshape(y, {kBatch, length, heads, width / heads}), {0, 2, 3, 1});
    };
    const ValueId q =
        net.mul(net.l2_normalize(turned(qkv[0]), -1), net.param(key / "temperature", {heads, 1, 1}));
    const ValueId k = net.l2_normalize(turned(qkv[1]), -1);
    x = net.attention(q, k, turned(qkv[2]), nn::kNoValue, 1.0);  // [batch, heads, size, L]
    x = net.reshape(net.transpose(x, {0, 3, 1, 2}), {kBatch, length, width});
    return net.mark(key, net.linear(key / "proj", x, width));
}

// Depthwise convolutions over the image that the tokens are.
ValueId local_patch_interaction(Net& net, const Key& key, ValueId x, Size2 grid) {
    const int64_t width = net.dim(x, -1);
    const nn::Conv depthwise{.out = width, .kernel = 3, .padding = 1, .groups = width, .bias = true};
    x = net.act(net.conv(key / "conv1", net.image(x, grid), depthwise), nn::Act::kGelu);
    x = net.conv(key / "conv2", net.batch_norm(key / "bn", x), depthwise);
    return net.mark(key, net.tokens(x));
}

ValueId block(Net& net, const Key& key, ValueId x, const Variant& v, Size2 grid) {
    const auto norm = [&](const char* name) { return net.layer_norm(key / name, x, kEpsilon); };
    x = net.add(x, net.scale(key / "gamma1", cross_covariance(net, key / "attn", norm("norm1"), v.heads)));
    x = net.add(
        x, net.scale(key / "gamma3", local_patch_interaction(net, key / "local_mp", norm("norm3"), grid)));
    return net.mark(key, net.add(x, net.scale(key / "gamma2", nn::mlp(net, key / "mlp", norm("norm2"),
                                                                      {.hidden = 4 * v.width}))));
}

// x: [batch, 1 + L, width], the class token first.
ValueId class_block(Net& net, const Key& key, ValueId x, const Variant& v) {
    const int64_t length = net.dim(x, 1);
    const auto first = [&](ValueId y) { return net.slice(y, 1, 0, 1); };
    const auto rest = [&](ValueId y) { return net.slice(y, 1, 1, length); };
    const ValueId normed = net.layer_norm(key / "norm1", x, kEpsilon);
    const ValueId attended =
        net.concat({nn::class_attention(net, key / "attn", normed, v.heads), rest(normed)}, 1);
    x = net.add(x, net.scale(key / "gamma1", attended));
    if (v.tokens_norm) x = net.layer_norm(key / "norm2", x, kEpsilon);
    else x = net.concat({net.layer_norm(key / "norm2", first(x), kEpsilon), rest(x)}, 1);
    const ValueId y = net.scale(key / "gamma2", nn::mlp(net, key / "mlp", first(x), {.hidden = 4 * v.width}));
    return net.mark(key, net.add(x, net.concat({y, rest(x)}, 1)));
}

}  // namespace

ValueId xcit(Net& net, std::string_view model, ValueId image) {
    const Variant& v = variant(net, kVariants, model);
    const ValueId map = stem(net, image, v);
    const Size2 grid = net.size(map);
    const ValueId features = net.constant("pos_embed.features", fourier_features(grid));
    const ValueId places = net.conv("pos_embed.token_projection", features, {.out = v.width, .bias = true});
    ValueId x = net.mark("pos_drop", net.tokens(net.add(map, places)));
    for (int64_t i = 0; i < v.depth; ++i) x = block(net, Key("blocks") / i, x, v, grid);
    x = nn::prepend(net, net.param("cls_token", {1, 1, v.width}), x);
    for (int64_t i = 0; i < kClassBlocks; ++i) x = class_block(net, Key("cls_attn_blocks") / i, x, v);
    x = net.layer_norm("norm", x, kEpsilon);
    if (net.settings.features) return x;  // [batch, 1 + L, width]
    return nn::classifier(net, "head", net.mark("head_drop", net.select(x, 1, 0)));
}

}  // namespace lathe::zoo::timm
