// What MobileNetV3 and its relatives share: a stem, stages of mobile blocks, and a head that pools before its pointwise
// convolution.
#pragma once
#include "zoo/nn/efficientnet_builder.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {

struct MobileNetV3 {
    std::vector<nn::MobileStage> stages;
    nn::MobileStyle style;
    int64_t stem = 16;
    int64_t head = 1280;
    bool head_bias = true;
    bool head_norm = false;  // norm_head, and no bias
};

ValueId mobilenet_v3_network(Net& net, ValueId x, const MobileNetV3& m);

}  // namespace lathe::zoo::timm
