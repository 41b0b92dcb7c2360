#include "base/version.h"

namespace lathe {

std::string version() { return LATHE_VERSION; }

}  // namespace lathe
