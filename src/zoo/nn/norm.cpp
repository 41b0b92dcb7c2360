#include "zoo/nn/norm.h"

namespace lathe::zoo::nn {

ValueId norm(Net& net, const Key& key, ValueId x, const Norm& norm) {
    switch (norm.kind) {
        case Norm::kNone: return x;
        case Norm::kLayer: return net.layer_norm(key, x, norm.epsilon, norm.bias, norm.affine);
        case Norm::kRms: return net.rms_norm(key, x, norm.epsilon, norm.affine);
        case Norm::kBatch: return net.batch_norm(key, x, Act::kNone, norm.epsilon, norm.affine);
    }
    return x;
}

ValueId norm_2d(Net& net, const Key& key, ValueId x, const Norm& norm) {
    switch (norm.kind) {
        case Norm::kLayer: return net.layer_norm_2d(key, x, norm.epsilon, norm.bias);
        case Norm::kRms: return net.rms_norm_2d(key, x, norm.epsilon, norm.affine);
        default: return nn::norm(net, key, x, norm);
    }
}

}  // namespace lathe::zoo::nn
