#include "graph/builder.h"

#include <algorithm>

#include "base/check.h"

namespace lathe::graph {

Builder::Builder(OpLookup ops, std::string_view graph_name) : ops_(ops) { graph_.name = graph_name; }

ValueId Builder::input(std::string_view name, DType dtype, Dims shape) {
    const ValueId id =
        graph_.add_value({.name = std::string(name), .dtype = dtype, .shape = std::move(shape)});
    graph_.inputs.push_back(id);
    return id;
}

ValueId Builder::constant(std::string_view name, Tensor tensor) {
    return graph_.add_constant(name, std::move(tensor));
}

std::vector<ValueId> Builder::add_many(std::string_view op, std::vector<ValueId> inputs, Attrs attrs,
                                       size_t outputs) {
    if (error_) return std::vector<ValueId>(outputs, kNoValue);
    const OpDef* row = ops_(op);
    CHECK(row != nullptr, op);
    std::vector<std::string> names(outputs, scope_ + std::string(op));
    auto added = add_node(graph_, *row, std::move(inputs), std::move(attrs), std::move(names),
                          scope_ + std::string(op));
    if (!added) {
        error_ = std::move(added).error();
        return std::vector<ValueId>(outputs, kNoValue);
    }
    return graph_.nodes[*added].outputs;
}

ValueId Builder::add(std::string_view op, std::vector<ValueId> inputs, Attrs attrs) {
    return add_many(op, std::move(inputs), std::move(attrs), 1)[0];
}

void Builder::output(std::string_view name, ValueId value) {
    if (error_) return;
    CHECK(value != kNoValue, name);
    const bool is_result = !graph_[value].constant && std::find(graph_.inputs.begin(), graph_.inputs.end(),
                                                                value) == graph_.inputs.end();
    const bool twice = std::find(graph_.outputs.begin(), graph_.outputs.end(), value) != graph_.outputs.end();
    if (!is_result || twice) value = add("identity", {value});
    if (error_) return;
    graph_[value].name = name;
    graph_.outputs.push_back(value);
}

const Dims& Builder::shape(ValueId value) const {
    static const Dims kNone;
    return value == kNoValue ? kNone : graph_[value].shape;
}
DType Builder::dtype(ValueId value) const { return value == kNoValue ? DType::kF32 : graph_[value].dtype; }

void Builder::fail_with(Error error) {
    if (!error_) error_ = std::move(error);
}

Result<Graph> Builder::finish() {
    if (error_) return std::unexpected(*error_);
    TRY_STATUS(verify(graph_));
    return std::move(graph_);
}

}  // namespace lathe::graph
