// The largest, or the sum, of every channel over windows of pixels.
#include "run/cpu/kernels/functions.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

constexpr size_t kVectors = 4;

// A NaN stays: there is no number above it, and it is above all numbers.
template <class T>
LATHE_INLINE T larger(T best, T x) {
    return ((x > best) | (x != x)) ? x : best;
}

template <Pool::Kind kKind, class T, size_t kWidth, class Load, class Store>
LATHE_INLINE void window(const Pool& p, size_t pixel, const Load& load_at, const Store& store_at) {
    T sums[kWidth];
    for (T& sum : sums) sum = T{} + (kKind == Pool::kMax ? -kInfinity : 0.0f);
    const int32_t* offset = p.offsets + pixel;
    for (size_t t = 0; t < p.taps; ++t, offset += p.offset_stride) {
        if (*offset == kPadding) continue;
        for (size_t v = 0; v < kWidth; ++v) {
            const T x = load_at(p.input + *offset, v);
            if constexpr (kKind == Pool::kMax) sums[v] = larger(sums[v], x);
            else sums[v] += x;
        }
    }
    float* to = p.output + static_cast<int64_t>(pixel) * p.output_stride;
    for (size_t v = 0; v < kWidth; ++v) {
        if constexpr (kKind == Pool::kSum) sums[v] *= p.factors[pixel];
        store_at(to, v, sums[v]);
    }
}

template <Pool::Kind kKind, size_t kWidth>
LATHE_INLINE void vectors(const Pool& p, size_t pixel, size_t channel) {
    window<kKind, Floats, kWidth>(
        p, pixel, [&](const float* from, size_t v) { return load(from + channel + v * kLanes); },
        [&](float* to, size_t v, Floats x) { store(to + channel + v * kLanes, x); });
}

template <Pool::Kind kKind>
void pool_pixels(const Pool& p, size_t first, size_t last) {
    for (size_t pixel = first; pixel < last; ++pixel) {
        size_t c = 0;
        for (; c + kVectors * kLanes <= p.channels; c += kVectors * kLanes)
            vectors<kKind, kVectors>(p, pixel, c);
        for (; c + kLanes <= p.channels; c += kLanes) vectors<kKind, 1>(p, pixel, c);
        if (c == p.channels) continue;
        if (p.channels >= kLanes) {  // some channels once more
            vectors<kKind, 1>(p, pixel, p.channels - kLanes);
            continue;
        }
        for (; c < p.channels; ++c)
            window<kKind, float, 1>(
                p, pixel, [&](const float* from, size_t) { return from[c]; },
                [&](float* to, size_t, float x) { to[c] = x; });
    }
}

}  // namespace

void pool(const Pool& p, size_t first, size_t last) {
    if (p.kind == Pool::kMax) pool_pixels<Pool::kMax>(p, first, last);
    else pool_pixels<Pool::kSum>(p, first, last);
}

}  // namespace lathe::run::cpu::LATHE_ISA
