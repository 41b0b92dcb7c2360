// An exported program as a graph.
#pragma once
#include "formats/torch_export/archive.h"
#include "graph/graph.h"

namespace lathe::formats::torch_export {

// Parameters, buffers and constants keep their names, inputs too; outputs are called "output", or "output_0", …. Sizes
// keep their symbols; which values they may take stands in the graph's metadata ("range s0" = "2 to 64").
// Refused: state that the program changes, custom objects, operators that Lathe does not have (all of them listed).
Result<graph::Graph> import_program(const Contents& contents);

}  // namespace lathe::formats::torch_export
