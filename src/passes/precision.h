// Passes that change the arithmetic inside a graph. Inputs and outputs keep their types unless asked otherwise.
#pragma once
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lathe::passes {

using graph::Graph;

struct HalfOptions {
    DType dtype = DType::kF16;  // or kBF16, for targets that compute in it
    bool keep_io = true;  // inputs and outputs of the graph stay f32
    // Nodes whose name starts with one of these stay f32.
    std::vector<std::string> keep_scopes;
};

// f32 arithmetic and weights become f16 or bf16. Reductions, norms and softmax, and what only feeds them, stay f32, as do
// the scopes asked for and weights that f16 cannot hold (a note names them). In f16 the argument of an exponential that
// is capped by a constant is capped at 5.5, where x*n/(n+2) with n = e*(e+2) is x to the last bit of f16.
Result<Graph> to_half(Graph graph, const HalfOptions& options, std::vector<std::string>& notes);

struct StoreOptions {
    DType dtype = DType::kBF16;
    int64_t smallest = 256;  // weights with fewer elements stay f32
    std::vector<std::string> keep_scopes;
};

// Weights are stored in another floating-point type and cast to f32 where they are used; arithmetic stays f32. For
// formats and runtimes that can hold a type but not compute in it.
Result<Graph> store_weights(Graph graph, const StoreOptions& options);

struct QuantizeOptions {
    DType weights =
        DType::kU8;  // of matrix products; convolutions take u8, the only type that ONNX Runtime's CPU has
    // For engines whose sums of products are exact: weights of convolutions too are of type `weights`, and i8 takes all 8 bits.
    bool exact_sums = false;
    int64_t smallest = 1024;  // weights with fewer elements stay f32
    std::vector<std::string> keep_scopes;
};

// Convolutions and matrix products by constants compute in 8 bits: activations by dynamic_quantize_linear (one for all
// consumers of a value), weights symmetric per output channel, code = round(w / scale) with scale = max|w| / 127
// and 128 added for u8, max|w| / 63 for i8 (7 bits, so that processors without VNNI do not saturate; with exact_sums 127). y = conv_integer(x, w) * (x_scale * w_scale[o]) + bias. Convolutions of the graph's inputs stay f32.
// A note says how many were quantised.
Result<Graph> dynamic_quantize(Graph graph, const QuantizeOptions& options, std::vector<std::string>& notes);

}  // namespace lathe::passes
