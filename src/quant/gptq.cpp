// GPTQ (Frantar et al. 2022), which is the rounding LDLQ of QuIP (Chee et al. 2023): columns are rounded one after another,
// and what that changes at the layer's output is made good as far as possible by the columns that are yet to come. With
// H the products of the inputs and H^-1 = U^T U, U upper triangular, an error e of column j changes column l by
// -e U[j, l] / U[j, j].
#include <algorithm>
#include <numeric>

#include "quant/grid.h"
#include "quant/linalg.h"
#include "quant/matmul.h"
#include "quant/rounding_methods.h"

namespace lathe::quant {
namespace {

constexpr int64_t kBlock = 128;  // columns whose errors are passed on to all others at once

// U, f32 [n, n], for the columns in that order. L L^T = H with its rows and columns reversed makes U the reversed L^-1.
Result<std::vector<float>> feedback_of(std::span<const float> products, const std::vector<int64_t>& order,
                                       double damping, ThreadPool& threads) {
    const auto n = static_cast<int64_t>(order.size());
    const auto at = [&](int64_t r, int64_t c) { return static_cast<size_t>(r * n + c); };
    double mean = 0;
    for (int64_t i = 0; i < n; ++i) mean += static_cast<double>(products[at(i, i)]) / static_cast<double>(n);
    std::vector<double> h(static_cast<size_t>(n * n));
    threads.parallel_for(static_cast<size_t>(n), [&](size_t index) {
        const auto r = static_cast<int64_t>(index);
        const int64_t from = order[static_cast<size_t>(n - 1 - r)];
        for (int64_t c = 0; c < n; ++c) {
            const int64_t to = order[static_cast<size_t>(n - 1 - c)];
            h[at(r, c)] =
                (static_cast<double>(products[at(from, to)]) + static_cast<double>(products[at(to, from)])) /
                2;
        }
        h[at(r, r)] += damping * mean;
    });
    if (!invert_cholesky(h.data(), n, threads))
        return fail("the products of the inputs are not positive definite with a damping of {}; raise it",
                    damping);
    std::vector<float> feedback(h.size());
    threads.parallel_for(static_cast<size_t>(n), [&](size_t index) {
        const auto r = static_cast<int64_t>(index);
        for (int64_t c = 0; c < n; ++c) feedback[at(r, c)] = static_cast<float>(h[at(n - 1 - r, n - 1 - c)]);
    });
    return feedback;
}

// One row's columns [from, from + count): rounded in place; errors [count], divided by U's diagonal. row: in order.
struct Run {
    const Grid& grid;
    const std::vector<int64_t>& order;
    const float* feedback;  // U
    int64_t columns, from, count;
};
void round_run(const Run& run, int64_t row, float* values, float* errors) {
    for (int64_t i = 0; i < run.count; ++i) {
        const int64_t j = run.from + i;
        const float* u = run.feedback + j * run.columns;
        const float rounded = run.grid.nearest(row, run.order[static_cast<size_t>(j)], values[j]);
        const float error = (values[j] - rounded) / u[j];
        values[j] = rounded;
        errors[i] = error;
        for (int64_t l = j + 1; l < run.from + run.count; ++l) values[l] -= error * u[l];
    }
}

}  // namespace

Result<RoundingOutcome> round_by_gptq(const RoundingTask& task) {
    const int64_t rows = task.rows(), n = task.columns();
    const std::span<const float> products = task.inputs.products;
    if (products.empty())
        return fail("rounding by gptq needs the products of the layer's inputs; calibrate, or use sweep");
    std::vector<int64_t> order(static_cast<size_t>(n));
    std::iota(order.begin(), order.end(), int64_t{0});
    const auto importance = [&](int64_t column) { return products[static_cast<size_t>(column * (n + 1))]; };
    if (task.options.gptq.by_importance)
        std::ranges::stable_sort(order, [&](int64_t a, int64_t b) { return importance(a) > importance(b); });
    fit_all(task.coder, task.values.data(), task.threads);
    const float most = *std::ranges::max_element(products);
    if (!(most > 0)) return RoundingOutcome{};  // inputs that are always 0: every rounding is as good
    TRY(const std::vector<float> feedback,
        feedback_of(products, order, task.options.gptq.damping, task.threads));
    std::vector<float> values(task.values.size()), errors(static_cast<size_t>(rows * kBlock));
    const auto for_rows = [&](const std::function<void(int64_t)>& work) {
        constexpr int64_t kRun = 8;
        task.threads.parallel_for(static_cast<size_t>(round_up(rows, kRun) / kRun), [&](size_t run) {
            const int64_t first = static_cast<int64_t>(run) * kRun;
            for (int64_t r = first; r < std::min(rows, first + kRun); ++r) work(r);
        });
    };
    for_rows([&](int64_t r) {
        const float* row = task.values.data() + r * n;
        for (int64_t j = 0; j < n; ++j)
            values[static_cast<size_t>(r * n + j)] = row[order[static_cast<size_t>(j)]];
    });
    const Grid grid(task.coder, task.threads);
    for (int64_t from = 0; from < n; from += kBlock) {
        const Run run{grid, order, feedback.data(), n, from, std::min(kBlock, n - from)};
        for_rows([&](int64_t r) { round_run(run, r, values.data() + r * n, errors.data() + r * kBlock); });
        const int64_t next = from + run.count;
        if (next < n)
            multiply(matrix(errors.data(), rows, run.count, kBlock),
                     matrix(feedback.data() + from * n + next, run.count, n - next, n), values.data() + next,
                     n, Into::kSubtract, task.threads);
        if (task.progress)
            task.progress("rounding with feedback", static_cast<uint64_t>(next), static_cast<uint64_t>(n));
    }
    std::vector<float> ordered(values.size());
    for_rows([&](int64_t r) {
        float* row = ordered.data() + r * n;
        for (int64_t j = 0; j < n; ++j)
            row[order[static_cast<size_t>(j)]] = values[static_cast<size_t>(r * n + j)];
    });
    return take_better(task, ordered);
}

}  // namespace lathe::quant
