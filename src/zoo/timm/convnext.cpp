// ConvNeXt: Liu et al., "A ConvNet for the 2020s", 2022; and V2: Woo et al., "ConvNeXt V2: Co-designing and Scaling
// ConvNets with Masked Autoencoders", 2023.
#include "zoo/nn/channels.h"
#include "zoo/nn/mlp.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::Norm;

enum class Stem : uint8_t { kPatch, kOverlap, kOverlapTiered, kOverlapAct };

struct ConvnextOptions {
    bool conv_mlp = false;  // images all the way, else channels last within blocks
    bool response_norm = false;  // V2: in the MLP, instead of the layer scale
    Stem stem = Stem::kPatch;
    Norm norm = {};
    Act act = Act::kGelu;
    int head_hidden = 0;
    bool norm_first = false;  // before pooling
    std::array<int, 4> kernels = {7, 7, 7, 7};
};

struct ConvnextVariant {
    std::string_view name;
    std::array<int, 4> depths, widths;
    ConvnextOptions options = {};
};

constexpr Norm kRms{Norm::kRms}, kSimple{Norm::kSimple}, kLayer5{Norm::kLayer, 1e-5};
constexpr std::array<int, 4> kAtto{40, 80, 160, 320}, kFemto{48, 96, 192, 384}, kPico{64, 128, 256, 512},
    kNano{80, 160, 320, 640}, kTiny{96, 192, 384, 768}, kBase{128, 256, 512, 1024},
    kLarge{192, 384, 768, 1536}, kXlarge{256, 512, 1024, 2048}, kXxlarge{384, 768, 1536, 3072},
    kHuge{352, 704, 1408, 2816}, kZepto{32, 64, 128, 256};
constexpr std::array<int, 4> kDepths6{2, 2, 6, 2}, kDepths8{2, 2, 8, 2}, kDepths9{3, 3, 9, 3},
    kDepths27{3, 3, 27, 3};

constexpr ConvnextVariant kConvnextVariants[] = {
    {"convnext_zepto_rms", {2, 2, 4, 2}, kZepto, {.conv_mlp = true, .norm = kSimple}},
    {"convnext_zepto_rms_ols",
     {2, 2, 4, 2},
     kZepto,
     {.conv_mlp = true, .stem = Stem::kOverlapAct, .norm = kSimple}},
    {"convnext_atto", kDepths6, kAtto, {.conv_mlp = true}},
    {"convnext_atto_ols", kDepths6, kAtto, {.conv_mlp = true, .stem = Stem::kOverlapTiered}},
    {"convnext_atto_rms", kDepths6, kAtto, {.conv_mlp = true, .norm = kRms}},
    {"convnext_femto", kDepths6, kFemto, {.conv_mlp = true}},
    {"convnext_femto_ols", kDepths6, kFemto, {.conv_mlp = true, .stem = Stem::kOverlapTiered}},
    {"convnext_pico", kDepths6, kPico, {.conv_mlp = true}},
    {"convnext_pico_ols", kDepths6, kPico, {.conv_mlp = true, .stem = Stem::kOverlapTiered}},
    {"convnext_nano", kDepths8, kNano, {.conv_mlp = true}},
    {"convnext_nano_ols", kDepths8, kNano, {.conv_mlp = true, .stem = Stem::kOverlap}},
    {"convnext_tiny_hnf", kDepths9, kTiny, {.conv_mlp = true, .norm_first = true}},
    {"convnext_tiny", kDepths9, kTiny},
    {"convnext_small", kDepths27, kTiny},
    {"convnext_base", kDepths27, kBase},
    {"convnext_large", kDepths27, kLarge},
    {"convnext_large_mlp", kDepths27, kLarge, {.head_hidden = 1536}},
    {"convnext_xlarge", kDepths27, kXlarge},
    {"convnext_xxlarge", {3, 4, 30, 3}, kXxlarge, {.norm = kLayer5}},
    {"convnextv2_atto", kDepths6, kAtto, {.conv_mlp = true, .response_norm = true}},
    {"convnextv2_femto", kDepths6, kFemto, {.conv_mlp = true, .response_norm = true}},
    {"convnextv2_pico", kDepths6, kPico, {.conv_mlp = true, .response_norm = true}},
    {"convnextv2_nano", kDepths8, kNano, {.conv_mlp = true, .response_norm = true}},
    {"convnextv2_tiny", kDepths9, kTiny, {.response_norm = true}},
    {"convnextv2_small", kDepths27, kTiny, {.response_norm = true}},
    {"convnextv2_base", kDepths27, kBase, {.response_norm = true}},
    {"convnextv2_large", kDepths27, kLarge, {.response_norm = true}},
    {"convnextv2_huge", kDepths27, kHuge, {.response_norm = true}},
    {"test_convnext", {1, 2, 4, 2}, {24, 32, 48, 64}, {.norm = kLayer5, .act = Act::kGeluTanh}},
    {"test_convnext2", {1, 1, 1, 1}, {32, 64, 96, 128}, {.norm = kLayer5, .act = Act::kGeluTanh}},
    {"test_convnext3",
     {1, 1, 1, 1},
     {32, 64, 96, 128},
     {.norm = kLayer5, .act = Act::kSilu, .kernels = {7, 5, 5, 3}}},
};

// [batch, 3, H, W] -> [batch, widths[0], H/4, W/4].
ValueId stem(Net& net, const Key& key, ValueId x, const ConvnextVariant& v) {
    const int64_t width = v.widths[0];
    if (v.options.stem == Stem::kPatch) {
        x = net.conv(key / "0", x, {.out = width, .kernel = 4, .stride = 4, .padding = 0, .bias = true});
        return net.mark(key, norm_2d(net, key / "1", x, v.options.norm));
    }
    const int64_t middle = v.options.stem == Stem::kOverlapTiered ? nn::make_divisible(width / 2) : width;
    int64_t layer = 0;
    x = net.conv(key / layer++, x, {.out = middle, .kernel = 3, .stride = 2, .padding = 1, .bias = true});
    if (v.options.stem == Stem::kOverlapAct) x = net.mark(key / layer++, net.act(x, v.options.act));
    x = net.conv(key / layer++, x, {.out = width, .kernel = 3, .stride = 2, .padding = 1, .bias = true});
    return net.mark(key, norm_2d(net, key / layer, x, v.options.norm));
}

ValueId feed_forward(Net& net, const Key& key, ValueId x, int64_t width, const ConvnextVariant& v) {
    const nn::Mlp mlp{.hidden = 4 * width, .act = v.options.act, .conv = v.options.conv_mlp};
    return v.options.response_norm ? grn_mlp(net, key, x, mlp) : nn::mlp(net, key, x, mlp);
}

// x + gamma * mlp(norm(depthwise(x))), [batch, C, h, w].
ValueId block(Net& net, const Key& key, ValueId x, int64_t kernel, const ConvnextVariant& v) {
    const int64_t width = net.channels(x);
    const ValueId shortcut = x;
    x = net.conv(key / "conv_dw", x, {.out = width, .kernel = kernel, .groups = width, .bias = true});
    if (v.options.conv_mlp) {
        x = feed_forward(net, key / "mlp", norm_2d(net, key / "norm", x, v.options.norm), width, v);
    } else {
        x = norm(net, key / "norm", net.channels_last(x), v.options.norm);  // [batch, h, w, C]
        x = net.channels_first(feed_forward(net, key / "mlp", x, width, v));
    }
    if (!v.options.response_norm) x = net.scale_2d(key / "gamma", x);
    return net.mark(key, net.add(x, shortcut));
}

ValueId stage(Net& net, const Key& key, ValueId x, size_t index, const ConvnextVariant& v) {
    const int64_t width = v.widths[index];
    if (index > 0 || net.channels(x) != width) {
        const int64_t stride = index > 0 ? 2 : 1;
        x = norm_2d(net, key / "downsample" / "0", x, v.options.norm);
        x = net.conv(key / "downsample" / "1", x,
                     {.out = width, .kernel = stride, .stride = stride, .padding = 0, .bias = true});
    }
    for (int i = 0; i < v.depths[index]; ++i)
        x = block(net, key / "blocks" / i, x, v.options.kernels[index], v);
    return net.mark(key, x);
}

}  // namespace

ValueId convnext(Net& net, std::string_view model, ValueId x) {
    const ConvnextVariant& v = variant(net, kConvnextVariants, model);
    x = stem(net, "stem", x, v);
    for (size_t i = 0; i < 4; ++i) x = stage(net, Key("stages") / static_cast<int64_t>(i), x, i, v);
    if (v.options.norm_first) x = norm_2d(net, "norm_pre", x, v.options.norm);
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    if (v.options.norm_first) return classifier_head(net, "head", x);
    return norm_mlp_head(net, "head", x, v.options.norm, v.options.head_hidden);
}

}  // namespace lathe::zoo::timm
