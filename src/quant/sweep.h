// Scales by trying: of the scales around the one that the largest magnitude asks for, the one with the least squared error,
// each column weighted by what it counts. It never stores more than rounding to nearest does; only the choice differs.
// The idea is widely used: GGUF's quantisers, NVIDIA's sweep of nvfp4 scales, "four over six" (arXiv 2512.02010).
#pragma once
#include <cstddef>
#include <cstdint>

#include "quant/scheme.h"

namespace lathe::quant {

// nvfp4. values: f32 [blocks * 16]; weights: f32 [blocks * 16], or nullptr: all 1; codes: e4m3 scales of the blocks, to be read as
// tensor_scale * scale, on entry by the plain formula.
void sweep_f4_scales(const float* values, const float* weights, size_t blocks, float tensor_scale,
                     uint8_t* codes);
// The squared error of the blocks with those scales, weighted.
double f4_error(const float* values, const float* weights, size_t blocks, float tensor_scale,
                const uint8_t* codes);

// mxfp8: exponents of blocks of 32, on entry by the plain formula.
void sweep_mx_scales(const float* values, const float* weights, size_t blocks, uint8_t* exponents);

// The weighted squared error of a run whose codes are round(value / scale): f8e4m3, f8e5m2, i8 or i4.
double unit_error(Element element, const float* values, const float* weights, size_t count, float scale);
// What the plain formula's scale is multiplied by, tried in this order: 1, then for integers smaller numbers (clipping), for
// floats positions in the octave above.
std::span<const float> clips_of(Element element);

// awq_w4a16: scale and zero of a group, by clipping its range and by least squares; on entry by the plain formula.
// half rounds to the type in which they are stored.
void sweep_u4_group(const float* values, const float* weights, size_t count, float (*half)(float),
                    float& scale, float& zero);

}  // namespace lathe::quant
