// Xception: Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2016.
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

struct Block {
    int64_t out;
    int convs;
    int64_t stride;
    bool starts_with_relu = true, grows_first = true;
};

constexpr Block kXceptionBlocks[] = {
    {128, 2, 2, false}, {256, 2, 2}, {728, 2, 2}, {728, 3, 1}, {728, 3, 1}, {728, 3, 1},
    {728, 3, 1},        {728, 3, 1}, {728, 3, 1}, {728, 3, 1}, {728, 3, 1}, {1024, 2, 2, true, false},
};

ValueId separable(Net& net, const Key& key, ValueId x, int64_t out) {
    x = net.conv(key / "conv1", x,
                 {.out = net.channels(x), .kernel = 3, .padding = 1, .groups = net.channels(x)});
    return net.mark(key, net.conv(key / "pointwise", x, {.out = out, .kernel = 1}));
}

ValueId block(Net& net, const Key& key, ValueId x, const Block& b) {
    const int64_t in = net.channels(x);
    ValueId y = x;
    int64_t layer = 0;  // activations are numbered too
    for (int i = 0; i < b.convs; ++i) {
        if (i > 0 || b.starts_with_relu) {
            y = net.act(y, nn::Act::kRelu);
            ++layer;
        }
        const bool grown = b.grows_first || i == b.convs - 1;
        y = separable(net, key / "rep" / layer++, y, grown ? b.out : in);
        y = net.batch_norm(key / "rep" / layer++, y);
    }
    if (b.stride != 1) y = net.max_pool(y, {.kernel = 3, .stride = b.stride, .padding = 1});
    if (b.out != in || b.stride != 1)
        x = net.batch_norm(
            key / "skipbn",
            net.conv(key / "skip", x, {.out = b.out, .kernel = 1, .stride = b.stride, .padding = 0}));
    return net.mark(key, net.add(y, x));
}

}  // namespace

ValueId xception(Net& net, std::string_view, ValueId x) {
    x = net.batch_norm("bn1", net.conv("conv1", x, {.out = 32, .kernel = 3, .stride = 2, .padding = 0}),
                       nn::Act::kRelu);
    x = net.batch_norm("bn2", net.conv("conv2", x, {.out = 64, .kernel = 3, .padding = 0}), nn::Act::kRelu);
    int64_t number = 1;
    for (const Block& b : kXceptionBlocks) x = block(net, Key(format("block{}", number++)), x, b);
    x = net.batch_norm("bn3", separable(net, "conv3", x, 1536), nn::Act::kRelu);
    x = net.batch_norm("bn4", separable(net, "conv4", x, 2048), nn::Act::kRelu);
    if (net.settings.features) return x;
    return nn::classifier(net, "fc", net.global_avg_pool(x));
}

}  // namespace lathe::zoo::timm
