// DenseNet: Huang et al., "Densely Connected Convolutional Networks", 2016.
#include "zoo/nn/blur_pool.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

struct DensenetVariant {
    std::string_view name;
    int64_t growth;  // channels that each layer adds
    std::array<int, 4> layers;
    bool deep_stem = false;
    bool blur = false;  // the stem's pool
};

constexpr DensenetVariant kDensenetVariants[] = {
    {"densenet121", 32, {6, 12, 24, 16}}, {"densenetblur121d", 32, {6, 12, 24, 16}, true, true},
    {"densenet169", 32, {6, 12, 32, 32}}, {"densenet201", 32, {6, 12, 48, 32}},
    {"densenet161", 48, {6, 12, 36, 24}}, {"densenet264d", 48, {6, 12, 64, 48}, true},
};
constexpr int64_t kDensenetBottleneck =
    4;  // channels between a layer's two convolutions, in units of the growth

ValueId norm(Net& net, const Key& key, ValueId x) { return net.batch_norm(key, x, nn::Act::kRelu); }

ValueId stem(Net& net, const Key& key, ValueId x, const DensenetVariant& v) {
    const int64_t out = 2 * v.growth;
    if (v.deep_stem) {
        x = norm(net, key / "norm0",
                 net.conv(key / "conv0", x, {.out = v.growth, .kernel = 3, .stride = 2, .padding = 1}));
        x = norm(net, key / "norm1",
                 net.conv(key / "conv1", x, {.out = v.growth, .kernel = 3, .padding = 1}));
        x = norm(net, key / "norm2", net.conv(key / "conv2", x, {.out = out, .kernel = 3, .padding = 1}));
    } else {
        x = norm(net, key / "norm0",
                 net.conv(key / "conv0", x, {.out = out, .kernel = 7, .stride = 2, .padding = 3}));
    }
    x = net.max_pool(x, {.kernel = 3, .stride = v.blur ? 1 : 2, .padding = 1});
    if (v.blur) x = anti_alias(net, key / "pool0" / 1, x, nn::AntiAlias::kBlur, 2);
    return net.mark(key / "pool0", x);  // [batch, 2 growth, H/4, W/4]
}

ValueId dense_layer(Net& net, const Key& key, ValueId x, int64_t growth) {
    x = net.conv(key / "conv1", norm(net, key / "norm1", x), {.out = kDensenetBottleneck * growth});
    x = net.conv(key / "conv2", norm(net, key / "norm2", x), {.out = growth, .kernel = 3, .padding = 1});
    return net.mark(key, x);
}

// Every layer sees what came into the block and what all layers before it made.
ValueId dense_block(Net& net, const Key& key, ValueId x, int layers, int64_t growth) {
    for (int i = 1; i <= layers; ++i)
        x = net.concat({x, dense_layer(net, key / format("denselayer{}", i), x, growth)}, 1);
    return net.mark(key, x);
}

ValueId transition(Net& net, const Key& key, ValueId x) {
    x = net.conv(key / "conv", norm(net, key / "norm", x), {.out = net.channels(x) / 2});
    return net.mark(key, net.avg_pool(x, {.kernel = 2, .stride = 2}));
}

}  // namespace

ValueId densenet(Net& net, std::string_view model, ValueId x) {
    const DensenetVariant& v = variant(net, kDensenetVariants, model);
    const Key features = "features";
    x = stem(net, features, x, v);
    for (size_t i = 0; i < 4; ++i) {
        x = dense_block(net, features / format("denseblock{}", i + 1), x, v.layers[i], v.growth);
        if (i < 3) x = transition(net, features / format("transition{}", i + 1), x);
    }
    x = net.mark(features, norm(net, features / "norm5", x));
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::classifier(net, "classifier", net.mark("global_pool", net.global_avg_pool(x)));
}

}  // namespace lathe::zoo::timm
