#include "formats/pytorch/archive.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"

namespace lathe::formats::pytorch {
namespace {

constexpr std::string_view kPickleName = "data.pkl";
constexpr int64_t kNewestVersion = 10;  // kMaxSupportedFileFormatVersion of caffe2/serialize/versions.h
constexpr uint64_t kUnpackAlways = uint64_t{1} << 30, kUnpackRatio = 100;

class ArchiveStorages final : public Storages {
public:
    ArchiveStorages(wire::ZipArchive archive, std::string folder, uint64_t limit_bytes)
        : archive_(std::move(archive)), folder_(std::move(folder)), limit_bytes_(limit_bytes) {}

    Result<SharedBytes> find(const StorageId& id) override {
        const std::string name = folder_ + std::string(id.key);
        auto it = found_.find(name);
        if (it == found_.end()) {
            const wire::ZipEntry* entry = archive_.find(name);
            if (entry == nullptr) return fail("its storage '{}' is not in the archive", printable(name));
            TRY(SharedBytes bytes, archive_.read(*entry, limit_bytes_));
            it = found_.emplace(name, std::move(bytes)).first;
        }
        const auto needed = static_cast<uint64_t>(id.count) * static_cast<uint64_t>(id.element_bytes());
        if (it->second.size() < needed)
            return fail("its storage '{}' has {} bytes, expected {}", printable(name), it->second.size(),
                        needed);
        return it->second;
    }

private:
    wire::ZipArchive archive_;
    std::string folder_;
    uint64_t limit_bytes_;
    std::unordered_map<std::string, SharedBytes> found_;
};

// A small text entry, or "" when it is absent.
Result<std::string> text_entry(const wire::ZipArchive& archive, const std::string& name) {
    const wire::ZipEntry* entry = archive.find(name);
    if (entry == nullptr) return std::string();
    TRY(const SharedBytes bytes, archive.read(*entry, 1000));
    return std::string(trim(as_text(bytes.bytes())));
}

Status check_facts(const wire::ZipArchive& archive, const std::string& root) {
    if (is_torchscript(archive))
        return fail("a TorchScript program, expected a checkpoint; save the state_dict() of the module");
    TRY(const std::string order, text_entry(archive, root + "byteorder"));
    if (order == "big")
        return fail("the numbers are big-endian, expected little-endian; save it on another machine");
    if (!order.empty() && order != "little") return fail("unknown byte order '{}'", printable(order));
    TRY(const std::string version, text_entry(archive, root + "version"));
    int64_t number = 0;
    if (!version.empty() && (!parse_int(version, number) || number < 1 || number > kNewestVersion))
        return fail("archive version '{}', expected 1 to {}", printable(version), kNewestVersion);
    return {};
}

}  // namespace

const wire::ZipEntry* find_pickle(const wire::ZipArchive& archive) {
    const wire::ZipEntry* best = nullptr;
    for (const wire::ZipEntry& entry : archive.entries()) {
        const bool named = entry.name == kPickleName || entry.name.ends_with("/" + std::string(kPickleName));
        if (named && (best == nullptr || entry.name.size() < best->name.size())) best = &entry;
    }
    return best;
}

std::unique_ptr<Storages> archive_storages(wire::ZipArchive archive, std::string folder,
                                           uint64_t limit_bytes) {
    return std::make_unique<ArchiveStorages>(std::move(archive), std::move(folder), limit_bytes);
}

bool is_torchscript(const wire::ZipArchive& archive) {
    return std::ranges::any_of(archive.entries(), [](const wire::ZipEntry& entry) {
        return entry.name.ends_with("/constants.pkl") || entry.name == "constants.pkl";
    });
}

Result<Contents> open_archive(const SharedBytes& file) {
    TRY(wire::ZipArchive archive, wire::ZipArchive::open(file));
    const wire::ZipEntry* entry = find_pickle(archive);
    if (entry == nullptr) return fail("a zip archive without data.pkl, expected one that torch.save wrote");
    const std::string root = entry->name.substr(0, entry->name.size() - kPickleName.size());
    TRY_STATUS(check_facts(archive, root));
    const uint64_t limit = std::max(kUnpackAlways, file.size() * kUnpackRatio);
    if (archive.unpacked_bytes() > limit)
        return fail("the archive unpacks to {} bytes, but {} are allowed", archive.unpacked_bytes(), limit);
    TRY(const SharedBytes bytes, archive.read(*entry, limit));
    TRY(wire::Pickle pickle, with_place(wire::Pickle::parse(bytes, pickle_options()), entry->name));
    return Contents{std::move(pickle), archive_storages(std::move(archive), root + "data/", limit)};
}

}  // namespace lathe::formats::pytorch
