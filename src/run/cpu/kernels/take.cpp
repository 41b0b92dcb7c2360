// Rows from where an index says, as they are or as weighted sums.
#include "run/cpu/kernels/functions.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

template <class T>
LATHE_INLINE void take_row(const Take& p, size_t row, size_t inner) {
    const int32_t index = p.index[row];
    T* to = static_cast<T*>(p.to) + row * inner;
    if (index == kPadding) {
        const T fill = *static_cast<const T*>(p.fill);
        for (size_t i = 0; i < inner; ++i) to[i] = fill;
        return;
    }
    __builtin_memcpy(to, static_cast<const T*>(p.from) + index * p.stride, inner * sizeof(T));
}

template <class T>
void take_rows(const Take& p, size_t first, size_t last) {
    // Rows of few elements are moved by single instructions.
    switch (p.inner) {
        case 1:
            for (size_t row = first; row < last; ++row) take_row<T>(p, row, 1);
            return;
        case 2:
            for (size_t row = first; row < last; ++row) take_row<T>(p, row, 2);
            return;
        case 3:
            for (size_t row = first; row < last; ++row) take_row<T>(p, row, 3);
            return;
        case 4:
            for (size_t row = first; row < last; ++row) take_row<T>(p, row, 4);
            return;
        default:
            for (size_t row = first; row < last; ++row) take_row<T>(p, row, p.inner);
    }
}

// kCount vectors of one row of the result.
template <class T, size_t kCount, class Load, class Store>
LATHE_INLINE void sum_taps(const Blend& p, size_t row, const Load& load_at, const Store& store_at) {
    T sums[kCount] = {};
    const int32_t* offset = p.offsets + row;
    const float* weight = p.weights + row;
    for (size_t t = 0; t < p.taps; ++t, offset += p.table_stride, weight += p.table_stride) {
        if (*offset == kPadding) continue;
        for (size_t v = 0; v < kCount; ++v) sums[v] += load_at(p.input + *offset, v) * *weight;
    }
    float* to = p.output + static_cast<int64_t>(row) * p.output_stride;
    for (size_t v = 0; v < kCount; ++v) store_at(to, v, sums[v]);
}

template <size_t kCount>
LATHE_INLINE void blend_vectors(const Blend& p, size_t row, size_t column) {
    sum_taps<Floats, kCount>(
        p, row, [&](const float* from, size_t v) { return load(from + column + v * kLanes); },
        [&](float* to, size_t v, Floats x) { store(to + column + v * kLanes, x); });
}
LATHE_INLINE void blend_number(const Blend& p, size_t row, size_t column) {
    sum_taps<float, 1>(
        p, row, [&](const float* from, size_t) { return from[column]; },
        [&](float* to, size_t, float x) { to[column] = x; });
}

}  // namespace

void take(const Take& p, size_t first, size_t last) {
    switch (p.element_bytes) {
        case 1: return take_rows<uint8_t>(p, first, last);
        case 2: return take_rows<uint16_t>(p, first, last);
        case 4: return take_rows<uint32_t>(p, first, last);
        default: return take_rows<uint64_t>(p, first, last);
    }
}

void blend(const Blend& p, size_t first, size_t last) {
    constexpr size_t kMany = 8;
    for (size_t row = first; row < last; ++row) {
        size_t c = 0;
        for (; c + kMany * kLanes <= p.columns; c += kMany * kLanes) blend_vectors<kMany>(p, row, c);
        for (; c + kLanes <= p.columns; c += kLanes) blend_vectors<1>(p, row, c);
        if (c < p.columns && p.columns >= kLanes) {  // some columns once more
            blend_vectors<1>(p, row, p.columns - kLanes);
            continue;
        }
        for (; c < p.columns; ++c) blend_number(p, row, c);
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
