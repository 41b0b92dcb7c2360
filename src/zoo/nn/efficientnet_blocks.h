// The blocks of mobile networks: MobileNets (Howard et al. 2017, Sandler et al. 2018, Howard et al. 2019, Qin et al.
// 2024), EfficientNets (Tan & Le 2019, 2021) and their relatives.
#pragma once
#include <functional>
#include <optional>

#include "zoo/nn/blur_pool.h"
#include "zoo/nn/channels.h"
#include "zoo/nn/norm_act.h"

namespace lathe::zoo::nn {

// One block. Which fields count depends on the kind.
struct MobileBlock {
    enum Kind : uint8_t {
        kConv,  // conv, norm, activation
        kDepthwise,  // depthwise, pointwise
        kInverted,  // pointwise to `expand` times the channels, depthwise, pointwise (MBConv)
        kEdge,  // full convolution to `expand` times the channels, pointwise (fused MBConv)
        kUniversal,  // inverted with depthwise convolutions at three optional places
        kMultiQuery,  // attention with one key and value
        kMultiHead,
    } kind = kInverted;
    int64_t out = 0;
    int64_t stride = 1;
    Ints kernel{3};  // of the depthwise or the full convolution; several: mixed
    Ints start{1},
        end{1};  // of the pointwise ones; kUniversal: of the depthwise ones before and after, {0}: none
    double expand = 1;
    double squeeze = 0;  // squeeze-and-excitation: its share of the channels; 0: none
    int64_t squeezed = 0;  // or its number of channels
    int64_t middle = 0;  // the expanded channels; 0: as `expand` says
    int64_t force_in = 0;  // kEdge: expand these, not x's
    std::optional<Act> act;  // nothing: the network's
    std::optional<bool> skip;  // nothing: where the shapes allow it; true asks a kConv for it
    bool last_act = false;  // kDepthwise: an activation at the end
    std::optional<int64_t>
        group_size;  // of the convolution; 0: one group. Nothing: depthwise, or one group of kEdge and kConv
    int64_t experts = 0;  // > 0: conditional convolutions
    int space_to_depth = 0;  // 1: begins with conv_s2d, four times the channels from here on; 2: within
    int64_t heads = 8, head_size = 64, kv_stride = 1;  // attention
};

// timm's SqueezeExcite of these networks: key.conv_reduce, key.conv_expand.
struct MobileSqueeze {
    Act gate = Act::kSigmoid;
    std::optional<Act> act;  // nothing: the block's
    std::optional<ChannelRounding> rounding;  // nothing: to the nearest integer
};
ValueId mobile_squeeze_excite(Net& net, const Key& key, ValueId x, int64_t squeezed, Act act, Act gate);

// What the blocks of a network share.
struct MobileStyle {
    Act act = Act::kRelu;
    NormAct norm = {};
    Padding padding = {};
    MobileSqueeze squeeze = {};
    bool layer_scale = false;  // kUniversal and attention: layer_scale.gamma
    // Another module in the place of squeeze-and-excitation, given the share of x's channels and the block's activation.
    std::function<ValueId(Net& net, const Key& key, ValueId x, double share, Act act)> attend;
    AntiAlias aa = AntiAlias::kNone;  // what strides in the place of a convolution, at key.aa
};

ValueId mobile_block(Net& net, const Key& key, ValueId x, const MobileBlock& block, const MobileStyle& style);

}  // namespace lathe::zoo::nn
