#include "formats/katago/python_float.h"

#include <charconv>
#include <cmath>

namespace lathe::formats::katago {

std::string python_float(double value) {
    char digits[400];
    const double size = std::fabs(value);
    const bool scientific = size != 0 && (size < 1e-4 || size >= 1e16);
    const auto style = scientific ? std::chars_format::scientific : std::chars_format::fixed;
    std::string text(digits, std::to_chars(digits, digits + sizeof digits, value, style).ptr);
    if (!scientific && text.find('.') == std::string::npos) text += ".0";
    return text;
}

}  // namespace lathe::formats::katago
