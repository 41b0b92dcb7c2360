// Cross-stage partial networks: Wang et al., "CSPNet: A New Backbone that can Enhance Learning Capability of CNN", 2019;
// and DarkNet (Redmon & Farhadi, "YOLOv3", 2018), which they grew from.
#include <cmath>

#include "zoo/nn/channels.h"
#include "zoo/nn/conv_norm_act.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::ChannelAttention;

enum class StageKind : uint8_t { kDark, kCsp, kCs3 };
enum class BlockKind : uint8_t { kBottleneck, kDark, kEdge };

struct Stem {
    std::array<int, 3> channels;  // 0: no such convolution
    int64_t kernel = 3, stride = 2;
    nn::Padding padding = {};  // of the first convolution
    bool pool = false;
};

constexpr size_t kMost = 5;  // stages
struct CspnetConfig {
    Stem stem;
    std::array<int, kMost> depths, channels;  // 0: no such stage
    StageKind stage = StageKind::kCsp;
    BlockKind block = BlockKind::kBottleneck;
    // Of the first stage, and of the others.
    std::array<double, 2> expand = {1, 1}, bottleneck = {1, 1}, inner = {1, 1};
    std::array<int64_t, kMost> groups = {1, 1, 1, 1, 1};
    int64_t first_stride = 2;
    bool linear_expansion = false, grows_early = false, avg_down = false;
    ChannelAttention attention = {};
    Act act = Act::kLeakyRelu;
};

struct CspnetVariant {
    std::string_view name;
    CspnetConfig config;
};

constexpr ChannelAttention kSe{.kind = ChannelAttention::kSe},
    kSeQuarter{.kind = ChannelAttention::kSe, .ratio = 0.25};

constexpr CspnetConfig csp_res_net(Stem stem, std::array<int, kMost> channels, double expand,
                                   double bottleneck, double inner, int64_t groups = 1) {
    return {.stem = stem,
            .depths = {3, 3, 5, 2},
            .channels = channels,
            .expand = {expand, expand},
            .bottleneck = {bottleneck, bottleneck},
            .inner = {inner, inner},
            .groups = {groups, groups, groups, groups, groups},
            .first_stride = 1,
            .linear_expansion = true};
}
constexpr CspnetConfig dark_net(std::array<int, kMost> depths, bool avg_down = false,
                                ChannelAttention attention = {}) {
    return {.stem = {.channels = {32}, .stride = 1},
            .depths = depths,
            .channels = {64, 128, 256, 512, 1024},
            .stage = StageKind::kDark,
            .block = BlockKind::kDark,
            .bottleneck = {0.5, 0.5},
            .avg_down = avg_down,
            .attention = attention};
}
constexpr std::array<int, kMost> kCs3Small[] = {{1, 3, 4, 1}, {64, 128, 256, 512}},
                                 kCs3Medium[] = {{2, 4, 6, 2}, {96, 192, 384, 768}},
                                 kCs3Large[] = {{3, 6, 9, 3}, {128, 256, 512, 1024}},
                                 kCs3Huge[] = {{3, 7, 11, 3}, {160, 320, 640, 1280}};
// size: depths and widths. focus: one convolution of 6 x 6 at the start instead of two.
constexpr CspnetConfig cs3(const std::array<int, kMost> (&size)[2], bool focus = false,
                           ChannelAttention attention = {}, BlockKind block = BlockKind::kDark,
                           double bottleneck = 1) {
    const int half = size[1][0] / 2, quarter = size[1][0] / 4;
    const Stem two{.channels = {quarter, half}}, one{.channels = {half}, .kernel = 6, .padding = 2};
    return {.stem = focus ? one : two,
            .depths = size[0],
            .channels = size[1],
            .stage = StageKind::kCs3,
            .block = block,
            .bottleneck = {bottleneck, bottleneck},
            .inner = {0.5, 0.5},
            .attention = attention,
            .act = Act::kSilu};
}

constexpr Stem kSeven{.channels = {64}, .kernel = 7, .stride = 4, .pool = true},
    kDeep{.channels = {32, 32, 64}, .stride = 4, .pool = true};
constexpr CspnetVariant kCspnetVariants[] = {
    {"cspresnet50", csp_res_net(kSeven, {128, 256, 512, 1024}, 2, 0.5, 1)},
    {"cspresnet50d", csp_res_net(kDeep, {128, 256, 512, 1024}, 2, 0.5, 1)},
    {"cspresnet50w", csp_res_net(kDeep, {256, 512, 1024, 2048}, 1, 0.25, 0.5)},
    {"cspresnext50", csp_res_net(kSeven, {256, 512, 1024, 2048}, 1, 1, 0.5, 32)},
    {"cspdarknet53",
     {.stem = {.channels = {32}, .stride = 1},
      .depths = {1, 2, 8, 8, 4},
      .channels = {64, 128, 256, 512, 1024},
      .block = BlockKind::kDark,
      .expand = {2, 1},
      .bottleneck = {0.5, 1},
      .inner = {1, 0.5},
      .grows_early = true}},
    {"darknet17", dark_net({1, 1, 1, 1, 1})},
    {"darknet21", dark_net({1, 1, 1, 2, 2})},
    {"sedarknet21", dark_net({1, 1, 1, 2, 2}, false, kSe)},
    {"darknet53", dark_net({1, 2, 8, 8, 4})},
    {"darknetaa53", dark_net({1, 2, 8, 8, 4}, true)},
    {"cs3darknet_s", cs3(kCs3Small)},
    {"cs3darknet_m", cs3(kCs3Medium)},
    {"cs3darknet_l", cs3(kCs3Large)},
    {"cs3darknet_x", cs3(kCs3Huge)},
    {"cs3darknet_focus_s", cs3(kCs3Small, true)},
    {"cs3darknet_focus_m", cs3(kCs3Medium, true)},
    {"cs3darknet_focus_l", cs3(kCs3Large, true)},
    {"cs3darknet_focus_x", cs3(kCs3Huge, true)},
    {"cs3sedarknet_l", cs3(kCs3Large, false, kSeQuarter)},
    {"cs3sedarknet_x", cs3(kCs3Huge, false, kSe)},
    {"cs3sedarknet_xdw",
     {.stem = {.channels = {32, 64}},
      .depths = {3, 6, 12, 4},
      .channels = {256, 512, 1024, 2048},
      .bottleneck = {0.5, 0.5},
      .inner = {0.5, 0.5},
      .groups = {1, 1, 256, 512, 1},
      .attention = kSe,
      .act = Act::kSilu}},
    {"cs3edgenet_x", cs3(kCs3Huge, false, {}, BlockKind::kEdge, 1.5)},
    {"cs3se_edgenet_x", cs3(kCs3Huge, false, kSeQuarter, BlockKind::kEdge, 1.5)},
};

class Builder {
public:
    Builder(Net& net, const CspnetConfig& config) : net_(net), c_(config) {}

    ValueId stem(ValueId x) {
        const Key key = "stem";
        const Stem& s = c_.stem;
        int64_t number = 1, last = 0;
        for (const int channels : s.channels) last += channels > 0 ? 1 : 0;
        for (const int channels : s.channels) {
            if (channels == 0) break;
            const bool strides = (number == 1 && s.stride > 1) || (number == last && s.stride > 2 && !s.pool);
            x = conv(key / format("conv{}", number), x,
                     {.out = channels,
                      .kernel = s.kernel,
                      .stride = strides ? 2 : 1,
                      .padding = number == 1 ? s.padding : nn::Padding()});
            ++number;
        }
        if (s.pool) x = net_.mark(key / "pool", net_.max_pool(x, {.kernel = 3, .stride = 2, .padding = 1}));
        return net_.mark(key, x);
    }

    ValueId stage(size_t index, ValueId x) {
        const Key key = Key("stages") / static_cast<int64_t>(index);
        const int64_t stride = index == 0 ? c_.first_stride : 2, out = c_.channels[index],
                      in = net_.channels(x);
        const size_t which = index == 0 ? 0 : 1;
        if (c_.stage == StageKind::kDark) {
            x = down(key / "conv_down", x, out, stride, index);
            return net_.mark(key, blocks(key, x, index, out));
        }
        if (stride != 1) x = down(key / "conv_down", x, c_.grows_early ? out : in, stride, index);
        const int64_t wide = nn::round_half_even(static_cast<double>(out) * c_.expand[which]);
        x = conv(key / "conv_exp", x, {.out = wide, .kernel = 1}, !c_.linear_expansion);
        std::vector<ValueId> halves = net_.chunk(x, 1, 2);
        const size_t deep = c_.stage == StageKind::kCsp ? 1 : 0;  // the half that goes through the blocks
        const int64_t inner = nn::round_half_even(static_cast<double>(out) * c_.inner[which]);
        halves[deep] = blocks(key, halves[deep], index, inner);
        if (c_.stage == StageKind::kCsp)
            halves[1] = conv(key / "conv_transition_b", halves[1], {.out = wide / 2, .kernel = 1});
        return net_.mark(
            key, conv(key / "conv_transition", net_.concat(std::move(halves), 1), {.out = out, .kernel = 1}));
    }

private:
    ValueId conv(const Key& key, ValueId x, const nn::Conv& conv, bool act = true) {
        return conv_norm_act(net_, key, x, conv, act ? c_.act : Act::kNone);
    }

    ValueId down(const Key& key, ValueId x, int64_t out, int64_t stride, size_t index) {
        if (!c_.avg_down)
            return conv(key, x, {.out = out, .kernel = 3, .stride = stride, .groups = c_.groups[index]});
        if (stride == 2) x = net_.avg_pool(x, {.kernel = 2, .stride = 2});
        return net_.mark(key, conv(key / 1, x, {.out = out, .kernel = 1, .groups = c_.groups[index]}));
    }

    ValueId blocks(const Key& key, ValueId x, size_t index, int64_t out) {
        for (int i = 0; i < c_.depths[index]; ++i) {
            const Key at = key / "blocks" / i;
            const int64_t middle =
                nn::round_half_even(static_cast<double>(out) * c_.bottleneck[index == 0 ? 0 : 1]);
            x = net_.mark(at, c_.block == BlockKind::kBottleneck ? bottleneck(at, x, out, middle, index)
                                                                 : two_convs(at, x, out, middle, index));
        }
        return x;
    }

    ValueId attend(const Key& key, ValueId x) {
        if (c_.attention.kind == ChannelAttention::kNone) return x;
        ChannelAttention attention = c_.attention;
        attention.act = c_.act;
        return channel_attention(net_, key, x, attention);
    }

    ValueId bottleneck(const Key& key, ValueId x, int64_t out, int64_t middle, size_t index) {
        ValueId y = conv(key / "conv1", x, {.out = middle, .kernel = 1});
        y = conv(key / "conv2", y, {.out = middle, .kernel = 3, .groups = c_.groups[index]});
        y = conv(key / "conv3", attend(key / "attn2", y), {.out = out, .kernel = 1}, false);
        return net_.act(net_.add(y, x), c_.act);
    }

    // The 3 x 3 comes second (dark) or first (edge).
    ValueId two_convs(const Key& key, ValueId x, int64_t out, int64_t middle, size_t index) {
        const bool dark = c_.block == BlockKind::kDark;
        const int64_t groups = c_.groups[index];
        ValueId y =
            conv(key / "conv1", x, {.out = middle, .kernel = dark ? 1 : 3, .groups = dark ? 1 : groups});
        y = conv(key / "conv2", attend(key / "attn", y),
                 {.out = out, .kernel = dark ? 3 : 1, .groups = dark ? groups : 1});
        return net_.add(y, x);
    }

    Net& net_;
    const CspnetConfig& c_;
};

}  // namespace

ValueId cspnet(Net& net, std::string_view model, ValueId x) {
    const CspnetConfig& c = variant(net, kCspnetVariants, model).config;
    Builder b(net, c);
    x = b.stem(x);
    for (size_t i = 0; i < kMost && c.channels[i] > 0; ++i) x = b.stage(i, x);
    if (net.settings.features) return x;
    return nn::classifier_head(net, "head", x);
}

}  // namespace lathe::zoo::timm
