// Zip archives, read and written. Source: PKWARE's APPNOTE.TXT 6.3. Stored and deflated entries and zip64; no
// encryption, no archives in several parts.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "wire/pieces.h"

namespace lathe::wire {

struct ZipEntry {
    std::string name;
    uint64_t header_offset = 0;  // of the local header
    uint64_t end_limit =
        0;  // where the next entry or the directory begins: the data ends there at the latest
    uint64_t packed_bytes = 0;
    uint64_t size_bytes = 0;
    uint32_t crc = 0;
    uint16_t method = 0;  // 0 stored, 8 deflated
    uint16_t flags = 0;
};

bool looks_like_zip(ByteSpan head);  // begins with a local header, or is an empty archive

class ZipArchive {
public:
    // Reads the directory at the file's end; the entries' own bytes are not touched. Errors: no or a damaged
    // directory, entries outside the file or over each other, two entries of one name.
    static Result<ZipArchive> open(SharedBytes file);

    std::span<const ZipEntry> entries() const { return entries_; }  // in the directory's order
    const ZipEntry* find(std::string_view name) const;  // nullptr when there is none
    // The contents. Stored entries are slices of the file and their checksum is not looked at (see verify); deflated
    // ones are unpacked and checked, and refused when they have more than `limit_bytes`.
    Result<SharedBytes> read(const ZipEntry& entry, uint64_t limit_bytes) const;
    // What all deflated entries claim to unpack to, together: compare it with a limit before reading many.
    uint64_t unpacked_bytes() const;
    // Compares the contents with the checksum in the directory. Reads all of them.
    Status verify(const ZipEntry& entry, uint64_t limit_bytes) const;

private:
    Result<SharedBytes> packed(const ZipEntry& entry) const;
    Status check_layout();

    SharedBytes file_;
    std::vector<ZipEntry> entries_;
    std::vector<uint32_t> by_name_;
};

// Lays out an archive, front to back; the contents are borrowed or made later (see Pieces), so that a large archive
// streams when it is written. Every stored entry's data begins at a multiple of 64 bytes, by an extra field "FB" as
// PyTorch writes it, so that readers can map tensors. Equal contents give equal archives.
class ZipWriter {
public:
    // zip64_from: sizes and offsets from this on use zip64; other than the default only to try it on small archives.
    explicit ZipWriter(uint64_t zip64_from = 0xffffffff) : zip64_from_(zip64_from) {}
    // An archive behind other bytes: readers of archives look at a file's end.
    explicit ZipWriter(Pieces before) : zip64_from_(0xffffffff), pieces_(std::move(before)) {}
    // Goes through `content` once for its checksum, so what is made later is made twice. Errors: a name used before,
    // those of makers.
    Status add(std::string_view name, Pieces&& content);
    Status add(std::string_view name, std::string_view content);  // copied
    Status add_deflated(std::string_view name, ByteSpan content);  // the compressed bytes are held
    Pieces finish();  // adds the directory

private:
    Status add_header(ZipEntry entry);
    std::string zip64_extra(const ZipEntry& entry, bool local) const;

    uint64_t zip64_from_;
    Pieces pieces_;
    std::vector<ZipEntry> entries_;
    std::unordered_set<std::string> names_;
};

}  // namespace lathe::wire
