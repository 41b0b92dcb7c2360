// VGG: Simonyan & Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2014.
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

struct VggVariant {
    std::string_view name;
    std::array<int, 5> convs;  // of each stage
    bool norm = false;
};

constexpr VggVariant kVggVariants[] = {
    {"vgg11", {1, 1, 2, 2, 2}}, {"vgg11_bn", {1, 1, 2, 2, 2}, true},
    {"vgg13", {2, 2, 2, 2, 2}}, {"vgg13_bn", {2, 2, 2, 2, 2}, true},
    {"vgg16", {2, 2, 3, 3, 3}}, {"vgg16_bn", {2, 2, 3, 3, 3}, true},
    {"vgg19", {2, 2, 4, 4, 4}}, {"vgg19_bn", {2, 2, 4, 4, 4}, true},
};
constexpr int64_t kVggWidths[] = {64, 128, 256, 512, 512};
constexpr int64_t kVggHidden = 4096, kHeadKernel = 7;

// The first fully connected layer is a convolution over 7 x 7; larger maps give several answers, which are averaged.
ValueId pre_logits(Net& net, const Key& key, ValueId x) {
    const nn::Size2 size = net.size(x);
    if (size.h < kHeadKernel || size.w < kHeadKernel)
        x = net.adaptive_avg_pool(x, {std::max(kHeadKernel, size.h), std::max(kHeadKernel, size.w)});
    x = net.conv(
        key / "fc1", x,
        {.out = kVggHidden, .kernel = kHeadKernel, .padding = 0, .bias = true});  // [batch, 4096, h-6, w-6]
    x = net.act(x, nn::Act::kRelu);
    x = net.conv(key / "fc2", x, {.out = kVggHidden, .kernel = 1, .bias = true});
    return net.mark(key, net.act(x, nn::Act::kRelu));
}

}  // namespace

ValueId vgg(Net& net, std::string_view model, ValueId x) {
    const VggVariant& v = variant(net, kVggVariants, model);
    int64_t layer = 0;  // convolutions, norms, activations and pools are numbered together
    for (size_t stage = 0; stage < 5; ++stage) {
        for (int i = 0; i < v.convs[stage]; ++i) {
            x = net.conv(Key("features") / layer++, x, {.out = kVggWidths[stage], .kernel = 3, .bias = true});
            if (v.norm) x = net.batch_norm(Key("features") / layer++, x);
            x = net.mark(Key("features") / layer++, net.act(x, nn::Act::kRelu));
        }
        x = net.mark(Key("features") / layer++, net.max_pool(x, {.kernel = 2, .stride = 2}));
    }
    if (net.settings.features) return x;  // [batch, 512, H/32, W/32]
    x = pre_logits(net, "pre_logits", x);
    return nn::classifier(net, "head.fc", net.global_avg_pool(x));
}

}  // namespace lathe::zoo::timm
