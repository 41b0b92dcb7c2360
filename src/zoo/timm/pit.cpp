// PiT: Heo et al., "Rethinking Spatial Dimensions of Vision Transformers", 2021.
#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/pos_embed.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Size2;

struct PitVariant {
    std::string_view name;
    int64_t patch, stride, head_size;
    std::array<int64_t, 3> blocks, heads;
    bool distilled = false;  // two class tokens, a head each
};

constexpr PitVariant kPitVariants[] = {
    {"pit_b_224", 14, 7, 64, {3, 6, 4}, {4, 8, 16}},
    {"pit_s_224", 16, 8, 48, {2, 6, 4}, {3, 6, 12}},
    {"pit_xs_224", 16, 8, 48, {2, 6, 4}, {2, 4, 8}},
    {"pit_ti_224", 16, 8, 32, {2, 6, 4}, {2, 4, 8}},
    {"pit_b_distilled_224", 14, 7, 64, {3, 6, 4}, {4, 8, 16}, true},
    {"pit_s_distilled_224", 16, 8, 48, {2, 6, 4}, {3, 6, 12}, true},
    {"pit_xs_distilled_224", 16, 8, 48, {2, 6, 4}, {2, 4, 8}, true},
    {"pit_ti_distilled_224", 16, 8, 32, {2, 6, 4}, {2, 4, 8}, true},
};
constexpr double kPitEpsilon = 1e-6;

struct PitStage {
    ValueId image, tokens;  // [batch, C, h, w], [batch, class tokens, C]
};

ValueId block(Net& net, const Key& key, ValueId x, int64_t heads) {
    const ValueId normed = net.layer_norm(key / "norm1", x, kPitEpsilon);
    x = net.add(x, nn::attention(net, key / "attn", normed, {.heads = heads, .qkv_bias = true}));
    const ValueId y = net.layer_norm(key / "norm2", x, kPitEpsilon);
    return net.mark(key, net.add(x, nn::mlp(net, key / "mlp", y, {.hidden = 4 * net.dim(x, -1)})));
}

// Halves the image and widens it: a depthwise convolution for the image, a linear layer for the class tokens.
PitStage pool(Net& net, const Key& key, const PitStage& s, int64_t width) {
    const nn::Conv conv{
        .out = width, .kernel = 3, .stride = 2, .padding = 1, .groups = net.channels(s.image), .bias = true};
    const ValueId image = net.conv(key / "conv", s.image, conv);
    return {image, net.linear(key / "fc", s.tokens, width)};
}

PitStage transformer(Net& net, const Key& key, const PitStage& s, int64_t blocks, int64_t heads) {
    const Size2 size = net.size(s.image);
    const int64_t count = net.dim(s.tokens, 1);
    ValueId x = net.concat({s.tokens, net.tokens(s.image)}, 1);
    for (int64_t i = 0; i < blocks; ++i) x = block(net, key / "blocks" / i, x, heads);
    return {net.image(net.slice(x, 1, count, count + size.h * size.w), size), net.slice(x, 1, 0, count)};
}

}  // namespace

ValueId pit(Net& net, std::string_view model, ValueId image) {
    const PitVariant& v = variant(net, kPitVariants, model);
    const int64_t width = v.head_size * v.heads[0], count = v.distilled ? 2 : 1;
    const nn::Conv conv{.out = width, .kernel = v.patch, .stride = v.stride, .padding = 0, .bias = true};
    const ValueId map = net.mark("patch_embed", net.conv("patch_embed.conv", image, conv));
    const ValueId places = nn::abs_pos_embed_nchw(net, "pos_embed", net.size(map), width);
    PitStage s{net.mark("pos_drop", net.add(map, places)),
               nn::expand_batch(net, net.param("cls_token", {1, count, width}), map)};
    for (int64_t i = 0; i < 3; ++i) {
        const auto at = static_cast<size_t>(i);
        const Key key = Key("transformers") / i;
        if (i > 0) s = pool(net, key / "pool", s, v.head_size * v.heads[at]);
        s = transformer(net, key, s, v.blocks[at], v.heads[at]);
    }
    const ValueId tokens = net.layer_norm("norm", s.tokens, kPitEpsilon);
    if (net.settings.features) return tokens;  // [batch, class tokens, C]
    const ValueId classes = nn::classifier(net, "head", net.select(tokens, 1, 0));
    if (!v.distilled) return classes;
    return net.mul(net.add(classes, nn::classifier(net, "head_dist", net.select(tokens, 1, 1))), 0.5);
}

}  // namespace lathe::zoo::timm
