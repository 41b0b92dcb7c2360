// What sums of integers become: themselves, numbers or codes.
#pragma once
#include "run/cpu/kernels/integers.h"

namespace lathe::run::cpu::LATHE_ISA {

// What the sums of a tile become: the same for all its rows.
template <size_t kVectors>
struct Finish {
    Floats scale[kVectors], bias[kVectors], low, high;

    LATHE_INLINE Finish of(const IntegerResult& p, size_t column) {
        Finish f;
        f.low = splat(p.low);
        f.high = splat(p.high);
        for (size_t v = 0; v < kVectors; ++v) {
            f.scale[v] = load(p.scale + column + v * kLanes);
            f.bias[v] = p.bias != nullptr ? load(p.bias + column + v * kLanes) : Floats{};
        }
        return f;
    }
    Floats number(Words sum, size_t v) const {
        Floats y = __builtin_convertvector(sum, Floats) * scale[v] + bias[v];
        y = y < low ? low : y;
        return y > high ? high : y;
    }
};

template <size_t kVectors>
LATHE_INLINE void put_bytes(uint8_t* to, const Words (&codes)[kVectors]) {
    for (size_t v = 0; v + 1 < kVectors; v += 2) store_bytes(to + v * kLanes, codes[v], codes[v + 1]);
    if constexpr (kVectors % 2 == 1) store_bytes(to + (kVectors - 1) * kLanes, codes[kVectors - 1]);
}

// `to` takes rows of the element's type; of the last columns only those that are there.
template <size_t kRows, size_t kVectors, class T, class Put>
LATHE_INLINE void put_rows(const IntegerResult& p, size_t row, size_t column, size_t width, const Put& put) {
    T* to = static_cast<T*>(p.c) + static_cast<int64_t>(row) * p.c_stride + static_cast<int64_t>(column);
    if (width >= kVectors * kLanes) {
#pragma GCC unroll 16
        for (size_t r = 0; r < kRows; ++r, to += p.c_stride) put(r, to);
        return;
    }
    T copy[kRows][kVectors * kLanes];
#pragma GCC unroll 16
    for (size_t r = 0; r < kRows; ++r) put(r, copy[r]);
    for (size_t r = 0; r < kRows; ++r, to += p.c_stride)
        for (size_t i = 0; i < width; ++i) to[i] = copy[r][i];
}

template <size_t kRows, size_t kVectors>
LATHE_INLINE void put_sums(const IntegerResult& p, size_t row, size_t column, size_t width,
                           const Words (&sums)[kRows][kVectors]) {
    if (p.kind == IntegerResult::kSums) {
        put_rows<kRows, kVectors, int32_t>(p, row, column, width, [&](size_t r, int32_t* to) {
            __builtin_memcpy(to, sums[r], sizeof sums[r]);
        });
        return;
    }
    const auto finish = Finish<kVectors>::of(p, column);
    if (p.kind == IntegerResult::kFloats) {
        put_rows<kRows, kVectors, float>(p, row, column, width, [&](size_t r, float* to) {
            for (size_t v = 0; v < kVectors; ++v) store(to + v * kLanes, finish.number(sums[r][v], v));
        });
        return;
    }
    put_rows<kRows, kVectors, uint8_t>(p, row, column, width, [&](size_t r, uint8_t* to) {
        Words codes[kVectors];
        for (size_t v = 0; v < kVectors; ++v)
            codes[v] = round_to_words(finish.number(sums[r][v], v)) + p.zero;
        put_bytes(to, codes);
    });
}

}  // namespace lathe::run::cpu::LATHE_ISA
