// Vision transformers whose patches are places of a convolutional network's map: Dosovitskiy et al., "An Image is Worth
// 16x16 Words", 2020 (R50 + ViT); Steiner et al., "How to train your ViT?", 2021; MobileCLIP (Vasu et al., 2023).
#include "zoo/nn/patch_embed.h"
#include "zoo/timm/resnet.h"
#include "zoo/timm/resnetv2.h"
#include "zoo/timm/vision_transformer.h"

namespace lathe::zoo::timm {
namespace {

enum class Backbone : uint8_t { kStem /* of a ResNetV2 */, kResNetV2, kResNet26d, kResNet50d, kConvs };

struct VisionTransformerHybridVariant {
    Vit vit;  // patch: side of a patch in the backbone's map
    Backbone backbone;
    std::array<int, 4> layers = {};  // kResNetV2; else how many stages there are
};

constexpr Vit kVisionTransformerHybridTiny{"", 8, 192, 12, 3},
    kVisionTransformerHybridSmall{"", 1, 384, 12, 6}, kVisionTransformerHybridBase{"", 1, 768, 12, 12},
    kVisionTransformerHybridLarge{"", 1, 1024, 24, 16};
constexpr Vit kShallow{"", 1, 768, 8, 8, {.mlp_ratio = 3}},
    kVisionTransformerHybridMobileClip{"", 1, 768, 12, 12, {.no_embed_class = true}};

constexpr Vit named(std::string_view name, Vit vit) {
    vit.name = name;
    return vit;
}

constexpr VisionTransformerHybridVariant kVisionTransformerHybridVariants[] = {
    {named("vit_tiny_r_s16_p8_224", kVisionTransformerHybridTiny), Backbone::kStem},
    {named("vit_tiny_r_s16_p8_384", kVisionTransformerHybridTiny), Backbone::kStem},
    {named("vit_small_r26_s32_224", kVisionTransformerHybridSmall), Backbone::kResNetV2, {2, 2, 2, 2}},
    {named("vit_small_r26_s32_384", kVisionTransformerHybridSmall), Backbone::kResNetV2, {2, 2, 2, 2}},
    {named("vit_base_r26_s32_224", kVisionTransformerHybridBase), Backbone::kResNetV2, {2, 2, 2, 2}},
    {named("vit_base_r50_s16_224", kVisionTransformerHybridBase), Backbone::kResNetV2, {3, 4, 9}},
    {named("vit_base_r50_s16_384", kVisionTransformerHybridBase), Backbone::kResNetV2, {3, 4, 9}},
    {named("vit_large_r50_s32_224", kVisionTransformerHybridLarge), Backbone::kResNetV2, {3, 4, 6, 3}},
    {named("vit_large_r50_s32_384", kVisionTransformerHybridLarge), Backbone::kResNetV2, {3, 4, 6, 3}},
    {named("vit_small_resnet26d_224", kShallow), Backbone::kResNet26d, {4}},
    {named("vit_small_resnet50d_s16_224", kShallow), Backbone::kResNet50d, {3}},
    {named("vit_base_resnet26d_224", kVisionTransformerHybridBase), Backbone::kResNet26d, {4}},
    {named("vit_base_resnet50d_224", kVisionTransformerHybridBase), Backbone::kResNet50d, {4}},
    {named("vit_base_mci_224", kVisionTransformerHybridMobileClip), Backbone::kConvs},
};

// Three convolutions without overlap: [batch, 3, H, W] -> [batch, width, H/16, W/16].
ValueId convs(Net& net, const Key& key, ValueId x, int64_t width) {
    for (int64_t i = 0; i < 2; ++i) {
        const int64_t kernel = i == 0 ? 4 : 2;
        x = net.conv(key / i / "conv", x,
                     {.out = width / 4, .kernel = kernel, .stride = kernel, .padding = 0});
        x = net.mark(key / i, net.batch_norm(key / i / "bn", x, nn::Act::kGelu));
    }
    return net.conv(key / 2 / "conv", x,
                    {.out = width, .kernel = 2, .stride = 2, .padding = 0, .bias = true});
}

ValueId see(Net& net, const Key& key, ValueId image, const VisionTransformerHybridVariant& v) {
    const ResNetV2 config{.layers = v.layers,
                          .block = ResNetV2::kPostNorm,
                          .stem = ResNetV2::kSame,
                          .convs = ResNetV2::kStandardisedSame,
                          .epsilon = 1e-8,
                          .norm = {.kind = nn::NormAct::kGroup}};
    switch (v.backbone) {
        case Backbone::kStem: return resnet_v2_stem(net, key, image, config);
        case Backbone::kResNetV2: return resnet_v2_features(net, key, image, config);
        case Backbone::kResNet26d:
            return resnet_features(net, key, image, variant(net, resnet_variants(), "resnet26d"),
                                   v.layers[0]);
        case Backbone::kResNet50d:
            return resnet_features(net, key, image, variant(net, resnet_variants(), "resnet50d"),
                                   v.layers[0]);
        case Backbone::kConvs: break;
    }
    return convs(net, key, image, v.vit.width);
}

}  // namespace

ValueId vision_transformer_hybrid(Net& net, std::string_view model, ValueId image) {
    const VisionTransformerHybridVariant* v = &kVisionTransformerHybridVariants[0];
    for (const VisionTransformerHybridVariant& row : kVisionTransformerHybridVariants)
        if (row.vit.name == model) v = &row;
    ValueId map = see(net, "patch_embed.backbone", image, *v);
    net.mark("patch_embed.backbone", map);
    if (v->backbone != Backbone::kConvs)
        map = net.conv("patch_embed.proj", map,
                       {.out = v->vit.width,
                        .kernel = v->vit.patch,
                        .stride = v->vit.patch,
                        .padding = 0,
                        .bias = true});
    return vit_from_patches(net, net.mark("patch_embed", net.tokens(map)), net.size(map), v->vit);
}

}  // namespace lathe::zoo::timm
