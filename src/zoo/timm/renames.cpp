#include "zoo/timm/renames.h"

namespace lathe::zoo::timm {

State renamed(State state, std::string_view) { return state; }

}  // namespace lathe::zoo::timm
