#include "formats/litert/schema.h"

#include <algorithm>

namespace lathe::formats::litert {
namespace {

constexpr BuiltinInfo kBuiltins[] = {
    {Builtin::kAdd, "ADD", 11},
    {Builtin::kAveragePool2d, "AVERAGE_POOL_2D", 5},
    {Builtin::kConcatenation, "CONCATENATION", 10},
    {Builtin::kConv2d, "CONV_2D", 1},
    {Builtin::kDepthwiseConv2d, "DEPTHWISE_CONV_2D", 2},
    {Builtin::kDepthToSpace, "DEPTH_TO_SPACE", 94},
    {Builtin::kDequantize, "DEQUANTIZE", 38},
    {Builtin::kFloor, "FLOOR", 0},
    {Builtin::kFullyConnected, "FULLY_CONNECTED", 8},
    {Builtin::kL2Normalization, "L2_NORMALIZATION", 12},
    {Builtin::kLogistic, "LOGISTIC", 0},
    {Builtin::kMaxPool2d, "MAX_POOL_2D", 5},
    {Builtin::kMul, "MUL", 21},
    {Builtin::kRelu, "RELU", 0},
    {Builtin::kReluN1To1, "RELU_N1_TO_1", 0},
    {Builtin::kRelu6, "RELU6", 0},
    {Builtin::kReshape, "RESHAPE", 17},
    {Builtin::kResizeBilinear, "RESIZE_BILINEAR", 15},
    {Builtin::kSoftmax, "SOFTMAX", 9},
    {Builtin::kSpaceToDepth, "SPACE_TO_DEPTH", 19},
    {Builtin::kTanh, "TANH", 0},
    {Builtin::kPad, "PAD", 22},
    {Builtin::kGather, "GATHER", 23},
    {Builtin::kTranspose, "TRANSPOSE", 26},
    {Builtin::kMean, "MEAN", 27},
    {Builtin::kSub, "SUB", 28},
    {Builtin::kDiv, "DIV", 29},
    {Builtin::kSqueeze, "SQUEEZE", 30},
    {Builtin::kStridedSlice, "STRIDED_SLICE", 32},
    {Builtin::kExp, "EXP", 33},
    {Builtin::kTopkV2, "TOPK_V2", 34},
    {Builtin::kSplit, "SPLIT", 35},
    {Builtin::kLogSoftmax, "LOG_SOFTMAX", 36},
    {Builtin::kCast, "CAST", 37},
    {Builtin::kPrelu, "PRELU", 0},
    {Builtin::kMaximum, "MAXIMUM", 39},
    {Builtin::kArgMax, "ARG_MAX", 40},
    {Builtin::kMinimum, "MINIMUM", 39},
    {Builtin::kLess, "LESS", 41},
    {Builtin::kNeg, "NEG", 42},
    {Builtin::kPadv2, "PADV2", 43},
    {Builtin::kGreater, "GREATER", 44},
    {Builtin::kGreaterEqual, "GREATER_EQUAL", 45},
    {Builtin::kLessEqual, "LESS_EQUAL", 46},
    {Builtin::kSelect, "SELECT", 47},
    {Builtin::kSlice, "SLICE", 48},
    {Builtin::kSin, "SIN", 0},
    {Builtin::kTransposeConv, "TRANSPOSE_CONV", 49},
    {Builtin::kTile, "TILE", 51},
    {Builtin::kExpandDims, "EXPAND_DIMS", 52},
    {Builtin::kEqual, "EQUAL", 53},
    {Builtin::kNotEqual, "NOT_EQUAL", 54},
    {Builtin::kLog, "LOG", 0},
    {Builtin::kSum, "SUM", 27},
    {Builtin::kSqrt, "SQRT", 0},
    {Builtin::kRsqrt, "RSQRT", 0},
    {Builtin::kShape, "SHAPE", 55},
    {Builtin::kPow, "POW", 56},
    {Builtin::kArgMin, "ARG_MIN", 57},
    {Builtin::kReduceProd, "REDUCE_PROD", 27},
    {Builtin::kReduceMax, "REDUCE_MAX", 27},
    {Builtin::kPack, "PACK", 59},
    {Builtin::kLogicalOr, "LOGICAL_OR", 60},
    {Builtin::kOneHot, "ONE_HOT", 61},
    {Builtin::kLogicalAnd, "LOGICAL_AND", 62},
    {Builtin::kLogicalNot, "LOGICAL_NOT", 63},
    {Builtin::kUnpack, "UNPACK", 64},
    {Builtin::kReduceMin, "REDUCE_MIN", 27},
    {Builtin::kFloorDiv, "FLOOR_DIV", 65},
    {Builtin::kSquare, "SQUARE", 66},
    {Builtin::kFloorMod, "FLOOR_MOD", 72},
    {Builtin::kResizeNearestNeighbor, "RESIZE_NEAREST_NEIGHBOR", 74},
    {Builtin::kLeakyRelu, "LEAKY_RELU", 75},
    {Builtin::kSquaredDifference, "SQUARED_DIFFERENCE", 76},
    {Builtin::kMirrorPad, "MIRROR_PAD", 77},
    {Builtin::kAbs, "ABS", 78},
    {Builtin::kSplitV, "SPLIT_V", 79},
    {Builtin::kCeil, "CEIL", 0},
    {Builtin::kReverseV2, "REVERSE_V2", 81},
    {Builtin::kGatherNd, "GATHER_ND", 83},
    {Builtin::kCos, "COS", 84},
    {Builtin::kElu, "ELU", 0},
    {Builtin::kQuantize, "QUANTIZE", 89},
    {Builtin::kRound, "ROUND", 0},
    {Builtin::kHardSwish, "HARD_SWISH", 91},
    {Builtin::kSelectV2, "SELECT_V2", 98},
    {Builtin::kBatchMatmul, "BATCH_MATMUL", 101},
    {Builtin::kCumsum, "CUMSUM", 102},
    {Builtin::kBroadcastTo, "BROADCAST_TO", 104},
    {Builtin::kGelu, "GELU", 116},
    {Builtin::kRelu0To1, "RELU_0_TO_1", 0},
    {Builtin::kSign, "SIGN", 123},
};

struct TypeCode {
    DType dtype;
    int8_t code;
};
constexpr TypeCode kTypes[] = {
    {DType::kF32, 0},   {DType::kF16, 1},  {DType::kI32, 2},     {DType::kU8, 3},      {DType::kI64, 4},
    {DType::kBool, 6},  {DType::kI16, 7},  {DType::kC64, 8},     {DType::kI8, 9},      {DType::kF64, 10},
    {DType::kC128, 11}, {DType::kU64, 12}, {DType::kU32, 15},    {DType::kU16, 16},    {DType::kI4, 17},
    {DType::kBF16, 18}, {DType::kU4, 20},  {DType::kF8E4M3, 21}, {DType::kF8E5M2, 22},
};

}  // namespace

const BuiltinInfo* builtin_named(std::string_view name) {
    const auto it = std::ranges::find(kBuiltins, name, &BuiltinInfo::name);
    return it == std::end(kBuiltins) ? nullptr : it;
}

const BuiltinInfo* builtin_of(int32_t code) {
    const auto it = std::ranges::find(kBuiltins, static_cast<Builtin>(code), &BuiltinInfo::code);
    return it == std::end(kBuiltins) ? nullptr : it;
}

std::optional<int8_t> tensor_type_of(DType dtype) {
    for (const TypeCode& type : kTypes)
        if (type.dtype == dtype) return type.code;
    return std::nullopt;
}

std::optional<DType> dtype_of_tensor_type(int8_t code) {
    for (const TypeCode& type : kTypes)
        if (type.code == code) return type.dtype;
    return std::nullopt;
}

}  // namespace lathe::formats::litert
