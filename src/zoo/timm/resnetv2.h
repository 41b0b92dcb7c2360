// ResNetV2 as a network of its own and as what other networks see images through.
#pragma once
#include "zoo/nn/norm_act.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {

struct ResNetV2 {
    enum Stem : uint8_t {
        kPlain,  // one convolution of 7 x 7
        kFixed,  // the same, its pool padded with zeros
        kSame,   // the same, its pool padded as TensorFlow does
        kDeep,   // three of 3 x 3, of widths w / 2, w / 2, w
        kTiered  // 3 w / 8, w / 2, w
    };
    enum Convs : uint8_t { kDense, kStandardised, kStandardisedSame };
    enum Block : uint8_t {
        kBasic,
        kBottleneck,
        kPostNorm /* a bottleneck with norms after its convolutions */
    };

    std::array<int, 4> layers;  // 0: no such stage
    std::array<int64_t, 4> channels{256, 512, 1024, 2048};
    Block block = kBottleneck;
    Stem stem = kPlain;
    bool average_down = false;  // projections pool before they convolve
    Convs convs = kDense;
    double epsilon = 1e-6;  // of standardised convolutions
    nn::NormAct norm = {};
    int64_t width_factor = 1;
};

// key.conv …, a pool: [batch, 3, H, W] -> [batch, 64 width_factor, H/4, W/4].
ValueId resnet_v2_stem(Net& net, const Key& key, ValueId x, const ResNetV2& config);
// key.stem, key.stages and, but for kPostNorm, key.norm.
ValueId resnet_v2_features(Net& net, const Key& key, ValueId x, const ResNetV2& config);

}  // namespace lathe::zoo::timm
