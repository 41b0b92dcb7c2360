// Reading index tensors, shared by the operators that gather and scatter.
#pragma once
#include <limits>

#include "graph/attr.h"

namespace lathe::ops {

// The value of an optional axis attribute that is not given.
inline constexpr int64_t kNoAxis = std::numeric_limits<int64_t>::max();
inline constexpr std::string_view kNoAxisText = "9223372036854775807";

// The indices in [-size, size) as numbers in [0, size). Errors: one outside.
Result<graph::Ints> normal_indices(const Tensor& indices, int64_t size);

// For index tuples in the last axis of `indices` after `batch` common axes: where in x (in elements) the part begins
// that each tuple names. Errors: an index outside.
Result<graph::Ints> block_starts(const Shape& x, const Tensor& indices, int batch);

}  // namespace lathe::ops
