// Rotary position embeddings of images: tables of angles from the patches' grid. Su et al., "RoFormer: Enhanced Transformer
// with Rotary Position Embedding", 2021; Heo et al., "Rotary Position Embedding for Vision Transformer", 2024.
#pragma once
#include <optional>

#include "zoo/nn/attention.h"

namespace lathe::zoo::nn {

// timm's RotaryEmbeddingCat: a quarter of a head's numbers, in pairs, turns with each axis of the grid; frequencies are
// powers of 1 / temperature.
struct AxialRope {
    Size2 grid = 1;
    int64_t head_size = 64;
    double temperature = 10000;
    std::optional<Size2> reference;  // the grid of pretraining, to which places are scaled
    double offset = 0;  // added to places, before scaling
    bool xy = false;  // columns turn the first half, else rows
    int64_t prefix = 0;  // tokens without a place, before the others
};
Rope axial_rope(Net& net, const AxialRope& rope);

// timm's RotaryEmbeddingDinoV3: places are centres of patches in [-1, 1], rows turn the first half. Siméoni et al.,
// "DINOv3", 2025.
Rope dinov3_rope(Net& net, Size2 grid, int64_t head_size, double temperature, int64_t prefix);

// timm's RotaryEmbeddingMixed: every head of every block turns by its own learned mixture of row and column.
// key: [2, depth, heads, head_size / 2]. One table for each block.
struct MixedRope {
    Size2 grid = 1;
    int64_t head_size = 64, heads = 12, depth = 12;
    bool xy = true;
    int64_t prefix = 0;
};
std::vector<Rope> mixed_rope(Net& net, const Key& key, const MixedRope& rope);

// Tables from angles [rows, head_size / 2], one of each pair; `prefix` rows that do not turn come first.
Rope rope_of_angles(Net& net, const std::vector<double>& angles, int64_t head_size, bool half,
                    int64_t prefix);

}  // namespace lathe::zoo::nn
