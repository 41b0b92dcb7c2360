// PyTorch's operators in those that ExecuTorch has kernels for.
#pragma once
#include "formats/torch/aten.h"

namespace lathe::formats::executorch {

// Whether a graph's operator is a call of one kernel, or of some by core_calls; the others are taken apart in the graph.
bool has_kernel(const graph::Graph& graph, const graph::Node& node);

// The same program with every call one of kernels.h: products become mm and bmm, windows over lines become windows over
// images of one row, norms the native ones. Errors: sizes that are not numbers, calls that the kernels cannot say; all of
// them, with what they compute.
Result<torch::aten::Program> core_calls(torch::aten::Program program);

}  // namespace lathe::formats::executorch
