#include "formats/openvino/model.h"

#include <algorithm>

namespace lathe::formats::openvino {
namespace {

struct ElementName {
    DType dtype;
    std::string_view element, precision;
};

// openvino/core/type/element_type.hpp and the names that ports have in pass/serialize.cpp.
constexpr ElementName kElementNames[] = {
    {DType::kF64, "f64", "FP64"},
    {DType::kF32, "f32", "FP32"},
    {DType::kF16, "f16", "FP16"},
    {DType::kBF16, "bf16", "BF16"},
    {DType::kI64, "i64", "I64"},
    {DType::kI32, "i32", "I32"},
    {DType::kI16, "i16", "I16"},
    {DType::kI8, "i8", "I8"},
    {DType::kI4, "i4", "I4"},
    {DType::kU64, "u64", "U64"},
    {DType::kU32, "u32", "U32"},
    {DType::kU16, "u16", "U16"},
    {DType::kU8, "u8", "U8"},
    {DType::kU4, "u4", "U4"},
    {DType::kBool, "boolean", "BOOL"},
    {DType::kF8E4M3, "f8e4m3", "F8E4M3"},
    {DType::kF8E5M2, "f8e5m2", "F8E5M2"},
};

}  // namespace

const std::string* Layer::find(std::string_view key) const {
    const auto it = std::ranges::find(data, key, &Data::value_type::first);
    return it == data.end() ? nullptr : &it->second;
}

std::string_view element_name(DType dtype) {
    const auto it = std::ranges::find(kElementNames, dtype, &ElementName::dtype);
    return it == std::end(kElementNames) ? std::string_view() : it->element;
}

std::string_view precision_name(DType dtype) {
    const auto it = std::ranges::find(kElementNames, dtype, &ElementName::dtype);
    return it == std::end(kElementNames) ? std::string_view() : it->precision;
}

std::optional<DType> element_named(std::string_view name) {
    const auto it = std::ranges::find_if(
        kElementNames, [&](const ElementName& one) { return one.element == name || one.precision == name; });
    return it == std::end(kElementNames) ? std::nullopt : std::optional(it->dtype);
}

}  // namespace lathe::formats::openvino
