// Inputs for tests of what is measured.
#pragma once
#include <vector>

#include "tensor/tensor.h"

namespace lathe::pipeline {

// f32 values in [-1, 1) that differ everywhere and follow from the seed alone.
inline Tensor noise(const Shape& shape, uint64_t seed) {
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    std::vector<double> values(static_cast<size_t>(element_count(shape)));
    for (double& value : values) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        value = static_cast<double>(state >> 11) / 4503599627370496.0 - 1;
    }
    return tensor_from_doubles(DType::kF32, shape, values);
}

}  // namespace lathe::pipeline
