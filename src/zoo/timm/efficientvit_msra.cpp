// EfficientViT: Liu et al., "EfficientViT: Memory Efficient Vision Transformer with Cascaded Group Attention", 2023. Each
// head attends to its share of the channels, to which the head before adds what it found.
#include "zoo/nn/conv_norm_act.h"
#include "zoo/nn/head.h"
#include "zoo/nn/offset_bias.h"
#include "zoo/nn/rel_pos.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/nn/window.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::kBatch;
using nn::Size2;
using Three = std::array<int64_t, 3>;

struct EfficientvitMsraVariant {
    std::string_view name;
    Three widths, depths, heads;
    std::array<int64_t, 4> kernels;  // of the heads' convolutions of queries
};
constexpr std::array<int64_t, 4> kFives{5, 5, 5, 5}, kFalling{7, 5, 3, 3};
constexpr EfficientvitMsraVariant kEfficientvitMsraVariants[] = {
    {"efficientvit_m0", {64, 128, 192}, {1, 2, 3}, {4, 4, 4}, kFives},
    {"efficientvit_m1", {128, 144, 192}, {1, 2, 3}, {2, 3, 3}, kFalling},
    {"efficientvit_m2", {128, 192, 224}, {1, 2, 3}, {4, 3, 2}, kFalling},
    {"efficientvit_m3", {128, 240, 320}, {1, 2, 3}, {4, 3, 4}, kFives},
    {"efficientvit_m4", {128, 256, 384}, {1, 2, 3}, {4, 4, 4}, kFalling},
    {"efficientvit_m5", {192, 288, 384}, {1, 3, 4}, {3, 3, 4}, kFalling},
};
constexpr int64_t kEfficientvitMsraKeySize = 16, kWindow = 7;

ValueId conv_norm(Net& net, const Key& key, ValueId x, const nn::Conv& conv, Act act = Act::kNone) {
    return nn::conv_norm_act(net, key, x, conv, act);
}
ValueId depthwise(Net& net, const Key& key, ValueId x, int64_t kernel) {
    const int64_t width = net.channels(x);
    return conv_norm(net, key, x, {.out = width, .kernel = kernel, .padding = kernel / 2, .groups = width});
}

ValueId local_residual(Net& net, const Key& key, ValueId x) {
    return net.mark(key, net.add(x, depthwise(net, key / "m", x, 3)));
}
ValueId mlp_residual(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.channels(x);
    const Key mlp = key / "m";
    const ValueId y = conv_norm(net, mlp / "pw1", x, {.out = 2 * width}, Act::kRelu);
    return net.mark(key, net.add(x, conv_norm(net, mlp / "pw2", y, {.out = width})));
}

// One head: x and the result are [batch, size, H, W]; bias: [1, 1, L, L].
ValueId head(Net& net, const Key& qkv_key, const Key& dw_key, ValueId x, int64_t kernel, ValueId bias) {
    const int64_t value_size = net.channels(x);
    const Size2 map = net.size(x);
    const ValueId qkv = conv_norm(net, qkv_key, x, {.out = 2 * kEfficientvitMsraKeySize + value_size});
    const auto parts = net.split(qkv, 1, {kEfficientvitMsraKeySize, kEfficientvitMsraKeySize, value_size});
    const auto tokens = [&](ValueId part) { return net.unsqueeze(net.tokens(part), {1}); };
    const ValueId q = depthwise(net, dw_key, parts[0], kernel);
    const ValueId y = net.attention(tokens(q), tokens(parts[1]), tokens(parts[2]), bias);
    return net.image(net.squeeze(y, {1}), map);
}

// x: [batch, C, H, W], attended to as one window.
ValueId cascaded_attention(Net& net, const Key& key, ValueId x, int64_t heads,
                           const EfficientvitMsraVariant& v) {
    const int64_t width = net.channels(x);
    const Size2 map = net.size(x);
    const ValueId table = net.param(key / "attention_biases", {heads, map.h * map.w});
    const ValueId biases = nn::gather_bias_heads_first(net, table, nn::offset_index(map));
    const std::vector<ValueId> shares = net.chunk(x, 1, heads);
    std::vector<ValueId> found;
    for (int64_t i = 0; i < heads; ++i) {
        const auto at = static_cast<size_t>(i);
        const ValueId given = i == 0 ? shares[at] : net.add(found.back(), shares[at]);
        found.push_back(head(net, key / "qkvs" / i, key / "dws" / i, given, v.kernels[at],
                             net.slice(biases, 1, i, i + 1)));
    }
    const ValueId y = net.act(net.concat(std::move(found), 1), Act::kRelu);
    return net.mark(key, conv_norm(net, key / "proj" / 1, y, {.out = width}));
}

ValueId window_attention(Net& net, const Key& key, ValueId x, int64_t heads,
                         const EfficientvitMsraVariant& v) {
    const Size2 size = net.size(x);
    const int64_t width = net.channels(x);
    if (size.h <= kWindow && size.w <= kWindow) return cascaded_attention(net, key / "attn", x, heads, v);
    ValueId y = nn::padded_to_windows(net, net.channels_last(x), kWindow);
    const Size2 padded{net.dim(y, 1), net.dim(y, 2)};
    const int64_t windows = padded.h / kWindow * (padded.w / kWindow);
    y = net.reshape(nn::window_partition(net, y, kWindow), {-1, kWindow, kWindow, width});
    y = net.channels_last(cascaded_attention(net, key / "attn", net.channels_first(y), heads, v));
    y = net.reshape(y, {net.batch(x), windows, kWindow * kWindow, width});
    y = nn::cropped(net, nn::window_reverse(net, y, kWindow, padded), size);
    return net.mark(key, net.channels_first(y));
}

ValueId block(Net& net, const Key& key, ValueId x, int64_t heads, const EfficientvitMsraVariant& v) {
    x = mlp_residual(net, key / "ffn0", local_residual(net, key / "dw0", x));
    const Key mixer = key / "mixer";
    x = net.mark(mixer, net.add(x, window_attention(net, mixer / "m", x, heads, v)));
    return net.mark(key, mlp_residual(net, key / "ffn1", local_residual(net, key / "dw1", x)));
}

ValueId patch_merging(Net& net, const Key& key, ValueId x, int64_t out) {
    const int64_t hidden = 4 * net.channels(x);
    x = conv_norm(net, key / "conv1", x, {.out = hidden}, Act::kRelu);
    const nn::Conv strided{.out = hidden, .kernel = 3, .stride = 2, .padding = 1, .groups = hidden};
    x = conv_norm(net, key / "conv2", x, strided, Act::kRelu);
    x = nn::squeeze_excite(net, key / "se", x, {.ratio = 0.25});
    return net.mark(key, conv_norm(net, key / "conv3", x, {.out = out}));
}

ValueId downsample(Net& net, const Key& key, ValueId x, int64_t out) {
    x = mlp_residual(net, key / "res1" / 1, local_residual(net, key / "res1" / 0, x));
    x = patch_merging(net, key / "patchmerge", x, out);
    return net.mark(key, mlp_residual(net, key / "res2" / 1, local_residual(net, key / "res2" / 0, x)));
}

ValueId patch_embed(Net& net, const Key& key, ValueId x, int64_t width) {
    for (int64_t i = 1; i <= 4; ++i) {
        const nn::Conv conv{.out = width * (1 << i) / 16, .kernel = 3, .stride = 2, .padding = 1};
        x = conv_norm(net, key / ("conv" + std::to_string(i)), x, conv, i < 4 ? Act::kRelu : Act::kNone);
    }
    return net.mark(key, x);
}

}  // namespace

ValueId efficientvit_msra(Net& net, std::string_view model, ValueId x) {
    const EfficientvitMsraVariant& v = variant(net, kEfficientvitMsraVariants, model);
    x = patch_embed(net, "patch_embed", x, v.widths[0]);
    for (size_t s = 0; s < 3; ++s) {
        const Key stage = Key("stages") / s;
        if (s > 0) x = downsample(net, stage / "downsample", x, v.widths[s]);
        for (int64_t i = 0; i < v.depths[s]; ++i) x = block(net, stage / "blocks" / i, x, v.heads[s], v);
        net.mark(stage, x);
    }
    if (net.settings.features) return x;
    x = nn::global_pool(net, x);
    if (net.settings.num_classes == 0) return x;
    return net.mark("head", nn::classifier(net, "head.linear", net.batch_norm("head.bn", x)));
}

}  // namespace lathe::zoo::timm
