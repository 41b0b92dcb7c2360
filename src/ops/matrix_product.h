// The inner loops of matrix products, shared by matmul, gemm, attention, recurrent and quantised operators. They run
// along rows of the result with unit stride, so that a compiler makes vector code of them, and add in the order of k.
#pragma once
#include <algorithm>
#include <cstdint>

#include "graph/dim.h"

namespace lathe::ops {

// Shape of the product of a and b as NumPy's matmul makes it. Errors: scalars, sizes that do not fit.
Result<graph::Dims> matmul_output(const graph::Dims& a, const graph::Dims& b);

// out[m, n] += a[m, k] * b[k, n]; all row-major. Sums are kept as Sum (double for floats, int64_t for integers).
template <class In, class Sum>
void add_product(const In* a, const In* b, Sum* out, int64_t m, int64_t k, int64_t n) {
    constexpr int64_t kBlock = 512;  // columns whose sums stay in the nearest cache
    for (int64_t from = 0; from < n; from += kBlock) {
        const int64_t width = std::min(kBlock, n - from);
        for (int64_t i = 0; i < m; ++i) {
            Sum* __restrict row = out + i * n + from;
            for (int64_t p = 0; p < k; ++p) {
                const Sum factor = static_cast<Sum>(a[i * k + p]);
                const In* __restrict other = b + p * n + from;
                for (int64_t j = 0; j < width; ++j) row[j] += factor * static_cast<Sum>(other[j]);
            }
        }
    }
}

// to[columns, rows] = from[rows, columns] transposed.
template <class T>
void transpose_matrix(const T* from, T* to, int64_t rows, int64_t columns) {
    for (int64_t i = 0; i < rows; ++i)
        for (int64_t j = 0; j < columns; ++j) to[j * rows + i] = from[i * columns + j];
}

}  // namespace lathe::ops
