// ExecuTorch programs (.pte) from graphs.
#pragma once
#include <string>

#include "graph/graph.h"

namespace lathe::formats::executorch {

// One method, "forward", with static sizes and one planned memory. Two runs give the same bytes; the file appears when it
// is complete. Errors: as lower.h.
Status write(const graph::Graph& graph, const std::string& path);
Result<std::vector<std::byte>> to_bytes(const graph::Graph& graph);

}  // namespace lathe::formats::executorch
