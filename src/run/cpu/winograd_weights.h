// Weights of 3x3 convolutions, transformed for Kernels::winograd_input and winograd_output.
#pragma once
#include <cstddef>

namespace lathe::run::cpu {

// weights: [out, in, 3, 3]; tile: 2 or 4; u: [(tile + 2)², in, out], made in double and rounded once: its rows of the
// input channels [first, last).
void winograd_weights(int tile, const float* weights, size_t out, size_t in, float* u, size_t first,
                      size_t last);

}  // namespace lathe::run::cpu
