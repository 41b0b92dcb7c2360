// Reading FlatBuffers; flatbuffer_builder.cpp writes them.
#include "wire/flatbuffer.h"

#include "base/format.h"

namespace lathe::wire {
namespace {

constexpr size_t kSmallestVtable = 4;

template <class T>
Result<T> load(ByteSpan file, uint64_t position, std::string_view what) {
    if (position > file.size() || sizeof(T) > file.size() - position)
        return fail("{} at byte {} lies beyond the end of the file ({} bytes)", what, position, file.size());
    return load_le<T>(file, static_cast<size_t>(position));
}

}  // namespace

Result<FlatTable> FlatTable::root(ByteSpan file, std::string_view identifier) {
    if (file.size() < 8) return fail("the file has {} bytes, fewer than a FlatBuffer's header", file.size());
    if (!identifier.empty() && as_text(file.subspan(4, 4)) != identifier)
        return fail("byte 4: expected the identifier '{}'", identifier);
    return at(file, load_le<uint32_t>(file));
}

Result<FlatTable> FlatTable::at(ByteSpan file, uint64_t position) {
    TRY(const int32_t back, load<int32_t>(file, position, "a table"));
    const int64_t vtable = static_cast<int64_t>(position) - back;
    if (vtable < 0) return fail("the table at byte {} has its vtable before the file's begin", position);
    const auto at = static_cast<uint64_t>(vtable);
    TRY(const uint16_t vtable_bytes, load<uint16_t>(file, at, "a vtable"));
    TRY(const uint16_t table_bytes, load<uint16_t>(file, at + 2, "a vtable"));
    if (vtable_bytes < kSmallestVtable || vtable_bytes > file.size() - at)
        return fail("the vtable at byte {} has {} bytes, which do not fit", at, vtable_bytes);
    if (table_bytes < 4 || table_bytes > file.size() - position)
        return fail("the table at byte {} has {} bytes, which do not fit", position, table_bytes);
    return FlatTable(file, static_cast<size_t>(position), static_cast<size_t>(at), vtable_bytes, table_bytes);
}

uint16_t FlatTable::field(int slot) const {
    const size_t entry = kSmallestVtable + size_t{2} * static_cast<size_t>(slot);
    if (entry + 2 > vtable_bytes_) return 0;
    const auto offset = load_le<uint16_t>(file_, vtable_ + entry);
    return offset < table_bytes_ ? offset : 0;
}

Result<uint64_t> FlatTable::target(int slot) const {
    const uint16_t offset = field(slot);
    if (offset == 0) return 0;
    if (size_t{offset} + 4 > table_bytes_)
        return fail("field {} of the table at byte {} leaves the table", slot, position_);
    const uint64_t at = position_ + offset;
    const uint64_t target = at + load_le<uint32_t>(file_, static_cast<size_t>(at));
    if (target == at || target >= file_.size())
        return fail("field {} of the table at byte {} points to byte {}, outside the file ({} bytes)", slot,
                    position_, target, file_.size());
    return target;
}

Result<std::optional<FlatTable>> FlatTable::table(int slot) const {
    TRY(const uint64_t position, target(slot));
    if (position == 0) return std::nullopt;
    TRY(FlatTable found, at(file_, position));
    return found;
}

Result<ByteSpan> FlatTable::elements(int slot, size_t element_bytes) const {
    TRY(const uint64_t position, target(slot));
    if (position == 0) return ByteSpan();
    TRY(const uint32_t count, load<uint32_t>(file_, position, "a vector"));
    const uint64_t bytes = uint64_t{count} * element_bytes, begin = position + 4;
    if (bytes > file_.size() - begin)
        return fail("the vector at byte {} has {} elements of {} bytes, more than the file holds", position,
                    count, element_bytes);
    return file_.subspan(static_cast<size_t>(begin), static_cast<size_t>(bytes));
}

Result<std::vector<FlatTable>> FlatTable::tables(int slot) const {
    TRY(const auto offsets, vector<uint32_t>(slot));
    std::vector<FlatTable> found;
    found.reserve(offsets.size());
    if (offsets.empty()) return found;
    const auto begin = static_cast<uint64_t>(offsets.bytes().data() - file_.data());
    for (size_t i = 0; i < offsets.size(); ++i) {
        TRY(FlatTable one, at(file_, begin + 4 * i + offsets[i]));
        found.push_back(one);
    }
    return found;
}

Result<std::string_view> FlatTable::text(int slot) const {
    TRY(const ByteSpan bytes, elements(slot, 1));
    return as_text(bytes);
}

}  // namespace lathe::wire
