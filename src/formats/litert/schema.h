// The part of LiteRT's schema (tflite/converter/schema/schema.fbs, version 3, identifier "TFL3") that we write and read:
// operator codes, element types, and the slots of its tables.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "tensor/dtype.h"

namespace lathe::formats::litert {

inline constexpr std::string_view kIdentifier = "TFL3";
inline constexpr uint32_t kSchemaVersion = 3;

enum class Builtin : int32_t {
    kAdd = 0,
    kAveragePool2d = 1,
    kConcatenation = 2,
    kConv2d = 3,
    kDepthwiseConv2d = 4,
    kDepthToSpace = 5,
    kDequantize = 6,
    kFloor = 8,
    kFullyConnected = 9,
    kL2Normalization = 11,
    kLogistic = 14,
    kMaxPool2d = 17,
    kMul = 18,
    kRelu = 19,
    kReluN1To1 = 20,
    kRelu6 = 21,
    kReshape = 22,
    kResizeBilinear = 23,
    kSoftmax = 25,
    kSpaceToDepth = 26,
    kTanh = 28,
    kPad = 34,
    kGather = 36,
    kTranspose = 39,
    kMean = 40,
    kSub = 41,
    kDiv = 42,
    kSqueeze = 43,
    kStridedSlice = 45,
    kExp = 47,
    kTopkV2 = 48,
    kSplit = 49,
    kLogSoftmax = 50,
    kCast = 53,
    kPrelu = 54,
    kMaximum = 55,
    kArgMax = 56,
    kMinimum = 57,
    kLess = 58,
    kNeg = 59,
    kPadv2 = 60,
    kGreater = 61,
    kGreaterEqual = 62,
    kLessEqual = 63,
    kSelect = 64,
    kSlice = 65,
    kSin = 66,
    kTransposeConv = 67,
    kTile = 69,
    kExpandDims = 70,
    kEqual = 71,
    kNotEqual = 72,
    kLog = 73,
    kSum = 74,
    kSqrt = 75,
    kRsqrt = 76,
    kShape = 77,
    kPow = 78,
    kArgMin = 79,
    kReduceProd = 81,
    kReduceMax = 82,
    kPack = 83,
    kLogicalOr = 84,
    kOneHot = 85,
    kLogicalAnd = 86,
    kLogicalNot = 87,
    kUnpack = 88,
    kReduceMin = 89,
    kFloorDiv = 90,
    kSquare = 92,
    kFloorMod = 95,
    kResizeNearestNeighbor = 97,
    kLeakyRelu = 98,
    kSquaredDifference = 99,
    kMirrorPad = 100,
    kAbs = 101,
    kSplitV = 102,
    kCeil = 104,
    kReverseV2 = 105,
    kGatherNd = 107,
    kCos = 108,
    kElu = 111,
    kQuantize = 114,
    kRound = 116,
    kHardSwish = 117,
    kSelectV2 = 123,
    kBatchMatmul = 126,
    kCumsum = 128,
    kBroadcastTo = 130,
    kGelu = 150,
    kRelu0To1 = 152,
    kSign = 158,
};

// What is known of an operator: its name in the schema, and the number of its options in the union (0: none).
struct BuiltinInfo {
    Builtin code;
    std::string_view name;
    uint8_t options;
};
const BuiltinInfo* builtin_named(std::string_view name);  // nullptr: none that we know
const BuiltinInfo* builtin_of(int32_t code);  // nullptr: none that we know

std::optional<int8_t> tensor_type_of(DType dtype);  // nothing: the schema has no such type
std::optional<DType> dtype_of_tensor_type(int8_t type);

enum class Padding : int8_t { kSame, kValid };
enum class Activation : int8_t { kNone, kRelu, kReluN1To1, kRelu6, kTanh };

// Slots of the tables.
namespace model_slot {
enum {
    kVersion,
    kOperatorCodes,
    kSubgraphs,
    kDescription,
    kBuffers,
    kMetadataBuffer,
    kMetadata,
    kSignatureDefs
};
}
namespace operator_code_slot {
enum { kDeprecatedBuiltinCode, kCustomCode, kVersion, kBuiltinCode };
}
namespace subgraph_slot {
enum { kTensors, kInputs, kOutputs, kOperators, kName };
}
namespace tensor_slot {
enum { kShape, kType, kBuffer, kName, kQuantization, kIsVariable, kSparsity, kShapeSignature, kHasRank };
}
namespace quantization_slot {
enum { kMin, kMax, kScale, kZeroPoint, kDetailsType, kDetails, kQuantizedDimension };
}
namespace operator_slot {
enum { kOpcodeIndex, kInputs, kOutputs, kOptionsType, kOptions };
}
namespace buffer_slot {
enum { kData, kOffset, kSize };
}
namespace metadata_slot {
enum { kName, kBuffer };
}
namespace tensor_map_slot {
enum { kName, kTensorIndex };
}
namespace signature_slot {
enum { kInputs, kOutputs, kSignatureKey, kDeprecatedTag, kSubgraphIndex };
}

// Slots of the options.
namespace conv_slot {  // Conv2DOptions
enum { kPadding, kStrideW, kStrideH, kActivation, kDilationW, kDilationH };
}
namespace depthwise_slot {
enum { kPadding, kStrideW, kStrideH, kMultiplier, kActivation, kDilationW, kDilationH };
}
namespace pool_slot {
enum { kPadding, kStrideW, kStrideH, kFilterW, kFilterH, kActivation };
}
namespace transpose_conv_slot {
enum { kPadding, kStrideW, kStrideH, kActivation };
}
namespace fully_connected_slot {
enum { kActivation, kWeightsFormat, kKeepNumDims, kAsymmetricInputs };
}
namespace batch_matmul_slot {
enum { kAdjointX, kAdjointY };
}
namespace resize_slot {  // bilinear; nearest has the two flags from slot 0
enum { kOldHeight, kOldWidth, kAlignCorners, kHalfPixelCenters };
}
namespace strided_slice_slot {
enum { kBeginMask, kEndMask, kEllipsisMask, kNewAxisMask, kShrinkAxisMask };
}

}  // namespace lathe::formats::litert
