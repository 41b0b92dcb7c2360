#include <algorithm>

#include "base/check.h"
#include "wire/deflate.h"
#include "wire/little_endian.h"
#include "wire/zip.h"

namespace lathe::wire {
namespace {

constexpr uint64_t kAlignment = 64;
constexpr uint16_t kUtf8Names = 1 << 11;
constexpr uint16_t kDate =
    1 << 5 | 1;  // 1 January 1980, the first that zip knows: equal input gives equal files

uint16_t version_needed(bool zip64) { return zip64 ? 45 : 20; }

// The fields that local and central headers share, from the version on.
void put_common(std::string& out, const ZipEntry& entry, bool zip64, uint64_t packed, uint64_t size) {
    store_le<uint16_t>(out, version_needed(zip64));
    store_le<uint16_t>(out, kUtf8Names);
    store_le<uint16_t>(out, entry.method);
    store_le<uint16_t>(out, 0);  // time
    store_le<uint16_t>(out, kDate);
    store_le<uint32_t>(out, entry.crc);
    store_le<uint32_t>(out, static_cast<uint32_t>(packed));
    store_le<uint32_t>(out, static_cast<uint32_t>(size));
    store_le<uint16_t>(out, static_cast<uint16_t>(entry.name.size()));
}

}  // namespace

// A local header that uses zip64 must have both sizes; the directory only what does not fit, sizes before the offset.
std::string ZipWriter::zip64_extra(const ZipEntry& entry, bool local) const {
    const bool sizes = std::max(entry.size_bytes, entry.packed_bytes) >= zip64_from_;
    const bool offset = !local && entry.header_offset >= zip64_from_;
    std::string extra;
    if (!sizes && !offset) return extra;
    store_le<uint16_t>(extra, 1);
    store_le<uint16_t>(extra, static_cast<uint16_t>((sizes ? 16 : 0) + (offset ? 8 : 0)));
    if (sizes) store_le<uint64_t>(extra, entry.size_bytes);
    if (sizes) store_le<uint64_t>(extra, entry.packed_bytes);
    if (offset) store_le<uint64_t>(extra, entry.header_offset);
    return extra;
}

Status ZipWriter::add_header(ZipEntry entry) {
    if (!names_.insert(entry.name).second) return fail("two zip entries are named '{}'", entry.name);
    CHECK(entry.name.size() < 65536);
    entry.header_offset = pieces_.size_bytes();
    std::string extra = zip64_extra(entry, true);
    const bool zip64 = !extra.empty();
    if (entry.method == 0) {
        const uint64_t data = entry.header_offset + 30 + entry.name.size() + extra.size() + 4;
        const auto padding = static_cast<uint16_t>((kAlignment - data % kAlignment) % kAlignment);
        extra += "FB";
        store_le<uint16_t>(extra, padding);
        extra.append(padding, 'Z');
    }
    std::string header;
    store_le<uint32_t>(header, 0x04034b50);
    put_common(header, entry, zip64, zip64 ? 0xffffffff : entry.packed_bytes,
               zip64 ? 0xffffffff : entry.size_bytes);
    store_le<uint16_t>(header, static_cast<uint16_t>(extra.size()));
    header += entry.name;
    header += extra;
    entries_.push_back(std::move(entry));
    pieces_.copy(header);
    return {};
}

Status ZipWriter::add(std::string_view name, Pieces&& content) {
    ZipEntry entry{
        .name = std::string(name), .packed_bytes = content.size_bytes(), .size_bytes = content.size_bytes()};
    TRY_STATUS(content.for_each([&](ByteSpan bytes) -> Status {
        entry.crc = crc32(bytes, entry.crc);
        return {};
    }));
    TRY_STATUS(add_header(std::move(entry)));
    pieces_.append(std::move(content));
    return {};
}

Status ZipWriter::add(std::string_view name, std::string_view content) {
    Pieces pieces;
    pieces.copy(content);
    return add(name, std::move(pieces));
}

Status ZipWriter::add_deflated(std::string_view name, ByteSpan content) {
    std::vector<std::byte> packed = deflate(content, Wrap::kRaw);
    TRY_STATUS(add_header({.name = std::string(name),
                           .packed_bytes = packed.size(),
                           .size_bytes = content.size(),
                           .crc = crc32(content),
                           .method = 8}));
    pieces_.borrow(SharedBytes::from_vector(std::move(packed)));
    return {};
}

Pieces ZipWriter::finish() {
    const uint64_t start = pieces_.size_bytes();
    for (const ZipEntry& entry : entries_) {
        const std::string extra = zip64_extra(entry, false);
        const bool sizes = std::max(entry.size_bytes, entry.packed_bytes) >= zip64_from_;
        const bool offset = entry.header_offset >= zip64_from_;
        std::string out;
        store_le<uint32_t>(out, 0x02014b50);
        store_le<uint16_t>(out, version_needed(!extra.empty()));
        put_common(out, entry, !extra.empty(), sizes ? 0xffffffff : entry.packed_bytes,
                   sizes ? 0xffffffff : entry.size_bytes);
        store_le<uint16_t>(out, static_cast<uint16_t>(extra.size()));
        store_le<uint16_t>(out, 0);  // comment
        store_le<uint16_t>(out, 0);  // part
        store_le<uint16_t>(out, 0);  // attributes
        store_le<uint32_t>(out, 0);
        store_le<uint32_t>(out, static_cast<uint32_t>(offset ? 0xffffffff : entry.header_offset));
        pieces_.copy(out + entry.name + extra);
    }
    const uint64_t size = pieces_.size_bytes() - start, count = entries_.size();
    std::string out;
    if (count >= 0xffff || start >= zip64_from_ || size >= zip64_from_) {
        const uint64_t end64 = pieces_.size_bytes();
        store_le<uint32_t>(out, 0x06064b50);
        store_le<uint64_t>(out, 44);  // bytes that follow
        store_le<uint16_t>(out, 45);
        store_le<uint16_t>(out, 45);
        store_le<uint64_t>(out, 0);  // this part, the directory's part
        for (const uint64_t value : {count, count, size, start}) store_le(out, value);
        store_le<uint32_t>(out, 0x07064b50);
        store_le<uint32_t>(out, 0);
        store_le(out, end64);
        store_le<uint32_t>(out, 1);  // parts
    }
    store_le<uint32_t>(out, 0x06054b50);
    store_le<uint32_t>(out, 0);
    for (int i = 0; i < 2; ++i)
        store_le<uint16_t>(out, static_cast<uint16_t>(std::min<uint64_t>(count, 0xffff)));
    for (const uint64_t value : {size, start})
        store_le<uint32_t>(out, static_cast<uint32_t>(value >= zip64_from_ ? 0xffffffff : value));
    store_le<uint16_t>(out, 0);  // comment
    pieces_.copy(out);
    return std::move(pieces_);
}

}  // namespace lathe::wire
