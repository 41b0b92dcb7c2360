#include <algorithm>

#include "formats/coreml/blob_file.h"
#include "formats/coreml/messages.h"
#include "formats/coreml/schema.h"

namespace lathe::formats::coreml {
namespace {

using wire::ProtoField;
using wire::ProtoReader;

constexpr size_t kMostAxes = 64;

// Calls handle(field) for every field of a message.
template <class Handle>
Status for_fields(ProtoReader reader, Handle handle) {
    ProtoField field;
    while (true) {
        TRY(const bool more, reader.next(field));
        if (!more) return {};
        TRY_STATUS(handle(field));
    }
}

Status set_text(std::string& into, const ProtoField& field) {
    TRY(const std::string_view text, field.as_text());
    into = text;
    return {};
}

Status set_int(int64_t& into, const ProtoField& field) {
    TRY(into, field.as_int64());
    return {};
}

// The one message of `number` in a message; the last counts. Nothing: there is none.
Result<std::optional<ProtoReader>> only_message(ProtoReader reader, uint32_t number) {
    std::optional<ProtoReader> found;
    TRY_STATUS(for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number != number) return {};
        TRY(found, field.as_message());
        return {};
    }));
    return found;
}

// An entry of a map with messages as values: handle(key, value).
template <class Handle>
Status map_entry(const ProtoField& field, Handle handle) {
    TRY(const ProtoReader entry, field.as_message());
    std::string key;
    ProtoReader value;
    TRY_STATUS(for_fields(entry, [&](const ProtoField& part) -> Status {
        if (part.number == map_field::kKey) return set_text(key, part);
        if (part.number != map_field::kValue) return {};
        TRY(value, part.as_message());
        return {};
    }));
    return handle(key, value);
}

// ---- types

Result<int64_t> parse_dimension(ProtoReader reader) {
    using namespace value_type_field;
    int64_t size = kUnknownSize;
    TRY_STATUS(for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number != kConstant) return {};
        TRY(const ProtoReader constant, field.as_message());
        size = 0;
        return for_fields(constant, [&](const ProtoField& part) -> Status {
            return part.number == kSize ? set_int(size, part) : Status();
        });
    }));
    if (size < kUnknownSize) return fail("a size of {}", size);
    return size;
}

Result<Type> parse_tensor_type(ProtoReader reader) {
    using namespace value_type_field;
    Type type;
    int64_t rank = -1;
    TRY_STATUS(for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number == kDataType) {
            TRY(const int32_t number, field.as_int32());
            type.element = static_cast<DataType>(number);
        } else if (field.number == kRank) {
            return set_int(rank, field);
        } else if (field.number == kDimensions) {
            TRY(const ProtoReader dimension, field.as_message());
            TRY(const int64_t size, parse_dimension(dimension));
            if (type.shape.size() == kMostAxes) return fail("a tensor has more than {} axes", kMostAxes);
            type.shape.push_back(size);
        }
        return {};
    }));
    if (rank >= 0 && static_cast<size_t>(rank) != type.shape.size())
        return fail("a tensor of rank {} has {} sizes", rank, type.shape.size());
    return type;
}

Result<Type> parse_type(ProtoReader reader) {
    using namespace value_type_field;
    Type type;
    TRY_STATUS(for_fields(reader, [&](const ProtoField& field) -> Status {
        TRY(const ProtoReader inner, field.as_message());
        if (field.number == kTensor) {
            TRY(type, parse_tensor_type(inner));
            return {};
        }
        type.kind = field.number == kList ? Type::Kind::kList : Type::Kind::kDictionary;
        if (field.number != kList && field.number != kDictionary)
            return fail("a value is neither a tensor nor a list nor a dictionary");
        const uint32_t members = field.number == kList ? kElementType : kValueType;
        TRY(const auto element, only_message(inner, members));
        if (!element) return {};
        TRY(const auto tensor, only_message(*element, kTensor));
        if (!tensor) return {};
        TRY(const Type member, parse_tensor_type(*tensor));
        type.element = member.element;
        return {};
    }));
    return type;
}

// ---- constants

// The numbers of a TensorValue; 8-byte ones for whole numbers.
struct Immediate {
    std::vector<float> floats;
    std::vector<double> doubles;
    std::vector<int64_t> ints;
    std::vector<std::string> strings;
    ByteSpan bytes;
    uint32_t kind = 0;
};

Status parse_numbers(const ProtoField& outer, Immediate& into) {
    using namespace value_field;
    TRY(const ProtoReader reader, outer.as_message());
    into.kind = outer.number;
    return for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number != kValues) return {};
        switch (outer.number) {
            case kFloats: return field.append_to(into.floats);
            case kDoubles: return field.append_to(into.doubles);
            case kInts:
            case kBools:
            case kLongInts: return field.append_to(into.ints);
            case kStrings: return set_text(into.strings.emplace_back(), field);
            case kBytes: {
                TRY(into.bytes, field.as_bytes());
                return {};
            }
            default: return fail("a constant has contents of the unknown kind {}", outer.number);
        }
    });
}

Status fill(Value& value, Immediate&& given) {
    using namespace value_field;
    if (value.type.element == DataType::kString) {
        value.strings = std::move(given.strings);
        return {};
    }
    const DataTypeInfo* info = info_of(value.type.element);
    if (info == nullptr)
        return fail("a constant is of the unknown type {}", static_cast<int>(value.type.element));
    const auto count = checked_element_count(value.type.shape);
    if (!count) return fail("a constant has the sizes {}", to_string(value.type.shape));
    const auto check = [&](size_t found) -> Status {
        if (static_cast<int64_t>(found) == *count) return {};
        return fail("a constant has {} elements, and its type {}{} says {}", found, info->name,
                    to_string(value.type.shape), *count);
    };
    if (given.kind == kBytes) {
        const auto bits = static_cast<uint64_t>(info->bits);
        if (*count > (int64_t{1} << 50) ||
            (static_cast<uint64_t>(*count) * bits + 7) / 8 != given.bytes.size())
            return fail("a constant has {} bytes, and its type is {}{}", given.bytes.size(), info->name,
                        to_string(value.type.shape));
        const auto copy = SharedBytes::from_vector({given.bytes.begin(), given.bytes.end()});
        if (info->dtype) value.data = Tensor(*info->dtype, value.type.shape, copy);
        else value.packed = copy;
        return {};
    }
    if (!info->dtype) return fail("a constant of {} is not given as bytes", info->name);
    if (given.kind == kFloats) {
        TRY_STATUS(check(given.floats.size()));
        value.data =
            Tensor::of<float>(value.type.shape, std::span<const float>(given.floats)).to(*info->dtype);
    } else if (given.kind == kDoubles) {
        TRY_STATUS(check(given.doubles.size()));
        value.data = tensor_from_doubles(*info->dtype, value.type.shape, given.doubles);
    } else {
        TRY_STATUS(check(given.ints.size()));
        value.data = tensor_from_ints(*info->dtype, value.type.shape, given.ints);
    }
    return {};
}

Result<Value> parse_value(ProtoReader reader);

Status parse_list(ProtoReader reader, Value& value) {
    return for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number != 1) return {};
        TRY(const ProtoReader inner, field.as_message());
        TRY(Value member, parse_value(inner));
        if (!member.strings.empty()) value.strings.push_back(member.strings[0]);
        else if (member.type.element != DataType::kString && member.data.count() == 1)
            value.strings.push_back(format("{}", member.data.to_ints()[0]));
        return {};
    });
}

Status parse_immediate(ProtoReader reader, Value& value) {
    using namespace value_field;
    return for_fields(reader, [&](const ProtoField& field) -> Status {
        TRY(const ProtoReader inner, field.as_message());
        if (field.number == kList) return parse_list(inner, value);
        if (field.number != kTensor || value.type.kind != Type::Kind::kTensor)
            return fail("a constant is neither a tensor nor a list");
        Immediate immediate;
        TRY_STATUS(for_fields(inner, [&](const ProtoField& part) { return parse_numbers(part, immediate); }));
        return fill(value, std::move(immediate));
    });
}

Status parse_blob_place(ProtoReader reader, Value& value) {
    using namespace value_field;
    value.in_file = true;
    return for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number == kOffset) {
            TRY(value.offset, field.as_uint64());
        } else if (field.number == kFileName) {
            TRY(const std::string_view name, field.as_text());
            if (name != kWeightsPath)
                return fail("a constant is in the file '{}', expected '{}'", std::string(name.substr(0, 80)),
                            kWeightsPath);
        }
        return {};
    });
}

Result<Value> parse_value(ProtoReader reader) {
    using namespace value_field;
    Value value;
    std::optional<ProtoReader> immediate;
    TRY_STATUS(for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number != kType && field.number != kImmediate && field.number != kBlobFile) return {};
        TRY(const ProtoReader inner, field.as_message());
        if (field.number == kBlobFile) return parse_blob_place(inner, value);
        if (field.number == kImmediate) {
            immediate = inner;
            return {};
        }
        TRY(value.type, parse_type(inner));
        return {};
    }));
    if (immediate && !value.in_file) TRY_STATUS(parse_immediate(*immediate, value));
    if (!immediate && !value.in_file) return fail("a constant has no value");
    return value;
}

// ---- the program

Result<NamedType> parse_named_type(ProtoReader reader) {
    NamedType named;
    TRY_STATUS(for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number == named_type_field::kName) return set_text(named.name, field);
        if (field.number != named_type_field::kType) return {};
        TRY(const ProtoReader type, field.as_message());
        TRY(named.type, parse_type(type));
        return {};
    }));
    return named;
}

Result<Binding> parse_binding(ProtoReader reader) {
    Binding binding;
    TRY_STATUS(for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number == argument_field::kName) return set_text(binding.name, field);
        if (field.number != argument_field::kValue) return {};
        TRY(const ProtoReader value, field.as_message());
        TRY(binding.value, parse_value(value));
        return {};
    }));
    return binding;
}

Status parse_argument(ProtoReader reader, Parameter& parameter) {
    return for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number != argument_field::kArguments) return {};
        TRY(const ProtoReader binding, field.as_message());
        TRY(auto one, parse_binding(binding));
        parameter.bindings.push_back(std::move(one));
        return {};
    });
}

Result<Operation> parse_operation(ProtoReader reader) {
    using namespace operation_field;
    Operation operation;
    TRY_STATUS(for_fields(reader, [&](const ProtoField& field) -> Status {
        switch (field.number) {
            case kType: return set_text(operation.type, field);
            case kInputs:
                return map_entry(field, [&](const std::string& name, ProtoReader value) {
                    operation.inputs.push_back({.name = name});
                    return parse_argument(value, operation.inputs.back());
                });
            case kOutputs: {
                TRY(const ProtoReader inner, field.as_message());
                TRY(auto output, parse_named_type(inner));
                operation.outputs.push_back(std::move(output));
                return {};
            }
            case kAttributes:
                return map_entry(field, [&](const std::string& name, ProtoReader inner) -> Status {
                    TRY(auto value, parse_value(inner));
                    operation.attributes.emplace_back(name, std::move(value));
                    return {};
                });
            case kBlocks:
                return fail("the operation '{}' has blocks of its own, which is not supported",
                            operation.type);
            default: return {};
        }
    }));
    return operation;
}

Status parse_block(ProtoReader reader, Program& program) {
    return for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number == block_field::kOutputs) return set_text(program.outputs.emplace_back(), field);
        if (field.number != block_field::kOperations) return {};
        TRY(const ProtoReader inner, field.as_message());
        TRY(auto operation, parse_operation(inner));
        program.operations.push_back(std::move(operation));
        return {};
    });
}

// The function's block for its own operator set.
Status parse_function(ProtoReader reader, Program& program) {
    TRY_STATUS(for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number == function_field::kOpset) return set_text(program.opset, field);
        if (field.number != function_field::kInputs) return {};
        TRY(const ProtoReader inner, field.as_message());
        TRY(auto input, parse_named_type(inner));
        program.inputs.push_back(std::move(input));
        return {};
    }));
    return for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number != function_field::kBlocks) return {};
        return map_entry(field, [&](const std::string& opset, ProtoReader block) {
            return opset == program.opset ? parse_block(block, program) : Status();
        });
    });
}

Status parse_program(ProtoReader reader, Program& program) {
    int functions = 0;
    TRY_STATUS(for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number != program_field::kFunctions) return {};
        return map_entry(field, [&](const std::string& name, ProtoReader function) -> Status {
            ++functions;
            if (name != "main" && functions > 1) return {};
            program = {};
            return parse_function(function, program);
        });
    }));
    return functions == 0 ? fail("the program has no function") : Status();
}

// ---- the description

Status parse_array(ProtoReader reader, Feature& feature) {
    using namespace array_field;
    return for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number == kShape) return field.append_to(feature.shape);
        if (field.number == kDataType) {
            TRY(const int64_t number, field.as_int64());
            feature.element = number == kInt32     ? DataType::kI32
                              : number == kFloat16 ? DataType::kF16
                              : number == kDouble  ? DataType::kF64
                              : number == kInt8    ? DataType::kI8
                                                   : DataType::kF32;
        }
        if (field.number != kShapeRange) return {};
        TRY(const ProtoReader ranges, field.as_message());
        return for_fields(ranges, [&](const ProtoField& one) -> Status {
            if (one.number != kSizeRanges) return {};
            TRY(const ProtoReader bounds, one.as_message());
            SizeRange& range = feature.ranges.emplace_back();
            return for_fields(bounds, [&](const ProtoField& part) -> Status {
                return part.number == kLowerBound   ? set_int(range.least, part)
                       : part.number == kUpperBound ? set_int(range.largest, part)
                                                    : Status();
            });
        });
    });
}

Status parse_image(ProtoReader reader, Feature& feature) {
    feature.shape.assign(2, 0);
    return for_fields(reader, [&](const ProtoField& field) -> Status {
        return field.number == image_field::kWidth    ? set_int(feature.shape[1], field)
               : field.number == image_field::kHeight ? set_int(feature.shape[0], field)
                                                      : Status();
    });
}

Status parse_feature_type(ProtoReader reader, Feature& feature) {
    using namespace feature_type_field;
    return for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number > kDictionary) return {};
        TRY(const ProtoReader inner, field.as_message());
        feature.kind = field.number == kMultiArray   ? Feature::Kind::kArray
                       : field.number == kImage      ? Feature::Kind::kImage
                       : field.number == kString     ? Feature::Kind::kString
                       : field.number == kDictionary ? Feature::Kind::kDictionary
                                                     : Feature::Kind::kOther;
        if (field.number == kMultiArray) return parse_array(inner, feature);
        if (field.number == kImage) return parse_image(inner, feature);
        return {};
    });
}

Status add_feature(const ProtoField& outer, std::vector<Feature>& into) {
    TRY(const ProtoReader reader, outer.as_message());
    Feature& feature = into.emplace_back();
    return for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number == feature_field::kName) return set_text(feature.name, field);
        if (field.number == feature_field::kShortDescription) return set_text(feature.description, field);
        if (field.number != feature_field::kType) return {};
        TRY(const ProtoReader type, field.as_message());
        return parse_feature_type(type, feature);
    });
}

Status parse_metadata(ProtoReader reader, Model& model) {
    return for_fields(reader, [&](const ProtoField& field) -> Status {
        if (field.number == metadata_field::kShortDescription) return set_text(model.description, field);
        if (field.number != metadata_field::kUserDefined) return {};
        TRY(const ProtoReader entry, field.as_message());
        std::string key, text;
        TRY_STATUS(for_fields(entry, [&](const ProtoField& part) -> Status {
            return part.number == map_field::kKey     ? set_text(key, part)
                   : part.number == map_field::kValue ? set_text(text, part)
                                                      : Status();
        }));
        model.notes[key] = text;
        return {};
    });
}

Status parse_description(ProtoReader reader, Model& model) {
    using namespace description_field;
    return for_fields(reader, [&](const ProtoField& field) -> Status {
        switch (field.number) {
            case kInput: return add_feature(field, model.inputs);
            case kOutput: return add_feature(field, model.outputs);
            case kPredictedFeature: return set_text(model.predicted_feature, field);
            case kPredictedProbabilities: return set_text(model.predicted_probabilities, field);
            case kMetadata: {
                TRY(const ProtoReader metadata, field.as_message());
                return parse_metadata(metadata, model);
            }
            default: return {};
        }
    });
}

std::string kind_of(uint32_t field) {
    using namespace model_field;
    switch (field) {
        case kMlProgram: return "mlProgram";
        case kNeuralNetwork: return "neuralNetwork";
        case kNeuralNetworkClassifier: return "neuralNetworkClassifier";
        case kNeuralNetworkRegressor: return "neuralNetworkRegressor";
        case kPipeline: return "pipeline";
        default: return format("model of kind {}", field);
    }
}

}  // namespace

Result<Model> parse_model(ByteSpan bytes) {
    using namespace model_field;
    Model model{.version = 0, .kind = ""};
    TRY_STATUS(for_fields(ProtoReader(bytes), [&](const ProtoField& field) -> Status {
        if (field.number == kSpecificationVersion) {
            TRY(model.version, field.as_int32());
            return {};
        }
        if (field.number == kDescription) {
            TRY(const ProtoReader description, field.as_message());
            return parse_description(description, model);
        }
        if (field.number < kFirstType) return {};
        model.kind = kind_of(field.number);
        if (field.number != kMlProgram) return {};
        TRY(const ProtoReader program, field.as_message());
        return parse_program(program, model.program);
    }));
    if (model.version <= 0 || model.kind.empty()) return fail("not a message of a Core ML model");
    return model;
}

}  // namespace lathe::formats::coreml
