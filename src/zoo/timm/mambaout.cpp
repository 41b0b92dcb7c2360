// MambaOut: Yu & Wang, "MambaOut: Do We Really Need Mamba for Vision?", 2024.
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct MambaoutVariant {
    std::string_view name;
    std::array<int, 4> depths, widths;
    bool later = false;          // timm's own: other stem, downsampling, head, and a layer scale
    double expansion = 8.0 / 3;  // gated channels
    double conv_ratio = 1;       // of them convolved, in widths
    Act act = Act::kGelu;
};

constexpr std::array<int, 4> kMambaoutFemto{48, 96, 192, 288}, kMambaoutTiny{96, 192, 384, 576},
    kMambaoutBase{128, 256, 512, 768};
constexpr MambaoutVariant kMambaoutVariants[] = {
    {"mambaout_femto", {3, 3, 9, 3}, kMambaoutFemto},
    {"mambaout_kobe", {3, 3, 15, 3}, kMambaoutFemto},
    {"mambaout_tiny", {3, 3, 9, 3}, kMambaoutTiny},
    {"mambaout_small", {3, 4, 27, 3}, kMambaoutTiny},
    {"mambaout_base", {3, 4, 27, 3}, kMambaoutBase},
    {"mambaout_small_rw", {3, 4, 27, 3}, kMambaoutTiny, true},
    {"mambaout_base_short_rw", {3, 3, 25, 3}, kMambaoutBase, true, 3, 1.25},
    {"mambaout_base_tall_rw", {3, 4, 30, 3}, kMambaoutBase, true, 2.5, 1.25},
    {"mambaout_base_wide_rw", {3, 4, 27, 3}, kMambaoutBase, true, 3, 1.5, Act::kSilu},
    {"mambaout_base_plus_rw", {3, 4, 30, 3}, kMambaoutBase, true, 3, 1.5, Act::kSilu},
    {"test_mambaout", {1, 1, 3, 1}, {16, 32, 48, 64}, true, 3, 1, Act::kSilu},
};
constexpr int64_t kKernel = 7, kMambaoutHeadRatio = 4;
constexpr double kMambaoutEpsilon = 1e-6;

ValueId halve(Net& net, const Key& key, ValueId x, int64_t width) {
    return net.conv(key, x, {.out = width, .kernel = 3, .stride = 2, .padding = 1, .bias = true});
}

// [batch, 3, H, W] -> [batch, H/4, W/4, width]; all after it is channels last.
ValueId stem(Net& net, const Key& key, ValueId x, const MambaoutVariant& v) {
    x = halve(net, key / "conv1", x, v.widths[0] / 2);
    if (!v.later) x = net.layer_norm_2d(key / "norm1", x, kMambaoutEpsilon);
    x = halve(net, key / "conv2", net.act(x, v.act), v.widths[0]);
    return net.mark(key, net.layer_norm(key / "norm2", net.channels_last(x), kMambaoutEpsilon));
}

ValueId downsample(Net& net, const Key& key, ValueId x, int64_t width, const MambaoutVariant& v) {
    if (v.later) x = net.layer_norm(key / "norm", x, kMambaoutEpsilon);
    x = net.channels_last(halve(net, key / "conv", net.channels_first(x), width));
    if (!v.later) x = net.layer_norm(key / "norm", x, kMambaoutEpsilon);
    return net.mark(key, x);
}

// A gate times channels some of which see their neighbours.
ValueId block(Net& net, const Key& key, ValueId x, const MambaoutVariant& v) {
    const int64_t width = net.dim(x, 3);
    const auto hidden = static_cast<int64_t>(v.expansion * static_cast<double>(width));
    const auto convolved = static_cast<int64_t>(v.conv_ratio * static_cast<double>(width));
    ValueId y = net.linear(key / "fc1", net.layer_norm(key / "norm", x, kMambaoutEpsilon), 2 * hidden);
    const auto parts = net.split(y, 3, {hidden, hidden - convolved, convolved});
    if (parts.size() != 3) return nn::kNoValue;
    const ValueId seen = net.conv(key / "conv", net.channels_first(parts[2]),
                                  {.out = convolved, .kernel = kKernel, .groups = convolved, .bias = true});
    y = net.mul(net.act(parts[0], v.act), net.concat({parts[1], net.channels_last(seen)}, 3));
    y = net.linear(key / "fc2", y, width);
    if (v.later) y = net.scale(key / "ls" / "gamma", y);
    return net.mark(key, net.add(y, x));
}

ValueId head(Net& net, const Key& key, ValueId x, const MambaoutVariant& v) {
    x = net.layer_norm(key / "norm", net.mean(x, {1, 2}), kMambaoutEpsilon);
    const Key hidden = key / "pre_logits";
    x = net.act(net.linear(hidden / "fc", x, kMambaoutHeadRatio * net.dim(x, -1)), Act::kGelu);
    if (!v.later) x = net.layer_norm(hidden / "norm", x, kMambaoutEpsilon);
    net.mark(hidden, x);
    return net.mark(key, nn::classifier(net, key / "fc", x));
}

}  // namespace

ValueId mambaout(Net& net, std::string_view model, ValueId x) {
    const MambaoutVariant& v = variant(net, kMambaoutVariants, model);
    x = stem(net, "stem", x, v);
    for (size_t i = 0; i < 4; ++i) {
        const Key stage = Key("stages") / static_cast<int64_t>(i);
        if (i > 0) x = downsample(net, stage / "downsample", x, v.widths[i], v);
        for (int j = 0; j < v.depths[i]; ++j) x = block(net, stage / "blocks" / j, x, v);
        net.mark(stage, x);
    }
    if (net.settings.features) return x;  // [batch, H/32, W/32, C]
    return head(net, "head", x, v);
}

}  // namespace lathe::zoo::timm
