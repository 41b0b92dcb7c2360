// With U and V the leading singular directions of W and E the error of rounding to nearest, W_rtn - U U^T E V V^T has no error
// between those directions; it is what the descent of convert_to_quant tends to, found at once. It is then rounded again.
#include <algorithm>
#include <cmath>

#include "quant/grid.h"
#include "quant/matmul.h"
#include "quant/rounding_methods.h"
#include "quant/subspace.h"

namespace lathe::quant {
namespace {

constexpr int kPasses = 4;

double size_of(const std::vector<float>& values) {
    return std::sqrt(dot(values.data(), values.data(), static_cast<int64_t>(values.size())));
}

}  // namespace

int64_t rank_of(const SvdOptions& options, int64_t rows, int64_t columns) {
    const int64_t least = std::min(rows, columns);
    const auto asked = static_cast<int64_t>(std::floor(options.top_p * static_cast<double>(least)));
    return std::clamp(std::min(options.max_k, std::max(options.min_k, asked)), int64_t{0}, least);
}

std::vector<float> core_of(const Subspaces& subspaces, const float* e, int64_t rows, int64_t columns,
                           ThreadPool& threads) {
    const auto& [left, right] = subspaces;
    std::vector<float> part(static_cast<size_t>(left.rank * columns)),
        core(static_cast<size_t>(left.rank * right.rank));
    multiply(matrix(left.vectors.data(), left.rank, rows), matrix(e, rows, columns), part.data(), columns,
             Into::kSet, threads);
    multiply(matrix<float>(part.data(), left.rank, columns),
             matrix(right.vectors.data(), right.rank, columns).transposed(), core.data(), right.rank,
             Into::kSet, threads);
    return core;
}

void remove(const Subspaces& subspaces, const std::vector<float>& core, std::vector<float>& error,
            ThreadPool& threads) {
    const auto& [left, right] = subspaces;
    std::vector<float> part(static_cast<size_t>(left.rank * right.length));
    multiply(matrix(core.data(), left.rank, right.rank),
             matrix(right.vectors.data(), right.rank, right.length), part.data(), right.length, Into::kSet,
             threads);
    multiply(matrix(left.vectors.data(), left.rank, left.length).transposed(),
             matrix<float>(part.data(), left.rank, right.length), error.data(), right.length, Into::kSubtract,
             threads);
}

Result<RoundingOutcome> round_by_svd(const RoundingTask& task) {
    const auto& options = task.options.svd;
    constexpr std::string_view kOptimizers[] = {"closed", "original", "adamw", "radam", "prodigy"};
    constexpr std::string_view kSchedules[] = {"plateau", "exponential", "adaptive"};
    if (std::ranges::find(kOptimizers, options.optimizer) == std::end(kOptimizers))
        return fail("there is no optimizer '{}'; choose closed, original, adamw, radam or prodigy",
                    options.optimizer);
    if (std::ranges::find(kSchedules, options.schedule) == std::end(kSchedules))
        return fail("there is no schedule '{}' of learning rates; choose plateau, exponential or adaptive",
                    options.schedule);
    fit_all(task.coder, task.values.data(), task.threads);
    const int64_t rows = task.rows(), columns = task.columns();
    const Subspaces subspaces = leading_subspaces(task.values.data(), rows, columns,
                                                  rank_of(options, rows, columns), kPasses, task.threads);
    std::vector<float> error(task.values.size(), 0.0f);
    add_rounding_error(task.coder, task.values.data(), error.data(), task.threads);
    const std::vector<float> core = core_of(subspaces, error.data(), rows, columns, task.threads);
    RoundingOutcome outcome;
    outcome.loss_before = size_of(core);
    if (options.optimizer == "closed") remove(subspaces, core, error, task.threads);
    else outcome.iterations = descend(task, subspaces, error);
    for (size_t i = 0; i < error.size(); ++i) task.values[i] += error[i];
    add_rounding_error(task.coder, task.values.data(), error.data(), task.threads);
    outcome.loss_after = size_of(core_of(subspaces, error.data(), rows, columns, task.threads));
    return outcome;
}

}  // namespace lathe::quant
