// RepViT: Wang et al., "RepViT: Revisiting Mobile CNN From ViT Perspective", 2023.
#include "zoo/nn/fusible.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct RepvitVariant {
    std::string_view name;
    int64_t width;  // of the first stage; it doubles
    std::array<int, 4> depths;
    bool legacy = false;  // norms in the branches, not after their sum
};
constexpr RepvitVariant kRepvitVariants[] = {
    {"repvit_m1", 48, {2, 2, 14, 2}, true}, {"repvit_m2", 64, {2, 2, 12, 2}, true},
    {"repvit_m3", 64, {4, 4, 18, 2}, true}, {"repvit_m0_9", 48, {2, 2, 14, 2}},
    {"repvit_m1_0", 56, {2, 2, 14, 2}},     {"repvit_m1_1", 64, {2, 2, 12, 2}},
    {"repvit_m1_5", 64, {4, 4, 24, 4}},     {"repvit_m2_3", 80, {6, 6, 34, 2}},
};

// Depthwise 3 x 3, depthwise 1 x 1 and x itself, summed; or one convolution, into which they were fused.
ValueId token_mixer(Net& net, const Key& key, ValueId x, bool legacy) {
    const int64_t channels = net.channels(x);
    const nn::Conv wide{.out = channels, .kernel = 3, .groups = channels, .bias = true};
    if (nn::is_fused(net, key)) return net.conv(key, x, wide);
    nn::Conv branch = wide, point{.out = channels, .groups = channels, .bias = !legacy};
    branch.bias = false;
    const ValueId a = nn::fusible_conv(net, key / "conv", x, branch);
    const ValueId b =
        legacy ? nn::fusible_conv(net, key / "conv1", x, point) : net.conv(key / "conv1", x, point);
    const ValueId y = net.add(net.add(a, b), x);
    return net.mark(key, legacy ? y : net.batch_norm(key / "bn", y));
}

ValueId with_mlp(Net& net, const Key& key, ValueId x) {
    const int64_t channels = net.channels(x);
    const ValueId hidden =
        net.act(nn::fusible_conv(net, key / "conv1", x, {.out = 2 * channels}), Act::kGelu);
    return net.add(x, net.mark(key, nn::fusible_conv(net, key / "conv2", hidden, {.out = channels})));
}

ValueId block(Net& net, const Key& key, ValueId x, bool squeeze, bool legacy) {
    x = token_mixer(net, key / "token_mixer", x, legacy);
    if (squeeze) x = nn::squeeze_excite(net, key / "se", x, {.ratio = 0.25});
    return net.mark(key, with_mlp(net, key / "channel_mixer", x));
}

ValueId repvit_downsample(Net& net, const Key& key, ValueId x, int64_t out, bool legacy) {
    const int64_t in = net.channels(x);
    x = block(net, key / "pre_block", x, false, legacy);
    x = nn::fusible_conv(net, key / "spatial_downsample", x,
                         {.out = in, .kernel = 3, .stride = 2, .groups = in});
    x = nn::fusible_conv(net, key / "channel_downsample", x, {.out = out});
    return net.mark(key, with_mlp(net, key / "ffn", x));
}

// The mean of two classifiers, the second of which was taught by another network; fused they are one.
ValueId classifiers(Net& net, const Key& key, ValueId x) {
    const int64_t classes = net.settings.num_classes;
    if (classes == 0) return x;
    if (nn::is_fused(net, key)) return net.linear(key, x, classes);
    const ValueId taught = nn::fusible_linear(net, key / "head", x, classes);
    const ValueId distilled = nn::fusible_linear(net, key / "head_dist", x, classes);
    return net.mark(key, net.mul(net.add(taught, distilled), 0.5));
}

}  // namespace

ValueId repvit(Net& net, std::string_view model, ValueId x) {
    const RepvitVariant& v = variant(net, kRepvitVariants, model);
    x = nn::fusible_conv(net, "stem.conv1", x, {.out = v.width / 2, .kernel = 3, .stride = 2, .padding = 1});
    x = nn::fusible_conv(net, "stem.conv2", net.act(x, Act::kGelu),
                         {.out = v.width, .kernel = 3, .stride = 2, .padding = 1});
    net.mark("stem", x);
    for (int i = 0; i < 4; ++i) {
        const Key stage = Key("stages") / i;
        if (i > 0) x = repvit_downsample(net, stage / "downsample", x, v.width << i, v.legacy);
        for (int j = 0; j < v.depths[static_cast<size_t>(i)]; ++j)
            x = block(net, stage / "blocks" / j, x, j % 2 == 0, v.legacy);
        net.mark(stage, x);
    }
    return net.settings.features ? x : classifiers(net, "head", net.global_avg_pool(x));
}

}  // namespace lathe::zoo::timm
