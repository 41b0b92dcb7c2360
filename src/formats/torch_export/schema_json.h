// What recurs in the JSON of a program (torch/_export/serde/schema.py). Errors show the JSON that was found.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "graph/dim.h"

namespace lathe::formats::torch_export {

// A JSON null where the member is absent.
const Json& member_or_null(const Json& json, std::string_view key);
// A union of the schema, an object of one member: its key, which lives as long as `json`, and its value.
Result<std::pair<std::string_view, const Json*>> union_of(const Json& json);
Result<std::string> name_in(const Json& json);  // {"name": "x"}
Result<graph::Dim> size_of(const Json& json);  // {"as_int": 3} or {"as_expr": {"expr_str": "s0"}}
Result<graph::Dims> sizes_of(const Json& meta);  // of a TensorMeta

}  // namespace lathe::formats::torch_export
