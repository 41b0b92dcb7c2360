// HardCoRe-NAS: Nayman et al., "HardCoRe-NAS: Hard Constrained diffeRentiable Neural Architecture Search", 2021.
#include "zoo/timm/mobilenetv3.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct HardcorenasVariant {
    std::string_view name;
    std::vector<nn::StageNotation> (*plan)();
};

constexpr HardcorenasVariant kHardcorenasVariants[] = {
    {"hardcorenas_a",
     [] -> std::vector<nn::StageNotation> {
         return {{"ds_r1_k3_s1_e1_c16_nre"},
                 {"ir_r1_k5_s2_e3_c24_nre", "ir_r1_k5_s1_e3_c24_nre_se0.25"},
                 {"ir_r1_k5_s2_e3_c40_nre", "ir_r1_k5_s1_e6_c40_nre_se0.25"},
                 {"ir_r1_k5_s2_e6_c80_se0.25", "ir_r1_k5_s1_e6_c80_se0.25"},
                 {"ir_r1_k5_s1_e6_c112_se0.25", "ir_r1_k5_s1_e6_c112_se0.25"},
                 {"ir_r1_k5_s2_e6_c192_se0.25", "ir_r1_k5_s1_e6_c192_se0.25"},
                 {"cn_r1_k1_s1_c960"}};
     }},
    {"hardcorenas_b",
     [] -> std::vector<nn::StageNotation> {
         return {{"ds_r1_k3_s1_e1_c16_nre"},
                 {"ir_r1_k5_s2_e3_c24_nre", "ir_r1_k5_s1_e3_c24_nre_se0.25", "ir_r1_k3_s1_e3_c24_nre"},
                 {"ir_r1_k5_s2_e3_c40_nre", "ir_r1_k5_s1_e3_c40_nre", "ir_r1_k5_s1_e3_c40_nre"},
                 {"ir_r1_k5_s2_e3_c80", "ir_r1_k5_s1_e3_c80", "ir_r1_k3_s1_e3_c80", "ir_r1_k3_s1_e3_c80"},
                 {"ir_r1_k5_s1_e3_c112", "ir_r1_k3_s1_e3_c112", "ir_r1_k3_s1_e3_c112", "ir_r1_k3_s1_e3_c112"},
                 {"ir_r1_k5_s2_e6_c192_se0.25", "ir_r1_k5_s1_e6_c192_se0.25", "ir_r1_k3_s1_e3_c192_se0.25"},
                 {"cn_r1_k1_s1_c960"}};
     }},
    {"hardcorenas_c",
     [] -> std::vector<nn::StageNotation> {
         return {
             {"ds_r1_k3_s1_e1_c16_nre"},
             {"ir_r1_k5_s2_e3_c24_nre", "ir_r1_k5_s1_e3_c24_nre_se0.25"},
             {"ir_r1_k5_s2_e3_c40_nre", "ir_r1_k5_s1_e3_c40_nre", "ir_r1_k5_s1_e3_c40_nre",
              "ir_r1_k5_s1_e3_c40_nre"},
             {"ir_r1_k5_s2_e4_c80", "ir_r1_k5_s1_e6_c80_se0.25", "ir_r1_k3_s1_e3_c80", "ir_r1_k3_s1_e3_c80"},
             {"ir_r1_k5_s1_e6_c112_se0.25", "ir_r1_k3_s1_e3_c112", "ir_r1_k3_s1_e3_c112",
              "ir_r1_k3_s1_e3_c112"},
             {"ir_r1_k5_s2_e6_c192_se0.25", "ir_r1_k5_s1_e6_c192_se0.25", "ir_r1_k3_s1_e3_c192_se0.25"},
             {"cn_r1_k1_s1_c960"}};
     }},
    {"hardcorenas_d",
     [] -> std::vector<nn::StageNotation> {
         return {{"ds_r1_k3_s1_e1_c16_nre"},
                 {"ir_r1_k5_s2_e3_c24_nre_se0.25", "ir_r1_k5_s1_e3_c24_nre_se0.25"},
                 {"ir_r1_k5_s2_e3_c40_nre_se0.25", "ir_r1_k5_s1_e4_c40_nre_se0.25",
                  "ir_r1_k3_s1_e3_c40_nre_se0.25"},
                 {"ir_r1_k5_s2_e4_c80_se0.25", "ir_r1_k3_s1_e3_c80_se0.25", "ir_r1_k3_s1_e3_c80_se0.25",
                  "ir_r1_k3_s1_e3_c80_se0.25"},
                 {"ir_r1_k3_s1_e4_c112_se0.25", "ir_r1_k5_s1_e4_c112_se0.25", "ir_r1_k3_s1_e3_c112_se0.25",
                  "ir_r1_k5_s1_e3_c112_se0.25"},
                 {"ir_r1_k5_s2_e6_c192_se0.25", "ir_r1_k5_s1_e6_c192_se0.25", "ir_r1_k5_s1_e6_c192_se0.25",
                  "ir_r1_k3_s1_e6_c192_se0.25"},
                 {"cn_r1_k1_s1_c960"}};
     }},
    {"hardcorenas_e",
     [] -> std::vector<nn::StageNotation> {
         return {{"ds_r1_k3_s1_e1_c16_nre"},
                 {"ir_r1_k5_s2_e3_c24_nre_se0.25", "ir_r1_k5_s1_e3_c24_nre_se0.25"},
                 {"ir_r1_k5_s2_e6_c40_nre_se0.25", "ir_r1_k5_s1_e4_c40_nre_se0.25",
                  "ir_r1_k5_s1_e4_c40_nre_se0.25", "ir_r1_k3_s1_e3_c40_nre_se0.25"},
                 {"ir_r1_k5_s2_e4_c80_se0.25", "ir_r1_k3_s1_e6_c80_se0.25"},
                 {"ir_r1_k5_s1_e6_c112_se0.25", "ir_r1_k5_s1_e6_c112_se0.25", "ir_r1_k5_s1_e6_c112_se0.25",
                  "ir_r1_k5_s1_e3_c112_se0.25"},
                 {"ir_r1_k5_s2_e6_c192_se0.25", "ir_r1_k5_s1_e6_c192_se0.25", "ir_r1_k5_s1_e6_c192_se0.25",
                  "ir_r1_k3_s1_e6_c192_se0.25"},
                 {"cn_r1_k1_s1_c960"}};
     }},
    {"hardcorenas_f",
     [] -> std::vector<nn::StageNotation> {
         return {{"ds_r1_k3_s1_e1_c16_nre"},
                 {"ir_r1_k5_s2_e3_c24_nre_se0.25", "ir_r1_k5_s1_e3_c24_nre_se0.25"},
                 {"ir_r1_k5_s2_e6_c40_nre_se0.25", "ir_r1_k5_s1_e6_c40_nre_se0.25"},
                 {"ir_r1_k5_s2_e6_c80_se0.25", "ir_r1_k5_s1_e6_c80_se0.25", "ir_r1_k3_s1_e3_c80_se0.25",
                  "ir_r1_k3_s1_e3_c80_se0.25"},
                 {"ir_r1_k3_s1_e6_c112_se0.25", "ir_r1_k5_s1_e6_c112_se0.25", "ir_r1_k5_s1_e6_c112_se0.25",
                  "ir_r1_k3_s1_e3_c112_se0.25"},
                 {"ir_r1_k5_s2_e6_c192_se0.25", "ir_r1_k5_s1_e6_c192_se0.25", "ir_r1_k3_s1_e6_c192_se0.25",
                  "ir_r1_k3_s1_e6_c192_se0.25"},
                 {"cn_r1_k1_s1_c960"}};
     }},
};

}  // namespace

ValueId hardcorenas(Net& net, std::string_view model, ValueId x) {
    const HardcorenasVariant& v = variant(net, kHardcorenasVariants, model);
    MobileNetV3 m{.stages = nn::decode_stages(v.plan()), .stem = 32};
    m.style.act = Act::kHardSwish;
    m.style.squeeze = {.gate = Act::kHardSigmoid, .act = Act::kRelu, .rounding = nn::ChannelRounding{}};
    nn::scale_widths(m.stages, {.squeeze_from_expanded = true});
    return mobilenet_v3_network(net, x, m);
}

}  // namespace lathe::zoo::timm
