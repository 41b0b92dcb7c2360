// Sums over the input vectors x of a layer, in double precision: of x, of x^2 and, when wanted, of x x^T. They are added
// in the order of the samples, whatever the number of threads.
#pragma once
#include <vector>

#include "base/threads.h"
#include "pipeline/layer_inputs.h"

namespace lathe::pipeline {

class InputSums {
public:
    InputSums(int64_t columns, bool products);

    // x: the value that node `use.node` of `graph` reads. Errors: elements that are no numbers (NaN, infinity).
    Status add(const Tensor& x, const LayerUse& use, const graph::Graph& graph, ThreadPool& threads);

    int64_t samples() const { return samples_; }  // vectors seen
    Tensor mean() const;  // f32 [columns]; zeros when no vector was seen
    Tensor mean_square() const;  // f32 [columns]
    Tensor products() const;  // f32 [columns, columns], the mean of x x^T; only when they were wanted

    static int64_t product_bytes(int64_t columns) { return columns * columns * 8; }

private:
    Status add_block(const std::vector<double>& block, int64_t rows, ThreadPool& threads);  // [rows, columns]

    int64_t columns_, samples_ = 0;
    std::vector<double> sums_, squares_;
    std::vector<double> products_;  // [columns, columns], from the diagonal to the right; empty: not wanted
};

}  // namespace lathe::pipeline
