// SKNet: Li et al., "Selective Kernel Networks", 2019.
#include "zoo/nn/channels.h"
#include "zoo/nn/conv_norm_act.h"
#include "zoo/timm/resnet.h"

namespace lathe::zoo::timm {
namespace {

using nn::conv_norm_act;

struct Selection {
    double ratio = 1.0 / 16;  // of the channels between the attention's two layers
    int64_t divisor = 8;
    bool split_input = true;  // each path sees its part of the channels, else all
};

struct SknetVariant {
    std::string_view name;
    std::array<int, 4> layers;
    std::array<ResNetBlock, 4> blocks;
    Selection selection = {};
    ResNetStem stem = {};
    ResNetGroups groups = {};
};

constexpr SknetVariant kSknetVariants[] = {
    {"skresnet18", {2, 2, 2, 2}, kBasicBlocks, {1.0 / 8, 16}},
    {"skresnet34", {3, 4, 6, 3}, kBasicBlocks, {1.0 / 8, 16}},
    {"skresnet50", {3, 4, 6, 3}, kBottleneckBlocks},
    {"skresnet50d", {3, 4, 6, 3}, kBottleneckBlocks, {}, kStemD},
    {"skresnext50_32x4d", {3, 4, 6, 3}, kBottleneckBlocks, {1.0 / 16, 32, false}, {}, {32, 4}},
};
constexpr int64_t kPaths = 2;  // of 3 x 3 taps, the second one with gaps of one between them

// [batch, C, H, W] of all paths together -> [batch, paths, C], a softmax over the paths.
ValueId weights_of_paths(Net& net, const Key& key, ValueId x, int64_t reduced) {
    const int64_t channels = net.channels(x);
    x = net.conv(key / "fc_reduce", net.global_avg_pool(x, true), {.out = reduced});
    x = net.act(net.batch_norm(key / "bn", x), nn::Act::kRelu);
    x = net.conv(key / "fc_select", x, {.out = channels * kPaths});
    return net.softmax(net.reshape(x, {nn::kBatch, kPaths, channels}), 1);
}

// [batch, C, H, W] -> [batch, out, H/stride, W/stride]
ValueId selective_kernel(Net& net, const Key& key, ValueId x, int64_t out, int64_t stride, int64_t groups,
                         const Selection& selection) {
    const std::vector<ValueId> inputs =
        selection.split_input ? net.chunk(x, 1, kPaths) : std::vector<ValueId>{x, x};
    std::vector<ValueId> paths;
    for (int64_t i = 0; i < kPaths; ++i)
        paths.push_back(
            conv_norm_act(net, key / "paths" / i, inputs[static_cast<size_t>(i)],
                          {.out = out, .kernel = 3, .stride = stride, .dilation = i + 1, .groups = groups}));
    const int64_t reduced = nn::make_divisible(static_cast<double>(out) * selection.ratio, selection.divisor);
    const ValueId weights = weights_of_paths(net, key / "attn", net.add(paths[0], paths[1]), reduced);
    const auto weighed = [&](int64_t i) {
        return net.mul(paths[static_cast<size_t>(i)],
                       net.reshape(net.slice(weights, 1, i, i + 1), {nn::kBatch, out, 1, 1}));
    };
    return net.mark(key, net.add(weighed(0), weighed(1)));
}

ValueId body(Net& net, const Key& key, ValueId x, const SknetVariant& v, const ResNetPlace& place) {
    if (place.kind == ResNetBlock::kBasic) {
        x = selective_kernel(net, key / "conv1", x, place.first, place.stride, 1, v.selection);
        return conv_norm_act(net, key / "conv2", x, {.out = place.out, .kernel = 3}, nn::Act::kNone);
    }
    x = conv_norm_act(net, key / "conv1", x, {.out = place.first});
    x = selective_kernel(net, key / "conv2", x, place.width, place.stride, v.groups.cardinality, v.selection);
    return conv_norm_act(net, key / "conv3", x, {.out = place.out}, nn::Act::kNone);
}

}  // namespace

ValueId sknet(Net& net, std::string_view model, ValueId x) {
    const SknetVariant& v = variant(net, kSknetVariants, model);
    const ResNetVariant network{.layers = v.layers, .blocks = v.blocks, .stem = v.stem, .groups = v.groups};
    return resnet_of(net, x, network, [&](const Key& key, ValueId y, const ResNetPlace& place) {
        return body(net, key, y, v, place);
    });
}

}  // namespace lathe::zoo::timm
