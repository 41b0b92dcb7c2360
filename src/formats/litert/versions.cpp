// Which version of an operator a file must ask for. Rules: tflite/converter/tools/versioning/op_version.cc.
#include <algorithm>

#include "formats/litert/model.h"

namespace lathe::formats::litert {
namespace {

int64_t option(const Operator& op, int slot, int64_t absent = 0) {
    for (const wire::FlatField& field : op.options)
        if (field.slot == slot) return static_cast<int64_t>(field.bits);
    return absent;
}

class Signature {
public:
    Signature(const Model& model, const Operator& op) : model_(model), op_(op) {}

    const TensorInfo* input(size_t i) const {
        return i < op_.inputs.size() && op_.inputs[i] != kNoTensor
                   ? &model_.tensors[static_cast<size_t>(op_.inputs[i])]
                   : nullptr;
    }
    const TensorInfo& output(size_t i = 0) const {
        return model_.tensors[static_cast<size_t>(op_.outputs[i])];
    }
    bool is(size_t i, DType dtype) const { return input(i) != nullptr && input(i)->dtype == dtype; }
    size_t rank(size_t i = 0) const { return input(i)->shape.size(); }
    bool per_channel(size_t i) const { return input(i)->quantization.scales.size() > 1; }
    bool hybrid() const { return is(0, DType::kF32) && is(1, DType::kI8) && output().dtype == DType::kF32; }
    bool integer() const { return is(0, DType::kI8) && is(1, DType::kI8) && output().dtype == DType::kI8; }
    // Two operands of different shapes, one of which has more than four axes.
    bool wide_broadcast() const {
        return op_.inputs.size() > 1 && !(input(0)->shape == input(1)->shape) &&
               std::max(rank(0), rank(1)) > 4;
    }
    const Operator& op() const { return op_; }

private:
    const Model& model_;
    const Operator& op_;
};

int conv_version(const Signature& s) {
    const auto channels = s.input(0)->shape.back().constant(), taken = s.input(1)->shape.back().constant();
    if (channels != taken) return 6;
    if (s.integer()) return 3;
    if (s.hybrid()) return s.per_channel(1) ? 5 : 2;
    return 1;
}

int depthwise_version(const Signature& s) {
    if (s.hybrid()) return s.per_channel(1) ? 6 : 4;
    if (s.integer()) return 3;
    const bool dilated = option(s.op(), depthwise_slot::kDilationW, 1) != 1 ||
                         option(s.op(), depthwise_slot::kDilationH, 1) != 1;
    return dilated ? 2 : 1;
}

int fully_connected_version(const Signature& s) {
    if (s.hybrid() && s.per_channel(1)) return 12;
    if (s.op().inputs.size() == 2) return 6;
    if (option(s.op(), fully_connected_slot::kKeepNumDims) != 0) return 5;
    if (s.integer()) return 4;
    if (s.hybrid()) return option(s.op(), fully_connected_slot::kAsymmetricInputs) != 0 ? 9 : 3;
    return 1;
}

int transpose_version(const Signature& s) {
    if (s.rank() > 6) return 8;
    if (s.rank() > 5) return 6;
    if (s.rank() > 4) return 4;
    if (s.is(0, DType::kBool)) return 3;
    return s.is(0, DType::kI8) ? 2 : 1;
}

int strided_slice_version(const Signature& s) {
    if (s.rank() > 4) return 4;
    if (s.is(0, DType::kBool)) return 3;
    return s.is(0, DType::kI8) ? 2 : 1;
}

int slice_version(const Signature& s) {
    if (s.is(0, DType::kU32)) return 6;
    if (s.rank() > 4) return 5;
    return s.is(0, DType::kI8) ? 2 : 1;
}

int pad_version(const Signature& s) {
    if (s.is(0, DType::kBool)) return 5;
    if (s.rank() > 4) return 4;
    return s.is(0, DType::kI8) ? 2 : 1;
}

int cast_version(const Signature& s) {
    const auto either = [&](DType dtype) { return s.is(0, dtype) || s.output().dtype == dtype; };
    if (either(DType::kBF16)) return 7;
    if (either(DType::kF64) || either(DType::kF16)) return 5;
    if (either(DType::kU16)) return 4;
    if (either(DType::kI8)) return 3;
    return either(DType::kU32) ? 2 : 1;
}

// A product of scales of at least 1 needs a newer kernel.
int mul_version(const Signature& s) {
    if (s.is(0, DType::kI64)) return 5;
    const auto scale = [&](const TensorInfo& info) {
        return info.quantization.scales.empty() ? 0.0F : info.quantization.scales[0];
    };
    const float a = scale(*s.input(0)), b = scale(*s.input(1)), y = scale(s.output());
    if (a != 0 && b != 0 && y != 0 && a * b / y >= 1) return 3;
    return s.is(0, DType::kI8) ? 2 : 1;
}

int gather_version(const Signature& s) {
    if (s.is(0, DType::kBool)) return 3;
    return s.is(0, DType::kI8) ? 2 : 1;
}

int version_of(const Signature& s) {
    const bool i8 = s.op().inputs.size() > 0 && s.is(0, DType::kI8);
    switch (s.op().code) {
        case Builtin::kConv2d: return conv_version(s);
        case Builtin::kDepthwiseConv2d: return depthwise_version(s);
        case Builtin::kFullyConnected: return fully_connected_version(s);
        case Builtin::kTranspose: return transpose_version(s);
        case Builtin::kStridedSlice: return strided_slice_version(s);
        case Builtin::kSlice: return slice_version(s);
        case Builtin::kPad:
        case Builtin::kPadv2: return pad_version(s);
        case Builtin::kCast: return cast_version(s);
        case Builtin::kMul: return mul_version(s);
        case Builtin::kGather: return gather_version(s);
        case Builtin::kSign: return s.is(0, DType::kI32) ? 2 : 1;
        case Builtin::kAbs: return s.is(0, DType::kI32) ? 5 : i8 ? 2 : 1;
        case Builtin::kAdd: return s.is(0, DType::kI64) ? 4 : i8 ? 2 : 1;
        case Builtin::kSub: return s.is(0, DType::kI64) ? 4 : s.wide_broadcast() ? 3 : i8 ? 2 : 1;
        case Builtin::kDiv: return s.wide_broadcast() ? 2 : 1;
        case Builtin::kMaximum:
        case Builtin::kMinimum: return s.wide_broadcast() ? 3 : i8 ? 2 : 1;
        case Builtin::kSplit: return s.is(1, DType::kI32) ? 3 : s.is(1, DType::kI8) ? 2 : 1;
        case Builtin::kDequantize:
            if (s.is(0, DType::kF16)) return 3;
            return i8 ? (s.per_channel(0) ? 5 : 2) : 1;
        case Builtin::kQuantize: return s.output().quantization.scales.size() > 1 ? 3 : 1;
        case Builtin::kResizeBilinear:
            return option(s.op(), resize_slot::kHalfPixelCenters) != 0 ? 3 : i8 ? 2 : 1;
        case Builtin::kResizeNearestNeighbor:
            return option(s.op(), 0) != 0 || option(s.op(), 1) != 0 ? 3 : i8 ? 2 : 1;
        case Builtin::kTransposeConv:
            if (option(s.op(), transpose_conv_slot::kActivation) != 0) return 4;
            return s.input(3) != nullptr ? 3 : s.is(1, DType::kI8) ? 2 : 1;
        case Builtin::kBroadcastTo: return i8 ? 3 : 2;
        case Builtin::kTile: return i8 ? 3 : 1;
        case Builtin::kReverseV2: return i8 ? 3 : s.is(0, DType::kBool) ? 2 : 1;
        case Builtin::kGatherNd: return s.is(0, DType::kBool) ? 5 : 1;
        case Builtin::kFloorDiv: return s.is(0, DType::kF32) ? 2 : 1;
        case Builtin::kUnpack: return i8 || s.is(0, DType::kU8) ? 2 : s.is(0, DType::kBool) ? 3 : 1;
        case Builtin::kSelect: return s.rank() == 5 ? 3 : 1;
        case Builtin::kL2Normalization: return s.output().dtype == DType::kI8 ? 2 : 1;
        case Builtin::kRelu:
        case Builtin::kRelu6:
        case Builtin::kAveragePool2d:
        case Builtin::kMaxPool2d:
        case Builtin::kTanh:
        case Builtin::kLogistic:
        case Builtin::kEqual:
        case Builtin::kNotEqual:
        case Builtin::kConcatenation:
        case Builtin::kSoftmax:
        case Builtin::kBatchMatmul:
        case Builtin::kMean:
        case Builtin::kMirrorPad:
        case Builtin::kReduceMax:
        case Builtin::kReduceMin:
        case Builtin::kRsqrt:
        case Builtin::kArgMax:
        case Builtin::kArgMin:
        case Builtin::kLess:
        case Builtin::kGreaterEqual:
        case Builtin::kSplitV:
        case Builtin::kSpaceToDepth:
        case Builtin::kSum:
        case Builtin::kLogSoftmax:
        case Builtin::kGreater:
        case Builtin::kLessEqual:
        case Builtin::kSquaredDifference:
        case Builtin::kDepthToSpace:
        case Builtin::kTopkV2:
        case Builtin::kExp:
        case Builtin::kLog:
        case Builtin::kReduceProd:
        case Builtin::kSqrt:
        case Builtin::kPack:
        case Builtin::kGelu: return i8 ? 2 : 1;
        default: return 1;
    }
}

}  // namespace

void set_versions(Model& model) {
    for (Operator& op : model.operators) op.version = version_of(Signature(model, op));
}

}  // namespace lathe::formats::litert
