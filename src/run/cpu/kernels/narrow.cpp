// Rows of f32 as bf16.
#include "run/cpu/kernels/functions.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

using Halves [[gnu::vector_size(2 * LATHE_LANES)]] = uint16_t;

// The upper half of the bits, after half of what it leaves out was added; NaNs stay NaNs.
LATHE_INLINE Words narrow_bits(Words bits) {
    const Words odd = (bits >> 16) & 1, rounded = (bits + odd + 0x7fff) >> 16;
    const Words is_nan = (bits & 0x7fffffff) > 0x7f800000;
    return (is_nan & ((bits >> 16) | 0x40)) | (~is_nan & rounded);
}

LATHE_INLINE void narrow_vector(const float* from, uint16_t* to) {
    const Halves halves = __builtin_convertvector(narrow_bits(as_words(load(from))), Halves);
    __builtin_memcpy(to, &halves, sizeof halves);
}

void narrow_run(const float* from, size_t count, uint16_t* to) {
    if (count < kLanes) {
        float copy[kLanes] = {};
        uint16_t halves[kLanes];
        for (size_t i = 0; i < count; ++i) copy[i] = from[i];
        narrow_vector(copy, halves);
        for (size_t i = 0; i < count; ++i) to[i] = halves[i];
        return;
    }
    size_t i = 0;
    for (; i + kLanes <= count; i += kLanes) narrow_vector(from + i, to + i);
    if (i < count) narrow_vector(from + count - kLanes, to + count - kLanes);  // some once more
}

void fill(uint16_t* to, size_t count) {
    for (size_t i = 0; i < count; ++i) to[i] = 0;
}

// Taps that lie side by side in the image are one run.
void narrow_taps(const Narrowing& n, const int32_t* offset, uint16_t* to) {
    for (size_t t = 0; t < n.taps;) {
        const int32_t at = *offset;
        size_t count = 0;
        do {
            count += n.depth;
            offset += n.offset_stride;
            ++t;
        } while (t < n.taps &&
                 (at == kPadding ? *offset == kPadding
                                 : *offset == static_cast<int64_t>(at) + static_cast<int64_t>(count)));
        if (at == kPadding) fill(to, count);
        else narrow_run(n.a + at, count, to);
        to += count;
    }
}

}  // namespace

void narrow(const Narrowing& n, size_t first, size_t last) {
    const size_t depth = n.taps * n.depth;
    uint16_t* to = n.to;
    for (size_t row = first; row < last; ++row, to += n.to_stride) {
        if (n.offsets != nullptr) narrow_taps(n, n.offsets + row, to);
        else narrow_run(n.a + static_cast<int64_t>(row) * n.a_stride, depth, to);
        fill(to + depth, static_cast<size_t>(n.to_stride) - depth);
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
