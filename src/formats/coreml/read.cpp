#include "formats/coreml/read.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "formats/coreml/messages.h"
#include "formats/coreml/package.h"
#include "graph/graph.h"

namespace lathe::formats::coreml {
namespace {

constexpr std::string_view kRootKey = "\"rootModelIdentifier\"", kItemsKey = "\"itemInfoEntries\"";
constexpr size_t kLongestManifest = 1 << 20;

bool is_manifest(ByteSpan file) {
    if (file.size() > kLongestManifest) return false;
    const std::string_view text = as_text(file);
    return text.find(kRootKey) != text.npos && text.find(kItemsKey) != text.npos;
}

std::string folder_of(const std::string& path) {
    const size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash);
}

// The specification and its weights, by the place of either's file.
Result<std::string> specification_of(const SharedBytes& file, const std::string& path) {
    if (!is_manifest(file.bytes())) return path;
    TRY(const std::string inside, model_in(as_text(file.bytes())));
    return (is_directory(path) ? path : folder_of(path)) + "/" + inside;
}

}  // namespace

Match match(ByteSpan file, std::string_view path) {
    if (is_manifest(file)) return Match::kCertain;
    // A specification begins with its version, a small number.
    const bool begins_so = file.size() > 2 && file[0] == std::byte{8} && file[1] < std::byte{0x80};
    return begins_so && path.ends_with(".mlmodel") ? Match::kPossible : Match::kNo;
}

Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path) {
    TRY(const std::string place, with_place(specification_of(file, path), path));
    SharedBytes specification = file;
    if (place != path) {
        TRY(specification, map_file(place));
    }
    TRY(const Model model, with_place(parse_model(specification.bytes()), place));
    if (model.kind != "mlProgram")
        return fail("{}: holds a {}, and Lathe reads ML programs (.mlpackage) only", place, model.kind);
    SharedBytes weights;
    if (const std::string beside = folder_of(place) + "/weights/weight.bin"; file_exists(beside)) {
        TRY(weights, map_file(beside));
    }
    TRY(auto imported, with_place(import_model(model, weights), path));
    graph::Checkpoint checkpoint{.format = "coreml", .path = path};
    Json notes = Json::object();
    notes["specification"] = model.version;
    notes["opset"] = model.program.opset;
    for (const auto& [key, text] : model.notes) notes[key] = text;
    checkpoint.metadata = std::make_shared<const Json>(std::move(notes));
    for (const graph::Value& value : imported.values)
        if (value.constant) checkpoint.tensors.push_back({value.name, *value.constant});
    checkpoint.graph = std::make_shared<const graph::Graph>(std::move(imported));
    return checkpoint;
}

}  // namespace lathe::formats::coreml
