// Attention among the pixels of an image, its projections being 1 x 1 convolutions.
#pragma once
#include "zoo/nn/norm_act.h"

namespace lathe::zoo::nn {

// One key and one value for all heads: Shazeer, "Fast Transformer Decoding: One Write-Head is All You Need", 2019, with
// keys and values taken from a smaller image (Qin et al., "MobileNetV4", 2024).
struct MultiQuery {
    int64_t out = 0, heads = 8, key_size = 64, value_size = 64;
    int64_t kv_stride = 1;  // > 1: key.key and key.value begin with down_conv (depthwise) and norm
    int64_t kernel = 3;  // of down_conv
    Padding padding = {};
    NormAct norm = {};
};
// key.query.proj, key.key.proj, key.value.proj, key.output.proj. [batch, C, H, W] -> [batch, out, H, W].
ValueId multi_query_attention_2d(Net& net, const Key& key, ValueId x, const MultiQuery& a);

struct MultiHead2d {
    int64_t out = 0, heads = 32;
    bool bias = true;
    bool expand_first = false;  // the heads are of `out` channels, else of x's
    bool head_first = false;  // qkv holds q, k, v of a head side by side
};
// key.qkv, key.proj. [batch, C, H, W] -> [batch, out, H, W].
ValueId attention_2d(Net& net, const Key& key, ValueId x, const MultiHead2d& a);

}  // namespace lathe::zoo::nn
