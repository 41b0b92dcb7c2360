// Core ML models as they lie in memory: what writing lays out and reading finds. A model has a description of its inputs
// and outputs and one function of an ML program (MIL): operations in order, each with named parameters that are values
// made before or constants. Sources: coremltools, mlmodel/format/{Model,FeatureTypes,MIL}.proto.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tensor/tensor.h"

namespace lathe::formats::coreml {

// The numbers of MIL.proto's DataType.
enum class DataType : int32_t {
    kNone = 0,
    kBool = 1,
    kString = 2,
    kF16 = 10,
    kF32 = 11,
    kF64 = 12,
    kBF16 = 13,
    kI8 = 21,
    kI16 = 22,
    kI32 = 23,
    kI64 = 24,
    kI4 = 25,
    kU8 = 31,
    kU16 = 32,
    kU32 = 33,
    kU64 = 34,
    kU4 = 35,
    kU2 = 36,
    kU1 = 37,
    kU6 = 38,
    kU3 = 39,
    kF8E4M3 = 40,
    kF8E5M2 = 41,
};

// A row for every element type that numbers can have.
struct DataTypeInfo {
    DataType type;
    std::string_view name;  // in MIL's text and as the operand of `cast`: "fp16"
    uint32_t blob;  // its number in weight files
    int bits;
    std::optional<DType> dtype;  // nothing: a width that tensors do not have here
};
const DataTypeInfo* info_of(DataType type);  // nullptr: strings, and numbers that are no type
const DataTypeInfo* info_of(DType dtype);  // nullptr: MIL has no such type
const DataTypeInfo* info_of_blob(uint32_t number);
const DataTypeInfo* info_named(std::string_view name);

inline constexpr int64_t kUnknownSize = -1;

struct Type {
    enum class Kind : uint8_t { kTensor, kList, kDictionary } kind = Kind::kTensor;
    DataType element = DataType::kNone;  // of a list: of its members; of a dictionary: of its values
    std::vector<int64_t> shape;  // a list: its length
};

// A constant.
struct Value {
    Type type;
    Tensor data;  // stored as type.element, to which it is converted when it is written
    std::vector<std::string> strings;  // of kString
    // Numbers of a width that tensors do not have, packed, low bits first (reading only).
    SharedBytes packed;
    // In the weight file: where its description begins there (known once it is laid out).
    bool in_file = false;
    uint64_t offset = 0;
};

struct Binding {
    std::string name;  // of a value made before; empty: the constant
    std::optional<Value> value;
};

struct Parameter {
    std::string name;
    std::vector<Binding> bindings;  // more than one for a list of values
};

struct NamedType {
    std::string name;
    Type type;
};

struct Operation {
    std::string type;
    std::vector<Parameter> inputs;
    std::vector<NamedType> outputs;
    std::vector<std::pair<std::string, Value>> attributes;

    const Value* attribute(std::string_view name) const;  // nullptr: none
    const Parameter* input(std::string_view name) const;
};

struct Program {
    std::string opset;  // "CoreML5"
    std::vector<NamedType> inputs;
    std::vector<Operation> operations;
    std::vector<std::string> outputs;
};

// The least and the largest size of an axis; a largest below 0 is none.
struct SizeRange {
    int64_t least = 0, largest = 0;
};

// An input or output as the description says it.
struct Feature {
    enum class Kind : uint8_t { kArray, kImage, kString, kDictionary, kOther } kind = Kind::kArray;
    std::string name, description;
    DataType element = DataType::kF32;  // of arrays
    std::vector<int64_t> shape;  // of arrays: the usual one; of images: height, width
    std::vector<SizeRange> ranges;  // of arrays whose sizes vary
};

struct Model {
    int version = 6;  // of the specification: 6 iOS 15, 7 iOS 16, 8 iOS 17, 9 iOS 18
    std::string kind = "mlProgram";  // what it holds, by its field's name in Model.proto
    std::string description;
    std::map<std::string, std::string> notes;  // what users define
    std::vector<Feature> inputs, outputs;
    std::string predicted_feature, predicted_probabilities;  // of classifiers
    Program program;
};

// "CoreML5" for version 6, and so on: the operator sets are numbered one below.
std::string opset_of(int version);

}  // namespace lathe::formats::coreml
