// Attention inside residual blocks: among all pixels, among the pixels near a block of them, and by summaries of values.
// x: [batch, C, H, W]; the result has H / stride, W / stride.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::timm {

// Srinivas et al., "Bottleneck Transformers for Visual Recognition", 2021. key.qkv, key.pos_embed.{height,width}_rel.
struct AllPixels {
    int64_t heads = 4;
    int64_t key_size = 0;  // of a head; 0: C / heads, rounded to 8 over all heads
};
nn::ValueId attend_to_all(nn::Net& net, const nn::Key& key, nn::ValueId x, int64_t stride,
                          const AllPixels& a);

// Vaswani et al., "Scaling Local Self-Attention for Parameter Efficient Visual Backbones", 2021. key.q, key.kv and
// key.pos_embed as above.
struct Halo {
    int64_t block = 8, halo = 3;  // pixels of a block's side, and around it on each side
    int64_t heads = 8;
    int64_t key_size = 0;
    double key_ratio = 1;
};
nn::ValueId attend_with_halo(nn::Net& net, const nn::Key& key, nn::ValueId x, int64_t stride,
                             const Halo& halo);

// Bello, "LambdaNetworks: Modeling Long-Range Interactions Without Attention", 2021. key.qkv, key.norm_{q,v}; what
// positions say is key.conv_lambda, radius x radius, or with radius 0 key.pos_emb, of all offsets.
struct Lambda {
    int64_t radius = 9, heads = 4, key_size = 16;
};
nn::ValueId apply_lambda(nn::Net& net, const nn::Key& key, nn::ValueId x, int64_t stride,
                         const Lambda& lambda);

}  // namespace lathe::zoo::timm
