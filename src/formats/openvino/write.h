// Graphs written as OpenVINO's intermediate representation, version 11: OUT.xml with the layers and OUT.bin with the weights.
//
// Operators that OpenVINO lacks are taken apart. Sizes that stay open are -1 on the ports; what follows from them is
// computed by layers (ShapeOf and arithmetic). A quantize_linear with its dequantize_linear is a FakeQuantize; widened codes of
// weights are a Const of i8 with Convert, Subtract (where the zero point is not 0) and Multiply.
// Sources of the layers' facts: OpenVINO's operation specifications (docs/…/operation-specs) and pass/serialize.cpp.
#pragma once
#include <string>
#include <vector>

#include "base/progress.h"
#include "formats/openvino/model.h"
#include "graph/graph.h"
#include "wire/pieces.h"

namespace lathe::formats::openvino {

enum class Weights {
    kF32,
    kF16,  // stored as f16, each with a Convert to f32 that is marked as decompression
    kI8,  // of convolutions and products: i8, symmetric, a scale for each output channel; all else f32
};

struct WriteOptions {
    Weights weights = Weights::kF32;
    std::vector<std::string> keep_scopes;  // weights of nodes whose names start so stay f32
    std::string producer_version;
    Progress progress;
};

// Where the weights of PATH.xml lie: PATH.bin. Errors: another extension.
Result<std::string> weights_path(const std::string& path);

// Both files appear when both are complete; an error leaves neither, or what was there before.
// Errors: operators or types that OpenVINO lacks, all of them named; sizes that must be fixed; those of the files.
Status write(const graph::Graph& graph, const std::string& path, const WriteOptions& options = {});

// What write() lays out. `graph` must outlive the model.
Result<Model> lower(graph::Graph& graph, const WriteOptions& options);

// The bytes of the two files; the weights stream from the model's tensors.
struct Files {
    std::string xml;
    wire::Pieces weights;
};
Files serialise(const Model& model, const std::string& producer);

// The same in memory, for small models and tests.
struct FileBytes {
    std::string xml;
    std::vector<std::byte> weights;
};
Result<FileBytes> to_bytes(const graph::Graph& graph, const WriteOptions& options = {});

}  // namespace lathe::formats::openvino
