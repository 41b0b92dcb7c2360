// Next-ViT: Li et al., "Next-ViT: Next Generation Vision Transformer for Efficient Deployment in Realistic Industrial
// Scenarios", 2022. Blocks of grouped convolutions; at the end of a run of them one that also attends.
#include "zoo/nn/attention.h"
#include "zoo/nn/channels.h"
#include "zoo/nn/conv_norm_act.h"
#include "zoo/nn/head.h"
#include "zoo/nn/mlp.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct NextvitVariant {
    std::string_view name;
    int64_t third_depth;  // of the third stage
};
constexpr NextvitVariant kNextvitVariants[] = {
    {"nextvit_small", 10}, {"nextvit_base", 20}, {"nextvit_large", 30}};

struct Stage {
    int64_t depth, width, last_width;  // of the attending blocks: last_width
    int64_t run;  // every so many blocks one attends; 0: none
    int64_t reduction;  // keys and values are means over reduction^2 tokens
    int64_t stride;
};
constexpr int64_t kNextvitHeadSize = 32;
constexpr double kAttendingShare = 0.75;  // of an attending block's channels

// timm's PatchEmbed of this family: nothing when neither size nor channels change.
ValueId patch_embed(Net& net, const Key& key, ValueId x, int64_t out, int64_t stride) {
    if (stride == 1 && net.channels(x) == out) return x;
    if (stride == 2)
        x = net.avg_pool(x, {.kernel = 2, .stride = 2, .ceil_mode = true, .count_include_pad = false});
    return net.mark(key, net.batch_norm(key / "norm", net.conv(key / "conv", x, {.out = out})));
}

ValueId conv_attention(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.channels(x);
    const nn::Conv grouped{.out = width, .kernel = 3, .padding = 1, .groups = width / kNextvitHeadSize};
    const ValueId y = net.batch_norm(key / "norm", net.conv(key / "group_conv3x3", x, grouped), Act::kRelu);
    return net.mark(key, net.conv(key / "projection", y, {.out = width}));
}

// After reparameterisation the norms are part of the layers behind them.
ValueId norm(Net& net, const Key& key, ValueId x, const Key& fused_into) {
    const bool fused = net.has(fused_into / "weight") && !net.has(key / "weight");
    return fused ? x : net.batch_norm(key, x);
}

ValueId feed_forward(Net& net, const Key& key, const Key& norm_key, ValueId x, int64_t ratio) {
    const ValueId y = norm(net, norm_key, x, key / "fc1");
    return net.add(x, nn::conv_mlp(net, key, y, {.hidden = ratio * net.channels(x), .act = Act::kRelu}));
}

ValueId conv_block(Net& net, const Key& key, ValueId x, int64_t width, int64_t stride) {
    x = patch_embed(net, key / "patch_embed", x, width, stride);
    x = net.add(x, conv_attention(net, key / "mhca", x));
    return net.mark(key, feed_forward(net, key / "mlp", key / "norm", x, 3));
}

// Means over runs of tokens, [batch, L, C] -> [batch, L / count, C]; what is left over at the end is dropped.
ValueId pooled(Net& net, ValueId x, int64_t count) {
    const int64_t length = net.dim(x, 1) / count, width = net.dim(x, 2);
    x = net.slice(x, 1, 0, length * count);
    return net.mean(net.reshape(x, {nn::kBatch, length, count, width}), {2});
}

// x: [batch, L, C].
ValueId nextvit_attention(Net& net, const Key& key, ValueId x, int64_t reduction) {
    const int64_t width = net.dim(x, 2), heads = width / kNextvitHeadSize;
    const ValueId q = net.linear(key / "q", x, width);
    if (reduction > 1) {
        x = net.transpose(pooled(net, x, reduction * reduction), {0, 2, 1});
        x = net.transpose(norm(net, key / "norm", x, key / "k"), {0, 2, 1});
    }
    const ValueId k = net.linear(key / "k", x, width), v = net.linear(key / "v", x, width);
    const auto split = [&](ValueId part) { return nn::split_heads(net, part, heads); };
    const ValueId y = nn::merge_heads(net, net.attention(split(q), split(k), split(v)));
    return net.mark(key, net.linear(key / "proj", y, width));
}

ValueId attending_block(Net& net, const Key& key, ValueId x, const Stage& stage) {
    const auto share = static_cast<int64_t>(static_cast<double>(stage.last_width) * kAttendingShare);
    const int64_t attending = nn::make_divisible(static_cast<double>(share), 32);
    x = patch_embed(net, key / "patch_embed", x, attending, 1);
    const ValueId tokens = net.tokens(norm(net, key / "norm1", x, key / "e_mhsa" / "q"));
    const ValueId y = nextvit_attention(net, key / "e_mhsa", tokens, stage.reduction);
    x = net.add(x, net.image(y, net.size(x)));
    ValueId local = patch_embed(net, key / "projection", x, stage.last_width - attending, 1);
    local = net.add(local, conv_attention(net, key / "mhca", local));
    return net.mark(key, feed_forward(net, key / "mlp", key / "norm2", net.concat({x, local}, 1), 2));
}

ValueId stem(Net& net, const Key& key, ValueId x) {
    constexpr int64_t kWidths[] = {64, 32, 64, 64}, kStrides[] = {2, 1, 1, 2};
    for (int i = 0; i < 4; ++i) {
        x = net.conv(key / i / "conv", x,
                     {.out = kWidths[i], .kernel = 3, .stride = kStrides[i], .padding = 1});
        x = net.mark(key / i, net.batch_norm(key / i / "norm", x, Act::kRelu));
    }
    return x;
}

}  // namespace

ValueId nextvit(Net& net, std::string_view model, ValueId x) {
    const int64_t third = variant(net, kNextvitVariants, model).third_depth;
    const Stage stages[] = {
        {3, 96, 96, 0, 8, 1}, {4, 192, 256, 4, 4, 2}, {third, 384, 512, 5, 2, 2}, {3, 768, 1024, 3, 1, 2}};
    x = stem(net, "stem", x);
    for (int64_t s = 0; s < 4; ++s) {
        const Stage& stage = stages[s];
        for (int64_t i = 0; i < stage.depth; ++i) {
            const Key key = Key("stages") / s / "blocks" / i;
            if (stage.run > 0 && i % stage.run == stage.run - 1) x = attending_block(net, key, x, stage);
            else x = conv_block(net, key, x, stage.width, i == 0 ? stage.stride : 1);
        }
        net.mark(Key("stages") / s, x);
    }
    x = net.batch_norm("norm", x);
    if (net.settings.features) return x;
    return nn::classifier_head(net, "head", x);
}

}  // namespace lathe::zoo::timm
