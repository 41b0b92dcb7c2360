#include "zoo/nn/squeeze_excite.h"

#include <algorithm>
#include <cmath>

#include "zoo/nn/channels.h"

namespace lathe::zoo::nn {
namespace {

int64_t reduced_channels(int64_t channels, int64_t reduced, double ratio, int64_t divisor) {
    return reduced > 0 ? reduced : make_divisible(static_cast<double>(channels) * ratio, divisor, 0, 0);
}

// timm's ConvMlp with a LayerNorm between: [batch, C, 1, 1] -> the same.
ValueId context_mlp(Net& net, const Key& key, ValueId x, int64_t hidden, Act act) {
    const int64_t channels = net.channels(x);
    x = net.conv(key / "fc1", x, {.out = hidden, .bias = true});
    x = net.act(net.layer_norm_2d(key / "norm", x, 1e-6), act);
    return net.mark(key, net.conv(key / "fc2", x, {.out = channels, .bias = true}));
}

}  // namespace

ValueId squeeze_excite(Net& net, const Key& key, ValueId x, const SqueezeExcite& se) {
    const int64_t channels = net.channels(x),
                  reduced = reduced_channels(channels, se.reduced, se.ratio, se.divisor);
    ValueId gate = net.conv(key / "fc1", net.mean(x, {2, 3}, true),
                            {.out = reduced, .bias = se.bias});  // [batch, reduced, 1, 1]
    gate = se.norm ? net.batch_norm(key / "bn", gate, se.act) : net.act(gate, se.act);
    gate = net.act(net.conv(key / "fc2", gate, {.out = channels, .bias = se.bias}), se.gate);
    return net.mark(key, net.mul(x, gate));
}

ValueId effective_squeeze_excite(Net& net, const Key& key, ValueId x, Act gate) {
    const ValueId y = net.conv(key / "fc", net.mean(x, {2, 3}, true), {.out = net.channels(x), .bias = true});
    return net.mark(key, net.mul(x, net.act(y, gate)));
}

ValueId efficient_channel_attention(Net& net, const Key& key, ValueId x, Act gate, int64_t channels) {
    const int64_t counted = channels > 0 ? channels : net.channels(x);
    const auto width = static_cast<int64_t>(std::abs(std::log2(static_cast<double>(counted)) + 1) / 2);
    const int64_t kernel = std::max<int64_t>(width % 2 == 1 ? width : width + 1, 3);
    ValueId y = net.unsqueeze(net.mean(x, {2, 3}), {1});  // [batch, 1, C]
    y = net.act(net.conv1d(key / "conv", y, 1, kernel, kernel / 2), gate);
    return net.mark(key, net.mul(x, net.reshape(y, {kBatch, net.channels(x), 1, 1})));
}

ValueId global_context(Net& net, const Key& key, ValueId x, const GlobalContext& context) {
    const int64_t channels = net.channels(x),
                  hidden = reduced_channels(channels, context.reduced, context.ratio, context.divisor);
    ValueId weights = net.conv(key / "conv_attn", x, {.out = 1, .bias = true});
    weights = net.softmax(net.flatten(weights, 2));  // [batch, 1, H*W]
    ValueId sum = net.matmul(net.flatten(x, 2), net.transpose(weights, {0, 2, 1}));  // [batch, C, 1]
    sum = net.unsqueeze(sum, {3});
    if (context.add)
        return net.mark(key, net.add(x, context_mlp(net, key / "mlp_add", sum, hidden, context.act)));
    return net.mark(key, net.mul(x, net.act(context_mlp(net, key / "mlp_scale", sum, hidden, context.act),
                                            context.gate)));
}

ValueId channel_attention(Net& net, const Key& key, ValueId x, const ChannelAttention& a) {
    switch (a.kind) {
        case ChannelAttention::kNone: return x;
        case ChannelAttention::kSe:
            return squeeze_excite(net, key, x,
                                  {.ratio = a.ratio > 0 ? a.ratio : 1.0 / 16,
                                   .divisor = a.divisor > 0 ? a.divisor : 8,
                                   .act = a.act,
                                   .gate = a.gate});
        case ChannelAttention::kEse: return effective_squeeze_excite(net, key, x);
        case ChannelAttention::kEca: return efficient_channel_attention(net, key, x, a.gate, a.channels);
        case ChannelAttention::kGc:
        case ChannelAttention::kGca:
            return global_context(net, key, x,
                                  {.add = a.kind == ChannelAttention::kGca,
                                   .ratio = a.ratio > 0 ? a.ratio : 1.0 / 8,
                                   .divisor = a.divisor > 0 ? a.divisor : 1,
                                   .act = a.act,
                                   .gate = a.gate});
    }
    return x;
}

}  // namespace lathe::zoo::nn
