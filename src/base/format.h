// Formatted text through {fmt}. Only the light header is included here; the formatting engine itself is compiled once,
// in format.cpp, so that every compiler and WebAssembly link the same code.
#pragma once
#include <fmt/core.h>

#include <string>

namespace lathe {
using fmt::format;
using fmt::format_string;
}  // namespace lathe
