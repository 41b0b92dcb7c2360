#include "zoo/nn/conv_norm_act.h"

namespace lathe::zoo::nn {

ValueId conv_norm_act(Net& net, const Key& key, ValueId x, const Conv& conv, Act act, const NormAct& norm,
                      AntiAlias aa) {
    const bool strides_later = aa != AntiAlias::kNone && conv.stride.h > 1;
    Conv dense = conv;
    if (strides_later) dense.stride = 1;
    x = norm_act(net, key / "bn", net.conv(key / "conv", x, dense), norm, act);
    if (strides_later) x = anti_alias(net, key / "aa", x, aa, conv.stride.h);
    return net.mark(key, x);
}

ValueId separable_conv(Net& net, const Key& key, ValueId x, const Conv& conv) {
    Conv depthwise = conv;
    depthwise.out = depthwise.groups = net.channels(x);
    depthwise.bias = false;
    x = net.conv(key / "conv_dw", x, depthwise);
    return net.mark(key, net.conv(key / "conv_pw", x, {.out = conv.out, .bias = conv.bias}));
}

ValueId separable_conv_norm_act(Net& net, const Key& key, ValueId x, const Conv& conv, Act act,
                                const NormAct& norm) {
    return net.mark(key, norm_act(net, key / "bn", separable_conv(net, key, x, conv), norm, act));
}

}  // namespace lathe::zoo::nn
