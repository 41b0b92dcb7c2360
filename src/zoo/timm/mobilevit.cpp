// MobileViT: Mehta & Rastegari, "MobileViT: Light-weight, General-purpose, and Mobile-friendly Vision Transformer", 2021;
// v2: "Separable Self-attention for Mobile Vision Transformers", 2022.
#include "zoo/nn/attention.h"
#include "zoo/nn/channels.h"
#include "zoo/nn/mlp.h"
#include "zoo/timm/byob.h"

namespace lathe::zoo::timm {
namespace {

using byob::Blocks;
using byob::Kind;
using byob::Network;
using nn::Act;
using nn::Dim;

constexpr int64_t kMobilevitPatch = 2, kArea = kMobilevitPatch * kMobilevitPatch, kMobilevitHeads = 4;
constexpr double kMobilevitEpsilon = 1e-5;

// The image at a multiple of the patch size.
ValueId to_whole_patches(Net& net, ValueId x, bool align_corners) {
    const nn::Size2 size = net.size(x);
    const auto up = [](int64_t n) { return (n + kMobilevitPatch - 1) / kMobilevitPatch * kMobilevitPatch; };
    return net.resize(x, {up(size.h), up(size.w)}, "linear", align_corners);
}

// timm's vision_transformer.Block with `act`.
ValueId transformer_block(Net& net, const Key& key, ValueId x, Act act) {
    const ValueId attended = attention(net, key / "attn", net.layer_norm(key / "norm1", x, kMobilevitEpsilon),
                                       {.heads = kMobilevitHeads, .qkv_bias = true});
    x = net.add(x, attended);
    const int64_t width = net.dim(x, -1);
    return net.mark(key, net.add(x, mlp(net, key / "mlp", net.layer_norm(key / "norm2", x, kMobilevitEpsilon),
                                        {.hidden = 2 * width, .act = act})));
}

// Pixels at the same place of their patches look at each other.
ValueId block_v1(Net& net, const Key& key, ValueId x, const Blocks& b, const Network& n) {
    const ValueId shortcut = x;
    const int64_t in = net.channels(x), width = b.custom_width, out = nn::make_divisible(b.out);
    x = conv_norm_act(net, key / "conv_kxk", x, {.out = in, .kernel = 3}, n.act);
    x = net.conv(key / "conv_1x1", x, {.out = width, .kernel = 1});
    const nn::Size2 size = net.size(x);
    x = to_whole_patches(net, x, false);
    const nn::Size2 whole = net.size(x);
    const int64_t rows = whole.h / kMobilevitPatch, columns = whole.w / kMobilevitPatch;
    const Dim batch = net.batch(x);
    x = net.transpose(net.reshape(x, {batch, width, rows, kMobilevitPatch, columns, kMobilevitPatch}),
                      {0, 3, 5, 2, 4, 1});
    x = net.reshape(x, {batch * Dim(kArea), rows * columns, width});
    for (int64_t i = 0; i < b.custom_depth; ++i)
        x = transformer_block(net, key / "transformer" / i, x, n.act);
    x = net.layer_norm(key / "norm", x, kMobilevitEpsilon);
    x = net.transpose(net.reshape(x, {batch, kMobilevitPatch, kMobilevitPatch, rows, columns, width}),
                      {0, 5, 3, 1, 4, 2});
    x = net.reshape(x, {batch, width, whole.h, whole.w});
    x = net.resize(x, size, "linear");
    x = conv_norm_act(net, key / "conv_proj", x, {.out = out, .kernel = 1}, n.act);
    return conv_norm_act(net, key / "conv_fusion", net.concat({shortcut, x}, 1), {.out = out, .kernel = 3},
                         n.act);
}

// One score for each pixel weighs the keys; their sum gates the values. x: [batch, C, pixels of a patch, patches].
ValueId linear_attention(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.channels(x);
    const ValueId qkv = net.conv(key / "qkv_proj", x, {.out = 1 + 2 * width, .kernel = 1, .bias = true});
    const auto parts = net.split(qkv, 1, {1, width, width});
    const ValueId context = net.sum(net.mul(parts[1], net.softmax(parts[0], -1)), {3}, true);
    return net.conv(key / "out_proj", net.mul(net.act(parts[2], Act::kRelu), context),
                    {.out = width, .kernel = 1, .bias = true});
}

ValueId linear_block(Net& net, const Key& key, ValueId x, Act act) {
    x = net.add(
        x, net.mark(key / "attn", linear_attention(net, key / "attn", net.group_norm(key / "norm1", x, 1))));
    const ValueId normed = net.group_norm(key / "norm2", x, 1);
    return net.mark(
        key, net.add(x, conv_mlp(net, key / "mlp", normed, {.hidden = 2 * net.channels(x), .act = act})));
}

ValueId block_v2(Net& net, const Key& key, ValueId x, const Blocks& b, const Network& n) {
    const int64_t in = net.channels(x), width = nn::make_divisible(static_cast<double>(in) * b.ratio),
                  out = nn::make_divisible(b.out);
    x = to_whole_patches(net, x, true);
    const nn::Size2 whole = net.size(x);
    const int64_t rows = whole.h / kMobilevitPatch, columns = whole.w / kMobilevitPatch;
    x = conv_norm_act(net, key / "conv_kxk", x, {.out = in, .kernel = 3, .groups = in}, n.act);
    x = net.conv(key / "conv_1x1", x, {.out = width, .kernel = 1});
    x = net.transpose(net.reshape(x, {nn::kBatch, width, rows, kMobilevitPatch, columns, kMobilevitPatch}),
                      {0, 1, 3, 5, 2, 4});
    x = net.reshape(x, {nn::kBatch, width, kArea, rows * columns});
    for (int64_t i = 0; i < b.custom_depth; ++i) x = linear_block(net, key / "transformer" / i, x, n.act);
    x = net.group_norm(key / "norm", x, 1);
    x = net.transpose(net.reshape(x, {nn::kBatch, width, kMobilevitPatch, kMobilevitPatch, rows, columns}),
                      {0, 1, 4, 2, 5, 3});
    x = net.reshape(x, {nn::kBatch, width, whole.h, whole.w});
    return conv_norm_act(net, key / "conv_proj", x, {.out = out, .kernel = 1}, Act::kNone);
}

Blocks inverted(int count, double out, int64_t stride, double ratio) {
    return {.count = count, .out = out, .stride = stride, .group_size = 1, .ratio = ratio};
}

Network common(int64_t stem) {
    return {.stem_widths = {stem},
            .shortcut = byob::Shortcut::kNone,
            .act = Act::kSilu,
            .bottle_in = true,
            .linear_out = true};
}

Network version_1(std::array<int, 5> widths, std::array<int, 3> inner, double ratio, int64_t last) {
    Network n = common(16);
    n.last = last;
    n.stages = {{inverted(1, widths[0], 1, ratio)}, {inverted(3, widths[1], 2, ratio)}};
    constexpr int64_t kDepths[] = {2, 4, 3};
    for (size_t i = 0; i < 3; ++i)
        n.stages.push_back({inverted(1, widths[i + 2], 2, ratio),
                            {.kind = Kind::kCustom,
                             .count = 1,
                             .out = static_cast<double>(widths[i + 2]),
                             .custom = block_v1,
                             .custom_width = inner[i],
                             .custom_depth = kDepths[i]}});
    return n;
}

Network version_2(double multiplier) {
    const auto width = [&](double channels) {
        return static_cast<double>(static_cast<int64_t>(channels * multiplier));
    };
    Network n = common(static_cast<int64_t>(width(32)));
    n.stages = {{inverted(1, width(64), 1, 2)}, {inverted(2, width(128), 2, 2)}};
    constexpr double kWidths[] = {256, 384, 512};
    constexpr int64_t kDepths[] = {2, 4, 3};
    for (size_t i = 0; i < 3; ++i)
        n.stages.push_back({inverted(1, width(kWidths[i]), 2, 2),
                            {.kind = Kind::kCustom,
                             .count = 1,
                             .out = width(kWidths[i]),
                             .ratio = 0.5,
                             .custom = block_v2,
                             .custom_depth = kDepths[i]}});
    return n;
}

struct MobilevitVariant {
    std::string_view name;
    Network (*network)();
};
const MobilevitVariant kMobilevitVariants[] = {
    {"mobilevit_xxs", [] { return version_1({16, 24, 48, 64, 80}, {64, 80, 96}, 2, 320); }},
    {"mobilevit_xs", [] { return version_1({32, 48, 64, 80, 96}, {96, 120, 144}, 4, 384); }},
    {"mobilevit_s", [] { return version_1({32, 64, 96, 128, 160}, {144, 192, 240}, 4, 640); }},
    {"mobilevitv2_050", [] { return version_2(0.5); }},
    {"mobilevitv2_075", [] { return version_2(0.75); }},
    {"mobilevitv2_100", [] { return version_2(1); }},
    {"mobilevitv2_125", [] { return version_2(1.25); }},
    {"mobilevitv2_150", [] { return version_2(1.5); }},
    {"mobilevitv2_175", [] { return version_2(1.75); }},
    {"mobilevitv2_200", [] { return version_2(2); }},
};

}  // namespace

ValueId mobilevit(Net& net, std::string_view model, ValueId x) {
    return byob::build(net, variant(net, kMobilevitVariants, model).network(), x);
}

}  // namespace lathe::zoo::timm
