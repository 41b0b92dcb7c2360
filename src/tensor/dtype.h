// DType: the element types that checkpoints, graphs and formats speak of.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace lathe {

enum class DType : uint8_t {
    kF64,
    kF32,
    kF16,
    kBF16,
    kF8E4M3,
    kF8E5M2,
    kF8E8M0,
    kF4E2M1,
    kI64,
    kI32,
    kI16,
    kI8,
    kI4,
    kU64,
    kU32,
    kU16,
    kU8,
    kU4,
    kBool,
    kC64,
    kC128,
    kString,  // only as the type of a value that formats can name; tensors of it hold no data here
};
inline constexpr int kDTypeCount = static_cast<int>(DType::kString) + 1;

std::string_view name_of(DType dtype);  // "f32", "bf16", "f8e4m3", "i64", "bool", …
std::optional<DType> dtype_named(std::string_view name);
int bits_of(DType dtype);  // 64, 32, 16, 8 or 4; bool is 8, c64 is 64
// Bytes of `count` elements; types below a byte are packed, low bits first, and padded to whole bytes.
int64_t bytes_of(DType dtype, int64_t count);
bool is_float(DType dtype);     // f64 … f4e2m1
bool is_integer(DType dtype);   // i64 … u4, without bool
bool is_signed_integer(DType dtype);

// dtype_of<float>() is kF32, and so on, for the types that C++ has.
template <class T>
constexpr DType dtype_of();
template <>
constexpr DType dtype_of<double>() {
    return DType::kF64;
}
template <>
constexpr DType dtype_of<float>() {
    return DType::kF32;
}
template <>
constexpr DType dtype_of<int64_t>() {
    return DType::kI64;
}
template <>
constexpr DType dtype_of<int32_t>() {
    return DType::kI32;
}
template <>
constexpr DType dtype_of<int16_t>() {
    return DType::kI16;
}
template <>
constexpr DType dtype_of<int8_t>() {
    return DType::kI8;
}
template <>
constexpr DType dtype_of<uint64_t>() {
    return DType::kU64;
}
template <>
constexpr DType dtype_of<uint32_t>() {
    return DType::kU32;
}
template <>
constexpr DType dtype_of<uint16_t>() {
    return DType::kU16;
}
template <>
constexpr DType dtype_of<uint8_t>() {
    return DType::kU8;
}
template <>
constexpr DType dtype_of<bool>() {
    return DType::kBool;
}

}  // namespace lathe
