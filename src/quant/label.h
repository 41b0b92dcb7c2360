// The label of a quantised layer from its tensors alone, for files that lost it or say something else.
#pragma once
#include <optional>
#include <string>

#include "quant/stored.h"

namespace lathe::quant {

// What the tensors of layer X show it to be, or nothing when X.weight is not quantised. A rotation leaves no trace and is
// not found. Errors: tensors that fit two formats or none, naming them.
Result<std::optional<StoredLayer>> infer_layer(const std::string& layer, const FindTensor& find);

}  // namespace lathe::quant
