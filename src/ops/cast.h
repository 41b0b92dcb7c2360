// The conversion behind the operator cast, for operators that end in one.
#pragma once
#include "tensor/tensor.h"

namespace lathe::ops {

// x as `to`: floats to integers drop the fraction and saturate, integers wrap around, floats round to nearest even. Where
// a float8 type cannot hold a value it becomes the largest finite one when saturating, else NaN or infinity.
Tensor cast(const Tensor& x, DType to, bool saturate = true);

}  // namespace lathe::ops
