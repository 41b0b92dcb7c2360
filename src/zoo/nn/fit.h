// Which shapes hold the same weight.
#pragma once
#include "tensor/shape.h"

namespace lathe::zoo::nn {

// A linear layer's [out, in] and a convolution's [out, in, 1, 1], or [out, in * kh * kw] and [out, in, kh, kw], are the
// same weight in the same order, as are vectors with and without axes of 1.
bool same_values(Shape a, Shape b);

}  // namespace lathe::zoo::nn
