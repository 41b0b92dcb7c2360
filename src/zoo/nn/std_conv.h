// Convolutions whose weights are standardised: each output channel's weights get mean 0 and variance 1 before they are used.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// timm's StdConv2d: Qiao et al., "Micro-Batch Training with Batch-Channel Normalization and Weight Standardization", 2019.
ValueId std_conv(Net& net, const Key& key, ValueId x, const Conv& conv, double epsilon = 1e-6);
// timm's ScaledStdConv2d: Brock et al., "Characterizing signal propagation …", 2021: the standardised weights times
// key.gain [out, 1, 1, 1] and gamma / sqrt(weights of an output). timm's has a bias unless told otherwise.
ValueId scaled_std_conv(Net& net, const Key& key, ValueId x, const Conv& conv, double gamma = 1,
                        double epsilon = 1e-6);

}  // namespace lathe::zoo::nn
