#include "formats/torch_export/read.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "formats/torch_export/import.h"

namespace lathe::formats::torch_export {
namespace {

void rename(graph::Dims& dims, const std::map<std::string, graph::Dim, std::less<>>& names) {
    for (graph::Dim& dim : dims) dim = dim.substitute(names);
}

void rename_symbols(graph::Graph& graph, const std::map<std::string, graph::Dim, std::less<>>& names) {
    for (graph::Value& value : graph.values) {
        rename(value.shape, names);
        if (value.contents) rename(*value.contents, names);
    }
    for (graph::Node& node : graph.nodes) {
        std::vector<std::pair<std::string, graph::Dims>> changed;
        for (const auto& [key, attr] : node.attrs)
            if (const auto* dims = std::get_if<graph::Dims>(&attr)) changed.emplace_back(key, *dims);
        for (auto& [key, dims] : changed) {
            rename(dims, names);
            node.attrs.set(key, std::move(dims));
        }
    }
}

// Programs call their sizes s0, s1, …; the notes have their own names.
void apply(const torch::Notes& notes, graph::Graph& graph) {
    std::map<std::string, graph::Dim, std::less<>> names;
    for (size_t i = 0; i < std::min(notes.inputs.size(), graph.inputs.size()); ++i) {
        const graph::Dims &own = graph[graph.inputs[i]].shape, &noted = notes.inputs[i].shape;
        for (size_t k = 0; k < std::min(own.size(), noted.size()); ++k)
            if (own[k].is_symbol() && noted[k].is_symbol()) names.try_emplace(own[k].text(), noted[k]);
    }
    rename_symbols(graph, names);
    torch::apply_notes(notes, graph);
}

Result<graph::Checkpoint> read_archive(const SharedBytes& file, const std::string& path) {
    TRY(const Contents contents, open_archive(file));
    TRY(graph::Graph graph, import_program(contents));
    if (contents.notes) apply(*contents.notes, graph);
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
