// Names that tensors of timm's models had elsewhere: in older releases, and in the checkpoints that papers published.
// timm renames them as it loads; the rules here are those of its checkpoint_filter_fn, as data.
#pragma once
#include <string>
#include <string_view>

#include "zoo/timm/state.h"

namespace lathe::zoo::timm {

// The state under timm's present names. `model` narrows the rules to those of its family; empty: all are considered.
State renamed(State state, std::string_view model);

}  // namespace lathe::zoo::timm
