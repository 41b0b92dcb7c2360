// Inception v3: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2015.
#include "zoo/timm/inception_layers.h"

namespace lathe::zoo::timm {
namespace {

constexpr nn::Size2 kInceptionV3Wide{1, 7}, kTall{7, 1};

ValueId block_a(Net& net, const Key& key, ValueId x, int64_t pool_features) {
    const ValueId one = inception_row(net, key, x, {{"branch1x1", 64}});
    const ValueId five = inception_row(net, key, x, {{"branch5x5_1", 48}, {"branch5x5_2", 64, 5}});
    const ValueId three = inception_row(
        net, key, x, {{"branch3x3dbl_1", 64}, {"branch3x3dbl_2", 96, 3}, {"branch3x3dbl_3", 96, 3}});
    const ValueId pool = inception_row(net, key, average_3x3(net, x, true), {{"branch_pool", pool_features}});
    return net.mark(key, net.concat({one, five, three, pool}, 1));
}

ValueId block_b(Net& net, const Key& key, ValueId x) {
    const ValueId three = inception_row(net, key, x, {{"branch3x3", 384, 3, 2, InceptionConv::kValid}});
    const ValueId twice = inception_row(net, key, x,
                                        {{"branch3x3dbl_1", 64},
                                         {"branch3x3dbl_2", 96, 3},
                                         {"branch3x3dbl_3", 96, 3, 2, InceptionConv::kValid}});
    return net.mark(key, net.concat({three, twice, halve_by_max(net, x)}, 1));
}

ValueId block_c(Net& net, const Key& key, ValueId x, int64_t width) {
    const ValueId one = inception_row(net, key, x, {{"branch1x1", 192}});
    const ValueId seven = inception_row(
        net, key, x,
        {{"branch7x7_1", width}, {"branch7x7_2", width, kInceptionV3Wide}, {"branch7x7_3", 192, kTall}});
    const ValueId twice = inception_row(net, key, x,
                                        {{"branch7x7dbl_1", width},
                                         {"branch7x7dbl_2", width, kTall},
                                         {"branch7x7dbl_3", width, kInceptionV3Wide},
                                         {"branch7x7dbl_4", width, kTall},
                                         {"branch7x7dbl_5", 192, kInceptionV3Wide}});
    const ValueId pool = inception_row(net, key, average_3x3(net, x, true), {{"branch_pool", 192}});
    return net.mark(key, net.concat({one, seven, twice, pool}, 1));
}

ValueId block_d(Net& net, const Key& key, ValueId x) {
    const ValueId three =
        inception_row(net, key, x, {{"branch3x3_1", 192}, {"branch3x3_2", 320, 3, 2, InceptionConv::kValid}});
    const ValueId seven = inception_row(net, key, x,
                                        {{"branch7x7x3_1", 192},
                                         {"branch7x7x3_2", 192, kInceptionV3Wide},
                                         {"branch7x7x3_3", 192, kTall},
                                         {"branch7x7x3_4", 192, 3, 2, InceptionConv::kValid}});
    return net.mark(key, net.concat({three, seven, halve_by_max(net, x)}, 1));
}

ValueId block_e(Net& net, const Key& key, ValueId x) {
    const ValueId one = inception_row(net, key, x, {{"branch1x1", 320}});
    const ValueId three = inception_row(net, key, x, {{"branch3x3_1", 384}});
    const ValueId a = inception_row(net, key, three, {{"branch3x3_2a", 384, {1, 3}}});
    const ValueId b = inception_row(net, key, three, {{"branch3x3_2b", 384, {3, 1}}});
    const ValueId twice = inception_row(net, key, x, {{"branch3x3dbl_1", 448}, {"branch3x3dbl_2", 384, 3}});
    const ValueId c = inception_row(net, key, twice, {{"branch3x3dbl_3a", 384, {1, 3}}});
    const ValueId d = inception_row(net, key, twice, {{"branch3x3dbl_3b", 384, {3, 1}}});
    const ValueId pool = inception_row(net, key, average_3x3(net, x, true), {{"branch_pool", 192}});
    return net.mark(key, net.concat({one, a, b, c, d, pool}, 1));
}

// torchvision's checkpoints have a second classifier, for training only.
void auxiliary_head(Net& net) {
    const Key key = "AuxLogits";
    if (!net.has(key / "conv0" / "conv" / "weight")) return;
    const auto norm = [&](const Key& at, int64_t channels) {
        for (const char* name : {"weight", "bias"}) net.declare(at / name, {channels});
        for (const char* name : {"running_mean", "running_var"})
            net.declare(at / name, {channels}, DType::kF32, true);
        net.declare(at / "num_batches_tracked", {}, DType::kI64, true);
    };
    net.declare(key / "conv0" / "conv" / "weight", {128, 768, 1, 1});
    norm(key / "conv0" / "bn", 128);
    net.declare(key / "conv1" / "conv" / "weight", {768, 128, 5, 5});
    norm(key / "conv1" / "bn", 768);
    net.declare(key / "fc" / "weight", {net.settings.num_classes, 768});
    net.declare(key / "fc" / "bias", {net.settings.num_classes});
}

}  // namespace

ValueId inception_v3(Net& net, std::string_view, ValueId x) {
    constexpr auto kValid = InceptionConv::kValid;
    x = inception_row(
        net, {}, x,
        {{"Conv2d_1a_3x3", 32, 3, 2, kValid}, {"Conv2d_2a_3x3", 32, 3, 1, kValid}, {"Conv2d_2b_3x3", 64, 3}});
    x = halve_by_max(net, x);
    x = inception_row(net, {}, x, {{"Conv2d_3b_1x1", 80}, {"Conv2d_4a_3x3", 192, 3, 1, kValid}});
    x = halve_by_max(net, x);
    x = block_a(net, "Mixed_5b", x, 32);
    x = block_a(net, "Mixed_5c", x, 64);
    x = block_a(net, "Mixed_5d", x, 64);
    x = block_b(net, "Mixed_6a", x);
    x = block_c(net, "Mixed_6b", x, 128);
    x = block_c(net, "Mixed_6c", x, 160);
    x = block_c(net, "Mixed_6d", x, 160);
    x = block_c(net, "Mixed_6e", x, 192);
    auxiliary_head(net);
    x = block_d(net, "Mixed_7a", x);
    x = block_e(net, "Mixed_7b", x);
    x = block_e(net, "Mixed_7c", x);  // [batch, 2048, H/32, W/32]
    if (net.settings.features) return x;
    return nn::classifier(net, "fc", net.global_avg_pool(x));
}

}  // namespace lathe::zoo::timm
