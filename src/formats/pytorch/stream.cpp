#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "formats/pytorch/archive.h"
#include "wire/little_endian.h"

namespace lathe::formats::pytorch {

using wire::Pickle;
using wire::PickleKind;
using wire::PickleNode;

namespace {

// 0x1950a86a20f9469cfc6c, little-endian.
constexpr std::string_view kMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
constexpr int64_t kProtocolVersion = 1001;

class StreamStorages final : public Storages {
public:
    std::unordered_map<std::string_view, SharedBytes> by_key;

    Result<SharedBytes> find(const StorageId& id) override {
        const auto it = by_key.find(id.key);
        if (it == by_key.end()) return fail("its storage '{}' is not in the file", printable(id.key));
        const auto needed = static_cast<uint64_t>(id.count) * static_cast<uint64_t>(id.element_bytes());
        if (it->second.size() < needed)
            return fail("its storage '{}' has {} bytes, expected {}", printable(id.key), it->second.size(),
                        needed);
        return it->second;
    }
};

// Reads one pickle and moves behind it.
Result<Pickle> next_pickle(const SharedBytes& file, size_t& at, const wire::PickleOptions& options) {
    auto pickle = Pickle::parse(file.slice(at, file.size() - at), options);
    if (!pickle) return std::unexpected(pickle.error().at(format("pickle at byte {}", at)));
    at += pickle->size_bytes();
    return pickle;
}

// The storages that the object speaks of, by key.
Result<std::unordered_map<std::string_view, StorageId>> storage_ids(const Pickle& object) {
    std::unordered_map<std::string_view, StorageId> ids;
    for (wire::PickleRef ref = 0; ref < object.node_count(); ++ref) {
        if (object[ref].kind != PickleKind::kPersistent) continue;
        TRY(const StorageId id, parse_storage_id(object, object[ref]));
        const auto [it, fresh] = ids.try_emplace(id.key, id);
        if (!fresh && it->second.element_bytes() * it->second.count != id.element_bytes() * id.count)
            return fail("storage '{}' has two sizes", printable(id.key));
    }
    return ids;
}

Status check_system(const Pickle& facts) {
    const PickleNode& root = facts[facts.root()];
    const wire::PickleRef order = facts.find(root, "little_endian");
    if (order != wire::kNoPickle && facts[order].kind == PickleKind::kBool && facts[order].integer == 0)
        return fail("the numbers are big-endian, expected little-endian; save it on another machine");
    return {};
}

}  // namespace

bool looks_like_stream(ByteSpan file) {
    const ByteSpan head = file.first(std::min<size_t>(file.size(), 64));
    if (head.empty() || head[0] != std::byte{0x80}) return false;
    const auto magic = Pickle::parse(SharedBytes(nullptr, head));
    return magic && (*magic)[magic->root()].kind == PickleKind::kBigInt &&
           (*magic)[magic->root()].text == kMagic;
}

Result<Contents> open_stream(const SharedBytes& file) {
    size_t at = 0;
    TRY_STATUS(next_pickle(file, at, {}));  // the magic number, which has been looked at
    TRY(const Pickle version, next_pickle(file, at, {}));
    if (version[version.root()].kind != PickleKind::kInt ||
        version[version.root()].integer != kProtocolVersion)
        return fail("stream protocol {}, expected {}", version[version.root()].integer, kProtocolVersion);
    TRY(const Pickle facts, next_pickle(file, at, {}));
    TRY_STATUS(check_system(facts));
    TRY(Pickle object, next_pickle(file, at, pickle_options()));
    TRY(const Pickle keys, next_pickle(file, at, {}));
    TRY(const auto ids, storage_ids(object));
    auto storages = std::make_unique<StreamStorages>();
    for (const wire::PickleRef ref : keys[keys.root()].items) {
        const auto it = ids.find(keys[ref].text);
        if (it == ids.end()) return fail("storage '{}' belongs to nothing", printable(keys[ref].text));
        const StorageId& id = it->second;
        if (file.size() - at < 8)
            return fail("the file is cut off before the storage '{}' at byte {}", printable(id.key), at);
        const auto count = wire::load_le<int64_t>(file.bytes(), at);
        at += 8;
        if (count != id.count)
            return fail("the storage '{}' at byte {} has {} elements, expected {}", printable(id.key), at,
                        count, id.count);
        const auto size = static_cast<uint64_t>(count) * static_cast<uint64_t>(id.element_bytes());
        if (size > file.size() - at)
            return fail(
                "the storage '{}' at byte {} needs {} bytes, but the file has {} left; it may be incomplete",
                printable(id.key), at, size, file.size() - at);
        if (!storages->by_key.emplace(id.key, file.slice(at, static_cast<size_t>(size))).second)
            return fail("the storage '{}' comes twice", printable(id.key));
        at += static_cast<size_t>(size);
    }
    return Contents{std::move(object), std::move(storages)};
}

}  // namespace lathe::formats::pytorch
