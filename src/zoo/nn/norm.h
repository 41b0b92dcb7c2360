// Norm: which normalisation an architecture uses, where it is a choice (timm's norm_layer). The defaults of epsilon are
// those of timm.layers: 1e-6.
#pragma once
#include <optional>

#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

struct Norm {
    enum Kind : uint8_t { kNone, kLayer, kRms, kBatch, kSimple } kind = kLayer;
    double epsilon = 1e-6;
    bool bias = true;  // kLayer
    bool affine = true;  // weight and bias
    constexpr Norm() = default;
    constexpr Norm(Kind kind, double epsilon = 1e-6) : kind(kind), epsilon(epsilon) {}  // NOLINT
};
inline constexpr Norm kNoNorm{Norm::kNone};

// Over the last axis (kBatch: over axis 1).
ValueId norm(Net& net, const Key& key, ValueId x, const Norm& norm);
// Over the channels of an image [batch, C, H, W].
ValueId norm_2d(Net& net, const Key& key, ValueId x, const Norm& norm);

}  // namespace lathe::zoo::nn
