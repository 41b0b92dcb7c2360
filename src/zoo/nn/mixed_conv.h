// MixConv: Tan & Le, "MixConv: Mixed Depthwise Convolutional Kernels", 2019. The channels are split into nearly equal
// parts (the first takes what is left over), each with a kernel of its own, at key.0, key.1, …
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// conv.kernel is not used. conv.groups equal to x's channels: depthwise; else it must be 1. One kernel: a plain
// convolution at key itself.
ValueId mixed_conv(Net& net, const Key& key, ValueId x, const Ints& kernels, const Conv& conv);

}  // namespace lathe::zoo::nn
