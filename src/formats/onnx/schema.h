// The numbers of ONNX: fields of its protobuf messages, codes of element and attribute types, and which file version
// goes with which operator set. Source: onnx/onnx.proto and docs/Versioning.md of the ONNX project (IR 13, opset 25).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tensor/dtype.h"

namespace lathe::formats::onnx {

namespace model {
inline constexpr uint32_t kIrVersion = 1, kProducerName = 2, kProducerVersion = 3, kDomain = 4,
                          kModelVersion = 5, kDocString = 6, kGraph = 7, kOpsetImport = 8,
                          kMetadataProps = 14, kFunctions = 25;
}
namespace opset_id {
inline constexpr uint32_t kDomain = 1, kVersion = 2;
}
namespace entry {  // StringStringEntryProto
inline constexpr uint32_t kKey = 1, kValue = 2;
}
namespace graph_field {
inline constexpr uint32_t kNode = 1, kName = 2, kInitializer = 5, kDocString = 10, kInput = 11, kOutput = 12,
                          kValueInfo = 13, kSparseInitializer = 15;
}
namespace node_field {
inline constexpr uint32_t kInput = 1, kOutput = 2, kName = 3, kOpType = 4, kAttribute = 5, kDomain = 7,
                          kOverload = 8;
}
namespace function_field {
inline constexpr uint32_t kName = 1, kInput = 4, kOutput = 5, kAttribute = 6, kNode = 7, kOpsetImport = 9,
                          kDomain = 10, kAttributeProto = 11, kOverload = 13;
}
namespace attribute {
inline constexpr uint32_t kName = 1, kFloat = 2, kInt = 3, kString = 4, kTensor = 5, kGraph = 6, kFloats = 7,
                          kInts = 8, kStrings = 9, kTensors = 10, kGraphs = 11, kType = 20, kRefAttrName = 21,
                          kSparseTensor = 22;
}
namespace tensor_field {
inline constexpr uint32_t kDims = 1, kDataType = 2, kSegment = 3, kFloatData = 4, kInt32Data = 5,
                          kStringData = 6, kInt64Data = 7, kName = 8, kRawData = 9, kDoubleData = 10,
                          kUint64Data = 11, kExternalData = 13, kDataLocation = 14;
}
namespace value_info {
inline constexpr uint32_t kName = 1, kType = 2;
}
namespace type_field {
inline constexpr uint32_t kTensor = 1, kSequence = 4, kMap = 5, kSparseTensor = 8, kOptional = 9;
inline constexpr uint32_t kElemType = 1, kShape = 2;  // of TypeProto.Tensor
}  // namespace type_field
namespace shape_field {
inline constexpr uint32_t kDim = 1;
inline constexpr uint32_t kDimValue = 1, kDimParam = 2;  // of TensorShapeProto.Dimension
}  // namespace shape_field

enum class AttributeType : int32_t {
    kUndefined = 0,
    kFloat = 1,
    kInt = 2,
    kString = 3,
    kTensor = 4,
    kGraph = 5,
    kFloats = 6,
    kInts = 7,
    kStrings = 8,
    kTensors = 9,
    kGraphs = 10,
    kSparseTensor = 11,
    kSparseTensors = 12,
    kTypeProto = 13,
    kTypeProtos = 14,
};
std::string_view name_of(AttributeType type);  // "INTS"

inline constexpr int kOldestOpset = 1;  // what the reader takes; cells say since when they hold
inline constexpr int kNewestOpset = 25;
inline constexpr int kNewestIrVersion = 13;
inline constexpr int kOldestWrittenOpset = 13;
inline constexpr int kNewestWrittenOpset = 21;

// Element types. Nothing: a code that Lathe has no type for (the FNUZ floats, 2-bit integers), or that is unknown.
std::optional<DType> dtype_of_code(int64_t code);
// TensorProto.DataType of a type; every DType has one.
int32_t code_of(DType dtype);
// Also for codes without a DType: "FLOAT8E4M3FNUZ"; unknown ones are "type 99".
std::string code_text(int64_t code);
// The first operator set whose operators know the type at all.
int first_opset_with(DType dtype);

// The file version that ONNX's own releases pair with an operator set.
int ir_version_of_opset(int opset);

}  // namespace lathe::formats::onnx
