#include "zoo/nn/norm_act.h"

namespace lathe::zoo::nn {
namespace {

constexpr int64_t kUsualGroups = 32;

ValueId along_channels(Net& net, const Key& key, int64_t channels) {
    return net.constant(key.text(), net.tensor(key, {channels}).reshaped({channels, 1, 1}));
}

// [batch, C, H, W] -> x / sqrt(variance of the group + epsilon), in the shape of x.
ValueId divide_by_group_deviation(Net& net, ValueId x, ValueId gated, int64_t groups, double epsilon) {
    const int64_t channels = net.channels(x);
    const Size2 size = net.size(x);
    const ValueId parts = net.reshape(x, {kBatch, groups, channels / groups * size.h * size.w});
    const ValueId centred = net.sub(parts, net.mean(parts, {2}, true));
    const ValueId variance = net.mean(net.mul(centred, centred), {2}, true);
    const ValueId deviation = net.unary("sqrt", net.add(variance, epsilon));  // [batch, groups, 1]
    const ValueId divided =
        net.div(net.reshape(gated, {kBatch, groups, channels / groups * size.h * size.w}), deviation);
    return net.reshape(divided, {kBatch, channels, size.h, size.w});
}

// always: the deviation divides also where there is no activation.
ValueId evo_norm_s0(Net& net, const Key& key, ValueId x, int64_t groups, double epsilon, bool active,
                    bool always) {
    const int64_t channels = net.channels(x);
    ValueId gated = x;
    if (active)
        gated = net.mul(x, net.act(net.mul(x, along_channels(net, key / "v", channels)), Act::kSigmoid));
    if (active || always) x = divide_by_group_deviation(net, x, gated, groups, epsilon);
    return net.add(net.mul(x, along_channels(net, key / "weight", channels)),
                   along_channels(net, key / "bias", channels));
}

ValueId filter_response_norm(Net& net, const Key& key, ValueId x, double epsilon, bool active) {
    const int64_t channels = net.channels(x);
    const ValueId square = net.mean(net.mul(x, x), {2, 3}, true);  // [batch, C, 1, 1]
    x = net.div(x, net.unary("sqrt", net.add(square, epsilon)));
    x = net.add(net.mul(x, along_channels(net, key / "weight", channels)),
                along_channels(net, key / "bias", channels));
    return active ? net.b.add("max", {x, along_channels(net, key / "tau", channels)}) : x;
}

}  // namespace

ValueId norm_act(Net& net, const Key& key, ValueId x, const NormAct& norm, Act act) {
    const int64_t groups = norm.group_size > 0 ? net.channels(x) / norm.group_size : kUsualGroups;
    switch (norm.kind) {
        case NormAct::kBatch: return net.batch_norm(key, x, act, norm.epsilon);
        case NormAct::kGroup: x = net.group_norm(key, x, groups, norm.epsilon); break;
        case NormAct::kLayer: x = net.layer_norm_2d(key, x, norm.epsilon); break;
        case NormAct::kRms: x = net.rms_norm_2d(key, x, norm.epsilon); break;
        case NormAct::kEvoS0:
        case NormAct::kEvoS0a:
            return net.mark(key, evo_norm_s0(net, key, x, groups, norm.epsilon, act != Act::kNone,
                                             norm.kind == NormAct::kEvoS0a));
        case NormAct::kFilterResponse:
            return net.mark(key, filter_response_norm(net, key, x, norm.epsilon, act != Act::kNone));
    }
    return net.mark(key, net.act(x, act));
}

}  // namespace lathe::zoo::nn
