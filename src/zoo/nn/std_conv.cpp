#include "zoo/nn/std_conv.h"

#include <cmath>

namespace lathe::zoo::nn {
namespace {

// (w - mean) / sqrt(variance + epsilon) * scales[output], over the weights of each output.
Tensor standardised(const Tensor& weight, double epsilon, std::span<const double> scales) {
    const auto from = weight.values<float>();
    TensorBuilder builder(DType::kF32, weight.shape());
    auto to = builder.values<float>();
    const size_t outputs = static_cast<size_t>(weight.dim(0)), each = from.size() / outputs;
    for (size_t o = 0; o < outputs; ++o) {
        const auto row = from.subspan(o * each, each);
        double mean = 0, variance = 0;
        for (const float value : row) mean += static_cast<double>(value) / static_cast<double>(each);
        for (const float value : row) variance += (value - mean) * (value - mean) / static_cast<double>(each);
        const double scale = scales[o] / std::sqrt(variance + epsilon);
        for (size_t i = 0; i < each; ++i) to[o * each + i] = static_cast<float>((row[i] - mean) * scale);
    }
    return builder.finish();
}

Shape weight_shape(const Net& net, ValueId x, const Conv& conv) {
    return {conv.out, net.channels(x) / conv.groups, conv.kernel.h, conv.kernel.w};
}

}  // namespace

ValueId std_conv(Net& net, const Key& key, ValueId x, const Conv& conv, double epsilon) {
    const Shape shape = weight_shape(net, x, conv);
    const ValueId weight = net.computed(key / "weight", shape, shape, [&](const Tensor& found) {
        return standardised(found, epsilon, std::vector<double>(static_cast<size_t>(conv.out), 1));
    });
    return net.conv(key, x, conv, weight);
}

ValueId scaled_std_conv(Net& net, const Key& key, ValueId x, const Conv& conv, double gamma, double epsilon) {
    const Shape shape = weight_shape(net, x, conv);
    const Tensor gain = net.tensor(key / "gain", {conv.out, 1, 1, 1});
    const ValueId weight = net.computed(key / "weight", shape, shape, [&](const Tensor& found) {
        std::vector<double> scales = gain.to_doubles();
        for (double& scale : scales)
            scale *= gamma / std::sqrt(static_cast<double>(shape[1] * shape[2] * shape[3]));
        return standardised(found, epsilon, scales);
    });
    return net.conv(key, x, conv, weight);
}

}  // namespace lathe::zoo::nn
