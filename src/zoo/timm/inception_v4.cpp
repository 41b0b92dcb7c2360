// Inception v4: Szegedy et al., "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning", 2016.
#include "zoo/timm/inception_layers.h"

namespace lathe::zoo::timm {
namespace {

constexpr nn::Size2 kInceptionV4Wide{1, 7}, kInceptionV4Tall{7, 1};
constexpr auto kInceptionV4Valid = InceptionConv::kValid;

// The pool is module 0 of its row, the convolution module 1.
ValueId pooled_row(Net& net, const Key& key, ValueId x, int64_t out) {
    return inception_row(net, key, average_3x3(net, x, false), {{"", out}}, 1);
}

ValueId mixed_4a(Net& net, const Key& key, ValueId x) {
    const ValueId a = inception_row(net, key / "branch0", x, {{"", 64}, {"", 96, 3, 1, kInceptionV4Valid}});
    const ValueId b = inception_row(net, key / "branch1", x,
                                    {{"", 64},
                                     {"", 64, kInceptionV4Wide},
                                     {"", 64, kInceptionV4Tall},
                                     {"", 96, 3, 1, kInceptionV4Valid}});
    return net.mark(key, net.concat({a, b}, 1));
}

ValueId block_a(Net& net, const Key& key, ValueId x) {
    const ValueId a = inception_row(net, key, x, {{"branch0", 96}});
    const ValueId b = inception_row(net, key / "branch1", x, {{"", 64}, {"", 96, 3}});
    const ValueId c = inception_row(net, key / "branch2", x, {{"", 64}, {"", 96, 3}, {"", 96, 3}});
    return net.mark(key, net.concat({a, b, c, pooled_row(net, key / "branch3", x, 96)}, 1));
}

ValueId reduction_a(Net& net, const Key& key, ValueId x) {
    const ValueId a = inception_row(net, key, x, {{"branch0", 384, 3, 2, kInceptionV4Valid}});
    const ValueId b =
        inception_row(net, key / "branch1", x, {{"", 192}, {"", 224, 3}, {"", 256, 3, 2, kInceptionV4Valid}});
    return net.mark(key, net.concat({a, b, halve_by_max(net, x)}, 1));
}

ValueId inception_v4_block_b(Net& net, const Key& key, ValueId x) {
    const ValueId a = inception_row(net, key, x, {{"branch0", 384}});
    const ValueId b = inception_row(net, key / "branch1", x,
                                    {{"", 192}, {"", 224, kInceptionV4Wide}, {"", 256, kInceptionV4Tall}});
    const ValueId c = inception_row(net, key / "branch2", x,
                                    {{"", 192},
                                     {"", 192, kInceptionV4Tall},
                                     {"", 224, kInceptionV4Wide},
                                     {"", 224, kInceptionV4Tall},
                                     {"", 256, kInceptionV4Wide}});
    return net.mark(key, net.concat({a, b, c, pooled_row(net, key / "branch3", x, 128)}, 1));
}

ValueId reduction_b(Net& net, const Key& key, ValueId x) {
    const ValueId a = inception_row(net, key / "branch0", x, {{"", 192}, {"", 192, 3, 2, kInceptionV4Valid}});
    const ValueId b = inception_row(net, key / "branch1", x,
                                    {{"", 256},
                                     {"", 256, kInceptionV4Wide},
                                     {"", 320, kInceptionV4Tall},
                                     {"", 320, 3, 2, kInceptionV4Valid}});
    return net.mark(key, net.concat({a, b, halve_by_max(net, x)}, 1));
}

ValueId block_c(Net& net, const Key& key, ValueId x) {
    const ValueId a = inception_row(net, key, x, {{"branch0", 256}});
    const ValueId b = inception_row(net, key, x, {{"branch1_0", 384}});
    const ValueId b1 = inception_row(net, key, b, {{"branch1_1a", 256, {1, 3}}});
    const ValueId b2 = inception_row(net, key, b, {{"branch1_1b", 256, {3, 1}}});
    const ValueId c = inception_row(
        net, key, x, {{"branch2_0", 384}, {"branch2_1", 448, {3, 1}}, {"branch2_2", 512, {1, 3}}});
    const ValueId c1 = inception_row(net, key, c, {{"branch2_3a", 256, {1, 3}}});
    const ValueId c2 = inception_row(net, key, c, {{"branch2_3b", 256, {3, 1}}});
    return net.mark(key, net.concat({a, b1, b2, c1, c2, pooled_row(net, key / "branch3", x, 256)}, 1));
}

}  // namespace

ValueId inception_v4(Net& net, std::string_view, ValueId x) {
    const Key features = "features";
    x = inception_row(net, features, x,
                      {{"", 32, 3, 2, kInceptionV4Valid}, {"", 32, 3, 1, kInceptionV4Valid}, {"", 64, 3}});
    const ValueId mixed_3a = inception_row(net, features / 3, x, {{"conv", 96, 3, 2, kInceptionV4Valid}});
    x = net.mark(features / 3, net.concat({halve_by_max(net, x), mixed_3a}, 1));  // 160 channels
    x = mixed_4a(net, features / 4, x);
    const ValueId mixed_5a = inception_row(net, features / 5, x, {{"conv", 192, 3, 2, kInceptionV4Valid}});
    x = net.mark(features / 5, net.concat({mixed_5a, halve_by_max(net, x)}, 1));  // 384 channels
    int64_t block = 6;
    for (int i = 0; i < 4; ++i) x = block_a(net, features / block++, x);
    x = reduction_a(net, features / block++, x);  // 1024 channels
    for (int i = 0; i < 7; ++i) x = inception_v4_block_b(net, features / block++, x);
    x = reduction_b(net, features / block++, x);  // 1536 channels
    for (int i = 0; i < 3; ++i) x = block_c(net, features / block++, x);
    if (net.settings.features) return x;
    return nn::classifier(net, "last_linear", net.global_avg_pool(x));
}

}  // namespace lathe::zoo::timm
