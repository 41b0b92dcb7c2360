#include "base/text.h"

#include <array>
#include <charconv>

#include "base/format.h"

namespace lathe {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
    std::string out;
    for (const std::string& part : parts) {
        if (&part != parts.data()) out += separator;
        out += part;
    }
    return out;
}

std::string_view trim(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string with_commas(uint64_t number) {
    std::string digits = format("{}", number);
    for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
    return digits;
}

std::string human_bytes(uint64_t size_bytes) {
    static constexpr std::array<std::string_view, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
    auto size = static_cast<double>(size_bytes);
    size_t unit = 0;
    while (size >= 999.5 && unit + 1 < kUnits.size()) size /= 1000, ++unit;
    if (unit == 0) return format("{} B", size_bytes);
    const int digits = size < 10 ? 2 : size < 100 ? 1 : 0;
    return format("{:.{}f} {}", size, digits, kUnits[unit]);
}

std::string printable(std::string_view text, size_t limit) {
    std::string out;
    for (const char c : text.substr(0, limit)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7f) out += format("\\x{:02x}", byte);
        else out += c;
    }
    if (text.size() > limit) out += "…";
    return out;
}

bool parse_int(std::string_view text, int64_t& value) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool parse_double(std::string_view text, double& value) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace lathe
