// 8-bit codes as int16 rows. What a product does with a row takes far longer than this, unless it has very few columns.
#include "run/cpu/kernels/functions.h"
#include "run/cpu/kernels/integers.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

template <bool kNegative>
LATHE_INLINE void widen_run(const uint8_t* from, size_t count, Shorts zero, int16_t* to) {
    const auto put = [&](size_t i) {
        const Shorts codes = kNegative ? widen_signed(from + i) : widen_unsigned(from + i);
        store(to + i, codes - zero);
    };
    if (count < kShorts) {
        for (size_t i = 0; i < count; ++i) {
            const int code = kNegative ? static_cast<int8_t>(from[i]) : from[i];
            to[i] = static_cast<int16_t>(code - zero[0]);
        }
        return;
    }
    size_t i = 0;
    for (; i + kShorts <= count; i += kShorts) put(i);
    if (i < count) put(count - kShorts);  // some once more
}

void fill(int16_t* to, size_t count) {
    for (size_t i = 0; i < count; ++i) to[i] = 0;
}

template <bool kNegative>
void widen_row(const Widening& w, size_t row, int16_t* to) {
    const Shorts zero = shorts(static_cast<int16_t>(w.from.zero));
    if (w.offsets == nullptr) {
        widen_run<kNegative>(w.from.codes + static_cast<int64_t>(row) * w.stride, w.depth, zero, to);
        return;
    }
    const int32_t* offset = w.offsets + row;
    for (size_t t = 0; t < w.taps;) {
        const int32_t at = *offset;
        size_t count = 0;
        // Taps that lie side by side in the image are one run.
        do {
            count += w.depth;
            offset += w.offset_stride;
            ++t;
        } while (t < w.taps &&
                 (at == kPadding ? *offset == kPadding
                                 : static_cast<int64_t>(*offset) == at + static_cast<int64_t>(count)));
        if (at == kPadding) fill(to, count);
        else widen_run<kNegative>(w.from.codes + at, count, zero, to);
        to += count;
    }
}

}  // namespace

void widen(const Widening& w, size_t first, size_t last) {
    const size_t depth = w.taps * w.depth;
    for (size_t row = first; row < last; ++row) {
        int16_t* to = w.to + static_cast<int64_t>(row - first) * w.to_stride;
        if (w.from.negative) widen_row<true>(w, row, to);
        else widen_row<false>(w, row, to);
        fill(to + depth, static_cast<size_t>(w.to_stride) - depth);
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
