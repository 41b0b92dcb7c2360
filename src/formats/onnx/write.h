// Graphs written as ONNX models, operator sets 13 to 21.
//
// Operators that ONNX lacks at that operator set are taken apart; sizes with symbols are computed from the inputs'
// shapes. Weights go from where they are mapped into the file without a copy; the memory taken is the largest strided
// weight. Symbols become dim_param, names of values stay.
#pragma once
#include <string>
#include <vector>

#include "base/progress.h"
#include "graph/graph.h"

namespace lathe::formats::onnx {

enum class ExternalData {
    kAuto,
    kNever,
    kAlways
};  // kAuto: when the model would exceed 2 GB, protobuf's limit

struct WriteOptions {
    int opset = 17;
    ExternalData external_data = ExternalData::kAuto;
    std::string producer_version;
    std::string doc_string;
    Progress progress;
};

// Writes `path` and, for external data, `path`.data beside it (weights from 1 kB, each at a multiple of 4096 bytes);
// both appear complete or not at all, the data first. Graph::metadata becomes metadata_props.
// Errors: an operator set outside 13 to 21; an operator or a type that it lacks, naming the node; a size that is not
// known; a model above 2 GB with kNever; those of the file.
Status write(const graph::Graph& graph, const std::string& path, const WriteOptions& options = {});

// The same in memory, weights inside: for small models, browsers and tests.
Result<std::vector<std::byte>> to_bytes(const graph::Graph& graph, const WriteOptions& options = {});

}  // namespace lathe::formats::onnx
