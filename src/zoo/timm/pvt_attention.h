// Attention to a reduced map: Wang et al., "Pyramid Vision Transformer", 2021, section 3.3; also Twins' global attention.
#pragma once
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {

struct PvtAttention {
    nn::Size2 map;
    int64_t heads;
    int64_t reduction = 1;  // keys and values come from patches of that size: key.sr, key.norm
    bool linear = false;  // from 7 x 7 averages instead, whatever the map's size
};

// x: [batch, L, C], L = map.h * map.w. key.q, key.kv, key.proj.
ValueId pvt_attention(Net& net, const Key& key, ValueId x, const PvtAttention& attention);

}  // namespace lathe::zoo::timm
