#include "zoo/timm/efficientnet_plans.h"

#include "base/format.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

EfficientPlan edgetpu_v2(const std::array<int, 7>& c, int group_size) {
    const std::string grouped = format("er_r1_k3_s1_e4_gs{}_c", group_size);
    return {.stages = {{format("cn_r1_k1_s1_c{}", c[0])},
                       {format("er_r1_k3_s2_e8_c{}", c[1]), format("{}{}", grouped, c[1])},
                       {format("er_r1_k3_s2_e8_c{}", c[2]), format("{}{}", grouped, c[2]),
                        format("er_r1_k3_s1_e4_c{}", c[2]), format("{}{}", grouped, c[2])},
                       {format("er_r1_k3_s2_e8_c{}", c[3]), format("ir_r3_k3_s1_e4_c{}", c[3])},
                       {format("ir_r1_k3_s1_e8_c{}", c[4]), format("ir_r3_k3_s1_e4_c{}", c[4])},
                       {format("ir_r1_k3_s2_e8_c{}", c[5]), format("ir_r3_k3_s1_e4_c{}", c[5])},
                       {format("ir_r1_k3_s1_e8_c{}", c[6])}},
            .stem = 64,
            .stem_kernel = 5};
}

// The expansion of the early stages tells EfficientNet-X from its sibling H.
EfficientPlan tpu_efficientnet(int expand) {
    return {.stages = {{"ds_r1_k3_s1_e1_c16_se0.25_d1"},
                       {format("er_r2_k3_s2_e{}_c24_se0.25_nre", expand)},
                       {format("er_r2_k5_s2_e{}_c40_se0.25_nre", expand)},
                       {format("ir_r3_k3_s2_e{}_c80_se0.25", expand)},
                       {"ir_r3_k5_s1_e6_c112_se0.25"},
                       {"ir_r4_k5_s2_e6_c192_se0.25"},
                       {"ir_r1_k3_s1_e6_c320_se0.25"}},
            .head_rule = EfficientPlan::kScaled,
            .act = Act::kSilu};
}

}  // namespace

// Tan et al., "MnasNet: Platform-Aware Neural Architecture Search for Mobile", 2018.
EfficientPlan mnasnet_a1() {
    return {.stages = {{"ds_r1_k3_s1_e1_c16_noskip"},
                       {"ir_r2_k3_s2_e6_c24"},
                       {"ir_r3_k5_s2_e3_c40_se0.25"},
                       {"ir_r4_k3_s2_e6_c80"},
                       {"ir_r2_k3_s1_e6_c112_se0.25"},
                       {"ir_r3_k5_s2_e6_c160_se0.25"},
                       {"ir_r1_k3_s1_e6_c320"}}};
}
EfficientPlan mnasnet_b1() {
    return {.stages = {{"ds_r1_k3_s1_c16_noskip"},
                       {"ir_r3_k3_s2_e3_c24"},
                       {"ir_r3_k5_s2_e3_c40"},
                       {"ir_r3_k5_s2_e6_c80"},
                       {"ir_r2_k3_s1_e6_c96"},
                       {"ir_r4_k5_s2_e6_c192"},
                       {"ir_r1_k3_s1_e6_c320_noskip"}}};
}
EfficientPlan mnasnet_small() {
    return {.stages = {{"ds_r1_k3_s1_c8"},
                       {"ir_r1_k3_s2_e3_c16"},
                       {"ir_r2_k3_s2_e6_c16"},
                       {"ir_r4_k5_s2_e6_c32_se0.25"},
                       {"ir_r3_k3_s1_e6_c32_se0.25"},
                       {"ir_r3_k5_s2_e6_c88_se0.25"},
                       {"ir_r1_k3_s1_e6_c144"}},
            .stem = 8};
}

// Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications", 2017.
EfficientPlan mobilenet_v1() {
    return {.stages = {{"dsa_r1_k3_s1_c64"},
                       {"dsa_r2_k3_s2_c128"},
                       {"dsa_r2_k3_s2_c256"},
                       {"dsa_r6_k3_s2_c512"},
                       {"dsa_r2_k3_s2_c1024"}},
            .head = 0,
            .act = Act::kRelu6};
}
EfficientPlan mobilenet_v1_head() {
    EfficientPlan plan = mobilenet_v1();
    plan.head = 1024;
    plan.head_rule = EfficientPlan::kAtLeast;
    return plan;
}

// Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018.
EfficientPlan mobilenet_v2() {
    return {.stages = {{"ds_r1_k3_s1_c16"},
                       {"ir_r2_k3_s2_e6_c24"},
                       {"ir_r3_k3_s2_e6_c32"},
                       {"ir_r4_k3_s2_e6_c64"},
                       {"ir_r3_k3_s1_e6_c96"},
                       {"ir_r3_k3_s2_e6_c160"},
                       {"ir_r1_k3_s1_e6_c320"}},
            .head_rule = EfficientPlan::kAtLeast,
            .act = Act::kRelu6};
}
EfficientPlan mobilenet_v2_deep() {
    EfficientPlan plan = mobilenet_v2();
    plan.fix_stem = plan.fix_first_last = true;
    plan.head_rule = EfficientPlan::kFixed;
    return plan;
}

// Wu et al., "FBNet: Hardware-Aware Efficient ConvNet Design via Differentiable Neural Architecture Search", 2018.
EfficientPlan fbnet_c() {
    return {
        .stages = {{"ir_r1_k3_s1_e1_c16"},
                   {"ir_r1_k3_s2_e6_c24", "ir_r2_k3_s1_e1_c24"},
                   {"ir_r1_k5_s2_e6_c32", "ir_r1_k5_s1_e3_c32", "ir_r1_k5_s1_e6_c32", "ir_r1_k3_s1_e6_c32"},
                   {"ir_r1_k5_s2_e6_c64", "ir_r1_k5_s1_e3_c64", "ir_r2_k5_s1_e6_c64"},
                   {"ir_r3_k5_s1_e6_c112", "ir_r1_k5_s1_e3_c112"},
                   {"ir_r4_k5_s2_e6_c184"},
                   {"ir_r1_k3_s1_e6_c352"}},
        .stem = 16,
        .head = 1984};
}

// Stamoulis et al., "Single-Path NAS: Designing Hardware-Efficient ConvNets in less than 4 Hours", 2019.
EfficientPlan spnasnet() {
    return {.stages = {{"ds_r1_k3_s1_c16_noskip"},
                       {"ir_r3_k3_s2_e3_c24"},
                       {"ir_r1_k5_s2_e6_c40", "ir_r3_k3_s1_e3_c40"},
                       {"ir_r1_k5_s2_e6_c80", "ir_r3_k3_s1_e3_c80"},
                       {"ir_r1_k5_s1_e6_c96", "ir_r3_k5_s1_e3_c96"},
                       {"ir_r4_k5_s2_e6_c192"},
                       {"ir_r1_k3_s1_e6_c320_noskip"}}};
}

// Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019.
EfficientPlan efficientnet_v1() {
    return {.stages = {{"ds_r1_k3_s1_e1_c16_se0.25"},
                       {"ir_r2_k3_s2_e6_c24_se0.25"},
                       {"ir_r2_k5_s2_e6_c40_se0.25"},
                       {"ir_r3_k3_s2_e6_c80_se0.25"},
                       {"ir_r3_k5_s1_e6_c112_se0.25"},
                       {"ir_r4_k5_s2_e6_c192_se0.25"},
                       {"ir_r1_k3_s1_e6_c320_se0.25"}},
            .head_rule = EfficientPlan::kScaled,
            .act = Act::kSilu};
}

// Gupta & Tan, "EfficientNet-EdgeTPU", 2019. The first block expands as if the stem had its width.
EfficientPlan efficientnet_edge() {
    return {.stages = {{"er_r1_k3_s1_e4_c24_fc24_noskip"},
                       {"er_r2_k3_s2_e8_c32"},
                       {"er_r4_k3_s2_e8_c48"},
                       {"ir_r5_k5_s2_e8_c96"},
                       {"ir_r4_k5_s1_e8_c144"},
                       {"ir_r2_k5_s2_e8_c192"}},
            .head_rule = EfficientPlan::kScaled};
}

EfficientPlan efficientnet_condconv() {
    EfficientPlan plan = efficientnet_v1();
    for (size_t i = 4; i < plan.stages.size(); ++i) plan.stages[i][0] += "_cc4";
    return plan;
}

EfficientPlan efficientnet_lite() {
    return {.stages = {{"ds_r1_k3_s1_e1_c16"},
                       {"ir_r2_k3_s2_e6_c24"},
                       {"ir_r2_k5_s2_e6_c40"},
                       {"ir_r3_k3_s2_e6_c80"},
                       {"ir_r3_k5_s1_e6_c112"},
                       {"ir_r4_k5_s2_e6_c192"},
                       {"ir_r1_k3_s1_e6_c320"}},
            .fix_stem = true,
            .act = Act::kRelu6,
            .fix_first_last = true};
}

// Tan & Le, "EfficientNetV2: Smaller Models and Faster Training", 2021.
EfficientPlan efficientnet_v2_base() {
    return {.stages = {{"cn_r1_k3_s1_e1_c16_skip"},
                       {"er_r2_k3_s2_e4_c32"},
                       {"er_r2_k3_s2_e4_c48"},
                       {"ir_r3_k3_s2_e4_c96_se0.25"},
                       {"ir_r5_k3_s1_e6_c112_se0.25"},
                       {"ir_r8_k3_s2_e6_c192_se0.25"}},
            .head_rule = EfficientPlan::kScaled,
            .act = Act::kSilu,
            .round_limit = 0};
}
EfficientPlan efficientnet_v2_s() {
    return {.stages = {{"cn_r2_k3_s1_e1_c24_skip"},
                       {"er_r4_k3_s2_e4_c48"},
                       {"er_r4_k3_s2_e4_c64"},
                       {"ir_r6_k3_s2_e4_c128_se0.25"},
                       {"ir_r9_k3_s1_e6_c160_se0.25"},
                       {"ir_r15_k3_s2_e6_c256_se0.25"}},
            .stem = 24,
            .head_rule = EfficientPlan::kScaled,
            .act = Act::kSilu};
}
EfficientPlan efficientnet_v2_s_rw() {
    EfficientPlan plan = efficientnet_v2_s();
    plan.stages.front() = {"er_r2_k3_s1_e1_c24"};
    plan.stages.back() = {"ir_r15_k3_s2_e6_c272_se0.25"};
    plan.head = 1792;
    return plan;
}
EfficientPlan efficientnet_v2_m() {
    return {.stages = {{"cn_r3_k3_s1_e1_c24_skip"},
                       {"er_r5_k3_s2_e4_c48"},
                       {"er_r5_k3_s2_e4_c80"},
                       {"ir_r7_k3_s2_e4_c160_se0.25"},
                       {"ir_r14_k3_s1_e6_c176_se0.25"},
                       {"ir_r18_k3_s2_e6_c304_se0.25"},
                       {"ir_r5_k3_s1_e6_c512_se0.25"}},
            .stem = 24,
            .act = Act::kSilu};
}
EfficientPlan efficientnet_v2_l() {
    return {.stages = {{"cn_r4_k3_s1_e1_c32_skip"},
                       {"er_r7_k3_s2_e4_c64"},
                       {"er_r7_k3_s2_e4_c96"},
                       {"ir_r10_k3_s2_e4_c192_se0.25"},
                       {"ir_r19_k3_s1_e6_c224_se0.25"},
                       {"ir_r25_k3_s2_e6_c384_se0.25"},
                       {"ir_r7_k3_s1_e6_c640_se0.25"}},
            .act = Act::kSilu};
}
EfficientPlan efficientnet_v2_xl() {
    return {.stages = {{"cn_r4_k3_s1_e1_c32_skip"},
                       {"er_r8_k3_s2_e4_c64"},
                       {"er_r8_k3_s2_e4_c96"},
                       {"ir_r16_k3_s2_e4_c192_se0.25"},
                       {"ir_r24_k3_s1_e6_c256_se0.25"},
                       {"ir_r32_k3_s2_e6_c512_se0.25"},
                       {"ir_r8_k3_s1_e6_c640_se0.25"}},
            .act = Act::kSilu};
}

// Li et al., "Searching for Fast Model Families on Datacenter Accelerators", 2021.
EfficientPlan efficientnet_x() { return tpu_efficientnet(6); }
EfficientPlan efficientnet_h() { return tpu_efficientnet(4); }

// Tan & Le, "MixConv: Mixed Depthwise Convolutional Kernels", 2019.
EfficientPlan mixnet_s() {
    return {
        .stages = {{"ds_r1_k3_s1_e1_c16"},
                   {"ir_r1_k3_a1.1_p1.1_s2_e6_c24", "ir_r1_k3_a1.1_p1.1_s1_e3_c24"},
                   {"ir_r1_k3.5.7_s2_e6_c40_se0.5_nsw", "ir_r3_k3.5_a1.1_p1.1_s1_e6_c40_se0.5_nsw"},
                   {"ir_r1_k3.5.7_p1.1_s2_e6_c80_se0.25_nsw", "ir_r2_k3.5_p1.1_s1_e6_c80_se0.25_nsw"},
                   {"ir_r1_k3.5.7_a1.1_p1.1_s1_e6_c120_se0.5_nsw",
                    "ir_r2_k3.5.7.9_a1.1_p1.1_s1_e3_c120_se0.5_nsw"},
                   {"ir_r1_k3.5.7.9.11_s2_e6_c200_se0.5_nsw", "ir_r2_k3.5.7.9_p1.1_s1_e6_c200_se0.5_nsw"}},
        .stem = 16,
        .head = 1536};
}
EfficientPlan mixnet_m() {
    return {.stages = {{"ds_r1_k3_s1_e1_c24"},
                       {"ir_r1_k3.5.7_a1.1_p1.1_s2_e6_c32", "ir_r1_k3_a1.1_p1.1_s1_e3_c32"},
                       {"ir_r1_k3.5.7.9_s2_e6_c40_se0.5_nsw", "ir_r3_k3.5_a1.1_p1.1_s1_e6_c40_se0.5_nsw"},
                       {"ir_r1_k3.5.7_s2_e6_c80_se0.25_nsw", "ir_r3_k3.5.7.9_a1.1_p1.1_s1_e6_c80_se0.25_nsw"},
                       {"ir_r1_k3_s1_e6_c120_se0.5_nsw", "ir_r3_k3.5.7.9_a1.1_p1.1_s1_e3_c120_se0.5_nsw"},
                       {"ir_r1_k3.5.7.9_s2_e6_c200_se0.5_nsw", "ir_r3_k3.5.7.9_p1.1_s1_e6_c200_se0.5_nsw"}},
            .stem = 24,
            .head = 1536,
            .round_depth = true};
}

// Han et al., "Model Rubik's Cube: Twisting Resolution, Depth and Width for TinyNets", 2020.
EfficientPlan tinynet() {
    EfficientPlan plan = efficientnet_v1();
    plan.fix_stem = plan.round_depth = true;
    plan.head_rule = EfficientPlan::kAtLeast;
    return plan;
}

// Akin et al., "Searching for Efficient Neural Architectures for On-Device ML on Edge TPUs", 2022.
EfficientPlan mobilenet_edgetpu() {
    return {.stages = {{"cn_r1_k1_s1_c16"},
                       {"er_r1_k3_s2_e8_c32", "er_r3_k3_s1_e4_c32"},
                       {"er_r1_k3_s2_e8_c48", "er_r3_k3_s1_e4_c48"},
                       {"ir_r1_k3_s2_e8_c96", "ir_r3_k3_s1_e4_c96"},
                       {"ir_r1_k3_s1_e8_c96_noskip", "ir_r3_k3_s1_e4_c96"},
                       {"ir_r1_k5_s2_e8_c160", "ir_r3_k5_s1_e4_c160"},
                       {"ir_r1_k3_s1_e8_c192"}}};
}
EfficientPlan mobilenet_edgetpu_v2_xs() {
    EfficientPlan plan = edgetpu_v2({16, 32, 48, 96, 144, 160, 192}, 64);
    plan.stem = 32;
    plan.stem_kernel = 3;
    return plan;
}
EfficientPlan mobilenet_edgetpu_v2_s() { return edgetpu_v2({24, 48, 64, 128, 160, 192, 256}, 64); }
EfficientPlan mobilenet_edgetpu_v2_m() {
    EfficientPlan plan = edgetpu_v2({32, 64, 80, 160, 192, 240, 320}, 64);
    plan.head = 1344;
    return plan;
}
EfficientPlan mobilenet_edgetpu_v2_l() {
    EfficientPlan plan = edgetpu_v2({32, 64, 96, 192, 240, 256, 384}, 128);
    plan.stem_kernel = 7;
    plan.head = 1408;
    return plan;
}

// The smallest network with every kind of block, for trying things.
EfficientPlan efficientnet_tiny_test() {
    return {.stages = {{"cn_r1_k3_s1_e1_c16_skip"},
                       {"er_r1_k3_s2_e4_c24"},
                       {"er_r1_k3_s2_e4_c32"},
                       {"ir_r1_k3_s2_e4_c48_se0.25"},
                       {"ir_r1_k3_s2_e4_c64_se0.25"}},
            .stem = 24,
            .head = 256,
            .head_rule = EfficientPlan::kScaled,
            .act = Act::kSilu,
            .round_limit = 0};
}

}  // namespace lathe::zoo::timm
