// A square of kLanes vectors with rows and columns exchanged.
#pragma once
#include "run/cpu/kernels/vectors.h"

namespace lathe::run::cpu::LATHE_ISA {

// The lower or upper halves of two vectors, lane by lane in turn.
LATHE_INLINE Floats interleave_low(Floats a, Floats b) {
#if LATHE_LANES == 4
    return __builtin_shufflevector(a, b, 0, 4, 1, 5);
#elif LATHE_LANES == 8
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
#else
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#endif
}
LATHE_INLINE Floats interleave_high(Floats a, Floats b) {
#if LATHE_LANES == 4
    return __builtin_shufflevector(a, b, 2, 6, 3, 7);
#elif LATHE_LANES == 8
    return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#endif
}

// Interleaving the first half of the rows with the second turns the bits of (row, column) by one; log2(kLanes) times of it
// exchange the two.
LATHE_INLINE void transpose(Floats (&rows)[kLanes]) {
    for (size_t turns = 1; turns < kLanes; turns *= 2) {
        Floats turned[kLanes];
        for (size_t i = 0; i < kLanes / 2; ++i) {
            turned[2 * i] = interleave_low(rows[i], rows[i + kLanes / 2]);
            turned[2 * i + 1] = interleave_high(rows[i], rows[i + kLanes / 2]);
        }
        for (size_t i = 0; i < kLanes; ++i) rows[i] = turned[i];
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
