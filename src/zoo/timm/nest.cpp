// NesT: Zhang et al., "Nested Hierarchical Transformer: Towards Accurate, Data-Efficient and Interpretable Visual
// Understanding", 2021.
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/window.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::kBatch;

struct NestVariant {
    std::string_view name;
    std::array<int, 3> depths;
    int width, heads;  // of the first level, doubled by each next one
    bool same = false;  // weights from JAX: its padding
};

constexpr NestVariant kNestVariants[] = {
    {"nest_base", {2, 2, 20}, 128, 4},
    {"nest_small", {2, 2, 20}, 96, 3},
    {"nest_tiny", {2, 2, 8}, 96, 3},
    {"nest_base_jx", {2, 2, 20}, 128, 4, true},
    {"nest_small_jx", {2, 2, 20}, 96, 3, true},
    {"nest_tiny_jx", {2, 2, 8}, 96, 3, true},
};
constexpr int64_t kNestPatch = 4, kNestMlpRatio = 4, kLevels = 3;
constexpr double kNestEpsilon = 1e-6;

// Within blocks: x is [batch, blocks, L, C]. The heads' channels interleave in the result.
ValueId nest_attention(Net& net, const Key& key, ValueId x, int64_t heads) {
    const int64_t blocks = net.dim(x, 1), length = net.dim(x, 2), width = net.dim(x, 3);
    const nn::WindowHeads h = nn::split_window_qkv(net, net.linear(key / "qkv", x, 3 * width), heads);
    x = nn::window_attention_heads(net, h.q, h.k, h.v, nn::kNoValue);  // [batch, blocks, heads, L, size]
    x = net.reshape(net.transpose(x, {0, 1, 3, 4, 2}), {kBatch, blocks, length, width});
    return net.mark(key, net.linear(key / "proj", x, width));
}

ValueId layer(Net& net, const Key& key, ValueId x, int64_t heads) {
    x = net.add(x, nest_attention(net, key / "attn", net.layer_norm(key / "norm1", x, kNestEpsilon), heads));
    const ValueId y = net.layer_norm(key / "norm2", x, kNestEpsilon);
    return net.mark(key, net.add(x, nn::mlp(net, key / "mlp", y, {.hidden = kNestMlpRatio * net.dim(x, 3)})));
}

// Between levels: 3 x 3, norm, the largest of 3 x 3 at half the size.
ValueId aggregate(Net& net, const Key& key, ValueId x, int64_t width, bool same) {
    const nn::Padding padding = same ? nn::kSame : nn::Padding(1);
    x = net.conv(key / "conv", x, {.out = width, .kernel = 3, .padding = padding, .bias = true});
    x = net.layer_norm_2d(key / "norm", x, kNestEpsilon);
    return net.mark(key, net.max_pool(x, {.kernel = 3, .stride = 2, .padding = padding}));
}

}  // namespace

ValueId nest(Net& net, std::string_view model, ValueId x) {
    const NestVariant& v = variant(net, kNestVariants, model);
    x = nn::patch_embed_image(net, "patch_embed", x, {.patch = kNestPatch, .width = v.width});
    const nn::Size2 grid = net.size(x), block{grid.h >> (kLevels - 1), grid.w >> (kLevels - 1)};
    for (int64_t i = 0; i < kLevels; ++i) {
        const Key level = Key("levels") / i;
        const int64_t width = int64_t{v.width} << i;
        if (i > 0) x = aggregate(net, level / "pool", x, width, v.same);
        const nn::Size2 map = net.size(x);
        x = nn::window_partition(net, net.channels_last(x), block);
        x = net.add(x, net.param(level / "pos_embed", {1, net.dim(x, 1), net.dim(x, 2), width}));
        for (int j = 0; j < v.depths[static_cast<size_t>(i)]; ++j)
            x = layer(net, level / "transformer_encoder" / j, x, int64_t{v.heads} << i);
        x = net.mark(level, net.channels_first(nn::window_reverse(net, x, block, map)));
    }
    x = net.layer_norm_2d("norm", x, kNestEpsilon);
    if (net.settings.features) return x;  // [batch, C, H/16, W/16]
    return nn::classifier(net, "head", net.global_avg_pool(x));
}

}  // namespace lathe::zoo::timm
