// Symmetric matrices in double precision: what second-order rounding and low-rank corrections are made of.
#pragma once
#include <cstdint>
#include <vector>

#include "base/threads.h"

namespace lathe::quant {

// a: [n, n] row by row, symmetric positive definite, of which the lower half is read. On return its lower half is L^-1,
// where a = L L^T with L lower triangular, and the rest is 0. False: it is not positive definite (a is then rubble).
// Cost: some 4/5 n^3 floating-point operations, n^2 / 3 doubles of working memory.
bool invert_cholesky(double* a, int64_t n, ThreadPool& threads);

// a = sum of values[i] * vectors[i] vectors[i]^T.
struct Eigen {
    std::vector<double> values;  // [n] descending
    std::vector<double> vectors;  // [n, n], one in a row
};
// a: [n, n] symmetric. The method of Jacobi: accurate also for small values; cost some 60 n^3, so meant for n of a few
// hundred at most.
Eigen eigen_of(std::vector<double> a, int64_t n);

}  // namespace lathe::quant
