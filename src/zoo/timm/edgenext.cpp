// EdgeNeXt: Maaz et al., "EdgeNeXt: Efficiently Amalgamated CNN-Transformer Architecture for Mobile Vision
// Applications", 2022.
#include "zoo/nn/cross_covariance.h"
#include "zoo/nn/mlp.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using Four = std::array<int64_t, 4>;

struct EdgenextVariant {
    std::string_view name;
    Four depths, widths;
    int64_t heads = 8;
    bool rw = false;  // an overlapping stem, blocks that stride, no biases of convolutions
};
constexpr EdgenextVariant kEdgenextVariants[] = {
    {"edgenext_xx_small", {2, 2, 6, 2}, {24, 48, 88, 168}, 4},
    {"edgenext_x_small", {3, 3, 9, 3}, {32, 64, 100, 192}, 4},
    {"edgenext_small", {3, 3, 9, 3}, {48, 96, 160, 304}},
    {"edgenext_base", {3, 3, 9, 3}, {80, 160, 288, 584}},
    {"edgenext_small_rw", {3, 3, 9, 3}, {48, 96, 192, 384}, 8, true},
};
constexpr Four kKernels = {3, 5, 7, 9}, kScales = {2, 2, 3, 4};
constexpr double kEdgenextEpsilon = 1e-6;

// The end of both blocks: norm, two layers and their scale over the channels of each pixel. x: [batch, H, W, C].
ValueId scaled_mlp(Net& net, const Key& key, ValueId x) {
    x = mlp(net, key / "mlp", net.layer_norm(key / "norm", x, kEdgenextEpsilon),
            {.hidden = 4 * net.dim(x, -1)});
    return net.channels_first(net.scale(key / "gamma", x));
}

ValueId conv_block(Net& net, const Key& key, ValueId x, int64_t out, int64_t kernel, int64_t stride,
                   bool bias) {
    const bool same = stride == 1 && net.channels(x) == out;
    const ValueId y =
        net.conv(key / "conv_dw", x,
                 {.out = out, .kernel = kernel, .stride = stride, .groups = net.channels(x), .bias = bias});
    return net.mark(key, net.add(same ? x : y, scaled_mlp(net, key, net.channels_last(y))));
}

// Depthwise convolutions from one part of the channels to the next, then attention among all channels.
ValueId split_block(Net& net, const Key& key, ValueId x, const EdgenextVariant& v, size_t stage) {
    const ValueId shortcut = x;
    const int64_t width = net.channels(x), scales = kScales[stage], part = (width + scales - 1) / scales;
    const nn::Size2 size = net.size(x);
    nn::Ints sizes(static_cast<size_t>(scales), part);
    sizes.back() = width - part * (scales - 1);
    std::vector<ValueId> parts = net.split(x, 1, sizes);
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
        const ValueId in = i > 0 ? net.add(parts[i - 1], parts[i]) : parts[i];
        parts[i] = net.conv(key / "convs" / static_cast<int64_t>(i), in,
                            {.out = part, .kernel = 3, .groups = part, .bias = !v.rw});
    }
    x = net.tokens(net.concat(std::move(parts), 1));
    if (stage == 1) {
        const ValueId waves = net.constant(key.text() + ".positions", nn::fourier_features(size));
        const Key embed = key / "pos_embd" / "token_projection";
        x = net.add(x, net.tokens(net.conv(embed, waves, {.out = width, .kernel = 1, .bias = true})));
    }
    const ValueId attended =
        cross_covariance(net, key / "xca", net.layer_norm(key / "norm_xca", x, kEdgenextEpsilon), v.heads);
    x = net.add(x, net.scale(key / "gamma_xca", attended));
    x = scaled_mlp(net, key, net.reshape(x, {nn::kBatch, size.h, size.w, width}));
    return net.mark(key, net.add(shortcut, x));
}

}  // namespace

ValueId edgenext(Net& net, std::string_view model, ValueId x) {
    const EdgenextVariant& v = variant(net, kEdgenextVariants, model);
    const bool bias = !v.rw;
    const nn::Conv patch{.out = v.widths[0], .kernel = 4, .stride = 4, .padding = 0, .bias = true};
    const nn::Conv overlapping{.out = v.widths[0], .kernel = 9, .stride = 4, .padding = 4};
    x = net.layer_norm_2d("stem.1", net.conv("stem.0", x, v.rw ? overlapping : patch), kEdgenextEpsilon);
    for (size_t stage = 0; stage < 4; ++stage) {
        const Key key = Key("stages") / static_cast<int64_t>(stage);
        const int64_t out = v.widths[stage], global = stage > 0 ? 1 : 0;  // blocks with attention, at the end
        if (stage > 0 && !v.rw) {
            const Key down = key / "downsample";
            x = net.layer_norm_2d(down / 0, x, kEdgenextEpsilon);
            x = net.mark(down, net.conv(down / 1, x,
                                        {.out = out, .kernel = 2, .stride = 2, .padding = 0, .bias = true}));
        }
        for (int64_t i = 0; i < v.depths[stage]; ++i) {
            const Key at = key / "blocks" / i;
            const int64_t stride = v.rw && stage > 0 && i == 0 ? 2 : 1;
            x = i < v.depths[stage] - global ? conv_block(net, at, x, out, kKernels[stage], stride, bias)
                                             : split_block(net, at, x, v, stage);
        }
        net.mark(key, x);
    }
    if (net.settings.features) return x;
    return nn::norm_mlp_head(net, "head", x, kEdgenextEpsilon);
}

}  // namespace lathe::zoo::timm
