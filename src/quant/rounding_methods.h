// The methods behind round_matrix, one a file; see rounding.h. `values` is W on entry and the matrix to encode on return;
// the coder has been prepared.
#pragma once
#include "quant/rounding.h"

namespace lathe::quant {

struct RoundingTask {
    std::span<float> values;  // f32 [rows, columns]
    LayerCoder& coder;
    const InputStatistics& inputs;
    const RoundingOptions& options;
    ThreadPool& threads;
    const Progress& progress;

    int64_t rows() const { return coder.rows(); }
    int64_t columns() const { return coder.columns(); }
};

Result<RoundingOutcome> round_by_svd(const RoundingTask& task);
Result<RoundingOutcome> round_by_gptq(const RoundingTask& task);
Result<RoundingOutcome> round_by_adaround(const RoundingTask& task);
Result<RoundingOutcome> round_by_awq(const RoundingTask& task);

// The rank of the subspaces of round_by_svd.
int64_t rank_of(const SvdOptions& options, int64_t rows, int64_t columns);

// U^T e V; left: U^T [k, rows], right: V^T [k, columns]; result: [k, k].
struct Subspaces;
std::vector<float> core_of(const Subspaces& subspaces, const float* e, int64_t rows, int64_t columns,
                           ThreadPool& threads);
// e h e^T for every row e of errors [any, columns], what they cost at the layer's output: h is [columns, columns], the
// products of its inputs, or [columns], only their squares.
std::vector<double> output_errors(std::span<const float> errors, std::span<const float> h, int64_t columns,
                                  ThreadPool& threads);
double sum_of(std::span<const double> values);
// Takes those rows of `candidate` into task.values whose stored form costs less at the output (by inputs.products) than that
// of the row as it is. The coder's scales have been fitted.
RoundingOutcome take_better(const RoundingTask& task, std::span<const float> candidate);

// error -= U core V^T
void remove(const Subspaces& subspaces, const std::vector<float>& core, std::vector<float>& error,
            ThreadPool& threads);
// Removes the error between the subspaces by gradient descent, as convert_to_quant does; error: that of rounding to
// nearest, on return the best found. Gives the number of iterations.
int64_t descend(const RoundingTask& task, const Subspaces& subspaces, std::vector<float>& error);

// Layers of more columns are rounded by AdaRound with random samples of their inputs.
inline constexpr int64_t kExactColumns = 512;

}  // namespace lathe::quant
