#include "passes/weight_codes.h"

#include <algorithm>
#include <cmath>

namespace lathe::passes {
namespace {

double largest_weight_code(DType dtype, bool seven_bits) {
    if (dtype == DType::kF8E4M3) return 448;
    return seven_bits ? 63 : 127;
}

Status check_finite(const Tensor& weight) {
    const int64_t at = first_non_finite(weight);
    return at < 0 ? Status{} : fail("element {} of its weight is not a number or infinite", at);
}

// The sizes before and behind an axis.
struct Around {
    size_t outer = 1, channels = 1, inner = 1;
    Around(const Shape& shape, size_t axis) {
        for (size_t i = 0; i < shape.size(); ++i)
            (i < axis ? outer : i == axis ? channels : inner) *= static_cast<size_t>(shape[i]);
    }
};

// Scale of one block: of some candidates the one with the least squared error.
float best_scale(std::span<const float> values, size_t stride, size_t count, double low, double high) {
    double largest = 0;
    for (size_t i = 0; i < count; ++i) largest = std::max(largest, std::fabs(double{values[i * stride]}));
    if (largest == 0) return 1;
    double least = HUGE_VAL;
    float best = 1;
    for (int step = 0; step <= 12; ++step) {
        const auto scale = static_cast<float>(largest / (high - 0.5 + 0.25 * step));
        double error = 0;
        for (size_t i = 0; i < count; ++i) {
            const double v = values[i * stride];
            const double q = std::clamp(std::nearbyint(v / scale), low, high) * scale;
            error += (v - q) * (v - q);
        }
        if (error < least) least = error, best = scale;
    }
    return best;
}

}  // namespace

Result<ChannelCodes> channel_codes(const Tensor& weight, size_t axis, DType dtype, bool seven_bits,
                                   std::span<const float> at_least) {
    TRY_STATUS(check_finite(weight));
    const Tensor plain = weight.to(DType::kF32).to_contiguous();
    const auto values = plain.values<float>();
    const Around around(plain.shape(), axis);
    const double most = largest_weight_code(dtype, seven_bits);
    std::vector<float> largest(around.channels, 0), scale(around.channels, 1);
    const auto for_each_row = [&](const auto& use) {
        for (size_t o = 0; o < around.outer; ++o)
            for (size_t c = 0; c < around.channels; ++c) use(c, (o * around.channels + c) * around.inner);
    };
    for_each_row([&](size_t c, size_t at) {
        for (size_t i = 0; i < around.inner; ++i)
            largest[c] = std::max(largest[c], std::fabs(values[at + i]));
    });
    for (size_t c = 0; c < around.channels; ++c) {
        const float least = at_least.empty() ? 0 : at_least[c];
        const auto wanted = std::max(static_cast<float>(largest[c] / most), least);
        if (wanted > 0) scale[c] = wanted;
    }
    if (dtype == DType::kF8E4M3) {
        TensorBuilder scaled(DType::kF32, plain.shape());
        const auto out = scaled.values<float>();
        for_each_row([&](size_t c, size_t at) {
            for (size_t i = 0; i < around.inner; ++i) out[at + i] = values[at + i] / scale[c];
        });
        return ChannelCodes{scaled.finish().to(dtype), std::move(scale)};
    }
    TensorBuilder codes(dtype, plain.shape());
    const auto bytes = codes.bytes();
    const int zero = dtype == DType::kU8 ? 128 : 0;
    for_each_row([&](size_t c, size_t at) {
        for (size_t i = 0; i < around.inner; ++i) {
            const double code = std::clamp(std::nearbyint(double{values[at + i]} / scale[c]), -most, most);
            bytes[at + i] = static_cast<std::byte>(static_cast<int>(code) + zero);
        }
    });
    return ChannelCodes{codes.finish(), std::move(scale)};
}

Result<BlockCodes> block_codes(const Tensor& matrix, size_t axis, int64_t block, DType dtype) {
    TRY_STATUS(check_finite(matrix));
    const Tensor plain = matrix.to(DType::kF32).to_contiguous();
    const auto values = plain.values<float>();
    const Around around(plain.shape(), axis);
    const auto step = static_cast<size_t>(block), blocks = (around.channels + step - 1) / step;
    const double high = dtype == DType::kI4 ? 7 : 127, low = -high - 1;
    Shape scale_shape = plain.shape();
    scale_shape[axis] = static_cast<int64_t>(blocks);
    TensorBuilder scales(DType::kF32, scale_shape);
    std::vector<int64_t> codes(values.size());
    for (size_t o = 0; o < around.outer; ++o)
        for (size_t b = 0; b < blocks; ++b)
            for (size_t i = 0; i < around.inner; ++i) {
                const size_t first = (o * around.channels + b * step) * around.inner + i,
                             count = std::min(step, around.channels - b * step);
                const float scale = best_scale(values.subspan(first), around.inner, count, low, high);
                scales.values<float>()[(o * blocks + b) * around.inner + i] = scale;
                for (size_t k = 0; k < count; ++k) {
                    const size_t at = first + k * around.inner;
                    codes[at] = static_cast<int64_t>(
                        std::clamp(std::nearbyint(double{values[at]} / scale), low, high));
                }
            }
    return BlockCodes{tensor_from_ints(dtype, plain.shape(), codes), scales.finish()};
}

}  // namespace lathe::passes
