// The eight symmetries of a square board, numbered as KataGo does: bit 0 flips y, bit 1 flips x, bit 2 then
// transposes. They apply to whole tensors, the empty rim of a small board included. On tensors that are not
// square, transposing is not possible; symmetries 4 to 7 are refused there.
#pragma once
#include <span>

#include "base/result.h"
#include "game/features.h"

namespace lathe::game {

inline constexpr int kSymmetries = 8;

int inverse_symmetry(int symmetry);                // 5 and 6 undo each other, the others themselves
int compose_symmetries(int first, int then);       // `first` applied, and `then` to the result

// The last two axes of an f32 tensor [..., height, width].
// Errors: symmetry not 0 to 7; transposing a tensor that is not square; another dtype or rank below 2.
Result<Tensor> apply_symmetry(const Tensor& planes, int symmetry);
Result<Features> apply_symmetry(const Features& features, int symmetry);

// One plane of values, row by row, as networks give for policy and ownership. Legal sizes are the caller's
// care: symmetry 0 to 7, and width == height for 4 to 7. To undo a symmetry, apply its inverse.
void apply_symmetry(std::span<const double> plane, int width, int symmetry, std::span<double> out);

}  // namespace lathe::game
