// ViTamin: Chen et al., "ViTamin: Designing Scalable Vision Models in the Vision-Language Era", 2024. Two stages of
// inverted bottlenecks make the tokens of a vision transformer.
#include "zoo/nn/channels.h"
#include "zoo/timm/vision_transformer.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct Stages {
    int64_t stem, first, second;  // widths
};
constexpr Stages kSmallStages{64, 64, 128}, kBaseStages{128, 128, 256}, kLargeStages{160, 160, 320},
    kXLargeStages{192, 192, 384};
constexpr int64_t kFirstDepth = 2, kSecondDepth = 4;
constexpr double kVitaminEpsilon = 1e-6;

struct VitaminVariant {
    Vit vit;
    Stages stages;
};
constexpr VitOptions kOptions{
    .mlp_ratio = 2, .class_token = false, .pool = VitPool::kAvg, .mlp = VitMlp::kNormedGeGlu};
constexpr VitOptions kNoPositions{.mlp_ratio = 2,
                                  .class_token = false,
                                  .pos_embed = false,
                                  .pool = VitPool::kAvg,
                                  .mlp = VitMlp::kNormedGeGlu};
constexpr VitaminVariant large(std::string_view name) {
    return {{name, 1, 1024, 31, 16, kOptions}, kLargeStages};
}
constexpr VitaminVariant xlarge(std::string_view name) {
    return {{name, 1, 1152, 32, 16, kNoPositions}, kXLargeStages};
}
constexpr VitaminVariant kVitaminVariants[] = {
    {{"vitamin_small_224", 1, 384, 14, 6, kOptions}, kSmallStages},
    {{"vitamin_base_224", 1, 768, 14, 12, kOptions}, kBaseStages},
    large("vitamin_large_224"),
    large("vitamin_large_256"),
    large("vitamin_large_336"),
    large("vitamin_large_384"),
    large("vitamin_large2_224"),
    large("vitamin_large2_256"),
    large("vitamin_large2_336"),
    large("vitamin_large2_384"),
    xlarge("vitamin_xlarge_256"),
    xlarge("vitamin_xlarge_336"),
    xlarge("vitamin_xlarge_384"),
};

ValueId vitamin_stem(Net& net, const Key& key, ValueId x, int64_t width) {
    x = net.conv(key / "conv1", x, {.out = width, .kernel = 3, .stride = 2, .bias = true});
    x = net.act(net.layer_norm_2d(key / "norm1", x, kVitaminEpsilon), Act::kGelu);
    return net.mark(key, net.conv(key / "conv2", x, {.out = width, .kernel = 3, .bias = true}));
}

ValueId shortcut(Net& net, const Key& key, ValueId x, int64_t out, int64_t stride) {
    if (stride == 1) return x;
    x = net.avg_pool(x, {.kernel = 3, .stride = 2, .padding = 1, .count_include_pad = false});
    return net.channels(x) == out ? x : net.conv(key / "expand", x, {.out = out, .bias = true});
}

ValueId vitamin_block(Net& net, const Key& key, ValueId x, int64_t out, int64_t stride) {
    const ValueId kept = shortcut(net, key / "shortcut", x, out, stride);
    const int64_t middle = nn::make_divisible(static_cast<double>(4 * out));
    const nn::Conv depthwise{.out = middle, .kernel = 3, .stride = stride, .groups = middle, .bias = true};
    x = net.layer_norm_2d(key / "pre_norm", x, kVitaminEpsilon);
    x = net.act(net.conv(key / "conv1_1x1", x, {.out = middle, .bias = true}), Act::kGelu);
    x = net.act(net.conv(key / "conv2_kxk", x, depthwise), Act::kGelu);
    return net.mark(key, net.add(net.conv(key / "conv3_1x1", x, {.out = out, .bias = true}), kept));
}

// [batch, 3, H, W] -> [batch, width, H / 16, W / 16].
ValueId see(Net& net, const Key& key, ValueId x, const Stages& stages, int64_t width) {
    x = vitamin_stem(net, key / "stem", x, stages.stem);
    for (int64_t s = 0; s < 2; ++s)
        for (int64_t i = 0; i < (s == 0 ? kFirstDepth : kSecondDepth); ++i)
            x = vitamin_block(net, key / "stages" / s / i, x, s == 0 ? stages.first : stages.second,
                              i == 0 ? 2 : 1);
    x = net.layer_norm_2d(key / "pool" / "norm", x, kVitaminEpsilon);
    x = net.conv(key / "pool" / "proj", x,
                 {.out = width, .kernel = 3, .stride = 2, .padding = 1, .bias = true});
    return net.mark(key, x);
}

}  // namespace

ValueId vitamin(Net& net, std::string_view model, ValueId image) {
    const VitaminVariant* v = &kVitaminVariants[0];
    for (const VitaminVariant& row : kVitaminVariants)
        if (row.vit.name == model) v = &row;
    const ValueId map = see(net, "patch_embed.backbone", image, v->stages, v->vit.width);
    return vit_from_patches(net, net.mark("patch_embed", net.tokens(map)), net.size(map), v->vit);
}

}  // namespace lathe::zoo::timm
