// Copies a strided view into row-major order.
#pragma once
#include <cstddef>

#include "tensor/shape.h"

namespace lathe {

// `from`: element (0, …, 0) of the view; strides count elements and may be 0 or negative. `to`: room for all elements of
// the shape. element_bytes: 1, 2, 4, 8 or 16. Both may be misaligned.
void copy_strided(const std::byte* from, std::byte* to, const Shape& shape, const Shape& strides,
                  size_t element_bytes);

}  // namespace lathe
