// InceptionNeXt: Yu et al., "InceptionNeXt: When Inception Meets ConvNeXt", 2023.
#include "zoo/nn/mlp.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

struct InceptionNextVariant {
    std::string_view name;
    std::array<int, 4> depths, widths;
    int band = 11;        // length of the band kernels
    int branch_part = 8;  // one in so many channels goes to each branch
};

constexpr InceptionNextVariant kInceptionNextVariants[] = {
    {"inception_next_atto", {2, 2, 6, 2}, {40, 80, 160, 320}, 9, 4},
    {"inception_next_tiny", {3, 3, 9, 3}, {96, 192, 384, 768}},
    {"inception_next_small", {3, 3, 27, 3}, {96, 192, 384, 768}},
    {"inception_next_base", {3, 3, 27, 3}, {128, 256, 512, 1024}},
};
constexpr std::array<int64_t, 4> kMlpRatios{4, 4, 4, 3};
constexpr int64_t kInceptionNextPatch = 4, kHeadRatio = 3;
constexpr double kHeadEpsilon = 1e-6;

// Most channels pass; the others see a square, a row, a column.
ValueId mix_tokens(Net& net, const Key& key, ValueId x, const InceptionNextVariant& v) {
    const int64_t width = net.channels(x), branch = width / v.branch_part;
    const auto parts = net.split(x, 1, {width - 3 * branch, branch, branch, branch});
    if (parts.size() != 4) return nn::kNoValue;
    const auto conv = [&](const char* name, ValueId part, nn::Size2 kernel) {
        const nn::Size2 padding{kernel.h / 2, kernel.w / 2};
        return net.conv(
            key / name, part,
            {.out = branch, .kernel = kernel, .padding = padding, .groups = branch, .bias = true});
    };
    return net.mark(
        key, net.concat({parts[0], conv("dwconv_hw", parts[1], 3), conv("dwconv_w", parts[2], {1, v.band}),
                         conv("dwconv_h", parts[3], {v.band, 1})},
                        1));
}

ValueId block(Net& net, const Key& key, ValueId x, int64_t mlp_ratio, const InceptionNextVariant& v) {
    ValueId y = net.batch_norm(key / "norm", mix_tokens(net, key / "token_mixer", x, v));
    y = nn::mlp(net, key / "mlp", y, {.hidden = mlp_ratio * net.channels(x), .conv = true});
    return net.mark(key, net.add(net.scale_2d(key / "gamma", y), x));
}

ValueId head(Net& net, const Key& key, ValueId x) {
    x = net.linear(key / "fc1", net.global_avg_pool(x), kHeadRatio * net.channels(x));
    x = net.layer_norm(key / "norm", net.act(x, nn::Act::kGelu), kHeadEpsilon);
    return net.mark(key, nn::classifier(net, key / "fc2", x));
}

}  // namespace

ValueId inception_next(Net& net, std::string_view model, ValueId x) {
    const InceptionNextVariant& v = variant(net, kInceptionNextVariants, model);
    x = net.conv("stem.0", x,
                 {.out = v.widths[0],
                  .kernel = kInceptionNextPatch,
                  .stride = kInceptionNextPatch,
                  .padding = 0,
                  .bias = true});
    x = net.mark("stem", net.batch_norm("stem.1", x));
    for (size_t i = 0; i < 4; ++i) {
        const Key stage = Key("stages") / static_cast<int64_t>(i), down = stage / "downsample";
        if (i > 0) {
            x = net.batch_norm(down / "0", x);
            x = net.conv(down / "1", x,
                         {.out = v.widths[i], .kernel = 2, .stride = 2, .padding = 0, .bias = true});
        }
        for (int j = 0; j < v.depths[i]; ++j) x = block(net, stage / "blocks" / j, x, kMlpRatios[i], v);
        net.mark(stage, x);
    }
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return head(net, "head", x);
}

}  // namespace lathe::zoo::timm
