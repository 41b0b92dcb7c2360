// Products of matrices in memory, on all threads. Every element is summed in one order, products and sums rounded one by
// one, so that results are the same bits on every machine and with any number of threads.
#pragma once
#include <cstdint>

#include "base/threads.h"

namespace lathe::quant {

// A matrix to read: element (r, c) at data[r * row_step + c * column_step].
template <class T>
struct Operand {
    const T* data = nullptr;
    int64_t rows = 0, columns = 0, row_step = 0, column_step = 1;

    Operand transposed() const { return {data, columns, rows, column_step, row_step}; }
};
// Row by row: [rows, columns].
template <class T>
Operand<T> matrix(const T* data, int64_t rows, int64_t columns) {
    return {data, rows, columns, columns, 1};
}
template <class T>
Operand<T> matrix(const T* data, int64_t rows, int64_t columns, int64_t row_step) {
    return {data, rows, columns, row_step, 1};
}

enum class Into : uint8_t { kSet, kAdd, kSubtract };

// c = a b, c += a b or c -= a b; c: [a.rows, b.columns], rows `c_step` apart. Working memory: (a.rows + b.columns) * 256
// elements. a.columns == b.rows; c does not overlap them.
void multiply(const Operand<float>& a, const Operand<float>& b, float* c, int64_t c_step, Into into,
              ThreadPool& threads);
void multiply(const Operand<double>& a, const Operand<double>& b, double* c, int64_t c_step, Into into,
              ThreadPool& threads);

// Sum of x * y, in double.
double dot(const float* x, const float* y, int64_t count);
double dot(const double* x, const double* y, int64_t count);

}  // namespace lathe::quant
