// Rounding that looks at the whole matrix. Each method gives the matrix that is to be encoded in W's place; the stored form
// stays what the scheme says, so that loaders need to know nothing of it.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "base/threads.h"
#include "quant/coder.h"

namespace lathe::quant {

// What is known of a layer's inputs x, over the samples that a calibration saw. Empty: not known.
// In the basis of the stored codes (rotated when the spec says so).
struct InputStatistics {
    std::span<const float> mean_square;  // [columns] mean of x^2
    std::span<const float> mean;  // [columns]
    std::span<const float> products;  // [columns, columns] mean of x x^T ("Hessian")
};

// Learned rounding in the sense of convert_to_quant: the error within the leading singular directions is removed before
// rounding again.
struct SvdOptions {
    double top_p = 0.2;  // rank k = min(max_k, max(min_k, floor(top_p * r))), at most r = min(rows, columns)
    int64_t min_k = 256, max_k = 1280;
    std::string optimizer = "closed";  // closed, or iterated: original, adamw, radam, prodigy
    int64_t iterations = 4000;
    double learning_rate = 1.0;
    std::string schedule = "plateau";  // plateau, exponential, adaptive
    double gamma = 0.99, factor = 0.95, lowest_rate = 1e-8, shape_influence = 1.0, threshold = 0;
    int64_t patience = 1, cooldown = 0;
    double stop_loss = 5e-9, stop_rate = 1.01e-8;
    int64_t stop_stall = 2000;
};
struct AdaRoundOptions {
    int64_t iterations = 300;  // each costs a product of W with `products` or, in wide layers, less
    double learning_rate = 0.02;
    double regularisation = 1;  // the pull towards the grid, in units of what errors of half a step cost
};
struct GptqOptions {
    double damping = 0.01;  // of the mean of the Hessian's diagonal
    bool by_importance =
        true;  // columns of larger inputs first; only where a scale does not depend on the column
};
struct AwqOptions {
    int grid = 20;  // powers of the columns' input size that are tried
};

struct RoundingOptions {
    Rounding method = Rounding::kNearest;
    SvdOptions svd;
    AdaRoundOptions adaround;
    GptqOptions gptq;
    AwqOptions awq;
};

// What came of it, for the report.
struct RoundingOutcome {
    int64_t iterations = 0;
    double loss_before = 0, loss_after = 0;  // the method's own objective
    // awq: what the layer's input is to be multiplied by, [columns] f32, to be stored as pre_quant_scale; else empty.
    std::vector<float> input_factor;
};

// values: on entry W, f32 [rows, columns], already rotated; on return the matrix to encode with `coder`, whose scales have
// been fitted. The coder has been prepared (LayerCoder::prepare) but not yet fitted. Results do not depend on the threads.
// Errors: the method needs statistics that `inputs` lacks, naming them; the scheme cannot take the method (awq without
// pre_quant_scale in the format); products that are not positive definite even with damping.
Result<RoundingOutcome> round_matrix(std::span<float> values, LayerCoder& coder,
                                     const InputStatistics& inputs, const RoundingOptions& options,
                                     ThreadPool& threads, const Progress& progress = {});

// Memory of a method for one matrix, in bytes, beyond `values` itself.
int64_t working_bytes(Rounding method, int64_t rows, int64_t columns, const RoundingOptions& options);

// The best matrix of rank `rank` for `error` (f32 [rows, columns]) in the least-squares sense, by subspace iteration:
// error ~ up * down; up: [rows, rank] = U S, down: [rank, columns] = V^T.
struct LowRank {
    int64_t rank = 0;
    std::vector<float> up, down;
};
LowRank low_rank(std::span<const float> error, int64_t rows, int64_t columns, int64_t rank,
                 ThreadPool& threads);

}  // namespace lathe::quant
