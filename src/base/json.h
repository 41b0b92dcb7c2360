// JSON through nlohmann-json. Include this light header to pass JSON around; include <nlohmann/json.hpp> where it is
// taken apart. Parsing never throws and is not recursive, so depth from outside is harmless.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

#include "base/result.h"

namespace lathe {

using Json = nlohmann::ordered_json;  // keeps the order of keys

// Errors: not JSON (with the offset of the first bad byte), nested deeper than 200 levels.
Result<Json> parse_json(std::string_view text);
// Compact with indent < 0. Bytes that are not UTF-8 are replaced by U+FFFD.
std::string to_text(const Json& json, int indent = -1);
// A number; infinities and NaN, which JSON lacks, as text.
Json json_number(double value);

// A member of an object, or nullptr when `json` is no object or lacks it.
const Json* find_member(const Json& json, std::string_view key);
// Typed members with a default for absence. Errors: present with another type, naming the key.
Result<std::string> string_member(const Json& json, std::string_view key, std::string_view absent = {});
Result<int64_t> int_member(const Json& json, std::string_view key, int64_t absent);
Result<double> number_member(const Json& json, std::string_view key, double absent);
Result<bool> bool_member(const Json& json, std::string_view key, bool absent);

}  // namespace lathe
