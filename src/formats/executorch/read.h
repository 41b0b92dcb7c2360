// ExecuTorch programs (.pte): schema/program.fbs, since the releases of 2023.
#pragma once
#include "formats/format.h"

namespace lathe::formats::executorch {

Match match(ByteSpan file, std::string_view path);
// The method "forward" as a graph, its constants as tensors. Errors begin with the path.
Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path);

}  // namespace lathe::formats::executorch
