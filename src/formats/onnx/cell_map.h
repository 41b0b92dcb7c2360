// Cells read in either direction: which ONNX operator stands for a row at an operator set, and where each of the row's
// parameters lives there.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace lathe::formats::onnx {

struct Location {
    enum class Kind { kNowhere, kAttribute, kInput };
    Kind kind = Kind::kNowhere;
    std::string_view name;  // of the attribute
    int input = -1;  // number of the input
};

// Where the parameter (attribute, operand or both) of that name lives. Without a Place: an operand is the input in the
// same place, also when it may be an attribute; a mere attribute is the attribute of the same name.
Location locate(const graph::OpDef& op, const graph::Cell& cell, std::string_view parameter, int opset);

// Cell::fixed taken apart: names and values, the latter with the type that their spelling has.
std::vector<std::pair<std::string, graph::Attr>> fixed_attributes(const graph::Cell& cell);

struct RowCell {
    const graph::OpDef* op;
    const graph::Cell* cell;
};

// Rows by the name that ONNX gives them.
class RowIndex {
public:
    explicit RowIndex(std::span<const graph::OpDef* const> ops);
    // All that may stand for `op_type` at that operator set; the most specific (with fixed attributes) first.
    std::vector<RowCell> find(std::string_view op_type, int opset) const;

private:
    std::map<std::string, std::vector<RowCell>, std::less<>> rows_;
};

}  // namespace lathe::formats::onnx
