#include "pipeline/model.h"

#include <algorithm>

#include "base/text.h"
#include "formats/all.h"
#include "passes/passes.h"
#include "zoo/zoo.h"

namespace lathe::pipeline {
namespace {

std::string first_names(const graph::Checkpoint& checkpoint) {
    std::string text;
    for (size_t i = 0; i < std::min<size_t>(checkpoint.tensors.size(), 3); ++i)
        text += format("{}'{}'", i == 0 ? "" : ", ", printable(checkpoint.tensors[i].name, 60));
    return text.empty() ? "none" : text + (checkpoint.tensors.size() > 3 ? ", …" : "");
}

// `path: message`, once: readers and builders put the path in front where they know it.
template <class T>
Result<T> with_path(Result<T> result, const std::string& path) {
    if (!result && result.error().message.starts_with(path)) return result;
    return with_place(std::move(result), path);
}

Result<graph::Graph> graph_of(const std::string& path, const graph::Checkpoint& checkpoint,
                              const ModelOptions& options, std::string& kind) {
    if (checkpoint.graph) {
        kind = format("{} model", checkpoint.format);
        if (options.heads.empty()) return *checkpoint.graph;
        return with_place(passes::keep_outputs(*checkpoint.graph, options.heads), path);
    }
    const zoo::Architecture* architecture = zoo::detect_architecture(checkpoint);
    if (architecture == nullptr)
        return fail(
            "{}: the weights are of no architecture known here ({} tensors: {}); `lathe info --tensors` lists them",
            path, checkpoint.tensors.size(), first_names(checkpoint));
    kind = architecture->description;
    const zoo::BuildOptions build{.outputs = options.heads, .weights = options.weights == "swa" ? "swa" : ""};
    return with_path(architecture->build(checkpoint, build), path);
}

}  // namespace

Result<Model> open_model(const std::string& path, const ModelOptions& options) {
    Model model;
    TRY(model.checkpoint, formats::open(path));
    TRY(model.graph, graph_of(path, model.checkpoint, options, model.kind));
    if (const auto note = model.graph.metadata.find("note"); note != model.graph.metadata.end())
        model.notes.push_back(note->second);
    return model;
}

}  // namespace lathe::pipeline
