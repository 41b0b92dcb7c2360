// Programs of torch.export (torch.export.save: .pt2) of every PyTorch from 2.1 on, read into graphs.
#pragma once
#include "formats/format.h"

namespace lathe::formats::torch_export {

Match match(ByteSpan file, std::string_view path);
// The graph, the weights by their names, and as metadata the versions of PyTorch, of the schema and of the archive.
Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path);

}  // namespace lathe::formats::torch_export
