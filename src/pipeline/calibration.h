// Activation statistics: what the inputs of a model's layers look like, as `lathe calibrate` writes them and quantising reads
// them. A safetensors file with, for layer X, X.mean_square and X.mean (f32 [columns]), X.products (f32 [columns, columns],
// the mean of x x^T; only for layers that are not too wide) and X.samples (i64 [], how many inputs were seen).
#pragma once
#include <map>
#include <string>

#include "graph/checkpoint.h"
#include "pipeline/quantize_layer.h"

namespace lathe::pipeline {

class Statistics {
public:
    Statistics() = default;
    // Errors: those of the reader, a file without such tensors, tensors that are not f32.
    static Result<Statistics> open(const std::string& path);
    LayerStatistics of(std::string_view layer) const;  // empty when nothing is known

private:
    std::shared_ptr<const graph::Checkpoint> file_;
    std::map<std::string, const Tensor*, std::less<>> tensors_;
};

}  // namespace lathe::pipeline
