// Formatted text through {fmt}. Only the light header is included here; the formatting engine itself is compiled once,
// in format.cpp, so that every compiler and WebAssembly link the same code.
#pragma once
#include <fmt/core.h>

#include <string>

namespace lathe {

using fmt::format_string;

// format("{} of {}", a, b). An object, so that a call with a std:: argument does not also find std::format.
struct FormatFunction {
    template <typename... Args>
    std::string operator()(format_string<Args...> text, Args&&... args) const {
        return fmt::vformat(text, fmt::make_format_args(args...));
    }
};
inline constexpr FormatFunction format;

}  // namespace lathe
