#include "ops/interpolate.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

namespace lathe::ops {
namespace {

template <class Enum>
Result<Enum> named(std::string_view name, std::span<const std::string_view> names) {
    std::string all;
    for (size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<Enum>(i);
        all += (i ? ", " : "") + std::string(names[i]);
    }
    return fail("the mode '{}' is none of {}", name, all);
}

// The coordinate of element `at` of the result, in elements of the axis before.
double coordinate(const AxisResize& axis, int64_t at) {
    const auto x = static_cast<double>(at), last = static_cast<double>(axis.size - 1);
    const double half_pixel = (x + 0.5) / axis.scale - 0.5;
    switch (axis.coordinates) {
        case CoordinateMode::kHalfPixel: return half_pixel;
        case CoordinateMode::kHalfPixelSymmetric: {
            const double adjustment = static_cast<double>(axis.new_size) / axis.new_length;
            return static_cast<double>(axis.size) / 2 * (1 - adjustment) + half_pixel;
        }
        case CoordinateMode::kPytorchHalfPixel: return axis.new_size > 1 ? half_pixel : 0;
        case CoordinateMode::kAlignCorners:
            return axis.new_length == 1 ? 0 : x * last / (axis.new_length - 1);
        case CoordinateMode::kAsymmetric: return x / axis.scale;
        case CoordinateMode::kTfHalfPixelForNn: return (x + 0.5) / axis.scale;
        case CoordinateMode::kTfCropAndResize:
            if (axis.new_length == 1) return 0.5 * (axis.start + axis.end) * last;
            return axis.start * last + x * (axis.end - axis.start) * last / (axis.new_length - 1);
    }
    return 0;
}

double rounded(double x, NearestMode mode) {
    switch (mode) {
        case NearestMode::kRoundPreferFloor: return std::ceil(x - 0.5);
        case NearestMode::kRoundPreferCeil: return std::floor(x + 0.5);
        case NearestMode::kFloor: return std::floor(x);
        case NearestMode::kCeil: return std::ceil(x);
    }
    return x;
}

// The kernel stands on x; every element under it weighs what the kernel says there.
std::vector<Taps::Tap> kernel_taps(const AxisResize& axis, double x) {
    const double squeeze = axis.antialias ? std::min(axis.scale, 1.0) : 1.0;
    const bool linear = axis.interpolation == Interpolation::kLinear;
    const double reach = (linear ? 1 : 2) / squeeze;
    std::vector<Taps::Tap> taps;
    double sum = 0;
    for (double at = std::floor(x - reach) + 1; at < x + reach; ++at) {
        const double distance = std::abs(at - x) * squeeze;
        const double weight = linear ? std::max(0.0, 1 - distance) : cubic_weight(distance, axis.cubic_a);
        const bool inside = at >= 0 && at < static_cast<double>(axis.size);
        if (weight == 0 || (axis.exclude_outside && !inside)) continue;
        taps.push_back(
            {static_cast<int64_t>(std::clamp(at, 0.0, static_cast<double>(axis.size - 1))), weight});
        sum += weight;
    }
    for (auto& tap : taps) tap.weight /= sum;
    return taps;
}

}  // namespace

Result<Interpolation> interpolation_named(std::string_view name) {
    static constexpr std::string_view kNames[] = {"nearest", "linear", "cubic"};
    return named<Interpolation>(name, kNames);
}
Result<CoordinateMode> coordinate_mode_named(std::string_view name) {
    static constexpr std::string_view kNames[] = {
        "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners",
        "asymmetric", "tf_half_pixel_for_nn", "tf_crop_and_resize"};
    return named<CoordinateMode>(name, kNames);
}
Result<NearestMode> nearest_mode_named(std::string_view name) {
    static constexpr std::string_view kNames[] = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
    return named<NearestMode>(name, kNames);
}

double cubic_weight(double x, double a) {
    x = std::abs(x);
    if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

std::vector<Taps> axis_taps(const AxisResize& axis) {
    std::vector<Taps> result(static_cast<size_t>(axis.new_size));
    for (size_t i = 0; i < result.size(); ++i) {
        // Far outside everything is the edge; the bound keeps wild coordinates (tiny scales) countable.
        const auto far = static_cast<double>(axis.size) + 8;
        const double found = coordinate(axis, static_cast<int64_t>(i));
        const double x = std::isfinite(found) ? std::clamp(found, -8.0, far) : 0;
        result[i].outside = axis.coordinates == CoordinateMode::kTfCropAndResize &&
                            (found < 0 || found > static_cast<double>(axis.size - 1));
        if (axis.interpolation == Interpolation::kNearest) {
            const double at = std::clamp(rounded(x, axis.nearest), 0.0, static_cast<double>(axis.size - 1));
            result[i].taps = {{static_cast<int64_t>(at), 1.0}};
        } else {
            result[i].taps = kernel_taps(axis, x);
        }
    }
    return result;
}

std::vector<double> apply_taps(const std::vector<double>& values, Shape& shape, int axis,
                               const std::vector<Taps>& taps, double extrapolation) {
    const int64_t outer = element_count(std::span(shape).first(axis)),
                  inner = element_count(std::span(shape).subspan(axis + 1));
    const int64_t size = std::exchange(shape[axis], static_cast<int64_t>(taps.size()));
    std::vector<double> result(static_cast<size_t>(element_count(shape)), 0.0);
    double* to = result.data();
    for (int64_t block = 0; block < outer; ++block)
        for (const Taps& element : taps) {
            if (element.outside) std::fill_n(to, inner, extrapolation);
            for (const auto& tap : element.taps) {
                if (element.outside) break;
                const double* from = values.data() + (block * size + tap.index) * inner;
                for (int64_t i = 0; i < inner; ++i) to[i] += tap.weight * from[i];
            }
            to += inner;
        }
    return result;
}

}  // namespace lathe::ops
