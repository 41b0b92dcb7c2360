// Vectors of small integers, beside those of vectors.h.
#pragma once
#include "run/cpu/kernels/vectors.h"

namespace lathe::run::cpu::LATHE_ISA {

constexpr size_t kShorts = 2 * kLanes;  // in a vector
using Shorts [[gnu::vector_size(2 * kShorts)]] = int16_t;
using ShortBytes [[gnu::vector_size(kShorts)]] = int8_t;  // half as long as a vector: one for each of Shorts
using ShortUnsignedBytes [[gnu::vector_size(kShorts)]] = uint8_t;
// As the builtins take them.
using CharBytes[[gnu::vector_size(kShorts < 16 ? 16 : kShorts)]] = char;
using QuarterBytes [[gnu::vector_size(16)]] = char;
using QuarterWords [[gnu::vector_size(16)]] = int;
using QuarterShorts [[gnu::vector_size(16)]] = short;
using WordBytes [[gnu::vector_size(kLanes)]] = int8_t;  // one for each of Words

template <class V>
LATHE_INLINE V load_as(const void* p) {
    V v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}
LATHE_INLINE void store(int16_t* p, Shorts v) { __builtin_memcpy(p, &v, sizeof v); }
LATHE_INLINE Shorts shorts(int16_t x) { return Shorts{} + x; }
// The same two neighbours everywhere.
LATHE_INLINE Shorts splat_pair(const int16_t* p) {
    int32_t pair;
    __builtin_memcpy(&pair, p, sizeof pair);
    return (Shorts)splat(pair);
}
// GCC 12 converts between lengths in pieces; clang does it at once.
LATHE_INLINE Shorts widen_signed(const void* p) {
#if defined(__clang__) || !defined(__SSE4_1__)
    return __builtin_convertvector(load_as<ShortBytes>(p), Shorts);
#elif defined(__AVX512BW__)
    return (Shorts)__builtin_ia32_pmovsxbw512_mask(load_as<CharBytes>(p), Shorts{}, 0xffffffffu);
#elif defined(__AVX2__)
    return (Shorts)__builtin_ia32_pmovsxbw256(load_as<CharBytes>(p));
#else
    CharBytes bytes{};
    __builtin_memcpy(&bytes, p, kShorts);
    return (Shorts)__builtin_ia32_pmovsxbw128(bytes);
#endif
}
LATHE_INLINE Shorts widen_unsigned(const void* p) {
#if defined(__clang__) || !defined(__SSE4_1__)
    return __builtin_convertvector(load_as<ShortUnsignedBytes>(p), Shorts);
#elif defined(__AVX512BW__)
    return (Shorts)__builtin_ia32_pmovzxbw512_mask(load_as<CharBytes>(p), Shorts{}, 0xffffffffu);
#elif defined(__AVX2__)
    return (Shorts)__builtin_ia32_pmovzxbw256(load_as<CharBytes>(p));
#else
    CharBytes bytes{};
    __builtin_memcpy(&bytes, p, kShorts);
    return (Shorts)__builtin_ia32_pmovzxbw128(bytes);
#endif
}

// a[2i] * b[2i] + a[2i + 1] * b[2i + 1]
LATHE_INLINE Words dot_pairs(Shorts a, Shorts b) {
#if defined(__AVX512BW__) && defined(__clang__)
    return (Words)__builtin_ia32_pmaddwd512(a, b);
#elif defined(__AVX512BW__)
    return (Words)__builtin_ia32_pmaddwd512_mask(a, b, Words{}, static_cast<unsigned short>(-1));
#elif defined(__AVX2__)
    return (Words)__builtin_ia32_pmaddwd256(a, b);
#elif defined(__SSE2__)
    return (Words)__builtin_ia32_pmaddwd128(a, b);
#elif defined(__wasm_simd128__)
    return (Words)__builtin_wasm_dot_s_i32x4_i16x8(a, b);
#else
    const Words x = (Words)a, y = (Words)b;
    return (x << 16 >> 16) * (y << 16 >> 16) + (x >> 16) * (y >> 16);
#endif
}

// Ties to even; for |v| below 2^22.
LATHE_INLINE Words round_to_words(Floats v) {
    constexpr float kRounder = 0x1.8p23f;  // its last bit counts ones
    return as_words(v + kRounder) - as_words(splat(kRounder));
}
// The low 8 bits of each.
LATHE_INLINE void store_bytes(uint8_t* p, Words v) {
#if defined(__clang__) || !defined(__SSE4_1__)
    const WordBytes bytes = __builtin_convertvector(v, WordBytes);
    __builtin_memcpy(p, &bytes, sizeof bytes);
#elif defined(__AVX512BW__)
    const auto bytes = __builtin_ia32_pmovdb512_mask(v, QuarterBytes{}, static_cast<unsigned short>(-1));
    __builtin_memcpy(p, &bytes, sizeof bytes);
#else
    v &= 255;
    QuarterWords parts[kLanes / 4];
    __builtin_memcpy(parts, &v, sizeof v);
    const auto halves = __builtin_ia32_packssdw128(parts[0], parts[kLanes / 4 - 1]);
    const auto bytes = __builtin_ia32_packuswb128(halves, halves);
    __builtin_memcpy(p, &bytes, kLanes);
#endif
}

// Those of two vectors, one after the other.
LATHE_INLINE void store_bytes(uint8_t* p, Words first, Words second) {
#if defined(__AVX2__) && !defined(__AVX512BW__)
    using Longs [[gnu::vector_size(32)]] = long long;
    const Shorts halves = (Shorts)__builtin_ia32_packssdw256(first, second);  // of each half of a vector
    const auto in_order = (Shorts)__builtin_shufflevector((Longs)halves, (Longs)halves, 0, 2, 1, 3);
    QuarterShorts parts[2];
    const Shorts bytes = in_order & 255;
    __builtin_memcpy(parts, &bytes, sizeof bytes);
    const auto packed = __builtin_ia32_packuswb128(parts[0], parts[1]);
    __builtin_memcpy(p, &packed, sizeof packed);
#else
    store_bytes(p, first);
    store_bytes(p + kLanes, second);
#endif
}

// 16 codes (u8) of each of two rows: neighbours are (first[i], second[i]).
constexpr size_t kPairVectors = 32 / kShorts;
struct Pairs {
    Shorts vectors[kPairVectors];
};
LATHE_INLINE Pairs interleave(const uint8_t* first, const uint8_t* second, uint8_t flip) {
    using Bytes [[gnu::vector_size(16)]] = uint8_t;
    const Bytes a = load_as<Bytes>(first) ^ flip, b = load_as<Bytes>(second) ^ flip;
    const Bytes low = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
                high = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                               31);
    Pairs pairs;
#if defined(__AVX512BW__)
    uint8_t both[32];
    __builtin_memcpy(both, &low, sizeof low);
    __builtin_memcpy(both + 16, &high, sizeof high);
    pairs.vectors[0] = widen_unsigned(both);
#elif defined(__AVX2__) && !defined(__clang__)
    pairs.vectors[0] = (Shorts)__builtin_ia32_pmovzxbw256((CharBytes)low);
    pairs.vectors[1] = (Shorts)__builtin_ia32_pmovzxbw256((CharBytes)high);
#elif defined(__AVX2__)
    pairs.vectors[0] = __builtin_convertvector(low, Shorts);
    pairs.vectors[1] = __builtin_convertvector(high, Shorts);
#else
    const Bytes zeros{};  // little-endian: a byte and a zero are a word
    pairs.vectors[0] =
        (Shorts)__builtin_shufflevector(low, zeros, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    pairs.vectors[1] = (Shorts)__builtin_shufflevector(low, zeros, 8, 16, 9, 17, 10, 18, 11, 19, 12, 20, 13,
                                                       21, 14, 22, 15, 23);
    pairs.vectors[2] =
        (Shorts)__builtin_shufflevector(high, zeros, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    pairs.vectors[3] = (Shorts)__builtin_shufflevector(high, zeros, 8, 16, 9, 17, 10, 18, 11, 19, 12, 20, 13,
                                                       21, 14, 22, 15, 23);
#endif
    return pairs;
}

}  // namespace lathe::run::cpu::LATHE_ISA
