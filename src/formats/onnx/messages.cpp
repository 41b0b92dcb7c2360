#include "formats/onnx/messages.h"

#include "base/text.h"

namespace lathe::formats::onnx {
namespace {

using wire::ProtoField;
using wire::ProtoReader;

// Calls handle(field) for every field of a message.
template <class Handle>
Status each_field(ProtoReader reader, Handle handle) {
    ProtoField field;
    while (true) {
        TRY(const bool more, reader.next(field));
        if (!more) return {};
        TRY_STATUS(handle(field));
    }
}

template <class T, class U>
Status store(T& into, Result<U> value) {
    if (!value) return std::unexpected(std::move(value).error());
    into = static_cast<T>(*std::move(value));
    return {};
}

template <class T>
Status add_text(std::vector<T>& into, const ProtoField& field) {
    TRY(const std::string_view text, field.as_text());
    into.emplace_back(text);
    return {};
}

// A field that holds a message: parse it and append it.
template <class T, class Parse>
Status add_message(std::vector<T>& into, const ProtoField& field, Parse parse) {
    TRY(const ProtoReader reader, field.as_message());
    TRY(T value, parse(reader));
    into.push_back(std::move(value));
    return {};
}

AttributeType type_in_use(uint32_t field) {
    switch (field) {
        case attribute::kFloat: return AttributeType::kFloat;
        case attribute::kInt: return AttributeType::kInt;
        case attribute::kString: return AttributeType::kString;
        case attribute::kTensor: return AttributeType::kTensor;
        case attribute::kGraph: return AttributeType::kGraph;
        case attribute::kFloats: return AttributeType::kFloats;
        case attribute::kInts: return AttributeType::kInts;
        case attribute::kStrings: return AttributeType::kStrings;
        default: return AttributeType::kUndefined;
    }
}

Result<Attribute> parse_attribute(ProtoReader reader) {
    Attribute result;
    AttributeType in_use = AttributeType::kUndefined;
    TRY_STATUS(each_field(reader, [&](const ProtoField& field) -> Status {
        if (const auto type = type_in_use(field.number); type != AttributeType::kUndefined) in_use = type;
        switch (field.number) {
            case attribute::kName: return store(result.name, field.as_text());
            case attribute::kFloat: return store(result.number, field.as_float());
            case attribute::kInt: return store(result.integer, field.as_int64());
            case attribute::kString: return store(result.text, field.as_text());
            case attribute::kTensor: return store(result.tensor, field.as_message());
            case attribute::kGraph: return store(result.graph, field.as_message());
            case attribute::kFloats: return field.append_to(result.numbers);
            case attribute::kInts: return field.append_to(result.integers);
            case attribute::kStrings: return add_text(result.texts, field);
            case attribute::kRefAttrName: return store(result.ref, field.as_text());
            case attribute::kType: return store(result.type, field.as_int32());
            default: return {};
        }
    }));
    if (result.type == AttributeType::kUndefined) result.type = in_use;
    return result;
}

Result<Node> parse_node(ProtoReader reader) {
    Node node;
    TRY_STATUS(each_field(reader, [&](const ProtoField& field) -> Status {
        switch (field.number) {
            case node_field::kInput: return add_text(node.inputs, field);
            case node_field::kOutput: return add_text(node.outputs, field);
            case node_field::kName: return store(node.name, field.as_text());
            case node_field::kOpType: return store(node.op_type, field.as_text());
            case node_field::kDomain: return store(node.domain, field.as_text());
            case node_field::kOverload: return store(node.overload, field.as_text());
            case node_field::kAttribute: return add_message(node.attributes, field, parse_attribute);
            default: return {};
        }
    }));
    if (node.domain == "ai.onnx") node.domain.clear();
    return node;
}

Result<Dimension> parse_dimension(ProtoReader reader) {
    Dimension result;
    TRY_STATUS(each_field(reader, [&](const ProtoField& field) -> Status {
        if (field.number == shape_field::kDimValue) return store(result.value.emplace(), field.as_int64());
        if (field.number == shape_field::kDimParam) return store(result.param, field.as_text());
        return {};
    }));
    return result;
}

Status parse_tensor_type(ProtoReader reader, ValueInfo& info) {
    return each_field(reader, [&](const ProtoField& field) -> Status {
        if (field.number == type_field::kElemType) return store(info.elem_type, field.as_int32());
        if (field.number != type_field::kShape) return {};
        TRY(const ProtoReader shape, field.as_message());
        info.has_shape = true;
        return each_field(shape, [&](const ProtoField& dim) -> Status {
            return dim.number == shape_field::kDim ? add_message(info.shape, dim, parse_dimension) : Status{};
        });
    });
}

Result<ValueInfo> parse_value_info(ProtoReader reader) {
    ValueInfo info;
    TRY_STATUS(each_field(reader, [&](const ProtoField& field) -> Status {
        if (field.number == value_info::kName) return store(info.name, field.as_text());
        if (field.number != value_info::kType) return {};
        TRY(const ProtoReader type, field.as_message());
        return each_field(type, [&](const ProtoField& kind) -> Status {
            if (kind.type != wire::ProtoType::kBytes || kind.number == 6) return {};  // 6: a denotation
            info.kind = kind.number;
            if (kind.number != type_field::kTensor) return {};
            TRY(const ProtoReader tensor, kind.as_message());
            return parse_tensor_type(tensor, info);
        });
    }));
    return info;
}

Status add_opset(OpsetImports& opsets, const ProtoField& field) {
    TRY(const ProtoReader reader, field.as_message());
    std::string_view domain;
    int64_t version = 0;
    TRY_STATUS(each_field(reader, [&](const ProtoField& inner) -> Status {
        if (inner.number == opset_id::kDomain) return store(domain, inner.as_text());
        if (inner.number == opset_id::kVersion) return store(version, inner.as_int64());
        return {};
    }));
    opsets[std::string(domain == "ai.onnx" ? "" : domain)] = version;
    return {};
}

Result<FunctionMessage> parse_function(ProtoReader reader) {
    FunctionMessage result;
    TRY_STATUS(each_field(reader, [&](const ProtoField& field) -> Status {
        switch (field.number) {
            case function_field::kName: return store(result.name, field.as_text());
            case function_field::kDomain: return store(result.domain, field.as_text());
            case function_field::kOverload: return store(result.overload, field.as_text());
            case function_field::kInput: return add_text(result.inputs, field);
            case function_field::kOutput: return add_text(result.outputs, field);
            case function_field::kAttribute: return add_text(result.attributes, field);
            case function_field::kAttributeProto:
                return add_message(result.default_attributes, field, parse_attribute);
            case function_field::kNode: return add_message(result.nodes, field, parse_node);
            case function_field::kOpsetImport: return add_opset(result.opsets, field);
            default: return {};
        }
    }));
    return result;
}

Result<std::pair<std::string_view, std::string_view>> parse_entry(ProtoReader reader) {
    std::pair<std::string_view, std::string_view> result;
    TRY_STATUS(each_field(reader, [&](const ProtoField& field) -> Status {
        if (field.number == entry::kKey) return store(result.first, field.as_text());
        if (field.number == entry::kValue) return store(result.second, field.as_text());
        return {};
    }));
    return result;
}

}  // namespace

const Attribute* Node::find(std::string_view attribute_name) const {
    for (const Attribute& a : attributes)
        if (a.name == attribute_name) return &a;
    return nullptr;
}

std::string Node::label() const {
    const std::string& said = !name.empty() ? name : !outputs.empty() ? outputs[0] : op_type;
    return format("node '{}' ({})", printable(said), printable(op_type));
}

Result<GraphMessage> parse_graph(ProtoReader reader) {
    GraphMessage result;
    TRY_STATUS(each_field(reader, [&](const ProtoField& field) -> Status {
        switch (field.number) {
            case graph_field::kName: return store(result.name, field.as_text());
            case graph_field::kNode: return add_message(result.nodes, field, parse_node);
            case graph_field::kInput: return add_message(result.inputs, field, parse_value_info);
            case graph_field::kOutput: return add_message(result.outputs, field, parse_value_info);
            case graph_field::kInitializer:
                return store(result.initializers.emplace_back(), field.as_message());
            case graph_field::kSparseInitializer: result.has_sparse_initializers = true; return {};
            default: return {};
        }
    }));
    return result;
}

Result<ModelMessage> parse_model(ByteSpan file) {
    ModelMessage result;
    TRY_STATUS(each_field(ProtoReader(file), [&](const ProtoField& field) -> Status {
        switch (field.number) {
            case model::kIrVersion: return store(result.ir_version, field.as_int64());
            case model::kProducerName: return store(result.producer_name, field.as_text());
            case model::kProducerVersion: return store(result.producer_version, field.as_text());
            case model::kDomain: return store(result.domain, field.as_text());
            case model::kModelVersion: return store(result.model_version, field.as_int64());
            case model::kDocString: return store(result.doc_string, field.as_text());
            case model::kOpsetImport: return add_opset(result.opsets, field);
            case model::kMetadataProps: return add_message(result.metadata, field, parse_entry);
            case model::kFunctions: return add_message(result.functions, field, parse_function);
            case model::kGraph: {
                TRY(const ProtoReader reader, field.as_message());
                return store(result.graph.emplace(), parse_graph(reader));
            }
            default: return {};
        }
    }));
    return result;
}

}  // namespace lathe::formats::onnx
