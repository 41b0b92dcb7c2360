#include "wire/protobuf.h"

#include <bit>
#include <cstring>

#include "base/check.h"

namespace lathe::wire {
namespace {

constexpr int kMaxDepth = 100;

// Little-endian bytes to a number.
uint64_t load(ByteSpan bytes) {
    uint64_t value = 0;
    for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | std::to_integer<uint64_t>(bytes[i]);
    return value;
}

// Reads a varint at `at`, moving it behind. Errors: cut off, more than 64 bits.
Result<uint64_t> read_varint(ByteSpan bytes, size_t& at, uint64_t offset) {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (at >= bytes.size()) return fail("a varint is cut off at byte {}", offset + at);
        const auto next = std::to_integer<uint64_t>(bytes[at++]);
        if (shift == 63 && next > 1) break;
        value |= (next & 0x7f) << shift;
        if (next < 0x80) return value;
    }
    return fail("a varint of more than 64 bits ends at byte {}", offset + at);
}

}  // namespace

Result<bool> ProtoReader::next(ProtoField& field) {
    if (at_end()) return false;
    TRY(const uint64_t tag, read_varint(message_, at_, offset_));
    const uint64_t number = tag >> 3;
    if (number == 0 || number >= (uint64_t{1} << 29))
        return fail("field number {} at byte {}, expected 1 to 536870911", number, offset_ + at_);
    field = {
        .number = static_cast<uint32_t>(number), .type = static_cast<ProtoType>(tag & 7), .depth = depth_};
    const size_t left = message_.size() - at_;
    size_t size = 0;
    switch (tag & 7) {
        case 0: {
            field.offset = offset_ + at_;
            TRY(field.value, read_varint(message_, at_, offset_));
            return true;
        }
        case 1: size = 8; break;
        case 5: size = 4; break;
        case 2: {
            TRY(const uint64_t length, read_varint(message_, at_, offset_));
            if (length > message_.size() - at_)
                return fail("field {} at byte {} claims {} bytes, but its message has only {} left", number,
                            offset_ + at_, length, message_.size() - at_);
            size = static_cast<size_t>(length);
            break;
        }
        default:
            return fail("field {} at byte {} has wire type {}, expected 0, 1, 2 or 5", number, offset_ + at_,
                        tag & 7);
    }
    if (field.type != ProtoType::kBytes && size > left)
        return fail("field {} at byte {} is cut off: {} of {} bytes are there", number, offset_ + at_, left,
                    size);
    field.offset = offset_ + at_;
    const ByteSpan content = message_.subspan(at_, size);
    if (field.type == ProtoType::kBytes) field.bytes = content;
    else field.value = load(content);
    at_ += size;
    return true;
}

std::unexpected<Error> ProtoField::wrong_type(std::string_view expected) const {
    return fail("field {} at byte {} has wire type {}, expected {}", number, offset, static_cast<int>(type),
                expected);
}

Result<uint64_t> ProtoField::as_uint64() const {
    if (type != ProtoType::kVarint) return wrong_type("a varint (0)");
    return value;
}

Result<int64_t> ProtoField::as_int64() const {
    TRY(const uint64_t bits, as_uint64());
    return static_cast<int64_t>(bits);
}

Result<int32_t> ProtoField::as_int32() const {
    TRY(const uint64_t bits, as_uint64());
    return static_cast<int32_t>(static_cast<uint32_t>(bits));
}

Result<int64_t> ProtoField::as_sint64() const {
    TRY(const uint64_t bits, as_uint64());
    return static_cast<int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
}

Result<bool> ProtoField::as_bool() const {
    TRY(const uint64_t bits, as_uint64());
    return bits != 0;
}

Result<float> ProtoField::as_float() const {
    if (type != ProtoType::kFixed32) return wrong_type("four bytes (5)");
    return std::bit_cast<float>(static_cast<uint32_t>(value));
}

Result<double> ProtoField::as_double() const {
    if (type != ProtoType::kFixed64) return wrong_type("eight bytes (1)");
    return std::bit_cast<double>(value);
}

Result<ByteSpan> ProtoField::as_bytes() const {
    if (type != ProtoType::kBytes) return wrong_type("a length and bytes (2)");
    return bytes;
}

Result<std::string_view> ProtoField::as_text() const {
    TRY(const ByteSpan content, as_bytes());
    return lathe::as_text(content);
}

Result<ProtoReader> ProtoField::as_message() const {
    TRY(const ByteSpan content, as_bytes());
    if (depth + 1 >= kMaxDepth)
        return fail("messages are nested deeper than {} levels at byte {}", kMaxDepth, offset);
    return ProtoReader(content, offset, depth + 1);
}

template <class T>
Status ProtoField::append_varints(std::vector<T>& values) const {
    if (type == ProtoType::kVarint) {
        values.push_back(static_cast<T>(value));
        return {};
    }
    if (type != ProtoType::kBytes) return wrong_type("a varint (0) or packed varints (2)");
    for (size_t at = 0; at < bytes.size();) {
        TRY(const uint64_t next, read_varint(bytes, at, offset));
        values.push_back(static_cast<T>(next));
    }
    return {};
}

template <class T>
Status ProtoField::append_fixed(std::vector<T>& values, ProtoType unpacked) const {
    if (type == unpacked) {
        if constexpr (sizeof(T) == 4) values.push_back(std::bit_cast<T>(static_cast<uint32_t>(value)));
        else values.push_back(std::bit_cast<T>(value));
        return {};
    }
    if (type != ProtoType::kBytes) return wrong_type("packed numbers (2)");
    if (bytes.size() % sizeof(T) != 0)
        return fail("field {} at byte {} has {} bytes, no multiple of {}", number, offset, bytes.size(),
                    sizeof(T));
    const size_t before = values.size();
    values.resize(before + bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(values.data() + before, bytes.data(), bytes.size());
    return {};
}

Status ProtoField::append_to(std::vector<int64_t>& values) const { return append_varints(values); }
Status ProtoField::append_to(std::vector<int32_t>& values) const { return append_varints(values); }
Status ProtoField::append_to(std::vector<uint64_t>& values) const { return append_varints(values); }
Status ProtoField::append_to(std::vector<float>& values) const {
    return append_fixed(values, ProtoType::kFixed32);
}
Status ProtoField::append_to(std::vector<double>& values) const {
    return append_fixed(values, ProtoType::kFixed64);
}

}  // namespace lathe::wire
