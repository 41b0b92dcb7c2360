#include "zoo/nn/norm.h"

namespace lathe::zoo::nn {
namespace {

// timm's SimpleNorm: x * weight / sqrt(variance + epsilon), the variance with one degree of freedom less.
ValueId simple_norm(Net& net, const Key& key, ValueId x, const Norm& norm) {
    net.b.scope(key.text() + "/");
    const auto count = static_cast<double>(net.dim(x, -1));
    const ValueId centred = net.sub(x, net.mean(x, {-1}, true));
    const ValueId squares = net.mean(net.mul(centred, centred), {-1}, true);
    const ValueId variance = net.mul(squares, count / (count - 1));
    const ValueId deviation = net.unary("sqrt", net.add(variance, norm.epsilon));
    ValueId y = net.div(x, deviation);
    if (norm.affine) y = net.scale(key / "weight", y);
    return net.mark(key, y);
}

}  // namespace

ValueId norm(Net& net, const Key& key, ValueId x, const Norm& norm) {
    switch (norm.kind) {
        case Norm::kNone: return x;
        case Norm::kLayer: return net.layer_norm(key, x, norm.epsilon, norm.bias, norm.affine);
        case Norm::kRms: return net.rms_norm(key, x, norm.epsilon, norm.affine);
        case Norm::kSimple: return simple_norm(net, key, x, norm);
        case Norm::kBatch: return net.batch_norm(key, x, Act::kNone, norm.epsilon, norm.affine);
    }
    return x;
}

ValueId norm_2d(Net& net, const Key& key, ValueId x, const Norm& norm) {
    switch (norm.kind) {
        case Norm::kLayer: return net.layer_norm_2d(key, x, norm.epsilon, norm.bias);
        case Norm::kRms: return net.rms_norm_2d(key, x, norm.epsilon, norm.affine);
        case Norm::kSimple:
            return net.mark(key, net.channels_first(simple_norm(net, key, net.channels_last(x), norm)));
        default: return nn::norm(net, key, x, norm);
    }
}

}  // namespace lathe::zoo::nn
