// Layers that checkpoints hold in either of two forms: with their batch norm, as they are trained, or fused with it into
// one layer with a bias at the same key.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// key.c, key.bn; fused: key.weight, key.bias.
ValueId fusible_conv(Net& net, const Key& key, ValueId x, const Conv& conv);
// key.bn, key.l (with a bias); fused: key.weight, key.bias. [batch, C] -> [batch, out].
ValueId fusible_linear(Net& net, const Key& key, ValueId x, int64_t out);
inline bool is_fused(const Net& net, const Key& key) { return net.has(key / "weight"); }

}  // namespace lathe::zoo::nn
