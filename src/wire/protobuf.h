// The protobuf wire format, without schemas: the caller knows the field numbers. Source: Protocol Buffers documentation,
// "Encoding". Groups (wire types 3 and 4) are refused; nothing that is modern writes them.
//
//   ProtoReader reader(file.bytes());
//   ProtoField field;
//   while (true) {
//       TRY(const bool more, reader.next(field));
//       if (!more) break;
//       if (field.number == 1) { TRY(version, field.as_int64()); }
//       if (field.number == 7) { TRY(ProtoReader graph, field.as_message()); … }
//   }
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "wire/pieces.h"

namespace lathe::wire {

enum class ProtoType : uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

class ProtoReader;

// One field as met. Accessors fail, naming the field and its place, when its wire type is not what they need.
struct ProtoField {
    uint32_t number = 0;
    ProtoType type = ProtoType::kVarint;
    uint64_t value = 0;  // kVarint, kFixed64, kFixed32
    ByteSpan bytes;  // kBytes: a view of the message
    uint64_t offset =
        0;  // of the value's first byte, from the start of the outermost message: for slices and errors
    int depth = 0;

    Result<uint64_t> as_uint64() const;
    Result<int64_t> as_int64() const;  // int64, int32, enum: two's complement
    Result<int32_t> as_int32() const;  // the low 32 bits, as every protobuf reader does
    Result<int64_t> as_sint64() const;  // zigzag
    Result<bool> as_bool() const;
    Result<float> as_float() const;
    Result<double> as_double() const;
    Result<ByteSpan> as_bytes() const;
    Result<std::string_view> as_text() const;  // not checked to be UTF-8
    Result<ProtoReader> as_message() const;  // fails below 100 levels of messages
    // Repeated numbers: appends the one value of an unpacked field, or all of a packed one.
    Status append_to(std::vector<int64_t>& values) const;
    Status append_to(std::vector<int32_t>& values) const;
    Status append_to(std::vector<uint64_t>& values) const;
    Status append_to(std::vector<float>& values) const;
    Status append_to(std::vector<double>& values) const;

private:
    template <class T>
    Status append_varints(std::vector<T>& values) const;
    template <class T>
    Status append_fixed(std::vector<T>& values, ProtoType unpacked) const;
    std::unexpected<Error> wrong_type(std::string_view expected) const;
};

class ProtoReader {
public:
    ProtoReader() = default;
    explicit ProtoReader(ByteSpan message, uint64_t offset = 0, int depth = 0)
        : message_(message), offset_(offset), depth_(depth) {}
    // The next field, or false at the end. Errors: cut off, a group, field number 0, a varint above 64 bits.
    Result<bool> next(ProtoField& field);
    bool at_end() const { return at_ == message_.size(); }

private:
    ByteSpan message_;
    uint64_t offset_ = 0;
    int depth_ = 0;
    size_t at_ = 0;
};

// A message being written. Lengths are right because an inner message is complete before it is put into the outer one;
// large contents are borrowed or made later (see Pieces), so nothing large is copied.
class ProtoWriter {
public:
    void uint64(uint32_t field, uint64_t value);
    void int64(uint32_t field, int64_t value) { uint64(field, static_cast<uint64_t>(value)); }
    void sint64(uint32_t field, int64_t value);
    void boolean(uint32_t field, bool value) { uint64(field, value ? 1 : 0); }
    void float32(uint32_t field, float value);
    void float64(uint32_t field, double value);
    void text(uint32_t field, std::string_view value);
    void bytes(uint32_t field, ByteSpan value);  // copied
    void bytes(uint32_t field, SharedBytes value);  // borrowed
    void bytes(uint32_t field, Pieces&& value);
    void bytes_later(uint32_t field, uint64_t size_bytes, MakeBytes make);
    void message(uint32_t field, ProtoWriter&& value);
    // Packed repeated numbers; an empty list writes nothing.
    void packed(uint32_t field, std::span<const int64_t> values);
    void packed(uint32_t field, std::span<const int32_t> values);
    void packed(uint32_t field, std::span<const uint64_t> values);
    void packed(uint32_t field, std::span<const float> values);
    void packed(uint32_t field, std::span<const double> values);

    uint64_t size_bytes() const { return pieces_.size_bytes(); }
    const Pieces& pieces() const { return pieces_; }
    Pieces take() && { return std::move(pieces_); }

private:
    void varint(uint64_t value);
    void tag(uint32_t field, ProtoType type);
    void length(uint32_t field, uint64_t size_bytes);
    template <class T>
    void packed_varints(uint32_t field, std::span<const T> values);
    template <class T>
    void packed_fixed(uint32_t field, std::span<const T> values);

    Pieces pieces_;
};

}  // namespace lathe::wire
