#include <algorithm>

#include "base/text.h"
#include "formats/onnx/import.h"
#include "ops/ops.h"

namespace lathe::formats::onnx {
namespace {

using graph::Arity;
using graph::AttrDef;
using graph::Dim;
using graph::Dims;
using graph::Floats;
using graph::Ints;
using graph::OpDef;
using graph::OperandDef;

// A float32 of a file as the decimal that its writer most likely had: 9.99999975e-06 is 1e-05.
double decimal(float value) {
    double result = value;
    parse_double(format("{}", value), result);
    return result;
}

// Attributes that change nothing at inference.
bool without_effect(std::string_view op, const Attribute& a) {
    if (op == "BatchNormalization" && a.name == "momentum") return true;
    return op == "BatchNormalization" && a.name == "spatial" && a.integer == 1;
}

// The row's side of the node, collected parameter by parameter.
struct Parts {
    std::vector<ValueId> operands;
    Attrs attrs;
    std::vector<bool> input_used;
    std::vector<bool> attribute_used;
};

const Attribute* take_attribute(const Node& node, std::string_view name, Parts& parts) {
    for (size_t i = 0; i < node.attributes.size(); ++i)
        if (node.attributes[i].name == name) {
            parts.attribute_used[i] = true;
            return &node.attributes[i];
        }
    return nullptr;
}

ValueId take_input(const NodeImport& import, int i, Parts& parts) {
    const auto index = static_cast<size_t>(i);
    if (index >= import.inputs.size()) return kNoValue;
    parts.input_used[index] = true;
    return import.inputs[index];
}

// Known elements of an operand as the attribute that they may be instead; nothing when they are not known.
std::optional<Attr> operand_as_attr(const Graph& graph, ValueId id, AttrType type) {
    const graph::Value& value = graph[id];
    if (type == AttrType::kDims && value.contents) return *value.contents;
    const auto tensor = known_tensor(graph, id);
    if (!tensor || (tensor->rank() > 1 && type != AttrType::kTensor)) return std::nullopt;
    const bool one = tensor->count() == 1;
    if (type == AttrType::kTensor) return *tensor;
    if (is_float(tensor->dtype())) {
        const auto values = tensor->to_doubles();
        if (type == AttrType::kFloats) return Floats(values.begin(), values.end());
        if (type != AttrType::kFloat || !one) return std::nullopt;
        return tensor->dtype() == DType::kF32 ? decimal(static_cast<float>(values[0])) : values[0];
    }
    const auto ints = tensor->to_ints();
    switch (type) {
        case AttrType::kInts: return Ints(ints.begin(), ints.end());
        case AttrType::kDims: return Dims(ints.begin(), ints.end());
        case AttrType::kInt: return one ? std::optional<Attr>(ints[0]) : std::nullopt;
        case AttrType::kBool: return one ? std::optional<Attr>(ints[0] != 0) : std::nullopt;
        default: return std::nullopt;
    }
}

// The type of a constant that stands for an attribute of the file: that of its group's other operands, or the first
// that fits.
DType operand_dtype(const NodeImport& import, const OpDef& op, const OperandDef& def,
                    const std::vector<ValueId>& operands) {
    for (size_t i = 0; i < operands.size() && i < op.inputs.size(); ++i)
        if (def.group != '\0' && op.inputs[i].group == def.group && operands[i] != kNoValue)
            return import.graph[operands[i]].dtype;
    for (const DType d : {DType::kF32, DType::kI64, DType::kBool})
        if ((def.types & graph::type_bit(d)) != 0) return d;
    return DType::kF32;
}

Result<ValueId> attribute_as_operand(NodeImport& import, const OpDef& op, const OperandDef& def,
                                     const Attribute& a, const Parts& parts) {
    if (a.type == AttributeType::kTensor) {
        TRY(auto tensor, read_tensor(a.tensor, import.source));
        return import.constant(def.name, std::move(tensor.tensor));
    }
    const DType dtype = operand_dtype(import, op, def, parts.operands);
    switch (a.type) {
        case AttributeType::kFloat: return import.constant(def.name, Tensor::filled(dtype, {}, a.number));
        case AttributeType::kInt:
            return import.constant(def.name, tensor_from_ints(dtype, {}, std::span(&a.integer, 1)));
        case AttributeType::kInts:
            return import.constant(
                def.name, tensor_from_ints(dtype, {static_cast<int64_t>(a.integers.size())}, a.integers));
        case AttributeType::kFloats: {
            const std::vector<double> values(a.numbers.begin(), a.numbers.end());
            return import.constant(def.name,
                                   tensor_from_doubles(dtype, {static_cast<int64_t>(values.size())}, values));
        }
        default: return fail("attribute '{}' is {}, expected numbers", printable(a.name), name_of(a.type));
    }
}

Status take_operand(NodeImport& import, const RowCell& row, size_t i, Parts& parts) {
    const OperandDef& def = row.op->inputs[i];
    const AttrDef* twin = row.op->find_attr(def.name);
    const Location place = locate(*row.op, *row.cell, def.name, import.opset);
    parts.operands.push_back(kNoValue);
    if (place.kind == Location::Kind::kNowhere) return {};
    if (place.kind == Location::Kind::kAttribute) {
        const Attribute* given = take_attribute(import.node, place.name, parts);
        if (given == nullptr) return {};
        if (twin != nullptr) {
            TRY(Attr value, to_attr(*given, twin->type, import.source));
            parts.attrs.set(def.name, std::move(value));
            return {};
        }
        TRY(parts.operands.back(), attribute_as_operand(import, *row.op, def, *given, parts));
        return {};
    }
    const ValueId id = take_input(import, place.input, parts);
    if (id == kNoValue) return {};
    if (twin != nullptr)
        if (auto value = operand_as_attr(import.graph, id, twin->type)) {
            parts.attrs.set(def.name, *std::move(value));
            return {};
        }
    parts.operands.back() = id;
    if (def.arity != Arity::kVariadic) return {};
    for (size_t k = static_cast<size_t>(place.input) + 1; k < import.inputs.size(); ++k)
        parts.operands.push_back(take_input(import, static_cast<int>(k), parts));
    return {};
}

Status take_attr(NodeImport& import, const RowCell& row, const AttrDef& def, Parts& parts) {
    const Location place = locate(*row.op, *row.cell, def.name, import.opset);
    if (place.kind == Location::Kind::kInput) {
        const ValueId id = take_input(import, place.input, parts);
        if (id == kNoValue) return {};
        auto value = operand_as_attr(import.graph, id, def.type);
        if (!value)
            return fail("its input {} ('{}') must be known before the model runs", place.input,
                        import.graph[id].name);
        parts.attrs.set(def.name, *std::move(value));
        return {};
    }
    if (place.kind == Location::Kind::kNowhere) return {};
    const Attribute* given = take_attribute(import.node, place.name, parts);
    if (given == nullptr) return {};
    TRY(Attr value, to_attr(*given, def.type, import.source));
    parts.attrs.set(def.name, std::move(value));
    return {};
}

Status check_leftovers(const NodeImport& import, const RowCell& row, const Parts& parts) {
    const auto fixed = fixed_attributes(*row.cell);
    for (size_t i = 0; i < parts.input_used.size(); ++i)
        if (!parts.input_used[i] && import.inputs[i] != kNoValue)
            return fail("its input {} ('{}') has no meaning that Lathe knows", i,
                        import.graph[import.inputs[i]].name);
    for (size_t i = 0; i < parts.attribute_used.size(); ++i) {
        const Attribute& a = import.node.attributes[i];
        const bool is_fixed = std::ranges::any_of(fixed, [&](const auto& f) { return f.first == a.name; });
        if (!parts.attribute_used[i] && !is_fixed && !without_effect(import.node.op_type, a))
            return fail("its attribute '{}' has no meaning that Lathe knows", printable(a.name));
    }
    return {};
}

}  // namespace

Result<Attr> to_attr(const Attribute& a, AttrType type, DataSource& source) {
    const auto wrong = [&](AttributeType expected) {
        return fail("its attribute '{}' is {}, expected {}", printable(a.name), name_of(a.type),
                    name_of(expected));
    };
    switch (type) {
        case AttrType::kBool:
            if (a.type != AttributeType::kInt) return wrong(AttributeType::kInt);
            return a.integer != 0;
        case AttrType::kInt:
            if (a.type != AttributeType::kInt) return wrong(AttributeType::kInt);
            return a.integer;
        case AttrType::kFloat:
            if (a.type != AttributeType::kFloat) return wrong(AttributeType::kFloat);
            return decimal(a.number);
        case AttrType::kString:
            if (a.type != AttributeType::kString) return wrong(AttributeType::kString);
            return std::string(a.text);
        case AttrType::kDType: {
            if (a.type != AttributeType::kInt) return wrong(AttributeType::kInt);
            const auto dtype = dtype_of_code(a.integer);
            if (!dtype)
                return fail("its attribute '{}' is {}, a type that Lathe does not have", printable(a.name),
                            code_text(a.integer));
            return *dtype;
        }
        case AttrType::kInts:
            if (a.type != AttributeType::kInts) return wrong(AttributeType::kInts);
            return Ints(a.integers);
        case AttrType::kDims:
            if (a.type != AttributeType::kInts) return wrong(AttributeType::kInts);
            return Dims(a.integers.begin(), a.integers.end());
        case AttrType::kFloats: {
            if (a.type != AttributeType::kFloats) return wrong(AttributeType::kFloats);
            Floats values;
            for (const float v : a.numbers) values.push_back(decimal(v));
            return values;
        }
        case AttrType::kTensor: {
            if (a.type != AttributeType::kTensor) return wrong(AttributeType::kTensor);
            TRY(auto tensor, read_tensor(a.tensor, source));
            return std::move(tensor.tensor);
        }
    }
    return fail("its attribute '{}' has an unknown type", printable(a.name));
}

Status import_by_row(NodeImport& import, const RowCell& row) {
    Parts parts;
    parts.input_used.assign(import.inputs.size(), false);
    parts.attribute_used.assign(import.node.attributes.size(), false);
    for (size_t i = 0; i < row.op->inputs.size(); ++i) TRY_STATUS(take_operand(import, row, i, parts));
    for (const AttrDef& def : row.op->attrs)
        if (row.op->input_index(def.name) < 0) TRY_STATUS(take_attr(import, row, def, parts));
    TRY_STATUS(check_leftovers(import, row, parts));
    return import.finish(row.op->name, std::move(parts.operands), std::move(parts.attrs));
}

}  // namespace lathe::formats::onnx
