// Rows of numbers as vectors: sums whose error does not grow with the length, ends that fill no vector, and what the lanes
// of a vector have in common.
#pragma once
#include "run/cpu/kernels/vectors.h"

namespace lathe::run::cpu::LATHE_ISA {

template <size_t kCount>
struct Part {
    using Type [[gnu::vector_size(4 * kCount)]] = float;
};
// f over the lanes, by halves. f takes two vectors of any size, or two numbers.
template <size_t kCount = kLanes, class F>
LATHE_INLINE float across(typename Part<kCount>::Type v, F f) {
    if constexpr (kCount == 2) {
        return f(v[0], v[1]);
    } else {
        typename Part<kCount / 2>::Type halves[2];
        __builtin_memcpy(halves, &v, sizeof v);
        return across<kCount / 2>(f(halves[0], halves[1]), f);
    }
}
LATHE_INLINE float sum_across(Floats v) {
    return across(v, [](auto a, auto b) { return a + b; });
}
LATHE_INLINE float max_across(Floats v) {
    return across(v, [](auto a, auto b) { return a > b ? a : b; });
}

LATHE_INLINE Words lane_numbers() {
    Words lanes;
    for (size_t i = 0; i < kLanes; ++i) lanes[i] = static_cast<int32_t>(i);
    return lanes;
}
// The last n of a row's numbers (n < kLanes) in the last lanes, `filler` in the others.
LATHE_INLINE Floats load_end(const float* row, size_t columns, size_t n, float filler) {
    const auto others = static_cast<int32_t>(kLanes - n);
    if (columns >= kLanes) return lane_numbers() < others ? splat(filler) : load(row + columns - kLanes);
    float padded[kLanes];
    store(padded, splat(filler));
    for (size_t i = 0; i < n; ++i) padded[kLanes - n + i] = row[columns - n + i];
    return load(padded);
}
LATHE_INLINE void store_end(float* row, size_t columns, size_t n, Floats v) {
    const auto others = static_cast<int32_t>(kLanes - n);
    if (columns >= kLanes) {
        float* at = row + columns - kLanes;
        store(at, lane_numbers() < others ? load(at) : v);
        return;
    }
    float padded[kLanes];
    store(padded, v);
    for (size_t i = 0; i < n; ++i) row[columns - n + i] = padded[kLanes - n + i];
}

// Kahan's sum, of floats or vectors: its error does not depend on how many there are. Blocks of kSumBlock are added up
// plainly before.
constexpr size_t kSumBlock = 128;
template <class T>
struct Total {
    T sum{}, excess{};
};
template <class T>
LATHE_INLINE void add_to(Total<T>& total, T x) {
    const T rest = x - total.excess, next = total.sum + rest;
    total.excess = (next - total.sum) - rest;
    total.sum = next;
}

// add(at, sums) adds the vectors at `at` of a row to sums; called for whole vectors up to `end`.
template <size_t kSums, class F>
LATHE_INLINE void add_vectors(size_t end, Total<Floats> (&totals)[kSums], F add) {
    constexpr size_t kAtOnce = 4;
    for (size_t at = 0; at < end;) {
        Floats sums[kAtOnce][kSums] = {};
        const size_t stop = end - at < kSumBlock * kLanes ? end : at + kSumBlock * kLanes;
        for (; at + kAtOnce * kLanes <= stop; at += kAtOnce * kLanes)
            for (size_t i = 0; i < kAtOnce; ++i) add(at + i * kLanes, sums[i]);
        for (; at < stop; at += kLanes) add(at, sums[0]);
        for (size_t s = 0; s < kSums; ++s)
            add_to(totals[s], (sums[0][s] + sums[1][s]) + (sums[2][s] + sums[3][s]));
    }
}
// f of the vectors at 0, kLanes … of a row up to `end`, and of `first`, in some order.
template <class F>
LATHE_INLINE Floats fold_vectors(const float* row, size_t end, Floats first, F f) {
    Floats results[4] = {first, first, first, first};
    size_t at = 0;
    for (; at + 4 * kLanes <= end; at += 4 * kLanes)
        for (size_t i = 0; i < 4; ++i) results[i] = f(results[i], load(row + at + i * kLanes));
    for (; at < end; at += kLanes) results[0] = f(results[0], load(row + at));
    return f(f(results[0], results[1]), f(results[2], results[3]));
}

}  // namespace lathe::run::cpu::LATHE_ISA
