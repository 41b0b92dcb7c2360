// Graphs written as TorchScript archives: the program that torch.jit.save would write, for torch.jit.load of PyTorch 1.13
// and later. One method, forward; weights are parameters of modules nested as their names are.
//
// Beside the program the archive holds extra/lathe.json (what torch.jit.load gives as _extra_files): the names, types and
// shapes of inputs, the names of outputs, and the graph's notes, none of which TorchScript itself can say.
#pragma once
#include <string>
#include <vector>

#include "base/progress.h"
#include "graph/graph.h"

namespace lathe::formats::torchscript {

// Sizes with symbols stay open. Weights stream: no more memory is taken than the program itself and the largest weight
// that does not lie in the file as it is written.
// Errors: operators or types that PyTorch lacks; those of the file.
Status write(const graph::Graph& graph, const std::string& path);

// The same in memory, for small models and tests.
Result<std::vector<std::byte>> to_bytes(const graph::Graph& graph);

}  // namespace lathe::formats::torchscript
