// SwiftFormer: Shaker et al., "SwiftFormer: Efficient Additive Attention for Transformer-based Real-time Mobile Vision
// Applications", 2023.
#include <cmath>

#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using Four = std::array<int64_t, 4>;

struct SwiftformerVariant {
    std::string_view name;
    Four widths, depths;
};
constexpr SwiftformerVariant kSwiftformerVariants[] = {
    {"swiftformer_xs", {48, 56, 112, 220}, {3, 3, 6, 4}},
    {"swiftformer_s", {48, 64, 168, 224}, {3, 3, 9, 6}},
    {"swiftformer_l1", {48, 96, 192, 384}, {4, 3, 10, 5}},
    {"swiftformer_l3", {64, 128, 320, 512}, {4, 4, 12, 6}},
};
constexpr int64_t kSwiftformerMlpRatio = 4;

ValueId swiftformer_layer_scale(Net& net, const Key& key, ValueId x) {
    return net.mark(key, net.mul(x, net.param(key / "gamma", {net.channels(x), 1, 1})));
}

ValueId swiftformer_stem(Net& net, const Key& key, ValueId x, int64_t width) {
    const auto half = [&](int64_t number, int64_t out) {
        x = net.conv(key / number, x, {.out = out, .kernel = 3, .stride = 2, .padding = 1, .bias = true});
        x = net.act(net.batch_norm(key / (number + 1), x), Act::kRelu);
    };
    half(0, width / 2);
    half(3, width);
    return net.mark(key, x);
}

// x + scale * pointwise(gelu(pointwise(norm(depthwise x)))).
ValueId local(Net& net, const Key& key, ValueId x, int64_t hidden) {
    const int64_t width = net.channels(x);
    ValueId y =
        net.conv(key / "dwconv", x, {.out = width, .kernel = 3, .padding = 1, .groups = width, .bias = true});
    y = net.conv(key / "pwconv1", net.batch_norm(key / "norm", y),
                 {.out = hidden, .kernel = 1, .bias = true});
    y = net.conv(key / "pwconv2", net.act(y, Act::kGelu), {.out = width, .kernel = 1, .bias = true});
    return net.mark(key, net.add(x, swiftformer_layer_scale(net, key / "layer_scale", y)));
}

// The queries' weighted sum is one vector, which every key is multiplied with (section 3.1).
ValueId additive_attention(Net& net, const Key& key, ValueId x) {
    const nn::Size2 size = net.size(x);
    const int64_t width = net.channels(x);
    x = net.tokens(x);  // [batch, L, C]
    const ValueId query = net.l2_normalize(net.linear(key / "to_query", x, width), 2);
    const ValueId keys = net.l2_normalize(net.linear(key / "to_key", x, width), 2);
    const ValueId scores = net.mul(net.matmul(query, net.param(key / "w_g", {width, 1})),
                                   1 / std::sqrt(static_cast<double>(width)));
    const ValueId global = net.sum(net.mul(net.l2_normalize(scores, 1), query), {1}, true);  // [batch, 1, C]
    const ValueId y = net.add(net.linear(key / "proj", net.mul(global, keys), width), query);
    return net.mark(key, net.image(net.linear(key / "final", y, width), size));
}

ValueId mlp(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.channels(x);
    x = net.conv(key / "fc1", net.batch_norm(key / "norm1", x),
                 {.out = kSwiftformerMlpRatio * width, .kernel = 1, .bias = true});
    return net.mark(key,
                    net.conv(key / "fc2", net.act(x, Act::kGelu), {.out = width, .kernel = 1, .bias = true}));
}

ValueId swiftformer_attention_block(Net& net, const Key& key, ValueId x) {
    x = local(net, key / "local_representation", x, net.channels(x));
    x = net.add(
        x, swiftformer_layer_scale(net, key / "layer_scale_1", additive_attention(net, key / "attn", x)));
    return net.mark(
        key, net.add(x, swiftformer_layer_scale(net, key / "layer_scale_2", mlp(net, key / "linear", x))));
}

}  // namespace

ValueId swiftformer(Net& net, std::string_view model, ValueId x) {
    const SwiftformerVariant& v = variant(net, kSwiftformerVariants, model);
    x = swiftformer_stem(net, "stem", x, v.widths[0]);
    for (size_t stage = 0; stage < 4; ++stage) {
        const Key key = Key("stages") / static_cast<int64_t>(stage), down = key / "downsample";
        if (stage > 0) {
            x = net.conv(down / "proj", x,
                         {.out = v.widths[stage], .kernel = 3, .stride = 2, .padding = 1, .bias = true});
            x = net.mark(down, net.batch_norm(down / "norm", x));
        }
        const int64_t last = v.depths[stage] - 1;
        for (int64_t i = 0; i < last; ++i)
            x = local(net, key / "blocks" / i, x, kSwiftformerMlpRatio * net.channels(x));
        x = net.mark(key, swiftformer_attention_block(net, key / "blocks" / last, x));
    }
    x = net.batch_norm("norm", x);
    if (net.settings.features) return x;
    x = net.mean(x, {2, 3});
    if (net.settings.num_classes == 0) return x;
    return net.mul(net.add(nn::classifier(net, "head", x), nn::classifier(net, "head_dist", x)), 0.5);
}

}  // namespace lathe::zoo::timm
