// EfficientFormer: Li et al., "EfficientFormer: Vision Transformers at MobileNet Speed", 2022. Blocks that pool, and at
// the end of the last stage blocks that attend.
#include "zoo/nn/mlp.h"
#include "zoo/nn/offset_bias.h"
#include "zoo/nn/rel_pos.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::Size2;
using Four = std::array<int64_t, 4>;

struct EfficientformerVariant {
    std::string_view name;
    Four widths, depths;
    int64_t attending;  // blocks of the last stage
};
constexpr EfficientformerVariant kEfficientformerVariants[] = {
    {"efficientformer_l1", {48, 96, 224, 448}, {3, 2, 6, 4}, 1},
    {"efficientformer_l3", {64, 128, 320, 512}, {4, 4, 12, 6}, 4},
    {"efficientformer_l7", {96, 192, 384, 768}, {6, 6, 18, 8}, 8},
};
constexpr int64_t kEfficientformerHeads = 8, kKeySize = 32, kValueSize = 4 * kKeySize,
                  kEfficientformerMlpRatio = 4;
constexpr Size2 kResolution = 7;  // of the last stage, whatever the image

ValueId conv_norm(Net& net, const Key& conv, const Key& norm, ValueId x, int64_t out, int64_t kernel,
                  int64_t stride) {
    return net.batch_norm(
        norm,
        net.conv(conv, x,
                 {.out = out, .kernel = kernel, .stride = stride, .padding = kernel / 2, .bias = true}));
}

ValueId efficientformer_stem(Net& net, const Key& key, ValueId x, int64_t width) {
    x = net.act(conv_norm(net, key / "conv1", key / "norm1", x, width / 2, 3, 2), Act::kRelu);
    return net.mark(key, net.act(conv_norm(net, key / "conv2", key / "norm2", x, width, 3, 2), Act::kRelu));
}

// x: [batch, C, H, W].
ValueId pooling_block(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.channels(x);
    const ValueId mean =
        net.avg_pool(x, {.kernel = 3, .stride = 1, .padding = 1, .count_include_pad = false});
    const ValueId mixed = net.mark(key / "token_mixer", net.sub(mean, x));
    x = net.add(x, net.scale_2d(key / "ls1" / "gamma", mixed));
    const Key mlp = key / "mlp";
    ValueId y = net.act(conv_norm(net, mlp / "fc1", mlp / "norm1", x, kEfficientformerMlpRatio * width, 1, 1),
                        Act::kGelu);
    y = net.mark(mlp, conv_norm(net, mlp / "fc2", mlp / "norm2", y, width, 1, 1));
    return net.mark(key, net.add(x, net.scale_2d(key / "ls2" / "gamma", y)));
}

// x: [batch, L, C].
ValueId attention(Net& net, const Key& key, ValueId x) {
    const int64_t length = net.dim(x, 1), width = net.dim(x, 2), places = kResolution.h * kResolution.w;
    ValueId qkv = net.linear(key / "qkv", x, kEfficientformerHeads * (2 * kKeySize + kValueSize));
    qkv = net.transpose(
        net.reshape(qkv, {nn::kBatch, length, kEfficientformerHeads, 2 * kKeySize + kValueSize}),
        {0, 2, 1, 3});
    const auto parts = net.split(qkv, 3, {kKeySize, kKeySize, kValueSize});
    net.declare(key / "attention_bias_idxs", Shape{places, places}, DType::kI64, true);
    const ValueId biases = net.param(key / "attention_biases", {kEfficientformerHeads, places});
    const ValueId y = net.attention(parts[0], parts[1], parts[2],
                                    gather_bias_heads_first(net, biases, nn::offset_index(kResolution)));
    x = net.reshape(net.transpose(y, {0, 2, 1, 3}), {nn::kBatch, length, kEfficientformerHeads * kValueSize});
    return net.mark(key, net.linear(key / "proj", x, width));
}

ValueId attention_block(Net& net, const Key& key, ValueId x) {
    const int64_t hidden = kEfficientformerMlpRatio * net.dim(x, 2);
    x = net.add(x, net.scale(key / "ls1" / "gamma",
                             attention(net, key / "token_mixer", net.layer_norm(key / "norm1", x, 1e-5))));
    const ValueId y = nn::mlp(net, key / "mlp", net.layer_norm(key / "norm2", x, 1e-5), {.hidden = hidden});
    return net.mark(key, net.add(x, net.scale(key / "ls2" / "gamma", y)));
}

// The step from an image to a sequence is a module of its own, and takes a number.
ValueId last_stage(Net& net, const Key& key, ValueId x, int64_t depth, int64_t attending) {
    int64_t number = 0;
    for (; number < depth - attending; ++number) x = pooling_block(net, key / number, x);
    const Size2 size = net.size(x);
    if (size != kResolution)
        net.fail_with(format(
            "The last stage is {} x {} here, but this model attends to {} x {} places: take images of 193 to 224 pixels.",
            size.h, size.w, kResolution.h, kResolution.w));
    x = net.mark(key / number, net.tokens(x));
    for (++number; number <= depth; ++number) x = attention_block(net, key / number, x);
    return x;
}

}  // namespace

ValueId efficientformer(Net& net, std::string_view model, ValueId x) {
    const EfficientformerVariant& v = variant(net, kEfficientformerVariants, model);
    x = efficientformer_stem(net, "stem", x, v.widths[0]);
    for (size_t stage = 0; stage < 4; ++stage) {
        const Key key = Key("stages") / static_cast<int64_t>(stage), down = key / "downsample";
        if (stage > 0)
            x = net.mark(down, conv_norm(net, down / "conv", down / "norm", x, v.widths[stage], 3, 2));
        if (stage == 3) x = last_stage(net, key / "blocks", x, v.depths[stage], v.attending);
        else
            for (int64_t i = 0; i < v.depths[stage]; ++i) x = pooling_block(net, key / "blocks" / i, x);
        net.mark(key, x);
    }
    x = net.layer_norm("norm", x, 1e-5);
    if (net.settings.features) return x;
    x = net.mean(x, {1});
    if (net.settings.num_classes == 0) return x;
    return net.mul(net.add(nn::classifier(net, "head", x), nn::classifier(net, "head_dist", x)), 0.5);
}

}  // namespace lathe::zoo::timm
