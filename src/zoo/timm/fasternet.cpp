// FasterNet: Chen et al., "Run, Don't Walk: Chasing Higher FLOPS for Faster Neural Networks", 2023.
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct FasternetVariant {
    std::string_view name;
    int64_t width;  // of the first stage; it doubles
    std::array<int, 4> depths;
    Act act = Act::kRelu;
};
constexpr FasternetVariant kFasternetVariants[] = {
    {"fasternet_t0", 40, {1, 2, 8, 2}, Act::kGelu},
    {"fasternet_t1", 64, {1, 2, 8, 2}, Act::kGelu},
    {"fasternet_t2", 96, {1, 2, 8, 2}},
    {"fasternet_s", 128, {1, 2, 13, 2}},
    {"fasternet_m", 144, {3, 4, 18, 3}},
    {"fasternet_l", 192, {3, 4, 18, 3}},
};
constexpr int64_t kHead = 1280, kPart = 4 /* of the channels are convolved */, kFasternetExpand = 2;

// Only the first quarter of the channels is convolved.
ValueId partial_conv(Net& net, const Key& key, ValueId x) {
    const int64_t channels = net.channels(x), part = channels / kPart;
    const std::vector<ValueId> parts = net.split(x, 1, {part, channels - part});
    if (parts.size() != 2) return nn::kNoValue;
    const ValueId y = net.conv(key / "partial_conv3", parts[0], {.out = part, .kernel = 3});
    return net.mark(key, net.concat({y, parts[1]}, 1));
}

ValueId block(Net& net, const Key& key, ValueId x, Act act) {
    const int64_t channels = net.channels(x);
    ValueId y = partial_conv(net, key / "spatial_mixing", x);
    y = net.conv(key / "mlp" / "0", y, {.out = kFasternetExpand * channels});
    y = net.act(net.batch_norm(key / "mlp" / "1", y), act);
    y = net.mark(key / "mlp", net.conv(key / "mlp" / "3", y, {.out = channels}));
    return net.mark(key, net.add(x, y));
}

ValueId patches(Net& net, const Key& key, std::string_view conv, ValueId x, int64_t out, int64_t size) {
    x = net.conv(key / conv, x, {.out = out, .kernel = size, .stride = size, .padding = 0});
    return net.mark(key, net.batch_norm(key / "norm", x));
}

}  // namespace

ValueId fasternet(Net& net, std::string_view model, ValueId x) {
    const FasternetVariant& v = variant(net, kFasternetVariants, model);
    x = patches(net, "patch_embed", "proj", x, v.width, 4);
    for (int i = 0; i < 4; ++i) {
        const Key stage = Key("stages") / i;
        if (i > 0) x = patches(net, stage / "downsample", "reduction", x, v.width << i, 2);
        for (int j = 0; j < v.depths[static_cast<size_t>(i)]; ++j)
            x = block(net, stage / "blocks" / j, x, v.act);
        net.mark(stage, x);
    }
    if (net.settings.features) return x;
    x = net.mark("global_pool", net.global_avg_pool(x, true));
    x = net.mark("act", net.act(net.conv("conv_head", x, {.out = kHead}), v.act));
    return nn::classifier(net, "classifier", net.flatten(x, 1));
}

}  // namespace lathe::zoo::timm
