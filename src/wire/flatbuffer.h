// FlatBuffers (flatbuffers.dev, "FlatBuffer Internals"): the container of LiteRT's and ExecuTorch's files. Tables are
// spoken of by the numbers of their fields ("slots", in the order of the schema; a union takes two, its type first).
//
// Little-endian throughout. At byte 0 lies the u32 offset of the root table, at byte 4 a four-letter identifier. A table
// begins with the i32 distance back to its vtable: u16 size of the vtable, u16 size of the table, then for each slot the
// u16 place of the field in the table, 0 when it is absent. Offsets of tables, vectors and strings are u32, counted
// forward from where they stand; a vector is a u32 count and its elements.
#pragma once
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "wire/little_endian.h"
#include "wire/pieces.h"

namespace lathe::wire {

// ---- reading

template <class T>
class FlatVector;

// A table inside a file. Every access is checked against the file's bounds and the vtable: bytes from outside give errors,
// never reads beyond the end. The bytes must outlive it.
class FlatTable {
public:
    // The root table. Errors: another identifier, offsets beyond the end. An empty identifier is not looked at.
    static Result<FlatTable> root(ByteSpan file, std::string_view identifier);
    // The table at `position`. Errors: it or its vtable does not lie in the file.
    static Result<FlatTable> at(ByteSpan file, uint64_t position);

    bool has(int slot) const { return field(slot) != 0; }
    // The number in a slot, `absent` when it is not there (FlatBuffers leaves out what equals its default), also when the
    // field would leave the table.
    template <class T>
    T number(int slot, T absent = {}) const {
        const uint16_t offset = field(slot);
        if (offset == 0 || size_t{offset} + sizeof(T) > table_bytes_) return absent;
        T value;
        std::memcpy(&value, file_.data() + position_ + offset, sizeof(T));
        return value;
    }
    bool flag(int slot, bool absent = false) const { return number<uint8_t>(slot, absent) != 0; }
    // Tables, vectors and strings. Absent ones: nothing, or empty. Errors: they do not lie in the file.
    Result<std::optional<FlatTable>> table(int slot) const;
    template <class T>
    Result<FlatVector<T>> vector(int slot) const;
    Result<std::vector<FlatTable>> tables(int slot) const;
    Result<std::string_view> text(int slot) const;
    size_t position() const { return position_; }

private:
    FlatTable(ByteSpan file, size_t position, size_t vtable, size_t vtable_bytes, size_t table_bytes)
        : file_(file),
          position_(position),
          vtable_(vtable),
          vtable_bytes_(vtable_bytes),
          table_bytes_(table_bytes) {}
    uint16_t field(int slot) const;
    Result<uint64_t> target(int slot) const;  // of the offset in a slot; 0: absent
    Result<ByteSpan> elements(int slot, size_t element_bytes) const;

    ByteSpan file_;
    size_t position_, vtable_, vtable_bytes_, table_bytes_;
};

// Numbers in a file, at any address.
template <class T>
class FlatVector {
public:
    FlatVector() = default;
    explicit FlatVector(ByteSpan bytes) : bytes_(bytes) {}
    size_t size() const { return bytes_.size() / sizeof(T); }
    bool empty() const { return bytes_.empty(); }
    T operator[](size_t i) const { return load_le<T>(bytes_, i * sizeof(T)); }
    ByteSpan bytes() const { return bytes_; }

private:
    ByteSpan bytes_;
};

template <class T>
Result<FlatVector<T>> FlatTable::vector(int slot) const {
    TRY(const ByteSpan bytes, elements(slot, sizeof(T)));
    return FlatVector<T>(bytes);
}

// ---- writing

// What a table holds in one slot.
struct FlatField {
    int slot;
    uint8_t size_bytes;  // of the number; 0: an offset to `object`
    uint64_t bits = 0;
    size_t object = 0;
};
template <class T>
FlatField flat_number(int slot, T value) {
    static_assert(std::is_arithmetic_v<T> && sizeof(T) <= 8);
    FlatField field{.slot = slot, .size_bytes = sizeof(T)};
    std::memcpy(&field.bits, &value, sizeof(T));
    return field;
}
inline FlatField flat_object(int slot, size_t object) {
    return {.slot = slot, .size_bytes = 0, .object = object};
}

// Bytes of a format's own between the identifier and the first object. `make` is given the size of the whole buffer.
struct FlatHeader {
    size_t size_bytes = 0;
    std::function<std::string(uint64_t buffer_bytes)> make = nullptr;
};

// Puts a FlatBuffer together. Objects are made from the leaves up, each call returning a number for it, and laid out
// with the root first when all are known; long vectors of bytes are borrowed or made when they are written.
class FlatBuilder {
public:
    size_t text(std::string_view text);
    template <class T>
    size_t numbers(const std::vector<T>& values) {
        static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
        std::string bytes;
        for (const T value : values) store_le(bytes, value);
        return small(values.size(), sizeof(T), std::move(bytes));
    }
    // A vector of bytes whose first element lies at a multiple of `alignment` (a power of two).
    size_t bytes(SharedBytes bytes, size_t alignment);
    size_t bytes_later(uint64_t size_bytes, MakeBytes make, size_t alignment);
    size_t objects(std::vector<size_t> objects);  // a vector of tables or strings
    size_t table(std::vector<FlatField> fields);

    // The whole buffer. Errors: 2 GB and more, which its offsets do not reach.
    Result<Pieces> finish(size_t root, std::string_view identifier, const FlatHeader& header = {}) const;

private:
    struct Object {
        enum class Kind { kNumbers, kBytes, kObjects, kTable } kind;
        std::string head;  // kNumbers: count, elements, and a text's zero
        SharedBytes bytes;
        MakeBytes make;
        uint64_t size_bytes = 0;  // of kBytes
        size_t alignment = 4;
        size_t lead = 0;  // bytes in front of the one that is aligned
        std::vector<size_t> objects;
        std::vector<FlatField> fields;
    };
    struct Layout;
    size_t small(size_t count, size_t element_bytes, std::string bytes);
    Result<Layout> lay_out(size_t root, size_t header_bytes) const;
    void write_table(const Layout& layout, size_t object, Pieces& out) const;

    std::vector<Object> objects_;
};

}  // namespace lathe::wire
