// EfficientFormerV2: Li et al., "Rethinking Vision Transformers for MobileNet Size and Speed", 2022. Convolutional blocks;
// the last blocks of the third and fourth stage attend to all places, with heads that talk.
#include <cmath>
#include <span>

#include "zoo/nn/conv_norm_act.h"
#include "zoo/nn/head.h"
#include "zoo/nn/offset_bias.h"
#include "zoo/nn/rel_pos.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::kBatch;
using nn::Size2;
using Four = std::array<int64_t, 4>;

struct EfficientformerV2Variant {
    std::string_view name;
    Four widths, depths;
    int64_t attending;  // blocks at the end of the third and the fourth stage
    std::span<const int64_t> third,
        fourth;  // how much wider the MLPs' hidden layers are; 4 in the first two stages
};
constexpr int64_t kThird0[] = {4, 3, 3, 3, 4, 4}, kFourth0[] = {4, 3, 3, 4};
constexpr int64_t kThird1[] = {4, 4, 3, 3, 3, 3, 4, 4, 4}, kFourth1[] = {4, 4, 3, 3, 4, 4};
constexpr int64_t kThird2[] = {4, 4, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4}, kFourth2[] = {4, 4, 3, 3, 3, 3, 4, 4};
constexpr int64_t kThirdL[] = {4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4};
constexpr int64_t kFourthL[] = {4, 4, 4, 3, 3, 3, 3, 4, 4, 4};
constexpr EfficientformerV2Variant kEfficientformerV2Variants[] = {
    {"efficientformerv2_s0", {32, 48, 96, 176}, {2, 2, 6, 4}, 2, kThird0, kFourth0},
    {"efficientformerv2_s1", {32, 48, 120, 224}, {3, 3, 9, 6}, 2, kThird1, kFourth1},
    {"efficientformerv2_s2", {32, 64, 144, 288}, {4, 4, 12, 8}, 4, kThird2, kFourth2},
    {"efficientformerv2_l", {40, 80, 192, 384}, {5, 5, 15, 10}, 6, kThirdL, kFourthL},
};
constexpr int64_t kEfficientformerV2Heads = 8, kEfficientformerV2KeySize = 32, kDownKeySize = 16,
                  kValueRatio = 4;

ValueId conv_norm(Net& net, const Key& key, ValueId x, nn::Conv conv, Act act = Act::kNone) {
    conv.bias = true;
    return nn::conv_norm_act(net, key, x, conv, act);
}
ValueId depthwise(Net& net, const Key& key, ValueId x, Size2 stride = 1, Act act = Act::kNone) {
    const int64_t width = net.channels(x);
    return conv_norm(net, key, x, {.out = width, .kernel = 3, .stride = stride, .groups = width}, act);
}

// [batch, heads * size, H, W] -> [batch, heads, H * W, size].
ValueId heads_of(Net& net, ValueId x) {
    const Size2 map = net.size(x);
    return net.transpose(net.reshape(x, {kBatch, kEfficientformerV2Heads,
                                         net.channels(x) / kEfficientformerV2Heads, map.h * map.w}),
                         {0, 1, 3, 2});
}
ValueId image_of(Net& net, ValueId x, Size2 map) {
    return net.reshape(net.transpose(x, {0, 1, 3, 2}),
                       {kBatch, kEfficientformerV2Heads * net.dim(x, 3), map.h, map.w});
}
ValueId biases(Net& net, const Key& key, Size2 keys, int64_t stride = 1) {
    const ValueId table = net.param(key / "attention_biases", {kEfficientformerV2Heads, keys.h * keys.w});
    return nn::gather_bias_heads_first(net, table, nn::offset_index(keys, stride));
}

// stride 2: on a map of half the size, which is enlarged again.
ValueId attention(Net& net, const Key& key, ValueId x, int64_t stride) {
    const int64_t width = net.channels(x);
    if (stride > 1) x = depthwise(net, key / "stride_conv", x, stride);
    const Size2 map = net.size(x);
    const ValueId table = biases(net, key, map);
    const ValueId q =
        conv_norm(net, key / "q", x, {.out = kEfficientformerV2Heads * kEfficientformerV2KeySize});
    const ValueId k =
        conv_norm(net, key / "k", x, {.out = kEfficientformerV2Heads * kEfficientformerV2KeySize});
    const ValueId v = conv_norm(net, key / "v", x,
                                {.out = kEfficientformerV2Heads * kEfficientformerV2KeySize * kValueRatio});
    const ValueId local = depthwise(net, key / "v_local", v);
    ValueId weights = net.matmul(heads_of(net, q), net.transpose(heads_of(net, k), {0, 1, 3, 2}));
    weights = net.add(net.mul(weights, 1 / std::sqrt(static_cast<double>(kEfficientformerV2KeySize))), table);
    weights = net.conv(key / "talking_head1", weights, {.out = kEfficientformerV2Heads, .bias = true});
    weights =
        net.conv(key / "talking_head2", net.softmax(weights), {.out = kEfficientformerV2Heads, .bias = true});
    x = net.add(image_of(net, net.matmul(weights, heads_of(net, v)), map), local);
    if (stride > 1) x = net.resize(x, {map.h * stride, map.w * stride}, "linear");
    return net.mark(key, conv_norm(net, key / "proj", net.act(x, Act::kGelu), {.out = width}));
}

// Queries are of every second row and column.
ValueId attention_down(Net& net, const Key& key, ValueId x, int64_t out) {
    const int64_t width = net.channels(x);
    const Key query = key / "q";
    const nn::Conv strided{
        .out = width, .kernel = 3, .stride = 2, .padding = 1, .groups = width, .bias = true};
    const ValueId table = biases(net, key, net.size(x), 2);
    ValueId q = net.add(net.conv(query / "local", x, strided), net.avg_pool(x, {.kernel = 1, .stride = 2}));
    q = net.mark(query, conv_norm(net, query / "proj", q, {.out = kEfficientformerV2Heads * kDownKeySize}));
    const ValueId k = conv_norm(net, key / "k", x, {.out = kEfficientformerV2Heads * kDownKeySize});
    const ValueId v =
        conv_norm(net, key / "v", x, {.out = kEfficientformerV2Heads * kDownKeySize * kValueRatio});
    const ValueId local = depthwise(net, key / "v_local", v, 2);
    const ValueId y = net.attention(heads_of(net, q), heads_of(net, k), heads_of(net, v), table);
    x = net.act(net.add(image_of(net, y, net.size(q)), local), Act::kGelu);
    return net.mark(key, conv_norm(net, key / "proj", x, {.out = out}));
}

ValueId downsample(Net& net, const Key& key, ValueId x, int64_t out, bool attend) {
    const ValueId y = conv_norm(net, key / "conv", x, {.out = out, .kernel = 3, .stride = 2, .padding = 1});
    return net.mark(key, attend ? net.add(attention_down(net, key / "attn", x, out), y) : y);
}

ValueId mlp(Net& net, const Key& key, ValueId x, int64_t ratio) {
    const int64_t width = net.channels(x);
    ValueId y = conv_norm(net, key / "fc1", x, {.out = ratio * width}, Act::kGelu);
    y = depthwise(net, key / "mid", y, 1, Act::kGelu);
    return net.mark(key, conv_norm(net, key / "fc2", y, {.out = width}));
}

ValueId efficientformer_v2_stem(Net& net, const Key& key, ValueId x, int64_t width) {
    const nn::Conv first{.out = width / 2, .kernel = 3, .stride = 2, .padding = 1};
    const nn::Conv second{.out = width, .kernel = 3, .stride = 2, .padding = 1};
    return conv_norm(net, key / "conv2", conv_norm(net, key / "conv1", x, first, Act::kGelu), second,
                     Act::kGelu);
}

}  // namespace

ValueId efficientformer_v2(Net& net, std::string_view model, ValueId x) {
    const EfficientformerV2Variant& v = variant(net, kEfficientformerV2Variants, model);
    x = efficientformer_v2_stem(net, "stem", x, v.widths[0]);
    for (size_t s = 0; s < 4; ++s) {
        const Key stage = Key("stages") / s;
        const auto at = [&](int64_t i) { return static_cast<size_t>(i); };
        if (s > 0) x = downsample(net, stage / "downsample", x, v.widths[s], s == 3);
        for (int64_t i = 0; i < v.depths[s]; ++i) {
            const Key key = stage / "blocks" / i;
            if (s >= 2 && i >= v.depths[s] - v.attending) {
                const ValueId y = attention(net, key / "token_mixer", x, s == 2 ? 2 : 1);
                x = net.add(x, net.scale_2d(key / "ls1" / "gamma", y));
            }
            const int64_t ratio = s == 2 ? v.third[at(i)] : s == 3 ? v.fourth[at(i)] : 4;
            x = net.mark(key,
                         net.add(x, net.scale_2d(key / "ls2" / "gamma", mlp(net, key / "mlp", x, ratio))));
        }
        net.mark(stage, x);
    }
    x = net.batch_norm("norm", x);
    if (net.settings.features) return x;
    x = nn::global_pool(net, x);
    if (net.settings.num_classes == 0) return x;
    return net.mul(net.add(nn::classifier(net, "head", x), nn::classifier(net, "head_dist", x)), 0.5);
}

}  // namespace lathe::zoo::timm
