// TinyViT: Wu et al., "TinyViT: Fast Pretraining Distillation for Small Vision Transformers", 2022.
#include "zoo/nn/offset_bias.h"
#include "zoo/nn/rel_pos.h"
#include "zoo/nn/window.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using Four = std::array<int64_t, 4>;

struct TinyVitVariant {
    std::string_view name;
    Four widths, heads, windows;
};
constexpr Four kTinyVitDepths = {2, 2, 6, 2};
constexpr TinyVitVariant kTinyVitVariants[] = {
    {"tiny_vit_5m_224", {64, 128, 160, 320}, {2, 4, 5, 10}, {7, 7, 14, 7}},
    {"tiny_vit_11m_224", {64, 128, 256, 448}, {2, 4, 8, 14}, {7, 7, 14, 7}},
    {"tiny_vit_21m_224", {96, 192, 384, 576}, {3, 6, 12, 18}, {7, 7, 14, 7}},
    {"tiny_vit_21m_384", {96, 192, 384, 576}, {3, 6, 12, 18}, {12, 12, 24, 12}},
    {"tiny_vit_21m_512", {96, 192, 384, 576}, {3, 6, 12, 18}, {16, 16, 32, 16}},
};
constexpr double kTinyVitEpsilon = 1e-5;

ValueId tiny_vit_conv_norm(Net& net, const Key& key, ValueId x, const nn::Conv& conv, Act act = Act::kNone) {
    return net.mark(key, net.act(net.batch_norm(key / "bn", net.conv(key / "conv", x, conv)), act));
}

// Three convolutions, the middle one depthwise.
ValueId bottleneck(Net& net, const Key& key, ValueId x, int64_t inner, int64_t out, int64_t stride) {
    x = tiny_vit_conv_norm(net, key / "conv1", x, {.out = inner, .kernel = 1}, Act::kGelu);
    x = tiny_vit_conv_norm(net, key / "conv2", x,
                           {.out = inner, .kernel = 3, .stride = stride, .padding = 1, .groups = inner},
                           Act::kGelu);
    return tiny_vit_conv_norm(net, key / "conv3", x, {.out = out, .kernel = 1});
}

// x: [batch, windows, L, C]. Each head's query, key and value lie together.
ValueId attention(Net& net, const Key& key, ValueId x, int64_t heads, int64_t window) {
    const int64_t width = net.dim(x, -1), size = width / heads, windows = net.dim(x, 1),
                  length = net.dim(x, 2);
    const ValueId qkv = net.linear(key / "qkv", net.layer_norm(key / "norm", x, kTinyVitEpsilon), 3 * width);
    const auto parts = net.chunk(net.reshape(qkv, {nn::kBatch, windows, length, heads, 3 * size}), 4, 3);
    const auto heads_first = [&](ValueId v) { return net.transpose(v, {0, 1, 3, 2, 4}); };
    const ValueId table = net.param(key / "attention_biases", {heads, window * window});
    const ValueId bias = gather_bias_heads_first(net, table, nn::offset_index(window));
    const ValueId y =
        window_attention(net, heads_first(parts[0]), heads_first(parts[1]), heads_first(parts[2]), bias);
    return net.mark(key, net.linear(key / "proj", y, width));
}

ValueId tiny_vit_mlp(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.dim(x, -1);
    x = net.linear(key / "fc1", net.layer_norm(key / "norm", x, kTinyVitEpsilon), 4 * width);
    return net.mark(key, net.linear(key / "fc2", net.act(x, Act::kGelu), width));
}

// x: [batch, H, W, C].
ValueId block(Net& net, const Key& key, ValueId x, int64_t heads, int64_t window) {
    const nn::Size2 size{net.dim(x, 1), net.dim(x, 2)};
    const int64_t width = net.dim(x, -1);
    const ValueId padded = padded_to_windows(net, x, window);
    const nn::Size2 whole{net.dim(padded, 1), net.dim(padded, 2)};
    const ValueId attended =
        attention(net, key / "attn", window_partition(net, padded, window), heads, window);
    x = net.add(x, cropped(net, window_reverse(net, attended, window, whole), size));
    x = net.channels_last(tiny_vit_conv_norm(net, key / "local_conv", net.channels_first(x),
                                             {.out = width, .kernel = 3, .padding = 1, .groups = width}));
    return net.mark(key, net.add(x, tiny_vit_mlp(net, key / "mlp", x)));
}

}  // namespace

ValueId tiny_vit(Net& net, std::string_view model, ValueId x) {
    const TinyVitVariant& v = variant(net, kTinyVitVariants, model);
    const Key embed = "patch_embed";
    x = tiny_vit_conv_norm(net, embed / "conv1", x,
                           {.out = v.widths[0] / 2, .kernel = 3, .stride = 2, .padding = 1}, Act::kGelu);
    x = net.mark(embed, tiny_vit_conv_norm(net, embed / "conv2", x,
                                           {.out = v.widths[0], .kernel = 3, .stride = 2, .padding = 1}));
    for (size_t stage = 0; stage < 4; ++stage) {
        const Key key = Key("stages") / static_cast<int64_t>(stage);
        const int64_t width = v.widths[stage];
        if (stage > 0)
            x = net.channels_last(
                net.mark(key / "downsample", bottleneck(net, key / "downsample", x, width, width, 2)));
        for (int64_t i = 0; i < kTinyVitDepths[stage]; ++i) {
            const Key at = key / "blocks" / i;
            if (stage > 0) x = block(net, at, x, v.heads[stage], v.windows[stage]);
            else
                x = net.mark(at,
                             net.act(net.add(bottleneck(net, at, x, 4 * width, width, 1), x), Act::kGelu));
        }
        if (stage > 0) x = net.channels_first(x);
        net.mark(key, x);
    }
    if (net.settings.features) return x;
    return nn::norm_mlp_head(net, "head", x, kTinyVitEpsilon);
}

}  // namespace lathe::zoo::timm
