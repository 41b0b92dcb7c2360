// Shape: the sizes of a tensor whose numbers are all known. (Shapes with symbols are graph/dim.h.)
#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lathe {

using Shape = std::vector<int64_t>;  // row-major; rank 0 is a scalar

int64_t element_count(
    std::span<const int64_t> shape);  // aborts on overflow; sizes must be checked where they are read
// The product, or nothing when a size is negative or the product exceeds 2^62: for sizes from outside.
std::optional<int64_t> checked_element_count(std::span<const int64_t> shape);
Shape row_major_strides(std::span<const int64_t> shape);  // in elements
std::string to_string(const Shape& shape);                // "[2, 3, 4]"

}  // namespace lathe
