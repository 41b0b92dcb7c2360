#include "formats/onnx/export_node.h"

#include <algorithm>

#include "base/check.h"
#include "formats/onnx/cell_map.h"
#include "formats/onnx/legalise.h"
#include "formats/onnx/schema.h"

namespace lathe::formats::onnx {
namespace {

using graph::Arity;
using graph::Attr;
using graph::AttrDef;
using graph::AttrType;
using graph::Cell;
using graph::Dims;
using graph::Floats;
using graph::Graph;
using graph::Ints;
using graph::kNoValue;
using graph::OpDef;
using graph::OperandDef;
using graph::ValueId;
using wire::ProtoWriter;

void begin_attribute(ProtoWriter& message, std::string_view name, AttributeType type) {
    message.text(attribute::kName, name);
    message.int64(attribute::kType, static_cast<int64_t>(type));
}

void integer_list(ProtoWriter& message, std::string_view name, const Ints& values) {
    begin_attribute(message, name, AttributeType::kInts);
    for (const int64_t v : values) message.int64(attribute::kInts, v);
}

// An AttributeProto. kDims hold numbers only: with_size_operands has seen to that.
ProtoWriter attribute_message(std::string_view name, const Attr& value) {
    ProtoWriter message;
    const auto integer = [&](int64_t v) {
        begin_attribute(message, name, AttributeType::kInt);
        message.int64(attribute::kInt, v);
    };
    switch (graph::type_of(value)) {
        case AttrType::kBool: integer(*std::get_if<bool>(&value) ? 1 : 0); break;
        case AttrType::kInt: integer(*std::get_if<int64_t>(&value)); break;
        case AttrType::kDType: integer(code_of(*std::get_if<DType>(&value))); break;
        case AttrType::kFloat:
            begin_attribute(message, name, AttributeType::kFloat);
            message.float32(attribute::kFloat, static_cast<float>(*std::get_if<double>(&value)));
            break;
        case AttrType::kString:
            begin_attribute(message, name, AttributeType::kString);
            message.text(attribute::kString, *std::get_if<std::string>(&value));
            break;
        case AttrType::kInts: integer_list(message, name, *std::get_if<Ints>(&value)); break;
        case AttrType::kDims: {
            const auto numbers = graph::constant_shape(*std::get_if<Dims>(&value));
            CHECK(numbers.has_value(), name);
            integer_list(message, name, *numbers);
            break;
        }
        case AttrType::kFloats:
            begin_attribute(message, name, AttributeType::kFloats);
            for (const double v : *std::get_if<Floats>(&value))
                message.float32(attribute::kFloats, static_cast<float>(v));
            break;
        case AttrType::kTensor:
            begin_attribute(message, name, AttributeType::kTensor);
            message.message(attribute::kTensor, tensor_message("", *std::get_if<Tensor>(&value)));
            break;
    }
    return message;
}

// The element type for an attribute that travels as an input: that of the operands in its group, or the natural one.
DType input_dtype(const Graph& graph, const graph::Node& node, int operand, DType natural) {
    if (operand < 0) return natural;
    const OperandDef& def = node.op->inputs[static_cast<size_t>(operand)];
    for (size_t i = 0; i < node.inputs.size() && i < node.op->inputs.size(); ++i)
        if (def.group != '\0' && node.op->inputs[i].group == def.group && node.inputs[i] != kNoValue)
            return graph[node.inputs[i]].dtype;
    if ((def.types & graph::type_bit(natural)) != 0) return natural;
    for (int d = 0; d < kDTypeCount; ++d)
        if ((def.types & graph::type_bit(static_cast<DType>(d))) != 0) return static_cast<DType>(d);
    return natural;
}

// ONNX wants some single numbers as vectors of one element.
bool wants_vector(std::string_view onnx_op, std::string_view parameter) {
    return onnx_op == "TopK" && parameter == "k";
}

Tensor attr_tensor(const Graph& graph, const graph::Node& node, const Cell& cell, const std::string& name,
                   const Attr& value) {
    const int operand = node.op->input_index(name);
    const Shape one = wants_vector(cell.op, name) ? Shape{1} : Shape{};
    const auto ints = [&](Shape shape, const Ints& values) {
        return tensor_from_ints(input_dtype(graph, node, operand, DType::kI64), std::move(shape), values);
    };
    switch (graph::type_of(value)) {
        case AttrType::kBool:
            return Tensor::filled(input_dtype(graph, node, operand, DType::kBool), one,
                                  *std::get_if<bool>(&value));
        case AttrType::kInt: return ints(one, {*std::get_if<int64_t>(&value)});
        case AttrType::kFloat:
            return Tensor::filled(input_dtype(graph, node, operand, DType::kF32), one,
                                  *std::get_if<double>(&value));
        case AttrType::kInts:
            return ints({static_cast<int64_t>(std::get_if<Ints>(&value)->size())},
                        *std::get_if<Ints>(&value));
        case AttrType::kDims: {
            const auto numbers = graph::constant_shape(*std::get_if<Dims>(&value));
            CHECK(numbers.has_value(), name);
            return ints({static_cast<int64_t>(numbers->size())}, *numbers);
        }
        case AttrType::kFloats: {
            const Floats& values = *std::get_if<Floats>(&value);
            return tensor_from_doubles(input_dtype(graph, node, operand, DType::kF32),
                                       {static_cast<int64_t>(values.size())}, values);
        }
        case AttrType::kTensor: return *std::get_if<Tensor>(&value);
        default: CHECK(false, name); return {};
    }
}

// Absent by ONNX's own default: an empty list or text, or a value equal to the row's default.
bool may_be_left_out(const OpDef& op, const std::string& name, const Attr& value) {
    const AttrDef* def = op.find_attr(name);
    if (def->absent == graph::kRequired) return false;
    const auto absent = graph::parse_attr(def->type, def->absent);
    return absent && graph::same_attr(value, *absent);
}

// One node while its message is put together.
class NodeExport {
public:
    NodeExport(const Graph& graph, const graph::Node& node, const Cell& cell, int opset,
               SmallConstants& constants)
        : graph_(graph), node_(node), cell_(cell), opset_(opset), constants_(constants) {}

    Status operands() {
        for (size_t i = 0; i < node_.inputs.size(); ++i) {
            if (node_.inputs[i] == kNoValue) continue;
            const size_t def = std::min(i, node_.op->inputs.size() - 1);
            const std::string_view name = node_.op->inputs[def].name;
            const Location place = locate(*node_.op, cell_, name, opset_);
            if (place.kind == Location::Kind::kInput)
                set_input(static_cast<size_t>(place.input) + (i - def), graph_[node_.inputs[i]].name);
            else if (place.kind == Location::Kind::kAttribute)
                TRY_STATUS(operand_as_attribute(node_.inputs[i], place.name));
        }
        return {};
    }

    Status attributes() {
        for (const auto& [name, value] : node_.attrs) {
            const Location place = locate(*node_.op, cell_, name, opset_);
            const bool left_out = may_be_left_out(*node_.op, name, value);
            if (place.kind == Location::Kind::kAttribute && !left_out) {
                attributes_.emplace_back(std::string(place.name), value);
            } else if (place.kind == Location::Kind::kInput && !left_out) {
                const std::string hint =
                    format("{}.{}", node_.outputs.empty() ? node_.name : graph_[node_.outputs[0]].name, name);
                set_input(static_cast<size_t>(place.input),
                          constants_.name_of(attr_tensor(graph_, node_, cell_, name, value), hint));
            }
        }
        for (auto& [name, value] : fixed_attributes(cell_)) attributes_.emplace_back(name, std::move(value));
        const SpecialExport special = find_special_export(node_.op->name);
        return special == nullptr ? Status{} : special(node_, opset_, attributes_);
    }

    ProtoWriter finish(const std::vector<bool>& used) {
        ProtoWriter message;
        for (const std::string& name : inputs_) message.text(node_field::kInput, name);
        for (const std::string& name : outputs(used)) message.text(node_field::kOutput, name);
        if (!node_.name.empty()) message.text(node_field::kName, node_.name);
        message.text(node_field::kOpType, cell_.op);
        for (const auto& [name, value] : attributes_)
            message.message(node_field::kAttribute, attribute_message(name, value));
        return message;
    }

private:
    void set_input(size_t index, const std::string& name) {
        if (inputs_.size() <= index) inputs_.resize(index + 1);
        inputs_[index] = name;
    }

    Status operand_as_attribute(ValueId id, std::string_view name) {
        const auto& constant = graph_[id].constant;
        if (!constant)
            return fail("node '{}' ({}): at operator set {} its {} must be a constant, but '{}' is computed",
                        node_.name, node_.op->name, opset_, name, graph_[id].name);
        const bool scalar = constant->rank() == 0 || constant->count() == 1;
        Attr value;
        if (is_float(constant->dtype())) {
            const auto values = constant->to_doubles();
            value = scalar ? Attr(values[0]) : Attr(Floats(values.begin(), values.end()));
        } else {
            const auto values = constant->to_ints();
            value =
                scalar && constant->rank() == 0 ? Attr(values[0]) : Attr(Ints(values.begin(), values.end()));
        }
        attributes_.emplace_back(std::string(name), std::move(value));
        return {};
    }

    std::vector<std::string> outputs(const std::vector<bool>& used) const {
        std::vector<std::string> names;
        for (size_t i = 0; i < node_.outputs.size(); ++i) {
            const ValueId id = node_.outputs[i];
            const size_t def = std::min(i, node_.op->outputs.size() - 1);
            const bool optional = node_.op->outputs[def].arity == Arity::kOptional;
            const bool drop = id == kNoValue || (optional && !used[static_cast<size_t>(id)]);
            names.push_back(drop ? "" : graph_[id].name);
        }
        while (!names.empty() && names.back().empty()) names.pop_back();
        return names;
    }

    const Graph& graph_;
    const graph::Node& node_;
    const Cell& cell_;
    int opset_;
    SmallConstants& constants_;
    std::vector<std::string> inputs_;
    NamedAttrs attributes_;
};

}  // namespace

std::string SmallConstants::name_of(const Tensor& tensor, const std::string& hint) {
    const std::string key = format("{} {}", describe(tensor), as_text(tensor.bytes()));
    const auto [it, fresh] = names_.try_emplace(key, hint);
    if (!fresh) return it->second;
    for (int i = 1; !taken_.insert(it->second).second; ++i) it->second = format("{}_{}", hint, i);
    all_.emplace_back(it->second, tensor);
    return it->second;
}

void tensor_header(ProtoWriter& message, const std::string& name, const Tensor& tensor) {
    for (const int64_t size : tensor.shape()) message.int64(tensor_field::kDims, size);
    message.int64(tensor_field::kDataType, code_of(tensor.dtype()));
    if (!name.empty()) message.text(tensor_field::kName, name);
}

bool is_dense(const Tensor& tensor) {
    return tensor.contiguous() || (tensor.strides() == row_major_strides(tensor.shape()) &&
                                   static_cast<int64_t>(tensor.storage().size()) == tensor.size_bytes());
}

ProtoWriter tensor_message(const std::string& name, const Tensor& tensor) {
    ProtoWriter message;
    tensor_header(message, name, tensor);
    if (is_dense(tensor)) {
        message.bytes(tensor_field::kRawData, tensor.storage());
    } else {
        message.bytes_later(tensor_field::kRawData, static_cast<uint64_t>(tensor.size_bytes()),
                            [tensor]() -> Result<SharedBytes> { return tensor.to_contiguous().storage(); });
    }
    return message;
}

Status export_node(const Graph& graph, const graph::Node& node, int opset, const std::vector<bool>& used,
                   SmallConstants& constants, ProtoWriter& graph_message) {
    const Cell* cell = usable_cell(graph, node, opset);
    CHECK(cell != nullptr, node.op->name);
    NodeExport exporter(graph, node, *cell, opset, constants);
    TRY_STATUS(exporter.operands());
    TRY_STATUS(exporter.attributes());
    graph_message.message(graph_field::kNode, exporter.finish(used));
    return {};
}

}  // namespace lathe::formats::onnx
