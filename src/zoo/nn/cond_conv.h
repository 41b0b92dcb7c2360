// CondConv: Yang et al., "CondConv: Conditionally Parameterized Convolutions for Efficient Inference", 2019. The kernel
// is a sum over experts, weighted by each image's routing; key.weight is [experts, out * in/groups * kh * kw].
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// routing: [batch, experts]. The graph keeps the batch symbolic: 1 x 1 convolutions multiply by kernels made for each
// image, others convolve with all the experts and sum what they give.
ValueId cond_conv(Net& net, const Key& key, ValueId x, ValueId routing, const Conv& conv);

}  // namespace lathe::zoo::nn
