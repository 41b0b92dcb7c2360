// A norm of an image and the activation after it, as one module: timm's …NormAct layers, of which a network chooses one
// kind for all its places.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

struct NormAct {
    enum Kind : uint8_t {
        kBatch,
        kGroup,
        kLayer /* over the channels of each pixel */,
        kRms,
        kEvoS0,
        kEvoS0a,
        kFilterResponse
    } kind = kBatch;
    double epsilon = 1e-5;
    int64_t group_size = 0;  // kGroup, kEvoS0: channels of a group; 0: 32 groups
};

// kEvoS0: Liu et al., "Evolving Normalization-Activation Layers", 2020: x * sigmoid(v x) / std of x's group, weight and
// bias; its activation is its own, and without one (kNone) only weight and bias are left.
// kEvoS0a: the same, but the deviation divides even without an activation; timm's epsilon for it is 1e-3.
// kFilterResponse: Singh & Krishnan, "Filter Response Normalization Layer", 2019: x / sqrt(mean of x^2 over the pixels),
// weight and bias; its activation is the maximum with key.tau.
ValueId norm_act(Net& net, const Key& key, ValueId x, const NormAct& norm, Act act = Act::kNone);

}  // namespace lathe::zoo::nn
