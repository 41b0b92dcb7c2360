// VOLO: Yuan et al., "VOLO: Vision Outlooker for Visual Recognition", 2021.
#include <cmath>

#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/pos_embed.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Attrs;
using nn::Ints;
using nn::kBatch;
using nn::Size2;

struct VoloVariant {
    std::string_view name;
    std::array<int64_t, 4> blocks;  // outlookers, then three stages of transformers
    int64_t width, heads;           // of the outlookers
    int64_t deep_heads;             // of the rest, which is twice as wide
    int64_t mlp_ratio = 3, stem = 64;
};

constexpr VoloVariant kVoloVariants[] = {
    {"volo_d1_224", {4, 4, 8, 2}, 192, 6, 12},
    {"volo_d1_384", {4, 4, 8, 2}, 192, 6, 12},
    {"volo_d2_224", {6, 4, 10, 4}, 256, 8, 16},
    {"volo_d2_384", {6, 4, 10, 4}, 256, 8, 16},
    {"volo_d3_224", {8, 8, 16, 4}, 256, 8, 16},
    {"volo_d3_448", {8, 8, 16, 4}, 256, 8, 16},
    {"volo_d4_224", {8, 8, 16, 4}, 384, 12, 16},
    {"volo_d4_448", {8, 8, 16, 4}, 384, 12, 16},
    {"volo_d5_224", {12, 12, 20, 4}, 384, 12, 16, 4, 128},
    {"volo_d5_448", {12, 12, 20, 4}, 384, 12, 16, 4, 128},
    {"volo_d5_512", {12, 12, 20, 4}, 384, 12, 16, 4, 128},
};
constexpr int64_t kVoloKernel = 3, kTaps = kVoloKernel * kVoloKernel, kVoloStride = 2, kVoloClassBlocks = 2,
                  kVoloPatch = 4;
constexpr double kVoloEpsilon = 1e-5;

ValueId stem(Net& net, ValueId x, const VoloVariant& v) {
    const Key key("patch_embed.conv");
    for (int64_t i = 0; i < 3; ++i) {
        const nn::Conv conv{
            .out = v.stem, .kernel = i == 0 ? 7 : 3, .stride = i == 0 ? 2 : 1, .padding = i == 0 ? 3 : 1};
        x = net.batch_norm(key / (3 * i + 1), net.conv(key / (3 * i), x, conv), nn::Act::kRelu);
    }
    return net.mark(
        "patch_embed",
        net.conv("patch_embed.proj", x,
                 {.out = v.width, .kernel = kVoloPatch, .stride = kVoloPatch, .padding = 0, .bias = true}));
}

// One filter per tap of a window and channel, [channels * taps, 1, 3, 3]: a convolution with them takes windows apart,
// the transposed one adds them up where they were.
ValueId window_taps(Net& net, int64_t channels) {
    std::vector<float> values(static_cast<size_t>(channels * kTaps * kTaps), 0.0f);
    for (int64_t i = 0; i < channels * kTaps; ++i) values[static_cast<size_t>(i * kTaps + i % kTaps)] = 1;
    return net.constant("window_taps", Tensor::of<float>({channels * kTaps, 1, kVoloKernel, kVoloKernel},
                                                         std::span<const float>(values)));
}

Attrs window_attrs(int64_t channels) {
    return {{"kernel_shape", Ints{kVoloKernel, kVoloKernel}},
            {"strides", Ints{kVoloStride, kVoloStride}},
            {"pads", Ints{1, 1, 1, 1}},
            {"group", channels}};
}

// x: [batch, H, W, C]. The weights of a window's pixels follow from its centre alone, without keys.
ValueId outlook_attention(Net& net, const Key& key, ValueId x, int64_t heads) {
    const int64_t height = net.dim(x, 1), width = net.dim(x, 2), channels = net.dim(x, 3),
                  size = channels / heads;
    const ValueId taps = window_taps(net, channels);
    const ValueId windows =
        net.b.add("conv", {net.channels_first(net.linear(key / "v", x, channels, false)), taps},
                  window_attrs(channels));
    const Size2 grid = net.size(windows);
    const int64_t places = grid.h * grid.w;
    const ValueId v =
        net.transpose(net.reshape(windows, {kBatch, heads, size, kTaps, places}), {0, 1, 4, 3, 2});
    const ValueId centres = net.avg_pool(net.channels_first(x),
                                         {.kernel = kVoloStride, .stride = kVoloStride, .ceil_mode = true});
    ValueId weights = net.linear(key / "attn", net.channels_last(centres), kTaps * kTaps * heads);
    weights = net.transpose(net.reshape(weights, {kBatch, places, heads, kTaps, kTaps}), {0, 2, 1, 3, 4});
    weights = net.softmax(net.mul(weights, 1 / std::sqrt(static_cast<double>(size))));
    const ValueId mixed =
        net.transpose(net.matmul(weights, v), {0, 1, 4, 3, 2});  // [batch, heads, size, taps, places]
    Attrs attrs = window_attrs(channels);
    attrs.set("output_padding", Ints{height - (2 * grid.h - 1), width - (2 * grid.w - 1)});
    const ValueId image =
        net.b.add("conv_transpose", {net.reshape(mixed, {kBatch, channels * kTaps, grid.h, grid.w}), taps},
                  std::move(attrs));
    return net.mark(key, net.linear(key / "proj", net.channels_last(image), channels));
}

ValueId feed_forward(Net& net, const Key& key, ValueId x, const VoloVariant& v) {
    return net.add(x, nn::mlp(net, key / "mlp", net.layer_norm(key / "norm2", x, kVoloEpsilon),
                              {.hidden = v.mlp_ratio * net.dim(x, -1)}));
}

ValueId outlooker(Net& net, const Key& key, ValueId x, const VoloVariant& v) {
    x = net.add(
        x, outlook_attention(net, key / "attn", net.layer_norm(key / "norm1", x, kVoloEpsilon), v.heads));
    return net.mark(key, feed_forward(net, key, x, v));
}

// x: [batch, L, C].
ValueId transformer(Net& net, const Key& key, ValueId x, const VoloVariant& v) {
    x = net.add(x, nn::attention(net, key / "attn", net.layer_norm(key / "norm1", x, kVoloEpsilon),
                                 {.heads = v.deep_heads}));
    return feed_forward(net, key, x, v);
}

// The class token, first of x, asks all tokens and goes through the MLP; the others stay.
ValueId class_block(Net& net, const Key& key, ValueId x, const VoloVariant& v) {
    const int64_t channels = net.dim(x, -1);
    const Key attn = key / "attn";
    const ValueId normed = net.layer_norm(key / "norm1", x, kVoloEpsilon);
    const auto kv = net.chunk(net.linear(attn / "kv", normed, 2 * channels, false), -1, 2);
    const ValueId q = nn::split_heads(
        net, net.linear(attn / "q", net.slice(normed, 1, 0, 1), channels, false), v.deep_heads);
    const ValueId y = net.attention(q, nn::split_heads(net, kv[0], v.deep_heads),
                                    nn::split_heads(net, kv[1], v.deep_heads));
    ValueId token = net.add(net.slice(x, 1, 0, 1),
                            net.mark(attn, net.linear(attn / "proj", nn::merge_heads(net, y), channels)));
    token = feed_forward(net, key, token, v);
    return net.mark(key, net.concat({token, net.slice(x, 1, 1, net.dim(x, 1))}, 1));
}

}  // namespace

ValueId volo(Net& net, std::string_view model, ValueId image) {
    const VoloVariant& v = variant(net, kVoloVariants, model);
    const Key network("network");
    ValueId x = net.channels_last(stem(net, image, v));
    for (int64_t i = 0; i < v.blocks[0]; ++i) x = outlooker(net, network / 0 / i, x, v);
    net.mark(network / 0, x);
    const int64_t width = 2 * v.width;
    x = net.channels_last(net.conv(network / 1 / "proj", net.channels_first(x),
                                   {.out = width, .kernel = 2, .stride = 2, .padding = 0, .bias = true}));
    const Size2 grid{net.dim(x, 1), net.dim(x, 2)};
    x = net.mark("pos_drop", net.add(x, nn::abs_pos_embed_nhwc(net, "pos_embed", grid, width)));
    x = net.reshape(x, {kBatch, grid.h * grid.w, width});
    for (int64_t stage = 1; stage < 4; ++stage)
        for (int64_t i = 0; i < v.blocks[static_cast<size_t>(stage)]; ++i)
            x = transformer(net, network / (stage + 1) / i, x, v);
    x = nn::prepend(net, net.param("cls_token", {1, 1, width}), x);
    for (int64_t i = 0; i < kVoloClassBlocks; ++i) x = class_block(net, Key("post_network") / i, x, v);
    x = net.layer_norm("norm", x, kVoloEpsilon);
    if (net.settings.features) return x;  // [batch, 1 + L, width]
    const ValueId classes = nn::classifier(net, "head", net.select(x, 1, 0));
    const ValueId of_patches = nn::classifier(net, "aux_head", net.slice(x, 1, 1, net.dim(x, 1)));
    return net.add(classes, net.mul(net.max(of_patches, {1}), 0.5));
}

}  // namespace lathe::zoo::timm
