// FastViT: Vasu et al., "FastViT: A Fast Hybrid Vision Transformer using Structural Reparameterization", 2023; the *_mci*
// variants are the image towers of MobileCLIP (Vasu et al. 2024). Every block that trains with parallel branches may
// have been merged into one convolution, reparam_conv.
#include <vector>

#include "zoo/nn/conv_norm_act.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::SqueezeExcite;

constexpr size_t kFastvitMost = 5;  // stages
struct FastvitVariant {
    std::string_view name;
    std::array<int, kFastvitMost> depths, widths;  // 0: no such stage
    int mlp_ratio;
    size_t attention_from = kFastvitMost;  // the first stage with fastvit_attention
    bool clip = false;  // squeeze-excitation and an activation in the later patch embeddings
    bool large = false;  // five stages, norms over channels, a stem without 1 x 1 branches
};

constexpr FastvitVariant kFastvitVariants[] = {
    {"fastvit_t8", {2, 2, 4, 2}, {48, 96, 192, 384}, 3},
    {"fastvit_t12", {2, 2, 6, 2}, {64, 128, 256, 512}, 3},
    {"fastvit_s12", {2, 2, 6, 2}, {64, 128, 256, 512}, 4},
    {"fastvit_sa12", {2, 2, 6, 2}, {64, 128, 256, 512}, 4, 3},
    {"fastvit_sa24", {4, 4, 12, 4}, {64, 128, 256, 512}, 4, 3},
    {"fastvit_sa36", {6, 6, 18, 6}, {64, 128, 256, 512}, 4, 3},
    {"fastvit_ma36", {6, 6, 18, 6}, {76, 152, 304, 608}, 4, 3},
    {"fastvit_mci0", {2, 6, 10, 2}, {64, 128, 256, 512}, 3, 3, true},
    {"fastvit_mci1", {4, 12, 20, 4}, {64, 128, 256, 512}, 3, 3, true},
    {"fastvit_mci2", {4, 12, 24, 4}, {80, 160, 320, 640}, 3, 3, true},
    {"fastvit_mci3", {2, 12, 24, 4, 2}, {96, 192, 384, 768, 1536}, 4, 3, true, true},
    {"fastvit_mci4", {2, 12, 24, 4, 4}, {128, 256, 512, 1024, 2048}, 4, 3, true, true},
};

constexpr int64_t kFastvitHeadSize = 32, kMixer = 3, kPosition = 7;

struct Branches {
    int64_t out, kernel, stride = 1;
    bool depthwise = false;
    int64_t full = 1;  // parallel convolutions of the full size
    bool point = true;  // a 1 x 1 beside them, where the kernel is larger
    bool act = true, se = false;
};

// timm's MobileOneBlock.
ValueId mobile_one(Net& net, const Key& key, ValueId x, const Branches& b) {
    const int64_t in = net.channels(x), groups = b.depthwise ? in : 1;
    ValueId y = nn::kNoValue;
    const auto add = [&](ValueId branch) { y = y == nn::kNoValue ? branch : net.add(y, branch); };
    if (net.has(key / "reparam_conv" / "weight")) {
        y = net.conv(key / "reparam_conv", x,
                     {.out = b.out, .kernel = b.kernel, .stride = b.stride, .groups = groups, .bias = true});
    } else {
        if (b.kernel > 1 && b.point)
            add(conv_norm_act(net, key / "conv_scale", x,
                              {.out = b.out, .kernel = 1, .stride = b.stride, .padding = 0, .groups = groups},
                              Act::kNone));
        if (in == b.out && b.stride == 1) add(net.batch_norm(key / "identity", x));
        for (int64_t i = 0; i < b.full; ++i)
            add(conv_norm_act(net, key / "conv_kxk" / i, x,
                              {.out = b.out, .kernel = b.kernel, .stride = b.stride, .groups = groups},
                              Act::kNone));
    }
    if (b.se) y = squeeze_excite(net, key / "se", y, {.divisor = 1});
    return net.mark(key, b.act ? net.act(y, Act::kGelu) : y);
}

// timm's PatchEmbed: a large and a small depthwise kernel, then a pointwise block.
ValueId patch_embed(Net& net, const Key& key, ValueId x, int64_t out, const FastvitVariant& v, bool se) {
    const Key large = key / "proj" / 0;
    const int64_t in = net.channels(x);
    const auto depthwise = [&](int64_t kernel) {
        return nn::Conv{.out = out, .kernel = kernel, .stride = 2, .padding = kernel / 2, .groups = in};
    };
    if (net.has(large / "reparam_conv" / "weight")) {
        nn::Conv merged = depthwise(7);
        merged.bias = true;
        x = net.conv(large / "reparam_conv", x, merged);
    } else {
        const ValueId wide = conv_norm_act(net, large / "large_conv", x, depthwise(7), Act::kNone);
        x = net.add(wide, conv_norm_act(net, large / "small_conv", x, depthwise(3), Act::kNone));
    }
    if (se) x = squeeze_excite(net, large / "se", x, {.ratio = 0.25});
    if (v.clip) x = net.act(x, Act::kGelu);
    return net.mark(key, mobile_one(net, key / "proj" / 1, net.mark(large, x), {.out = out, .kernel = 1}));
}

ValueId layer_scale(Net& net, const Key& key, ValueId x) {
    return net.mul(x, net.param(key / "gamma", {net.channels(x), 1, 1}));
}

ValueId conv_mlp(Net& net, const Key& key, ValueId x, int64_t ratio) {
    const int64_t width = net.channels(x);
    x = conv_norm_act(net, key / "conv", x, {.out = width, .kernel = 7, .groups = width}, Act::kNone);
    x = net.act(net.conv(key / "fc1", x, {.out = width * ratio, .kernel = 1, .bias = true}), Act::kGelu);
    return net.mark(key, net.conv(key / "fc2", x, {.out = width, .kernel = 1, .bias = true}));
}

// x + scale * (depthwise(x) - norm(x)).
ValueId rep_mixer(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.channels(x);
    if (net.has(key / "reparam_conv" / "weight"))
        return net.mark(key, net.conv(key / "reparam_conv", x,
                                      {.out = width, .kernel = kMixer, .groups = width, .bias = true}));
    const ValueId norm = mobile_one(
        net, key / "norm", x,
        {.out = width, .kernel = kMixer, .depthwise = true, .full = 0, .point = false, .act = false});
    const ValueId mixed =
        mobile_one(net, key / "mixer", x, {.out = width, .kernel = kMixer, .depthwise = true, .act = false});
    return net.mark(key, net.add(x, layer_scale(net, key / "layer_scale", net.sub(mixed, norm))));
}

ValueId fastvit_attention(Net& net, const Key& key, ValueId x) {
    const nn::Size2 size = net.size(x);
    const int64_t width = net.channels(x), heads = width / kFastvitHeadSize, length = size.h * size.w;
    ValueId qkv = net.linear(key / "qkv", net.tokens(x), 3 * width, false);  // [batch, L, 3 * width]
    qkv = net.transpose(net.reshape(qkv, {nn::kBatch, length, 3, heads, kFastvitHeadSize}), {2, 0, 3, 1, 4});
    const ValueId y = net.attention(net.select(qkv, 0, 0), net.select(qkv, 0, 1), net.select(qkv, 0, 2));
    x = net.reshape(net.transpose(y, {0, 2, 1, 3}), {nn::kBatch, length, width});
    return net.mark(key, net.image(net.linear(key / "proj", x, width), size));
}

ValueId block(Net& net, const Key& key, ValueId x, const FastvitVariant& v, bool attends) {
    if (!attends) {
        x = rep_mixer(net, key / "token_mixer", x);
        return net.mark(key, net.add(x, layer_scale(net, key / "layer_scale",
                                                    conv_mlp(net, key / "mlp", x, v.mlp_ratio))));
    }
    const ValueId norm = v.large ? net.layer_norm_2d(key / "norm", x, 1e-5) : net.batch_norm(key / "norm", x);
    x = net.add(x,
                layer_scale(net, key / "layer_scale_1", fastvit_attention(net, key / "token_mixer", norm)));
    return net.mark(
        key, net.add(x, layer_scale(net, key / "layer_scale_2", conv_mlp(net, key / "mlp", x, v.mlp_ratio))));
}

ValueId position(Net& net, const Key& key, ValueId x) {
    const nn::Conv conv{.out = net.channels(x),
                        .kernel = kPosition,
                        .padding = kPosition / 2,
                        .groups = net.channels(x),
                        .bias = true};
    if (net.has(key / "reparam_conv" / "weight"))
        return net.mark(key, net.conv(key / "reparam_conv", x, conv));
    return net.mark(key, net.add(net.conv(key / "pos_enc", x, conv), x));
}

}  // namespace

ValueId fastvit(Net& net, std::string_view model, ValueId x) {
    const FastvitVariant& v = variant(net, kFastvitVariants, model);
    const Key stem = "stem";
    x = mobile_one(net, stem / 0, x, {.out = v.widths[0], .kernel = 3, .stride = 2, .point = !v.large});
    x = mobile_one(net, stem / 1, x,
                   {.out = v.widths[0], .kernel = 3, .stride = 2, .depthwise = true, .point = !v.large});
    x = net.mark(stem, mobile_one(net, stem / 2, x, {.out = v.widths[0], .kernel = 1}));
    size_t stages = 0;
    for (; stages < kFastvitMost && v.widths[stages] > 0; ++stages) {
        const Key key = Key("stages") / static_cast<int64_t>(stages);
        const bool attends = stages >= v.attention_from, se = v.clip && !v.large && stages >= 2;
        if (stages > 0) x = patch_embed(net, key / "downsample", x, v.widths[stages], v, se);
        if (attends) x = position(net, key / "pos_emb", x);
        for (int i = 0; i < v.depths[stages]; ++i) x = block(net, key / "blocks" / i, x, v, attends);
        net.mark(key, x);
    }
    x = mobile_one(net, "final_conv", x,
                   {.out = 2 * net.channels(x), .kernel = 3, .depthwise = true, .se = true});
    if (net.settings.features) return x;
    return nn::classifier_head(net, "head", x);
}

}  // namespace lathe::zoo::timm
