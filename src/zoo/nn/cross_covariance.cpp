#include "zoo/nn/cross_covariance.h"

#include <cmath>
#include <numbers>

namespace lathe::zoo::nn {
namespace {

constexpr double kTemperature = 10000;

}  // namespace

Tensor fourier_features(Size2 grid) {
    TensorBuilder builder(DType::kF32, {1, 2 * kFourierFeatures, grid.h, grid.w});
    auto values = builder.values<float>();
    size_t at = 0;
    for (int64_t channel = 0; channel < 2 * kFourierFeatures; ++channel)
        for (int64_t y = 0; y < grid.h; ++y)
            for (int64_t x = 0; x < grid.w; ++x) {
                const int64_t place = channel < kFourierFeatures ? y : x,
                              size = channel < kFourierFeatures ? grid.h : grid.w,
                              i = channel % kFourierFeatures;
                const double turn = static_cast<double>(place + 1) / (static_cast<double>(size) + 1e-6) * 2 *
                                    std::numbers::pi;
                const double angle =
                    turn / std::pow(kTemperature, static_cast<double>(i / 2 * 2) / kFourierFeatures);
                values[at++] = static_cast<float>(i % 2 == 0 ? std::sin(angle) : std::cos(angle));
            }
    return builder.finish();
}

ValueId cross_covariance(Net& net, const Key& key, ValueId x, int64_t heads) {
    const int64_t width = net.dim(x, -1), length = net.dim(x, 1);
    const auto qkv = net.chunk(net.linear(key / "qkv", x, 3 * width), -1, 3);
    const auto turned = [&](ValueId y) {
        return net.transpose(net.reshape(y, {kBatch, length, heads, width / heads}), {0, 2, 3, 1});
    };
    const ValueId q =
        net.mul(net.l2_normalize(turned(qkv[0]), -1), net.param(key / "temperature", {heads, 1, 1}));
    const ValueId k = net.l2_normalize(turned(qkv[1]), -1);
    x = net.attention(q, k, turned(qkv[2]), kNoValue, 1.0);  // [batch, heads, size, L]
    x = net.reshape(net.transpose(x, {0, 3, 1, 2}), {kBatch, length, width});
    return net.mark(key, net.linear(key / "proj", x, width));
}

}  // namespace lathe::zoo::nn
