// The part of ExecuTorch's schema (schema/program.fbs, identifier "ET12") that we write and read: the slots of its tables
// and the numbers of its unions.
//
// A file is a FlatBuffer with a header of its own at byte 8 (schema/extended_header.h: "eh00", u32 size of the header, u64
// size of the FlatBuffer, u64 where the segments begin, u64 bytes of the segments), and the segments behind it.
#pragma once
#include <cstdint>
#include <string_view>

namespace lathe::formats::executorch {

inline constexpr std::string_view kIdentifier = "ET12";
inline constexpr std::string_view kHeaderMagic = "eh00";
inline constexpr size_t kHeaderOffset = 8;
inline constexpr size_t kHeaderBytes = 32;
inline constexpr size_t kShortHeaderBytes = 24;  // before the size of the segments was added
inline constexpr uint64_t kTensorAlignment = 16;
inline constexpr uint64_t kSegmentAlignment = 128;
inline constexpr int kMostAxes = 16;  // the runtime's kTensorDimensionLimit

namespace program_slot {
enum {
    kVersion,
    kExecutionPlan,
    kConstantBuffer,
    kBackendDelegateData,
    kSegments,
    kConstantSegment,
    kMutableDataSegments,
    kNamedData
};
}
namespace plan_slot {
enum {
    kName,
    kContainerMetaType,
    kValues,
    kInputs,
    kOutputs,
    kChains,
    kOperators,
    kDelegates,
    kNonConstBufferSizes,
    kNonConstBufferDevice
};
}
namespace container_slot {
enum { kInputs, kOutputs };
}
namespace tensor_slot {
enum {
    kScalarType,
    kStorageOffset,
    kSizes,
    kDimOrder,
    kRequiresGrad,
    kDataBufferIdx,
    kAllocationInfo,
    kLayout,
    kShapeDynamism,
    kExtraTensorInfo
};
}
namespace extra_slot {
enum { kMutableDataSegmentsIdx, kFullyQualifiedName, kLocation };
}
namespace allocation_slot {
enum { kMemoryId, kOffsetLow, kOffsetHigh };
}
namespace value_slot {
enum { kType, kValue };
}
namespace operator_slot {
enum { kName, kOverload };
}
namespace chain_slot {
enum { kInputs, kOutputs, kInstructions, kStacktrace };
}
namespace instruction_slot {
enum { kType, kArgs };
}
namespace call_slot {  // KernelCall, DelegateCall
enum { kIndex, kArgs };
}
namespace delegate_slot {
enum { kId, kProcessed, kCompileSpecs };
}
namespace reference_slot {  // BackendDelegateDataReference
enum { kLocation, kIndex };
}
namespace segment_slot {
enum { kOffset, kSize };
}
namespace subsegment_slot {
enum { kSegmentIndex, kOffsets };
}
namespace named_data_slot {
enum { kKey, kSegmentIndex };
}

// The union KernelTypes.
enum class ValueType : uint8_t {
    kAbsent,
    kNull,
    kInt,
    kBool,
    kDouble,
    kTensor,
    kString,
    kIntList,
    kDoubleList,
    kBoolList,
    kTensorList,
    kOptionalTensorList
};
// The union InstructionArguments.
enum class InstructionType : uint8_t {
    kAbsent,
    kKernelCall,
    kDelegateCall,
    kMoveCall,
    kJumpFalseCall,
    kFreeCall
};

enum class DataLocation : uint8_t { kInline, kSegment };

}  // namespace lathe::formats::executorch
