#include "formats/executorch/read.h"

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "formats/executorch/import.h"
#include "formats/executorch/schema.h"
#include "formats/torch/notes.h"

namespace lathe::formats::executorch {
namespace {

Result<graph::Checkpoint> read_program(const SharedBytes& file, const std::string& path) {
    TRY(const Program program, parse(file));
    TRY(graph::Graph graph, import_program(program));
    if (const auto notes = program.texts.find(torch::kNotesEntry); notes != program.texts.end()) {
        TRY(const torch::Notes parsed, with_place(torch::parse_notes(notes->second), torch::kNotesEntry));
        torch::apply_notes(parsed, graph);
    }
    graph::Checkpoint checkpoint{.format = "executorch", .path = path};
    Json metadata = Json::object();
    metadata["method"] = program.method.name;
    if (!program.other_methods.empty()) metadata["other_methods"] = program.other_methods;
    Json delegates = Json::array();
    for (const Delegate& delegate : program.method.delegates) delegates.push_back(delegate.id);
    metadata["delegates"] = std::move(delegates);
    uint64_t planned = 0;
    for (const uint64_t bytes : program.method.buffer_bytes) planned += bytes;
    metadata["planned_bytes"] = planned;
    checkpoint.metadata = std::make_shared<const Json>(std::move(metadata));
    for (const Value& value : program.method.values)
        if (const auto* tensor = std::get_if<TensorValue>(&value))
            if (tensor->constant && !tensor->name.empty() && checkpoint.find(tensor->name) == nullptr)
                checkpoint.tensors.push_back({tensor->name, *tensor->constant});
    checkpoint.graph = std::make_shared<const graph::Graph>(std::move(graph));
    return checkpoint;
}

}  // namespace

Match match(ByteSpan file, std::string_view) {
    if (file.size() < 8 || as_text(file.subspan(4, 4)) != kIdentifier) return Match::kNo;
    return Match::kCertain;
}

Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path) {
    return with_place(read_program(file, path), path);
}

}  // namespace lathe::formats::executorch
