// The feed-forward halves of transformer blocks (timm.layers.mlp). Sequences [batch, L, C] or channels-last images,
// over the last axis; with `conv`, images [batch, C, H, W] and 1 x 1 convolutions.
#pragma once
#include "zoo/nn/norm.h"

namespace lathe::zoo::nn {

struct Mlp {
    int64_t hidden = 0;
    int64_t out = 0;  // 0: as many as x has
    Act act = Act::kGelu;
    Norm norm = kNoNorm;  // between the two layers
    bool bias = true;  // of both
    bool conv = false;
};

// timm's Mlp: fc2(norm(act(fc1 x))).
ValueId mlp(Net& net, const Key& key, ValueId x, const Mlp& mlp);
// timm's GluMlp: fc1 makes `hidden` channels, one half of them the gate of the other. Shazeer, "GLU Variants Improve
// Transformer", 2020. gate_last: a * act(b), else act(a) * b (SwiGLUPacked, with kSilu).
ValueId glu_mlp(Net& net, const Key& key, ValueId x, const Mlp& mlp, bool gate_last = true);
// timm's SwiGLU: fc2(norm(act(fc1_g x) * fc1_x x)); `hidden` is that of each.
ValueId swiglu(Net& net, const Key& key, ValueId x, const Mlp& mlp);
// timm's ConvMlp: fc2(act(norm(fc1 x))), 1 x 1 convolutions.
ValueId conv_mlp(Net& net, const Key& key, ValueId x, const Mlp& mlp);
// timm's GlobalResponseNormMlp: fc2(grn(act(fc1 x))) over channels-last images [batch, H, W, C], or with `conv` others.
ValueId grn_mlp(Net& net, const Key& key, ValueId x, const Mlp& mlp);

}  // namespace lathe::zoo::nn
