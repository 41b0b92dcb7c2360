// VoVNet: Lee et al., "An Energy and GPU-Computation Efficient Backbone Network", 2019; Lee & Park, "CenterMask", 2019.
#include "zoo/nn/conv_norm_act.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::ChannelAttention;
using nn::NormAct;

struct Widths {
    std::array<int64_t, 4> inner, out;  // of the stages
};
constexpr Widths kVovnetUsual{{128, 160, 192, 224}, {256, 512, 768, 1024}},
    kSlim{{64, 80, 96, 112}, {112, 256, 384, 512}};

struct VovnetVariant {
    std::string_view name;
    Widths widths;
    int layers;  // of each block
    std::array<int, 4> blocks;
    ChannelAttention::Kind attention = ChannelAttention::kEse;
    bool residual = true;
    bool depthwise = false;
    NormAct norm = {};
};

constexpr NormAct kVovnetEvo{.kind = NormAct::kEvoS0};
constexpr VovnetVariant kVovnetVariants[] = {
    {"vovnet39a", kVovnetUsual, 5, {1, 1, 2, 2}, ChannelAttention::kNone, false},
    {"vovnet57a", kVovnetUsual, 5, {1, 1, 4, 3}, ChannelAttention::kNone, false},
    {"ese_vovnet19b_slim_dw", kSlim, 3, {1, 1, 1, 1}, ChannelAttention::kEse, true, true},
    {"ese_vovnet19b_dw", kVovnetUsual, 3, {1, 1, 1, 1}, ChannelAttention::kEse, true, true},
    {"ese_vovnet19b_slim", kSlim, 3, {1, 1, 1, 1}},
    {"ese_vovnet19b", kVovnetUsual, 3, {1, 1, 1, 1}},
    {"ese_vovnet39b", kVovnetUsual, 5, {1, 1, 2, 2}},
    {"ese_vovnet57b", kVovnetUsual, 5, {1, 1, 4, 3}},
    {"ese_vovnet99b", kVovnetUsual, 5, {1, 3, 9, 3}},
    {"eca_vovnet39b", kVovnetUsual, 5, {1, 1, 2, 2}, ChannelAttention::kEca},
    {"ese_vovnet39b_evos", kVovnetUsual, 5, {1, 1, 2, 2}, ChannelAttention::kEse, true, false, kVovnetEvo},
};
constexpr int64_t kVovnetStemWidth = 64;

struct VovnetBuilder {
    Net& net;
    const VovnetVariant& v;

    ValueId conv(const Key& key, ValueId x, int64_t out, int64_t kernel, int64_t stride = 1) const {
        return conv_norm_act(net, key, x, {.out = out, .kernel = kernel, .stride = stride}, Act::kRelu,
                             v.norm);
    }
    // 3 x 3, in two steps where the network is a depthwise one.
    ValueId layer(const Key& key, ValueId x, int64_t out, int64_t stride = 1) const {
        if (!v.depthwise) return conv(key, x, out, 3, stride);
        return separable_conv_norm_act(net, key, x, {.out = out, .kernel = 3, .stride = stride}, Act::kRelu,
                                       v.norm);
    }

    // One-shot aggregation: what came in and what every layer made, side by side, through one last convolution.
    ValueId block(const Key& key, ValueId x, int64_t inner, int64_t out, bool residual, bool attends) const {
        std::vector<ValueId> all{x};
        ValueId y = x;
        if (v.depthwise && net.channels(x) != inner) y = conv(key / "conv_reduction", x, inner, 1);
        for (int i = 0; i < v.layers; ++i) all.push_back(y = layer(key / "conv_mid" / i, y, inner));
        y = conv(key / "conv_concat", net.concat(all, 1), out, 1);
        if (attends) y = channel_attention(net, key / "attn", y, {.kind = v.attention});
        return net.mark(key, residual ? net.add(y, x) : y);
    }

    ValueId stage(const Key& key, ValueId x, size_t at) const {
        if (at > 0)
            x = net.mark(key / "pool", net.max_pool(x, {.kernel = 3, .stride = 2, .ceil_mode = true}));
        for (int i = 0; i < v.blocks[at]; ++i)
            x = block(key / "blocks" / i, x, v.widths.inner[at], v.widths.out[at], v.residual && i > 0,
                      i + 1 == v.blocks[at]);
        return net.mark(key, x);
    }
};

}  // namespace

ValueId vovnet(Net& net, std::string_view model, ValueId x) {
    const VovnetBuilder build{net, variant(net, kVovnetVariants, model)};
    const Key stem = "stem";
    x = build.conv(stem / 0, x, kVovnetStemWidth, 3, 2);
    x = build.layer(stem / 1, x, kVovnetStemWidth);
    x = net.mark(stem,
                 build.layer(stem / 2, x, build.v.depthwise ? kVovnetStemWidth : 2 * kVovnetStemWidth, 2));
    for (size_t i = 0; i < 4; ++i) x = build.stage(Key("stages") / i, x, i);
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::classifier_head(net, "head", x);
}

}  // namespace lathe::zoo::timm
