#include "formats/torch/scalar_type.h"

#include <algorithm>

namespace lathe::formats::torch {
namespace {

struct Code {
    int64_t code;
    DType dtype;
};
constexpr Code kCodes[] = {
    {0, DType::kU8},    {1, DType::kI8},    {2, DType::kI16},     {3, DType::kI32},     {4, DType::kI64},
    {5, DType::kF16},   {6, DType::kF32},   {7, DType::kF64},     {9, DType::kC64},     {10, DType::kC128},
    {11, DType::kBool}, {15, DType::kBF16}, {23, DType::kF8E5M2}, {24, DType::kF8E4M3}, {27, DType::kU16},
    {28, DType::kU32},  {29, DType::kU64},  {44, DType::kF8E8M0},
};

// bool < integers < floats < complex.
int category(DType d) { return d == DType::kBool ? 0 : is_integer(d) ? 1 : is_float(d) ? 2 : 3; }

}  // namespace

std::optional<DType> dtype_of_scalar_type(int64_t code) {
    for (const Code& row : kCodes)
        if (row.code == code) return row.dtype;
    return std::nullopt;
}

int64_t scalar_type_of(DType dtype) {
    for (const Code& row : kCodes)
        if (row.dtype == dtype) return row.code;
    return -1;
}

DType promote(DType a, DType b) {
    if (a == b) return a;
    if (category(a) != category(b)) return category(a) > category(b) ? a : b;
    if (is_float(a) && bits_of(a) == bits_of(b)) return DType::kF32;  // f16 and bf16
    if (is_integer(a) && is_signed_integer(a) != is_signed_integer(b)) {
        const DType wanted = is_signed_integer(a) ? a : b,
                    other = wanted == a ? b : a;  // an unsigned type needs one bit more
        if (bits_of(wanted) > bits_of(other)) return wanted;
        return bits_of(other) == 8 ? DType::kI16 : bits_of(other) == 16 ? DType::kI32 : DType::kI64;
    }
    return bits_of(a) >= bits_of(b) ? a : b;
}

std::optional<DType> TypeVote::result() const {
    std::optional<DType> type;
    for (const auto& level : levels_)
        if (level && (!type || category(*level) > category(*type))) type = level;
    return type;
}

}  // namespace lathe::formats::torch
