// StarNet: Ma et al., "Rewrite the Stars", 2024. Two linear maps of the same features are multiplied.
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct StarnetVariant {
    std::string_view name;
    int64_t width;  // of the first stage; it doubles
    std::array<int, 4> depths;
    int64_t expand = 4;
};
constexpr StarnetVariant kStarnetVariants[] = {
    {"starnet_s1", 24, {2, 2, 8, 3}},      {"starnet_s2", 32, {1, 2, 6, 2}},
    {"starnet_s3", 32, {2, 2, 8, 4}},      {"starnet_s4", 32, {3, 3, 12, 5}},
    {"starnet_s050", 16, {1, 1, 3, 1}, 3}, {"starnet_s100", 20, {1, 2, 4, 1}, 4},
    {"starnet_s150", 24, {1, 2, 4, 2}, 3},
};
constexpr int64_t kStarnetStem = 32, kStarnetKernel = 7;

ValueId conv_bn(Net& net, const Key& key, ValueId x, nn::Conv conv, bool norm = true) {
    conv.bias = true;
    x = net.conv(key / "conv", x, conv);
    return net.mark(key, norm ? net.batch_norm(key / "bn", x) : x);
}

ValueId starnet_block(Net& net, const Key& key, ValueId x, int64_t expand) {
    const int64_t channels = net.channels(x);
    const nn::Conv depthwise{.out = channels, .kernel = kStarnetKernel, .groups = channels},
        wide{.out = expand * channels};
    ValueId y = conv_bn(net, key / "dwconv", x, depthwise);
    const ValueId a = conv_bn(net, key / "f1", y, wide, false), b = conv_bn(net, key / "f2", y, wide, false);
    y = conv_bn(net, key / "g", net.mul(net.act(a, Act::kRelu6), b), {.out = channels});
    return net.mark(key, net.add(x, conv_bn(net, key / "dwconv2", y, depthwise, false)));
}

}  // namespace

ValueId starnet(Net& net, std::string_view model, ValueId x) {
    const StarnetVariant& v = variant(net, kStarnetVariants, model);
    x = conv_bn(net, "stem.0", x, {.out = kStarnetStem, .kernel = 3, .stride = 2});
    x = net.mark("stem", net.act(x, Act::kRelu6));
    for (int i = 0; i < 4; ++i) {
        const Key stage = Key("stages") / i;
        x = conv_bn(net, stage / "0", x, {.out = v.width << i, .kernel = 3, .stride = 2});
        for (int j = 0; j < v.depths[static_cast<size_t>(i)]; ++j)
            x = starnet_block(net, stage / (j + 1), x, v.expand);
        net.mark(stage, x);
    }
    x = net.batch_norm("norm", x);
    return net.settings.features
               ? x
               : nn::classifier(net, "head", net.mark("global_pool", nn::global_pool(net, x)));
}

}  // namespace lathe::zoo::timm
