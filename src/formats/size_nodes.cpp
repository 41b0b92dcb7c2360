#include "formats/size_nodes.h"

#include "base/check.h"
#include "ops/ops.h"

namespace lathe::formats {

using graph::Dims;
using graph::kNoValue;
using graph::ValueId;

void SizeNodes::learn(ValueId value) {
    const Dims& shape = graph_[value].shape;
    for (size_t axis = 0; axis < shape.size(); ++axis)
        if (shape[axis].is_symbol()) sources_.try_emplace(shape[axis].text(), Source{value, axis});
}

Result<ValueId> SizeNodes::vector(const Dims& dims) {
    std::vector<ValueId> parts;
    for (size_t i = 0; i < dims.size();) {
        graph::Ints run;  // neighbouring numbers make one constant
        while (i < dims.size() && dims[i].is_constant()) run.push_back(*dims[i++].constant());
        if (!run.empty()) parts.push_back(graph_.add_constant("sizes", Tensor::ints(run)));
        if (i < dims.size()) {
            TRY(const int id, dims[i++].walk(*this));
            parts.push_back(ValueId{static_cast<uint32_t>(id)});
        }
    }
    if (parts.size() == 1) return parts[0];
    return add("sizes", "concat", std::move(parts), {{"axis", int64_t{0}}});
}

Result<int> SizeNodes::number(int64_t value) {
    const auto [it, fresh] = numbers_.try_emplace(value, kNoValue);
    if (fresh) it->second = graph_.add_constant(format("size_{}", value), Tensor::ints(std::span(&value, 1)));
    return static_cast<int>(it->second);
}

Result<int> SizeNodes::symbol(const std::string& name) {
    const auto source = sources_.find(name);
    if (source == sources_.end())
        return fail("the size '{}' is no dimension of an input or of an earlier result; bind it to a number",
                    name);
    auto [shape, fresh] = shapes_.try_emplace(source->second.value, kNoValue);
    if (fresh) {
        TRY(shape->second,
            add("shape_of_" + graph_[source->second.value].name, "shape_of", {source->second.value}, {}));
    }
    TRY(const int axis, number(static_cast<int64_t>(source->second.axis)));
    return once(name, "size_" + name, "gather", {shape->second, ValueId{static_cast<uint32_t>(axis)}},
                {{"axis", int64_t{0}}});
}

Result<int> SizeNodes::apply(std::string_view function, int a, int b) {
    const std::string_view op = function == "+"          ? "add"
                                : function == "*"        ? "mul"
                                : function == "floordiv" ? "div"
                                                         : function;
    return once(format("{} {} {}", op, a, b), "size", op,
                {ValueId{static_cast<uint32_t>(a)}, ValueId{static_cast<uint32_t>(b)}}, {});
}

Result<int> SizeNodes::once(const std::string& key, const std::string& name, std::string_view op,
                            std::vector<ValueId> inputs, graph::Attrs attrs) {
    if (const auto it = known_.find(key); it != known_.end()) return it->second;
    TRY(const ValueId id, add(name, op, std::move(inputs), std::move(attrs)));
    return known_[key] = static_cast<int>(id);
}

Result<ValueId> SizeNodes::add(const std::string& name, std::string_view op, std::vector<ValueId> inputs,
                               graph::Attrs attrs) {
    const graph::OpDef* row = ops::find_op(op);
    CHECK(row != nullptr, op);
    TRY(const size_t index, graph::add_node(graph_, *row, std::move(inputs), std::move(attrs), {name}, name));
    return graph_.nodes[index].outputs[0];
}

}  // namespace lathe::formats
