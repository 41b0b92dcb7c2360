// Vectors for the innermost loops of products.
#pragma once
#include <cstdint>

namespace lathe::ops {

// Numbers in memory that are added and multiplied together; compilers that are left to find such vectors lose the sums
// to memory. Few machines multiply vectors of 64-bit integers.
template <class Sum>
struct Lanes {
    static constexpr int64_t kCount = 1;
    using Type = Sum;
};
template <>
struct Lanes<double> {
    static constexpr int64_t kCount = 4;
    using Type [[gnu::vector_size(4 * sizeof(double)), gnu::aligned(sizeof(double)), gnu::may_alias]] =
        double;
};

}  // namespace lathe::ops
