// A convolution, its norm and the activation as one module: timm's ConvNormAct and SeparableConvNormAct.
#pragma once
#include "zoo/nn/blur_pool.h"
#include "zoo/nn/norm_act.h"

namespace lathe::zoo::nn {

// key.conv, key.bn. With `aa` a strided convolution strides after the activation instead (key.aa).
ValueId conv_norm_act(Net& net, const Key& key, ValueId x, const Conv& conv, Act act = Act::kRelu,
                      const NormAct& norm = {}, AntiAlias aa = AntiAlias::kNone);
// key.conv_dw, a convolution of each channel by `conv`, and key.conv_pw, 1 x 1 to conv.out channels (conv.bias is its).
ValueId separable_conv(Net& net, const Key& key, ValueId x, const Conv& conv);
// The same and key.bn.
ValueId separable_conv_norm_act(Net& net, const Key& key, ValueId x, const Conv& conv, Act act = Act::kRelu,
                                const NormAct& norm = {});

}  // namespace lathe::zoo::nn
