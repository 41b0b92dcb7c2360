// A graph as a program of ExecuTorch.
#pragma once
#include "formats/executorch/program.h"
#include "graph/graph.h"

namespace lathe::formats::executorch {

// Errors: operators that ExecuTorch has no kernels for, types that it lacks, sizes that are not numbers.
Result<Program> lower(const graph::Graph& graph);

}  // namespace lathe::formats::executorch
