// PP-HGNet and PP-HGNetV2: PaddleClas, 2022 and 2023, after Lee & Park's "CenterMask" and "VoVNet": a block joins what all
// its layers give.
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct Stage {
    int64_t middle, out;
    int blocks;
    bool light = false;  // layers of a pointwise and a depthwise convolution
    int64_t kernel = 3;
};
struct HgnetVariant {
    std::string_view name;
    int version;
    int64_t stem, out_of_stem;
    int layers;  // of a block
    std::array<Stage, 4> stages;
    bool affine = false;  // a learnt scale and offset after activations
};
constexpr HgnetVariant kHgnetVariants[] = {
    {"hgnet_tiny", 1, 48, 96, 5, {{{96, 224, 1}, {128, 448, 1}, {160, 512, 2}, {192, 768, 1}}}},
    {"hgnet_small", 1, 64, 128, 6, {{{128, 256, 1}, {160, 512, 1}, {192, 768, 2}, {224, 1024, 1}}}},
    {"hgnet_base", 1, 96, 160, 7, {{{192, 320, 1}, {224, 640, 2}, {256, 960, 3}, {288, 1280, 2}}}},
    {"hgnetv2_b0",
     2,
     16,
     16,
     3,
     {{{16, 64, 1}, {32, 256, 1}, {64, 512, 2, true, 5}, {128, 1024, 1, true, 5}}},
     true},
    {"hgnetv2_b1",
     2,
     24,
     32,
     3,
     {{{32, 64, 1}, {48, 256, 1}, {96, 512, 2, true, 5}, {192, 1024, 1, true, 5}}},
     true},
    {"hgnetv2_b2",
     2,
     24,
     32,
     4,
     {{{32, 96, 1}, {64, 384, 1}, {128, 768, 3, true, 5}, {256, 1536, 1, true, 5}}},
     true},
    {"hgnetv2_b3",
     2,
     24,
     32,
     5,
     {{{32, 128, 1}, {64, 512, 1}, {128, 1024, 3, true, 5}, {256, 2048, 1, true, 5}}},
     true},
    {"hgnetv2_b4",
     2,
     32,
     48,
     6,
     {{{48, 128, 1}, {96, 512, 1}, {192, 1024, 3, true, 5}, {384, 2048, 1, true, 5}}}},
    {"hgnetv2_b5",
     2,
     32,
     64,
     6,
     {{{64, 128, 1}, {128, 512, 2}, {256, 1024, 5, true, 5}, {512, 2048, 2, true, 5}}}},
    {"hgnetv2_b6",
     2,
     48,
     96,
     6,
     {{{96, 192, 2}, {192, 512, 3}, {384, 1024, 6, true, 5}, {768, 2048, 3, true, 5}}}},
};
constexpr int64_t kHidden = 2048;

ValueId affine(Net& net, const Key& key, ValueId x) {
    return net.mark(key, net.add(net.mul(x, net.param(key / "scale", {1})), net.param(key / "bias", {1})));
}

ValueId conv_bn_act(Net& net, const Key& key, ValueId x, const HgnetVariant& v, const nn::Conv& conv,
                    Act act = Act::kRelu) {
    x = net.act(net.batch_norm(key / "bn", net.conv(key / "conv", x, conv)), act);
    return net.mark(key, v.affine && act != Act::kNone ? affine(net, key / "lab", x) : x);
}

ValueId stem_v1(Net& net, const Key& key, ValueId x, const HgnetVariant& v) {
    x = conv_bn_act(net, key / "stem" / "0", x, v, {.out = v.stem, .kernel = 3, .stride = 2});
    x = conv_bn_act(net, key / "stem" / "1", x, v, {.out = v.stem, .kernel = 3});
    x = conv_bn_act(net, key / "stem" / "2", x, v, {.out = v.out_of_stem, .kernel = 3});
    return net.mark(key, net.max_pool(x, {.kernel = 3, .stride = 2, .padding = 1}));
}

ValueId stem_v2(Net& net, const Key& key, ValueId x, const HgnetVariant& v) {
    const auto pad_end = [&](ValueId y) { return net.pad(y, {0, 0, 0, 0}, {0, 0, 1, 1}); };
    x = pad_end(conv_bn_act(net, key / "stem1", x, v, {.out = v.stem, .kernel = 3, .stride = 2}));
    ValueId y = conv_bn_act(net, key / "stem2a", x, v, {.out = v.stem / 2, .kernel = 2});
    y = conv_bn_act(net, key / "stem2b", pad_end(y), v, {.out = v.stem, .kernel = 2});
    x = net.concat({net.max_pool(x, {.kernel = 2, .stride = 1, .ceil_mode = true}), y}, 1);
    x = conv_bn_act(net, key / "stem3", x, v, {.out = v.stem, .kernel = 3, .stride = 2});
    return net.mark(key, conv_bn_act(net, key / "stem4", x, v, {.out = v.out_of_stem}));
}

ValueId layer(Net& net, const Key& key, ValueId x, const Stage& stage, const HgnetVariant& v) {
    if (!stage.light) return conv_bn_act(net, key, x, v, {.out = stage.middle, .kernel = stage.kernel});
    x = conv_bn_act(net, key / "conv1", x, v, {.out = stage.middle}, Act::kNone);
    return net.mark(key, conv_bn_act(net, key / "conv2", x, v,
                                     {.out = stage.middle, .kernel = stage.kernel, .groups = stage.middle}));
}

// All layers' channels to `out`: V1 gates them by their means, V2 squeezes between two convolutions.
ValueId aggregation(Net& net, const Key& key, ValueId x, int64_t out, const HgnetVariant& v) {
    if (v.version == 2) {
        x = conv_bn_act(net, key / "0", x, v, {.out = out / 2});
        return net.mark(key, conv_bn_act(net, key / "1", x, v, {.out = out}));
    }
    x = conv_bn_act(net, key / "0", x, v, {.out = out});
    const ValueId gate =
        net.conv(key / "1" / "conv", net.global_avg_pool(x, true), {.out = out, .bias = true});
    return net.mark(key, net.mul(x, net.act(gate, Act::kSigmoid)));
}

ValueId block(Net& net, const Key& key, ValueId x, const Stage& stage, const HgnetVariant& v, bool residual) {
    std::vector<ValueId> parts{x};
    for (int i = 0; i < v.layers; ++i)
        parts.push_back(layer(net, key / "layers" / i, parts.back(), stage, v));
    const ValueId y = aggregation(net, key / "aggregation", net.concat(std::move(parts), 1), stage.out, v);
    return net.mark(key, residual ? net.add(y, x) : y);
}

}  // namespace

ValueId hgnet(Net& net, std::string_view model, ValueId x) {
    const HgnetVariant& v = variant(net, kHgnetVariants, model);
    x = v.version == 1 ? stem_v1(net, "stem", x, v) : stem_v2(net, "stem", x, v);
    for (int i = 0; i < 4; ++i) {
        const Key stage = Key("stages") / i;
        const int64_t channels = net.channels(x);
        if (i > 0)
            x = conv_bn_act(net, stage / "downsample", x, v,
                            {.out = channels, .kernel = 3, .stride = 2, .groups = channels}, Act::kNone);
        for (int j = 0; j < v.stages[static_cast<size_t>(i)].blocks; ++j)
            x = block(net, stage / "blocks" / j, x, v.stages[static_cast<size_t>(i)], v, j > 0);
        net.mark(stage, x);
    }
    if (net.settings.features) return x;
    x = net.mark(Key("head") / "global_pool", net.global_avg_pool(x, true));
    x = net.act(net.conv("head.last_conv.0", x, {.out = kHidden}), Act::kRelu);
    if (v.affine) x = affine(net, "head.last_conv.2", x);
    x = net.flatten(net.mark("head.last_conv", x), 1);
    return net.mark("head", nn::classifier(net, "head.fc", x));
}

}  // namespace lathe::zoo::timm
