// TNT: Han et al., "Transformer in Transformer", 2021.
#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/pos_embed.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Dim;
using nn::kBatch;
using nn::Size2;

struct TntVariant {
    std::string_view name;
    int64_t width, inner, heads;
    bool legacy = false;  // pixels are embedded before the image is cut, and normalised one by one
};

constexpr TntVariant kTntVariants[] = {
    {"tnt_s_legacy_patch16_224", 384, 24, 6, true},
    {"tnt_s_patch16_224", 384, 24, 6},
    {"tnt_b_patch16_224", 640, 40, 10},
};
constexpr int64_t kTntPatch = 16, kTntStride = 4, kTntSide = kTntPatch / kTntStride,
                  kPixels = kTntSide * kTntSide, kInnerHeads = 4, kTntDepth = 12;
constexpr double kTntEpsilon = 1e-5;

// [batch, C, h * side, w * side] -> [batch, h * w, C, side, side].
ValueId cut(Net& net, ValueId x, Size2 grid, int64_t side) {
    const int64_t channels = net.channels(x);
    x = net.reshape(x, {kBatch, channels, grid.h, side, grid.w, side});
    return net.reshape(net.transpose(x, {0, 2, 4, 1, 3, 5}), {kBatch, grid.h * grid.w, channels, side, side});
}

// The "pixels" of every patch: [batch, h * w, 16, inner].
ValueId pixel_embed(Net& net, ValueId image, Size2 grid, const TntVariant& v) {
    const nn::Conv conv{.out = v.inner, .kernel = 7, .stride = kTntStride, .padding = 3, .bias = true};
    const Dim batch = net.batch(image);
    const int64_t patches = grid.h * grid.w, channels = net.channels(image);
    ValueId x;
    if (v.legacy) {
        x = cut(net, net.conv("pixel_embed.proj", image, conv), grid, kTntSide);
    } else {
        x = net.reshape(cut(net, image, grid, kTntPatch),
                        {batch * Dim(patches), channels, kTntPatch, kTntPatch});
        x = net.conv("pixel_embed.proj", x, conv);
    }
    x = net.transpose(net.reshape(x, {batch, patches, v.inner, kPixels}), {0, 1, 3, 2});
    const Tensor places =
        net.tensor("pixel_pos", {1, v.inner, kTntSide, kTntSide}).reshaped({v.inner, kPixels});
    return net.mark("pixel_embed",
                    net.add(x, net.constant("pixel_pos", places.transposed(std::vector<int>{1, 0}))));
}

// Queries and keys of one matrix, values of another. x: [batch, L, C], or groups apart: [batch, groups, L, C].
ValueId attend(Net& net, const Key& key, ValueId x, int64_t heads) {
    const bool grouped = net.rank(x) == 4;
    const int64_t width = net.dim(x, -1), length = net.dim(x, -2), groups = grouped ? net.dim(x, 1) : 1,
                  size = width / heads;
    const auto qk = net.chunk(net.linear(key / "qk", x, 2 * width, false), -1, 2);
    const auto split = [&](ValueId y) {  // [batch, groups * heads, L, size]
        y = net.transpose(net.reshape(y, {kBatch, groups, length, heads, size}), {0, 1, 3, 2, 4});
        return net.reshape(y, {kBatch, groups * heads, length, size});
    };
    const ValueId v = split(net.linear(key / "v", x, width, false));
    ValueId y =
        net.reshape(net.attention(split(qk[0]), split(qk[1]), v), {kBatch, groups, heads, length, size});
    y = net.transpose(y, {0, 1, 3, 2, 4});
    y = grouped ? net.reshape(y, {kBatch, groups, length, width}) : net.reshape(y, {kBatch, length, width});
    return net.mark(key, net.linear(key / "proj", y, width));
}

// The pixels of a patch, all together, as what is added to its token: [batch, h * w, width].
ValueId project(Net& net, const Key& key, ValueId pixels, const TntVariant& v) {
    const int64_t patches = net.dim(pixels, 1);
    const auto flat = [&](ValueId y) { return net.reshape(y, {kBatch, patches, kPixels * v.inner}); };
    if (v.legacy)
        return net.linear(key / "proj", flat(net.layer_norm(key / "norm1_proj", pixels, kTntEpsilon)),
                          v.width);
    const ValueId y = net.linear(key / "proj", net.layer_norm(key / "norm1_proj", flat(pixels), kTntEpsilon),
                                 v.width, false);
    return net.layer_norm(key / "norm2_proj", y, kTntEpsilon);
}

struct Tokens {
    ValueId pixels;  // [batch, h * w, 16, inner]
    ValueId patches;  // [batch, 1 + h * w, width]
};

Tokens block(Net& net, const Key& key, Tokens t, const TntVariant& v) {
    const auto norm = [&](const char* name, ValueId y) { return net.layer_norm(key / name, y, kTntEpsilon); };
    t.pixels = net.add(t.pixels, attend(net, key / "attn_in", norm("norm_in", t.pixels), kInnerHeads));
    t.pixels = net.add(t.pixels,
                       nn::mlp(net, key / "mlp_in", norm("norm_mlp_in", t.pixels), {.hidden = 4 * v.inner}));
    const ValueId patches = net.slice(t.patches, 1, 1, net.dim(t.patches, 1));
    const ValueId token = net.slice(t.patches, 1, 0, 1);
    t.patches = net.concat({token, net.add(patches, project(net, key, t.pixels, v))}, 1);
    t.patches = net.add(t.patches, attend(net, key / "attn_out", norm("norm_out", t.patches), v.heads));
    t.patches =
        net.add(t.patches, nn::mlp(net, key / "mlp", norm("norm_mlp", t.patches), {.hidden = 4 * v.width}));
    return t;
}

}  // namespace

ValueId tnt(Net& net, std::string_view model, ValueId image) {
    const TntVariant& v = variant(net, kTntVariants, model);
    const Size2 grid = nn::patch_grid(net, image, kTntPatch);
    Tokens t{};
    t.pixels = pixel_embed(net, image, grid, v);
    const ValueId flat = net.reshape(t.pixels, {kBatch, grid.h * grid.w, kPixels * v.inner});
    ValueId x = net.linear("proj", net.layer_norm("norm1_proj", flat, kTntEpsilon), v.width);
    x = nn::prepend(net, net.param("cls_token", {1, 1, v.width}),
                    net.layer_norm("norm2_proj", x, kTntEpsilon));
    t.patches = net.mark("pos_drop", net.add(x, nn::abs_pos_embed(net, "patch_pos", grid, v.width, 1)));
    for (int64_t i = 0; i < kTntDepth; ++i) t = block(net, Key("blocks") / i, t, v);
    x = net.layer_norm("norm", t.patches, kTntEpsilon);
    if (net.settings.features) return x;  // [batch, 1 + L, width]
    return nn::classifier(net, "head", net.mark("head_drop", net.select(x, 1, 0)));
}

}  // namespace lathe::zoo::timm
