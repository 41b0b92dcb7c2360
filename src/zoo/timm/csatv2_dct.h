// The first layer of CSATv2: cosine coefficients of 8 x 8 blocks, as JPEG has them.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::timm {

// [batch, 3, H, W], normalised by ImageNet's mean and deviation -> [batch, 3 * 64, H / 8, W / 8]: luma and the two chromas,
// each coefficient (in zigzag order) by its mean and deviation over a training set. key.transform.transform.weights is the
// transform [8, 8].
nn::ValueId cosine_coefficients(nn::Net& net, const nn::Key& key, nn::ValueId x);

}  // namespace lathe::zoo::timm
