#include <bit>

#include "base/check.h"
#include "wire/protobuf.h"

namespace lathe::wire {
namespace {

size_t varint_size(uint64_t value) {
    size_t size = 1;
    for (; value >= 0x80; value >>= 7) ++size;
    return size;
}

// A negative int32 is written as ten bytes, sign-extended to 64 bits.
uint64_t extended(int32_t value) { return static_cast<uint64_t>(static_cast<int64_t>(value)); }
uint64_t extended(int64_t value) { return static_cast<uint64_t>(value); }
uint64_t extended(uint64_t value) { return value; }

}  // namespace

void ProtoWriter::varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) pieces_.byte(static_cast<uint8_t>(value | 0x80));
    pieces_.byte(static_cast<uint8_t>(value));
}

void ProtoWriter::tag(uint32_t field, ProtoType type) {
    CHECK(field > 0 && field < (1u << 29));
    varint(uint64_t{field} << 3 | static_cast<uint64_t>(type));
}

void ProtoWriter::length(uint32_t field, uint64_t size_bytes) {
    tag(field, ProtoType::kBytes);
    varint(size_bytes);
}

void ProtoWriter::uint64(uint32_t field, uint64_t value) {
    tag(field, ProtoType::kVarint);
    varint(value);
}

void ProtoWriter::sint64(uint32_t field, int64_t value) {
    uint64(field, static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
}

void ProtoWriter::float32(uint32_t field, float value) {
    tag(field, ProtoType::kFixed32);
    pieces_.copy(std::as_bytes(std::span(&value, 1)));
}

void ProtoWriter::float64(uint32_t field, double value) {
    tag(field, ProtoType::kFixed64);
    pieces_.copy(std::as_bytes(std::span(&value, 1)));
}

void ProtoWriter::text(uint32_t field, std::string_view value) { bytes(field, as_bytes(value)); }

void ProtoWriter::bytes(uint32_t field, ByteSpan value) {
    length(field, value.size());
    pieces_.copy(value);
}

void ProtoWriter::bytes(uint32_t field, SharedBytes value) {
    length(field, value.size());
    pieces_.borrow(std::move(value));
}

void ProtoWriter::bytes(uint32_t field, Pieces&& value) {
    length(field, value.size_bytes());
    pieces_.append(std::move(value));
}

void ProtoWriter::bytes_later(uint32_t field, uint64_t size_bytes, MakeBytes make) {
    length(field, size_bytes);
    pieces_.make_later(size_bytes, std::move(make));
}

void ProtoWriter::message(uint32_t field, ProtoWriter&& value) { bytes(field, std::move(value).take()); }

template <class T>
void ProtoWriter::packed_varints(uint32_t field, std::span<const T> values) {
    if (values.empty()) return;
    uint64_t size = 0;
    for (const T value : values) size += varint_size(extended(value));
    length(field, size);
    for (const T value : values) varint(extended(value));
}

template <class T>
void ProtoWriter::packed_fixed(uint32_t field, std::span<const T> values) {
    if (values.empty()) return;
    bytes(field, std::as_bytes(values));
}

void ProtoWriter::packed(uint32_t field, std::span<const int64_t> values) { packed_varints(field, values); }
void ProtoWriter::packed(uint32_t field, std::span<const int32_t> values) { packed_varints(field, values); }
void ProtoWriter::packed(uint32_t field, std::span<const uint64_t> values) { packed_varints(field, values); }
void ProtoWriter::packed(uint32_t field, std::span<const float> values) { packed_fixed(field, values); }
void ProtoWriter::packed(uint32_t field, std::span<const double> values) { packed_fixed(field, values); }

}  // namespace lathe::wire
