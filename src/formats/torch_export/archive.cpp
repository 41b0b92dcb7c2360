#include "formats/torch_export/archive.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "formats/pytorch/archive.h"
#include "formats/pytorch/flatten.h"

namespace lathe::formats::torch_export {
namespace {

using graph::NamedTensor;
using wire::ZipArchive;
using wire::ZipEntry;

constexpr std::string_view kFlatProgram = "serialized_exported_program.json";
constexpr uint64_t kLargestJson = uint64_t{1} << 29;
constexpr uint64_t kUnpackAlways = uint64_t{1} << 30, kUnpackRatio = 100;

// "ROOT/models/NAME.json"
bool is_model(std::string_view entry) {
    const size_t folder = entry.find("models/");
    return entry.ends_with(".json") && folder != std::string_view::npos &&
           (folder == 0 || entry[folder - 1] == '/') && entry.find('/', folder + 7) == std::string_view::npos;
}

Result<Json> read_json(const ZipArchive& archive, const ZipEntry& entry) {
    if (entry.size_bytes > kLargestJson)
        return fail("{} has {} bytes, at most {} are read", entry.name, entry.size_bytes, kLargestJson);
    TRY(const SharedBytes bytes, archive.read(entry, kLargestJson));
    return with_place(parse_json(as_text(bytes.bytes())), entry.name);
}

Result<std::shared_ptr<const Json>> shared_json(const ZipArchive& archive, const ZipEntry& entry) {
    TRY(Json json, read_json(archive, entry));
    return std::make_shared<const Json>(std::move(json));
}

// An archive of torch.save inside this one; an empty entry holds nothing.
Status read_saved(const ZipArchive& archive, const ZipEntry& entry, uint64_t limit,
                  std::vector<NamedTensor>& tensors) {
    TRY(const SharedBytes bytes, archive.read(entry, limit));
    if (bytes.size() == 0) return {};
    graph::Checkpoint checkpoint;
    const auto read = [&]() -> Status {
        TRY(const auto contents, pytorch::open_archive(bytes));
        return pytorch::flatten(contents.pickle, *contents.storages, checkpoint);
    };
    if (auto status = read(); !status) return std::unexpected(status.error().at(entry.name));
    for (NamedTensor& tensor : checkpoint.tensors) tensors.push_back(std::move(tensor));
    return {};
}

Result<int64_t> plain_size(const Json& json) {
    const Json* value = json.is_object() ? find_member(json, "as_int") : &json;
    if (value == nullptr || !value->is_number_integer())
        return fail("a size is {}, expected a number", printable(lathe::to_text(json)));
    return value->get<int64_t>();
}

Result<Shape> plain_sizes(const Json* json) {
    if (json == nullptr || !json->is_array()) return fail("sizes that are no list");
    Shape shape;
    for (const Json& item : *json) {
        TRY(shape.emplace_back(), plain_size(item));
    }
    return shape;
}

// A tensor in a storage of raw bytes, as its TensorMeta says.
Result<Tensor> raw_tensor(const SharedBytes& storage, const Json& meta) {
    const Json* code = find_member(meta, "dtype");
    if (code == nullptr) return fail("no dtype");
    TRY(const DType dtype, dtype_of(*code));
    TRY(const Shape shape, plain_sizes(find_member(meta, "sizes")));
    TRY(const Shape strides, plain_sizes(find_member(meta, "strides")));
    const Json* offset = find_member(meta, "storage_offset");
    TRY(const int64_t first, offset == nullptr ? Result<int64_t>(0) : plain_size(*offset));
    return pytorch::strided_view(dtype, storage, first, shape, strides);
}

Status read_raw(const ZipArchive& archive, const std::string& folder, const ZipEntry& config_entry,
                uint64_t limit, std::vector<NamedTensor>& tensors) {
    TRY(const Json root, read_json(archive, config_entry));
    const Json* config = find_member(root, "config");
    if (config == nullptr || !config->is_object()) return fail("{}: no 'config'", config_entry.name);
    for (auto it = config->begin(); it != config->end(); ++it) {
        const auto read = [&]() -> Status {
            TRY(const bool pickled, bool_member(it.value(), "use_pickle", false));
            TRY(const std::string file, string_member(it.value(), "path_name"));
            const ZipEntry* entry = archive.find(folder + file);
            if (entry == nullptr) return fail("its file '{}' is not in the archive", printable(file));
            if (pickled) return fail("it is a pickled object, which is not supported");
            const Json* meta = find_member(it.value(), "tensor_meta");
            if (meta == nullptr || !meta->is_object()) return fail("no tensor_meta");
            TRY(const SharedBytes storage, archive.read(*entry, limit));
            TRY(Tensor tensor, raw_tensor(storage, *meta));
            tensors.push_back({it.key(), std::move(tensor)});
            return {};
        };
        if (auto status = read(); !status)
            return std::unexpected(
                status.error().at(format("{}: '{}'", config_entry.name, printable(it.key()))));
    }
    return {};
}

// data/weights or data/constants of one model, in whichever way they are kept.
Status read_payload(const ZipArchive& archive, const std::string& root, const std::string& kind,
                    uint64_t limit, Contents& contents, std::vector<NamedTensor>& tensors) {
    const std::string folder = format("{}data/{}/", root, kind);
    if (const ZipEntry* config = archive.find(format("{}{}_{}_config.json", folder, contents.name, kind))) {
        contents.generation = 3;
        return read_raw(archive, folder, *config, limit, tensors);
    }
    if (const ZipEntry* saved = archive.find(folder + contents.name + ".pt"))
        return read_saved(archive, *saved, limit, tensors);
    return {};
}

Result<Contents> open_flat(const ZipArchive& archive, const ZipEntry& program, uint64_t limit) {
    Contents contents{.generation = 1, .name = "model"};
    const std::string root = program.name.substr(0, program.name.size() - kFlatProgram.size());
    TRY(contents.program, shared_json(archive, program));
    for (const auto& [name, tensors] : {std::pair("serialized_state_dict", &contents.weights),
                                        std::pair("serialized_constants", &contents.constants)})
        for (const std::string_view extension : {".pt", ".json"})
            if (const ZipEntry* entry = archive.find(format("{}{}{}", root, name, extension)))
                TRY_STATUS(read_saved(archive, *entry, limit, *tensors));
    return contents;
}

const ZipEntry* find_flat(const ZipArchive& archive) {
    for (const ZipEntry& entry : archive.entries())
        if (entry.name == kFlatProgram || entry.name.ends_with("/" + std::string(kFlatProgram)))
            return &entry;
    return nullptr;
}

}  // namespace

namespace {

constexpr std::pair<int64_t, DType> kProgramTypes[] = {
    {1, DType::kU8},    {2, DType::kI8},    {3, DType::kI16},  {4, DType::kI32},     {5, DType::kI64},
    {6, DType::kF16},   {7, DType::kF32},   {8, DType::kF64},  {10, DType::kC64},    {11, DType::kC128},
    {12, DType::kBool}, {13, DType::kBF16}, {28, DType::kU16}, {29, DType::kF8E4M3}, {30, DType::kF8E5M2}};

}  // namespace

int64_t code_of(DType dtype) {
    for (const auto& [number, type] : kProgramTypes)
        if (type == dtype) return number;
    return 0;
}

Result<DType> dtype_of(const Json& code) {
    if (code.is_number_integer())
        for (const auto& [number, dtype] : kProgramTypes)
            if (code.get<int64_t>() == number) return dtype;
    return fail("the element type {}, which Lathe does not have", printable(lathe::to_text(code)));
}

bool is_archive(const ZipArchive& archive) {
    if (find_flat(archive) != nullptr) return true;
    const bool has_model =
        std::ranges::any_of(archive.entries(), [](const ZipEntry& e) { return is_model(e.name); });
    const bool has_format = std::ranges::any_of(archive.entries(), [](const ZipEntry& e) {
        return e.name == "archive_format" || e.name.ends_with("/archive_format");
    });
    return has_model && has_format;
}

Result<Contents> open_archive(const SharedBytes& file) {
    TRY(const ZipArchive archive, ZipArchive::open(file));
    const uint64_t limit = std::max(kUnpackAlways, file.size() * kUnpackRatio);
    if (archive.unpacked_bytes() > limit)
        return fail("the archive unpacks to {} bytes, but {} are allowed", archive.unpacked_bytes(), limit);
    if (const ZipEntry* flat = find_flat(archive)) return open_flat(archive, *flat, limit);
    const ZipEntry* model = nullptr;
    for (const ZipEntry& entry : archive.entries()) {
        if (!is_model(entry.name)) continue;
        if (model != nullptr)
            return fail("the archive holds several models ('{}' and '{}'), expected one",
                        printable(model->name), printable(entry.name));
        model = &entry;
    }
    if (model == nullptr)
        return fail("no program of torch.export: neither models/….json nor {}", kFlatProgram);
    const size_t folder = model->name.rfind("models/");
    const std::string root = model->name.substr(0, folder);
    Contents contents{.generation = 2,
                      .name = model->name.substr(folder + 7, model->name.size() - folder - 7 - 5)};
    const auto text_of = [&](std::string_view name) -> Result<std::string> {
        const ZipEntry* entry = archive.find(root + std::string(name));
        if (entry == nullptr) return std::string();
        TRY(const SharedBytes bytes, archive.read(*entry, 1000));
        return std::string(trim(as_text(bytes.bytes())));
    };
    TRY(const std::string format_name, text_of("archive_format"));
    TRY(const std::string version, text_of("archive_version"));
    TRY(const std::string order, text_of("byteorder"));
    if (format_name != "pt2") return fail("archive_format is '{}', expected 'pt2'", printable(format_name));
    if (version != "0") return fail("archive_version is '{}', expected '0'", printable(version));
    if (!order.empty() && order != "little")
        return fail("the numbers are {}-endian, expected little-endian", printable(order));
    if (const ZipEntry* entry = archive.find(root + std::string(torch::kNotesEntry))) {
        TRY(const SharedBytes bytes, archive.read(*entry, limit));
        TRY(contents.notes, with_place(torch::parse_notes(as_text(bytes.bytes())), torch::kNotesEntry));
    }
    TRY(contents.program, shared_json(archive, *model));
    TRY_STATUS(read_payload(archive, root, "weights", limit, contents, contents.weights));
    TRY_STATUS(read_payload(archive, root, "constants", limit, contents, contents.constants));
    return contents;
}

}  // namespace lathe::formats::torch_export
