#include "formats/bin/bin.h"

#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "wire/little_endian.h"
#include "wire/pieces.h"

namespace lathe::formats {
namespace {

constexpr std::string_view kBinMagic = "LATHEBIN";
constexpr uint32_t kBinVersion = 1;
constexpr uint64_t kBinAlignment = 64;
constexpr size_t kBinFixedBytes = 16;
constexpr uint32_t kLargestBinHeader = 100 << 20;

uint64_t bin_aligned(uint64_t offset) { return (offset + kBinAlignment - 1) / kBinAlignment * kBinAlignment; }

bool bin_holds(DType dtype) { return dtype != DType::kString; }

struct BinEntry {
    std::string name;
    DType dtype = DType::kF32;
    Shape shape;
    uint64_t offset = 0, size = 0;
};

Result<BinEntry> read_bin_entry(const Json& json) {
    BinEntry entry;
    TRY(entry.name, string_member(json, "name"));
    const std::string place = format("tensor '{}'", printable(entry.name));
    TRY(const std::string type, string_member(json, "dtype"));
    const auto dtype = dtype_named(type);
    if (!dtype || !bin_holds(*dtype)) return fail("{}: its dtype is '{}'", place, printable(type));
    entry.dtype = *dtype;
    const Json* shape = find_member(json, "shape");
    if (shape == nullptr || !shape->is_array()) return fail("{}: it has no shape", place);
    for (const Json& size : *shape) {
        if (!size.is_number_unsigned()) return fail("{}: its shape holds something else than sizes", place);
        entry.shape.push_back(size.get<int64_t>());
    }
    const auto count = checked_element_count(entry.shape);
    if (!count || *count > (int64_t{1} << 56))
        return fail("{}: its shape {} is too large", place, to_string(entry.shape));
    TRY(const int64_t offset, int_member(json, "offset", -1));
    TRY(const int64_t size, int_member(json, "bytes", -1));
    if (offset < 0 || size != bytes_of(entry.dtype, *count))
        return fail("{}: its offset is {} and its bytes {}, expected {}", place, offset, size,
                    bytes_of(entry.dtype, *count));
    entry.offset = static_cast<uint64_t>(offset);
    entry.size = static_cast<uint64_t>(size);
    return entry;
}

Result<graph::Checkpoint> parse_bin(const SharedBytes& file) {
    if (file.size() < kBinFixedBytes)
        return fail("the file has {} bytes, fewer than its beginning", file.size());
    const auto version = wire::load_le<uint32_t>(file.bytes(), 8);
    const auto header_bytes = wire::load_le<uint32_t>(file.bytes(), 12);
    if (version != kBinVersion) return fail("its version is {}, expected {}", version, kBinVersion);
    if (header_bytes > kLargestBinHeader || header_bytes > file.size() - kBinFixedBytes)
        return fail("its header is said to have {} bytes, but the file has {}", header_bytes, file.size());
    const size_t data = kBinFixedBytes + header_bytes;
    if (data % kBinAlignment != 0)
        return fail("its data begin at byte {}, expected a multiple of {}", data, kBinAlignment);
    TRY(const Json header, parse_json(as_text(file.bytes().subspan(kBinFixedBytes, header_bytes))));
    const Json* tensors = find_member(header, "tensors");
    if (tensors == nullptr || !tensors->is_array()) return fail("its header has no list of tensors");
    graph::Checkpoint checkpoint{.format = "bin", .path = {}};
    std::set<std::string> names;
    uint64_t end = 0;
    for (const Json& json : *tensors) {
        TRY(BinEntry entry, read_bin_entry(json));
        if (!names.insert(entry.name).second)
            return fail("two tensors are called '{}'", printable(entry.name));
        const uint64_t room = file.size() - data;
        if (entry.offset % kBinAlignment != 0 || entry.offset < end || entry.offset > room ||
            entry.size > room - entry.offset)
            return fail("tensor '{}': bytes {} to {} of the data, which have {}, are not its own",
                        printable(entry.name), entry.offset, entry.offset + entry.size, room);
        end = entry.offset + entry.size;
        checkpoint.tensors.push_back(
            {std::move(entry.name),
             Tensor(entry.dtype, std::move(entry.shape),
                    file.slice(data + static_cast<size_t>(entry.offset), static_cast<size_t>(entry.size)))});
    }
    const Json* metadata = find_member(header, "metadata");
    checkpoint.metadata = std::make_shared<const Json>(
        metadata != nullptr && metadata->is_object() ? *metadata : Json::object());
    return checkpoint;
}

}  // namespace

Match match_bin(ByteSpan file, std::string_view) {
    return file.size() >= kBinMagic.size() && as_text(file.first(kBinMagic.size())) == kBinMagic
               ? Match::kCertain
               : Match::kNo;
}

Result<graph::Checkpoint> read_bin(const SharedBytes& file, const std::string& path) {
    TRY(graph::Checkpoint checkpoint, with_place(parse_bin(file), path));
    checkpoint.path = path;
    return checkpoint;
}

Status write_bin(const std::string& path, std::span<const graph::NamedTensor> tensors,
                 const std::map<std::string, std::string>& metadata) {
    Json list = Json::array();
    wire::Pieces data;
    std::set<std::string_view> names;
    for (const auto& [name, tensor] : tensors) {
        if (!bin_holds(tensor.dtype()))
            return fail("the tensor '{}' is {}, which is not written", printable(name),
                        name_of(tensor.dtype()));
        if (!names.insert(name).second) return fail("two tensors are called '{}'", printable(name));
        const uint64_t offset = bin_aligned(data.size_bytes());
        data.zeros(offset - data.size_bytes());
        const auto size = static_cast<uint64_t>(tensor.size_bytes());
        list.push_back({{"name", name},
                        {"dtype", std::string(name_of(tensor.dtype()))},
                        {"shape", tensor.shape()},
                        {"offset", offset},
                        {"bytes", size}});
        data.make_later(size, [tensor]() -> Result<SharedBytes> { return tensor.to_contiguous().storage(); });
    }
    Json header{{"alignment", kBinAlignment}, {"data_bytes", data.size_bytes()}};
    header["metadata"] = metadata;
    header["tensors"] = std::move(list);
    std::string text = to_text(header);
    text.resize(static_cast<size_t>(bin_aligned(kBinFixedBytes + text.size()) - kBinFixedBytes), ' ');
    if (text.size() > kLargestBinHeader) return fail("the header would have {} bytes", text.size());
    std::string head(kBinMagic);
    wire::store_le<uint32_t>(head, kBinVersion);
    wire::store_le<uint32_t>(head, static_cast<uint32_t>(text.size()));
    TRY(OutputFile file, OutputFile::create(path));
    TRY_STATUS(file.write(head));
    TRY_STATUS(file.write(text));
    TRY_STATUS(data.write_to(file));
    return file.commit();
}

}  // namespace lathe::formats
