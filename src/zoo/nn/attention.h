// Multi-head attention over sequences [batch, L, C] (timm.layers.attention). Vaswani et al., "Attention Is All You Need",
// 2017.
#pragma once
#include "zoo/nn/norm.h"

namespace lathe::zoo::nn {

// Rotary position embedding: x cos + rotated(x) sin, for queries and keys. The tables are [L, size of a head] or
// [heads, L, size]; tokens without a place have cos 1 and sin 0. half: pairs are (i, i + size / 2), else (2 i, 2 i + 1).
struct Rope {
    ValueId sin = kNoValue, cos = kNoValue;
    bool half = false;
    int64_t parts = 1;  // with half: the size is so many parts, each with its own halves
};

struct Attention {
    int64_t heads = 8;
    int64_t head_size = 0;  // 0: C / heads
    int64_t out = 0;  // 0: C
    bool qkv_bias = false;
    bool key_bias = true;  // else keys have none: the bias of key.qkv is key.q_bias and key.v_bias (BEiT)
    bool proj_bias = true;
    bool fused_qkv = true;  // key.qkv, else key.{q,k,v}_proj
    Norm qk_norm = kNoNorm;  // key.{q,k}_norm, of each head
    Norm out_norm = kNoNorm;  // key.norm, before the projection (timm's scale_norm)
    bool gated = false;  // key.gate: the result times sigmoid(gate x)
    Rope rope = {};
};

// timm's Attention and AttentionRope. mask: added to the products, broadcast to [batch, heads, L, L].
ValueId attention(Net& net, const Key& key, ValueId x, const Attention& attention, ValueId mask = kNoValue);

struct Heads {
    ValueId q, k, v;  // [batch, heads, L, size]
};
ValueId split_heads(Net& net, ValueId x,
                    int64_t heads);  // [batch, L, heads * size] -> [batch, heads, L, size]
ValueId merge_heads(Net& net, ValueId x);  // [batch, heads, L, size] -> [batch, L, heads * size]
Heads split_qkv(Net& net, ValueId qkv, int64_t heads);  // [batch, L, 3 * heads * size]
ValueId rotate(Net& net, ValueId x, const Rope& rope);  // [batch, heads, L, size]; without tables x itself

}  // namespace lathe::zoo::nn
