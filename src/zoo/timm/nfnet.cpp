// Networks without normalisation: Brock et al., "Characterizing signal propagation to close the performance gap in
// unnormalized ResNets" (NF-ResNet, NF-RegNet), and "High-Performance Large-Scale Image Recognition Without
// Normalization" (NFNet), both 2021.
#include <cmath>

#include "zoo/nn/channels.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/nn/std_conv.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::ChannelAttention;

enum class Stem : uint8_t { k3x3, k7x7Pool, kDeepQuad };
using Four = std::array<int, 4>;

struct NfnetConfig {
    Four depths;
    Four channels = {256, 512, 1536, 1536};
    Stem stem = Stem::kDeepQuad;
    int64_t stem_channels = 128;
    int64_t group_size = 0;  // 0: one group
    ChannelAttention attention = {};
    double width = 1, bottleneck = 0.5;
    int64_t last = 0;  // channels of the last convolution; 0: none
    bool reg = false;  // widths follow from the input, attention inside the block
    bool extra_conv = false;  // a second 3 x 3
    bool dm = false;  // DeepMind's weights: gain in the activation, SAME padding, a gain for each branch
    Act act = Act::kGelu;
};

constexpr ChannelAttention kSeHalf{.kind = ChannelAttention::kSe, .ratio = 0.5};
constexpr ChannelAttention kNfnetSeQuarter{.kind = ChannelAttention::kSe, .ratio = 0.25};
constexpr ChannelAttention kSe16{.kind = ChannelAttention::kSe, .ratio = 1.0 / 16};
constexpr ChannelAttention kEca{.kind = ChannelAttention::kEca};

constexpr NfnetConfig nf_net(Four depths) {
    return {.depths = depths, .group_size = 128, .attention = kSeHalf, .last = 3072, .extra_conv = true};
}
constexpr NfnetConfig deep_mind(Four depths) {
    NfnetConfig c = nf_net(depths);
    c.dm = true;
    return c;
}
constexpr NfnetConfig light(Four depths, ChannelAttention attention, int64_t last) {
    return {.depths = depths,
            .group_size = 64,
            .attention = attention,
            .bottleneck = 0.25,
            .last = last,
            .extra_conv = true,
            .act = Act::kSilu};
}
constexpr NfnetConfig reg_net(Four depths, Four channels = {48, 104, 208, 440}) {
    return {.depths = depths,
            .channels = channels,
            .stem = Stem::k3x3,
            .stem_channels = channels[0],
            .group_size = 8,
            .attention = kSeHalf,
            .width = 0.75,
            .bottleneck = 2.25,
            .last = 1280 * channels[3] / 440,
            .reg = true,
            .act = Act::kSilu};
}
constexpr NfnetConfig res_net(Four depths, ChannelAttention attention = {}) {
    return {.depths = depths,
            .channels = {256, 512, 1024, 2048},
            .stem = Stem::k7x7Pool,
            .stem_channels = 64,
            .attention = attention,
            .bottleneck = 0.25,
            .act = Act::kRelu};
}

struct NfnetVariant {
    std::string_view name;
    NfnetConfig config;
};
constexpr NfnetVariant kNfnetVariants[] = {
    {"dm_nfnet_f0", deep_mind({1, 2, 6, 3})},
    {"dm_nfnet_f1", deep_mind({2, 4, 12, 6})},
    {"dm_nfnet_f2", deep_mind({3, 6, 18, 9})},
    {"dm_nfnet_f3", deep_mind({4, 8, 24, 12})},
    {"dm_nfnet_f4", deep_mind({5, 10, 30, 15})},
    {"dm_nfnet_f5", deep_mind({6, 12, 36, 18})},
    {"dm_nfnet_f6", deep_mind({7, 14, 42, 21})},
    {"nfnet_f0", nf_net({1, 2, 6, 3})},
    {"nfnet_f1", nf_net({2, 4, 12, 6})},
    {"nfnet_f2", nf_net({3, 6, 18, 9})},
    {"nfnet_f3", nf_net({4, 8, 24, 12})},
    {"nfnet_f4", nf_net({5, 10, 30, 15})},
    {"nfnet_f5", nf_net({6, 12, 36, 18})},
    {"nfnet_f6", nf_net({7, 14, 42, 21})},
    {"nfnet_f7", nf_net({8, 16, 48, 24})},
    {"nfnet_l0", light({1, 2, 6, 3}, kNfnetSeQuarter, 2304)},
    {"eca_nfnet_l0", light({1, 2, 6, 3}, kEca, 2304)},
    {"eca_nfnet_l1", light({2, 4, 12, 6}, kEca, 3072)},
    {"eca_nfnet_l2", light({3, 6, 18, 9}, kEca, 3072)},
    {"eca_nfnet_l3", light({4, 8, 24, 12}, kEca, 3072)},
    {"nf_regnet_b0", reg_net({1, 3, 6, 6})},
    {"nf_regnet_b1", reg_net({2, 4, 7, 7})},
    {"nf_regnet_b2", reg_net({2, 4, 8, 8}, {56, 112, 232, 488})},
    {"nf_regnet_b3", reg_net({2, 5, 9, 9}, {56, 128, 248, 528})},
    {"nf_regnet_b4", reg_net({2, 6, 11, 11}, {64, 144, 288, 616})},
    {"nf_regnet_b5", reg_net({3, 7, 14, 14}, {80, 168, 336, 704})},
    {"nf_resnet26", res_net({2, 2, 2, 2})},
    {"nf_resnet50", res_net({3, 4, 6, 3})},
    {"nf_resnet101", res_net({3, 4, 23, 3})},
    {"nf_seresnet26", res_net({2, 2, 2, 2}, kSe16)},
    {"nf_seresnet50", res_net({3, 4, 6, 3}, kSe16)},
    {"nf_seresnet101", res_net({3, 4, 23, 3}, kSe16)},
    {"nf_ecaresnet26", res_net({2, 2, 2, 2}, kEca)},
    {"nf_ecaresnet50", res_net({3, 4, 6, 3}, kEca)},
    {"nf_ecaresnet101", res_net({3, 4, 23, 3}, kEca)},
    {"test_nfnet",
     {.depths = {1, 1, 1, 1},
      .channels = {32, 64, 96, 128},
      .group_size = 8,
      .attention = kNfnetSeQuarter,
      .bottleneck = 0.25,
      .last = 192,
      .extra_conv = true,
      .act = Act::kSilu}},
};

constexpr double kAlpha = 0.2, kAttentionGain = 2, kNfnetEpsilon = 1e-5;

// What makes the variance of an activation's output 1 for a normal input.
double gain_of(Act act) {
    switch (act) {
        case Act::kRelu: return 1.7139588594436646;
        case Act::kSilu: return 1.7881293296813965;
        default: return 1.7015043497085571;  // kGelu
    }
}

class NfnetBuilder {
public:
    NfnetBuilder(Net& net, const NfnetConfig& config) : net_(net), c_(config) {}

    ValueId conv(const Key& key, ValueId x, int64_t out, int64_t kernel, int64_t stride = 1,
                 int64_t groups = 1) {
        const nn::Conv conv{.out = out,
                            .kernel = kernel,
                            .stride = stride,
                            .padding = c_.dm && kernel > 1 ? nn::kSame : nn::Padding(),
                            .groups = groups,
                            .bias = true};
        return scaled_std_conv(net_, key, x, conv, c_.dm ? 1 : gain_of(c_.act), kNfnetEpsilon);
    }
    ValueId act(ValueId x) {
        x = net_.act(x, c_.act);
        return c_.dm ? net_.mul(x, gain_of(c_.act)) : x;
    }
    int64_t width(double channels) { return nn::make_divisible(channels, 8); }

    ValueId stem(ValueId x) {
        const Key key = "stem";
        const int64_t out = width(static_cast<double>(c_.stem_channels) * c_.width);
        if (c_.stem == Stem::k3x3) return net_.mark(key, conv(key / "conv", x, out, 3, 2));
        if (c_.stem == Stem::k7x7Pool)
            return net_.mark(key, net_.max_pool(conv(key / "conv", x, out, 7, 2),
                                                {.kernel = 3, .stride = 2, .padding = 1}));
        x = act(conv(key / "conv1", x, out / 8, 3, 2));
        x = act(conv(key / "conv2", x, out / 4, 3));
        x = act(conv(key / "conv3", x, out / 2, 3));
        return net_.mark(key, conv(key / "conv4", x, out, 3, 2));
    }

    // beta: what brings the variance of the block's input back to 1.
    ValueId block(const Key& key, ValueId x, int64_t out, int64_t stride, double bottleneck, double beta) {
        const int64_t in = net_.channels(x);
        int64_t inner = width(static_cast<double>(c_.reg ? in : out) * bottleneck), groups = 1;
        if (c_.group_size > 0) {
            groups = inner / c_.group_size;
            if (c_.group_size % 8 == 0) inner = c_.group_size * groups;
        }
        ValueId y = act(x), shortcut = x;
        if (beta != 1) y = net_.mul(y, beta);
        if (in != out || stride != 1) shortcut = downsample(key / "downsample", y, out, stride);
        y = act(conv(key / "conv1", y, inner, 1));
        y = conv(key / "conv2", y, inner, 3, stride, groups);
        if (c_.extra_conv) y = conv(key / "conv2b", act(y), inner, 3, 1, groups);
        const bool attended = c_.attention.kind != ChannelAttention::kNone;
        if (attended && c_.reg)
            y = net_.mul(channel_attention(net_, key / "attn", y, c_.attention), kAttentionGain);
        y = conv(key / "conv3", act(y), out, 1);
        if (attended && !c_.reg)
            y = net_.mul(channel_attention(net_, key / "attn_last", y, c_.attention), kAttentionGain);
        if (c_.dm) y = net_.mul(y, net_.param(key / "skipinit_gain", {}));
        return net_.mark(key, net_.add(net_.mul(y, kAlpha), shortcut));
    }

private:
    ValueId downsample(const Key& key, ValueId x, int64_t out, int64_t stride) {
        if (stride > 1)
            x = net_.avg_pool(x,
                              {.kernel = 2, .stride = stride, .ceil_mode = true, .count_include_pad = false});
        return net_.mark(key, conv(key / "conv", x, out, 1));
    }

    Net& net_;
    const NfnetConfig& c_;
};

}  // namespace

ValueId nfnet(Net& net, std::string_view model, ValueId x) {
    const NfnetConfig& c = variant(net, kNfnetVariants, model).config;
    NfnetBuilder b(net, c);
    x = b.stem(x);
    double variance = 1;  // of the residual stream, as it is expected
    for (size_t stage = 0; stage < 4; ++stage) {
        const int64_t out = b.width(c.channels[stage] * c.width);
        for (int i = 0; i < c.depths[stage]; ++i) {
            const bool first = i == 0;
            const int64_t stride = !first || (stage == 0 && c.stem != Stem::k3x3) ? 1 : 2;
            const double bottleneck = c.reg && first && stage == 0 ? 1 : c.bottleneck;
            x = b.block(Key("stages") / static_cast<int64_t>(stage) / i, x, out, stride, bottleneck,
                        1 / std::sqrt(variance));
            if (first) variance = 1;
            variance += kAlpha * kAlpha;
        }
    }
    if (c.last > 0) x = b.conv("final_conv", x, b.width(static_cast<double>(c.last) * c.width), 1);
    x = b.act(x);
    if (net.settings.features) return x;
    return nn::classifier_head(net, "head", x);
}

}  // namespace lathe::zoo::timm
