// Palettes: a tensor's numbers as indices into a table of the few that stand for them.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace lathe::formats::coreml {

// At most `count` numbers, in order, that the values are near to: k-means in one dimension (Lloyd 1982) on sorted
// values, so that a round costs O(count log n), from a start that follows the values' density. The same for the same values.
std::vector<float> find_palette(std::vector<float> values, size_t count);

// The index of the nearest number of a sorted palette for each value.
std::vector<uint8_t> palette_indices(std::span<const float> values, std::span<const float> palette);

// Indices of `bits` bits one behind the other, low bits first; and back.
std::vector<uint8_t> pack_bits(std::span<const uint8_t> indices, int bits);
uint32_t unpack_bits(std::span<const std::byte> packed, uint64_t index, int bits);

}  // namespace lathe::formats::coreml
