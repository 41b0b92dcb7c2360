// Checkpoint: what a reader finds in a file. Tensors are views of the file; nothing is copied.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "tensor/tensor.h"

namespace lathe::graph {

struct Graph;

struct NamedTensor {
    std::string name;
    Tensor tensor;
};

struct Checkpoint {
    std::string format;  // "pytorch", "safetensors", "katago", "npz", "onnx", …
    std::string path;    // the file, for messages
    // In the file's order; names are unique. Nested dictionaries are flattened with dots: {"model": {"a.b": T}} is
    // "model.a.b".
    std::vector<NamedTensor> tensors;
    // Everything in the file that is no tensor, in the file's own structure (an object; PyTorch: nested dictionaries,
    // safetensors: __metadata__, KataGo: the network's description).
    std::shared_ptr<const Json> metadata;
    std::shared_ptr<const Graph> graph;  // null when the file holds weights only

    const Tensor* find(std::string_view name) const;  // nullptr when there is none; linear
};

}  // namespace lathe::graph
