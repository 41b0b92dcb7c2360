// ResNeSt: Zhang et al., "ResNeSt: Split-Attention Networks", 2020.
#include "zoo/nn/channels.h"
#include "zoo/timm/resnet.h"

namespace lathe::zoo::timm {
namespace {

struct ResnestVariant {
    std::string_view name;
    std::array<int, 4> layers;
    ResNetStem stem;
    int64_t radix = 2;  // parts that attention weighs against each other
    int64_t cardinality = 1, base_width = 64;
    bool pool_first = false;  // the pool that strides is before the 3 x 3 convolution
};

constexpr ResnestVariant kResnestVariants[] = {
    {"resnest14d", {1, 1, 1, 1}, kStemD},
    {"resnest26d", {2, 2, 2, 2}, kStemD},
    {"resnest50d", {3, 4, 6, 3}, kStemD},
    {"resnest101e", {3, 4, 23, 3}, kStemE},
    {"resnest200e", {3, 24, 36, 3}, kStemE},
    {"resnest269e", {3, 30, 48, 8}, kStemE},
    {"resnest50d_4s2x40d", {3, 4, 6, 3}, kStemD, 4, 2, 40, true},
    {"resnest50d_1s4x24d", {3, 4, 6, 3}, kStemD, 1, 4, 24, true},
};

ValueId relu(Net& net, const Key& key, ValueId x) { return net.act(net.batch_norm(key, x), nn::Act::kRelu); }

// One weight for each channel of each part: [batch, groups * radix * c, 1, 1] -> [batch, radix, groups * c], a softmax over
// the parts; a single part has a sigmoid.
ValueId weights_of_parts(Net& net, ValueId x, int64_t radix, int64_t groups) {
    const int64_t channels = net.channels(x) / radix;
    if (radix == 1) return net.act(net.reshape(x, {nn::kBatch, 1, channels}), nn::Act::kSigmoid);
    x = net.transpose(net.reshape(x, {nn::kBatch, groups, radix, channels / groups}), {0, 2, 1, 3});
    return net.reshape(net.softmax(x, 1), {nn::kBatch, radix, channels});
}

// [batch, C, H, W] -> the same
ValueId split_attention(Net& net, const Key& key, ValueId x, int64_t radix, int64_t groups) {
    const int64_t channels = net.channels(x),
                  reduced = nn::make_divisible(static_cast<double>(channels * radix) / 4, 8, 32);
    x = net.conv(key / "conv", x,
                 {.out = channels * radix, .kernel = 3, .padding = 1, .groups = groups * radix});
    const std::vector<ValueId> parts = net.chunk(relu(net, key / "bn0", x), 1, radix);
    ValueId sum = parts[0];
    for (size_t i = 1; i < parts.size(); ++i) sum = net.add(sum, parts[i]);
    ValueId gap = net.conv(key / "fc1", net.global_avg_pool(sum, true),
                           {.out = reduced, .groups = groups, .bias = true});
    gap = net.conv(key / "fc2", relu(net, key / "bn1", gap),
                   {.out = channels * radix, .groups = groups, .bias = true});
    const std::vector<ValueId> weights = net.chunk(weights_of_parts(net, gap, radix, groups), 1, radix);
    ValueId y = nn::kNoValue;
    for (size_t i = 0; i < parts.size(); ++i) {
        const ValueId weighed = net.mul(parts[i], net.reshape(weights[i], {nn::kBatch, channels, 1, 1}));
        y = i == 0 ? weighed : net.add(y, weighed);
    }
    return net.mark(key, y);
}

ValueId body(Net& net, const Key& key, ValueId x, const ResnestVariant& v, const ResNetPlace& place) {
    const nn::Pool pool{.kernel = 3, .stride = place.stride, .padding = 1};
    x = relu(net, key / "bn1", net.conv(key / "conv1", x, {.out = place.width}));
    if (place.stride > 1 && v.pool_first) x = net.mark(key / "avd_first", net.avg_pool(x, pool));
    x = split_attention(net, key / "conv2", x, v.radix, v.cardinality);
    if (place.stride > 1 && !v.pool_first) x = net.mark(key / "avd_last", net.avg_pool(x, pool));
    return net.batch_norm(key / "bn3", net.conv(key / "conv3", x, {.out = place.out}));
}

}  // namespace

ValueId resnest(Net& net, std::string_view model, ValueId x) {
    const ResnestVariant& v = variant(net, kResnestVariants, model);
    const ResNetVariant network{.layers = v.layers,
                                .blocks = kBottleneckBlocks,
                                .stem = v.stem,
                                .groups = {v.cardinality, v.base_width}};
    return resnet_of(net, x, network, [&](const Key& key, ValueId y, const ResNetPlace& place) {
        return body(net, key, y, v, place);
    });
}

}  // namespace lathe::zoo::timm
