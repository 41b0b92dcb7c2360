// AWQ (Lin et al. 2023): columns whose inputs are large are stored on a finer grid. Where the loader multiplies a layer's
// input by a factor of its own (nvfp4: pre_quant_scale), column j of W is stored times s_j = size_j^alpha, size_j^2 the
// mean square of its input, which then is multiplied by 1 / s_j; alpha is chosen by the error at the output. For awq_w4a16,
// which has no such factor, the ranges of the groups are clipped by errors weighted with the mean squares.
#include <algorithm>
#include <cmath>

#include "quant/grid.h"
#include "quant/rounding_methods.h"

namespace lathe::quant {
namespace {

constexpr int64_t kRows = 128;  // by which alpha is chosen

// Rows spread evenly over the matrix.
std::vector<int64_t> spread(int64_t rows, int64_t most) {
    const int64_t count = std::min(rows, most);
    std::vector<int64_t> chosen(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) chosen[static_cast<size_t>(i)] = i * rows / count;
    return chosen;
}

class Awq {
public:
    Awq(const RoundingTask& task, std::vector<float> squares)
        : task_(task),
          n_(task.columns()),
          squares_(std::move(squares)),
          largest_(squares_.size(), 0.0f),
          rows_(spread(task.rows(), kRows)) {
        for (int64_t r = 0; r < task.rows(); ++r)
            for (int64_t j = 0; j < n_; ++j) {
                float& largest = largest_[static_cast<size_t>(j)];
                largest = std::max(largest, std::fabs(task.values[static_cast<size_t>(r * n_ + j)]));
            }
    }

    // s, about 1.
    std::vector<float> factors(double alpha) const {
        constexpr double kLeast = 1e-8;  // columns without input
        const auto most = static_cast<double>(*std::ranges::max_element(squares_));
        std::vector<double> sizes(squares_.size());
        for (size_t j = 0; j < sizes.size(); ++j) {
            const double square = most > 0 ? static_cast<double>(squares_[j]) / most : 1;
            sizes[j] = std::pow(std::max(square, kLeast), alpha / 2);
        }
        const auto [low, high] = std::ranges::minmax(sizes);
        std::vector<float> factors(sizes.size());
        for (size_t j = 0; j < sizes.size(); ++j)
            factors[j] = static_cast<float>(sizes[j] / std::sqrt(low * high));
        return factors;
    }

    // The coder's, for W times s.
    void prepare(const std::vector<float>& s) {
        float max_abs = 0;
        std::vector<float> weights(s.size());
        for (size_t j = 0; j < s.size(); ++j) {
            max_abs = std::max(max_abs, largest_[j] * s[j]);
            weights[j] = squares_[j] / (s[j] * s[j]);
        }
        std::vector<float> sample;
        if (task_.coder.needs_sample())
            for (const int64_t row : spread(task_.rows(), task_.coder.sample_rows())) {
                const std::vector<float> scaled = scaled_row(row, s);
                sample.insert(sample.end(), scaled.begin(), scaled.end());
            }
        task_.coder.prepare(max_abs, sample, weights);
    }

    double cost(const std::vector<float>& s) {
        prepare(s);
        std::vector<float> errors(rows_.size() * s.size());
        task_.threads.parallel_for(rows_.size(), [&](size_t i) {
            const std::vector<float> wanted = scaled_row(rows_[i], s);
            std::vector<float> stored = wanted;
            task_.coder.fit(rows_[i], 1, stored.data());
            task_.coder.round_trip(rows_[i], 1, stored.data());
            for (size_t j = 0; j < s.size(); ++j) errors[i * s.size() + j] = (stored[j] - wanted[j]) / s[j];
        });
        const std::span<const float> products = task_.inputs.products;
        return sum_of(output_errors(errors, products.empty() ? squares_ : products, n_, task_.threads));
    }

private:
    std::vector<float> scaled_row(int64_t row, const std::vector<float>& s) const {
        const float* from = task_.values.data() + row * n_;
        std::vector<float> scaled(s.size());
        for (size_t j = 0; j < s.size(); ++j) scaled[j] = from[j] * s[j];
        return scaled;
    }

    const RoundingTask& task_;
    int64_t n_;
    std::vector<float> squares_, largest_;  // of inputs; of weights: by column
    std::vector<int64_t> rows_;
};

RoundingOutcome scale_columns(const RoundingTask& task, const std::vector<float>& squares) {
    Awq awq(task, squares);
    RoundingOutcome outcome;
    std::vector<float> best = awq.factors(0);
    const int grid = std::max(1, task.options.awq.grid);
    for (int i = 0; i < grid; ++i) {
        const std::vector<float> factors = awq.factors(static_cast<double>(i) / grid);
        const double cost = awq.cost(factors);
        if (i == 0) outcome.loss_before = outcome.loss_after = cost;
        if (cost < outcome.loss_after) {
            outcome.loss_after = cost;
            best = factors;
        }
        ++outcome.iterations;
    }
    awq.prepare(best);
    const auto n = static_cast<size_t>(task.columns());
    for (size_t i = 0; i < task.values.size(); ++i) task.values[i] *= best[i % n];
    fit_all(task.coder, task.values.data(), task.threads);
    for (const float factor : best) outcome.input_factor.push_back(1 / factor);
    return outcome;
}

RoundingOutcome clip_groups(const RoundingTask& task, const std::vector<float>& squares) {
    const std::vector<float> alike(squares.size(), 1.0f);
    const auto cost = [&](const std::vector<float>& weights) {
        task.coder.prepare(0, {}, weights);
        fit_all(task.coder, task.values.data(), task.threads);
        std::vector<float> errors(task.values.size(), 0.0f);
        add_rounding_error(task.coder, task.values.data(), errors.data(), task.threads);
        return sum_of(output_errors(errors, squares, task.columns(), task.threads));
    };
    RoundingOutcome outcome;
    outcome.loss_before = cost(alike);
    outcome.loss_after = cost(squares);
    return outcome;
}

}  // namespace

Result<RoundingOutcome> round_by_awq(const RoundingTask& task) {
    const Element element = task.coder.spec().scheme->element;
    if (element != Element::kF4E2M1 && element != Element::kU4)
        return fail(
            "awq needs a format that scales a layer's input, nvfp4, or awq_w4a16, not {}; use sweep or gptq",
            task.coder.spec().scheme->name);
    const auto& inputs = task.inputs;
    std::vector<float> squares(inputs.mean_square.begin(), inputs.mean_square.end());
    if (squares.empty() && !inputs.products.empty())
        for (int64_t j = 0; j < task.columns(); ++j)
            squares.push_back(inputs.products[static_cast<size_t>(j * (task.columns() + 1))]);
    if (squares.empty())
        return fail("rounding by awq needs the mean squares of the layer's inputs; calibrate, or use sweep");
    for (float& square : squares) square = std::max(square, 0.0f);
    return element == Element::kU4 ? clip_groups(task, squares) : scale_columns(task, squares);
}

}  // namespace lathe::quant
