#include "quant/rotate.h"

#include <cmath>
#include <cstring>
#include <vector>

#include "base/vector_clones.h"

namespace lathe::quant {
namespace {

// One factor of the Kronecker product: quadruples of numbers that are `stride` apart. Up to the order of the factors, which
// makes no difference to their product, H_G is as many of these as G has powers of 4.
LATHE_VECTOR_CLONES void quadruples(double* v, size_t size, size_t stride) {
    for (size_t start = 0; start < size; start += 4 * stride)
        for (size_t i = start; i < start + stride; ++i) {
            const double a = v[i], b = v[i + stride], c = v[i + 2 * stride], d = v[i + 3 * stride];
            const double sum_ab = a + b, difference_ab = a - b, sum_cd = c + d, difference_cd = c - d;
            v[i] = sum_ab + difference_cd;
            v[i + stride] = sum_ab - difference_cd;
            v[i + 2 * stride] = difference_ab + sum_cd;
            v[i + 3 * stride] = sum_cd - difference_ab;
        }
}

// Strides 1 and 4 at once, on 16 numbers as a 4 x 4 square: what a vector holds is kept together.
LATHE_VECTOR_CLONES void squares(const float* in, double* out, size_t size) {
    for (size_t start = 0; start < size; start += 16) {
        double v[16], w[16];
        for (size_t i = 0; i < 16; ++i) v[i] = static_cast<double>(in[start + i]);
        for (size_t i = 0; i < 4; ++i) {  // stride 4
            const double sum_ab = v[i] + v[i + 4], difference_ab = v[i] - v[i + 4];
            const double sum_cd = v[i + 8] + v[i + 12], difference_cd = v[i + 8] - v[i + 12];
            w[i] = sum_ab + difference_cd;
            w[i + 4] = sum_ab - difference_cd;
            w[i + 8] = difference_ab + sum_cd;
            w[i + 12] = sum_cd - difference_ab;
        }
        for (size_t i = 0; i < 16; i += 4) {  // stride 1
            const double sum_ab = w[i] + w[i + 1], difference_ab = w[i] - w[i + 1];
            const double sum_cd = w[i + 2] + w[i + 3], difference_cd = w[i + 2] - w[i + 3];
            out[start + i] = sum_ab + difference_cd;
            out[start + i + 1] = sum_ab - difference_cd;
            out[start + i + 2] = difference_ab + sum_cd;
            out[start + i + 3] = sum_cd - difference_ab;
        }
    }
}

LATHE_VECTOR_CLONES void scale_to_floats(const double* in, double factor, size_t size, float* out) {
    for (size_t i = 0; i < size; ++i) out[i] = static_cast<float>(in[i] * factor);
}

}  // namespace

void rotate(float* values, size_t runs, size_t group) {
    std::vector<double> wide(group);
    const double factor = 1 / std::sqrt(static_cast<double>(group));  // a power of two
    for (size_t run = 0; run < runs; ++run, values += group) {
        size_t stride = 16;
        if (group >= 16) {
            squares(values, wide.data(), group);
        } else {
            for (size_t i = 0; i < group; ++i) wide[i] = static_cast<double>(values[i]);
            stride = 1;
        }
        for (; stride < group; stride *= 4) quadruples(wide.data(), group, stride);
        scale_to_floats(wide.data(), factor, group, values);
    }
}

}  // namespace lathe::quant
