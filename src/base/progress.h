// Progress of long work, told to whoever asked for it. Rooms below the program only call; app/cli draws the bar.
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>

namespace lathe {

// what: a short phrase ("writing weights"); done and total in the same unit (bytes, layers, positions).
// An empty function means that nobody is watching.
using Progress = std::function<void(std::string_view what, uint64_t done, uint64_t total)>;

}  // namespace lathe
