// Bulk conversion between packed elements and the three types that kernels compute in.
#include <cmath>
#include <cstring>
#include <limits>

#include "base/number_codecs.h"
#include "tensor/tensor.h"

namespace lathe {
namespace {

template <class T>
T load(const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof(T));
    return value;
}
template <class T>
void store(std::byte* to, T value) {
    std::memcpy(to, &value, sizeof(T));
}

uint8_t nibble(ByteSpan bytes, size_t i) {
    const auto byte = static_cast<uint8_t>(bytes[i / 2]);
    return i % 2 == 0 ? byte & 15 : byte >> 4;
}
void set_nibble(std::span<std::byte> bytes, size_t i, uint8_t value) {
    const auto old = i % 2 == 0 ? std::byte{0} : bytes[i / 2];
    bytes[i / 2] = old | static_cast<std::byte>((value & 15) << (i % 2 == 0 ? 0 : 4));
}

template <class T, class Out>
void decode_as(ByteSpan bytes, std::span<Out> values) {
    DCHECK(bytes.size() >= values.size() * sizeof(T));
    for (size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<Out>(load<T>(bytes.data() + i * sizeof(T)));
}

// double or int64 -> integer type T. Doubles round to nearest even and saturate; NaN gives 0. Integers wrap.
template <class T, class In>
T to_integer(In value) {
    if constexpr (std::is_integral_v<In>) {
        return static_cast<T>(value);
    } else {
        if (std::isnan(value)) return 0;
        const double rounded = std::nearbyint(static_cast<double>(value));
        if (rounded <= static_cast<double>(std::numeric_limits<T>::min()))
            return std::numeric_limits<T>::min();
        if (rounded >= static_cast<double>(std::numeric_limits<T>::max()))
            return std::numeric_limits<T>::max();
        return static_cast<T>(rounded);
    }
}

template <class T, class In>
void encode_integers(std::span<const In> values, std::span<std::byte> bytes) {
    for (size_t i = 0; i < values.size(); ++i)
        store<T>(bytes.data() + i * sizeof(T), to_integer<T>(values[i]));
}

template <class In, class Encode>
void encode_with(std::span<const In> values, std::span<std::byte> bytes, Encode encode) {
    using Code = decltype(encode(0.0f));
    for (size_t i = 0; i < values.size(); ++i)
        store<Code>(bytes.data() + i * sizeof(Code), encode(static_cast<float>(values[i])));
}

template <class Out>
void decode(DType dtype, ByteSpan bytes, std::span<Out> values) {
    const auto each = [&](auto read) {
        for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<Out>(read(i));
    };
    const auto u16 = [&](size_t i) { return load<uint16_t>(bytes.data() + i * 2); };
    const auto u8 = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
    switch (dtype) {
        case DType::kF64: return decode_as<double>(bytes, values);
        case DType::kF32: return decode_as<float>(bytes, values);
        case DType::kF16: return each([&](size_t i) { return f16_to_f32(u16(i)); });
        case DType::kBF16: return each([&](size_t i) { return bf16_to_f32(u16(i)); });
        case DType::kF8E4M3: return each([&](size_t i) { return f8e4m3_to_f32(u8(i)); });
        case DType::kF8E5M2: return each([&](size_t i) { return f8e5m2_to_f32(u8(i)); });
        case DType::kF8E8M0: return each([&](size_t i) { return f8e8m0_to_f32(u8(i)); });
        case DType::kF4E2M1: return each([&](size_t i) { return f4e2m1_to_f32(nibble(bytes, i)); });
        case DType::kI64: return decode_as<int64_t>(bytes, values);
        case DType::kI32: return decode_as<int32_t>(bytes, values);
        case DType::kI16: return decode_as<int16_t>(bytes, values);
        case DType::kI8: return decode_as<int8_t>(bytes, values);
        case DType::kI4: return each([&](size_t i) { return static_cast<int>(nibble(bytes, i) ^ 8) - 8; });
        case DType::kU64: return decode_as<uint64_t>(bytes, values);
        case DType::kU32: return decode_as<uint32_t>(bytes, values);
        case DType::kU16: return decode_as<uint16_t>(bytes, values);
        case DType::kU8: return decode_as<uint8_t>(bytes, values);
        case DType::kU4: return each([&](size_t i) { return nibble(bytes, i); });
        case DType::kBool: return each([&](size_t i) { return u8(i) != 0 ? 1 : 0; });
        case DType::kC64:
        case DType::kC128:
        case DType::kString: break;
    }
    CHECK(false, "complex and string tensors have no numeric values");
}

template <class In>
void encode(DType dtype, std::span<const In> values, std::span<std::byte> bytes) {
    const auto floats = [&]<class T>(T) {
        for (size_t i = 0; i < values.size(); ++i)
            store<T>(bytes.data() + i * sizeof(T), static_cast<T>(values[i]));
    };
    switch (dtype) {
        case DType::kF64: return floats(double{});
        case DType::kF32: return floats(float{});
        case DType::kF16: return encode_with(values, bytes, f32_to_f16);
        case DType::kBF16: return encode_with(values, bytes, f32_to_bf16);
        case DType::kF8E4M3: return encode_with(values, bytes, f32_to_f8e4m3);
        case DType::kF8E5M2: return encode_with(values, bytes, f32_to_f8e5m2);
        case DType::kF8E8M0: return encode_with(values, bytes, f32_to_f8e8m0);
        case DType::kF4E2M1:
            for (size_t i = 0; i < values.size(); ++i)
                set_nibble(bytes, i, f32_to_f4e2m1(static_cast<float>(values[i])));
            return;
        case DType::kI64: return encode_integers<int64_t>(values, bytes);
        case DType::kI32: return encode_integers<int32_t>(values, bytes);
        case DType::kI16: return encode_integers<int16_t>(values, bytes);
        case DType::kI8: return encode_integers<int8_t>(values, bytes);
        case DType::kI4:
        case DType::kU4:
            for (size_t i = 0; i < values.size(); ++i) {
                const auto v = to_integer<int8_t>(values[i]);
                const int low = dtype == DType::kI4 ? -8 : 0, high = dtype == DType::kI4 ? 7 : 15;
                set_nibble(bytes, i, static_cast<uint8_t>(v < low ? low : v > high ? high : v));
            }
            return;
        case DType::kU64: return encode_integers<uint64_t>(values, bytes);
        case DType::kU32: return encode_integers<uint32_t>(values, bytes);
        case DType::kU16: return encode_integers<uint16_t>(values, bytes);
        case DType::kU8: return encode_integers<uint8_t>(values, bytes);
        case DType::kBool:
            for (size_t i = 0; i < values.size(); ++i)
                bytes[i] = static_cast<std::byte>(values[i] != 0 ? 1 : 0);
            return;
        case DType::kC64:
        case DType::kC128:
        case DType::kString: break;
    }
    CHECK(false, "complex and string tensors have no numeric values");
}

}  // namespace

void decode_doubles(DType dtype, ByteSpan bytes, std::span<double> values) { decode(dtype, bytes, values); }
void decode_floats(DType dtype, ByteSpan bytes, std::span<float> values) { decode(dtype, bytes, values); }
void decode_ints(DType dtype, ByteSpan bytes, std::span<int64_t> values) { decode(dtype, bytes, values); }
void encode_doubles(DType dtype, std::span<const double> values, std::span<std::byte> bytes) {
    encode(dtype, values, bytes);
}
void encode_floats(DType dtype, std::span<const float> values, std::span<std::byte> bytes) {
    encode(dtype, values, bytes);
}
void encode_ints(DType dtype, std::span<const int64_t> values, std::span<std::byte> bytes) {
    encode(dtype, values, bytes);
}

Tensor tensor_from_doubles(DType dtype, Shape shape, std::span<const double> values) {
    TensorBuilder builder(dtype, std::move(shape));
    encode_doubles(dtype, values, builder.bytes());
    return builder.finish();
}

Tensor tensor_from_ints(DType dtype, Shape shape, std::span<const int64_t> values) {
    TensorBuilder builder(dtype, std::move(shape));
    encode_ints(dtype, values, builder.bytes());
    return builder.finish();
}

}  // namespace lathe
