#include "formats/torchscript/program.h"

#include <algorithm>

#include "base/text.h"
#include "formats/pytorch/archive.h"
#include "formats/torchscript/objects.h"

namespace lathe::formats::torchscript {
namespace {

constexpr uint64_t kLargestCode = uint64_t{1} << 26;
constexpr uint64_t kUnpackAlways = uint64_t{1} << 30, kUnpackRatio = 100;
constexpr int64_t kNewestVersion = 10;

Result<std::string> text_entry(const wire::ZipArchive& archive, const std::string& name) {
    const wire::ZipEntry* entry = archive.find(name);
    if (entry == nullptr) return std::string();
    TRY(const SharedBytes bytes, archive.read(*entry, 1000));
    return std::string(trim(as_text(bytes.bytes())));
}

bool has_folder(const wire::ZipArchive& archive, const std::string& folder) {
    return std::ranges::any_of(archive.entries(),
                               [&](const wire::ZipEntry& e) { return e.name.starts_with(folder); });
}

}  // namespace

std::optional<std::string> folder_of(const wire::ZipArchive& archive) {
    constexpr std::string_view kPickle = "data.pkl";
    const wire::ZipEntry* data = pytorch::find_pickle(archive);
    if (data == nullptr) return std::nullopt;
    const std::string folder = data->name.substr(0, data->name.size() - kPickle.size());
    if (archive.find(folder + "constants.pkl") == nullptr && !has_folder(archive, folder + "code/"))
        return std::nullopt;
    return folder;
}

Result<std::unique_ptr<Program>> Program::open(const SharedBytes& file, torch::Importer& importer) {
    TRY(wire::ZipArchive archive, wire::ZipArchive::open(file));
    const auto folder = folder_of(archive);
    if (!folder)
        return fail("no TorchScript archive: it has no data.pkl with code/ or constants.pkl beside it");
    std::unique_ptr<Program> program(new Program(std::move(archive)));
    const wire::ZipArchive& zip = program->archive_;
    program->folder_ = *folder;
    const uint64_t limit = program->limit_bytes_ = std::max(kUnpackAlways, file.size() * kUnpackRatio);
    if (zip.unpacked_bytes() > limit)
        return fail("the archive unpacks to {} bytes, but {} are allowed", zip.unpacked_bytes(), limit);
    TRY(const std::string order, text_entry(zip, *folder + "byteorder"));
    if (!order.empty() && order != "little")
        return fail("its byte order is '{}', expected little", printable(order));
    TRY(const std::string version, text_entry(zip, *folder + "version"));
    if (!version.empty() &&
        (!parse_int(version, program->version) || program->version < 1 || program->version > kNewestVersion))
        return fail("archive version '{}', expected 1 to {}", printable(version), kNewestVersion);

    const auto read = [&](const std::string& name, const std::string& storages, const std::string& path,
                          std::vector<graph::NamedTensor>& tensors) -> Result<torch::Value> {
        const wire::ZipEntry* entry = zip.find(*folder + name);
        if (entry == nullptr) return torch::make_tuple({});
        TRY(const SharedBytes bytes, zip.read(*entry, limit));
        TRY(const wire::Pickle pickle, wire::Pickle::parse(bytes, pickle_options()));
        const auto source = pytorch::archive_storages(zip, *folder + storages, limit);
        return value_of(pickle, *source, importer, path, tensors);
    };
    std::vector<graph::NamedTensor> unnamed;
    const std::string constants_folder = has_folder(zip, *folder + "constants/") ? "constants/" : "data/";
    TRY(const torch::Value constants,
        with_place(read("constants.pkl", constants_folder, "constants", unnamed), "constants.pkl"));
    if (const torch::Items* items = constants.items()) program->constants = *items;
    TRY(program->root, with_place(read("data.pkl", "data/", "", program->tensors), "data.pkl"));
    if (const wire::ZipEntry* entry = zip.find(*folder + std::string(torch::kNotesEntry))) {
        TRY(const SharedBytes bytes, zip.read(*entry, limit));
        TRY(program->notes, with_place(torch::parse_notes(as_text(bytes.bytes())), torch::kNotesEntry));
    }
    return program;
}

Result<const Program::File*> Program::file_of(std::string_view module) {
    const auto known = files_.find(module);
    if (known != files_.end()) return known->second.get();
    std::string path(module);
    std::ranges::replace(path, '.', '/');
    const std::string name = "code/" + path + ".py";
    auto& file = files_[std::string(module)];
    const wire::ZipEntry* entry = archive_.find(folder_ + name);
    if (entry == nullptr) return file.get();
    if (entry->size_bytes > kLargestCode)
        return fail("{} has {} bytes, at most {} are read", name, entry->size_bytes, kLargestCode);
    TRY(const SharedBytes bytes, archive_.read(*entry, limit_bytes_));
    TRY(FileSyntax syntax, with_place(parse_file(as_text(bytes.bytes())), name));
    file = std::make_unique<File>(File{{name, std::string(module)}, std::move(syntax)});
    return file.get();
}

Result<FoundClass> Program::find_class(std::string_view name) {
    const size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return FoundClass{};
    TRY(const File* file, file_of(name.substr(0, dot)));
    if (file != nullptr)
        for (const ClassSyntax& c : file->syntax.classes)
            if (c.name == name.substr(dot + 1)) return FoundClass{&c, &file->place};
    return FoundClass{};
}

Result<FoundFunction> Program::find_function(std::string_view name) {
    const size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return FoundFunction{};
    TRY(const File* file, file_of(name.substr(0, dot)));
    if (file != nullptr)
        for (const FunctionSyntax& f : file->syntax.functions)
            if (f.name == name.substr(dot + 1)) return FoundFunction{&f, &file->place};
    return FoundFunction{};
}

}  // namespace lathe::formats::torchscript
