// This program's version, as CMakeLists.txt says it: "0.1.0".
#pragma once
#include <string>

namespace lathe {

std::string version();

}  // namespace lathe
