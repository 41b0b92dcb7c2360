#include "report/escape.h"

#include <cstdint>

namespace lathe::report {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// Bytes of the well-formed character at the front (Unicode 15, table 3-7), 0 when there is none.
size_t well_formed(std::string_view text) {
    const auto byte = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{0}; };
    const auto tail = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
    const uint8_t first = byte(0), second = byte(1);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool narrow = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f);
        return tail(1) && tail(2) && !narrow ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool narrow = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
        return tail(1) && tail(2) && tail(3) && !narrow ? 4 : 0;
    }
    return 0;
}

bool is_control(std::string_view character) {
    const auto first = static_cast<uint8_t>(character[0]);
    if (first < 0x20 || first == 0x7f) return true;
    return character.size() == 2 && first == 0xc2 && static_cast<uint8_t>(character[1]) < 0xa0;
}

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           static_cast<uint8_t>(c) >= 0x80;
}

}  // namespace

std::string clean(std::string_view text, char blank) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const size_t length = well_formed(text);
        const std::string_view character = text.substr(0, length);
        if (length == 1 && (text[0] == '\t' || text[0] == '\n')) out += blank != 0 ? blank : text[0];
        else if (length == 0 || is_control(character)) out += kReplacement;
        else out += character;
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out;
}

size_t characters(std::string_view utf8) {
    size_t count = 0;
    for (const char c : utf8) count += (static_cast<uint8_t>(c) & 0xc0) != 0x80;
    return count;
}

std::string shortened(std::string_view utf8, size_t limit) {
    const size_t count = characters(utf8);
    if (count <= limit || limit < 3) return std::string(utf8);
    const size_t front = (limit - 1) / 2, back = limit - 1 - front;
    std::string out;
    size_t index = 0;
    for (const char c : utf8) {
        const bool begins = (static_cast<uint8_t>(c) & 0xc0) != 0x80;
        if (begins && index++ == front) out += "…";
        if (index <= front || index > count - back) out += c;
    }
    return out;
}

std::string escape_html(std::string_view text, char blank) {
    std::string out;
    for (const char c : clean(text, blank)) switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += c;
        }
    return out;
}

std::string escape_markdown(std::string_view text, bool begins_line) {
    const std::string plain = clean(text);
    std::string out;
    for (size_t i = 0; i < plain.size(); ++i) {
        const char c = plain[i], next = i + 1 < plain.size() ? plain[i + 1] : ' ';
        const bool within = i > 0 && is_alphanumeric(plain[i - 1]) && is_alphanumeric(next);
        const bool heading = i == 0 && std::string_view("#-+=").contains(c);
        const bool list =
            (c == '.' || c == ')') && next == ' ' && i > 0 && plain.find_first_not_of("0123456789") == i;
        const bool special = std::string_view("\\`*[]<>|~$").contains(c) || (c == '_' && !within);
        const bool entity = c == '&' && (is_alphanumeric(next) || next == '#');
        if (special || entity || (begins_line && (heading || list))) out += '\\';
        out += c;
    }
    return out;
}

}  // namespace lathe::report
