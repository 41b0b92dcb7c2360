// DeiT: Touvron et al., "Training data-efficient image transformers & distillation through attention", 2020, and
// "DeiT III: Revenge of the ViT", 2022.
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/token_pool.h"
#include "zoo/timm/vision_transformer.h"

namespace lathe::zoo::timm {
namespace {

// clang-format off
// name, patch, width, depth, heads
constexpr Vit kDeitVariants[] = {
    {"deit_tiny_patch16_224", 16, 192, 12, 3},
    {"deit_small_patch16_224", 16, 384, 12, 6},
    {"deit_base_patch16_224", 16, 768, 12, 12},
    {"deit_base_patch16_384", 16, 768, 12, 12},
    {"deit3_small_patch16_224", 16, 384, 12, 6, {.layer_scale = true, .no_embed_class = true}},
    {"deit3_small_patch16_384", 16, 384, 12, 6, {.layer_scale = true, .no_embed_class = true}},
    {"deit3_medium_patch16_224", 16, 512, 12, 8, {.layer_scale = true, .no_embed_class = true}},
    {"deit3_base_patch16_224", 16, 768, 12, 12, {.layer_scale = true, .no_embed_class = true}},
    {"deit3_base_patch16_384", 16, 768, 12, 12, {.layer_scale = true, .no_embed_class = true}},
    {"deit3_large_patch16_224", 16, 1024, 24, 16, {.layer_scale = true, .no_embed_class = true}},
    {"deit3_large_patch16_384", 16, 1024, 24, 16, {.layer_scale = true, .no_embed_class = true}},
    {"deit3_huge_patch14_224", 14, 1280, 32, 16, {.layer_scale = true, .no_embed_class = true}},
};
constexpr Vit kDistilled[] = {
    {"deit_tiny_distilled_patch16_224", 16, 192, 12, 3},
    {"deit_small_distilled_patch16_224", 16, 384, 12, 6},
    {"deit_base_distilled_patch16_224", 16, 768, 12, 12},
    {"deit_base_distilled_patch16_384", 16, 768, 12, 12},
};
// clang-format on

// Two class tokens with a head each; the answer is the average of both.
ValueId distilled(Net& net, ValueId image, const Vit& vit) {
    constexpr const char* kClassTokens[] = {"cls_token", "dist_token"};
    const ValueId tokens =
        nn::patch_embed(net, "patch_embed", image, {.patch = vit.patch, .width = vit.width});
    ValueId x = vit_embed_tokens(net, tokens, nn::patch_grid(net, image, vit.patch), vit, kClassTokens);
    x = vit_encode(net, x, vit);
    if (net.settings.features) return x;
    const ValueId one = nn::classifier(net, "head", net.select(x, 1, 0));
    const ValueId two = nn::classifier(net, "head_dist", net.select(x, 1, 1));
    return net.mul(net.add(one, two), 0.5);
}

}  // namespace

ValueId deit(Net& net, std::string_view model, ValueId x) {
    for (const Vit& row : kDistilled)
        if (row.name == model) return distilled(net, x, row);
    return vit_from_image(net, x, variant(net, kDeitVariants, model));
}

}  // namespace lathe::zoo::timm
