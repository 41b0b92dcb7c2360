// The networks behind timm's MobileNetV3 class, in the notation of mobile blocks.
#pragma once
#include "zoo/nn/efficientnet_builder.h"

namespace lathe::zoo::timm {

using MobilePlan = std::vector<nn::StageNotation>;

MobilePlan mobilenet_v3_small();
MobilePlan mobilenet_v3_small_minimal();
MobilePlan mobilenet_v3_large();
MobilePlan mobilenet_v3_large_minimal();
MobilePlan mobilenet_v3_rw();
MobilePlan fbnet_v3_b();
MobilePlan fbnet_v3_d();
MobilePlan fbnet_v3_g();
MobilePlan lcnet();
MobilePlan mobilenet_v4_small();
MobilePlan mobilenet_v4_medium();
MobilePlan mobilenet_v4_large();
MobilePlan mobilenet_v4_hybrid_medium();
MobilePlan mobilenet_v4_hybrid_large();

}  // namespace lathe::zoo::timm
