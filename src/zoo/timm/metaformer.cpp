// PoolFormer: Yu et al., "MetaFormer is Actually What You Need for Vision", 2021; PoolFormer V2, ConvFormer and CAFormer:
// Yu et al., "MetaFormer Baselines for Vision", 2022.
#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

enum class MetaformerKind : uint8_t { kPoolFormer, kPoolFormerV2, kConvFormer, kCaFormer };

struct MetaformerVariant {
    std::string_view name;
    MetaformerKind kind;
    std::array<int, 4> depths, widths;
};

constexpr std::array<int, 4> kS{64, 128, 320, 512}, kPoolM{96, 192, 384, 768}, kM{96, 192, 384, 576},
    kB{128, 256, 512, 768}, kDepths36{3, 12, 18, 3};
constexpr MetaformerVariant kMetaformerVariants[] = {
    {"poolformer_s12", MetaformerKind::kPoolFormer, {2, 2, 6, 2}, kS},
    {"poolformer_s24", MetaformerKind::kPoolFormer, {4, 4, 12, 4}, kS},
    {"poolformer_s36", MetaformerKind::kPoolFormer, {6, 6, 18, 6}, kS},
    {"poolformer_m36", MetaformerKind::kPoolFormer, {6, 6, 18, 6}, kPoolM},
    {"poolformer_m48", MetaformerKind::kPoolFormer, {8, 8, 24, 8}, kPoolM},
    {"poolformerv2_s12", MetaformerKind::kPoolFormerV2, {2, 2, 6, 2}, kS},
    {"poolformerv2_s24", MetaformerKind::kPoolFormerV2, {4, 4, 12, 4}, kS},
    {"poolformerv2_s36", MetaformerKind::kPoolFormerV2, {6, 6, 18, 6}, kS},
    {"poolformerv2_m36", MetaformerKind::kPoolFormerV2, {6, 6, 18, 6}, kPoolM},
    {"poolformerv2_m48", MetaformerKind::kPoolFormerV2, {8, 8, 24, 8}, kPoolM},
    {"convformer_s18", MetaformerKind::kConvFormer, {3, 3, 9, 3}, kS},
    {"convformer_s36", MetaformerKind::kConvFormer, kDepths36, kS},
    {"convformer_m36", MetaformerKind::kConvFormer, kDepths36, kM},
    {"convformer_b36", MetaformerKind::kConvFormer, kDepths36, kB},
    {"caformer_s18", MetaformerKind::kCaFormer, {3, 3, 9, 3}, kS},
    {"caformer_s36", MetaformerKind::kCaFormer, kDepths36, kS},
    {"caformer_m36", MetaformerKind::kCaFormer, kDepths36, kM},
    {"caformer_b36", MetaformerKind::kCaFormer, kDepths36, kB},
};
constexpr int64_t kMetaformerHeadSize = 32, kMetaformerMlpRatio = 4, kMetaformerHeadRatio = 4;
constexpr double kMetaformerEpsilon = 1e-6;

// Where a block stands: what mixes its tokens, and whether they are an image or a sequence [batch, L, C].
struct Place {
    MetaformerKind kind;
    bool image;  // attention works on sequences
    bool res_scale;  // the last two stages of the later networks scale what goes past a branch

    bool first() const { return kind == MetaformerKind::kPoolFormer; }
};

ValueId squared_relu(Net& net, ValueId x) {
    x = net.act(x, nn::Act::kRelu);
    return net.mul(x, x);
}

// scale * relu(x)^2 + bias, both learned.
ValueId star_relu(Net& net, const Key& key, ValueId x) {
    const ValueId scale = net.param(key / "scale", {1}), bias = net.param(key / "bias", {1});
    return net.mark(key, net.add(net.mul(scale, squared_relu(net, x)), bias));
}

// Over all channels and pixels, without a bias.
ValueId group_norm_no_bias(Net& net, const Key& key, ValueId x) {
    const Shape shape{net.channels(x)};
    const ValueId zeros = net.shared_constant("zeros", Tensor::filled(DType::kF32, shape, 0));
    return net.mark(key, net.b.add("group_norm", {x, net.param(key / "weight", shape), zeros},
                                   {{"num_groups", int64_t{1}}, {"epsilon", kMetaformerEpsilon}}));
}

ValueId norm(Net& net, const Key& key, ValueId x, const Place& p) {
    switch (p.kind) {
        case MetaformerKind::kPoolFormer: return net.group_norm(key, x, 1);
        case MetaformerKind::kPoolFormerV2: return group_norm_no_bias(net, key, x);
        default: break;
    }
    return p.image ? net.layer_norm_2d(key, x, kMetaformerEpsilon, false)
                   : net.layer_norm(key, x, kMetaformerEpsilon, false);
}

// 1 x 1, activation, depthwise 7 x 7, 1 x 1.
ValueId separable_conv(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.channels(x), middle = 2 * width;
    x = star_relu(net, key / "act1", net.conv(key / "pwconv1", x, {.out = middle}));
    x = net.conv(key / "dwconv", x, {.out = middle, .kernel = 7, .groups = middle});
    return net.conv(key / "pwconv2", x, {.out = width});
}

ValueId mix_tokens(Net& net, const Key& key, ValueId x, const Place& p) {
    if (!p.image)
        return nn::attention(net, key, x,
                             {.heads = net.dim(x, -1) / kMetaformerHeadSize, .proj_bias = false});
    if (p.kind == MetaformerKind::kConvFormer || p.kind == MetaformerKind::kCaFormer)
        return net.mark(key, separable_conv(net, key, x));
    const ValueId average =
        net.avg_pool(x, {.kernel = 3, .stride = 1, .padding = 1, .count_include_pad = false});
    return net.mark(key, net.sub(average, x));
}

ValueId feed_forward(Net& net, const Key& key, ValueId x, const Place& p) {
    const int64_t width = p.image ? net.channels(x) : net.dim(x, -1), hidden = kMetaformerMlpRatio * width;
    if (p.first()) return nn::mlp(net, key, x, {.hidden = hidden, .conv = true});
    const auto layer = [&](const char* name, ValueId y, int64_t out) {
        return p.image ? net.conv(key / name, y, {.out = out}) : net.linear(key / name, y, out, false);
    };
    x = star_relu(net, key / "act", layer("fc1", x, hidden));
    return net.mark(key, layer("fc2", x, width));
}

ValueId scaled(Net& net, const Key& key, ValueId x, bool scale, const Place& p) {
    if (!scale) return x;
    return net.mark(key, p.image ? net.scale_2d(key / "scale", x) : net.scale(key / "scale", x));
}

ValueId block(Net& net, const Key& key, ValueId x, const Place& p) {
    const auto branch = [&](const char* number, ValueId y) {
        y = scaled(net, key / (std::string("layer_scale") + number), y, p.first(), p);
        return net.add(scaled(net, key / (std::string("res_scale") + number), x, p.res_scale, p), y);
    };
    x = branch("1", mix_tokens(net, key / "token_mixer", norm(net, key / "norm1", x, p), p));
    x = branch("2", feed_forward(net, key / "mlp", norm(net, key / "norm2", x, p), p));
    return net.mark(key, x);
}

ValueId stage(Net& net, const Key& key, ValueId x, size_t index, const MetaformerVariant& v) {
    const bool attends = v.kind == MetaformerKind::kCaFormer && index >= 2;
    const Place place{v.kind, !attends, v.kind != MetaformerKind::kPoolFormer && index >= 2};
    if (index > 0) {
        const Key down = key / "downsample";
        if (!place.first()) x = net.layer_norm_2d(down / "norm", x, kMetaformerEpsilon, false);
        x = net.conv(down / "conv", x,
                     {.out = v.widths[index], .kernel = 3, .stride = 2, .padding = 1, .bias = true});
        net.mark(down, x);
    }
    const nn::Size2 map = net.size(x);
    if (attends) x = net.tokens(x);
    for (int i = 0; i < v.depths[index]; ++i) x = block(net, key / "blocks" / i, x, place);
    return net.mark(key, attends ? net.image(x, map) : x);
}

// Two layers with squared ReLU between; PoolFormers have one.
ValueId metaformer_head(Net& net, const Key& key, ValueId x, const MetaformerVariant& v) {
    x = net.layer_norm(key / "norm", net.global_avg_pool(x), kMetaformerEpsilon);
    const bool one_layer = v.kind == MetaformerKind::kPoolFormer || v.kind == MetaformerKind::kPoolFormerV2;
    if (one_layer || net.settings.num_classes == 0) return nn::classifier(net, key / "fc", x);
    const Key fc = key / "fc";
    x = squared_relu(net, net.linear(fc / "fc1", x, kMetaformerHeadRatio * net.dim(x, -1)));
    return nn::classifier(net, fc / "fc2", net.layer_norm(fc / "norm", x, kMetaformerEpsilon));
}

}  // namespace

ValueId metaformer(Net& net, std::string_view model, ValueId x) {
    const MetaformerVariant& v = variant(net, kMetaformerVariants, model);
    x = net.conv("stem.conv", x, {.out = v.widths[0], .kernel = 7, .stride = 4, .padding = 2, .bias = true});
    if (v.kind != MetaformerKind::kPoolFormer)
        x = net.layer_norm_2d("stem.norm", x, kMetaformerEpsilon, false);
    net.mark("stem", x);
    for (size_t i = 0; i < 4; ++i) x = stage(net, Key("stages") / static_cast<int64_t>(i), x, i, v);
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return metaformer_head(net, "head", x, v);
}

}  // namespace lathe::zoo::timm
