// Res2Net: Gao et al., "Res2Net: A New Multi-scale Backbone Architecture", 2019.
#include "zoo/timm/res2net.h"

#include "zoo/timm/resnet.h"

namespace lathe::zoo::timm {
namespace {

struct Res2netVariant {
    std::string_view name;
    std::array<int, 4> layers;
    int64_t base_width, scale;
    int64_t cardinality = 1;
    ResNetStem stem = {};
};

constexpr Res2netVariant kRes2netVariants[] = {
    {"res2net50_26w_4s", {3, 4, 6, 3}, 26, 4},
    {"res2net101_26w_4s", {3, 4, 23, 3}, 26, 4},
    {"res2net50_26w_6s", {3, 4, 6, 3}, 26, 6},
    {"res2net50_26w_8s", {3, 4, 6, 3}, 26, 8},
    {"res2net50_48w_2s", {3, 4, 6, 3}, 48, 2},
    {"res2net50_14w_8s", {3, 4, 6, 3}, 14, 8},
    {"res2next50", {3, 4, 6, 3}, 4, 4, 8},
    {"res2net50d", {3, 4, 6, 3}, 26, 4, 1, kStemD},
    {"res2net101d", {3, 4, 23, 3}, 26, 4, 1, kStemD},
};

}  // namespace

ValueId res2net_body(Net& net, const Key& key, ValueId x, const Res2NetBlock& block) {
    x = net.conv(key / "conv1", x, {.out = block.width * block.scale});
    x = net.act(net.batch_norm(key / "bn1", x), nn::Act::kRelu);
    const std::vector<ValueId> parts = net.chunk(x, 1, block.scale);
    std::vector<ValueId> made;
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
        // Each part but the first of the block adds what the part before it has become.
        ValueId y = i == 0 || block.first ? parts[i] : net.add(made.back(), parts[i]);
        y = net.conv(
            key / "convs" / i, y,
            {.out = block.width, .kernel = 3, .stride = block.stride, .padding = 1, .groups = block.groups});
        made.push_back(net.act(net.batch_norm(key / "bns" / i, y), nn::Act::kRelu));
    }
    const nn::Pool pool{.kernel = 3, .stride = block.stride, .padding = 1};
    made.push_back(block.first ? net.mark(key / "pool", net.avg_pool(parts.back(), pool)) : parts.back());
    return net.batch_norm(key / "bn3", net.conv(key / "conv3", net.concat(made, 1), {.out = block.out}));
}

ValueId res2net(Net& net, std::string_view model, ValueId x) {
    const Res2netVariant& v = variant(net, kRes2netVariants, model);
    const ResNetVariant network{.layers = v.layers,
                                .blocks = kBottleneckBlocks,
                                .stem = v.stem,
                                .groups = {v.cardinality, v.base_width}};
    return resnet_of(net, x, network, [&](const Key& key, ValueId y, const ResNetPlace& place) {
        return res2net_body(net, key, y,
                            {.width = place.width,
                             .scale = v.scale,
                             .out = place.out,
                             .stride = place.stride,
                             .groups = v.cardinality,
                             .first = place.projects});
    });
}

}  // namespace lathe::zoo::timm
