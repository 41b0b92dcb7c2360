#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/file.h"
#include "base/text.h"
#include "formats/safetensors/header.h"
#include "formats/safetensors/safetensors.h"
#include "wire/little_endian.h"

namespace lathe::formats {
namespace {

constexpr std::string_view kIndexKey = "weight_map";
constexpr size_t kIndexHead = 1 << 16;

bool looks_like_index(ByteSpan file) {
    const std::string_view head = trim(as_text(file.first(std::min(file.size(), kIndexHead))));
    return head.starts_with('{') && head.substr(0, 8).find('\0') == std::string_view::npos &&
           head.find("\"weight_map\"") != std::string_view::npos &&
           head.find(".safetensors\"") != std::string_view::npos;
}

// Adds the tensors and the metadata of one file.
Status add_file(const SharedBytes& file, graph::Checkpoint& checkpoint, Json& metadata) {
    TRY(safetensors::Header header, safetensors::parse_header(file.bytes()));
    for (safetensors::Entry& entry : header.entries) {
        const auto begin = static_cast<size_t>(entry.begin),
                   size = static_cast<size_t>(entry.end - entry.begin);
        checkpoint.tensors.push_back(
            {std::move(entry.name),
             Tensor(entry.dtype, std::move(entry.shape), file.slice(header.data_offset + begin, size))});
    }
    auto& members = metadata.get_ref<Json::object_t&>();
    for (auto& [key, text] : header.metadata)
        if (find_member(metadata, key) == nullptr) members.push_back({key, text});
    return {};
}

// The shards' names in the order of their first tensor, and which shard each tensor is said to be in.
struct Index {
    std::vector<std::string> shards;
    std::unordered_map<std::string, size_t> shard_of;
};

Result<Index> parse_index(const Json& json) {
    const Json* map = find_member(json, kIndexKey);
    if (map == nullptr || !map->is_object()) return fail("the index has no object '{}'", kIndexKey);
    Index index;
    std::unordered_map<std::string, size_t> numbers;
    for (const auto& [name, file] : map->items()) {
        const std::string shard = file.is_string() ? file.get<std::string>() : "";
        if (shard.empty() || shard.find_first_of(std::string_view("/\\\0", 3)) != std::string::npos ||
            shard == "..")
            return fail("the index puts '{}' into '{}', expected the name of a file in the same folder",
                        printable(name), printable(shard));
        const auto [it, fresh] = numbers.try_emplace(shard, index.shards.size());
        if (fresh) index.shards.push_back(shard);
        index.shard_of.emplace(name, it->second);
    }
    return index;
}

// Every tensor of the shard must be listed for it. Since names are unique, equal numbers then mean equal sets.
Status check_shard(const Index& index, size_t shard, std::span<const graph::NamedTensor> tensors) {
    for (const graph::NamedTensor& named : tensors) {
        const auto it = index.shard_of.find(named.name);
        if (it == index.shard_of.end() || it->second != shard)
            return fail("'{}' holds the tensor '{}', which the index does not list for it",
                        printable(index.shards[shard]), printable(named.name));
    }
    return {};
}

Result<graph::Checkpoint> read_index(const SharedBytes& file, const std::string& path) {
    if (file.size() > safetensors::kLargestHeader) return fail("an index of {} bytes", file.size());
    TRY(const Json json, parse_json(as_text(file.bytes())));
    TRY(const Index index, parse_index(json));
    graph::Checkpoint checkpoint{.format = "safetensors", .path = path};
    const Json* given = find_member(json, "metadata");
    Json metadata = given != nullptr && given->is_object() ? *given : Json::object();
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    for (size_t i = 0; i < index.shards.size(); ++i) {
        TRY(const SharedBytes shard, map_file(folder + index.shards[i]));
        const size_t before = checkpoint.tensors.size();
        TRY_STATUS(with_place(add_file(shard, checkpoint, metadata), printable(index.shards[i])));
        TRY_STATUS(check_shard(index, i, std::span(checkpoint.tensors).subspan(before)));
    }
    if (checkpoint.tensors.size() != index.shard_of.size())
        for (const auto& [name, shard] : index.shard_of)
            if (checkpoint.find(name) == nullptr)
                return fail("the tensor '{}' is not in '{}', where the index says it is", printable(name),
                            printable(index.shards[shard]));
    checkpoint.metadata = std::make_shared<const Json>(std::move(metadata));
    return checkpoint;
}

Result<graph::Checkpoint> read_single(const SharedBytes& file, const std::string& path) {
    graph::Checkpoint checkpoint{.format = "safetensors", .path = path};
    Json metadata = Json::object();
    TRY_STATUS(add_file(file, checkpoint, metadata));
    checkpoint.metadata = std::make_shared<const Json>(std::move(metadata));
    return checkpoint;
}

}  // namespace

Match match_safetensors(ByteSpan file, std::string_view path) {
    if (looks_like_index(file)) return Match::kCertain;
    if (file.size() >= 10) {
        const auto size = wire::load_le<uint64_t>(file);
        if (size >= 2 && size <= safetensors::kLargestHeader && file[8] == std::byte{'{'})
            return size <= file.size() - 8 ? Match::kCertain : Match::kPossible;
    }
    return path.ends_with(".safetensors") ? Match::kPossible : Match::kNo;
}

Result<graph::Checkpoint> read_safetensors(const SharedBytes& file, const std::string& path) {
    return with_place(looks_like_index(file.bytes()) ? read_index(file, path) : read_single(file, path),
                      path);
}

}  // namespace lathe::formats
