// TResNet: Ridnik et al., "TResNet: High Performance GPU-Dedicated Architecture", 2020.
#include "zoo/nn/conv_norm_act.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::conv_norm_act;

struct TresnetVariant {
    std::string_view name;
    std::array<int, 4> layers;
    int64_t width;
    bool second = false;  // version 2: bottlenecks in all stages
};

constexpr TresnetVariant kTresnetVariants[] = {
    {"tresnet_m", {3, 4, 11, 3}, 64},
    {"tresnet_l", {4, 5, 18, 3}, 76},
    {"tresnet_xl", {4, 5, 24, 3}, 83},
    {"tresnet_v2_l", {3, 4, 23, 3}, 64, true},
};
constexpr int64_t kTresnetPatch = 4, kTresnetExpansion = 4;
constexpr double kSlope = 1e-3;  // of the leaky activations in blocks

// key.conv, key.bn, and what strides after the activation.
ValueId leaky_conv(Net& net, const Key& key, ValueId x, int64_t out, int64_t kernel, int64_t stride = 1) {
    x = conv_norm_act(net, key, x, {.out = out, .kernel = kernel}, Act::kNone);
    x = net.b.add("leaky_relu", {x}, {{"alpha", kSlope}});
    return net.mark(key, stride > 1 ? anti_alias(net, key / "aa", x, nn::AntiAlias::kBlur, stride) : x);
}

ValueId projection(Net& net, const Key& key, ValueId x, int64_t out, int64_t stride) {
    if (stride > 1)
        x = net.avg_pool(x, {.kernel = 2, .stride = 2, .ceil_mode = true, .count_include_pad = false});
    return net.mark(key, conv_norm_act(net, key / (stride > 1 ? 1 : 0), x, {.out = out}, Act::kNone));
}

ValueId block(Net& net, const Key& key, ValueId x, int64_t planes, int64_t stride, bool basic, bool attends) {
    const int64_t out = basic ? planes : planes * kTresnetExpansion;
    const ValueId shortcut =
        stride > 1 || net.channels(x) != out ? projection(net, key / "downsample", x, out, stride) : x;
    ValueId y = leaky_conv(net, key / "conv1", x, planes, basic ? 3 : 1, basic ? stride : 1);
    const auto attended = [&](ValueId at, int64_t reduced) {
        return attends ? squeeze_excite(net, key / "se", at, {.reduced = std::max<int64_t>(reduced, 64)})
                       : at;
    };
    if (basic) {
        y = attended(conv_norm_act(net, key / "conv2", y, {.out = out, .kernel = 3}, Act::kNone), out / 4);
    } else {
        y = attended(leaky_conv(net, key / "conv2", y, planes, 3, stride), out / 8);
        y = conv_norm_act(net, key / "conv3", y, {.out = out}, Act::kNone);
    }
    return net.mark(key, net.act(net.add(y, shortcut), Act::kRelu));
}

}  // namespace

ValueId tresnet(Net& net, std::string_view model, ValueId x) {
    const TresnetVariant& v = variant(net, kTresnetVariants, model);
    if (net.settings.height % kTresnetPatch != 0 || net.settings.width % kTresnetPatch != 0)
        net.fail_with(format("TResNet takes images whose sides are multiples of 4, not {} x {}",
                             net.settings.height, net.settings.width));
    const Key body = "body";
    x = net.mark(body / "s2d",
                 net.b.add("space_to_depth", {x}, {{"blocksize", kTresnetPatch}}));  // [batch, 48, H/4, W/4]
    x = conv_norm_act(net, body / "conv1", x, {.out = v.width, .kernel = 3}, Act::kLeakyRelu);
    for (size_t stage = 0; stage < 4; ++stage) {
        const Key key = body / format("layer{}", stage + 1);
        for (int i = 0; i < v.layers[stage]; ++i)
            x = block(net, key / i, x, v.width << stage, i == 0 && stage > 0 ? 2 : 1, stage < 2 && !v.second,
                      stage < 3);
        net.mark(key, x);
    }
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::classifier_head(net, "head", x);
}

}  // namespace lathe::zoo::timm
