#include "formats/coreml/model.h"

#include <algorithm>

#include "base/format.h"

namespace lathe::formats::coreml {
namespace {

// Source of the blobs' numbers: mlmodel/src/MILBlob/Blob/BlobDataType.hpp.
constexpr DataTypeInfo kDataTypes[] = {
    {DataType::kBool, "bool", 0, 8, DType::kBool},
    {DataType::kF16, "fp16", 1, 16, DType::kF16},
    {DataType::kF32, "fp32", 2, 32, DType::kF32},
    {DataType::kF64, "fp64", 0, 64, DType::kF64},
    {DataType::kBF16, "bf16", 5, 16, DType::kBF16},
    {DataType::kI8, "int8", 4, 8, DType::kI8},
    {DataType::kI16, "int16", 6, 16, DType::kI16},
    {DataType::kI32, "int32", 14, 32, DType::kI32},
    {DataType::kI64, "int64", 0, 64, DType::kI64},
    {DataType::kI4, "int4", 8, 4, DType::kI4},
    {DataType::kU8, "uint8", 3, 8, DType::kU8},
    {DataType::kU16, "uint16", 7, 16, DType::kU16},
    {DataType::kU32, "uint32", 15, 32, DType::kU32},
    {DataType::kU64, "uint64", 0, 64, DType::kU64},
    {DataType::kU4, "uint4", 11, 4, DType::kU4},
    {DataType::kU1, "uint1", 9, 1, std::nullopt},
    {DataType::kU2, "uint2", 10, 2, std::nullopt},
    {DataType::kU3, "uint3", 12, 3, std::nullopt},
    {DataType::kU6, "uint6", 13, 6, std::nullopt},
    {DataType::kF8E4M3, "fp8e4m3fn", 16, 8, DType::kF8E4M3},
    {DataType::kF8E5M2, "fp8e5m2", 17, 8, DType::kF8E5M2},
};

template <class Key, class Member>
const DataTypeInfo* find_type(const Key& key, Member member) {
    const auto it = std::ranges::find(kDataTypes, key, member);
    return it == std::end(kDataTypes) ? nullptr : &*it;
}

}  // namespace

const DataTypeInfo* info_of(DataType type) { return find_type(type, &DataTypeInfo::type); }
const DataTypeInfo* info_of(DType dtype) { return find_type(std::optional(dtype), &DataTypeInfo::dtype); }
const DataTypeInfo* info_of_blob(uint32_t number) {
    return number == 0 ? nullptr : find_type(number, &DataTypeInfo::blob);
}
const DataTypeInfo* info_named(std::string_view name) { return find_type(name, &DataTypeInfo::name); }

const Value* Operation::attribute(std::string_view name) const {
    for (const auto& [key, value] : attributes)
        if (key == name) return &value;
    return nullptr;
}

const Parameter* Operation::input(std::string_view name) const {
    const auto it = std::ranges::find(inputs, name, &Parameter::name);
    return it == inputs.end() ? nullptr : &*it;
}

std::string opset_of(int version) { return format("CoreML{}", version - 1); }

}  // namespace lathe::formats::coreml
