// Attention where only the class token asks. Touvron et al., "Going deeper with Image Transformers", 2021.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// timm's ClassAttn with biases: the first of the tokens [batch, L, C] attends to all of them -> [batch, 1, C].
ValueId class_attention(Net& net, const Key& key, ValueId x, int64_t heads);

}  // namespace lathe::zoo::nn
