#include "formats/onnx/cell_map.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace lathe::formats::onnx {
namespace {

using graph::Attr;
using graph::AttrType;
using graph::Cell;
using graph::OpDef;

AttrType type_spelled(std::string_view text) {
    if (text.starts_with('"')) return AttrType::kString;
    if (text.starts_with('[')) return text.find('.') == text.npos ? AttrType::kInts : AttrType::kFloats;
    if (text == "true" || text == "false") return AttrType::kBool;
    return text.find_first_of(".e") == text.npos ? AttrType::kInt : AttrType::kFloat;
}

}  // namespace

Location locate(const OpDef& op, const Cell& cell, std::string_view parameter, int opset) {
    for (const graph::Place& place : cell.places) {
        if (place.ours != parameter || opset < place.since || opset > place.until) continue;
        if (place.input >= 0) return {Location::Kind::kInput, {}, place.input};
        if (place.theirs.empty()) return {};
        return {Location::Kind::kAttribute, place.theirs, -1};
    }
    if (const int i = op.input_index(parameter); i >= 0) return {Location::Kind::kInput, {}, i};
    return {Location::Kind::kAttribute, parameter, -1};
}

std::vector<std::pair<std::string, Attr>> fixed_attributes(const Cell& cell) {
    std::vector<std::pair<std::string, Attr>> result;
    for (const std::string_view part : split(cell.fixed, ';')) {
        if (trim(part).empty()) continue;
        const size_t equals = part.find('=');
        CHECK(equals != part.npos, cell.fixed);
        const std::string_view text = trim(part.substr(equals + 1));
        auto value = graph::parse_attr(type_spelled(text), text);
        CHECK(value.has_value(), cell.fixed);
        result.emplace_back(std::string(trim(part.substr(0, equals))), *std::move(value));
    }
    return result;
}

RowIndex::RowIndex(std::span<const OpDef* const> ops) {
    for (const OpDef* op : ops)
        for (const Cell& cell : op->cells)
            if (cell.format == "onnx") rows_[std::string(cell.op)].push_back({op, &cell});
    for (auto& [name, cells] : rows_)
        std::ranges::stable_sort(cells, [](const RowCell& a, const RowCell& b) {
            return !a.cell->fixed.empty() && b.cell->fixed.empty();
        });
}

std::vector<RowCell> RowIndex::find(std::string_view op_type, int opset) const {
    std::vector<RowCell> result;
    const auto it = rows_.find(op_type);
    if (it == rows_.end()) return result;
    for (const RowCell& row : it->second)
        if (opset >= row.cell->since && opset <= row.cell->until) result.push_back(row);
    return result;
}

}  // namespace lathe::formats::onnx
