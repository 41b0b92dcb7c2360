#include "formats/onnx/schema.h"

#include <array>
#include <string>

#include "base/format.h"

namespace lathe::formats::onnx {
namespace {

struct TypeCode {
    int32_t code;
    DType dtype;
};

constexpr TypeCode kTypeCodes[] = {
    {1, DType::kF32},     {2, DType::kU8},      {3, DType::kI8},      {4, DType::kU16},  {5, DType::kI16},
    {6, DType::kI32},     {7, DType::kI64},     {8, DType::kString},  {9, DType::kBool}, {10, DType::kF16},
    {11, DType::kF64},    {12, DType::kU32},    {13, DType::kU64},    {14, DType::kC64}, {15, DType::kC128},
    {16, DType::kBF16},   {17, DType::kF8E4M3}, {19, DType::kF8E5M2}, {21, DType::kU4},  {22, DType::kI4},
    {23, DType::kF4E2M1}, {24, DType::kF8E8M0},
};

constexpr std::string_view kCodeNames[] = {
    "UNDEFINED", "FLOAT",      "UINT8",      "INT8",         "UINT16",         "INT16",      "INT32",
    "INT64",     "STRING",     "BOOL",       "FLOAT16",      "DOUBLE",         "UINT32",     "UINT64",
    "COMPLEX64", "COMPLEX128", "BFLOAT16",   "FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ",
    "UINT4",     "INT4",       "FLOAT4E2M1", "FLOAT8E8M0",   "UINT2",          "INT2",
};

}  // namespace

std::string_view name_of(AttributeType type) {
    static constexpr std::string_view kNames[] = {
        "UNDEFINED",      "FLOAT",      "INT",        "STRING",  "TENSOR", "GRAPH",
        "FLOATS",         "INTS",       "STRINGS",    "TENSORS", "GRAPHS", "SPARSE_TENSOR",
        "SPARSE_TENSORS", "TYPE_PROTO", "TYPE_PROTOS"};
    const auto index = static_cast<size_t>(type);
    return index < std::size(kNames) ? kNames[index] : "unknown";
}

std::optional<DType> dtype_of_code(int64_t code) {
    for (const TypeCode& entry : kTypeCodes)
        if (entry.code == code) return entry.dtype;
    return std::nullopt;
}

int32_t code_of(DType dtype) {
    for (const TypeCode& entry : kTypeCodes)
        if (entry.dtype == dtype) return entry.code;
    return 0;
}

std::string code_text(int64_t code) {
    if (code >= 0 && code < static_cast<int64_t>(std::size(kCodeNames)))
        return std::string(kCodeNames[static_cast<size_t>(code)]);
    return format("type {}", code);
}

int first_opset_with(DType dtype) {
    switch (dtype) {
        case DType::kBF16: return 13;
        case DType::kF8E4M3:
        case DType::kF8E5M2: return 19;
        case DType::kI4:
        case DType::kU4: return 21;
        case DType::kF4E2M1: return 23;
        case DType::kF8E8M0: return 24;
        default: return 1;
    }
}

int ir_version_of_opset(int opset) {
    // Opset 7 came with IR 3; each pair is {first opset, IR version}.
    static constexpr std::array<int, 2> kPairs[] = {{25, 13}, {24, 12}, {23, 11}, {21, 10}, {19, 9},
                                                    {15, 8},  {12, 7},  {11, 6},  {10, 5},  {9, 4}};
    for (const auto& [first, ir] : kPairs)
        if (opset >= first) return ir;
    return 3;
}

}  // namespace lathe::formats::onnx
