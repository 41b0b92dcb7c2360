// ConViT: d'Ascoli et al., "ConViT: Improving Vision Transformers with Soft Convolutional Inductive Biases", 2021.
#include <cmath>

#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/pos_embed.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Size2;

struct ConvitVariant {
    std::string_view name;
    int64_t heads;
};

constexpr ConvitVariant kConvitVariants[] = {{"convit_tiny", 4}, {"convit_small", 9}, {"convit_base", 16}};
constexpr int64_t kConvitPatch = 16, kHeadSize = 48, kDepth = 12,
                  kPositional = 10;  // so many first blocks are gated
constexpr double kConvitEpsilon = 1e-6;

// Column offset, row offset and squared distance of each pair of patches: [1, L, L, 3].
Tensor relative_places(Size2 grid) {
    const int64_t length = grid.h * grid.w;
    std::vector<float> values;
    for (int64_t i = 0; i < length; ++i)
        for (int64_t j = 0; j < length; ++j) {
            const auto x = static_cast<float>(j % grid.w - i % grid.w),
                       y = static_cast<float>(j / grid.w - i / grid.w);
            values.insert(values.end(), {x, y, x * x + y * y});
        }
    return Tensor::of<float>({1, length, length, 3}, std::span<const float>(values));
}

// Gated positional self-attention: each head mixes attention by content and by place. places: [1, L, L, 3].
ValueId gated_attention(Net& net, const Key& key, ValueId x, int64_t heads, ValueId places) {
    const int64_t width = net.dim(x, -1);
    const auto qk = net.chunk(net.linear(key / "qk", x, 2 * width, false), -1, 2);
    const ValueId q =
        net.mul(nn::split_heads(net, qk[0], heads), 1 / std::sqrt(static_cast<double>(kHeadSize)));
    const ValueId k = net.transpose(nn::split_heads(net, qk[1], heads), {0, 1, 3, 2});
    const ValueId content = net.softmax(net.matmul(q, k));
    const ValueId place =
        net.softmax(net.transpose(net.linear(key / "pos_proj", places, heads), {0, 3, 1, 2}));
    const Tensor gating = net.tensor(key / "gating_param", {heads}).reshaped({heads, 1, 1});
    const ValueId gate = net.act(net.constant((key / "gating_param").text(), gating), nn::Act::kSigmoid);
    ValueId weights = net.add(net.mul(net.sub(net.number(1), gate), content), net.mul(gate, place));
    weights = net.div(weights, net.sum(weights, {-1}, true));
    const ValueId v = nn::split_heads(net, net.linear(key / "v", x, width, false), heads);
    return net.mark(key, net.linear(key / "proj", nn::merge_heads(net, net.matmul(weights, v)), width));
}

}  // namespace

ValueId convit(Net& net, std::string_view model, ValueId image) {
    const int64_t heads = variant(net, kConvitVariants, model).heads, width = kHeadSize * heads;
    const Size2 grid = nn::patch_grid(net, image, kConvitPatch);
    ValueId x = nn::patch_embed(net, "patch_embed", image, {.patch = kConvitPatch, .width = width});
    x = net.mark("pos_drop", net.add(x, nn::abs_pos_embed(net, "pos_embed", grid, width)));
    const ValueId places = net.constant("relative_places", relative_places(grid));
    for (int64_t i = 0; i < kDepth; ++i) {
        const Key key = Key("blocks") / i;
        if (i == kPositional) x = nn::prepend(net, net.param("cls_token", {1, 1, width}), x);
        const ValueId normed = net.layer_norm(key / "norm1", x, kConvitEpsilon);
        x = net.add(x, i < kPositional ? gated_attention(net, key / "attn", normed, heads, places)
                                       : nn::attention(net, key / "attn", normed, {.heads = heads}));
        const ValueId y = nn::mlp(net, key / "mlp", net.layer_norm(key / "norm2", x, kConvitEpsilon),
                                  {.hidden = 4 * width});
        x = net.mark(key, net.add(x, y));
    }
    x = net.layer_norm("norm", x, kConvitEpsilon);
    if (net.settings.features) return x;  // [batch, 1 + L, width]
    return nn::classifier(net, "head", net.mark("head_drop", net.select(x, 1, 0)));
}

}  // namespace lathe::zoo::timm
