// Global response normalisation: Woo et al., "ConvNeXt V2: Co-designing and Scaling ConvNets with Masked Autoencoders",
// 2023.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// x + key.bias + key.weight * x * g / (mean of g over channels + epsilon), g the L2 norm of each channel over the image.
// channels_last: [batch, H, W, C], else [batch, C, H, W].
ValueId global_response_norm(Net& net, const Key& key, ValueId x, bool channels_last, double epsilon = 1e-6);

}  // namespace lathe::zoo::nn
