// FocalNet: Yang et al., "Focal Modulation Networks", 2022.
#include "zoo/nn/mlp.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

struct FocalnetVariant {
    std::string_view name;
    std::array<int, 4> depths;
    int width;            // of the first stage, doubled by each next one
    int levels = 2;       // depthwise convolutions, each two pixels wider than the one before
    int window = 3;       // of the first of them
    bool large = false;   // norms after the branches, layer scale, overlapping patches
    bool modulation_norm = false;
};

constexpr std::array<int, 4> kFocalnetTiny{2, 2, 6, 2}, kSmall{2, 2, 18, 2};
constexpr FocalnetVariant kFocalnetVariants[] = {
    {"focalnet_tiny_srf", kFocalnetTiny, 96},
    {"focalnet_small_srf", kSmall, 96},
    {"focalnet_base_srf", kSmall, 128},
    {"focalnet_tiny_lrf", kFocalnetTiny, 96, 3},
    {"focalnet_small_lrf", kSmall, 96, 3},
    {"focalnet_base_lrf", kSmall, 128, 3},
    {"focalnet_large_fl3", kSmall, 192, 3, 5, true},
    {"focalnet_large_fl4", kSmall, 192, 4, 3, true},
    {"focalnet_xlarge_fl3", kSmall, 256, 3, 5, true},
    {"focalnet_xlarge_fl4", kSmall, 256, 4, 3, true},
    {"focalnet_huge_fl3", kSmall, 352, 3, 3, true, true},
    {"focalnet_huge_fl4", kSmall, 352, 4, 3, true, true},
};
constexpr int64_t kFocalnetMlpRatio = 4;
constexpr double kFocalnetEpsilon = 1e-5;

// A query times what its surroundings say at several distances, each through a gate. [batch, C, H, W].
ValueId modulation(Net& net, const Key& key, ValueId x, const FocalnetVariant& v) {
    const int64_t width = net.channels(x);
    x = net.conv(key / "f", x, {.out = 2 * width + v.levels + 1, .bias = true});
    const auto parts = net.split(x, 1, {width, width, v.levels + 1});
    if (parts.size() != 3) return nn::kNoValue;
    ValueId context = parts[1], all = nn::kNoValue;
    const auto gated = [&](ValueId y, int64_t level) {
        y = net.mul(y, net.slice(parts[2], 1, level, level + 1));
        all = level == 0 ? y : net.add(all, y);
    };
    for (int level = 0; level < v.levels; ++level) {
        const Key layer = key / "focal_layers" / level;
        context =
            net.conv(layer / "0", context, {.out = width, .kernel = v.window + 2 * level, .groups = width});
        context = net.mark(layer, net.act(context, nn::Act::kGelu));
        gated(context, level);
    }
    gated(net.act(net.mean(context, {2, 3}, true), nn::Act::kGelu), v.levels);
    ValueId y = net.mul(parts[0], net.conv(key / "h", all, {.out = width, .bias = true}));
    if (v.modulation_norm) y = net.layer_norm_2d(key / "norm", y, kFocalnetEpsilon);
    return net.mark(key, net.conv(key / "proj", y, {.out = width, .bias = true}));
}

ValueId block(Net& net, const Key& key, ValueId x, const FocalnetVariant& v) {
    const auto before = [&](const char* norm) {
        return v.large ? x : net.layer_norm_2d(key / norm, x, kFocalnetEpsilon);
    };
    const auto after = [&](const char* norm, const char* scale, ValueId y) {
        return v.large
                   ? net.scale_2d(key / scale / "gamma", net.layer_norm_2d(key / norm, y, kFocalnetEpsilon))
                   : y;
    };
    ValueId y = modulation(net, key / "modulation", before("norm1"), v);
    x = net.add(x, after("norm1_post", "ls1", y));
    y = nn::mlp(net, key / "mlp", before("norm2"),
                {.hidden = kFocalnetMlpRatio * net.channels(x), .conv = true});
    return net.mark(key, net.add(x, after("norm2_post", "ls2", y)));
}

ValueId downsample(Net& net, const Key& key, ValueId x, int64_t width, int64_t stride, bool overlap) {
    const int64_t kernel = !overlap ? stride : stride == 4 ? 7 : 3, padding = overlap ? stride / 2 : 0;
    x = net.conv(key / "proj", x,
                 {.out = width, .kernel = kernel, .stride = stride, .padding = padding, .bias = true});
    return net.mark(key, net.layer_norm_2d(key / "norm", x, kFocalnetEpsilon));
}

}  // namespace

ValueId focalnet(Net& net, std::string_view model, ValueId x) {
    const FocalnetVariant& v = variant(net, kFocalnetVariants, model);
    x = downsample(net, "stem", x, v.width, 4, v.large);
    for (int64_t i = 0; i < 4; ++i) {
        const Key stage = Key("layers") / i;
        if (i > 0) x = downsample(net, stage / "downsample", x, int64_t{v.width} << i, 2, v.large);
        for (int j = 0; j < v.depths[static_cast<size_t>(i)]; ++j) x = block(net, stage / "blocks" / j, x, v);
        net.mark(stage, x);
    }
    x = net.layer_norm_2d("norm", x, kFocalnetEpsilon);
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::classifier_head(net, "head", x);
}

}  // namespace lathe::zoo::timm
