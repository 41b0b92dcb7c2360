// MobileNetV3 (Howard et al., "Searching for MobileNetV3", 2019), FBNetV3, PP-LCNet and MobileNetV4.
#include "zoo/timm/mobilenetv3.h"

#include "zoo/nn/blur_pool.h"
#include "zoo/timm/mobilenetv3_plans.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

// How the networks of a paper differ beyond their plans.
enum class Line : uint8_t { kV3, kV3Rw, kFbnet, kLcnet, kV4, kV4Hybrid };

struct Mobilenetv3Variant {
    std::string_view name;
    MobilePlan (*plan)();
    Line line;
    double width = 1, depth = 1;
    int64_t stem = 16, head = 1280;
    Act act = Act::kHardSwish;
    bool tensorflow = false;  // padding and epsilon of its port
    nn::AntiAlias aa = nn::AntiAlias::kNone;
};

constexpr bool kMobilenetv3Tf = true;
using enum Line;

constexpr Mobilenetv3Variant kMobilenetv3Variants[] = {
    {"mobilenetv3_large_075", mobilenet_v3_large, kV3, 0.75},
    {"mobilenetv3_large_100", mobilenet_v3_large, kV3},
    {"mobilenetv3_large_150d", mobilenet_v3_large, kV3, 1.5, 1.2},
    {"mobilenetv3_small_050", mobilenet_v3_small, kV3, 0.5, 1, 16, 1024},
    {"mobilenetv3_small_075", mobilenet_v3_small, kV3, 0.75, 1, 16, 1024},
    {"mobilenetv3_small_100", mobilenet_v3_small, kV3, 1, 1, 16, 1024},
    {"mobilenetv3_rw", mobilenet_v3_rw, kV3Rw},
    {"tf_mobilenetv3_large_075", mobilenet_v3_large, kV3, 0.75, 1, 16, 1280, Act::kHardSwish, kMobilenetv3Tf},
    {"tf_mobilenetv3_large_100", mobilenet_v3_large, kV3, 1, 1, 16, 1280, Act::kHardSwish, kMobilenetv3Tf},
    {"tf_mobilenetv3_large_minimal_100", mobilenet_v3_large_minimal, kV3, 1, 1, 16, 1280, Act::kRelu,
     kMobilenetv3Tf},
    {"tf_mobilenetv3_small_075", mobilenet_v3_small, kV3, 0.75, 1, 16, 1024, Act::kHardSwish, kMobilenetv3Tf},
    {"tf_mobilenetv3_small_100", mobilenet_v3_small, kV3, 1, 1, 16, 1024, Act::kHardSwish, kMobilenetv3Tf},
    {"tf_mobilenetv3_small_minimal_100", mobilenet_v3_small_minimal, kV3, 1, 1, 16, 1024, Act::kRelu,
     kMobilenetv3Tf},
    {"fbnetv3_b", fbnet_v3_b, kFbnet, 1, 1, 16, 1984},
    {"fbnetv3_d", fbnet_v3_d, kFbnet, 1, 1, 24, 1984},
    {"fbnetv3_g", fbnet_v3_g, kFbnet, 1, 1, 32, 1984},
    {"lcnet_035", lcnet, kLcnet, 0.35},
    {"lcnet_050", lcnet, kLcnet, 0.5},
    {"lcnet_075", lcnet, kLcnet, 0.75},
    {"lcnet_100", lcnet, kLcnet},
    {"lcnet_150", lcnet, kLcnet, 1.5},
    {"mobilenetv4_conv_small_035", mobilenet_v4_small, kV4, 0.35, 1, 32, 1280, Act::kRelu},
    {"mobilenetv4_conv_small_050", mobilenet_v4_small, kV4, 0.5, 1, 32, 1280, Act::kRelu},
    {"mobilenetv4_conv_small", mobilenet_v4_small, kV4, 1, 1, 32, 1280, Act::kRelu},
    {"mobilenetv4_conv_medium", mobilenet_v4_medium, kV4, 1, 1, 32, 1280, Act::kRelu},
    {"mobilenetv4_conv_large", mobilenet_v4_large, kV4, 1, 1, 24, 1280, Act::kRelu},
    {"mobilenetv4_hybrid_medium", mobilenet_v4_hybrid_medium, kV4Hybrid, 1, 1, 32, 1280, Act::kRelu},
    {"mobilenetv4_hybrid_large", mobilenet_v4_hybrid_large, kV4Hybrid, 1, 1, 24, 1280, Act::kGelu},
    {"mobilenetv4_conv_aa_medium", mobilenet_v4_medium, kV4, 1, 1, 32, 1280, Act::kRelu, false,
     nn::AntiAlias::kAvg},
    {"mobilenetv4_conv_blur_medium", mobilenet_v4_medium, kV4, 1, 1, 32, 1280, Act::kRelu, false,
     nn::AntiAlias::kBlurConstant},
    {"mobilenetv4_conv_aa_large", mobilenet_v4_large, kV4, 1, 1, 24, 1280, Act::kRelu, false,
     nn::AntiAlias::kAvg},
    {"mobilenetv4_hybrid_medium_075", mobilenet_v4_hybrid_medium, kV4Hybrid, 0.75, 1, 32, 1280, Act::kRelu},
    {"mobilenetv4_hybrid_large_075", mobilenet_v4_hybrid_large, kV4Hybrid, 0.75, 1, 24, 1280, Act::kGelu},
};

nn::ChannelRounding rounding_of(const Mobilenetv3Variant& v) {
    return {.multiplier = v.width, .round_limit = v.line == kFbnet ? 0.95 : 0.9};
}

nn::MobileSqueeze squeeze_of(const Mobilenetv3Variant& v) {
    switch (v.line) {
        case kV3: return {.gate = Act::kHardSigmoid, .act = Act::kRelu, .rounding = nn::ChannelRounding{}};
        case kV3Rw: return {.gate = Act::kHardSigmoid};
        case kFbnet: return {.gate = Act::kHardSigmoid, .rounding = rounding_of(v)};
        case kLcnet: return {.gate = Act::kHardSigmoid, .act = Act::kRelu};
        case kV4:
        case kV4Hybrid: break;
    }
    return {};
}

nn::MobileStyle style_of(const Mobilenetv3Variant& v) {
    nn::MobileStyle style{
        .act = v.act, .squeeze = squeeze_of(v), .layer_scale = v.line == kV4Hybrid, .aa = v.aa};
    if (v.tensorflow || v.line == kV3Rw) style.norm.epsilon = 1e-3;
    if (v.tensorflow) style.padding = nn::kSame;
    return style;
}

// Slim networks keep the stem.
int64_t stem_of(const Mobilenetv3Variant& v) {
    const bool is_v4 = v.line == kV4 || v.line == kV4Hybrid;
    const bool fixed = (v.line == kV3 && v.width < 0.75) || (is_v4 && v.width < 1);
    return fixed ? v.stem : rounding_of(v)(static_cast<double>(v.stem));
}

}  // namespace

ValueId mobilenet_v3_network(Net& net, ValueId x, const MobileNetV3& m) {
    const nn::MobileStyle& style = m.style;
    x = net.conv("conv_stem", x, {.out = m.stem, .kernel = 3, .stride = 2, .padding = style.padding});
    x = nn::norm_act(net, "bn1", x, style.norm, style.act);
    x = nn::mobile_stages(net, "blocks", x, m.stages, style);
    if (net.settings.features) return x;
    x = net.mark("global_pool", net.global_avg_pool(x, true));  // [batch, C, 1, 1]
    x = net.conv("conv_head", x, {.out = m.head, .bias = m.head_bias && !m.head_norm});
    x = m.head_norm ? nn::norm_act(net, "norm_head", x, style.norm, style.act)
                    : net.mark("act2", net.act(x, style.act));
    x = net.mark("flatten", net.flatten(x, 1));
    return nn::classifier(net, "classifier", x);
}

ValueId mobilenetv3(Net& net, std::string_view model, ValueId x) {
    const Mobilenetv3Variant& v = variant(net, kMobilenetv3Variants, model);
    const bool is_v4 = v.line == kV4 || v.line == kV4Hybrid;
    MobileNetV3 m{.style = style_of(v),
                  .stem = stem_of(v),
                  .head = v.head,
                  .head_bias = v.line == kV3 || v.line == kLcnet,
                  .head_norm = is_v4};
    m.stages = nn::decode_stages(v.plan(), {.multipliers = {v.depth}});
    nn::scale_widths(m.stages, {.rounding = rounding_of(v), .squeeze_from_expanded = v.line != kFbnet});
    return mobilenet_v3_network(net, x, m);
}

}  // namespace lathe::zoo::timm
