// Names that tensors of timm's models had elsewhere: in older releases, and in the checkpoints that papers published.
// timm renames them as it loads; the rules here are those of its checkpoint_filter_fn, as data.
#pragma once
#include "zoo/timm/state.h"

namespace lathe::zoo::timm {

// The state under timm's present names, when it has one of the spellings in rename_tables.cpp; else as it is.
State renamed(State state);

}  // namespace lathe::zoo::timm
