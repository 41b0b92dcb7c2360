// The precisions that an export can have, by name, as passes over the graph.
#pragma once
#include "graph/graph.h"

namespace lathe::pipeline {

// precision: fp32 (nothing changes), fp16, bf16, uint8, int8. half_io: inputs and outputs in the inner type too.
// What a person should know (layers kept in another precision) is appended to notes.
Result<graph::Graph> apply_precision(graph::Graph graph, const std::string& precision, bool half_io,
                                     std::vector<std::string>& notes);

}  // namespace lathe::pipeline
