// From the pickle's tree to a checkpoint: tensors by dotted names, everything else as JSON.
#pragma once
#include "formats/pytorch/tensors.h"
#include "graph/checkpoint.h"

namespace lathe::formats::pytorch {

// Fills `tensors` and `metadata` from the pickle's root. Errors: those of the tensors, with their names; two things of one
// name; nesting beyond 60 levels; shared structure that would grow without bounds when written out.
Status flatten(const wire::Pickle& pickle, Storages& storages, graph::Checkpoint& checkpoint);

}  // namespace lathe::formats::pytorch
