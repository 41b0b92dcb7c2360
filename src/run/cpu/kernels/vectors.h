// Vectors of one instruction set, by the compilers' vector extensions: LATHE_ISA (a namespace), LATHE_LANES and LATHE_TILE_ROWS
// come from the build (CMakeLists.txt). Only the sources in this folder include it, and they include no header whose inline functions other files might
// share: those would carry instructions that not every processor has.
#pragma once
#include <cstddef>
#include <cstdint>

#include "run/cpu/kernels/kernels.h"

#define LATHE_INLINE [[gnu::always_inline]] static inline

namespace lathe::run::cpu::LATHE_ISA {

constexpr size_t kLanes = LATHE_LANES;
// Of products: accumulators fill the registers, but for a few.
constexpr size_t kTileRows = LATHE_TILE_ROWS, kPanelVectors = 2, kPanel = kPanelVectors * kLanes;
using Floats [[gnu::vector_size(4 * LATHE_LANES)]] = float;
using Words [[gnu::vector_size(4 * LATHE_LANES)]] = int32_t;

LATHE_INLINE Floats load(const float* p) {
    Floats v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}
LATHE_INLINE void store(float* p, Floats v) { __builtin_memcpy(p, &v, sizeof v); }
// The first n floats, the others zero (load) or left alone (store).
LATHE_INLINE Floats load_part(const float* p, size_t n) {
    Floats v{};
    __builtin_memcpy(&v, p, n * sizeof(float));
    return v;
}
LATHE_INLINE void store_part(float* p, Floats v, size_t n) { __builtin_memcpy(p, &v, n * sizeof(float)); }
LATHE_INLINE Floats splat(float x) { return Floats{} + x; }
LATHE_INLINE Words splat(int32_t x) { return Words{} + x; }
LATHE_INLINE Floats max(Floats a, Floats b) { return a > b ? a : b; }
LATHE_INLINE Floats min(Floats a, Floats b) { return a < b ? a : b; }
LATHE_INLINE Words as_words(Floats v) { return (Words)v; }
LATHE_INLINE Floats as_floats(Words v) { return (Floats)v; }
// NaNs stay NaNs, as in a comparison that is false.
LATHE_INLINE Floats clamp(Floats v, float low, float high) {
    v = v < splat(low) ? splat(low) : v;
    return v > splat(high) ? splat(high) : v;
}

}  // namespace lathe::run::cpu::LATHE_ISA
