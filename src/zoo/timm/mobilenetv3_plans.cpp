#include "zoo/timm/mobilenetv3_plans.h"

namespace lathe::zoo::timm {

// Howard et al., "Searching for MobileNetV3", 2019. First as it was read from the paper before its authors published
// theirs.
MobilePlan mobilenet_v3_rw() {
    return {{"ds_r1_k3_s1_e1_c16_nre_noskip"},
            {"ir_r1_k3_s2_e4_c24_nre", "ir_r1_k3_s1_e3_c24_nre"},
            {"ir_r3_k5_s2_e3_c40_se0.25_nre"},
            {"ir_r1_k3_s2_e6_c80", "ir_r1_k3_s1_e2.5_c80", "ir_r2_k3_s1_e2.3_c80"},
            {"ir_r2_k3_s1_e6_c112_se0.25"},
            {"ir_r3_k5_s2_e6_c160_se0.25"},
            {"cn_r1_k1_s1_c960"}};
}

// Minimal: without squeeze-and-excitation, hard swish and 5 x 5 kernels.
MobilePlan mobilenet_v3_small_minimal() {
    return {{"ds_r1_k3_s2_e1_c16"},
            {"ir_r1_k3_s2_e4.5_c24", "ir_r1_k3_s1_e3.67_c24"},
            {"ir_r1_k3_s2_e4_c40", "ir_r2_k3_s1_e6_c40"},
            {"ir_r2_k3_s1_e3_c48"},
            {"ir_r3_k3_s2_e6_c96"},
            {"cn_r1_k1_s1_c576"}};
}

MobilePlan mobilenet_v3_small() {
    return {{"ds_r1_k3_s2_e1_c16_se0.25_nre"},
            {"ir_r1_k3_s2_e4.5_c24_nre", "ir_r1_k3_s1_e3.67_c24_nre"},
            {"ir_r1_k5_s2_e4_c40_se0.25", "ir_r2_k5_s1_e6_c40_se0.25"},
            {"ir_r2_k5_s1_e3_c48_se0.25"},
            {"ir_r3_k5_s2_e6_c96_se0.25"},
            {"cn_r1_k1_s1_c576"}};
}

MobilePlan mobilenet_v3_large_minimal() {
    return {{"ds_r1_k3_s1_e1_c16"},  {"ir_r1_k3_s2_e4_c24", "ir_r1_k3_s1_e3_c24"},
            {"ir_r3_k3_s2_e3_c40"},  {"ir_r1_k3_s2_e6_c80", "ir_r1_k3_s1_e2.5_c80", "ir_r2_k3_s1_e2.3_c80"},
            {"ir_r2_k3_s1_e6_c112"}, {"ir_r3_k3_s2_e6_c160"},
            {"cn_r1_k1_s1_c960"}};
}

MobilePlan mobilenet_v3_large() {
    return {{"ds_r1_k3_s1_e1_c16_nre"},
            {"ir_r1_k3_s2_e4_c24_nre", "ir_r1_k3_s1_e3_c24_nre"},
            {"ir_r3_k5_s2_e3_c40_se0.25_nre"},
            {"ir_r1_k3_s2_e6_c80", "ir_r1_k3_s1_e2.5_c80", "ir_r2_k3_s1_e2.3_c80"},
            {"ir_r2_k3_s1_e6_c112_se0.25"},
            {"ir_r3_k5_s2_e6_c160_se0.25"},
            {"cn_r1_k1_s1_c960"}};
}

// Dai et al., "FBNetV3: Joint Architecture-Recipe Search using Predictor Pretraining", 2020.
MobilePlan fbnet_v3_b() {
    return {{"ds_r2_k3_s1_e1_c16"},
            {"ir_r1_k5_s2_e4_c24", "ir_r3_k5_s1_e2_c24"},
            {"ir_r1_k5_s2_e5_c40_se0.25", "ir_r4_k5_s1_e3_c40_se0.25"},
            {"ir_r1_k5_s2_e5_c72", "ir_r4_k3_s1_e3_c72"},
            {"ir_r1_k3_s1_e5_c120_se0.25", "ir_r5_k5_s1_e3_c120_se0.25"},
            {"ir_r1_k3_s2_e6_c184_se0.25", "ir_r5_k5_s1_e4_c184_se0.25", "ir_r1_k5_s1_e6_c224_se0.25"},
            {"cn_r1_k1_s1_c1344"}};
}

MobilePlan fbnet_v3_d() {
    return {{"ds_r2_k3_s1_e1_c16"},
            {"ir_r1_k3_s2_e5_c24", "ir_r5_k3_s1_e2_c24"},
            {"ir_r1_k5_s2_e4_c40_se0.25", "ir_r4_k3_s1_e3_c40_se0.25"},
            {"ir_r1_k3_s2_e5_c72", "ir_r4_k3_s1_e3_c72"},
            {"ir_r1_k3_s1_e5_c128_se0.25", "ir_r6_k5_s1_e3_c128_se0.25"},
            {"ir_r1_k3_s2_e6_c208_se0.25", "ir_r5_k5_s1_e5_c208_se0.25", "ir_r1_k5_s1_e6_c240_se0.25"},
            {"cn_r1_k1_s1_c1440"}};
}

MobilePlan fbnet_v3_g() {
    return {{"ds_r3_k3_s1_e1_c24"},
            {"ir_r1_k5_s2_e4_c40", "ir_r4_k5_s1_e2_c40"},
            {"ir_r1_k5_s2_e4_c56_se0.25", "ir_r4_k5_s1_e3_c56_se0.25"},
            {"ir_r1_k5_s2_e5_c104", "ir_r4_k3_s1_e3_c104"},
            {"ir_r1_k3_s1_e5_c160_se0.25", "ir_r8_k5_s1_e3_c160_se0.25"},
            {"ir_r1_k3_s2_e6_c264_se0.25", "ir_r6_k5_s1_e5_c264_se0.25", "ir_r2_k5_s1_e6_c288_se0.25"},
            {"cn_r1_k1_s1_c1728"}};
}

// Cui et al., "PP-LCNet: A Lightweight CPU Convolutional Neural Network", 2021.
MobilePlan lcnet() {
    return {{"dsa_r1_k3_s1_c32"},  {"dsa_r2_k3_s2_c64"},
            {"dsa_r2_k3_s2_c128"}, {"dsa_r1_k3_s2_c256", "dsa_r1_k5_s1_c256"},
            {"dsa_r4_k5_s1_c256"}, {"dsa_r2_k5_s2_c512_se0.25"}};
}

// Qin et al., "MobileNetV4: Universal Models for the Mobile Ecosystem", 2024.
MobilePlan mobilenet_v4_hybrid_medium() {
    return {{"er_r1_k3_s2_e4_c48"},
            {"uir_r1_a3_k5_s2_e4_c80", "uir_r1_a3_k3_s1_e2_c80"},
            {"uir_r1_a3_k5_s2_e6_c160", "uir_r1_a0_k0_s1_e2_c160", "uir_r1_a3_k3_s1_e4_c160",
             "uir_r1_a3_k5_s1_e4_c160", "mqa_r1_k3_h4_s1_v2_d64_c160", "uir_r1_a3_k3_s1_e4_c160",
             "mqa_r1_k3_h4_s1_v2_d64_c160", "uir_r1_a3_k0_s1_e4_c160", "mqa_r1_k3_h4_s1_v2_d64_c160",
             "uir_r1_a3_k3_s1_e4_c160", "mqa_r1_k3_h4_s1_v2_d64_c160", "uir_r1_a3_k0_s1_e4_c160"},
            {"uir_r1_a5_k5_s2_e6_c256", "uir_r1_a5_k5_s1_e4_c256", "uir_r2_a3_k5_s1_e4_c256",
             "uir_r1_a0_k0_s1_e2_c256", "uir_r1_a3_k5_s1_e2_c256", "uir_r1_a0_k0_s1_e2_c256",
             "uir_r1_a0_k0_s1_e4_c256", "mqa_r1_k3_h4_s1_d64_c256", "uir_r1_a3_k0_s1_e4_c256",
             "mqa_r1_k3_h4_s1_d64_c256", "uir_r1_a5_k5_s1_e4_c256", "mqa_r1_k3_h4_s1_d64_c256",
             "uir_r1_a5_k0_s1_e4_c256", "mqa_r1_k3_h4_s1_d64_c256", "uir_r1_a5_k0_s1_e4_c256"},
            {"cn_r1_k1_s1_c960"}};
}

MobilePlan mobilenet_v4_hybrid_large() {
    return {{"er_r1_k3_s2_e4_c48"},
            {"uir_r1_a3_k5_s2_e4_c96", "uir_r1_a3_k3_s1_e4_c96"},
            {"uir_r1_a3_k5_s2_e4_c192", "uir_r3_a3_k3_s1_e4_c192", "uir_r1_a3_k5_s1_e4_c192",
             "uir_r2_a5_k3_s1_e4_c192", "mqa_r1_k3_h8_s1_v2_d48_c192", "uir_r1_a5_k3_s1_e4_c192",
             "mqa_r1_k3_h8_s1_v2_d48_c192", "uir_r1_a5_k3_s1_e4_c192", "mqa_r1_k3_h8_s1_v2_d48_c192",
             "uir_r1_a5_k3_s1_e4_c192", "mqa_r1_k3_h8_s1_v2_d48_c192", "uir_r1_a3_k0_s1_e4_c192"},
            {"uir_r4_a5_k5_s2_e4_c512", "uir_r1_a5_k0_s1_e4_c512", "uir_r1_a5_k3_s1_e4_c512",
             "uir_r2_a5_k0_s1_e4_c512", "uir_r1_a5_k3_s1_e4_c512", "uir_r1_a5_k5_s1_e4_c512",
             "mqa_r1_k3_h8_s1_d64_c512", "uir_r1_a5_k0_s1_e4_c512", "mqa_r1_k3_h8_s1_d64_c512",
             "uir_r1_a5_k0_s1_e4_c512", "mqa_r1_k3_h8_s1_d64_c512", "uir_r1_a5_k0_s1_e4_c512",
             "mqa_r1_k3_h8_s1_d64_c512", "uir_r1_a5_k0_s1_e4_c512"},
            {"cn_r1_k1_s1_c960"}};
}

MobilePlan mobilenet_v4_small() {
    return {{"cn_r1_k3_s2_e1_c32", "cn_r1_k1_s1_e1_c32"},
            {"cn_r1_k3_s2_e1_c96", "cn_r1_k1_s1_e1_c64"},
            {"uir_r1_a5_k5_s2_e3_c96", "uir_r4_a0_k3_s1_e2_c96", "uir_r1_a3_k0_s1_e4_c96"},
            {"uir_r1_a3_k3_s2_e6_c128", "uir_r1_a5_k5_s1_e4_c128", "uir_r1_a0_k5_s1_e4_c128",
             "uir_r1_a0_k5_s1_e3_c128", "uir_r2_a0_k3_s1_e4_c128"},
            {"cn_r1_k1_s1_c960"}};
}

MobilePlan mobilenet_v4_medium() {
    return {{"er_r1_k3_s2_e4_c48"},
            {"uir_r1_a3_k5_s2_e4_c80", "uir_r1_a3_k3_s1_e2_c80"},
            {"uir_r1_a3_k5_s2_e6_c160", "uir_r2_a3_k3_s1_e4_c160", "uir_r1_a3_k5_s1_e4_c160",
             "uir_r1_a3_k3_s1_e4_c160", "uir_r1_a3_k0_s1_e4_c160", "uir_r1_a0_k0_s1_e2_c160",
             "uir_r1_a3_k0_s1_e4_c160"},
            {"uir_r1_a5_k5_s2_e6_c256", "uir_r1_a5_k5_s1_e4_c256", "uir_r2_a3_k5_s1_e4_c256",
             "uir_r1_a0_k0_s1_e4_c256", "uir_r1_a3_k0_s1_e4_c256", "uir_r1_a3_k5_s1_e2_c256",
             "uir_r1_a5_k5_s1_e4_c256", "uir_r2_a0_k0_s1_e4_c256", "uir_r1_a5_k0_s1_e2_c256"},
            {"cn_r1_k1_s1_c960"}};
}

MobilePlan mobilenet_v4_large() {
    return {{"er_r1_k3_s2_e4_c48"},
            {"uir_r1_a3_k5_s2_e4_c96", "uir_r1_a3_k3_s1_e4_c96"},
            {"uir_r1_a3_k5_s2_e4_c192", "uir_r3_a3_k3_s1_e4_c192", "uir_r1_a3_k5_s1_e4_c192",
             "uir_r5_a5_k3_s1_e4_c192", "uir_r1_a3_k0_s1_e4_c192"},
            {"uir_r4_a5_k5_s2_e4_c512", "uir_r1_a5_k0_s1_e4_c512", "uir_r1_a5_k3_s1_e4_c512",
             "uir_r2_a5_k0_s1_e4_c512", "uir_r1_a5_k3_s1_e4_c512", "uir_r1_a5_k5_s1_e4_c512",
             "uir_r3_a5_k0_s1_e4_c512"},
            {"cn_r1_k1_s1_c960"}};
}

}  // namespace lathe::zoo::timm
