// HRNet: Wang et al., "Deep High-Resolution Representation Learning for Visual Recognition", 2019.
#include "zoo/timm/resnet.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct HrnetVariant {
    std::string_view name;
    int64_t width;  // of the highest resolution; each lower one has twice as many channels
    int stem_blocks = 4;  // bottlenecks before the network branches
    int64_t stem_planes = 64;
    int blocks = 4;  // of each branch
    std::array<int, 3> modules{1, 4, 3};  // of the stages with 2, 3 and 4 branches
    bool head_bias = true;
};

constexpr HrnetVariant kHrnetVariants[] = {
    {"hrnet_w18_small", 16, 1, 32, 2, {1, 1, 1}},
    {"hrnet_w18_small_v2", 18, 2, 64, 2, {1, 3, 2}},
    {"hrnet_w18", 18},
    {"hrnet_w30", 30},
    {"hrnet_w32", 32},
    {"hrnet_w40", 40},
    {"hrnet_w44", 44},
    {"hrnet_w48", 48},
    {"hrnet_w64", 64},
    {"hrnet_w18_ssld", 18, 4, 64, 4, {1, 4, 3}, false},
    {"hrnet_w48_ssld", 48, 4, 64, 4, {1, 4, 3}, false},
};
constexpr int64_t kStemWidth = 64, kHeadPlanes[] = {32, 64, 128, 256}, kFeatures = 2048, kHrnetExpansion = 4;

using Branches = std::vector<ValueId>;  // the highest resolution first, each one half of the one before

struct HrnetBuilder {
    Net& net;
    const HrnetVariant& v;

    // key.0 and key.1: a convolution and its norm.
    ValueId conv(const Key& key, ValueId x, const nn::Conv& conv, Act act = Act::kRelu) const {
        return net.mark(key, net.act(net.batch_norm(key / 1, net.conv(key / 0, x, conv)), act));
    }
    int64_t width(size_t branch) const { return v.width << branch; }

    ValueId stem(ValueId x) const {
        for (const int64_t number : {1, 2}) {
            x = net.conv(Key(format("conv{}", number)), x,
                         {.out = kStemWidth, .kernel = 3, .stride = 2, .padding = 1});
            x = net.mark(Key(format("act{}", number)),
                         net.act(net.batch_norm(Key(format("bn{}", number)), x), Act::kRelu));
        }
        for (int i = 0; i < v.stem_blocks; ++i)
            x = resnet_block(net, Key("layer1") / i, x, ResNetBlock::kBottleneck, v.stem_planes);
        return net.mark("layer1", x);
    }

    // Opens a branch of half the lowest resolution.
    void branch_off(const Key& key, Branches& xs) const {
        const size_t at = xs.size();
        xs.push_back(
            conv(key / at / 0, xs.back(), {.out = width(at), .kernel = 3, .stride = 2, .padding = 1}));
    }

    // From branch `from` to the resolution and width of branch `to`.
    ValueId exchanged(const Key& key, ValueId x, size_t from, size_t to, nn::Size2 size) const {
        if (from == to) return x;
        if (from > to)
            return net.mark(key, net.resize(conv(key, x, {.out = width(to)}, Act::kNone), size, "nearest"));
        for (size_t k = 0; k < to - from; ++k) {
            const bool last = k + 1 == to - from;
            x = conv(key / k, x, {.out = width(last ? to : from), .kernel = 3, .stride = 2, .padding = 1},
                     last ? Act::kNone : Act::kRelu);
        }
        return net.mark(key, x);
    }

    // Each branch goes its way; then each becomes the sum of all.
    Branches module(const Key& key, Branches xs) const {
        for (size_t i = 0; i < xs.size(); ++i)
            for (int block = 0; block < v.blocks; ++block)
                xs[i] = resnet_block(net, key / "branches" / i / block, xs[i], ResNetBlock::kBasic, width(i));
        Branches fused;
        for (size_t to = 0; to < xs.size(); ++to) {
            ValueId sum = nn::kNoValue;
            for (size_t from = 0; from < xs.size(); ++from) {
                const ValueId part =
                    exchanged(key / "fuse_layers" / to / from, xs[from], from, to, net.size(xs[to]));
                sum = from == 0 ? part : net.add(sum, part);
            }
            fused.push_back(net.act(sum, Act::kRelu));
        }
        return fused;
    }

    // Widens each branch and adds it to the one above, brought down to its resolution.
    ValueId gathered(const Branches& xs) const {
        ValueId y = nn::kNoValue;
        for (size_t i = 0; i < xs.size(); ++i) {
            const ValueId wide = resnet_block(net, Key("incre_modules") / i / 0, xs[i],
                                              ResNetBlock::kBottleneck, kHeadPlanes[i]);
            if (i == 0) y = wide;
            else
                y = net.add(wide, conv(Key("downsamp_modules") / (i - 1), y,
                                       {.out = kHeadPlanes[i] * kHrnetExpansion,
                                        .kernel = 3,
                                        .stride = 2,
                                        .padding = 1,
                                        .bias = v.head_bias}));
        }
        return conv("final_layer", y, {.out = kFeatures, .bias = v.head_bias});
    }
};

}  // namespace

ValueId hrnet(Net& net, std::string_view model, ValueId x) {
    const HrnetBuilder build{net, variant(net, kHrnetVariants, model)};
    x = build.stem(x);
    if (net.size(x).h % 8 != 0 || net.size(x).w % 8 != 0)
        net.fail_with(format("HRNet takes images whose sides are multiples of 32, not {} x {}",
                             net.settings.height, net.settings.width));
    const Key first = "transition1";
    Branches xs{build.conv(first / 0, x, {.out = build.width(0), .kernel = 3, .padding = 1})};
    xs.push_back(
        build.conv(first / 1 / 0, x, {.out = build.width(1), .kernel = 3, .stride = 2, .padding = 1}));
    for (int stage = 2; stage <= 4; ++stage) {
        if (stage > 2) build.branch_off(Key(format("transition{}", stage - 1)), xs);
        const int modules = build.v.modules[static_cast<size_t>(stage - 2)];
        for (int i = 0; i < modules; ++i) xs = build.module(Key(format("stage{}", stage)) / i, xs);
    }
    x = build.gathered(xs);
    if (net.settings.features) return x;  // [batch, 2048, H/32, W/32]
    return nn::classifier(net, "classifier", net.mark("global_pool", net.global_avg_pool(x)));
}

}  // namespace lathe::zoo::timm
