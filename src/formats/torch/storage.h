// How a weight lies in an archive of PyTorch's: its elements in memory order, and strides.
#pragma once
#include "tensor/tensor.h"
#include "wire/pieces.h"

namespace lathe::formats::torch {

// Tensors whose elements are all of their storage, in whatever order (a transposed weight), are stored as they lie;
// others are packed while they are written.
Shape stored_strides(const Tensor& tensor);
wire::Pieces stored_bytes(const Tensor& tensor);

}  // namespace lathe::formats::torch
