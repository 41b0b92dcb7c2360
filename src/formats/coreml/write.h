// Graphs written as Core ML packages (.mlpackage) that hold an ML program.
//
// The operators are MIL's of the oldest set that has them: iOS 15, or later where weights are compressed. Those that MIL
// lacks are taken apart. Tensors have at most five axes there; reshapes and transposes of more are put as several. Whole
// numbers are i32. Inputs and outputs are f32 or i32 whatever the arithmetic is. Names become identifiers; the graph's
// own are kept in the package's notes, where the reader finds them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "graph/graph.h"

namespace lathe::formats::coreml {

struct Model;

enum class Weights {
    kPlain,  // of the arithmetic's type
    kI8,  // linear codes, symmetric, a scale for each output channel (iOS 16)
    kI4,  // the same of 4 bits, a scale for each block of input channels (iOS 18)
    kPalette8,  // an index into the tensor's own table of 256, 64 or 16 numbers, found by k-means (iOS 16)
    kPalette6,
    kPalette4,
};

// How the sizes of the batch may vary: both ends included.
struct BatchRange {
    int64_t least = 1, usual = 1, most = 1;
};

// The input is a picture: eight bits for each of red, green and blue, x = picture * scale + bias by channel.
struct Picture {
    std::vector<double> scale, bias;  // one number for all channels or one for each
};

struct WriteOptions {
    bool half = true;  // arithmetic in f16, else f32
    Weights weights = Weights::kPlain;
    int64_t block = 32;  // input channels with one scale, of kI4
    std::vector<std::string> keep_scopes;  // nodes whose names start so compute in f32, with plain weights
    std::optional<BatchRange> batch;  // of the first axis of the inputs, where it is a symbol
    std::optional<Picture> picture;  // of the first input: [1, 3, H, W]
    std::vector<std::string> labels;  // of the classes of the first output, in order; empty: none
    std::string producer_version;
    Progress progress;
};

// What a package is made of, beside the manifest.
struct Written {
    int version = 0;  // of the specification
    std::string opset, system;  // "CoreML5", "iOS 15"
    uint64_t model_bytes = 0, weight_bytes = 0;
    size_t compressed = 0,
           plain = 0;  // weights of products: in the codes that were asked for, and as numbers
    std::vector<std::string> beyond_half;  // constants with numbers beyond f16, written as its largest
    std::vector<std::string> narrowed;  // values of i64 that are i32 there, inputs and outputs first
    bool gives_probabilities = false;  // the classes' numbers come from a softmax
};

// The folder appears under its name when everything in it is complete; an older package there is replaced.
// Errors: an operator or a type that Core ML lacks, naming the node; constants beyond i32; sizes that must be fixed; those of the files.
Result<Written> write(const graph::Graph& graph, const std::string& path, const WriteOptions& options = {});

// What write() lays out. `graph` is taken apart into what MIL has; the model's constants are views of it.
Result<Model> lower(graph::Graph& graph, const WriteOptions& options);

}  // namespace lathe::formats::coreml
