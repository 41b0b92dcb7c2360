#include "quant/rounding.h"

#include <algorithm>

#include "base/check.h"
#include "quant/grid.h"
#include "quant/matmul.h"
#include "quant/rounding_methods.h"

namespace lathe::quant {
namespace {

Status check_statistics(const InputStatistics& inputs, int64_t columns) {
    const auto check = [&](std::span<const float> values, size_t expected, std::string_view what) -> Status {
        if (!range_of(values.data(), values.size()).finite)
            return fail("the inputs' {} has numbers that are not finite", what);
        if (values.empty() || values.size() == expected) return {};
        return fail("the inputs' {} has {} numbers, expected {} for {} columns; they are of another layer",
                    what, values.size(), expected, columns);
    };
    const auto n = static_cast<size_t>(columns);
    TRY_STATUS(check(inputs.mean_square, n, "mean square"));
    TRY_STATUS(check(inputs.mean, n, "mean"));
    return check(inputs.products, n * n, "matrix of products");
}

Result<RoundingOutcome> round_by(const RoundingTask& task) {
    switch (task.options.method) {
        case Rounding::kSvd: return round_by_svd(task);
        case Rounding::kGptq: return round_by_gptq(task);
        case Rounding::kAdaRound: return round_by_adaround(task);
        case Rounding::kAwq: return round_by_awq(task);
        case Rounding::kNearest:
        case Rounding::kSweep: break;
    }
    fit_all(task.coder, task.values.data(), task.threads);
    return RoundingOutcome{};
}

}  // namespace

Result<RoundingOutcome> round_matrix(std::span<float> values, LayerCoder& coder,
                                     const InputStatistics& inputs, const RoundingOptions& options,
                                     ThreadPool& threads, const Progress& progress) {
    CHECK(values.size() == static_cast<size_t>(coder.rows() * coder.columns()));
    TRY_STATUS(check_statistics(inputs, coder.columns()));
    TRY(RoundingOutcome outcome, round_by({values, coder, inputs, options, threads, progress}));
    if (!range_of(values.data(), values.size()).finite)
        return fail("the weights are too large or too small for rounding by {}; use nearest or sweep",
                    name_of(options.method));
    return outcome;
}

std::vector<double> output_errors(std::span<const float> e, std::span<const float> h, int64_t columns,
                                  ThreadPool& threads) {
    constexpr int64_t kRows = 512, kStrip = 256;  // of which the products are in memory at once
    const int64_t rows = static_cast<int64_t>(e.size()) / columns;
    const bool diagonal = static_cast<int64_t>(h.size()) == columns;
    std::vector<double> errors(static_cast<size_t>(rows), 0.0);
    std::vector<float> products(static_cast<size_t>(std::min(rows, kRows) * kStrip));
    for (int64_t row = 0; row < rows; row += kRows)
        for (int64_t from = 0; from < columns; from += kStrip) {
            const int64_t count = std::min(kRows, rows - row), wide = std::min(kStrip, columns - from);
            const float *left = e.data() + row * columns, *here = left + from;
            if (!diagonal) {  // h is symmetric: what lies left of the strip counts twice
                multiply(matrix(left, count, from, columns), matrix(h.data() + from, from, wide, columns),
                         products.data(), wide, Into::kSet, threads);
                for (float& product : products) product *= 2;
                multiply(matrix(here, count, wide, columns),
                         matrix(h.data() + from * (columns + 1), wide, wide, columns), products.data(), wide,
                         Into::kAdd, threads);
            }
            threads.parallel_for(static_cast<size_t>(count), [&](size_t i) {
                const float* part = here + static_cast<int64_t>(i) * columns;
                float* product = products.data() + static_cast<int64_t>(i) * wide;
                if (diagonal)
                    for (int64_t j = 0; j < wide; ++j)
                        product[j] = part[j] * h[static_cast<size_t>(from + j)];
                errors[static_cast<size_t>(row) + i] += dot(part, product, wide);
            });
        }
    return errors;
}

double sum_of(std::span<const double> values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
}

RoundingOutcome take_better(const RoundingTask& task, std::span<const float> candidate) {
    const std::span<const float> products = task.inputs.products;
    const int64_t n = task.columns();
    std::vector<float> error(candidate.size(), 0.0f);
    add_rounding_error(task.coder, task.values.data(), error.data(), task.threads);
    const std::vector<double> before = output_errors(error, products, n, task.threads);
    for (size_t i = 0; i < error.size(); ++i) error[i] = candidate[i] - task.values[i];
    add_rounding_error(task.coder, candidate.data(), error.data(), task.threads);
    std::vector<double> after = output_errors(error, products, n, task.threads);
    for (size_t r = 0; r < after.size(); ++r) {
        const auto first = static_cast<int64_t>(r) * n;
        if (after[r] < before[r]) std::copy_n(candidate.begin() + first, n, task.values.begin() + first);
        else after[r] = before[r];
    }
    RoundingOutcome outcome;
    outcome.loss_before = sum_of(before);
    outcome.loss_after = sum_of(after);
    return outcome;
}

int64_t working_bytes(Rounding method, int64_t rows, int64_t columns, const RoundingOptions& options) {
    const int64_t matrix = rows * columns * 4, square = columns * columns * 4;
    const int64_t packed = (rows + columns) * 256 * 4;  // of a product
    switch (method) {
        case Rounding::kNearest:
        case Rounding::kSweep: return 0;
        case Rounding::kSvd: {
            const int64_t k = rank_of(options.svd, rows, columns), longest = std::max(rows, columns);
            // Error, both subspaces, two sets of candidates; the descent keeps its best, moments and gradients besides.
            const int64_t more = options.svd.optimizer == "closed" ? 0 : 7 * matrix;
            return matrix + 4 * k * (rows + columns) + 8 * k * longest + 4 * k * longest + packed + more;
        }
        case Rounding::kGptq:  // first the inverse in double, then values, errors and the grid
            return std::max(11 * square / 3, 4 * matrix + square) + packed;
        case Rounding::kAdaRound: return 8 * matrix + (columns <= kExactColumns ? 0 : 4 * square) + packed;
        case Rounding::kAwq: return 2 * matrix + packed;
    }
    return 0;
}

}  // namespace lathe::quant
