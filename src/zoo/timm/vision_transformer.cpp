// ViT: Dosovitskiy et al., "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale", 2020, and the
// variants that share its form: CLIP, SigLIP, DINOv2, FlexiViT, AIMv2, BEiT-3, registers, and timm's own.
#include "zoo/timm/vision_transformer.h"

#include "zoo/nn/patch_embed.h"
#include "zoo/nn/pos_embed.h"
#include "zoo/nn/token_pool.h"

namespace lathe::zoo::timm {

using nn::kBatch;
using nn::Size2;

ValueId vit_embed_tokens(Net& net, ValueId tokens, Size2 grid, const Vit& vit,
                         std::span<const char* const> class_tokens) {
    const VitOptions& o = vit.options;
    const auto with_prefix = [&](ValueId x) {
        std::vector<ValueId> parts;
        for (const char* name : class_tokens)
            parts.push_back(nn::expand_batch(net, net.param(name, {1, 1, vit.width}), x));
        if (o.reg_tokens > 0)
            parts.push_back(nn::expand_batch(net, net.param("reg_token", {1, o.reg_tokens, vit.width}), x));
        parts.push_back(x);
        return net.concat(std::move(parts), 1);
    };
    const int64_t prefix = static_cast<int64_t>(class_tokens.size()) + o.reg_tokens;
    if (!o.pos_embed) return net.mark("pos_drop", with_prefix(tokens));
    const ValueId places =
        nn::abs_pos_embed(net, "pos_embed", grid, vit.width, o.no_embed_class ? 0 : prefix);
    if (o.no_embed_class) return net.mark("pos_drop", with_prefix(net.add(tokens, places)));
    return net.mark("pos_drop", net.add(with_prefix(tokens), places));
}

ValueId vit_encode(Net& net, ValueId x, const Vit& vit) {
    const VitOptions& o = vit.options;
    if (o.pre_norm) x = nn::norm(net, "norm_pre", x, o.norm);
    for (int64_t i = 0; i < vit.depth; ++i) x = vit_block(net, Key("blocks") / i, x, vit, i);
    if (o.final_norm && !vit.norm_after_pool()) x = nn::norm(net, "norm", x, o.norm);
    return net.mark("norm", x);
}

ValueId vit_head(Net& net, ValueId x, const Vit& vit) {
    const VitOptions& o = vit.options;
    const int64_t prefix = o.pool_include_prefix ? 0 : (o.class_token ? 1 : 0) + o.reg_tokens;
    switch (o.pool) {
        case VitPool::kToken: x = nn::pool_tokens(net, x, nn::TokenPool::kToken); break;
        case VitPool::kAvg: x = nn::pool_tokens(net, x, nn::TokenPool::kAvg, prefix); break;
        case VitPool::kMap:
            if (prefix > 0) x = net.slice(x, 1, prefix, net.dim(x, 1));
            x = nn::latent_pool(
                net, "attn_pool", x,
                {.heads = vit.heads, .mlp_hidden = vit.mlp_width(), .norm = o.norm, .act = o.act});
            break;
    }
    if (o.final_norm && vit.norm_after_pool()) x = nn::norm(net, "fc_norm", x, o.norm);
    net.mark("fc_norm", x);
    return nn::classifier(net, "head", net.mark("head_drop", x));
}

ValueId vit_from_patches(Net& net, ValueId tokens, Size2 grid, const Vit& vit) {
    constexpr const char* kClassToken[] = {"cls_token"};
    const std::span<const char* const> class_tokens(kClassToken, vit.options.class_token ? 1 : 0);
    const ValueId x = vit_encode(net, vit_embed_tokens(net, tokens, grid, vit, class_tokens), vit);
    return net.settings.features ? x : vit_head(net, x, vit);
}

ValueId vit_from_image(Net& net, ValueId image, const Vit& vit) {
    const ValueId tokens = nn::patch_embed(net, "patch_embed", image,
                                           {.patch = vit.patch,
                                            .width = vit.width,
                                            .bias = !vit.options.pre_norm,
                                            .norm = vit.options.embed_norm});
    return vit_from_patches(net, tokens, nn::patch_grid(net, image, vit.patch), vit);
}

}  // namespace lathe::zoo::timm
