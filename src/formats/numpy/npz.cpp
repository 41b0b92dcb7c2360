#include "formats/numpy/npz.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "formats/numpy/npy.h"
#include "wire/zip.h"

namespace lathe::formats {
namespace {

constexpr uint64_t kAlwaysAllowed = uint64_t{1} << 30;
constexpr uint64_t kAllowedRatio = 100;
constexpr std::string_view kExtension = ".npy";

Result<graph::Checkpoint> read_entries(uint64_t limit_bytes, const SharedBytes& file,
                                       const std::string& path) {
    TRY(const wire::ZipArchive archive, wire::ZipArchive::open(file));
    graph::Checkpoint checkpoint{.format = "npz", .path = path};
    checkpoint.metadata = std::make_shared<const Json>(Json::object());
    if (archive.unpacked_bytes() > limit_bytes)
        return fail("the archive unpacks to {} bytes, but {} are allowed; unpack it by another program",
                    archive.unpacked_bytes(), limit_bytes);
    for (const wire::ZipEntry& entry : archive.entries()) {
        if (!entry.name.ends_with(kExtension))
            return fail("the entry '{}' is no .npy file, expected a .npz archive", printable(entry.name));
        TRY(const SharedBytes contents, archive.read(entry, limit_bytes));
        TRY(Tensor tensor, with_place(parse_npy(contents), "'" + printable(entry.name) + "'"));
        checkpoint.tensors.push_back(
            {entry.name.substr(0, entry.name.size() - kExtension.size()), std::move(tensor)});
    }
    return checkpoint;
}

}  // namespace

Match match_npz(ByteSpan file, std::string_view path) {
    if (!wire::looks_like_zip(file)) return Match::kNo;
    const auto archive = wire::ZipArchive::open(SharedBytes(nullptr, file));
    if (!archive) return path.ends_with(".npz") ? Match::kPossible : Match::kNo;
    const auto entries = archive->entries();
    if (entries.empty()) return path.ends_with(".npz") ? Match::kCertain : Match::kPossible;
    const auto is_npy = [](const wire::ZipEntry& entry) { return entry.name.ends_with(kExtension); };
    return std::ranges::all_of(entries, is_npy) ? Match::kCertain : Match::kNo;
}

Result<graph::Checkpoint> read_npz(const SharedBytes& file, const std::string& path) {
    return read_npz_within(std::max(kAlwaysAllowed, file.size() * kAllowedRatio), file, path);
}

Result<graph::Checkpoint> read_npz_within(uint64_t limit_bytes, const SharedBytes& file,
                                          const std::string& path) {
    return with_place(read_entries(limit_bytes, file, path), path);
}

Status write_npz(const std::string& path, std::span<const graph::NamedTensor> tensors, NpzPacking packing) {
    wire::ZipWriter zip;
    for (const graph::NamedTensor& named : tensors) {
        const std::string place = format("{}: '{}'", path, printable(named.name));
        TRY(wire::Pieces pieces, with_place(npy_pieces(named.tensor), place));
        const std::string name = named.name + std::string(kExtension);
        if (packing == NpzPacking::kStored) {
            TRY_STATUS(with_place(zip.add(name, std::move(pieces)), place));
        } else {
            TRY(const std::vector<std::byte> contents, pieces.to_vector());
            TRY_STATUS(with_place(zip.add_deflated(name, contents), place));
        }
    }
    TRY(OutputFile file, OutputFile::create(path));
    TRY_STATUS(zip.finish().write_to(file));
    return file.commit();
}

}  // namespace lathe::formats
