// Which values of a graph are the inputs of a checkpoint's layers: every product of a value with a constant (matmul, gemm,
// conv), traced back to the tensor of the checkpoint that the constant is. What the graph multiplies with is computed from
// the constants, through transposes, slices and whatever else lies between, and compared with the tensor element by
// element, so that the order of the columns is known and not assumed.
#pragma once
#include <string>
#include <vector>

#include "graph/checkpoint.h"
#include "graph/graph.h"

namespace lathe::pipeline {

// How the vectors x lie in the value that a product reads.
enum class VectorLayout : uint8_t {
    kLast,  // along the last axis: […, columns]
    kSecondLast,  // along the one before: […, columns, n]
    kPatches,  // what a convolution sees from each position, in the order of its weight's [in, kernel…]
};

struct LayerUse {
    size_t node = 0;
    graph::ValueId value = graph::kNoValue;  // that the product reads
    VectorLayout layout = VectorLayout::kLast;
    Shape weight;  // kPatches: [out, in, kernel…]
};

// A tensor of the checkpoint, [out, in] or [out, in, kernel…]: y = W x, with W seen as [out, columns].
struct Layer {
    std::string tensor;
    int64_t columns = 0;
    std::vector<LayerUse> uses;  // one or more; all of them see the whole of x
    std::string name() const;  // without ".weight"
};

struct LeftOut {
    std::string tensor;  // of the checkpoint, or, where none belongs to it, the constant in the graph
    std::string why;  // a phrase
};

struct LayerInputs {
    std::vector<Layer> layers;  // in the checkpoint's order
    std::vector<LeftOut>
        left_out;  // tensors of floats with two dimensions or more, and products with other constants
};

// The graph as it was built: passes that fold one weight into another leave nothing to trace.
LayerInputs find_layer_inputs(const graph::Graph& graph, const graph::Checkpoint& checkpoint);

}  // namespace lathe::pipeline
