// Where the window of a convolution or pooling looks.
#pragma once
#include "ops/window.h"
#include "run/cpu/lowering.h"

namespace lathe::run::cpu {

size_t count_taps(const ops::Window& window);
// [taps, positions] of int32: the pixel that each tap reads for each position of the result, in elements from the image's
// first, or kPadding. in, strides: sizes of the image along its places, and the elements from one to the next.
View tap_table(Lowering& lowering, const ops::Window& window, const Shape& in, const Shape& strides,
               const Shape& out);

Shape places_of(const Shape& shape);  // without batch and channels
// The image with its channels next to each other; nothing when it is too large for 32-bit offsets.
std::optional<View> channels_together(Lowering& lowering, const View& image, DType dtype);
std::optional<View> channels_together(Lowering& lowering, graph::ValueId id);
View zeros(Lowering& lowering, size_t count);  // at least so many floats, for taps in the padding

}  // namespace lathe::run::cpu
