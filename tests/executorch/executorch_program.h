// ExecuTorch as an oracle: its runtime with the portable kernels, built by driver/build.sh outside of this repository and
// named by the environment variable LATHE_EXECUTORCH; flatc with ExecuTorch's schema, which lies beside it.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace lathe::executorch_data {

struct ExecutorchJob {
    std::string path;
    std::vector<Tensor> inputs;
    std::vector<std::pair<DType, Shape>> outputs;  // what is expected back
};

std::string executorch_missing();  // "" or why it cannot be asked here

// Runs all jobs in one process (another when a program makes it end).
std::vector<Result<std::vector<Tensor>>> run_executorch(std::span<const ExecutorchJob> jobs,
                                                        const std::string& folder);

std::string kernel_list();  // the path of the names of ExecuTorch's kernels, beside the driver

// "" when flatc reads the program by ExecuTorch's schema, else what it says. `json` is the file that it makes.
std::string flatc_missing();
std::string read_by_flatc(const std::string& schema, const std::string& path, std::string* json = nullptr);

}  // namespace lathe::executorch_data
