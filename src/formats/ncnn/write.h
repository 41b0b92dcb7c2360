// Graphs written as ncnn networks: a .param file (text) and a .bin file beside it.
//
// ncnn has no batch axis: the first axis of inputs and outputs is left out where its size is 1. Blobs have at most four
// axes and hold f32. Operators that ncnn lacks are taken apart.
#pragma once
#include <string>
#include <vector>

#include "base/progress.h"
#include "graph/graph.h"

namespace lathe::formats::ncnn {

enum class Weights {
    kF32,
    kF16,  // stored as f16; ncnn computes with them as its options say
};

struct WriteOptions {
    Weights weights = Weights::kF32;
    std::vector<std::string> keep_scopes;  // weights of nodes whose names start so stay f32
    Progress progress;
};

// Where the weights of a .param file lie: NAME.param has NAME.bin, and so has the binary NAME.param.bin.
std::string weights_path(const std::string& param_path);

// Sizes must be numbers. Both files appear when both are complete. Errors: every operator that ncnn lacks, with the node
// and why; a value of another type than f32; sizes that are not fixed; those of the files.
Status write(const graph::Graph& graph, const std::string& path, const WriteOptions& options = {});

// The same in memory, for small models and tests.
struct Files {
    std::string param;
    std::vector<std::byte> bin;
};
Result<Files> to_files(const graph::Graph& graph, const WriteOptions& options = {});

}  // namespace lathe::formats::ncnn
