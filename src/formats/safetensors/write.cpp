#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <unordered_set>

#include "base/file.h"
#include "base/text.h"
#include "formats/safetensors/header.h"
#include "formats/safetensors/safetensors.h"
#include "wire/little_endian.h"

namespace lathe::formats {
namespace {

constexpr std::string_view kExtension = ".safetensors";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD, which stands for what is not UTF-8

using Metadata = std::vector<std::pair<std::string, std::string>>;
using Group = std::vector<const OutgoingTensor*>;  // what one file holds

Status check_text(std::string_view text) {
    if (text.find(kReplacement) == std::string_view::npos &&
        to_text(Json(text)).find(kReplacement) != std::string::npos)
        return fail("'{}' is not valid UTF-8", printable(text));
    return {};
}

Status check_tensors(std::span<const OutgoingTensor> tensors) {
    std::unordered_set<std::string_view> names;
    for (const OutgoingTensor& tensor : tensors) {
        TRY_STATUS(check_text(tensor.name));
        if (tensor.name == safetensors::kMetadataKey)
            return fail("a tensor may not be named '{}'", tensor.name);
        if (!names.insert(tensor.name).second)
            return fail("two tensors are named '{}'", printable(tensor.name));
        if (!safetensors::name_of(tensor.dtype))
            return fail("tensor '{}' is {}, which safetensors cannot hold; store its bytes as u8",
                        printable(tensor.name), name_of(tensor.dtype));
        if (element_count(tensor.shape) * bits_of(tensor.dtype) % 8 != 0)
            return fail("tensor '{}' of {} f4 elements does not fill whole bytes", printable(tensor.name),
                        element_count(tensor.shape));
    }
    return {};
}

uint64_t size_of(const OutgoingTensor& tensor) {
    return static_cast<uint64_t>(bytes_of(tensor.dtype, element_count(tensor.shape)));
}

std::vector<Group> make_groups(std::span<const OutgoingTensor> tensors, uint64_t largest_bytes) {
    std::vector<Group> groups(1);
    uint64_t held = 0;
    for (const OutgoingTensor& tensor : tensors) {
        const uint64_t size = size_of(tensor);
        if (largest_bytes > 0 && held > 0 && size > largest_bytes - std::min(held, largest_bytes)) {
            groups.emplace_back();
            held = 0;
        }
        groups.back().push_back(&tensor);
        held += size;
    }
    return groups;
}

Result<wire::Pieces> lay_out(Group group, const Metadata& metadata) {
    std::ranges::stable_sort(group, std::greater<>(),
                             [](const OutgoingTensor* t) { return bits_of(t->dtype); });
    Json header = Json::object();
    auto& members = header.get_ref<Json::object_t&>();
    if (!metadata.empty()) {
        Json texts = Json::object();
        for (const auto& [key, text] : metadata) texts[key] = text;
        members.push_back({std::string(safetensors::kMetadataKey), std::move(texts)});
    }
    uint64_t at = 0;
    for (const OutgoingTensor* tensor : group) {
        const uint64_t end = at + size_of(*tensor);
        Json entry = Json::object();
        entry["dtype"] = *safetensors::name_of(tensor->dtype);
        entry["shape"] = tensor->shape;
        entry["data_offsets"] = {at, end};
        members.push_back({tensor->name, std::move(entry)});
        at = end;
    }
    std::string text = to_text(header);
    text.append((8 - text.size() % 8) % 8, ' ');
    if (text.size() > safetensors::kLargestHeader)
        return fail("{} tensors need a header beyond 100 MB", group.size());
    std::string start;
    wire::store_le(start, static_cast<uint64_t>(text.size()));
    wire::Pieces pieces;
    pieces.copy(start + text);
    for (const OutgoingTensor* tensor : group)
        if (const uint64_t size = size_of(*tensor); size > 0) pieces.make_later(size, tensor->make);
    return pieces;
}

Status write_group(const std::string& path, Group group, const Metadata& metadata) {
    TRY(const wire::Pieces pieces, with_place(lay_out(std::move(group), metadata), path));
    TRY(OutputFile file, OutputFile::create(path));
    TRY_STATUS(pieces.write_to(file));
    return file.commit();
}

Status write_shards(const std::string& path, const std::vector<Group>& groups, const Metadata& metadata) {
    const std::string stem = path.substr(0, path.size() - kExtension.size());
    const std::string file_stem = stem.substr(stem.rfind('/') + 1);
    std::map<std::string, std::string> shard_of;
    uint64_t total = 0;
    for (size_t i = 0; i < groups.size(); ++i) {
        const std::string suffix = format("-{:05}-of-{:05}{}", i + 1, groups.size(), kExtension);
        TRY_STATUS(write_group(stem + suffix, groups[i], metadata));
        for (const OutgoingTensor* tensor : groups[i]) {
            shard_of[tensor->name] = file_stem + suffix;
            total += size_of(*tensor);
        }
    }
    Json index = Json::object();
    index["metadata"]["total_size"] = total;
    index["weight_map"] = shard_of;
    return write_file(path + ".index.json", as_bytes(to_text(index, 2) + "\n"));
}

Status check_all(const std::string& path, std::span<const OutgoingTensor> tensors, const Metadata& metadata) {
    if (!path.ends_with(kExtension)) return fail("the name does not end in '{}'", kExtension);
    for (const auto& [key, text] : metadata) {
        TRY_STATUS(check_text(key));
        TRY_STATUS(check_text(text));
    }
    return check_tensors(tensors);
}

}  // namespace

OutgoingTensor OutgoingTensor::of(std::string name, Tensor tensor) {
    OutgoingTensor out{.name = std::move(name), .dtype = tensor.dtype(), .shape = tensor.shape()};
    out.make = [tensor = std::move(tensor)]() -> Result<SharedBytes> {
        return tensor.to_contiguous().storage();
    };
    return out;
}

Status write_safetensors(const std::string& path, std::span<const OutgoingTensor> tensors,
                         const SafetensorsOptions& options) {
    TRY_STATUS(with_place(check_all(path, tensors, options.metadata), path));
    const std::vector<Group> groups = make_groups(tensors, options.largest_shard_bytes);
    return groups.size() == 1 ? write_group(path, groups[0], options.metadata)
                              : write_shards(path, groups, options.metadata);
}

Status write_safetensors(const std::string& path, std::span<const graph::NamedTensor> tensors,
                         const SafetensorsOptions& options) {
    std::vector<OutgoingTensor> outgoing;
    for (const graph::NamedTensor& named : tensors)
        outgoing.push_back(OutgoingTensor::of(named.name, named.tensor));
    return write_safetensors(path, outgoing, options);
}

}  // namespace lathe::formats
