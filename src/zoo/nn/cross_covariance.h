// Attention among channels, and the position features that go with it: El-Nouby et al., "XCiT: Cross-Covariance Image
// Transformers", 2021.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

inline constexpr int64_t kFourierFeatures = 32;  // for each of row and column
// Sines and cosines of the row and of the column, a full turn over the image: [1, 2 * kFourierFeatures, h, w].
Tensor fourier_features(Size2 grid);

// Attention among the channels of each head, over normalised columns. key.temperature [heads, 1, 1], key.qkv, key.proj.
// x: [batch, L, C].
ValueId cross_covariance(Net& net, const Key& key, ValueId x, int64_t heads);

}  // namespace lathe::zoo::nn
