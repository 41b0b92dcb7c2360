// The networks behind timm's EfficientNet class, in the notation of mobile blocks.
#pragma once
#include "zoo/nn/efficientnet_builder.h"

namespace lathe::zoo::timm {

struct EfficientPlan {
    std::vector<nn::StageNotation> stages;
    int64_t stem = 32;
    int64_t stem_kernel = 3;
    bool fix_stem = false;  // the stem's width is not scaled
    double head = 1280;     // channels of the last convolution; 0: none
    enum Head : uint8_t { kFixed, kScaled, kAtLeast /* scaled, but not below */ } head_rule = kFixed;
    nn::Act act = nn::Act::kRelu;
    bool round_depth = false;     // the number of blocks goes to the nearest, else up
    bool fix_first_last = false;  // these stages keep their depth
    double round_limit = 0.9;     // of widths
};

EfficientPlan mnasnet_a1();
EfficientPlan mnasnet_b1();
EfficientPlan mnasnet_small();
EfficientPlan mobilenet_v1();
EfficientPlan mobilenet_v1_head();   // with a last convolution
EfficientPlan mobilenet_v2();
EfficientPlan mobilenet_v2_deep();   // scaled between a fixed stem and head
EfficientPlan fbnet_c();
EfficientPlan spnasnet();
EfficientPlan efficientnet_v1();
EfficientPlan efficientnet_edge();
EfficientPlan efficientnet_condconv();
EfficientPlan efficientnet_lite();
EfficientPlan efficientnet_v2_base();
EfficientPlan efficientnet_v2_s();
EfficientPlan efficientnet_v2_s_rw();  // as it was before its authors published theirs
EfficientPlan efficientnet_v2_m();
EfficientPlan efficientnet_v2_l();
EfficientPlan efficientnet_v2_xl();
EfficientPlan efficientnet_x();
EfficientPlan efficientnet_h();
EfficientPlan mixnet_s();
EfficientPlan mixnet_m();
EfficientPlan tinynet();
EfficientPlan mobilenet_edgetpu();
EfficientPlan mobilenet_edgetpu_v2_xs();
EfficientPlan mobilenet_edgetpu_v2_s();
EfficientPlan mobilenet_edgetpu_v2_m();
EfficientPlan mobilenet_edgetpu_v2_l();
EfficientPlan efficientnet_tiny_test();

}  // namespace lathe::zoo::timm
