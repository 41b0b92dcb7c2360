// Tensors that programs change in place, on a graph whose values never change.
//
// Every tensor of the program is a Cell. A cell of its own holds the value that the tensor has by now. A view holds the
// cell that it looks into, how its value follows from that one's, and how a change of it goes back there; when the base
// has changed, the view's value is made again as it is read. A copy-or-view (reshape, contiguous: PyTorch decides by
// strides) is fine until one side is written to; whoever reads the other side then gets an error.
#pragma once
#include <functional>

#include "formats/torch/value.h"

namespace lathe::formats::torch {

using Remake = std::function<Result<graph::ValueId>(graph::ValueId base)>;
using WriteBack = std::function<Result<graph::ValueId>(graph::ValueId base, graph::ValueId changed)>;

struct Cell {
    graph::ValueId value = graph::kNoValue;
    std::optional<Tensor> stored;  // a weight that no operator has read yet
    std::string name;  // of a weight: its path in the module
    uint64_t version = 0;  // how often it was written to
    std::string spoiled;  // why it cannot be read any more

    // Views only.
    TensorRef base;
    int depth = 0;  // how many bases there are
    uint64_t base_version = 0;  // that `value` was made from
    bool certain = true;  // false: a copy or a view
    Remake remake;
    WriteBack write_back;  // none: it cannot be written through
};

TensorRef make_tensor(graph::ValueId value);
TensorRef make_weight(std::string name, Tensor tensor);
// Errors: views of views of …, without end.
Result<TensorRef> make_view(const TensorRef& base, graph::ValueId value, bool certain, Remake remake,
                            WriteBack write_back);

// The tensor's value now. Errors: a copy-or-view whose other side was written to.
Result<graph::ValueId> read(graph::Graph& graph, const TensorRef& tensor);
// Gives the tensor, and everything that shares memory with it, a new value. Errors: a weight; a view that cannot be
// written through.
Status write(graph::Graph& graph, const TensorRef& tensor, graph::ValueId value);

}  // namespace lathe::formats::torch
