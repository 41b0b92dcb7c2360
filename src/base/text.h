// Small text helpers that several rooms share.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lathe {

std::vector<std::string_view> split(std::string_view text, char separator);  // "a,,b" gives "a", "", "b"
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string_view trim(std::string_view text);  // ASCII white space at both ends
std::string with_commas(uint64_t number);       // 1234567 -> "1,234,567"
std::string human_bytes(uint64_t size_bytes);   // "1.5 MB" (powers of 1000)
// Text from a file as it can be shown: control and non-ASCII bytes as \xNN, cut with "…" after `limit` bytes.
std::string printable(std::string_view text, size_t limit = 80);
bool parse_int(std::string_view text, int64_t& value);  // whole text, decimal, optional sign
bool parse_double(std::string_view text, double& value);

}  // namespace lathe
