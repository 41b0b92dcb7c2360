// Graphs written as LiteRT models (.tflite; before 2024: TensorFlow Lite).
//
// Operators that LiteRT lacks are taken apart. Images lie as NHWC from the first convolution to the last; a graph with
// NCHW inputs gets one TRANSPOSE for each, NHWC inputs none. Arithmetic is f32. Names of inputs and outputs are those of
// the signature "serving_default".
#pragma once
#include <string>
#include <vector>

#include "base/progress.h"
#include "graph/graph.h"

namespace lathe::formats::litert {

enum class Weights {
    kF32,
    kF16,  // stored as f16 and widened when the model is loaded
    kI8,  // of convolutions and products: i8, symmetric, a scale for each output channel; the runtime quantises
    // activations as it goes ("dynamic range")
};

struct WriteOptions {
    Weights weights = Weights::kF32;
    std::vector<std::string> keep_scopes;  // weights of nodes whose names start so stay f32
    std::vector<std::string> labels;  // of the classes, in order; empty: none
    std::string producer_version;
    Progress progress;
};

// Symbols may only stand for sizes that the inputs show; all else must be numbers. What is known of the model rides in
// the file's metadata: Graph::metadata as JSON under "lathe", and what TFLite's own tools ask for, with the labels in an
// archive behind the model (model_metadata.h).
// Errors: an operator or a type that LiteRT lacks, naming the node; sizes that must be fixed; those of the file.
Status write(const graph::Graph& graph, const std::string& path, const WriteOptions& options = {});

// The same in memory, for small models and tests.
Result<std::vector<std::byte>> to_bytes(const graph::Graph& graph, const WriteOptions& options = {});

}  // namespace lathe::formats::litert
