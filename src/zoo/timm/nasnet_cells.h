// What NASNet's and PNASNet's cells are made of. TensorFlow's padding and batch norms.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::timm {

inline constexpr double kNasNetEpsilon = 1e-3;  // of the batch norms

// key.conv and key.bn after a relu; 1 x 1.
nn::ValueId act_conv_norm(nn::Net& net, const nn::Key& key, nn::ValueId x, int64_t out, int64_t stride = 1);

// Two separable convolutions, each after a relu and before a norm; the first strides. early: the first one changes the
// channels already.
struct Separables {
    int64_t out = 0, kernel = 3, stride = 1;
    bool early = false;
};
nn::ValueId separables(nn::Net& net, const nn::Key& key, nn::ValueId x, const Separables& s);

// relu, then half of the result's channels from the pixels at even places, half from those one to the right and below.
// key.path_{1,2}.conv, key.final_path_bn. [batch, C, H, W] -> [batch, 2 * half, ceil(H / 2), ceil(W / 2)].
nn::ValueId factorized_reduction(nn::Net& net, const nn::Key& key, nn::ValueId x, int64_t half);

nn::ValueId max_pool_3(nn::Net& net, nn::ValueId x, int64_t stride);
nn::ValueId avg_pool_3(nn::Net& net, nn::ValueId x, int64_t stride);

// The first convolution, 3 x 3 without padding: key.conv, key.bn.
nn::ValueId nasnet_stem(nn::Net& net, const nn::Key& key, nn::ValueId x);
// relu, average and last_linear; with Settings::features only the relu.
nn::ValueId nasnet_head(nn::Net& net, nn::ValueId x);

}  // namespace lathe::zoo::timm
