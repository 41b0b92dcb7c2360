// EVA: Fang et al., "EVA: Exploring the Limits of Masked Visual Representation Learning at Scale", 2022; EVA-02, 2023;
// Perception Encoder (Bolya et al., 2025); DINOv3 (Siméoni et al., 2025); ViTs with rotary embeddings (Heo et al., 2024).
#include "zoo/timm/eva.h"

#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/pos_embed.h"
#include "zoo/nn/rope.h"
#include "zoo/nn/token_pool.h"

namespace lathe::zoo::timm {
namespace {

using nn::Norm;
using nn::Rope;
using nn::Size2;

constexpr int64_t kMapHeads = 8;

int64_t prefix_of(const Eva& eva) { return (eva.options.class_token ? 1 : 0) + eva.options.reg_tokens; }
bool norm_after_pool(const Eva& eva) {
    return eva.options.fc_norm.value_or(eva.options.pool == EvaPool::kAvg);
}

ValueId attend(Net& net, const Key& key, ValueId x, const Eva& eva, const Rope& rope) {
    const EvaOptions& o = eva.options;
    return nn::attention(net, key, x,
                         {.heads = eva.heads,
                          .qkv_bias = o.qkv_bias,
                          .key_bias = o.plain_attention,
                          .fused_qkv = o.fused_qkv,
                          .out_norm = o.scale_attn ? o.norm : nn::kNoNorm,
                          .rope = rope});
}

ValueId feed_forward(Net& net, const Key& key, ValueId x, const Eva& eva) {
    const EvaOptions& o = eva.options;
    const auto hidden = static_cast<int64_t>(static_cast<double>(eva.width) * o.mlp_ratio);
    nn::Mlp mlp{.hidden = hidden, .norm = o.scale_mlp ? o.norm : nn::kNoNorm};
    if (!o.swiglu) return nn::mlp(net, key, x, mlp);
    mlp.act = nn::Act::kSilu;
    if (o.scale_mlp || o.swiglu_align > 0) {
        if (o.swiglu_align > 0) mlp.hidden = (hidden + o.swiglu_align - 1) / o.swiglu_align * o.swiglu_align;
        return nn::swiglu(net, key, x, mlp);
    }
    mlp.hidden = 2 * hidden;
    return nn::glu_mlp(net, key, x, mlp, false);
}

ValueId block(Net& net, const Key& key, ValueId x, const Eva& eva, const Rope& rope) {
    const EvaOptions& o = eva.options;
    if (o.post_norm) {
        x = net.add(x, nn::norm(net, key / "norm1", attend(net, key / "attn", x, eva, rope), o.norm));
        return net.mark(
            key, net.add(x, nn::norm(net, key / "norm2", feed_forward(net, key / "mlp", x, eva), o.norm)));
    }
    const auto scaled = [&](const char* name, ValueId y) {
        return o.layer_scale ? net.scale(key / name, y) : y;
    };
    const ValueId y = attend(net, key / "attn", nn::norm(net, key / "norm1", x, o.norm), eva, rope);
    x = net.add(x, scaled("gamma_1", y));
    const ValueId z = feed_forward(net, key / "mlp", nn::norm(net, key / "norm2", x, o.norm), eva);
    return net.mark(key, net.add(x, scaled("gamma_2", z)));
}

ValueId embed_tokens(Net& net, ValueId x, Size2 grid, const Eva& eva) {
    const EvaOptions& o = eva.options;
    const auto places = [&] {
        return nn::abs_pos_embed(net, "pos_embed", grid, eva.width, o.no_embed_class ? 0 : prefix_of(eva));
    };
    if (o.abs_pos && o.no_embed_class) x = net.add(x, places());
    if (o.reg_tokens > 0) x = nn::prepend(net, net.param("reg_token", {1, o.reg_tokens, eva.width}), x);
    if (o.class_token) x = nn::prepend(net, net.param("cls_token", {1, 1, eva.width}), x);
    if (o.abs_pos && !o.no_embed_class) x = net.add(x, places());
    return net.mark("pos_drop", x);
}

// The tables of each block.
std::vector<Rope> ropes(Net& net, Size2 grid, const Eva& eva) {
    const EvaOptions& o = eva.options;
    const int64_t size = eva.width / eva.heads, prefix = prefix_of(eva);
    const auto all = [&](const Rope& rope) {
        return std::vector<Rope>(static_cast<size_t>(eva.depth), rope);
    };
    switch (o.rope) {
        case EvaRope::kNone: break;
        case EvaRope::kDinov3: return all(nn::dinov3_rope(net, grid, size, o.rope_temperature, prefix));
        case EvaRope::kMixed:
            return nn::mixed_rope(net, "rope.freqs",
                                  {.grid = grid,
                                   .head_size = size,
                                   .heads = eva.heads,
                                   .depth = eva.depth,
                                   .xy = o.rope_xy,
                                   .prefix = prefix});
        case EvaRope::kAxial: {
            nn::AxialRope rope{.grid = grid,
                               .head_size = size,
                               .temperature = o.rope_temperature,
                               .reference = {},
                               .offset = o.rope_offset,
                               .xy = o.rope_xy,
                               .prefix = prefix};
            if (o.rope_reference > 0) rope.reference = Size2(o.rope_reference);
            return all(nn::axial_rope(net, rope));
        }
    }
    return all({});
}

ValueId head(Net& net, ValueId x, const Eva& eva) {
    const EvaOptions& o = eva.options;
    switch (o.pool) {
        case EvaPool::kMap:
            x = nn::latent_pool(net, "attn_pool", x,
                                {.heads = kMapHeads, .mlp_hidden = 4 * eva.width, .norm = o.norm});
            break;
        case EvaPool::kAvg: x = nn::pool_tokens(net, x, nn::TokenPool::kAvg, prefix_of(eva)); break;
        case EvaPool::kToken: x = nn::pool_tokens(net, x, nn::TokenPool::kToken); break;
    }
    if (norm_after_pool(eva)) x = nn::norm(net, "fc_norm", x, o.norm);
    net.mark("fc_norm", x);
    return nn::classifier(net, "head", net.mark("head_drop", x));
}

}  // namespace

ValueId eva_from_image(Net& net, ValueId image, const Eva& eva) {
    const EvaOptions& o = eva.options;
    const Size2 grid = nn::patch_grid(net, image, eva.patch);
    ValueId x = nn::patch_embed(net, "patch_embed", image,
                                {.patch = eva.patch, .width = eva.width, .bias = !o.pre_norm});
    x = embed_tokens(net, x, grid, eva);
    if (o.pre_norm) x = nn::norm(net, "norm_pre", x, o.norm);
    const std::vector<Rope> tables = ropes(net, grid, eva);
    for (int64_t i = 0; i < eva.depth; ++i)
        x = block(net, Key("blocks") / i, x, eva, tables[static_cast<size_t>(i)]);
    if (o.final_norm.value_or(!norm_after_pool(eva))) x = nn::norm(net, "norm", x, o.norm);
    net.mark("norm", x);
    return net.settings.features ? x : head(net, x, eva);
}

}  // namespace lathe::zoo::timm
