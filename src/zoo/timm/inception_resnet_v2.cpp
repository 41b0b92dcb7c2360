// Inception-ResNet v2: Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
// Learning", 2016.
#include "zoo/timm/inception_layers.h"

namespace lathe::zoo::timm {
namespace {

constexpr auto kValid = InceptionConv::kValid;

// The joined branches, projected to the channels of x and scaled, are added to x.
ValueId residual(Net& net, const Key& key, ValueId x, std::vector<ValueId> branches, double scale,
                 bool relu = true) {
    const ValueId up = net.conv(key / "conv2d", net.concat(std::move(branches), 1),
                                {.out = net.channels(x), .kernel = 1, .bias = true});
    const ValueId sum = net.add(net.mul(up, scale), x);
    return net.mark(key, relu ? net.act(sum, nn::Act::kRelu) : sum);
}

ValueId mixed_5b(Net& net, const Key& key, ValueId x) {
    const ValueId a = inception_row(net, key, x, {{"branch0", 96}});
    const ValueId b = inception_row(net, key / "branch1", x, {{"", 48}, {"", 64, 5}});
    const ValueId c = inception_row(net, key / "branch2", x, {{"", 64}, {"", 96, 3}, {"", 96, 3}});
    const ValueId d = inception_row(net, key / "branch3", average_3x3(net, x, false), {{"", 64}}, 1);
    return net.mark(key, net.concat({a, b, c, d}, 1));
}

ValueId block35(Net& net, const Key& key, ValueId x) {
    const ValueId a = inception_row(net, key, x, {{"branch0", 32}});
    const ValueId b = inception_row(net, key / "branch1", x, {{"", 32}, {"", 32, 3}});
    const ValueId c = inception_row(net, key / "branch2", x, {{"", 32}, {"", 48, 3}, {"", 64, 3}});
    return residual(net, key, x, {a, b, c}, 0.17);
}

ValueId mixed_6a(Net& net, const Key& key, ValueId x) {
    const ValueId a = inception_row(net, key, x, {{"branch0", 384, 3, 2, kValid}});
    const ValueId b =
        inception_row(net, key / "branch1", x, {{"", 256}, {"", 256, 3}, {"", 384, 3, 2, kValid}});
    return net.mark(key, net.concat({a, b, halve_by_max(net, x)}, 1));
}

ValueId block17(Net& net, const Key& key, ValueId x) {
    const ValueId a = inception_row(net, key, x, {{"branch0", 192}});
    const ValueId b =
        inception_row(net, key / "branch1", x, {{"", 128}, {"", 160, {1, 7}}, {"", 192, {7, 1}}});
    return residual(net, key, x, {a, b}, 0.1);
}

ValueId mixed_7a(Net& net, const Key& key, ValueId x) {
    const ValueId a = inception_row(net, key / "branch0", x, {{"", 256}, {"", 384, 3, 2, kValid}});
    const ValueId b = inception_row(net, key / "branch1", x, {{"", 256}, {"", 288, 3, 2, kValid}});
    const ValueId c =
        inception_row(net, key / "branch2", x, {{"", 256}, {"", 288, 3}, {"", 320, 3, 2, kValid}});
    return net.mark(key, net.concat({a, b, c, halve_by_max(net, x)}, 1));
}

ValueId block8(Net& net, const Key& key, ValueId x, bool last) {
    const ValueId a = inception_row(net, key, x, {{"branch0", 192}});
    const ValueId b =
        inception_row(net, key / "branch1", x, {{"", 192}, {"", 224, {1, 3}}, {"", 256, {3, 1}}});
    return residual(net, key, x, {a, b}, last ? 1.0 : 0.2, !last);
}

}  // namespace

ValueId inception_resnet_v2(Net& net, std::string_view, ValueId x) {
    x = inception_row(
        net, {}, x, {{"conv2d_1a", 32, 3, 2, kValid}, {"conv2d_2a", 32, 3, 1, kValid}, {"conv2d_2b", 64, 3}});
    x = halve_by_max(net, x);
    x = inception_row(net, {}, x, {{"conv2d_3b", 80}, {"conv2d_4a", 192, 3, 1, kValid}});
    x = mixed_5b(net, "mixed_5b", halve_by_max(net, x));  // 320 channels
    for (int64_t i = 0; i < 10; ++i) x = block35(net, Key("repeat") / i, x);
    x = mixed_6a(net, "mixed_6a", x);  // 1088 channels
    for (int64_t i = 0; i < 20; ++i) x = block17(net, Key("repeat_1") / i, x);
    x = mixed_7a(net, "mixed_7a", x);  // 2080 channels
    for (int64_t i = 0; i < 9; ++i) x = block8(net, Key("repeat_2") / i, x, false);
    x = block8(net, "block8", x, true);
    x = inception_row(net, {}, x, {{"conv2d_7b", 1536}});
    if (net.settings.features) return x;
    return nn::classifier(net, "classif", net.global_avg_pool(x));
}

}  // namespace lathe::zoo::timm
