#include "base/number_codecs.h"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace lathe {
namespace {

// A small IEEE-like layout. `max_code` is the largest finite magnitude code.
struct Layout {
    int exponent_bits, mantissa_bits, bias;
    uint32_t max_code;
    uint32_t
        overflow_code;  // where magnitudes above the largest finite one go: infinity, or max_code to saturate
    uint32_t nan_code;
};
constexpr Layout kF16{5, 10, 15, 0x7bff, 0x7c00, 0x7e00};
constexpr Layout kE4M3{4, 3, 7, 0x7e, 0x7e, 0x7f};
constexpr Layout kE5M2{5, 2, 15, 0x7b, 0x7c, 0x7f};
constexpr Layout kE2M1{2, 1, 1, 0x7, 0x7, 0x7};

float decode(const Layout& l, uint32_t magnitude) {
    const uint32_t exponent = magnitude >> l.mantissa_bits;
    const uint32_t mantissa = magnitude & ((1u << l.mantissa_bits) - 1);
    if (exponent == 0) return std::ldexp(static_cast<float>(mantissa), 1 - l.bias - l.mantissa_bits);
    return std::ldexp(static_cast<float>(mantissa | (1u << l.mantissa_bits)),
                      static_cast<int>(exponent) - l.bias - l.mantissa_bits);
}

// Magnitude code of value >= 0, to nearest even.
uint32_t encode(const Layout& l, float value) {
    if (std::isnan(value)) return l.nan_code;
    if (std::isinf(value)) return l.overflow_code;
    if (value == 0) return 0;
    int exponent = 0;
    std::frexp(value, &exponent);  // value = m * 2^exponent, m in [0.5, 1)
    exponent -= 1;
    const int smallest = 1 - l.bias;
    const int unit =
        (exponent < smallest ? smallest : exponent) - l.mantissa_bits;  // of the last place: 2^unit
    const double scaled = std::ldexp(static_cast<double>(value), -unit);
    const auto steps = static_cast<uint32_t>(std::nearbyint(scaled));
    const uint32_t base =
        exponent < smallest ? 0 : (static_cast<uint32_t>(exponent + l.bias) - 1u) << l.mantissa_bits;
    const uint32_t code = base + steps;  // a carry of the mantissa moves into the exponent by itself
    return code > l.max_code ? l.overflow_code : code;
}

}  // namespace

uint16_t f32_to_bf16(float value) {
    const auto bits = std::bit_cast<uint32_t>(value);
    if (std::isnan(value)) return static_cast<uint16_t>((bits >> 16) | 0x40);
    return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

float f16_to_f32(uint16_t code) {
    const uint32_t sign = uint32_t{code & 0x8000u} << 16;
    uint32_t exponent = (code >> 10) & 0x1f;
    uint32_t mantissa = code & 0x3ff;
    if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000u | (mantissa << 13));
    if (exponent == 0) {
        if (mantissa == 0) return std::bit_cast<float>(sign);
        const int shift = std::countl_zero(mantissa) - 21;  // bring the leading one to bit 10
        mantissa = (mantissa << shift) & 0x3ff;
        return std::bit_cast<float>(sign | (static_cast<uint32_t>(113 - shift) << 23) | (mantissa << 13));
    }
    return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

uint16_t f32_to_f16(float value) {
    const auto bits = std::bit_cast<uint32_t>(value);
    const auto sign = static_cast<uint16_t>((bits >> 16) & 0x8000);
    const uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return static_cast<uint16_t>(sign | 0x7e00);
    if (magnitude >= 0x477ff000u) return static_cast<uint16_t>(sign | 0x7c00);  // 65520 and above
    if (magnitude >= 0x38800000u) {  // normal in f16
        const uint32_t rounded = magnitude + 0xfff + ((magnitude >> 13) & 1);
        return static_cast<uint16_t>(sign | ((rounded - 0x38000000u) >> 13));
    }
    return static_cast<uint16_t>(sign | encode(kF16, std::bit_cast<float>(magnitude)));
}

float f8e4m3_to_f32(uint8_t code) {
    const uint32_t magnitude = code & 0x7f;
    const float sign = (code & 0x80) ? -1.0f : 1.0f;
    if (magnitude == 0x7f) return std::numeric_limits<float>::quiet_NaN();
    return sign * decode(kE4M3, magnitude);
}

uint8_t f32_to_f8e4m3(float value) {
    return static_cast<uint8_t>((std::signbit(value) ? 0x80 : 0) | encode(kE4M3, std::fabs(value)));
}

float f8e5m2_to_f32(uint8_t code) { return f16_to_f32(static_cast<uint16_t>(code << 8)); }

uint8_t f32_to_f8e5m2(float value) {
    return static_cast<uint8_t>((std::signbit(value) ? 0x80 : 0) | encode(kE5M2, std::fabs(value)));
}

float f4e2m1_to_f32(uint8_t code) {
    const float magnitude = decode(kE2M1, code & 7u);
    return (code & 8) ? -magnitude : magnitude;
}

uint8_t f32_to_f4e2m1(float value) {
    return static_cast<uint8_t>((std::signbit(value) ? 8 : 0) | encode(kE2M1, std::fabs(value)));
}

float f8e8m0_to_f32(uint8_t code) {
    if (code == 0xff) return std::numeric_limits<float>::quiet_NaN();
    return std::ldexp(1.0f, code - 127);
}

uint8_t f32_to_f8e8m0(float value) {
    if (std::isnan(value)) return 0xff;
    const float magnitude = std::fabs(value);
    if (magnitude == 0) return 0;
    if (std::isinf(magnitude)) return 0xfe;
    const double exponent = std::nearbyint(std::log2(static_cast<double>(magnitude)));
    return static_cast<uint8_t>(std::fmin(254, std::fmax(0, exponent + 127)));
}

bool all_finite_f32(ByteSpan floats) {
    constexpr uint32_t kExponent = 0x7f800000;  // all ones in a NaN or an infinity
    std::array<uint32_t, 16> group{}, found{};  // a group at a time is what compilers make vectors of
    const auto look = [&] {
        for (size_t i = 0; i < group.size(); ++i) found[i] |= (group[i] & kExponent) == kExponent ? 1 : 0;
    };
    const size_t count = floats.size() / sizeof(uint32_t), whole = count / group.size() * group.size();
    for (size_t i = 0; i < whole; i += group.size()) {
        std::memcpy(group.data(), floats.data() + i * sizeof(uint32_t), sizeof group);
        look();
    }
    group = {};
    if (whole < count)
        std::memcpy(group.data(), floats.data() + whole * sizeof(uint32_t),
                    (count - whole) * sizeof(uint32_t));
    look();
    return found == std::array<uint32_t, 16>{};
}

}  // namespace lathe
