#include "graph/op_def.h"

namespace lathe::graph {

const AttrDef* OpDef::find_attr(std::string_view attr_name) const {
    for (const AttrDef& attr : attrs)
        if (attr.name == attr_name) return &attr;
    return nullptr;
}

int OpDef::input_index(std::string_view operand_name) const {
    for (size_t i = 0; i < inputs.size(); ++i)
        if (inputs[i].name == operand_name) return static_cast<int>(i);
    return -1;
}

const Cell* OpDef::cell(std::string_view format, int version) const {
    for (const Cell& cell : cells)
        if (cell.format == format && version >= cell.since && version <= cell.until) return &cell;
    return nullptr;
}

}  // namespace lathe::graph
