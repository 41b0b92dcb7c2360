// The 4-bit codebook of asym_w4a8_int8: W is about round(book[code] * block scale) * row scale, where the product that is
// rounded is an 8-bit integer, which is what the loader multiplies. After comfy-kitchen 0.2.31 (w4a8_int8).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lathe::quant {

using Codebook = std::array<float, 16>;  // ascending

// For normal weights, which rotated ones nearly are: the levels of Lloyd and Max for groups of 16 scaled to a magnitude of 1.
const Codebook& normal_codebook();

// The table for a matrix of which `sample` (f32, whole rows, rotated) is a part: normal_codebook(), or, where the scaled
// groups have heavier tails than a normal distribution's, one fitted by Lloyd's algorithm.
Codebook choose_codebook(std::span<const float> sample);

// One row, [blocks * 16]. Chooses the e4m3 block scales and returns the row's scale. sweep: also tries neighbouring block
// scales on the final grid, by squared errors weighted with weights.
float fit_book_row(const float* values, const float* weights, size_t blocks, const Codebook& book, bool sweep,
                   uint8_t* block_scales);
// packed: two codes in a byte, the even column in the low half.
void encode_book_row(const float* values, size_t blocks, const Codebook& book, float row_scale,
                     const uint8_t* block_scales, uint8_t* packed);
void decode_book_row(const uint8_t* packed, size_t blocks, const Codebook& book, float row_scale,
                     const uint8_t* block_scales, float* values);

}  // namespace lathe::quant
