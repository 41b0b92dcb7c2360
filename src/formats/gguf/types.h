// ggml's types of numbers (enum ggml_type) and the kinds of values that pairs have (enum gguf_type).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "tensor/dtype.h"

namespace lathe::formats::gguf {

inline constexpr std::string_view kMagic = "GGUF";
inline constexpr uint32_t kVersion = 3;
inline constexpr uint64_t kUsualAlignment = 32;
inline constexpr size_t kNameLimit = 64;  // GGML_MAX_NAME, with the zero behind the name
inline constexpr uint32_t kMostAxes = 4;

struct TypeNumber {
    DType dtype;
    int32_t number;
};
inline constexpr TypeNumber kTypes[] = {{DType::kF32, 0},  {DType::kF16, 1},  {DType::kI8, 24},
                                        {DType::kI16, 25}, {DType::kI32, 26}, {DType::kI64, 27},
                                        {DType::kF64, 28}, {DType::kBF16, 30}};

inline std::optional<DType> dtype_of_number(int32_t number) {
    for (const TypeNumber& type : kTypes)
        if (type.number == number) return type.dtype;
    return std::nullopt;
}
inline std::optional<int32_t> number_of_dtype(DType dtype) {
    for (const TypeNumber& type : kTypes)
        if (type.dtype == dtype) return type.number;
    return std::nullopt;
}

enum class ValueType : int32_t {
    kU8 = 0,
    kI8 = 1,
    kU16 = 2,
    kI16 = 3,
    kU32 = 4,
    kI32 = 5,
    kF32 = 6,
    kBool = 7,
    kString = 8,
    kArray = 9,
    kU64 = 10,
    kI64 = 11,
    kF64 = 12,
};

}  // namespace lathe::formats::gguf
