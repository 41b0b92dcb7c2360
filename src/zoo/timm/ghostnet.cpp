// GhostNet: Han et al., "GhostNet: More Features from Cheap Operations", 2020; Tang et al., "GhostNetV2: Enhance Cheap
// Operation with Long-Range Attention", 2022; Liu et al., "GhostNetV3: Exploring the Training Strategies for Compact
// Models", 2024.
#include "zoo/nn/efficientnet_blocks.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct GhostnetVariant {
    std::string_view name;
    double width = 1;
    int version = 1;
};
constexpr GhostnetVariant kGhostnetVariants[] = {
    {"ghostnet_050", 0.5},      {"ghostnet_100", 1.0},      {"ghostnet_130", 1.3},
    {"ghostnetv2_100", 1.0, 2}, {"ghostnetv2_130", 1.3, 2}, {"ghostnetv2_160", 1.6, 2},
    {"ghostnetv3_050", 0.5, 3}, {"ghostnetv3_100", 1.0, 3}, {"ghostnetv3_130", 1.3, 3},
    {"ghostnetv3_160", 1.6, 3},
};

struct GhostnetRow {
    int stage;
    int64_t kernel, middle, out;
    double squeeze;
    int64_t stride;
};
constexpr GhostnetRow kRows[] = {
    {0, 3, 16, 16, 0, 1},     {1, 3, 48, 24, 0, 2},      {2, 3, 72, 24, 0, 1},      {3, 5, 72, 40, 0.25, 2},
    {4, 5, 120, 40, 0.25, 1}, {5, 3, 240, 80, 0, 2},     {6, 3, 200, 80, 0, 1},     {6, 3, 184, 80, 0, 1},
    {6, 3, 184, 80, 0, 1},    {6, 3, 480, 112, 0.25, 1}, {6, 3, 672, 112, 0.25, 1}, {7, 5, 672, 160, 0.25, 2},
    {8, 5, 960, 160, 0, 1},   {8, 5, 960, 160, 0.25, 1}, {8, 5, 960, 160, 0, 1},    {8, 5, 960, 160, 0.25, 1},
};
constexpr int64_t kFirstGated = 2;  // blocks before it have no long-range gate
constexpr int64_t kGhostnetBranches = 3;  // of a convolution while it is trained
constexpr int64_t kGhostnetHead = 1280, kCheapKernel = 3;

int64_t scaled(int64_t channels, double width) {
    return nn::make_divisible(static_cast<double>(channels) * width, 4);
}

// A depthwise or pointwise convolution and its norm, numbered in a sequence.
ValueId conv_bn(Net& net, const Key& key, int64_t at, ValueId x, const nn::Conv& conv) {
    return net.batch_norm(key / (at + 1), net.conv(key / at, x, conv));
}

// The output times what its neighbours in a row and a column of the halved image say.
ValueId long_range_gate(Net& net, const Key& key, ValueId x, ValueId y) {
    const int64_t out = net.channels(y);
    ValueId gate = net.avg_pool(x, {.kernel = 2, .stride = 2});
    gate = conv_bn(net, key, 0, gate, {.out = out});
    gate =
        conv_bn(net, key, 2, gate, {.out = out, .kernel = {1, 5}, .padding = nn::Size2(0, 2), .groups = out});
    gate =
        conv_bn(net, key, 4, gate, {.out = out, .kernel = {5, 1}, .padding = nn::Size2(2, 0), .groups = out});
    net.mark(key, gate);
    return net.mul(y, net.resize(net.act(gate, Act::kSigmoid), net.size(y), "nearest"));
}

struct Ghost {
    int64_t out;
    Act act;
    bool gated;
};

// Half of the channels from a pointwise convolution, the other half from those by a depthwise one.
ValueId ghost_module(Net& net, const Key& key, ValueId x, const Ghost& g) {
    const int64_t half = (g.out + 1) / 2;
    const Key primary = key / "primary_conv", cheap = key / "cheap_operation";
    const ValueId x1 = net.mark(primary, net.act(conv_bn(net, primary, 0, x, {.out = half}), g.act));
    const ValueId x2 = net.mark(
        cheap,
        net.act(conv_bn(net, cheap, 0, x1, {.out = half, .kernel = kCheapKernel, .groups = half}), g.act));
    const ValueId y = net.slice(net.concat({x1, x2}, 1), 1, 0, g.out);
    return net.mark(key, g.gated ? long_range_gate(net, key / "short_conv", x, y) : y);
}

// key.0, key.1, …, each a convolution and a norm: their sum, and that of `rest`.
ValueId branches(Net& net, const Key& key, ValueId x, const nn::Conv& conv, ValueId rest = nn::kNoValue) {
    for (int64_t i = 0; i < kGhostnetBranches; ++i) {
        const ValueId y = net.batch_norm(key / i / "bn1", net.conv(key / i / "conv", x, conv));
        rest = rest == nn::kNoValue ? y : net.add(rest, y);
    }
    return rest;
}

ValueId conv_bn_branch(Net& net, const Key& key, ValueId x, const nn::Conv& conv) {
    return net.mark(key, net.batch_norm(key / "bn1", net.conv(key / "conv", x, conv)));
}

// The same with parallel branches, or in the form that they were fused to.
ValueId ghost_module_v3(Net& net, const Key& key, ValueId x, const Ghost& g) {
    const int64_t half = (g.out + 1) / 2;
    const nn::Conv cheap{.out = half, .kernel = kCheapKernel, .groups = half};
    ValueId x1, x2;
    if (net.has(key / "primary_conv.0" / "weight")) {
        nn::Conv fused = cheap;
        fused.bias = true;
        x1 = net.act(net.conv(key / "primary_conv.0", x, {.out = half, .bias = true}), g.act);
        x2 = net.act(net.conv(key / "cheap_operation.0", x1, fused), g.act);
    } else {
        x1 = net.act(branches(net, key / "primary_rpr_conv", x, {.out = half}), g.act);
        const ValueId skip = net.batch_norm(key / "cheap_rpr_skip", x1);
        const ValueId point = conv_bn_branch(net, key / "cheap_rpr_scale", x1, {.out = half, .groups = half});
        x2 = net.act(branches(net, key / "cheap_rpr_conv", x1, cheap, net.add(point, skip)), g.act);
    }
    const ValueId y = net.concat({x1, x2}, 1);
    if (!g.gated) return net.mark(key, y);
    return net.mark(key, long_range_gate(net, key / "short_conv", x, net.slice(y, 1, 0, g.out)));
}

ValueId depthwise(Net& net, const Key& key, ValueId x, const GhostnetRow& row, int version) {
    const int64_t channels = net.channels(x);
    nn::Conv conv{.out = channels,
                  .kernel = row.kernel,
                  .stride = row.stride,
                  .padding = (row.kernel - 1) / 2,
                  .groups = channels};
    if (version < 3) return net.batch_norm(key / "bn_dw", net.conv(key / "conv_dw", x, conv));
    if (net.has(key / "conv_dw" / "weight")) {
        conv.bias = true;
        return net.conv(key / "conv_dw", x, conv);
    }
    const ValueId point = conv_bn_branch(net, key / "dw_rpr_scale", x,
                                         {.out = channels, .stride = 2, .padding = 0, .groups = channels});
    return branches(net, key / "dw_rpr_conv", x, conv, point);
}

ValueId shortcut(Net& net, const Key& key, ValueId x, int64_t out, const GhostnetRow& row) {
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

ValueId bottleneck(Net& net, const Key& key, ValueId x, const GhostnetRow& row, const GhostnetVariant& v,
                   bool gated) {
    const int64_t middle = scaled(row.middle, v.width), out = scaled(row.out, v.width);
    const auto ghost = v.version == 3 ? ghost_module_v3 : ghost_module;
    ValueId y = ghost(net, key / "ghost1", x, {.out = middle, .act = Act::kRelu, .gated = gated});
    if (row.stride > 1) y = depthwise(net, key, y, row, v.version);
    if (row.squeeze > 0) {
        const int64_t squeezed = nn::make_divisible(static_cast<double>(middle) * row.squeeze, 4);
        y = nn::mobile_squeeze_excite(net, key / "se", y, squeezed, Act::kRelu, Act::kHardSigmoid);
    }
    y = ghost(net, key / "ghost2", y, {.out = out, .act = Act::kNone, .gated = false});
    return net.mark(key, net.add(y, shortcut(net, key / "shortcut", x, out, row)));
}

}  // namespace

ValueId ghostnet(Net& net, std::string_view model, ValueId x) {
    const GhostnetVariant& v = variant(net, kGhostnetVariants, model);
    x = net.conv("conv_stem", x, {.out = scaled(16, v.width), .kernel = 3, .stride = 2, .padding = 1});
    x = net.act(net.batch_norm("bn1", x), Act::kRelu);
    int64_t block = 0, first = 0;  // first: of the stage
    for (const GhostnetRow& row : kRows) {
        if (block > 0 && row.stage != (&row - 1)->stage) first = block;
        const Key stage = Key("blocks") / row.stage;
        x = bottleneck(net, stage / (block - first), x, row, v, v.version > 1 && block >= kFirstGated);
        net.mark(stage, x);
        ++block;
    }
    const Key last = Key("blocks") / 9;
    x = net.batch_norm(last / "0" / "bn1", net.conv(last / "0" / "conv", x, {.out = scaled(960, v.width)}),
                       Act::kRelu);
    net.mark("blocks", net.mark(last, net.mark(last / "0", x)));
    if (net.settings.features) return x;
    x = net.mark("global_pool", net.global_avg_pool(x, true));
    x = net.act(net.conv("conv_head", x, {.out = kGhostnetHead, .bias = true}), Act::kRelu);
    return nn::classifier(net, "classifier", net.mark("flatten", net.flatten(x, 1)));
}

}  // namespace lathe::zoo::timm
