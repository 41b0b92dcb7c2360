// LiteRT as an oracle: @litertjs/core from npm (tests/node) in a Node process.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace lathe::litert_data {

struct LitertJob {
    std::vector<std::byte> model;  // or a file
    std::string model_path;
    std::vector<std::pair<std::string, Tensor>> inputs;
    std::vector<std::string> outputs;
};

std::string litert_missing();  // "" or why it cannot be asked here

// Runs all jobs in one process (another when a model makes LiteRT abort); the outputs of each, in the job's order.
std::vector<Result<std::vector<Tensor>>> run_litert(std::span<const LitertJob> jobs);

}  // namespace lathe::litert_data
