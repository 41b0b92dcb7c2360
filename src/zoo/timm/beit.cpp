// BEiT: Bao et al., "BEiT: BERT Pre-Training of Image Transformers", 2021; Peng et al., "BEiT v2", 2022.
#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/rel_pos.h"
#include "zoo/nn/token_pool.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

struct Variant {
    std::string_view name;
    int64_t width, depth, heads;
};

constexpr Variant kVariants[] = {
    {"beit_base_patch16_224", 768, 12, 12},     {"beit_base_patch16_384", 768, 12, 12},
    {"beit_large_patch16_224", 1024, 24, 16},   {"beit_large_patch16_384", 1024, 24, 16},
    {"beit_large_patch16_512", 1024, 24, 16},   {"beitv2_base_patch16_224", 768, 12, 12},
    {"beitv2_large_patch16_224", 1024, 24, 16},
};
constexpr int64_t kPatch = 16;
constexpr double kEpsilon = 1e-6;

// x: [batch, 1 + L, width]; positions are biases of the attention's products.
ValueId block(Net& net, const Key& key, ValueId x, const Variant& v, nn::Size2 grid) {
    const ValueId bias = nn::rel_pos_bias(net, key / "attn", grid, v.heads, true);
    const ValueId normed = net.layer_norm(key / "norm1", x, kEpsilon);
    const ValueId y = nn::attention(net, key / "attn", normed,
                                    {.heads = v.heads, .qkv_bias = true, .key_bias = false}, bias);
    x = net.add(x, net.scale(key / "gamma_1", y));
    const ValueId z =
        nn::mlp(net, key / "mlp", net.layer_norm(key / "norm2", x, kEpsilon), {.hidden = 4 * v.width});
    return net.mark(key, net.add(x, net.scale(key / "gamma_2", z)));
}

}  // namespace

ValueId beit(Net& net, std::string_view model, ValueId image) {
    const Variant& v = variant(net, kVariants, model);
    ValueId x = nn::patch_embed(net, "patch_embed", image, {.patch = kPatch, .width = v.width});
    x = nn::prepend(net, net.param("cls_token", {1, 1, v.width}), x);
    const nn::Size2 grid = nn::patch_grid(net, image, kPatch);
    for (int64_t i = 0; i < v.depth; ++i) x = block(net, Key("blocks") / i, x, v, grid);
    if (net.settings.features) return x;  // [batch, 1 + L, width]
    x = net.layer_norm("fc_norm", nn::pool_tokens(net, x, nn::TokenPool::kAvg, 1), kEpsilon);
    return nn::classifier(net, "head", net.mark("head_drop", x));
}

}  // namespace lathe::zoo::timm
