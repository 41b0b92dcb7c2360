// The two ways in: katago.h's load() chooses.
#pragma once
#include <string_view>

#include "graph/checkpoint.h"
#include "zoo/katago/net.h"

namespace lathe::zoo::katago {

Result<Net> load_records(const graph::Checkpoint& checkpoint);
Result<Net> load_pytorch(const graph::Checkpoint& checkpoint, std::string_view weights);
bool has_pytorch_keys(const graph::Checkpoint& checkpoint);

}  // namespace lathe::zoo::katago
