#include "quant/sweep.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/number_codecs.h"
#include "base/vector_clones.h"

namespace lathe::quant {
namespace {

#define LATHE_INLINE [[gnu::always_inline]] inline

constexpr size_t kLanes = 8;

using Floats [[gnu::vector_size(32)]] = float;
using Words [[gnu::vector_size(32)]] = uint32_t;
using Signed [[gnu::vector_size(32)]] = int32_t;

LATHE_INLINE Floats load(const float* from) {
    Floats lanes;
    std::memcpy(&lanes, from, sizeof lanes);
    return lanes;
}
LATHE_INLINE Floats magnitude(Floats value) {
    return std::bit_cast<Floats>(std::bit_cast<Words>(value) & 0x7fffffffu);
}
// Of floats that are at least 0, which are ordered as their bits are: processors have that in one step.
LATHE_INLINE Floats at_most(Floats value, float limit) {
    const Signed bits = std::bit_cast<Signed>(value), other = Signed{} + std::bit_cast<int32_t>(limit);
    return std::bit_cast<Floats>(bits < other ? bits : other);
}
LATHE_INLINE Floats at_least(Floats value, float limit) {
    const Signed bits = std::bit_cast<Signed>(value), other = Signed{} + std::bit_cast<int32_t>(limit);
    return std::bit_cast<Floats>(bits > other ? bits : other);
}

// Values, at least 0, to the nearest numbers with `mantissa` bits behind the leading one, in steps of at least
// 2^(smallest - mantissa).
template <int mantissa, int smallest>
LATHE_INLINE Floats nearest_float(Floats value) {
    constexpr float kSmallest = std::bit_cast<float>(static_cast<uint32_t>(127 + smallest) << 23);
    // 1.5 * 2^(exponent + 23 - mantissa): its ulp is the step at this exponent.
    const Words shift = (std::bit_cast<Words>(at_least(value, kSmallest)) & 0x7f800000u) +
                        ((uint32_t{23 - mantissa} << 23) | 0x400000u);
    return (value + std::bit_cast<Floats>(shift)) - std::bit_cast<Floats>(shift);
}

struct F4 {
    LATHE_INLINE static Floats round(Floats value) { return nearest_float<1, 0>(at_most(value, 6)); }
};
struct E4M3 {
    LATHE_INLINE static Floats round(Floats value) { return nearest_float<3, -6>(at_most(value, 448)); }
};
struct E5M2 {
    LATHE_INLINE static Floats round(Floats value) { return nearest_float<2, -14>(at_most(value, 57344)); }
};
template <int limit>
struct Integer {
    LATHE_INLINE static Floats round(Floats value) { return (at_most(value, limit) + 0x1.8p23f) - 0x1.8p23f; }
};

LATHE_INLINE float sum_of(Floats lanes) {
    float sum = 0;
    for (size_t j = 0; j < kLanes; ++j) sum += lanes[j];
    return sum;
}

// The weighted squared error, in units of the scale, of lanes whose codes are round(|value| / scale).
template <class Code>
LATHE_INLINE Floats lane_error(Floats value, Floats weight, float inverse) {
    const Floats scaled = magnitude(value) * inverse, error = scaled - Code::round(scaled);
    return weight * (error * error);
}

template <class Code>
LATHE_INLINE float run_error(const float* values, const float* weights, size_t count, float scale) {
    const float inverse = 1 / scale;
    Floats sums{};
    for (size_t i = 0; i < count; i += kLanes)
        sums += lane_error<Code>(load(values + i), load(weights + i), inverse);
    return sum_of(sums) * scale * scale;
}

// The same for a whole block that stays in registers from candidate to candidate.
template <class Code, size_t size>
struct SweptBlock {
    Floats values[size / kLanes], weights[size / kLanes];
    LATHE_INLINE SweptBlock(const float* v, const float* w) {
        for (size_t i = 0; i < size / kLanes; ++i) {
            values[i] = load(v + i * kLanes);
            weights[i] = load(w + i * kLanes);
        }
    }
    LATHE_INLINE float error(float scale) const {
        const float inverse = 1 / scale;
        Floats sums{};
        for (size_t i = 0; i < size / kLanes; ++i) sums += lane_error<Code>(values[i], weights[i], inverse);
        return sum_of(sums) * scale * scale;
    }
};

// The e4m3 scales that are tried around one: from an eighth smaller (its largest value is clipped) to three quarters larger.
constexpr int kStepsDown = 2, kStepsUp = 6;
constexpr int kLargestScale = 0x7e;  // 448

const std::array<float, 128>& e4m3_values() {
    static const std::array<float, 128> kValues = [] {
        std::array<float, 128> values{};
        for (size_t i = 0; i < values.size(); ++i) values[i] = f8e4m3_to_f32(static_cast<uint8_t>(i));
        return values;
    }();
    return kValues;
}

// Eight blocks at a time, one a lane, so that nothing has to be added up across lanes.
template <bool weighted>
LATHE_INLINE void sweep_f4_lanes(const float* values, const float* weights, size_t blocks, float tensor_scale,
                                 const float* scales, uint8_t* codes) {
    Floats v[16], w[weighted ? 16 : 1];
    for (size_t j = 0; j < kLanes; ++j)
        for (size_t i = 0; i < 16; ++i) {
            v[i][j] = j < blocks ? values[j * 16 + i] : 0.0f;
            if constexpr (weighted) w[i][j] = j < blocks ? weights[j * 16 + i] : 0.0f;
        }
    for (size_t i = 0; i < 16; ++i) v[i] = magnitude(v[i]);
    Signed plain{};
    for (size_t j = 0; j < kLanes && j < blocks; ++j) plain[j] = codes[j];
    // The plain scale first, so that it stays where no other is better; 0 loses the whole block.
    Signed best = plain;
    Floats lost{};
    for (size_t i = 0; i < 16; ++i) lost += weighted ? w[weighted ? i : 0] * (v[i] * v[i]) : v[i] * v[i];
    Floats least = plain == 0 ? lost : Floats{} + std::numeric_limits<float>::infinity();
    for (int step = -1; step <= kStepsDown + kStepsUp; ++step) {
        Signed code = step < 0 ? plain : plain - kStepsDown + step;
        code = code > 1 ? code : Signed{} + 1;
        code = code < kLargestScale ? code : Signed{} + kLargestScale;
        Floats scale;
        for (size_t j = 0; j < kLanes; ++j) scale[j] = tensor_scale * scales[static_cast<size_t>(code[j])];
        const Floats inverse = 1 / scale;
        Floats sum{};
        for (size_t i = 0; i < 16; ++i) {
            const Floats scaled = v[i] * inverse, error = scaled - F4::round(scaled);
            if constexpr (weighted) sum += w[i] * (error * error);
            else sum += error * error;
        }
        sum *= scale * scale;
        const Signed better = sum < least;
        best = better ? code : best;
        least = sum < least ? sum : least;
    }
    for (size_t j = 0; j < kLanes && j < blocks; ++j) codes[j] = static_cast<uint8_t>(best[j]);
}

LATHE_VECTOR_CLONES void sweep_f4(const float* values, const float* weights, size_t blocks,
                                  float tensor_scale, const float* scales, uint8_t* codes) {
    for (size_t b = 0; b < blocks; b += kLanes) {
        const size_t rest = blocks - b;
        if (weights != nullptr)
            sweep_f4_lanes<true>(values + b * 16, weights + b * 16, rest, tensor_scale, scales, codes + b);
        else sweep_f4_lanes<false>(values + b * 16, nullptr, rest, tensor_scale, scales, codes + b);
    }
}

LATHE_VECTOR_CLONES double error_of_f4(const float* values, const float* weights, size_t blocks,
                                       float tensor_scale, const float* scales, const uint8_t* codes) {
    double sum = 0;
    for (size_t b = 0; b < blocks; ++b, values += 16, weights += 16) {
        const float scale = tensor_scale * scales[codes[b]];
        if (scale != 0) {
            sum += static_cast<double>(run_error<F4>(values, weights, 16, scale));
        } else {
            for (size_t i = 0; i < 16; ++i) sum += static_cast<double>(weights[i] * values[i] * values[i]);
        }
    }
    return sum;
}

LATHE_VECTOR_CLONES void sweep_mx(const float* values, const float* weights, size_t blocks,
                                  uint8_t* exponents) {
    for (size_t b = 0; b < blocks; ++b, values += 32, weights += 32) {
        const int plain = exponents[b];
        if (plain < 3 || plain > 250) continue;
        const SweptBlock<E4M3, 32> block(values, weights);
        int best = plain;
        float least = std::numeric_limits<float>::infinity();
        for (const int exponent : {plain, plain - 1, plain + 1}) {
            const float scale = std::bit_cast<float>(static_cast<uint32_t>(exponent) << 23);
            const float error = block.error(scale);
            best = error < least ? exponent : best;
            least = error < least ? error : least;
        }
        exponents[b] = static_cast<uint8_t>(best);
    }
}

template <class Code>
LATHE_INLINE double long_error(const float* values, const float* weights, size_t count, float scale) {
    constexpr size_t kRun = 512;  // floats are added up over so many, doubles beyond
    double sum = 0;
    const size_t whole = count / kLanes * kLanes;
    for (size_t i = 0; i < whole; i += kRun)
        sum += static_cast<double>(
            run_error<Code>(values + i, weights + i, whole - i < kRun ? whole - i : kRun, scale));
    if (whole == count) return sum;
    float rest[kLanes] = {}, rest_weights[kLanes] = {};
    for (size_t i = whole; i < count; ++i) {
        rest[i - whole] = values[i];
        rest_weights[i - whole] = weights[i];
    }
    return sum + static_cast<double>(run_error<Code>(rest, rest_weights, kLanes, scale));
}

LATHE_VECTOR_CLONES double error_e4m3(const float* v, const float* w, size_t n, float s) {
    return long_error<E4M3>(v, w, n, s);
}
LATHE_VECTOR_CLONES double error_e5m2(const float* v, const float* w, size_t n, float s) {
    return long_error<E5M2>(v, w, n, s);
}
LATHE_VECTOR_CLONES double error_i8(const float* v, const float* w, size_t n, float s) {
    return long_error<Integer<127>>(v, w, n, s);
}
LATHE_VECTOR_CLONES double error_i4(const float* v, const float* w, size_t n, float s) {
    return long_error<Integer<7>>(v, w, n, s);
}

// A group as it will be read: (code - 8) * scale + zero.
struct Group {
    float scale, zero;
    double error;
};

int code_of(float value, const Group& group) {
    const float rounded = std::nearbyint((value - group.zero) / group.scale) + 8;
    return static_cast<int>(rounded < 0 ? 0.0f : rounded > 15 ? 15.0f : rounded);
}

double group_error(const float* values, const float* weights, size_t count, const Group& group) {
    double sum = 0;
    for (size_t i = 0; i < count; ++i) {
        const float read = static_cast<float>(code_of(values[i], group) - 8) * group.scale + group.zero;
        const double error = static_cast<double>(values[i]) - static_cast<double>(read);
        sum += static_cast<double>(weights[i]) * error * error;
    }
    return sum;
}

// Scale and zero that fit the codes of `group` best, by weighted least squares.
Group refitted(const float* values, const float* weights, size_t count, const Group& group) {
    double w = 0, wq = 0, wqq = 0, wv = 0, wqv = 0;
    for (size_t i = 0; i < count; ++i) {
        const double q = code_of(values[i], group) - 8, weight = weights[i], v = values[i];
        w += weight;
        wq += weight * q;
        wqq += weight * q * q;
        wv += weight * v;
        wqv += weight * q * v;
    }
    const double determinant = w * wqq - wq * wq;
    if (!(determinant > 1e-12 * w * wqq)) return group;
    return {static_cast<float>((w * wqv - wq * wv) / determinant),
            static_cast<float>((wqq * wv - wq * wqv) / determinant), 0};
}

constexpr float kIntegerClips[] = {1,     0.97f, 0.94f, 0.91f, 0.88f, 0.85f, 0.82f, 0.79f,
                                   0.76f, 0.72f, 0.68f, 0.64f, 0.6f,  0.56f, 0.52f, 0.48f};
// Floats lose nothing within an octave but for where their steps lie; clipping never pays.
constexpr float kFloatClips[] = {1,      1.044f, 1.091f, 1.139f, 1.189f, 1.242f, 1.297f, 1.354f,
                                 1.414f, 1.477f, 1.542f, 1.61f,  1.682f, 1.756f, 1.834f, 1.915f};

}  // namespace

void sweep_f4_scales(const float* values, const float* weights, size_t blocks, float tensor_scale,
                     uint8_t* codes) {
    sweep_f4(values, weights, blocks, tensor_scale, e4m3_values().data(), codes);
}

double f4_error(const float* values, const float* weights, size_t blocks, float tensor_scale,
                const uint8_t* codes) {
    return error_of_f4(values, weights, blocks, tensor_scale, e4m3_values().data(), codes);
}

void sweep_mx_scales(const float* values, const float* weights, size_t blocks, uint8_t* exponents) {
    sweep_mx(values, weights, blocks, exponents);
}

double unit_error(Element element, const float* values, const float* weights, size_t count, float scale) {
    switch (element) {
        case Element::kF8E4M3: return error_e4m3(values, weights, count, scale);
        case Element::kF8E5M2: return error_e5m2(values, weights, count, scale);
        case Element::kI8: return error_i8(values, weights, count, scale);
        default: return error_i4(values, weights, count, scale);
    }
}

std::span<const float> clips_of(Element element) {
    if (element == Element::kF8E4M3 || element == Element::kF8E5M2) return kFloatClips;
    return kIntegerClips;
}

void sweep_u4_group(const float* values, const float* weights, size_t count, float (*half)(float),
                    float& scale, float& zero) {
    const auto rounded = [&](Group group) {
        group = {half(group.scale), half(group.zero), 0};
        group.error = group.scale > 0 ? group_error(values, weights, count, group)
                                      : std::numeric_limits<double>::infinity();
        return group;
    };
    const Group plain = rounded({scale, zero, 0});
    Group best = plain;
    const float middle = zero - 0.5f * scale;  // codes 0 … 15 read as zero - 8 scale … zero + 7 scale
    for (const float clip : {1.0f, 0.94f, 0.88f, 0.82f, 0.76f, 0.7f}) {
        const Group clipped = rounded({scale * clip, middle + 0.5f * scale * clip, 0});
        if (!(clipped.scale > 0)) continue;
        const Group fitted = rounded(refitted(values, weights, count, clipped));
        for (const Group& group : {clipped, fitted})
            if (group.error < best.error) best = group;
    }
    scale = best.scale;
    zero = best.zero;
}

}  // namespace lathe::quant
