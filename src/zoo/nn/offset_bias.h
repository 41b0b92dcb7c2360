// Attention biases by the distance of two pixels: LeViT and what grew on it.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// Row |dy| * keys.w + |dx| of a table of keys.h * keys.w distances, for queries at every `stride`th pixel: i64
// [queries, keys], both in row-major order. For rel_pos.h's gather_bias_heads_first.
Tensor offset_index(Size2 keys, int64_t stride = 1);

}  // namespace lathe::zoo::nn
