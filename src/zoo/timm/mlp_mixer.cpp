// Networks of perceptrons alone. MLP-Mixer: Tolstikhin et al., "MLP-Mixer: An all-MLP Architecture for Vision", 2021.
// ResMLP: Touvron et al., "ResMLP: Feedforward networks for image classification with data-efficient training", 2021.
// gMLP: Liu et al., "Pay Attention to MLPs", 2021.
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/token_pool.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

enum class Block : uint8_t { kMixer, kGatedMixer, kRes, kSpatialGating };

struct MlpMixerVariant {
    std::string_view name;
    int64_t patch, blocks, width;
    Block block = Block::kMixer;
};

// clang-format off
constexpr MlpMixerVariant kMlpMixerVariants[] = {
    {"mixer_s32_224", 32, 8, 512}, {"mixer_s16_224", 16, 8, 512}, {"mixer_b32_224", 32, 12, 768},
    {"mixer_b16_224", 16, 12, 768}, {"mixer_l32_224", 32, 24, 1024}, {"mixer_l16_224", 16, 24, 1024},
    {"gmixer_12_224", 16, 12, 384, Block::kGatedMixer}, {"gmixer_24_224", 16, 24, 384, Block::kGatedMixer},
    {"resmlp_12_224", 16, 12, 384, Block::kRes}, {"resmlp_24_224", 16, 24, 384, Block::kRes},
    {"resmlp_36_224", 16, 36, 384, Block::kRes}, {"resmlp_big_24_224", 8, 24, 768, Block::kRes},
    {"gmlp_ti16_224", 16, 30, 128, Block::kSpatialGating}, {"gmlp_s16_224", 16, 30, 256, Block::kSpatialGating},
    {"gmlp_b16_224", 16, 30, 512, Block::kSpatialGating},
};
// clang-format on
constexpr nn::Norm kNorm{nn::Norm::kLayer, 1e-6};

ValueId swap_tokens_and_channels(Net& net, ValueId x) { return net.transpose(x, {0, 2, 1}); }

// alpha x + beta, in the place of a norm.
ValueId mlp_mixer_affine(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.dim(x, -1);
    const ValueId scaled = net.mul(x, net.param(key / "alpha", {1, 1, width}));
    return net.mark(key, net.add(scaled, net.param(key / "beta", {1, 1, width})));
}

// x: [batch, L, width]. An MLP over the tokens, one over the channels.
ValueId mixer_block(Net& net, const Key& key, ValueId x, bool gated) {
    const int64_t width = net.dim(x, -1);
    const auto mix = [&](const Key& k, ValueId y, int64_t hidden) {
        if (gated) return nn::glu_mlp(net, k, y, {.hidden = hidden, .act = nn::Act::kSilu});
        return nn::mlp(net, k, y, {.hidden = hidden});
    };
    const ValueId turned =
        swap_tokens_and_channels(net, nn::norm(net, key / "norm1", x, kNorm));  // [batch, width, L]
    x = net.add(x, swap_tokens_and_channels(net, mix(key / "mlp_tokens", turned, gated ? width : width / 2)));
    return net.add(x, mix(key / "mlp_channels", nn::norm(net, key / "norm2", x, kNorm), 4 * width));
}

ValueId res_block(Net& net, const Key& key, ValueId x) {
    const ValueId turned = swap_tokens_and_channels(net, mlp_mixer_affine(net, key / "norm1", x));
    const ValueId mixed = net.linear(key / "linear_tokens", turned, net.dim(turned, -1));
    x = net.add(x, net.scale(key / "ls1", swap_tokens_and_channels(net, mixed)));
    const ValueId y = nn::mlp(net, key / "mlp_channels", mlp_mixer_affine(net, key / "norm2", x),
                              {.hidden = 4 * net.dim(x, -1)});
    return net.add(x, net.scale(key / "ls2", y));
}

// One half of the channels is the gate of the other, mixed over the tokens.
ValueId spatial_gating_block(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.dim(x, -1);
    const Key mlp = key / "mlp_channels";
    ValueId y =
        net.act(net.linear(mlp / "fc1", nn::norm(net, key / "norm", x, kNorm), 6 * width), nn::Act::kGelu);
    const auto halves = net.chunk(y, -1, 2);
    const ValueId turned = swap_tokens_and_channels(net, net.layer_norm(mlp / "gate.norm", halves[1], 1e-5));
    const ValueId gate = net.linear(mlp / "gate.proj", turned, net.dim(turned, -1));
    y = net.mark(mlp / "gate", net.mul(halves[0], swap_tokens_and_channels(net, gate)));
    return net.add(x, net.mark(mlp, net.linear(mlp / "fc2", y, width)));
}

ValueId block(Net& net, const Key& key, ValueId x, Block kind) {
    switch (kind) {
        case Block::kRes: return net.mark(key, res_block(net, key, x));
        case Block::kSpatialGating: return net.mark(key, spatial_gating_block(net, key, x));
        default: return net.mark(key, mixer_block(net, key, x, kind == Block::kGatedMixer));
    }
}

}  // namespace

ValueId mlp_mixer(Net& net, std::string_view model, ValueId x) {
    const MlpMixerVariant& v = variant(net, kMlpMixerVariants, model);
    x = nn::patch_embed(net, "stem", x, {.patch = v.patch, .width = v.width});
    for (int64_t i = 0; i < v.blocks; ++i) x = block(net, Key("blocks") / i, x, v.block);
    x = v.block == Block::kRes ? mlp_mixer_affine(net, "norm", x) : nn::norm(net, "norm", x, kNorm);
    if (net.settings.features) return x;  // [batch, L, width]
    return nn::classifier(net, "head", net.mark("head_drop", nn::pool_tokens(net, x, nn::TokenPool::kAvg)));
}

}  // namespace lathe::zoo::timm
