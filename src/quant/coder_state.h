// What the parts of LayerCoder share: its state, and how a spec lays out its scales.
#pragma once
#include <algorithm>
#include <array>
#include <atomic>
#include <bit>

#include "quant/coder.h"

namespace lathe::quant {

// What is known of the whole matrix. Only the scales as they will be stored are kept, a small part of its size.
struct LayerCoder::State {
    std::vector<Part> parts;
    float max_abs = 0;
    std::atomic<bool> nonzero{false};
    std::vector<float> weights;  // [padded columns] what an error counts
    bool weighted = false;  // not all the same
    std::vector<float> scale,
        factor;  // ScaleCode::kF32: by unit; kRowF8E4M3: scale by row; kStored: [groups, rows]
    std::vector<float> zero;  // kStored
    std::vector<uint8_t> codes;  // of block scales, where they will lie in the file
    float tensor_scale = 1;  // nvfp4: g; asked or found scalar of hybrid mxfp8
    std::array<float, 16> codebook{};
    std::vector<uint16_t> stored_scale, stored_zero;  // kStored, as they will lie in the file
    float input_scale = 1;
};

inline bool scaled_by_units(const Scheme& scheme) { return scheme.scale == ScaleCode::kF32; }

// The columns that share a scale within a row.
inline int64_t run_of(const LayerSpec& spec, int64_t columns) {
    if (spec.scheme->element == Element::kU4) return spec.block_size;
    if (spec.scheme->block != 0) return spec.scheme->block;
    return spec.scaling == Scaling::kBlock && spec.scheme->element != Element::kI4 ? spec.block_size
                                                                                   : columns;
}

inline Scaling scaling_of(const LayerSpec& spec) {
    return spec.scheme->element == Element::kI4 ? Scaling::kRow : spec.scaling;
}

inline float power_of_two(int exponent) {  // 2^(exponent - 127), exponent 0 … 254
    return exponent == 0 ? 0x1p-127f : std::bit_cast<float>(static_cast<uint32_t>(exponent) << 23);
}

// A row of scales between its place in the file, in tiles of 128 x 4, and its own order.
template <class Move>
void for_each_tile(int64_t row, int64_t blocks, Move move) {
    for (int64_t b = 0; b < blocks; b += 4)
        move(static_cast<size_t>(swizzled(row, b, blocks)), static_cast<size_t>(b),
             static_cast<size_t>(std::min<int64_t>(4, blocks - b)));
}
}  // namespace lathe::quant
