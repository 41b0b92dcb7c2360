// EfficientNet (Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019) and the
// networks that are built as it is: a stem, stages of mobile blocks, a pointwise convolution, pooling, a linear layer.
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/efficientnet_plans.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::NormAct;

// What a pruned network has left of each block: expanded channels, channels in squeeze-and-excitation, output channels.
// Aflalo et al., "Knapsack Pruning with Inner Distillation", 2020.
struct Pruned {
    int16_t middle, squeezed, out;
};
constexpr Pruned kB1Pruned[] = {
    {32, 8, 16},    {16, 4, 16},    {48, 4, 12},    {62, 6, 12},     {48, 6, 12},     {70, 6, 35},
    {61, 10, 35},   {51, 10, 35},   {175, 10, 74},  {188, 20, 74},   {137, 20, 74},   {164, 20, 74},
    {399, 20, 67},  {201, 28, 67},  {160, 28, 67},  {213, 28, 67},   {637, 27, 192},  {806, 48, 192},
    {798, 48, 192}, {891, 48, 192}, {990, 48, 192}, {1152, 48, 320}, {1912, 80, 320},
};
constexpr Pruned kB2Pruned[] = {
    {32, 8, 16},     {16, 4, 16},     {54, 4, 17},     {69, 6, 17},     {61, 6, 17},     {86, 6, 42},
    {72, 12, 42},    {98, 12, 42},    {245, 12, 85},   {274, 22, 85},   {254, 22, 85},   {292, 22, 85},
    {502, 22, 116},  {315, 30, 116},  {354, 30, 116},  {443, 30, 116},  {719, 30, 208},  {1148, 52, 208},
    {1160, 52, 208}, {1182, 52, 208}, {1228, 52, 208}, {1248, 52, 352}, {2112, 88, 352},
};
constexpr Pruned kB3Pruned[] = {
    {40, 10, 24},    {24, 6, 24},     {27, 6, 12},    {49, 8, 12},     {48, 8, 12},     {83, 8, 40},
    {90, 12, 40},    {85, 12, 40},    {215, 12, 93},  {261, 24, 93},   {219, 24, 93},   {254, 24, 93},
    {236, 24, 93},   {480, 24, 120},  {235, 34, 120}, {217, 34, 120},  {226, 33, 120},  {340, 34, 120},
    {802, 34, 232},  {1030, 58, 232}, {924, 58, 232}, {1016, 58, 232}, {1130, 58, 232}, {1266, 58, 232},
    {1392, 58, 384}, {2301, 96, 384},
};

enum class Extra : uint8_t { kNone, kBlur, kGlobalContext };

struct EfficientnetVariant {
    std::string_view name;
    EfficientPlan (*plan)();
    double width = 1, depth = 1;
    bool tensorflow = false;  // padding and epsilon of its port
    NormAct norm = {};
    int64_t divisor = 8;  // of widths
    std::optional<int64_t> group_size = {};  // of depthwise convolutions that are none
    int64_t experts = 1;
    double late_depth = 0;  // of the last two stages
    Extra extra = Extra::kNone;
    std::span<const Pruned> pruned = {};
    // Of the batch norms, where weights come from a file: timm sets it for the weights that it publishes, and only then.
    double published_epsilon = 0;
};

constexpr bool kTf = true;
constexpr NormAct kGroups8{NormAct::kGroup, 1e-5, 8}, kGroups16{NormAct::kGroup, 1e-5, 16};

const EfficientnetVariant kEfficientnetVariants[] = {
    {"mnasnet_050", mnasnet_b1, 0.5},
    {"mnasnet_075", mnasnet_b1, 0.75},
    {"mnasnet_100", mnasnet_b1},
    {"mnasnet_140", mnasnet_b1, 1.4},
    {"semnasnet_050", mnasnet_a1, 0.5},
    {"semnasnet_075", mnasnet_a1, 0.75},
    {"semnasnet_100", mnasnet_a1},
    {"semnasnet_140", mnasnet_a1, 1.4},
    {"mnasnet_small", mnasnet_small},
    {"mobilenetv1_100", mobilenet_v1},
    {"mobilenetv1_100h", mobilenet_v1_head},
    {"mobilenetv1_125", mobilenet_v1, 1.25},
    {"mobilenetv2_035", mobilenet_v2, 0.35},
    {"mobilenetv2_050", mobilenet_v2, 0.5},
    {"mobilenetv2_075", mobilenet_v2, 0.75},
    {"mobilenetv2_100", mobilenet_v2},
    {"mobilenetv2_140", mobilenet_v2, 1.4},
    {"mobilenetv2_110d", mobilenet_v2_deep, 1.1, 1.2},
    {"mobilenetv2_120d", mobilenet_v2_deep, 1.2, 1.4},
    {.name = "fbnetc_100", .plan = fbnet_c, .published_epsilon = 1e-3},
    {"spnasnet_100", spnasnet},
    {"efficientnet_b0", efficientnet_v1},
    {"efficientnet_b1", efficientnet_v1, 1.0, 1.1},
    {"efficientnet_b2", efficientnet_v1, 1.1, 1.2},
    {"efficientnet_b3", efficientnet_v1, 1.2, 1.4},
    {"efficientnet_b4", efficientnet_v1, 1.4, 1.8},
    {"efficientnet_b5", efficientnet_v1, 1.6, 2.2},
    {"efficientnet_b6", efficientnet_v1, 1.8, 2.6},
    {"efficientnet_b7", efficientnet_v1, 2.0, 3.1},
    {"efficientnet_b8", efficientnet_v1, 2.2, 3.6},
    {"efficientnet_l2", efficientnet_v1, 4.3, 5.3},
    {"efficientnet_b0_gn", efficientnet_v1, 1, 1, false, kGroups8},
    {"efficientnet_b0_g8_gn", efficientnet_v1, 1, 1, false, kGroups8, 8, 8},
    {"efficientnet_b0_g16_evos", efficientnet_v1, 1, 1, false, {}, 16, 16},
    {"efficientnet_b3_gn", efficientnet_v1, 1.2, 1.4, false, kGroups16, 16},
    {"efficientnet_b3_g8_gn", efficientnet_v1, 1.2, 1.4, false, kGroups16, 16, 8},
    {.name = "efficientnet_blur_b0", .plan = efficientnet_v1, .extra = Extra::kBlur},
    {"efficientnet_es", efficientnet_edge},
    {"efficientnet_es_pruned", efficientnet_edge},
    {"efficientnet_em", efficientnet_edge, 1.0, 1.1},
    {"efficientnet_el", efficientnet_edge, 1.2, 1.4},
    {"efficientnet_el_pruned", efficientnet_edge, 1.2, 1.4},
    {"efficientnet_cc_b0_4e", efficientnet_condconv},
    {.name = "efficientnet_cc_b0_8e", .plan = efficientnet_condconv, .experts = 2},
    {.name = "efficientnet_cc_b1_8e", .plan = efficientnet_condconv, .depth = 1.1, .experts = 2},
    {"efficientnet_lite0", efficientnet_lite},
    {"efficientnet_lite1", efficientnet_lite, 1.0, 1.1},
    {"efficientnet_lite2", efficientnet_lite, 1.1, 1.2},
    {"efficientnet_lite3", efficientnet_lite, 1.2, 1.4},
    {"efficientnet_lite4", efficientnet_lite, 1.4, 1.8},
    {.name = "efficientnet_b1_pruned",
     .plan = efficientnet_v1,
     .width = 1.0,
     .depth = 1.1,
     .tensorflow = kTf,
     .pruned = kB1Pruned},
    {.name = "efficientnet_b2_pruned",
     .plan = efficientnet_v1,
     .width = 1.1,
     .depth = 1.2,
     .tensorflow = kTf,
     .pruned = kB2Pruned},
    {.name = "efficientnet_b3_pruned",
     .plan = efficientnet_v1,
     .width = 1.2,
     .depth = 1.4,
     .tensorflow = kTf,
     .pruned = kB3Pruned},
    {"efficientnetv2_rw_t", efficientnet_v2_s, 0.8, 0.9},
    {.name = "gc_efficientnetv2_rw_t",
     .plan = efficientnet_v2_s,
     .width = 0.8,
     .depth = 0.9,
     .extra = Extra::kGlobalContext},
    {"efficientnetv2_rw_s", efficientnet_v2_s_rw},
    {.name = "efficientnetv2_rw_m",
     .plan = efficientnet_v2_s_rw,
     .width = 1.2,
     .depth = 1.2,
     .late_depth = 1.6},
    {"efficientnetv2_s", efficientnet_v2_s},
    {"efficientnetv2_m", efficientnet_v2_m},
    {"efficientnetv2_l", efficientnet_v2_l},
    {"efficientnetv2_xl", efficientnet_v2_xl},
    {"tf_efficientnet_b0", efficientnet_v1, 1.0, 1.0, kTf},
    {"tf_efficientnet_b1", efficientnet_v1, 1.0, 1.1, kTf},
    {"tf_efficientnet_b2", efficientnet_v1, 1.1, 1.2, kTf},
    {"tf_efficientnet_b3", efficientnet_v1, 1.2, 1.4, kTf},
    {"tf_efficientnet_b4", efficientnet_v1, 1.4, 1.8, kTf},
    {"tf_efficientnet_b5", efficientnet_v1, 1.6, 2.2, kTf},
    {"tf_efficientnet_b6", efficientnet_v1, 1.8, 2.6, kTf},
    {"tf_efficientnet_b7", efficientnet_v1, 2.0, 3.1, kTf},
    {"tf_efficientnet_b8", efficientnet_v1, 2.2, 3.6, kTf},
    {"tf_efficientnet_l2", efficientnet_v1, 4.3, 5.3, kTf},
    {"tf_efficientnet_es", efficientnet_edge, 1.0, 1.0, kTf},
    {"tf_efficientnet_em", efficientnet_edge, 1.0, 1.1, kTf},
    {"tf_efficientnet_el", efficientnet_edge, 1.2, 1.4, kTf},
    {"tf_efficientnet_cc_b0_4e", efficientnet_condconv, 1.0, 1.0, kTf},
    {.name = "tf_efficientnet_cc_b0_8e", .plan = efficientnet_condconv, .tensorflow = kTf, .experts = 2},
    {.name = "tf_efficientnet_cc_b1_8e",
     .plan = efficientnet_condconv,
     .depth = 1.1,
     .tensorflow = kTf,
     .experts = 2},
    {"tf_efficientnet_lite0", efficientnet_lite, 1.0, 1.0, kTf},
    {"tf_efficientnet_lite1", efficientnet_lite, 1.0, 1.1, kTf},
    {"tf_efficientnet_lite2", efficientnet_lite, 1.1, 1.2, kTf},
    {"tf_efficientnet_lite3", efficientnet_lite, 1.2, 1.4, kTf},
    {"tf_efficientnet_lite4", efficientnet_lite, 1.4, 1.8, kTf},
    {"tf_efficientnetv2_s", efficientnet_v2_s, 1.0, 1.0, kTf},
    {"tf_efficientnetv2_m", efficientnet_v2_m, 1.0, 1.0, kTf},
    {"tf_efficientnetv2_l", efficientnet_v2_l, 1.0, 1.0, kTf},
    {"tf_efficientnetv2_xl", efficientnet_v2_xl, 1.0, 1.0, kTf},
    {"tf_efficientnetv2_b0", efficientnet_v2_base, 1.0, 1.0, kTf},
    {"tf_efficientnetv2_b1", efficientnet_v2_base, 1.0, 1.1, kTf},
    {"tf_efficientnetv2_b2", efficientnet_v2_base, 1.1, 1.2, kTf},
    {"tf_efficientnetv2_b3", efficientnet_v2_base, 1.2, 1.4, kTf},
    {"efficientnet_x_b3", efficientnet_x, 1.2, 1.4},
    {"efficientnet_x_b5", efficientnet_x, 1.6, 2.2},
    {"efficientnet_h_b5", efficientnet_h, 1.92, 2.2},
    {"mixnet_s", mixnet_s},
    {"mixnet_m", mixnet_m},
    {"mixnet_l", mixnet_m, 1.3},
    {"mixnet_xl", mixnet_m, 1.6, 1.2},
    {"mixnet_xxl", mixnet_m, 2.4, 1.3},
    {"tf_mixnet_s", mixnet_s, 1.0, 1.0, kTf},
    {"tf_mixnet_m", mixnet_m, 1.0, 1.0, kTf},
    {"tf_mixnet_l", mixnet_m, 1.3, 1.0, kTf},
    {"tinynet_a", tinynet, 1.0, 1.2},
    {"tinynet_b", tinynet, 0.75, 1.1},
    {"tinynet_c", tinynet, 0.54, 0.85},
    {"tinynet_d", tinynet, 0.54, 0.695},
    {"tinynet_e", tinynet, 0.51, 0.6},
    {"mobilenet_edgetpu_100", mobilenet_edgetpu},
    {"mobilenet_edgetpu_v2_xs", mobilenet_edgetpu_v2_xs},
    {"mobilenet_edgetpu_v2_s", mobilenet_edgetpu_v2_s},
    {"mobilenet_edgetpu_v2_m", mobilenet_edgetpu_v2_m},
    {"mobilenet_edgetpu_v2_l", mobilenet_edgetpu_v2_l},
    {"test_efficientnet", efficientnet_tiny_test},
    {"test_efficientnet_gn", efficientnet_tiny_test, 1, 1, false, kGroups8},
    {"test_efficientnet_ln", efficientnet_tiny_test, 1, 1, false, {NormAct::kLayer}},
    {"test_efficientnet_evos", efficientnet_tiny_test, 1, 1, false, {NormAct::kEvoS0, 1e-5, 8}},
};

nn::MobileStyle style_of(const EfficientnetVariant& v, const EfficientPlan& plan, bool from_file) {
    nn::MobileStyle style{.act = plan.act, .norm = v.norm};
    if (v.tensorflow) {
        style.norm.epsilon = 1e-3;
        style.padding = nn::kSame;
    }
    if (from_file && v.published_epsilon > 0) style.norm.epsilon = v.published_epsilon;
    if (v.extra == Extra::kBlur) style.aa = nn::AntiAlias::kBlurConstant;
    if (v.extra == Extra::kGlobalContext)
        style.attend = [](Net& net, const Key& key, ValueId x, double share, nn::Act act) {
            return nn::global_context(net, key, x, {.add = false, .ratio = share, .act = act});
        };
    return style;
}

int64_t head_channels(const EfficientPlan& plan, const nn::ChannelRounding& rounding) {
    const int64_t fixed = static_cast<int64_t>(plan.head);
    if (plan.head_rule == EfficientPlan::kFixed) return fixed;
    return plan.head_rule == EfficientPlan::kScaled ? rounding(plan.head)
                                                    : std::max(fixed, rounding(plan.head));
}

std::vector<nn::MobileStage> stages_of(const EfficientnetVariant& v, const EfficientPlan& plan,
                                       const nn::ChannelRounding& rounding) {
    nn::DepthScaling depth{.multipliers = std::vector<double>(plan.stages.size(), v.depth),
                           .round = plan.round_depth,
                           .fix_first_last = plan.fix_first_last,
                           .experts = v.experts,
                           .group_size = v.group_size};
    if (v.late_depth > 0) std::fill(depth.multipliers.end() - 2, depth.multipliers.end(), v.late_depth);
    std::vector<nn::MobileStage> stages = nn::decode_stages(plan.stages, depth);
    nn::scale_widths(stages, {.rounding = rounding});
    size_t next = 0;
    for (nn::MobileStage& stage : stages)
        for (nn::MobileBlock& block : stage) {
            if (next >= v.pruned.size()) continue;
            const Pruned& left = v.pruned[next++];
            block.middle = left.middle;
            block.squeezed = left.squeezed;
            block.out = left.out;
        }
    return stages;
}

}  // namespace

ValueId efficientnet(Net& net, std::string_view model, ValueId x) {
    const EfficientnetVariant& v = variant(net, kEfficientnetVariants, model);
    const EfficientPlan plan = v.plan();
    const nn::MobileStyle style = style_of(v, plan, net.has("conv_stem.weight"));
    const nn::ChannelRounding rounding{
        .multiplier = v.width, .divisor = v.divisor, .round_limit = plan.round_limit};
    const int64_t stem = plan.fix_stem ? plan.stem : rounding(static_cast<double>(plan.stem));
    x = net.conv("conv_stem", x,
                 {.out = stem, .kernel = plan.stem_kernel, .stride = 2, .padding = style.padding});
    x = nn::norm_act(net, "bn1", x, style.norm, style.act);
    x = nn::mobile_stages(net, "blocks", x, stages_of(v, plan, rounding), style);
    if (plan.head > 0) {
        x = net.conv("conv_head", x, {.out = head_channels(plan, rounding)});
        x = nn::norm_act(net, "bn2", x, style.norm, style.act);
    }
    if (net.settings.features) return x;
    x = net.mark("global_pool", nn::global_pool(net, x));
    return nn::classifier(net, "classifier", x);
}

}  // namespace lathe::zoo::timm
