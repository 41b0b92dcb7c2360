// Images cut into patches, one token each (timm.layers.PatchEmbed). Dosovitskiy et al., "An Image is Worth 16x16 Words",
// 2020.
#pragma once
#include "zoo/nn/norm.h"

namespace lathe::zoo::nn {

struct PatchEmbed {
    Size2 patch = 16;
    int64_t width = 768;
    bool bias = true;
    Norm norm = kNoNorm;  // key.norm, over the channels
};

// The patches' grid. Sizes that patches do not divide lose their last rows and columns.
Size2 patch_grid(Net& net, ValueId image, Size2 patch);
// [batch, channels, H, W] -> [batch, h * w, width].
ValueId patch_embed(Net& net, const Key& key, ValueId image, const PatchEmbed& embed);
// … -> [batch, width, h, w].
ValueId patch_embed_image(Net& net, const Key& key, ValueId image, const PatchEmbed& embed);
// … -> [batch, h, w, width].
ValueId patch_embed_channels_last(Net& net, const Key& key, ValueId image, const PatchEmbed& embed);

// A learned token [1, n, C] (class, registers) for every image, before the tokens x: [batch, n + L, C].
ValueId prepend(Net& net, ValueId token, ValueId x);
ValueId expand_batch(Net& net, ValueId token, ValueId like);  // [1, …] -> [batch of `like`, …]

}  // namespace lathe::zoo::nn
