// CaiT: Touvron et al., "Going deeper with Image Transformers", 2021.
#include <cmath>

#include "zoo/nn/attention.h"
#include "zoo/nn/class_attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/pos_embed.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::kBatch;

struct CaitVariant {
    std::string_view name;
    int64_t width, depth, heads;
};

constexpr CaitVariant kCaitVariants[] = {
    {"cait_xxs24_224", 192, 24, 4}, {"cait_xxs24_384", 192, 24, 4}, {"cait_xxs36_224", 192, 36, 4},
    {"cait_xxs36_384", 192, 36, 4}, {"cait_xs24_384", 288, 24, 6},  {"cait_s24_224", 384, 24, 8},
    {"cait_s24_384", 384, 24, 8},   {"cait_s36_384", 384, 36, 8},   {"cait_m36_384", 768, 36, 16},
    {"cait_m48_448", 768, 48, 16},
};
constexpr int64_t kCaitPatch = 16, kClassBlocks = 2;
constexpr double kCaitEpsilon = 1e-6;

// Every head becomes a mixture of all: a matrix [heads, heads] over axis 1 of [batch, heads, L, L].
ValueId talk(Net& net, const Key& key, ValueId x) {
    const int64_t heads = net.dim(x, 1), length = net.dim(x, 2);
    const ValueId flat = net.reshape(x, {kBatch, heads, length * length});
    const ValueId weight = net.param(key / "weight", {heads, heads});
    const ValueId bias =
        net.constant((key / "bias").text(), net.tensor(key / "bias", {heads}).reshaped({heads, 1}));
    return net.reshape(net.add(net.matmul(weight, flat), bias), {kBatch, heads, length, length});
}

// Attention whose heads are mixed before and after the softmax.
ValueId talking_heads(Net& net, const Key& key, ValueId x, int64_t heads) {
    const int64_t width = net.dim(x, -1);
    const nn::Heads h = nn::split_qkv(net, net.linear(key / "qkv", x, 3 * width), heads);
    const ValueId q = net.mul(h.q, 1 / std::sqrt(static_cast<double>(width / heads)));
    const ValueId products = talk(net, key / "proj_l", net.matmul(q, net.transpose(h.k, {0, 1, 3, 2})));
    const ValueId weights = talk(net, key / "proj_w", net.softmax(products));
    return net.mark(key, net.linear(key / "proj", nn::merge_heads(net, net.matmul(weights, h.v)), width));
}

ValueId feed_forward(Net& net, const Key& key, ValueId x) {
    const ValueId y = nn::mlp(net, key / "mlp", net.layer_norm(key / "norm2", x, kCaitEpsilon),
                              {.hidden = 4 * net.dim(x, -1)});
    return net.mark(key, net.add(x, net.scale(key / "gamma_2", y)));
}

}  // namespace

ValueId cait(Net& net, std::string_view model, ValueId image) {
    const CaitVariant& v = variant(net, kCaitVariants, model);
    ValueId x = nn::patch_embed(net, "patch_embed", image, {.patch = kCaitPatch, .width = v.width});
    x = net.mark("pos_drop", net.add(x, nn::abs_pos_embed(net, "pos_embed",
                                                          nn::patch_grid(net, image, kCaitPatch), v.width)));
    for (int64_t i = 0; i < v.depth; ++i) {
        const Key key = Key("blocks") / i;
        const ValueId y =
            talking_heads(net, key / "attn", net.layer_norm(key / "norm1", x, kCaitEpsilon), v.heads);
        x = feed_forward(net, key, net.add(x, net.scale(key / "gamma_1", y)));
    }
    ValueId token = nn::expand_batch(net, net.param("cls_token", {1, 1, v.width}), x);
    for (int64_t i = 0; i < kClassBlocks; ++i) {
        const Key key = Key("blocks_token_only") / i;
        const ValueId all = net.layer_norm(key / "norm1", net.concat({token, x}, 1), kCaitEpsilon);
        const ValueId y = nn::class_attention(net, key / "attn", all, v.heads);
        token = feed_forward(net, key, net.add(token, net.scale(key / "gamma_1", y)));
    }
    x = net.layer_norm("norm", net.concat({token, x}, 1), kCaitEpsilon);
    if (net.settings.features) return x;  // [batch, 1 + L, width]
    return nn::classifier(net, "head", net.mark("head_drop", net.select(x, 1, 0)));
}

}  // namespace lathe::zoo::timm
