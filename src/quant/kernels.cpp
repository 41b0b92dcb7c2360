// Loops without branches, which compilers turn into vectors. Rounding to nearest even is done by adding a number so large
// that the places to be dropped fall off (the processor rounds that sum to nearest even), or on the bits of the number.
#include "quant/kernels.h"

#include <bit>
#include <cstring>

#include "base/number_codecs.h"
#include "base/vector_clones.h"
#include "tensor/tensor.h"

namespace lathe::quant {
namespace {

#define LATHE_INLINE [[gnu::always_inline]] inline

using Floats [[gnu::vector_size(32)]] = float;
using Words [[gnu::vector_size(32)]] = uint32_t;
using Signed [[gnu::vector_size(32)]] = int32_t;
// Where eight 4-bit codes lie in a word of four bytes, the even one in the high half of its byte.
constexpr Words kPlaces = {4, 0, 12, 8, 20, 16, 28, 24};

LATHE_INLINE uint32_t bits(float value) { return std::bit_cast<uint32_t>(value); }
LATHE_INLINE float number(uint32_t bits) { return std::bit_cast<float>(bits); }

LATHE_INLINE float clamp(float value, float limit) {
    value = value < limit ? value : limit;
    return value > -limit ? value : -limit;
}

constexpr float kRound = 0x1.8p23f;  // ulp 1
LATHE_INLINE float to_integer(float value) { return (value + kRound) - kRound; }  // |value| < 2^22

// A float of `mantissa` bits and exponent bias `bias`, whose magnitude code is at most `largest`.
template <int mantissa, int bias, uint32_t largest>
LATHE_INLINE uint32_t small_float(float value) {
    constexpr int kDrop = 23 - mantissa;
    constexpr int32_t kHalf = (1 << (kDrop - 1)) - 1;
    constexpr int32_t kBias = (127 - bias) << 23;
    constexpr int32_t kLimit = static_cast<int32_t>(largest << kDrop) + kBias;
    constexpr int32_t kSmallest = (128 - bias) << 23;  // normal
    // Its ulp is the subnormals' step, 2^(1 - bias - mantissa).
    constexpr float kShift =
        std::bit_cast<float>(static_cast<uint32_t>(127 + 23 + 1 - bias - mantissa) << 23);
    const auto whole = static_cast<int32_t>(bits(value));
    int32_t u = whole & 0x7fffffff;
    u = u < kLimit ? u : kLimit;
    const int32_t normal = (u + kHalf + ((u >> kDrop) & 1) - kBias) >> kDrop;
    const auto subnormal =
        static_cast<int32_t>(bits(number(static_cast<uint32_t>(u)) + kShift) - bits(kShift));
    const int32_t code = u < kSmallest ? subnormal : normal;
    return static_cast<uint32_t>(code) | bits(value) >> 31 << (mantissa == 1 ? 3 : 7);
}
LATHE_INLINE uint32_t f8e5m2(float value) { return small_float<2, 15, 0x7b>(value); }
LATHE_INLINE uint32_t f4e2m1(float value) { return small_float<1, 1, 7>(value); }

// A small float's magnitude code: in normal numbers the fields only move; the others are multiples of the smallest step.
// (Taken by way of subnormal floats both would be one product, which some processors do very slowly.) Codes from
// `infinity` on become infinity and NaNs.
template <int mantissa, int bias, uint32_t infinity>
LATHE_INLINE uint32_t from_small(uint32_t code) {
    constexpr float kStep = std::bit_cast<float>(static_cast<uint32_t>(127 + 1 - bias - mantissa) << 23);
    const uint32_t normal = (code << (23 - mantissa)) + (static_cast<uint32_t>(127 - bias) << 23);
    const uint32_t subnormal = bits(static_cast<float>(static_cast<int32_t>(code)) * kStep);
    const uint32_t finite = code < (1u << mantissa) ? subnormal : normal;
    return code >= infinity ? code << (23 - mantissa) | 0x7f800000u : finite;
}
LATHE_INLINE float from_half(uint32_t code) {
    return number(from_small<10, 15, 0x7c00>(code & 0x7fffu) | (code & 0x8000u) << 16);
}
// Eight at a time: 0x7f is its only NaN, and all bits set are one. Codes below 8 are multiples of 2^-9, left over when the
// leading bit that they lack is taken away.
LATHE_INLINE Floats from_f8e4m3s(const uint8_t* codes) {
    constexpr Words kBytes = {0, 8, 16, 24, 0, 8, 16, 24};
    uint32_t low, high;
    std::memcpy(&low, codes, 4);
    std::memcpy(&high, codes + 4, 4);
    const Words wide = Words{low, low, low, low, high, high, high, high} >> kBytes, magnitude = wide & 0x7f;
    const Words normal = (magnitude << 20) + (120u << 23);
    const Words small = std::bit_cast<Words>(std::bit_cast<Floats>(normal + (1u << 23)) - 0x1p-6f);
    const Words finite = magnitude < 8 ? small : normal;
    return std::bit_cast<Floats>(finite | (magnitude == 0x7f) | (wide & 0x80) << 24);
}
LATHE_INLINE float from_f8e5m2(uint32_t code) { return from_half(code << 8); }

LATHE_INLINE uint16_t to_bf16(float value) {
    const uint32_t u = bits(value);
    return static_cast<uint16_t>((u + 0x7fff + ((u >> 16) & 1)) >> 16);
}
LATHE_INLINE uint16_t to_f16(float value) {
    const uint32_t sign = bits(value) >> 16 & 0x8000u, u = bits(value) & 0x7fffffffu;
    const uint32_t normal = (u + 0xfff + ((u >> 13) & 1) - (112u << 23)) >> 13;
    const uint32_t subnormal = bits(number(u) + 0.5f) - bits(0.5f);  // ulp 2^-24
    const uint32_t code = u < bits(0x1p-14f) ? subnormal : u >= bits(65520.0f) ? 0x7c00u : normal;
    return static_cast<uint16_t>(code | sign);
}

template <class Word>
LATHE_INLINE uint32_t largest_word(const std::byte* bytes, size_t count, Word mask) {
    using Lanes [[gnu::vector_size(32)]] = Word;
    constexpr size_t kLanes = 32 / sizeof(Word);
    Lanes first{}, second{}, words;
    size_t i = 0;
    for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
        std::memcpy(&words, bytes + i * sizeof(Word), 32);
        words &= mask;
        first = words > first ? words : first;
        std::memcpy(&words, bytes + (i + kLanes) * sizeof(Word), 32);
        words &= mask;
        second = words > second ? words : second;
    }
    first = second > first ? second : first;
    Word largest = 0;
    for (; i < count; ++i) {
        Word word;
        std::memcpy(&word, bytes + i * sizeof(Word), sizeof word);
        const Word magnitude = word & mask;
        largest = magnitude > largest ? magnitude : largest;
    }
    for (size_t j = 0; j < kLanes; ++j) largest = first[j] > largest ? first[j] : largest;
    return static_cast<uint32_t>(largest);
}

LATHE_VECTOR_CLONES uint32_t largest_16(const std::byte* bytes, size_t count) {
    return largest_word<int16_t>(bytes, count, 0x7fff);
}
LATHE_VECTOR_CLONES uint32_t largest_32(const std::byte* bytes, size_t count) {
    return largest_word<int32_t>(bytes, count, 0x7fffffff);
}

LATHE_VECTOR_CLONES void load_bf16(const std::byte* bytes, size_t count, float* values) {
    for (size_t i = 0; i < count; ++i) {
        uint16_t code;
        std::memcpy(&code, bytes + 2 * i, 2);
        values[i] = number(uint32_t{code} << 16);
    }
}
LATHE_VECTOR_CLONES void load_f16(const std::byte* bytes, size_t count, float* values) {
    for (size_t i = 0; i < count; ++i) {
        uint16_t code;
        std::memcpy(&code, bytes + 2 * i, 2);
        values[i] = from_half(code);
    }
}
LATHE_VECTOR_CLONES void store_bf16(const float* values, size_t count, uint16_t* codes) {
    for (size_t i = 0; i < count; ++i) codes[i] = to_bf16(values[i]);
}
LATHE_VECTOR_CLONES void store_f16(const float* values, size_t count, uint16_t* codes) {
    for (size_t i = 0; i < count; ++i) codes[i] = to_f16(values[i]);
}

}  // namespace

Range range_of(const float* values, size_t count) {
    const uint32_t largest = largest_32(reinterpret_cast<const std::byte*>(values), count);
    return {number(largest), largest < 0x7f800000u};
}
float largest_magnitude(const float* values, size_t count) { return range_of(values, count).max_abs; }

Range range_of(DType stored, ByteSpan bytes, size_t count) {
    switch (stored) {
        case DType::kF32: {
            const uint32_t largest = largest_32(bytes.data(), count);
            return {number(largest), largest < 0x7f800000u};
        }
        case DType::kBF16: {
            const uint32_t largest = largest_16(bytes.data(), count);
            return {number(largest << 16), largest < 0x7f80u};
        }
        case DType::kF16: {
            const uint32_t largest = largest_16(bytes.data(), count);
            return {from_half(largest), largest < 0x7c00u};
        }
        default: break;
    }
    float values[1024];
    Range range;
    const auto size = static_cast<size_t>(bits_of(stored)) / 8;
    for (size_t i = 0; i < count; i += 1024) {
        const size_t n = count - i < 1024 ? count - i : 1024;
        decode_floats(stored, bytes.subspan(i * size, n * size), std::span(values, n));
        range.merge(range_of(values, n));
    }
    return range;
}

void load_floats(DType stored, ByteSpan bytes, size_t count, float* values) {
    if (stored == DType::kF32) std::memcpy(values, bytes.data(), count * sizeof(float));
    else if (stored == DType::kBF16) load_bf16(bytes.data(), count, values);
    else if (stored == DType::kF16) load_f16(bytes.data(), count, values);
    else decode_floats(stored, bytes, std::span(values, count));
}

void store_halves(DType stored, const float* values, size_t count, uint16_t* codes) {
    if (stored == DType::kF16) store_f16(values, count, codes);
    else store_bf16(values, count, codes);
}

// As f8e4m3, eight at a time.
LATHE_INLINE Words f8e4m3s(Floats values) {
    constexpr int32_t kBias = 120 << 23, kLimit = (0x7e << 20) + kBias, kSmallest = 121 << 23;
    constexpr float kShift = 0x1p14f;  // ulp 2^-9
    const Signed whole = std::bit_cast<Signed>(values), magnitude = whole & 0x7fffffff;
    const Signed u = magnitude < kLimit ? magnitude : Signed{} + kLimit;
    const Signed normal = (u + ((1 << 19) - 1 - kBias) + ((u >> 20) & 1)) >> 20;
    const Signed small =
        std::bit_cast<Signed>(std::bit_cast<Floats>(u) + kShift) - std::bit_cast<int32_t>(kShift);
    const Signed code = u < kSmallest ? small : normal;
    return std::bit_cast<Words>(code) | (std::bit_cast<Words>(whole) >> 24 & 0x80);
}
LATHE_INLINE void encode_32(const float* values, float factor, uint8_t* codes) {
    using Bytes [[gnu::vector_size(32)]] = uint8_t;
    Words packed{};  // byte k of word i: element 8 k + i
    for (int k = 0; k < 4; ++k) {
        Floats eight;
        std::memcpy(&eight, values + 8 * k, 32);
        packed |= f8e4m3s(eight * factor) << (8 * k);
    }
    const auto bytes = std::bit_cast<Bytes>(packed);
    const Bytes together =
        __builtin_shufflevector(bytes, bytes, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 16, 20,
                                24, 28, 17, 21, 25, 29, 18, 22, 26, 30, 19, 23, 27, 31);
    const auto words = std::bit_cast<Words>(together);
    const Words in_order = __builtin_shufflevector(words, words, 0, 4, 1, 5, 2, 6, 3, 7);
    std::memcpy(codes, &in_order, 32);
}
LATHE_VECTOR_CLONES void encode_f8e4m3(const float* values, size_t count, float factor, uint8_t* codes) {
    size_t i = 0;
    for (; i + 32 <= count; i += 32) encode_32(values + i, factor, codes + i);
    if (i == count) return;
    float rest[32] = {};
    uint8_t encoded[32];
    std::memcpy(rest, values + i, (count - i) * sizeof(float));
    encode_32(rest, factor, encoded);
    std::memcpy(codes + i, encoded, count - i);
}

LATHE_VECTOR_CLONES void encode_f8e5m2(const float* values, size_t count, float factor, uint8_t* codes) {
    for (size_t i = 0; i < count; ++i) codes[i] = static_cast<uint8_t>(f8e5m2(values[i] * factor));
}

LATHE_VECTOR_CLONES void encode_i8(const float* values, size_t count, float factor, int8_t* codes) {
    for (size_t i = 0; i < count; ++i)
        codes[i] = static_cast<int8_t>(static_cast<int32_t>(to_integer(clamp(values[i] * factor, 127))));
}

LATHE_VECTOR_CLONES void encode_i8_divided(const float* values, size_t count, float divisor, int8_t* codes) {
    for (size_t i = 0; i < count; ++i)
        codes[i] = static_cast<int8_t>(static_cast<int32_t>(to_integer(clamp(values[i] / divisor, 127))));
}

LATHE_VECTOR_CLONES void encode_f4e2m1(const float* values, size_t count, const float* divisors,
                                       uint8_t* packed) {
    for (size_t b = 0; b < count; ++b, values += 16, packed += 8) {
        const float divisor = divisors[b] == 0 ? 1.0f : divisors[b];
        const uint32_t keep = divisors[b] == 0 ? 0 : 15;
        uint32_t codes[16];
        for (size_t i = 0; i < 16; ++i) codes[i] = f4e2m1(values[i] / divisor) & keep;
        for (size_t half = 0; half < 2; ++half) {
            Words placed;
            std::memcpy(&placed, codes + 8 * half, 32);
            placed <<= kPlaces;
            placed |= __builtin_shufflevector(placed, placed, 4, 5, 6, 7, 0, 1, 2, 3);
            placed |= __builtin_shufflevector(placed, placed, 2, 3, 0, 1, 6, 7, 4, 5);
            const uint32_t word = placed[0] | placed[1];
            std::memcpy(packed + 4 * half, &word, 4);
        }
    }
}

LATHE_VECTOR_CLONES void encode_mx(const float* values, size_t count, const float* divisors, uint8_t* codes) {
    for (size_t b = 0; b < count; ++b, values += 32, codes += 32) {
        encode_32(values, 1 / divisors[b], codes);  // exact, and so is the product where the quotient is
    }
}

LATHE_VECTOR_CLONES void encode_i4(const float* values, size_t count, float divisor, uint8_t* packed) {
    const auto code = [&](float value) {  // clamped first: rounding keeps ±7
        return static_cast<uint32_t>(static_cast<int32_t>(to_integer(clamp(value / divisor, 7)))) & 15u;
    };
    for (size_t i = 0; i < count / 2; ++i)
        packed[i] = static_cast<uint8_t>(code(values[2 * i]) | code(values[2 * i + 1]) << 4);
}

LATHE_VECTOR_CLONES void encode_u4(const float* values, size_t count, float scale, float zero,
                                   uint8_t* packed) {
    const auto code = [&](float value) {
        const float centred = to_integer(clamp((value - zero) / scale, 64)) + 8;
        return static_cast<uint32_t>(static_cast<int32_t>(centred < 0 ? 0 : centred > 15 ? 15 : centred));
    };
    for (size_t i = 0; i < count / 2; ++i)
        packed[i] = static_cast<uint8_t>(code(values[2 * i]) | code(values[2 * i + 1]) << 4);
}

namespace {

template <size_t size>
LATHE_INLINE void maxima_of(const float* values, size_t blocks, float* maxima) {
    const auto larger = [](Signed a, Signed b) { return a > b ? a : b; };
    for (size_t b = 0; b < blocks; ++b, values += size) {
        Signed largest{}, words;
        for (size_t i = 0; i < size; i += 8) {
            std::memcpy(&words, values + i, 32);
            largest = larger(largest, words & 0x7fffffff);
        }
        largest = larger(largest, __builtin_shufflevector(largest, largest, 4, 5, 6, 7, 0, 1, 2, 3));
        largest = larger(largest, __builtin_shufflevector(largest, largest, 2, 3, 0, 1, 6, 7, 4, 5));
        maxima[b] = number(static_cast<uint32_t>(largest[0] > largest[1] ? largest[0] : largest[1]));
    }
}
LATHE_VECTOR_CLONES void maxima_of_16(const float* values, size_t blocks, float* maxima) {
    maxima_of<16>(values, blocks, maxima);
}
LATHE_VECTOR_CLONES void maxima_of_32(const float* values, size_t blocks, float* maxima) {
    maxima_of<32>(values, blocks, maxima);
}

}  // namespace

void block_maxima(const float* values, size_t blocks, size_t size, float* maxima) {
    if (size == 16) maxima_of_16(values, blocks, maxima);
    else maxima_of_32(values, blocks, maxima);
}

LATHE_INLINE void decode_32(const uint8_t* codes, float scale, float* values) {
    for (size_t i = 0; i < 32; i += 8) {
        const Floats scaled = from_f8e4m3s(codes + i) * scale;
        std::memcpy(values + i, &scaled, 32);
    }
}
LATHE_VECTOR_CLONES void decode_f8e4m3(const uint8_t* codes, size_t count, float scale, float* values) {
    size_t i = 0;
    for (; i + 32 <= count; i += 32) decode_32(codes + i, scale, values + i);
    if (i == count) return;
    uint8_t rest[32] = {};
    float decoded[32];
    std::memcpy(rest, codes + i, count - i);
    decode_32(rest, scale, decoded);
    std::memcpy(values + i, decoded, (count - i) * sizeof(float));
}
LATHE_VECTOR_CLONES void decode_f8e5m2(const uint8_t* codes, size_t count, float scale, float* values) {
    for (size_t i = 0; i < count; ++i) values[i] = from_f8e5m2(codes[i]) * scale;
}
LATHE_VECTOR_CLONES void decode_i8(const int8_t* codes, size_t count, float scale, float* values) {
    for (size_t i = 0; i < count; ++i) values[i] = static_cast<float>(codes[i]) * scale;
}
// e2m1 to floats: 0 and 0.5 are the codes that are no normal numbers.
LATHE_INLINE Floats from_f4e2m1s(Words codes) {
    const Words magnitude = codes & 7, normal = (magnitude << 22) + (126u << 23);
    const Words value = magnitude < 2 ? (Words{} - magnitude) & 0x3f000000u : normal;
    return std::bit_cast<Floats>(value | (codes & 8) << 28);
}

LATHE_VECTOR_CLONES void decode_f4e2m1(const uint8_t* packed, size_t blocks, const float* scales,
                                       float* values) {
    for (size_t b = 0; b < blocks; ++b, packed += 8, values += 16)
        for (size_t half = 0; half < 2; ++half) {
            uint32_t word;  // of eight codes
            std::memcpy(&word, packed + 4 * half, 4);
            const Floats scaled = from_f4e2m1s((Words{} + word) >> kPlaces & 15) * scales[b];
            std::memcpy(values + 8 * half, &scaled, 32);
        }
}
LATHE_VECTOR_CLONES void decode_mx(const uint8_t* codes, size_t blocks, const float* scales, float* values) {
    for (size_t b = 0; b < blocks; ++b, codes += 32, values += 32) decode_32(codes, scales[b], values);
}
LATHE_VECTOR_CLONES void decode_i4(const uint8_t* packed, size_t count, float scale, float* values) {
    for (size_t i = 0; i < count / 2; ++i) {
        const int32_t low = (packed[i] & 15) ^ 8, high = (packed[i] >> 4) ^ 8;
        values[2 * i] = static_cast<float>(low - 8) * scale;
        values[2 * i + 1] = static_cast<float>(high - 8) * scale;
    }
}
LATHE_VECTOR_CLONES void decode_u4(const uint8_t* packed, size_t count, float scale, float zero,
                                   float* values) {
    for (size_t i = 0; i < count / 2; ++i) {
        values[2 * i] = static_cast<float>((packed[i] & 15) - 8) * scale + zero;
        values[2 * i + 1] = static_cast<float>((packed[i] >> 4) - 8) * scale + zero;
    }
}

LATHE_VECTOR_CLONES ErrorSums error_sums(const float* a, const float* b, size_t count) {
    constexpr size_t kLanes = 8, kRun = 256;  // floats are added up over so many, doubles beyond
    ErrorSums sums;
    Signed largest{};
    size_t i = 0;
    while (i + kLanes <= count) {
        const size_t end = count - i < kRun ? count / kLanes * kLanes : i + kRun;
        Floats signal{}, noise{}, x, y;
        for (; i < end; i += kLanes) {
            std::memcpy(&x, a + i, 32);
            std::memcpy(&y, b + i, 32);
            const Floats error = x - y;
            const Signed magnitude = std::bit_cast<Signed>(error) & 0x7fffffff;
            largest = magnitude > largest ? magnitude : largest;
            signal += x * x;
            noise += error * error;
        }
        for (size_t j = 0; j < kLanes; ++j) {
            sums.signal += static_cast<double>(signal[j]);
            sums.noise += static_cast<double>(noise[j]);
        }
    }
    for (size_t j = 0; j < kLanes; ++j) {
        const float lane = std::bit_cast<float>(static_cast<int32_t>(largest[j]));
        sums.largest = lane > sums.largest ? lane : sums.largest;
    }
    for (; i < count; ++i) {
        const float error = a[i] - b[i], magnitude = error < 0 ? -error : error;
        sums.signal += static_cast<double>(a[i]) * static_cast<double>(a[i]);
        sums.noise += static_cast<double>(error) * static_cast<double>(error);
        sums.largest = magnitude > sums.largest ? magnitude : sums.largest;
    }
    return sums;
}

}  // namespace lathe::quant
