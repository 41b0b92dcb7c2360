#include "formats/coreml/blob_file.h"
#include "formats/coreml/messages.h"
#include "formats/coreml/schema.h"

namespace lathe::formats::coreml {
namespace {

using wire::ProtoWriter;

ProtoWriter empty_message() { return {}; }

ProtoWriter dimension_message(int64_t size) {
    using namespace value_type_field;
    ProtoWriter inner, dimension;
    if (size == kUnknownSize) {
        dimension.message(kUnknown, empty_message());
        return dimension;
    }
    inner.uint64(kSize, static_cast<uint64_t>(size));
    dimension.message(kConstant, std::move(inner));
    return dimension;
}

ProtoWriter tensor_type_message(DataType element, const std::vector<int64_t>& shape) {
    using namespace value_type_field;
    ProtoWriter tensor, type;
    tensor.int64(kDataType, static_cast<int64_t>(element));
    if (!shape.empty()) tensor.int64(kRank, static_cast<int64_t>(shape.size()));
    for (const int64_t size : shape) tensor.message(kDimensions, dimension_message(size));
    type.message(kTensor, std::move(tensor));
    return type;
}

ProtoWriter type_message(const Type& type) {
    using namespace value_type_field;
    ProtoWriter inner, result;
    switch (type.kind) {
        case Type::Kind::kTensor: return tensor_type_message(type.element, type.shape);
        case Type::Kind::kList:
            inner.message(kElementType, tensor_type_message(type.element, {}));
            inner.message(kLength, dimension_message(type.shape[0]));
            result.message(kList, std::move(inner));
            return result;
        case Type::Kind::kDictionary:
            inner.message(kKeyType, tensor_type_message(DataType::kString, {}));
            inner.message(kValueType, tensor_type_message(type.element, {}));
            result.message(kDictionary, std::move(inner));
            return result;
    }
    return result;
}

ProtoWriter strings_message(const std::vector<std::string>& texts) {
    ProtoWriter strings, tensor;
    for (const std::string& text : texts) strings.text(value_field::kValues, text);
    tensor.message(value_field::kStrings, std::move(strings));
    return tensor;
}

// A TensorValue: f32 as floats, whole numbers as ints, and what protobuf has no numbers for as bytes.
Result<ProtoWriter> numbers_message(const Value& value) {
    using namespace value_field;
    ProtoWriter numbers, tensor;
    switch (value.type.element) {
        case DataType::kF32: {
            const Tensor data = value.data.to(DType::kF32).to_contiguous();
            numbers.packed(kValues, data.values<float>());
            tensor.message(kFloats, std::move(numbers));
            return tensor;
        }
        case DataType::kBool:
        case DataType::kI32:
        case DataType::kU32:
        case DataType::kI16:
        case DataType::kU16: {
            const auto wide = value.data.to_ints();
            numbers.packed(kValues, std::span<const int64_t>(wide));
            tensor.message(value.type.element == DataType::kBool ? kBools : kInts, std::move(numbers));
            return tensor;
        }
        default: {
            TRY(const SharedBytes bytes, stored_bytes(value));
            numbers.bytes(kValues, bytes.bytes());
            tensor.message(kBytes, std::move(numbers));
            return tensor;
        }
    }
}

Result<ProtoWriter> value_message(const Value& value);

Result<ProtoWriter> immediate_message(const Value& value) {
    using namespace value_field;
    ProtoWriter immediate, list;
    if (value.type.kind == Type::Kind::kList) {
        for (const std::string& text : value.strings) {
            TRY(ProtoWriter member,
                value_message({.type = {.element = DataType::kString}, .strings = {text}}));
            list.message(1, std::move(member));
        }
        immediate.message(kList, std::move(list));
        return immediate;
    }
    if (value.type.element == DataType::kString) {
        immediate.message(kTensor, strings_message(value.strings));
        return immediate;
    }
    TRY(ProtoWriter tensor, numbers_message(value));
    immediate.message(kTensor, std::move(tensor));
    return immediate;
}

Result<ProtoWriter> value_message(const Value& value) {
    using namespace value_field;
    ProtoWriter message;
    message.message(kType, type_message(value.type));
    if (value.in_file) {
        ProtoWriter blob;
        blob.text(kFileName, kWeightsPath);
        blob.uint64(kOffset, value.offset);
        message.message(kBlobFile, std::move(blob));
        return message;
    }
    TRY(ProtoWriter immediate, immediate_message(value));
    message.message(kImmediate, std::move(immediate));
    return message;
}

ProtoWriter named_type_message(const NamedType& named) {
    ProtoWriter message;
    message.text(named_type_field::kName, named.name);
    message.message(named_type_field::kType, type_message(named.type));
    return message;
}

ProtoWriter entry(std::string_view key, ProtoWriter&& value) {
    ProtoWriter message;
    message.text(map_field::kKey, key);
    message.message(map_field::kValue, std::move(value));
    return message;
}

Result<ProtoWriter> operation_message(const Operation& operation) {
    using namespace operation_field;
    ProtoWriter message;
    message.text(kType, operation.type);
    for (const Parameter& parameter : operation.inputs) {
        ProtoWriter argument;
        for (const Binding& one : parameter.bindings) {
            ProtoWriter binding;
            if (one.value) {
                TRY(ProtoWriter value, value_message(*one.value));
                binding.message(argument_field::kValue, std::move(value));
            } else {
                binding.text(argument_field::kName, one.name);
            }
            argument.message(argument_field::kArguments, std::move(binding));
        }
        message.message(kInputs, entry(parameter.name, std::move(argument)));
    }
    for (const NamedType& output : operation.outputs) message.message(kOutputs, named_type_message(output));
    for (const auto& [name, attribute] : operation.attributes) {
        TRY(ProtoWriter value, value_message(attribute));
        message.message(kAttributes, entry(name, std::move(value)));
    }
    return message;
}

Result<ProtoWriter> program_message(const Program& program) {
    ProtoWriter block, function, message;
    for (const std::string& name : program.outputs) block.text(block_field::kOutputs, name);
    for (const Operation& operation : program.operations) {
        TRY(ProtoWriter one, operation_message(operation));
        block.message(block_field::kOperations, std::move(one));
    }
    for (const NamedType& input : program.inputs)
        function.message(function_field::kInputs, named_type_message(input));
    function.text(function_field::kOpset, program.opset);
    function.message(function_field::kBlocks, entry(program.opset, std::move(block)));
    message.int64(program_field::kVersion, 1);
    message.message(program_field::kFunctions, entry("main", std::move(function)));
    return message;
}

int64_t array_type(DataType element) {
    switch (element) {
        case DataType::kF16: return array_field::kFloat16;
        case DataType::kI32: return array_field::kInt32;
        default: return array_field::kFloat32;
    }
}

ProtoWriter array_message(const Feature& feature) {
    using namespace array_field;
    ProtoWriter array;
    array.packed(kShape, std::span<const int64_t>(feature.shape));
    array.int64(kDataType, array_type(feature.element));
    if (feature.ranges.empty()) return array;
    ProtoWriter ranges;
    for (const SizeRange& range : feature.ranges) {
        ProtoWriter one;
        if (range.least != 0) one.int64(kLowerBound, range.least);
        if (range.largest != 0) one.int64(kUpperBound, range.largest);
        ranges.message(kSizeRanges, std::move(one));
    }
    array.message(kShapeRange, std::move(ranges));
    return array;
}

ProtoWriter feature_type_message(const Feature& feature) {
    using namespace feature_type_field;
    ProtoWriter inner, type;
    switch (feature.kind) {
        case Feature::Kind::kImage:
            inner.int64(image_field::kWidth, feature.shape[1]);
            inner.int64(image_field::kHeight, feature.shape[0]);
            inner.int64(image_field::kColorSpace, image_field::kRgb);
            type.message(kImage, std::move(inner));
            break;
        case Feature::Kind::kString: type.message(kString, empty_message()); break;
        case Feature::Kind::kDictionary:
            inner.message(dictionary_field::kStringKey, empty_message());
            type.message(kDictionary, std::move(inner));
            break;
        default: type.message(kMultiArray, array_message(feature)); break;
    }
    return type;
}

ProtoWriter feature_message(const Feature& feature) {
    ProtoWriter message;
    message.text(feature_field::kName, feature.name);
    if (!feature.description.empty()) message.text(feature_field::kShortDescription, feature.description);
    message.message(feature_field::kType, feature_type_message(feature));
    return message;
}

ProtoWriter description_message(const Model& model) {
    using namespace description_field;
    ProtoWriter description, metadata;
    for (const Feature& feature : model.inputs) description.message(kInput, feature_message(feature));
    for (const Feature& feature : model.outputs) description.message(kOutput, feature_message(feature));
    if (!model.predicted_feature.empty()) {
        description.text(kPredictedFeature, model.predicted_feature);
        description.text(kPredictedProbabilities, model.predicted_probabilities);
    }
    if (!model.description.empty()) metadata.text(metadata_field::kShortDescription, model.description);
    for (const auto& [key, text] : model.notes) {
        ProtoWriter note;
        note.text(map_field::kKey, key);
        note.text(map_field::kValue, text);
        metadata.message(metadata_field::kUserDefined, std::move(note));
    }
    description.message(kMetadata, std::move(metadata));
    return description;
}

}  // namespace

Result<ProtoWriter> to_message(const Model& model) {
    ProtoWriter message;
    message.int64(model_field::kSpecificationVersion, model.version);
    message.message(model_field::kDescription, description_message(model));
    TRY(ProtoWriter program, program_message(model.program));
    message.message(model_field::kMlProgram, std::move(program));
    return message;
}

}  // namespace lathe::formats::coreml
