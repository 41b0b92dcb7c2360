// Attention over channels: the image times a gate that is worked out from what all its pixels have in common.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// timm's SEModule: Hu et al., "Squeeze-and-Excitation Networks", 2017. key.fc1, key.bn (with norm), key.fc2.
struct SqueezeExcite {
    int64_t reduced =
        0;  // channels between the layers; 0: ratio * channels, made divisible (never rounded up)
    double ratio = 1.0 / 16;
    int64_t divisor = 8;
    Act act = Act::kRelu, gate = Act::kSigmoid;
    bool bias = true;
    bool norm = false;
};
ValueId squeeze_excite(Net& net, const Key& key, ValueId x, const SqueezeExcite& se = {});

// timm's EffectiveSEModule: Lee & Park, "CenterMask", 2019. key.fc alone.
ValueId effective_squeeze_excite(Net& net, const Key& key, ValueId x, Act gate = Act::kHardSigmoid);

// timm's EcaModule: Wang et al., "ECA-Net", 2019. key.conv is a convolution along the channels; its width follows from
// their number, or from `channels` (networks that lost some of theirs keep the width).
ValueId efficient_channel_attention(Net& net, const Key& key, ValueId x, Act gate = Act::kSigmoid,
                                    int64_t channels = 0);

// timm's GlobalContext: Cao et al., "GCNet", 2019. key.conv_attn weighs the pixels; their sum goes through key.mlp_add
// and is added ("gca"), or through key.mlp_scale and is the gate ("gc").
struct GlobalContext {
    bool add = true;  // else it scales
    int64_t reduced = 0;
    double ratio = 1.0 / 8;
    int64_t divisor = 1;
    Act act = Act::kRelu, gate = Act::kSigmoid;
};
ValueId global_context(Net& net, const Key& key, ValueId x, const GlobalContext& context = {});

// timm's create_attn: a kind, and what is changed of its defaults.
struct ChannelAttention {
    enum Kind : uint8_t { kNone, kSe, kEse, kEca, kGc, kGca } kind = kNone;
    double ratio = 0;  // 0: the kind's own
    int64_t divisor = 0;  // 0: the kind's own
    Act act = Act::kRelu;  // between the layers
    Act gate = Act::kSigmoid;  // kEse has kHardSigmoid always
    int64_t channels = 0;  // kEca: `channels` above
};
ValueId channel_attention(Net& net, const Key& key, ValueId x, const ChannelAttention& attention);

}  // namespace lathe::zoo::nn
