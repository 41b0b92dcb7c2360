#include "formats/torch_export/schema_json.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "formats/torch_export/expression.h"

namespace lathe::formats::torch_export {

using graph::Dim;
using graph::Dims;

const Json& member_or_null(const Json& json, std::string_view key) {
    static const Json kNull;
    const Json* found = find_member(json, key);
    return found == nullptr ? kNull : *found;
}

Result<std::pair<std::string_view, const Json*>> union_of(const Json& json) {
    if (!json.is_object() || json.size() != 1)
        return fail("{}, expected an object of one member", printable(lathe::to_text(json)));
    return std::pair<std::string_view, const Json*>(json.begin().key(), &json.begin().value());
}

Result<std::string> name_in(const Json& json) {
    const Json& name = member_or_null(json, "name");
    if (!name.is_string()) return fail("{}, expected an object with a name", printable(lathe::to_text(json)));
    return name.get<std::string>();
}

Result<Dim> size_of(const Json& json) {
    TRY(const auto choice, union_of(json));
    const auto& [kind, value] = choice;
    if (kind == "as_int" && value->is_number_integer()) return Dim(value->get<int64_t>());
    if (kind == "as_expr") {
        TRY(const std::string text, string_member(*value, "expr_str"));
        return parse_expression(text);
    }
    return fail("a size is {}, expected as_int or as_expr", printable(lathe::to_text(json)));
}

Result<Dims> sizes_of(const Json& meta) {
    const Json& sizes = member_or_null(meta, "sizes");
    if (!sizes.is_array()) return fail("a tensor without sizes");
    Dims dims;
    for (const Json& size : sizes) {
        TRY(dims.emplace_back(), size_of(size));
    }
    return dims;
}

}  // namespace lathe::formats::torch_export
