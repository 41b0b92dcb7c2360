// The model's tensors in a checkpoint: without the wrappers that training programs put around them.
#pragma once
#include <string>
#include <vector>

#include "graph/checkpoint.h"

namespace lathe::zoo::timm {

struct State {
    std::vector<graph::NamedTensor> tensors;
    std::string
        hint;  // the model's name as the checkpoint's metadata or its file name gives it; may be empty
};

// Of several sets of weights the averaged one ("state_dict_ema", "model_ema") comes first, as timm chooses; `weights`
// names another ("model"). Prefixes such as "module." and "_orig_mod." are taken away; optimisers' tensors are left out.
State state_of(const graph::Checkpoint& checkpoint, std::string_view weights);

// Tensors that hold no weights: counters and index tables, which files may lack or have in excess.
bool is_bookkeeping(const std::string& name, DType dtype);

}  // namespace lathe::zoo::timm
