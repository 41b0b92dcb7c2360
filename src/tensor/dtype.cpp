#include "tensor/dtype.h"

#include <array>

namespace lathe {
namespace {

enum class Kind : uint8_t { kFloat, kSigned, kUnsigned, kOther };
struct Row {
    std::string_view name;
    int bits;
    Kind kind;
};
constexpr std::array<Row, kDTypeCount> kRows{{
    {"f64", 64, Kind::kFloat},    {"f32", 32, Kind::kFloat},    {"f16", 16, Kind::kFloat},
    {"bf16", 16, Kind::kFloat},   {"f8e4m3", 8, Kind::kFloat},  {"f8e5m2", 8, Kind::kFloat},
    {"f8e8m0", 8, Kind::kFloat},  {"f4e2m1", 4, Kind::kFloat},  {"i64", 64, Kind::kSigned},
    {"i32", 32, Kind::kSigned},   {"i16", 16, Kind::kSigned},   {"i8", 8, Kind::kSigned},
    {"i4", 4, Kind::kSigned},     {"u64", 64, Kind::kUnsigned}, {"u32", 32, Kind::kUnsigned},
    {"u16", 16, Kind::kUnsigned}, {"u8", 8, Kind::kUnsigned},   {"u4", 4, Kind::kUnsigned},
    {"bool", 8, Kind::kOther},    {"c64", 64, Kind::kOther},    {"c128", 128, Kind::kOther},
    {"string", 8, Kind::kOther},
}};
constexpr const Row& row(DType dtype) { return kRows[static_cast<size_t>(dtype)]; }

}  // namespace

std::string_view name_of(DType dtype) { return row(dtype).name; }

std::optional<DType> dtype_named(std::string_view name) {
    for (size_t i = 0; i < kRows.size(); ++i)
        if (kRows[i].name == name) return static_cast<DType>(i);
    return std::nullopt;
}

int bits_of(DType dtype) { return row(dtype).bits; }
int64_t bytes_of(DType dtype, int64_t count) {
    const int bits = bits_of(dtype);
    return bits >= 8 ? count * (bits / 8) : (count * bits + 7) / 8;
}
bool is_float(DType dtype) { return row(dtype).kind == Kind::kFloat; }
bool is_integer(DType dtype) {
    return row(dtype).kind == Kind::kSigned || row(dtype).kind == Kind::kUnsigned;
}
bool is_signed_integer(DType dtype) { return row(dtype).kind == Kind::kSigned; }

}  // namespace lathe
