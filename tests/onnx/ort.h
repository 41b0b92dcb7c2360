// ONNX Runtime as an oracle, through its npm package (tests/node) in a Node process.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace lathe::onnx_data {

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

struct OrtJob {
    std::vector<std::byte> model;  // or a file
    std::string model_path;
    NamedTensors inputs;
    std::vector<std::string> outputs;
    int repeat = 0;  // runs that are measured
    std::string optimization;  // "disabled", "basic", "extended"; else all
};

struct OrtAnswer {
    std::vector<Tensor> outputs;
    double median_ms = 0;  // of the measured runs
};

// "" or why it cannot be asked here.
std::string ort_missing();

// Runs all jobs in one process, one thread. Errors inside are those of single jobs.
std::vector<Result<OrtAnswer>> run_ort(std::span<const OrtJob> jobs);

}  // namespace lathe::onnx_data
