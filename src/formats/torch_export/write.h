// Graphs written as programs of torch.export (.pt2): the archive that torch.export.save makes since PyTorch 2.9, schema
// version 8. Weights are parameters, named as the checkpoint names them; numbers that are no parameters are constants.
// Sizes with symbols are s0, s1, … with range constraints; their own names, those of inputs and outputs, and the graph's
// notes are in extra/lathe.json.
#pragma once
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lathe::formats::torch_export {

// Weights stream, as torchscript/write.h says. Errors: operators or types that PyTorch lacks; those of the file.
Status write(const graph::Graph& graph, const std::string& path);

// The same in memory, for small models and tests.
Result<std::vector<std::byte>> to_bytes(const graph::Graph& graph);

}  // namespace lathe::formats::torch_export
