#include "reference.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "places.h"
#include "wire/deflate.h"

namespace lathe::timm_test {
namespace {

std::filesystem::path folder() {
    const char* shared = std::getenv("LATHE_SHARED");
    return shared != nullptr ? std::filesystem::path(shared)
                             : std::filesystem::path(kRepository) / "../shared";
}

Result<std::string> read_gzip(const std::filesystem::path& path) {
    TRY(const SharedBytes bytes, map_file(path.string()));
    TRY(const auto text, wire::inflate(bytes, wire::Wrap::kGzip, uint64_t{1} << 31));
    return std::string(reinterpret_cast<const char*>(text.data()), text.size());
}

}  // namespace

bool have_reference() { return std::filesystem::exists(folder() / "reference/timm_models.jsonl.gz"); }

Status for_each_name(const std::function<void(const Json&)>& visit) {
    TRY(const std::string text, read_gzip(folder() / "reference/timm_models.jsonl.gz"));
    for (size_t at = 0; at < text.size();) {
        const size_t end = std::min(text.find('\n', at), text.size());
        TRY(const Json line, parse_json(std::string_view(text).substr(at, end - at)));
        visit(line);
        at = end + 1;
    }
    return {};
}

std::vector<zoo::nn::Entry> entries_of(const Json& state) {
    std::vector<zoo::nn::Entry> entries;
    for (const Json& entry : state)
        entries.push_back({.name = entry[0],
                           .shape = entry[1].get<Shape>(),
                           .dtype = entry[2] == "int64" ? DType::kI64 : DType::kF32,
                           .buffer = entry[3] == "b"});
    return entries;
}

std::vector<std::string> answer_names() {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(folder() / "data/timm/models")) {
        const std::string name = file.path().filename().string();
        if (name.ends_with(".json.gz")) names.push_back(name.substr(0, name.size() - 8));
    }
    std::ranges::sort(names);
    return names;
}

Result<Json> read_answer(const std::string& name) {
    TRY(const std::string text, read_gzip(folder() / "data/timm/models" / (name + ".json.gz")));
    return parse_json(text);
}

const zoo::timm::Model* smallest_of(std::string_view family) {
    const zoo::timm::Model* smallest = nullptr;
    for (const auto& model : zoo::timm::all_models())
        if (model.family == family && model.classes > 0 &&
            (smallest == nullptr || model.parameters < smallest->parameters))
            smallest = &model;
    return smallest;
}

}  // namespace lathe::timm_test
