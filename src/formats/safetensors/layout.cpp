#include "formats/safetensors/layout.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "base/json.h"
#include "base/text.h"
#include "formats/safetensors/header.h"
#include "wire/little_endian.h"

namespace lathe::formats::safetensors {
namespace {

constexpr std::string_view kExtension = ".safetensors";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD, which stands for what is not UTF-8

using Metadata = std::span<const std::pair<std::string, std::string>>;
using Group = std::vector<size_t>;  // of slots: what one file holds

Status check_text(std::string_view text) {
    if (text.find(kReplacement) == std::string_view::npos &&
        to_text(Json(text)).find(kReplacement) != std::string::npos)
        return fail("'{}' is not valid UTF-8", printable(text));
    return {};
}

Status check_slots(std::span<const Slot> slots) {
    std::unordered_set<std::string_view> names;
    for (const Slot& slot : slots) {
        TRY_STATUS(check_text(slot.name));
        if (slot.name == kMetadataKey) return fail("a tensor may not be named '{}'", slot.name);
        if (!names.insert(slot.name).second) return fail("two tensors are named '{}'", printable(slot.name));
        if (!safetensors::name_of(slot.dtype))
            return fail("tensor '{}' is {}, which safetensors cannot hold; store its bytes as u8",
                        printable(slot.name), lathe::name_of(slot.dtype));
        if (element_count(slot.shape) * bits_of(slot.dtype) % 8 != 0)
            return fail("tensor '{}' of {} f4 elements does not fill whole bytes", printable(slot.name),
                        element_count(slot.shape));
    }
    return {};
}

uint64_t size_of(const Slot& slot) {
    return static_cast<uint64_t>(bytes_of(slot.dtype, element_count(slot.shape)));
}

std::vector<Group> make_groups(std::span<const Slot> slots, uint64_t largest_bytes) {
    std::vector<Group> groups(1);
    uint64_t held = 0;
    for (size_t i = 0; i < slots.size(); ++i) {
        const uint64_t size = size_of(slots[i]);
        if (largest_bytes > 0 && held > 0 && size > largest_bytes - std::min(held, largest_bytes)) {
            groups.emplace_back();
            held = 0;
        }
        groups.back().push_back(i);
        held += size;
    }
    return groups;
}

Result<LaidOutFile> lay_out_file(std::string path, Group group, std::span<const Slot> slots,
                                 Metadata metadata, std::span<Place> places) {
    std::ranges::stable_sort(group, std::greater<>(), [&](size_t i) { return bits_of(slots[i].dtype); });
    Json header = Json::object();
    auto& members = header.get_ref<Json::object_t&>();
    if (!metadata.empty()) {
        Json texts = Json::object();
        for (const auto& [key, text] : metadata) texts[key] = text;
        members.push_back({std::string(kMetadataKey), std::move(texts)});
    }
    uint64_t at = 0;
    for (const size_t i : group) {
        const uint64_t end = at + size_of(slots[i]);
        Json entry = Json::object();
        entry["dtype"] = *safetensors::name_of(slots[i].dtype);
        entry["shape"] = slots[i].shape;
        entry["data_offsets"] = {at, end};
        members.push_back({slots[i].name, std::move(entry)});
        places[i].offset = at;
        places[i].size_bytes = end - at;
        at = end;
    }
    std::string text = to_text(header);
    text.append((8 - text.size() % 8) % 8, ' ');
    if (text.size() > kLargestHeader) return fail("{} tensors need a header beyond 100 MB", group.size());
    LaidOutFile file{.path = std::move(path)};
    wire::store_le(file.start, static_cast<uint64_t>(text.size()));
    file.start += text;
    file.size_bytes = file.start.size() + at;
    for (const size_t i : group) places[i].offset += file.start.size();
    return file;
}

Result<Layout> lay_out_all(const std::string& path, std::span<const Slot> slots, Metadata metadata,
                           uint64_t largest_shard_bytes) {
    if (!path.ends_with(kExtension)) return fail("the name does not end in '{}'", kExtension);
    for (const auto& [key, text] : metadata) {
        TRY_STATUS(check_text(key));
        TRY_STATUS(check_text(text));
    }
    TRY_STATUS(check_slots(slots));
    const std::vector<Group> groups = make_groups(slots, largest_shard_bytes);
    Layout layout{.places = std::vector<Place>(slots.size())};
    const std::string stem = path.substr(0, path.size() - kExtension.size());
    std::map<std::string, std::string> shard_of;
    uint64_t total = 0;
    for (size_t g = 0; g < groups.size(); ++g) {
        std::string name = path;
        if (groups.size() > 1) name = format("{}-{:05}-of-{:05}{}", stem, g + 1, groups.size(), kExtension);
        for (const size_t i : groups[g]) {
            layout.places[i].file = g;
            shard_of[slots[i].name] = name.substr(name.rfind('/') + 1);
            total += size_of(slots[i]);
        }
        TRY(LaidOutFile file, lay_out_file(std::move(name), groups[g], slots, metadata, layout.places));
        layout.files.push_back(std::move(file));
    }
    if (groups.size() == 1) return layout;
    Json index = Json::object();
    index["metadata"]["total_size"] = total;
    index["weight_map"] = shard_of;
    layout.index_path = path + ".index.json";
    layout.index = to_text(index, 2) + "\n";
    return layout;
}

}  // namespace

Result<Layout> lay_out(const std::string& path, std::span<const Slot> slots, Metadata metadata,
                       uint64_t largest_shard_bytes) {
    return with_place(lay_out_all(path, slots, metadata, largest_shard_bytes), path);
}

}  // namespace lathe::formats::safetensors
