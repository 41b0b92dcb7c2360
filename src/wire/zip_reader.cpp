#include <algorithm>
#include <limits>
#include <numeric>

#include "base/text.h"
#include "wire/deflate.h"
#include "wire/little_endian.h"
#include "wire/zip.h"

namespace lathe::wire {
namespace {

constexpr uint32_t kLocalSignature = 0x04034b50, kCentralSignature = 0x02014b50, kEndSignature = 0x06054b50;
constexpr uint32_t kEnd64Signature = 0x06064b50, kLocator64Signature = 0x07064b50;
constexpr size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kEnd64Size = 56, kLocator64Size = 20;
constexpr size_t kLargestComment = 65535;

struct Directory {
    uint64_t offset = 0, size = 0, entries = 0;
};

bool signature_at(ByteSpan file, uint64_t offset, uint32_t signature, size_t size) {
    return offset <= file.size() && size <= file.size() - offset &&
           load_le<uint32_t>(file, static_cast<size_t>(offset)) == signature;
}

// The record at the very end, found from behind because a comment may follow it.
std::optional<size_t> find_end(ByteSpan file) {
    if (file.size() < kEndSize) return std::nullopt;
    const size_t last = file.size() - kEndSize;
    for (size_t back = 0; back <= std::min(last, kLargestComment); ++back) {
        const size_t at = last - back;
        if (load_le<uint32_t>(file, at) == kEndSignature && load_le<uint16_t>(file, at + 20) == back)
            return at;
    }
    return std::nullopt;
}

Result<Directory> find_directory(ByteSpan file) {
    const auto end = find_end(file);
    if (!end) return fail("no zip directory at the end; the file is cut off or no zip archive");
    const size_t at = *end;
    if (load_le<uint16_t>(file, at + 4) != load_le<uint16_t>(file, at + 6))
        return fail("the zip archive has several parts, expected one");
    Directory directory{.offset = load_le<uint32_t>(file, at + 16),
                        .size = load_le<uint32_t>(file, at + 12),
                        .entries = load_le<uint16_t>(file, at + 10)};
    uint64_t limit = at;
    if (at >= kLocator64Size && load_le<uint32_t>(file, at - kLocator64Size) == kLocator64Signature) {
        const auto at64 = load_le<uint64_t>(file, at - kLocator64Size + 8);
        if (!signature_at(file.first(at), at64, kEnd64Signature, kEnd64Size))
            return fail("the zip64 directory end is not at byte {} as its locator says", at64);
        const auto position = static_cast<size_t>(at64);
        directory = {.offset = load_le<uint64_t>(file, position + 48),
                     .size = load_le<uint64_t>(file, position + 40),
                     .entries = load_le<uint64_t>(file, position + 32)};
        limit = at64;
    }
    if (directory.offset > limit || directory.size > limit - directory.offset)
        return fail("the zip directory (bytes {} + {}) lies outside the {} bytes before its end record",
                    directory.offset, directory.size, limit);
    return directory;
}

// Replaces the fields that say "see zip64" by the numbers of the extra field, which come in this order.
Status apply_zip64(ZipEntry& entry, ByteSpan extra) {
    uint64_t* const fields[] = {&entry.size_bytes, &entry.packed_bytes, &entry.header_offset};
    while (extra.size() >= 4) {
        const auto id = load_le<uint16_t>(extra), size = load_le<uint16_t>(extra, 2);
        if (size > extra.size() - 4) break;  // some writers pad with less than a field
        ByteSpan content = extra.subspan(4, size);
        extra = extra.subspan(4u + size);
        if (id != 1) continue;
        for (uint64_t* const field : fields) {
            if (*field != 0xffffffff) continue;
            if (content.size() < 8)
                return fail("the zip64 field of '{}' is too short", printable(entry.name));
            *field = load_le<uint64_t>(content);
            content = content.subspan(8);
        }
        return {};
    }
    return {};
}

}  // namespace

bool looks_like_zip(ByteSpan head) {
    return signature_at(head, 0, kLocalSignature, kLocalSize) ||
           signature_at(head, 0, kEndSignature, kEndSize);
}

Result<ZipArchive> ZipArchive::open(SharedBytes file) {
    ZipArchive archive;
    archive.file_ = std::move(file);
    const ByteSpan all = archive.file_.bytes();
    TRY(const Directory directory, find_directory(all));
    const ByteSpan list =
        all.subspan(static_cast<size_t>(directory.offset), static_cast<size_t>(directory.size));
    if (directory.entries > list.size() / kCentralSize)
        return fail("the zip directory of {} bytes claims {} entries", list.size(), directory.entries);
    archive.entries_.reserve(static_cast<size_t>(directory.entries));
    size_t at = 0;
    for (uint64_t i = 0; i < directory.entries; ++i) {
        if (!signature_at(list, at, kCentralSignature, kCentralSize))
            return fail("zip directory entry {} of {} is damaged", i, directory.entries);
        const size_t name = load_le<uint16_t>(list, at + 28), extra = load_le<uint16_t>(list, at + 30),
                     comment = load_le<uint16_t>(list, at + 32);
        if (name + extra + comment > list.size() - at - kCentralSize)
            return fail("zip directory entry {} of {} is cut off", i, directory.entries);
        ZipEntry entry{.name = std::string(as_text(list.subspan(at + kCentralSize, name))),
                       .header_offset = load_le<uint32_t>(list, at + 42),
                       .end_limit = directory.offset,
                       .packed_bytes = load_le<uint32_t>(list, at + 20),
                       .size_bytes = load_le<uint32_t>(list, at + 24),
                       .crc = load_le<uint32_t>(list, at + 16),
                       .method = load_le<uint16_t>(list, at + 10),
                       .flags = load_le<uint16_t>(list, at + 8)};
        TRY_STATUS(apply_zip64(entry, list.subspan(at + kCentralSize + name, extra)));
        archive.entries_.push_back(std::move(entry));
        at += kCentralSize + name + extra + comment;
    }
    TRY_STATUS(archive.check_layout());
    return archive;
}

Status ZipArchive::check_layout() {
    std::vector<uint32_t> order(entries_.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::sort(order, {}, [&](uint32_t i) { return entries_[i].header_offset; });
    for (size_t k = 0; k < order.size(); ++k) {
        ZipEntry& entry = entries_[order[k]];
        if (k + 1 < order.size())
            entry.end_limit = std::min(entry.end_limit, entries_[order[k + 1]].header_offset);
        const uint64_t room = entry.end_limit - std::min(entry.end_limit, entry.header_offset);
        const uint64_t header = kLocalSize + entry.name.size();
        if (room < header || entry.packed_bytes > room - header)
            return fail("zip entry '{}' has {} bytes at offset {}, but the next thing begins at byte {}",
                        printable(entry.name), entry.packed_bytes, entry.header_offset, entry.end_limit);
    }
    std::ranges::sort(order, {}, [&](uint32_t i) -> const std::string& { return entries_[i].name; });
    for (size_t k = 1; k < order.size(); ++k)
        if (entries_[order[k]].name == entries_[order[k - 1]].name)
            return fail("two zip entries are named '{}'", printable(entries_[order[k]].name));
    by_name_ = std::move(order);
    return {};
}

const ZipEntry* ZipArchive::find(std::string_view name) const {
    const auto name_at = [&](uint32_t i) -> std::string_view { return entries_[i].name; };
    const auto it = std::ranges::lower_bound(by_name_, name, {}, name_at);
    return it != by_name_.end() && entries_[*it].name == name ? &entries_[*it] : nullptr;
}

Result<SharedBytes> ZipArchive::packed(const ZipEntry& entry) const {
    const ByteSpan all = file_.bytes();
    const std::string name = printable(entry.name);
    if (!signature_at(all, entry.header_offset, kLocalSignature, kLocalSize))
        return fail("zip entry '{}' does not begin at byte {} as the directory says", name,
                    entry.header_offset);
    const auto at = static_cast<size_t>(entry.header_offset);
    const size_t name_size = load_le<uint16_t>(all, at + 26), extra = load_le<uint16_t>(all, at + 28);
    const uint64_t room =
        entry.end_limit - entry.header_offset - kLocalSize;  // checked at opening: not negative
    if (name_size + extra > room || entry.packed_bytes > room - name_size - extra)
        return fail("zip entry '{}' of {} bytes runs into what begins at byte {}", name, entry.packed_bytes,
                    entry.end_limit);
    if (as_text(all.subspan(at + kLocalSize, name_size)) != entry.name)
        return fail("zip entry '{}' has another name in front of its data", name);
    if ((entry.flags & 1) != 0) return fail("zip entry '{}' is encrypted; save it without a password", name);
    return file_.slice(at + kLocalSize + name_size + extra, static_cast<size_t>(entry.packed_bytes));
}

Result<SharedBytes> ZipArchive::read(const ZipEntry& entry, uint64_t limit_bytes) const {
    TRY(SharedBytes bytes, packed(entry));
    const std::string name = printable(entry.name);
    if (entry.method == 0) {
        if (entry.packed_bytes != entry.size_bytes)
            return fail("stored zip entry '{}' has {} bytes but claims {}", name, entry.packed_bytes,
                        entry.size_bytes);
        return bytes;
    }
    if (entry.method != 8)
        return fail("zip entry '{}' is compressed by method {}, expected 0 (stored) or 8 (deflated)", name,
                    entry.method);
    if (entry.size_bytes > limit_bytes)
        return fail("zip entry '{}' unpacks to {} bytes, more than the {} that are allowed", name,
                    entry.size_bytes, limit_bytes);
    TRY(SharedBytes unpacked,
        with_place(inflate_exactly(bytes, Wrap::kRaw, entry.size_bytes), "zip entry '" + name + "'"));
    if (crc32(unpacked.bytes()) != entry.crc)
        return fail("zip entry '{}' does not have its checksum; it is damaged", name);
    return unpacked;
}

uint64_t ZipArchive::unpacked_bytes() const {
    uint64_t total = 0;
    for (const ZipEntry& entry : entries_)
        if (entry.method != 0)
            total += std::min(entry.size_bytes, std::numeric_limits<uint64_t>::max() - total);
    return total;
}

Status ZipArchive::verify(const ZipEntry& entry, uint64_t limit_bytes) const {
    TRY(const SharedBytes bytes, read(entry, limit_bytes));
    if (crc32(bytes.bytes()) != entry.crc)
        return fail("zip entry '{}' does not have its checksum; it is damaged", printable(entry.name));
    return {};
}

}  // namespace lathe::wire
