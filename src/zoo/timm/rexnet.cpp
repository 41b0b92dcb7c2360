// ReXNet: Han et al., "Rethinking Channel Dimensions for Efficient Model Design", 2020. Every block has a few more
// channels than the one before; its shortcut is added to the first of them.
#include <cmath>

#include "zoo/nn/channels.h"
#include "zoo/nn/conv_norm_act.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct RexnetVariant {
    std::string_view name;
    double width;
    int64_t divisor = 1;
};
constexpr RexnetVariant kRexnetVariants[] = {
    {"rexnet_100", 1.0},     {"rexnet_130", 1.3},      {"rexnet_150", 1.5},     {"rexnet_200", 2.0},
    {"rexnet_300", 3.0},     {"rexnetr_100", 1.0, 8},  {"rexnetr_130", 1.3, 8}, {"rexnetr_150", 1.5, 8},
    {"rexnetr_200", 2.0, 8}, {"rexnetr_300", 3.0, 16},
};

constexpr int kDepths[] = {1, 2, 2, 3, 3, 5};
constexpr int64_t kStrides[] = {1, 2, 2, 2, 1, 2};
constexpr int kRexnetBlocks = 16, kFirstSqueezed = 3;  // blocks before it have no squeeze-and-excitation
constexpr double kInitial = 16, kGrowth = 180.0 / kRexnetBlocks, kRexnetStem = 32, kRexnetLast = 1280,
                 kRexnetExpand = 6, kSqueeze = 1.0 / 12;

struct Block {
    int64_t out, stride;
    double expand, squeeze;
};

ValueId linear_bottleneck(Net& net, const Key& key, ValueId x, const Block& block, int64_t divisor) {
    const int64_t in = net.channels(x);
    int64_t middle = in;
    ValueId y = x;
    if (block.expand != 1) {
        middle = nn::make_divisible(
            static_cast<double>(nn::round_half_even(static_cast<double>(in) * block.expand)), divisor);
        y = nn::conv_norm_act(net, key / "conv_exp", y, {.out = middle}, Act::kSilu);
    }
    y = nn::conv_norm_act(net, key / "conv_dw", y,
                          {.out = middle, .kernel = 3, .stride = block.stride, .groups = middle}, Act::kNone);
    if (block.squeeze > 0) {
        const double share = std::floor(static_cast<double>(middle) * block.squeeze);
        y = nn::squeeze_excite(net, key / "se", y,
                               {.reduced = nn::make_divisible(share, divisor), .norm = true});
    }
    y = net.mark(key / "act_dw", net.act(y, Act::kRelu6));
    y = nn::conv_norm_act(net, key / "conv_pwl", y, {.out = block.out}, Act::kNone);
    if (block.stride != 1 || in > block.out) return net.mark(key, y);
    if (in == block.out) return net.mark(key, net.add(y, x));
    const ValueId first = net.add(net.slice(y, 1, 0, in), x);
    return net.mark(key, net.concat({first, net.slice(y, 1, in, block.out)}, 1));
}

}  // namespace

ValueId rexnet(Net& net, std::string_view model, ValueId x) {
    const RexnetVariant& v = variant(net, kRexnetVariants, model);
    const auto scaled = [&](double channels) {
        return nn::make_divisible(static_cast<double>(nn::round_half_even(channels * v.width)), v.divisor);
    };
    x = nn::conv_norm_act(net, "stem", x, {.out = scaled(kRexnetStem), .kernel = 3, .stride = 2}, Act::kSilu);
    double channels = kInitial;
    int64_t at = 0;
    for (size_t stage = 0; stage < std::size(kDepths); ++stage)
        for (int i = 0; i < kDepths[stage]; ++i) {
            const Block block{.out = scaled(channels),
                              .stride = i == 0 ? kStrides[stage] : 1,
                              .expand = stage == 0 ? 1 : kRexnetExpand,
                              .squeeze = at < kFirstSqueezed ? 0 : kSqueeze};
            x = linear_bottleneck(net, Key("features") / at++, x, block, v.divisor);
            channels += kGrowth;
        }
    x = nn::conv_norm_act(net, Key("features") / at, x,
                          {.out = nn::make_divisible(kRexnetLast * v.width, v.divisor)}, Act::kSilu);
    net.mark("features", x);
    return net.settings.features ? x : nn::classifier_head(net, "head", x);
}

}  // namespace lathe::zoo::timm
