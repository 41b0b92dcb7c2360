// A program of ExecuTorch as a graph.
#pragma once
#include "formats/executorch/program.h"
#include "graph/graph.h"

namespace lathe::formats::executorch {

// Names are the program's where it has them; else inputs are "input" or "input_0", …, and outputs "output", ….
// Errors: a method that could not run (plan.h), operators and delegates that Lathe does not have, results of another
// shape than the program says.
Result<graph::Graph> import_program(const Program& program);

}  // namespace lathe::formats::executorch
