// The rotation of ConvRot (arXiv 2512.03673): each group of G columns is multiplied by a regular Hadamard matrix, which
// spreads outliers over the group. H4 = [1 1 1 -1; 1 1 -1 1; 1 -1 1 1; -1 1 1 1], H_4n = H_n (x) H4, H = H_G / sqrt(G).
// H is symmetric and its own inverse: encoding and decoding are the same product.
#pragma once
#include <cstddef>

namespace lathe::quant {

// values: f32 [runs * group], rotated in place; group: a power of 4. The product is exact in double for 16-bit weights
// (sums of up to `group` numbers whose exponents differ by less than 36) and is rounded once, to f32.
void rotate(float* values, size_t runs, size_t group);

}  // namespace lathe::quant
