#include "formats/torch_export/read.h"

#include <nlohmann/json.hpp>

#include "formats/torch_export/import.h"

namespace lathe::formats::torch_export {
namespace {

Result<graph::Checkpoint> read_archive(const SharedBytes& file, const std::string& path) {
    TRY(const Contents contents, open_archive(file));
    TRY(graph::Graph graph, import_program(contents));
    graph::Checkpoint checkpoint{.format = "torch.export", .path = path};
    Json metadata = Json::object();
    for (const char* key : {"torch_version", "schema_version", "opset_version", "range_constraints"})
        if (const Json* value = find_member(*contents.program, key)) metadata[key] = *value;
    metadata["archive_generation"] = contents.generation;
    checkpoint.metadata = std::make_shared<const Json>(std::move(metadata));
    checkpoint.tensors = contents.weights;
    for (const graph::NamedTensor& constant : contents.constants)
        if (checkpoint.find(constant.name) == nullptr) checkpoint.tensors.push_back(constant);
    checkpoint.graph = std::make_shared<const graph::Graph>(std::move(graph));
    return checkpoint;
}

}  // namespace

Match match(ByteSpan file, std::string_view) {
    if (!wire::looks_like_zip(file)) return Match::kNo;
    const auto archive = wire::ZipArchive::open(SharedBytes(nullptr, file));
    return archive && is_archive(*archive) ? Match::kCertain : Match::kNo;
}

Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path) {
    return with_place(read_archive(file, path), path);
}

}  // namespace lathe::formats::torch_export
