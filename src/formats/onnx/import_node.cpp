#include "base/check.h"
#include "formats/onnx/import.h"
#include "ops/ops.h"

namespace lathe::formats::onnx {

Result<int64_t> NodeImport::integer(std::string_view name, int64_t absent) const {
    const Attribute* a = node.find(name);
    if (a == nullptr) return absent;
    TRY(const Attr value, to_attr(*a, AttrType::kInt, source));
    return *std::get_if<int64_t>(&value);
}

Result<double> NodeImport::number(std::string_view name, double absent) const {
    const Attribute* a = node.find(name);
    if (a == nullptr) return absent;
    TRY(const Attr value, to_attr(*a, AttrType::kFloat, source));
    return *std::get_if<double>(&value);
}

Result<std::vector<int64_t>> NodeImport::integers(std::string_view name) const {
    const Attribute* a = node.find(name);
    if (a == nullptr) return std::vector<int64_t>{};
    TRY(const Attr value, to_attr(*a, AttrType::kInts, source));
    return *std::get_if<graph::Ints>(&value);
}

std::string_view NodeImport::text(std::string_view name, std::string_view absent) const {
    const Attribute* a = node.find(name);
    return a == nullptr ? absent : a->text;
}

Result<std::vector<ValueId>> NodeImport::add(std::string_view op, std::vector<ValueId> operands, Attrs attrs,
                                             bool last) {
    const graph::OpDef* row = ops::find_op(op);
    CHECK(row != nullptr, op);
    std::vector<std::string> names;
    if (last)
        for (const std::string& output : node.outputs) names.push_back(output.empty() ? "" : prefix + output);
    const bool any_number = !row->outputs.empty() && row->outputs.back().arity == graph::Arity::kVariadic;
    if (names.size() > row->outputs.size() && !any_number) names.resize(row->outputs.size());
    while (!names.empty() && names.back().empty()) names.pop_back();
    const std::string& own = !node.name.empty() || node.outputs.empty() ? node.name : node.outputs[0];
    TRY(const size_t index,
        graph::add_node(graph, *row, std::move(operands), std::move(attrs), std::move(names), prefix + own));
    return graph.nodes[index].outputs;
}

Result<ValueId> NodeImport::inner(std::string_view op, std::vector<ValueId> operands, Attrs attrs) {
    TRY(const auto outputs, add(op, std::move(operands), std::move(attrs), false));
    return outputs[0];
}

Status NodeImport::finish(std::string_view op, std::vector<ValueId> operands, Attrs attrs) {
    TRY(results, add(op, std::move(operands), std::move(attrs), true));
    return {};
}

ValueId NodeImport::constant(std::string_view hint, Tensor tensor) {
    const std::string own = node.outputs.empty() ? node.name : node.outputs[0];
    return graph.add_constant(format("{}{}.{}", prefix, own, hint), std::move(tensor));
}

}  // namespace lathe::formats::onnx
