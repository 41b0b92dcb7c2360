// RegNet: Radosavovic et al., "Designing Network Design Spaces", 2020; RegNetZ: Dollár et al., "Fast and Accurate Model
// Scaling", 2021.
#include <cmath>

#include "zoo/nn/channels.h"
#include "zoo/nn/conv_norm_act.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::conv_norm_act;
using nn::NormAct;

// kPost: norm and activation after each convolution (X, Y); kPre: before (V); kLinear: inverted bottlenecks, four times as
// wide inside, without activation at their end and without a shortcut where shapes change (Z).
enum class Block : uint8_t { kPost, kPre, kLinear };
using enum Block;
constexpr double kNoSe = 0, kRegnetSe = 0.25;

struct RegnetVariant {
    std::string_view name;
    int64_t first_width;
    double slope, step;  // the line of widths, and the ratio between the widths of stages
    int64_t group_size;
    int depth;
    double se_ratio = kNoSe;  // of the block's input
    Block block = kPost;
    Act act = Act::kRelu;
    double least_ratio =
        0;  // widths are made divisible by their groups, losing no more than this; 0: rounded
    bool average_down = false;
    int64_t features = 0;  // of a last convolution; 0: none
    NormAct norm = {};
};

constexpr NormAct kRegnetGroups16{.kind = NormAct::kGroup, .group_size = 16};

constexpr RegnetVariant kRegnetVariants[] = {
    {"regnetx_002", 24, 36.44, 2.49, 8, 13},
    {"regnetx_004", 24, 24.48, 2.54, 16, 22},
    {"regnetx_004_tv", 24, 24.48, 2.54, 16, 22, kNoSe, kPost, Act::kRelu, 0.9},
    {"regnetx_006", 48, 36.97, 2.24, 24, 16},
    {"regnetx_008", 56, 35.73, 2.28, 16, 16},
    {"regnetx_016", 80, 34.01, 2.25, 24, 18},
    {"regnetx_032", 88, 26.31, 2.25, 48, 25},
    {"regnetx_040", 96, 38.65, 2.43, 40, 23},
    {"regnetx_064", 184, 60.83, 2.07, 56, 17},
    {"regnetx_080", 80, 49.56, 2.88, 120, 23},
    {"regnetx_120", 168, 73.36, 2.37, 112, 19},
    {"regnetx_160", 216, 55.59, 2.1, 128, 22},
    {"regnetx_320", 320, 69.86, 2.0, 168, 23},
    {"regnety_002", 24, 36.44, 2.49, 8, 13, kRegnetSe},
    {"regnety_004", 48, 27.89, 2.09, 8, 16, kRegnetSe},
    {"regnety_006", 48, 32.54, 2.32, 16, 15, kRegnetSe},
    {"regnety_008", 56, 38.84, 2.4, 16, 14, kRegnetSe},
    {"regnety_008_tv", 56, 38.84, 2.4, 16, 14, kRegnetSe, kPost, Act::kRelu, 0.9},
    {"regnety_016", 48, 20.71, 2.65, 24, 27, kRegnetSe},
    {"regnety_032", 80, 42.63, 2.66, 24, 21, kRegnetSe},
    {"regnety_040", 96, 31.41, 2.24, 64, 22, kRegnetSe},
    {"regnety_064", 112, 33.22, 2.27, 72, 25, kRegnetSe},
    {"regnety_080", 192, 76.82, 2.19, 56, 17, kRegnetSe},
    {"regnety_080_tv", 192, 76.82, 2.19, 56, 17, kRegnetSe, kPost, Act::kRelu, 0.9},
    {"regnety_120", 168, 73.36, 2.37, 112, 19, kRegnetSe},
    {"regnety_160", 200, 106.23, 2.48, 112, 18, kRegnetSe},
    {"regnety_320", 232, 115.89, 2.53, 232, 20, kRegnetSe},
    {"regnety_640", 352, 147.48, 2.4, 328, 20, kRegnetSe},
    {"regnety_1280", 456, 160.83, 2.52, 264, 27, kRegnetSe},
    {"regnety_2560", 640, 230.83, 2.53, 373, 27, kRegnetSe},
    {"regnety_040_sgn", 96, 31.41, 2.24, 64, 22, kRegnetSe, kPost, Act::kSilu, 0, false, 0, kRegnetGroups16},
    {"regnetv_040", 96, 31.41, 2.24, 64, 22, kRegnetSe, kPre, Act::kSilu},
    {"regnetv_064", 112, 33.22, 2.27, 72, 25, kRegnetSe, kPre, Act::kSilu, 0, true},
    {"regnetz_005", 16, 10.7, 2.51, 4, 21, kRegnetSe, kLinear, Act::kSilu, 0, false, 1024},
    {"regnetz_040", 48, 14.5, 2.226, 8, 28, kRegnetSe, kLinear, Act::kSilu},
    {"regnetz_040_h", 48, 14.5, 2.226, 8, 28, kRegnetSe, kLinear, Act::kSilu, 0, false, 1536},
};
constexpr int64_t kRegnetStemWidth = 32, kQuantum = 8;

struct RegnetStage {
    int64_t width, group_size;  // of the blocks' outputs; channels per group inside
    int depth = 0;
};

// Widths lie on a line, are rounded to powers of `step` times the first width, and those to multiples of 8: blocks of
// one width are a stage. In f32, as the published networks were worked out.
std::vector<RegnetStage> stages_of(const RegnetVariant& v) {
    std::vector<RegnetStage> stages;
    const auto first = static_cast<float>(v.first_width);
    for (int i = 0; i < v.depth; ++i) {
        const float on_line = static_cast<float>(i) * static_cast<float>(v.slope) + first;
        const float power = std::nearbyint(std::log(on_line / first) / static_cast<float>(std::log(v.step)));
        const float width = first * std::pow(static_cast<float>(v.step), power);
        const auto rounded =
            static_cast<int64_t>(std::nearbyint(width / static_cast<float>(kQuantum))) * kQuantum;
        if (stages.empty() || stages.back().width != rounded)
            stages.push_back({.width = rounded, .group_size = v.group_size});
        ++stages.back().depth;
    }
    const int64_t ratio = v.block == kLinear ? 4 : 1;
    for (RegnetStage& stage : stages) {
        const int64_t inner = stage.width * ratio,
                      group = stage.group_size = std::min(stage.group_size, inner);
        const auto exact = static_cast<double>(inner);
        const int64_t fitting = v.least_ratio > 0
                                    ? nn::make_divisible(exact, group, 0, v.least_ratio)
                                    : nn::round_half_even(exact / static_cast<double>(group)) * group;
        stage.width = fitting / ratio;
    }
    return stages;
}

ValueId gated(Net& net, const Key& key, ValueId x, const RegnetVariant& v, int64_t block_in) {
    if (v.se_ratio == 0) return x;
    const int64_t reduced = nn::round_half_even(static_cast<double>(block_in) * v.se_ratio);
    return squeeze_excite(net, key, x, {.reduced = reduced, .act = v.act});
}

ValueId shortcut(Net& net, const Key& key, ValueId x, const RegnetVariant& v, int64_t out, int64_t stride) {
    if (net.channels(x) == out && stride == 1) return x;
    Key conv = key;
    if (v.average_down) {
        if (stride > 1)
            x = net.avg_pool(x,
                             {.kernel = 2, .stride = stride, .ceil_mode = true, .count_include_pad = false});
        conv = key / 1;
        stride = 1;
    }
    if (v.block == kPre) return net.mark(key, net.conv(conv, x, {.out = out, .stride = stride}));
    return net.mark(key, conv_norm_act(net, conv, x, {.out = out, .stride = stride}, Act::kNone, v.norm));
}

// [batch, C, H, W] -> [batch, out, H/stride, W/stride]
ValueId bottleneck(Net& net, const Key& key, ValueId x, const RegnetVariant& v, const RegnetStage& stage,
                   int64_t stride) {
    const int64_t in = net.channels(x), inner = v.block == kLinear ? 4 * stage.width : stage.width;
    ValueId y = conv_norm_act(net, key / "conv1", x, {.out = inner}, v.act, v.norm);
    y = conv_norm_act(net, key / "conv2", y,
                      {.out = inner, .kernel = 3, .stride = stride, .groups = inner / stage.group_size},
                      v.act, v.norm);
    y = conv_norm_act(net, key / "conv3", gated(net, key / "se", y, v, in), {.out = stage.width}, Act::kNone,
                      v.norm);
    const bool changes = in != stage.width || stride != 1;
    if (v.block == kLinear) return net.mark(key, changes ? y : net.add(y, x));
    return net.mark(key,
                    net.act(net.add(y, shortcut(net, key / "downsample", x, v, stage.width, stride)), v.act));
}

ValueId pre_bottleneck(Net& net, const Key& key, ValueId x, const RegnetVariant& v, const RegnetStage& stage,
                       int64_t stride) {
    const int64_t in = net.channels(x), inner = stage.width;
    x = norm_act(net, key / "norm1", x, v.norm, v.act);
    ValueId y = norm_act(net, key / "norm2", net.conv(key / "conv1", x, {.out = inner}), v.norm, v.act);
    y = net.conv(key / "conv2", y,
                 {.out = inner, .kernel = 3, .stride = stride, .groups = inner / stage.group_size});
    y = norm_act(net, key / "norm3", gated(net, key / "se", y, v, in), v.norm, v.act);
    y = net.conv(key / "conv3", y, {.out = stage.width});
    return net.mark(key, net.add(y, shortcut(net, key / "downsample", x, v, stage.width, stride)));
}

}  // namespace

ValueId regnet(Net& net, std::string_view model, ValueId x) {
    const RegnetVariant& v = variant(net, kRegnetVariants, model);
    const nn::Conv stem{.out = kRegnetStemWidth, .kernel = 3, .stride = 2};
    x = v.block == kPre ? net.conv("stem", x, stem) : conv_norm_act(net, "stem", x, stem, v.act, v.norm);
    int stage_number = 0;
    for (const RegnetStage& stage : stages_of(v)) {
        const Key key = Key(format("s{}", ++stage_number));
        for (int i = 0; i < stage.depth; ++i) {
            const Key block = key / format("b{}", i + 1);
            const int64_t stride = i == 0 ? 2 : 1;
            x = v.block == kPre ? pre_bottleneck(net, block, x, v, stage, stride)
                                : bottleneck(net, block, x, v, stage, stride);
        }
        net.mark(key, x);
    }
    if (v.features > 0) x = conv_norm_act(net, "final_conv", x, {.out = v.features}, v.act, v.norm);
    else if (v.block != kPost) x = net.mark("final_conv", net.act(x, v.act));
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::classifier_head(net, "head", x);
}

}  // namespace lathe::zoo::timm
