// ncnn as an oracle: the program driver/driver.cpp, linked with an ncnn library. It is built where one is found
// (-DCMAKE_PREFIX_PATH=…), or named by the environment variable LATHE_NCNN.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace lathe::ncnn_data {

struct NcnnJob {
    std::string param, bin;  // paths
    std::vector<std::pair<std::string, Tensor>>
        inputs;  // f32, of the blobs' shapes or with a batch axis of 1 in front
    std::vector<std::string> outputs;
};

std::string ncnn_missing();  // "" or why it cannot be asked here

// Runs all jobs in one process (another when a network makes it end); the outputs of each, in the job's order, in the
// blobs' shapes.
std::vector<Result<std::vector<Tensor>>> run_ncnn(std::span<const NcnnJob> jobs);

// A folder of its own that goes when this does.
struct Scratch {
    std::string path;
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
};

}  // namespace lathe::ncnn_data
