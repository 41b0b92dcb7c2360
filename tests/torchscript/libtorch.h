// Runs TorchScript archives with PyTorch's own library, in a program of its own (archives/run_archives.cpp).
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/tensor.h"

namespace lathe {

struct TorchJob {
    std::string path;  // of the archive
    std::vector<Tensor> inputs;
};

std::string libtorch_missing();  // "", or why it cannot be asked

// Answers in the jobs' order: the outputs, bf16 as f32, or what PyTorch complained of.
std::vector<Result<std::vector<Tensor>>> run_libtorch(std::span<const TorchJob> jobs);

}  // namespace lathe
