// CrossViT: Chen et al., "CrossViT: Cross-Attention Multi-Scale Vision Transformer for Image Classification", 2021.
#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/pos_embed.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Size2;

struct CrossvitVariant {
    std::string_view name;
    int64_t width;  // of the branch of small patches; the other is twice as wide
    int64_t depth;  // of the other branch's stages; those of small patches have one block
    int64_t heads, mlp_ratio;
    double scale = 224.0 / 240;  // of the image that the branch of large patches sees
    bool dagger = false;  // three convolutions cut the patches
};

constexpr CrossvitVariant kCrossvitVariants[] = {
    {"crossvit_tiny_240", 96, 4, 3, 4},
    {"crossvit_small_240", 192, 4, 6, 4},
    {"crossvit_base_240", 384, 4, 12, 4},
    {"crossvit_9_240", 128, 3, 4, 3},
    {"crossvit_15_240", 192, 5, 6, 3},
    {"crossvit_18_240", 224, 6, 7, 3},
    {"crossvit_9_dagger_240", 128, 3, 4, 3, 224.0 / 240, true},
    {"crossvit_15_dagger_240", 192, 5, 6, 3, 224.0 / 240, true},
    {"crossvit_15_dagger_408", 192, 5, 6, 3, 384.0 / 408, true},
    {"crossvit_18_dagger_240", 224, 6, 7, 3, 224.0 / 240, true},
    {"crossvit_18_dagger_408", 224, 6, 7, 3, 384.0 / 408, true},
};
constexpr int64_t kStages = 3, kBranches = 2, kPatches[] = {12, 16};
constexpr double kCrossvitEpsilon = 1e-6;

using Branches = std::array<ValueId, kBranches>;  // [batch, 1 + L, width], the class token first

ValueId patches(Net& net, const Key& key, ValueId image, int64_t patch, int64_t width, bool dagger) {
    if (!dagger) return nn::patch_embed_image(net, key, image, {.patch = patch, .width = width});
    const int64_t stride = patch == 12 ? 3 : 2;  // of the second; the third has the rest
    const Key proj = key / "proj";
    ValueId x =
        net.conv(proj / 0, image, {.out = width / 4, .kernel = 7, .stride = 4, .padding = 3, .bias = true});
    x = net.conv(
        proj / 2, net.act(x, nn::Act::kRelu),
        {.out = width / 2, .kernel = 3, .stride = stride, .padding = patch == 12 ? 0 : 1, .bias = true});
    return net.conv(proj / 4, net.act(x, nn::Act::kRelu),
                    {.out = width, .kernel = 3, .stride = patch == 12 ? 1 : 2, .padding = 1, .bias = true});
}

ValueId embed(Net& net, ValueId image, int64_t branch, int64_t width, const CrossvitVariant& v) {
    if (branch == 1) {
        const Size2 size = net.size(image);
        const auto scaled = [&](int64_t n) { return static_cast<int64_t>(static_cast<double>(n) * v.scale); };
        image = net.resize(image, {scaled(size.h), scaled(size.w)}, "cubic");
    }
    const ValueId map = patches(net, Key("patch_embed") / branch, image, kPatches[branch], width, v.dagger);
    const ValueId x =
        nn::prepend(net, net.param(Key(format("cls_token_{}", branch)), {1, 1, width}), net.tokens(map));
    return net.add(x, nn::abs_pos_embed(net, Key(format("pos_embed_{}", branch)), net.size(map), width, 1));
}

ValueId block(Net& net, const Key& key, ValueId x, const CrossvitVariant& v) {
    const ValueId normed = net.layer_norm(key / "norm1", x, kCrossvitEpsilon);
    x = net.add(x, nn::attention(net, key / "attn", normed, {.heads = v.heads, .qkv_bias = true}));
    const ValueId y = net.layer_norm(key / "norm2", x, kCrossvitEpsilon);
    return net.mark(key, net.add(x, nn::mlp(net, key / "mlp", y, {.hidden = v.mlp_ratio * net.dim(x, -1)})));
}

// The first token of x asks all of them: [batch, 1, width].
ValueId cross_attention(Net& net, const Key& key, ValueId x, int64_t heads) {
    const int64_t width = net.dim(x, -1);
    const Key attn = key / "attn";
    const ValueId normed = net.layer_norm(key / "norm1", x, kCrossvitEpsilon);
    const ValueId q = nn::split_heads(net, net.linear(attn / "wq", net.slice(normed, 1, 0, 1), width), heads);
    const ValueId k = nn::split_heads(net, net.linear(attn / "wk", normed, width), heads);
    const ValueId v = nn::split_heads(net, net.linear(attn / "wv", normed, width), heads);
    const ValueId y = net.linear(attn / "proj", nn::merge_heads(net, net.attention(q, k, v)), width);
    return net.mark(key, net.add(net.slice(x, 1, 0, 1), net.mark(attn, y)));
}

ValueId project(Net& net, const Key& key, ValueId token, int64_t width) {
    const ValueId x = net.act(net.layer_norm(key / 0, token, kCrossvitEpsilon), nn::Act::kGelu);
    return net.linear(key / 2, x, width);
}

// Each branch by itself, then its class token visits the patches of the other.
Branches stage(Net& net, const Key& key, Branches x, const CrossvitVariant& v) {
    for (int64_t branch = 0; branch < kBranches; ++branch)
        for (int64_t i = 0; i < (branch == 0 ? 1 : v.depth); ++i)
            x[static_cast<size_t>(branch)] =
                block(net, key / "blocks" / branch / i, x[static_cast<size_t>(branch)], v);
    const auto token = [&](ValueId y) { return net.slice(y, 1, 0, 1); };
    const auto rest = [&](ValueId y) { return net.slice(y, 1, 1, net.dim(y, 1)); };
    Branches out{};
    for (int64_t branch = 0; branch < kBranches; ++branch) {
        const ValueId own = x[static_cast<size_t>(branch)], other = x[static_cast<size_t>(1 - branch)];
        const ValueId visitor = project(net, key / "projs" / branch, token(own), net.dim(other, -1));
        const ValueId visited =
            cross_attention(net, key / "fusion" / branch, net.concat({visitor, rest(other)}, 1), v.heads);
        const ValueId back = project(net, key / "revert_projs" / branch, visited, net.dim(own, -1));
        out[static_cast<size_t>(branch)] = net.concat({back, rest(own)}, 1);
    }
    return out;
}

}  // namespace

ValueId crossvit(Net& net, std::string_view model, ValueId image) {
    const CrossvitVariant& v = variant(net, kCrossvitVariants, model);
    if (net.settings.features)
        net.fail_with(
            "CrossViT has two sequences of features of different sizes; without classes it gives both class tokens");
    Branches x{embed(net, image, 0, v.width, v), embed(net, image, 1, 2 * v.width, v)};
    for (int64_t i = 0; i < kStages; ++i) x = stage(net, Key("blocks") / i, x, v);
    std::vector<ValueId> answers;
    for (int64_t branch = 0; branch < kBranches; ++branch) {
        const ValueId normed =
            net.layer_norm(Key("norm") / branch, x[static_cast<size_t>(branch)], kCrossvitEpsilon);
        answers.push_back(nn::classifier(net, Key("head") / branch, net.select(normed, 1, 0)));
    }
    return net.settings.num_classes == 0 ? net.concat(answers, 1)
                                         : net.mul(net.add(answers[0], answers[1]), 0.5);
}

}  // namespace lathe::zoo::timm
