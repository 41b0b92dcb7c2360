// The pickles of a TorchScript archive as values.
#pragma once
#include "formats/pytorch/tensors.h"
#include "formats/torch/importer.h"
#include "graph/checkpoint.h"
#include "wire/pickle.h"

namespace lathe::formats::torchscript {

// PickleOptions for them: tensors, lists and objects of the archive's own classes. The list of names is static.
wire::PickleOptions pickle_options();

// The root of a pickle. Tensors become weights named by their paths (below `path`), and are appended to `tensors`.
// Errors: objects that are no data, nesting too deep.
Result<torch::Value> value_of(const wire::Pickle& pickle, pytorch::Storages& storages,
                              torch::Importer& importer, const std::string& path,
                              std::vector<graph::NamedTensor>& tensors);

}  // namespace lathe::formats::torchscript
