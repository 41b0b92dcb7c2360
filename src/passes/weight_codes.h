// Codes of weights.
#pragma once
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace lathe::passes {

struct ChannelCodes {
    Tensor codes;  // the weight's shape
    std::vector<float> scale;  // by output channel
};

// Symmetric codes, one scale for each index of `axis`: max|w| / 127 (63 in 7 bits, 448 for f8e4m3), but at least
// at_least[index]; where all weights are 0, that or 1. u8 codes have 128 added.
// Errors: a weight that is not finite.
Result<ChannelCodes> channel_codes(const Tensor& weight, size_t axis, DType dtype, bool seven_bits,
                                   std::span<const float> at_least);

struct BlockCodes {
    Tensor codes;  // the weight's shape
    Tensor scale;  // f32, the weight's shape with the axis divided by the block, rounded up
};

// Signed codes of 4 or 8 bits in blocks along `axis` of a matrix; the scale of a block is the best of some near max|w| / 7.5.
Result<BlockCodes> block_codes(const Tensor& matrix, size_t axis, int64_t block, DType dtype);

}  // namespace lathe::passes
