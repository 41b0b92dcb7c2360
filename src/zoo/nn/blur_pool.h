// Pooling that keeps a network shift-invariant where it strides: Zhang, "Making Convolutional Networks Shift-Invariant
// Again", 2019.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// timm's BlurPool2d: every channel is convolved with the binomial filter of `filter` x `filter` taps (their sum is 1)
// and strided; `mode` as of pad.
ValueId blur_pool(Net& net, ValueId x, int64_t stride = 2, int64_t filter = 3,
                  std::string_view mode = "reflect");

// timm's aa_layer: what strides instead of a convolution or pool before it.
enum class AntiAlias : uint8_t {
    kNone,
    kAvg /* avg_pool of stride x stride */,
    kBlur,
    kBlurConstant /* padded with zeros */
};
ValueId anti_alias(Net& net, const Key& key, ValueId x, AntiAlias kind, int64_t stride);

}  // namespace lathe::zoo::nn
