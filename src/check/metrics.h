// Error metrics between a result and its reference, and the one table of tolerances.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "tensor/tensor.h"

namespace lathe::check {

// With the meaning of numpy.testing.assert_allclose: an element passes when |actual - desired| <= atol + rtol*|desired|;
// NaN equals NaN, infinities of one sign are equal.
struct Tolerance {
    double rtol = 0;
    double atol = 0;
};

// Everything passes but numbers that only one side has.
inline constexpr Tolerance kNoTolerance{0, std::numeric_limits<double>::infinity()};

// What one format of arithmetic may cost on a whole network. The only such table in the project.
//   f64 1e-9/1e-9, f32 1e-3/1e-4, bf16 and f16 as measured on networks of 20 to 60 layers, integers exact.
Tolerance tolerance_for(DType arithmetic);

struct Metrics {
    std::string name;  // of the output
    Shape shape;
    int64_t count = 0;
    double max_abs = 0;  // max |actual - desired|
    double mean_abs = 0;
    double max_rel = 0;  // max |actual - desired| / |desired| where desired != 0
    double snr_db = 0;  // 10 log10(sum desired^2 / sum (actual-desired)^2); infinite when equal
    double max_desired = 0;  // max |desired|, to read max_abs against
    int64_t mismatched = 0;  // elements outside the tolerance
    int64_t worst = -1;  // row-major index of the largest max_abs
    double worst_actual = 0, worst_desired = 0;
    // Rows (all axes but the last) whose largest element is at the same place; only for rows of two or more.
    int64_t rows = 0, top1_agree = 0;
    bool passed() const { return mismatched == 0; }
};

// Errors: different shapes. dtypes may differ.
Result<Metrics> compare(std::string name, const Tensor& actual, const Tensor& desired, Tolerance tolerance);

// Folds `next` (the same output on other inputs) into `total`: maxima, sums, counts.
void merge(Metrics& total, const Metrics& next);

struct Comparison {
    Tolerance tolerance;
    std::vector<Metrics> outputs;
    int64_t samples = 0;  // how many sets of inputs
    bool passed() const;
};

std::string to_table(const Comparison& comparison);  // for a terminal
Json to_json(const Comparison& comparison);  // NaN and infinity as strings

}  // namespace lathe::check
