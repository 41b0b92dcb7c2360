// CoAtNet: Dai et al., "CoAtNet: Marrying Convolution and Attention for All Data Sizes", 2021; MaxViT: Tu et al., "MaxViT:
// Multi-Axis Vision Transformer", 2022; and timm's variations on both.
#include "zoo/timm/maxxvit.h"

#include "zoo/nn/norm_act.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using Position = MaxxOptions::Position;

enum class Block : uint8_t { kConv, kAttention, kConvThenAttention, kWindow, kParallel };
using Blocks =
    std::array<Block, 4>;  // of each stage; kConvThenAttention: one convolution block, attention after it

struct MaxxvitVariant {
    std::string_view name;  // without the input's size at its end
    std::array<int, 4> depths, widths;
    std::array<int, 2> stem;
    Blocks blocks;
    MaxxOptions options;
    int head_hidden = 0;
    bool stem_bias = false;
};

// What timm's own variants change of the papers'.
struct Change {
    bool by_pool = false, max_pool = false, output_bias = false, early_se = false, shortcut_bias = true,
         scale = false, grid_only = false;
    double se_ratio = 0.25;
    Act se_act = Act::kRelu;
    nn::Norm norm = {};
    Position position = Position::kBias;
    int position_hidden = 512;
};

constexpr MaxxOptions changed(const Change& c) {
    MaxxOptions o;
    o.expand_output = o.expand_first = false;
    o.pool = c.max_pool ? MaxxOptions::Pool::kMax3 : MaxxOptions::Pool::kAvg2;
    o.stride_by_pool = c.by_pool;
    o.output_bias = c.output_bias;
    o.scale = c.scale;
    o.norm = c.norm;
    o.position = c.position;
    o.position_hidden = c.position_hidden;
    return o;
}

constexpr MaxxOptions rw_coat(const Change& c) {
    MaxxOptions o = changed(c);
    o.pre_norm_act = true;
    o.early_se = c.early_se;
    o.se_act = c.se_act;
    o.conv_act = Act::kSilu;
    o.shortcut_bias = c.shortcut_bias;
    return o;
}

constexpr MaxxOptions rw_max(const Change& c) {
    MaxxOptions o = changed(c);
    o.se_ratio = c.se_ratio;
    o.conv_act = Act::kSilu;
    return o;
}

constexpr MaxxOptions next(const Change& c) {
    MaxxOptions o = changed(c);
    o.convnext = o.output_bias = true;
    o.conv_epsilon = 1e-6;
    o.conv_scale = true;
    o.grid_only = c.grid_only;
    return o;
}

constexpr MaxxOptions tensorflow() {
    MaxxOptions o;
    o.conv_epsilon = 1e-3;
    o.conv_act = o.act = Act::kGeluTanh;
    o.same_padding = true;
    o.norm = {nn::Norm::kLayer, 1e-5};
    o.head_first = false;
    o.position = Position::kBiasTf;
    return o;
}

constexpr Blocks kCoat{Block::kConv, Block::kConv, Block::kAttention, Block::kAttention};
constexpr Blocks kCoatMixed{Block::kConv, Block::kConv, Block::kConvThenAttention, Block::kConvThenAttention};
constexpr Blocks kMax{Block::kWindow, Block::kWindow, Block::kWindow, Block::kWindow};
constexpr Blocks kParallelMax{Block::kParallel, Block::kParallel, Block::kParallel, Block::kParallel};

constexpr std::array<int, 4> kMaxxvitPico{32, 64, 128, 256}, kMaxxvitNano{64, 128, 256, 512},
    kMaxxvitSmall{96, 192, 384, 768}, kMaxxvitBase{128, 256, 512, 1024}, kMaxxvitLarge{160, 320, 640, 1280},
    kMaxxvitXlarge{192, 384, 768, 1536}, kMaxxvitHuge{256, 512, 1280, 2048};
constexpr double kThin = 1.0 / 16;

constexpr MaxxvitVariant kMaxxvitVariants[] = {
    {"coatnet_pico_rw", {2, 3, 5, 2}, kMaxxvitNano, {32, 64}, kCoat, rw_max({.output_bias = true})},
    {"coatnet_nano_rw",
     {3, 4, 6, 3},
     kMaxxvitNano,
     {32, 64},
     kCoat,
     rw_max({.by_pool = true, .output_bias = true})},
    {"coatnet_0_rw",
     {2, 3, 7, 2},
     kMaxxvitSmall,
     {32, 64},
     kCoat,
     rw_coat({.by_pool = true, .early_se = true, .shortcut_bias = false})},
    {"coatnet_1_rw",
     {2, 6, 14, 2},
     kMaxxvitSmall,
     {32, 64},
     kCoat,
     rw_coat({.early_se = true, .shortcut_bias = false})},
    {"coatnet_2_rw", {2, 6, 14, 2}, kMaxxvitBase, {64, 128}, kCoat, rw_coat({.se_act = Act::kSilu})},
    {"coatnet_3_rw",
     {2, 6, 14, 2},
     kMaxxvitXlarge,
     {96, 192},
     kCoat,
     rw_coat({.scale = true, .se_act = Act::kSilu})},
    {"coatnet_bn_0_rw",
     {2, 3, 7, 2},
     kMaxxvitSmall,
     {32, 64},
     kCoat,
     rw_coat({.early_se = true, .shortcut_bias = false, .norm = {nn::Norm::kBatch, 1e-6}})},
    {"coatnet_rmlp_nano_rw",
     {3, 4, 6, 3},
     kMaxxvitNano,
     {32, 64},
     kCoat,
     rw_max({.output_bias = true, .position = Position::kMlp, .position_hidden = 384})},
    {"coatnet_rmlp_0_rw",
     {2, 3, 7, 2},
     kMaxxvitSmall,
     {32, 64},
     kCoat,
     rw_coat({.position = Position::kMlp})},
    {"coatnet_rmlp_1_rw",
     {2, 6, 14, 2},
     kMaxxvitSmall,
     {32, 64},
     kCoat,
     rw_coat({.by_pool = true,
              .max_pool = true,
              .early_se = true,
              .shortcut_bias = false,
              .position = Position::kMlp,
              .position_hidden = 384})},
    {"coatnet_rmlp_1_rw2",
     {2, 6, 14, 2},
     kMaxxvitSmall,
     {32, 64},
     kCoat,
     rw_coat({.position = Position::kMlp})},
    {"coatnet_rmlp_2_rw",
     {2, 6, 14, 2},
     kMaxxvitBase,
     {64, 128},
     kCoat,
     rw_coat({.scale = true, .se_act = Act::kSilu, .position = Position::kMlp})},
    {"coatnet_rmlp_3_rw",
     {2, 6, 14, 2},
     kMaxxvitXlarge,
     {96, 192},
     kCoat,
     rw_coat({.scale = true, .se_act = Act::kSilu, .position = Position::kMlp})},
    {"coatnet_nano_cc", {3, 4, 6, 3}, kMaxxvitNano, {32, 64}, kCoatMixed, rw_coat({.by_pool = true})},
    {"coatnext_nano_rw", {3, 4, 6, 3}, kMaxxvitNano, {32, 64}, kCoat, next({})},
    {"coatnet_0", {2, 3, 5, 2}, kMaxxvitSmall, {64, 64}, kCoat, {}, 768},
    {"coatnet_1", {2, 6, 14, 2}, kMaxxvitSmall, {64, 64}, kCoat, {}, 768},
    {"coatnet_2", {2, 6, 14, 2}, kMaxxvitBase, {128, 128}, kCoat, {}, 1024},
    {"coatnet_3", {2, 6, 14, 2}, kMaxxvitXlarge, {192, 192}, kCoat, {}, 1536},
    {"coatnet_4", {2, 12, 28, 2}, kMaxxvitXlarge, {192, 192}, kCoat, {}, 1536},
    {"coatnet_5", {2, 12, 28, 2}, kMaxxvitHuge, {192, 192}, kCoat, {}, 2048},
    {"maxvit_pico_rw", {2, 2, 5, 2}, kMaxxvitPico, {24, 32}, kMax, rw_max({.se_ratio = kThin})},
    {"maxvit_nano_rw", {1, 2, 3, 1}, kMaxxvitNano, {32, 64}, kMax, rw_max({.se_ratio = kThin})},
    {"maxvit_tiny_rw", {2, 2, 5, 2}, kMaxxvitNano, {32, 64}, kMax, rw_max({.se_ratio = kThin})},
    {"maxvit_tiny_pm", {2, 2, 5, 2}, kMaxxvitNano, {32, 64}, kParallelMax, rw_max({.se_ratio = kThin})},
    {"maxvit_rmlp_pico_rw",
     {2, 2, 5, 2},
     kMaxxvitPico,
     {24, 32},
     kMax,
     rw_max({.se_ratio = kThin, .position = Position::kMlp})},
    {"maxvit_rmlp_nano_rw",
     {1, 2, 3, 1},
     kMaxxvitNano,
     {32, 64},
     kMax,
     rw_max({.se_ratio = kThin, .position = Position::kMlp})},
    {"maxvit_rmlp_tiny_rw",
     {2, 2, 5, 2},
     kMaxxvitNano,
     {32, 64},
     kMax,
     rw_max({.se_ratio = kThin, .position = Position::kMlp})},
    {"maxvit_rmlp_small_rw",
     {2, 2, 5, 2},
     kMaxxvitSmall,
     {32, 64},
     kMax,
     rw_max({.scale = true, .se_ratio = kThin, .position = Position::kMlp})},
    {"maxvit_rmlp_base_rw",
     {2, 6, 14, 2},
     kMaxxvitSmall,
     {32, 64},
     kMax,
     rw_max({.se_ratio = kThin, .position = Position::kMlp}),
     768},
    {"maxxvit_rmlp_nano_rw",
     {1, 2, 3, 1},
     kMaxxvitNano,
     {32, 64},
     kMax,
     next({.scale = true, .position = Position::kMlp})},
    {"maxxvit_rmlp_tiny_rw",
     {2, 2, 5, 2},
     kMaxxvitNano,
     {32, 64},
     kMax,
     next({.scale = true, .position = Position::kMlp})},
    {"maxxvit_rmlp_small_rw",
     {2, 2, 5, 2},
     kMaxxvitSmall,
     {48, 96},
     kMax,
     next({.scale = true, .position = Position::kMlp})},
    {"maxxvitv2_nano_rw",
     {1, 2, 3, 1},
     kMaxxvitSmall,
     {48, 96},
     kMax,
     next({.scale = true, .grid_only = true})},
    {"maxxvitv2_rmlp_base_rw",
     {2, 6, 12, 2},
     kMaxxvitBase,
     {64, 128},
     kMax,
     next({.scale = true, .grid_only = true, .position = Position::kMlp})},
    {"maxxvitv2_rmlp_large_rw",
     {2, 6, 16, 2},
     kMaxxvitLarge,
     {80, 160},
     kMax,
     next({.scale = true, .grid_only = true, .position = Position::kMlp}),
     1280},
    {"maxvit_tiny_tf", {2, 2, 5, 2}, kMaxxvitNano, {64, 64}, kMax, tensorflow(), 512, true},
    {"maxvit_small_tf", {2, 2, 5, 2}, kMaxxvitSmall, {64, 64}, kMax, tensorflow(), 768, true},
    {"maxvit_base_tf", {2, 6, 14, 2}, kMaxxvitSmall, {64, 64}, kMax, tensorflow(), 768, true},
    {"maxvit_large_tf", {2, 6, 14, 2}, kMaxxvitBase, {128, 128}, kMax, tensorflow(), 1024, true},
    {"maxvit_xlarge_tf", {2, 6, 14, 2}, kMaxxvitXlarge, {192, 192}, kMax, tensorflow(), 1536, true},
};

ValueId maxxvit_stem(Net& net, const Key& key, ValueId x, const MaxxvitVariant& v) {
    const MaxxOptions& o = v.options;
    const nn::NormAct norm{o.convnext ? nn::NormAct::kLayer : nn::NormAct::kBatch, o.conv_epsilon};
    const nn::Padding padding = o.same_padding ? nn::kSame : nn::Padding();
    const auto conv = [&](const char* name, int64_t width, int64_t stride) {
        return net.conv(
            key / name, x,
            {.out = width, .kernel = 3, .stride = stride, .padding = padding, .bias = v.stem_bias});
    };
    x = conv("conv1", v.stem[0], 2);
    x = norm_act(net, key / "norm1", x, norm, o.conv_act);
    return net.mark(key, conv("conv2", v.stem[1], 1));
}

ValueId block(Net& net, const Key& key, ValueId x, Block kind, int64_t width, int64_t stride,
              nn::Size2 window, const MaxxOptions& o) {
    switch (kind) {
        case Block::kConv: return maxx_conv_block(net, key, x, width, stride, o);
        case Block::kConvThenAttention:
            return stride == 2 ? maxx_conv_block(net, key, x, width, stride, o)
                               : maxx_attention_block(net, key, x, width, stride, o);
        case Block::kAttention: return maxx_attention_block(net, key, x, width, stride, o);
        case Block::kWindow: return maxx_window_block(net, key, x, width, stride, window, o);
        case Block::kParallel: return maxx_parallel_block(net, key, x, width, stride, window, o);
    }
    return x;
}

std::string_view without_size(std::string_view model) { return model.substr(0, model.rfind('_')); }

}  // namespace

ValueId maxxvit(Net& net, std::string_view model, ValueId x) {
    const MaxxvitVariant& v = variant(net, kMaxxvitVariants, without_size(model));
    const nn::Size2 window{net.settings.height / 32, net.settings.width / 32};
    x = maxxvit_stem(net, "stem", x, v);
    for (size_t i = 0; i < 4; ++i) {
        const Key stage = Key("stages") / static_cast<int64_t>(i);
        for (int j = 0; j < v.depths[i]; ++j)
            x = block(net, stage / "blocks" / j, x, v.blocks[i], v.widths[i], j == 0 ? 2 : 1, window,
                      v.options);
        net.mark(stage, x);
    }
    if (v.head_hidden == 0) x = norm_2d(net, "norm", x, v.options.norm);
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    if (v.head_hidden == 0) return classifier_head(net, "head", x);
    return norm_mlp_head(net, "head", x, v.options.norm, v.head_hidden, Act::kTanh);
}

}  // namespace lathe::zoo::timm
