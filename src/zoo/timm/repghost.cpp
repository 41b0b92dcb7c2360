// RepGhostNet: Chen et al., "RepGhost: A Hardware-Efficient Ghost Module via Re-parameterization", 2022. Where GhostNet
// joins two halves, this adds them, so that the addition fuses with the depthwise convolution.
#include "zoo/nn/efficientnet_blocks.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct RepghostVariant {
    std::string_view name;
    double width;
};
constexpr RepghostVariant kRepghostVariants[] = {
    {"repghostnet_050", 0.5},  {"repghostnet_058", 0.58}, {"repghostnet_080", 0.8}, {"repghostnet_100", 1.0},
    {"repghostnet_111", 1.11}, {"repghostnet_130", 1.3},  {"repghostnet_150", 1.5}, {"repghostnet_200", 2.0},
};

struct RepghostRow {
    int stage;
    int64_t kernel, middle, out;
    double squeeze;
    int64_t stride;
};
constexpr RepghostRow kRepghostRows[] = {
    {0, 3, 8, 16, 0, 1},     {1, 3, 24, 24, 0, 2},      {2, 3, 36, 24, 0, 1},      {3, 5, 36, 40, 0.25, 2},
    {4, 5, 60, 40, 0.25, 1}, {5, 3, 120, 80, 0, 2},     {6, 3, 100, 80, 0, 1},     {6, 3, 120, 80, 0, 1},
    {6, 3, 120, 80, 0, 1},   {6, 3, 240, 112, 0.25, 1}, {6, 3, 336, 112, 0.25, 1}, {7, 5, 336, 160, 0.25, 2},
    {8, 5, 480, 160, 0, 1},  {8, 5, 480, 160, 0.25, 1}, {8, 5, 480, 160, 0, 1},    {8, 5, 480, 160, 0.25, 1},
};
constexpr int64_t kRepghostHead = 1280;
constexpr double kLast = 960;

int64_t repghost_scaled(double channels, double width) { return nn::make_divisible(channels * width, 4); }
int64_t repghost_scaled(int64_t channels, double width) {
    return repghost_scaled(static_cast<double>(channels), width);
}

ValueId conv_bn(Net& net, const Key& key, int at, ValueId x, const nn::Conv& conv) {
    return net.batch_norm(key / (at + 1), net.conv(key / at, x, conv));
}

ValueId ghost_module(Net& net, const Key& key, ValueId x, int64_t out, Act act) {
    const Key primary = key / "primary_conv", cheap = key / "cheap_operation";
    nn::Conv depthwise{.out = out, .kernel = 3, .groups = out};
    const ValueId x1 = net.mark(primary, net.act(conv_bn(net, primary, 0, x, {.out = out}), act));
    ValueId y;
    if (net.has(cheap / "weight")) {  // fused
        depthwise.bias = true;
        y = net.conv(cheap, x1, depthwise);
    } else {
        y = net.mark(cheap, conv_bn(net, cheap, 0, x1, depthwise));
        y = net.add(y, net.batch_norm(key / "fusion_bn" / "0", x1));
    }
    return net.mark(key, net.act(y, act));
}

ValueId repghost_shortcut(Net& net, const Key& key, ValueId x, int64_t out, const RepghostRow& row) {
    const int64_t in = net.channels(x);
    if (in == out && row.stride == 1) return x;
    x = conv_bn(net, key, 0, x,
                {.out = in,
                 .kernel = row.kernel,
                 .stride = row.stride,
                 .padding = (row.kernel - 1) / 2,
                 .groups = in});
    return net.mark(key, conv_bn(net, key, 2, x, {.out = out}));
}

ValueId bottleneck(Net& net, const Key& key, ValueId x, const RepghostRow& row, double width) {
    const int64_t middle = repghost_scaled(row.middle, width), out = repghost_scaled(row.out, width);
    ValueId y = ghost_module(net, key / "ghost1", x, middle, Act::kRelu);
    if (row.stride > 1) {
        const nn::Conv conv{.out = middle,
                            .kernel = row.kernel,
                            .stride = row.stride,
                            .padding = (row.kernel - 1) / 2,
                            .groups = middle};
        y = net.batch_norm(key / "bn_dw", net.conv(key / "conv_dw", y, conv));
    }
    if (row.squeeze > 0)
        y = nn::mobile_squeeze_excite(net, key / "se", y,
                                      repghost_scaled(static_cast<double>(middle), row.squeeze), Act::kRelu,
                                      Act::kHardSigmoid);
    y = ghost_module(net, key / "ghost2", y, out, Act::kNone);
    return net.mark(key, net.add(y, repghost_shortcut(net, key / "shortcut", x, out, row)));
}

}  // namespace

ValueId repghost(Net& net, std::string_view model, ValueId x) {
    const RepghostVariant& v = variant(net, kRepghostVariants, model);
    x = net.conv("conv_stem", x,
                 {.out = repghost_scaled(16.0, v.width), .kernel = 3, .stride = 2, .padding = 1});
    x = net.act(net.batch_norm("bn1", x), Act::kRelu);
    int64_t index = 0;  // in its stage
    for (const RepghostRow& row : kRepghostRows) {
        index = &row != kRepghostRows && row.stage == (&row - 1)->stage ? index + 1 : 0;
        const Key stage = Key("blocks") / row.stage;
        x = net.mark(stage, bottleneck(net, stage / index, x, row, v.width));
    }
    const Key last = "blocks.9.0";
    x = net.batch_norm(last / "bn1", net.conv(last / "conv", x, {.out = repghost_scaled(kLast, v.width)}),
                       Act::kRelu);
    net.mark("blocks", net.mark("blocks.9", net.mark(last, x)));
    if (net.settings.features) return x;
    x = net.mark("global_pool", net.global_avg_pool(x, true));
    x = net.act(net.conv("conv_head", x, {.out = kRepghostHead, .bias = true}), Act::kRelu);
    return nn::classifier(net, "classifier", net.mark("flatten", net.flatten(x, 1)));
}

}  // namespace lathe::zoo::timm
