#include "formats/torch/notes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace lathe::formats::torch {

Notes notes_of(const graph::Graph& graph) {
    Notes notes{.inputs = {}, .outputs = {}, .metadata = graph.metadata};
    for (const graph::ValueId id : graph.inputs)
        notes.inputs.push_back({graph[id].name, graph[id].dtype, graph[id].shape});
    for (const graph::ValueId id : graph.outputs) notes.outputs.push_back(graph[id].name);
    return notes;
}

std::string to_text(const Notes& notes) {
    Json inputs = Json::array(), metadata = Json::object();
    for (const Notes::Input& input : notes.inputs) {
        Json sizes = Json::array();
        for (const graph::Dim& dim : input.shape) sizes.push_back(dim.text());
        inputs.push_back({{"name", input.name}, {"dtype", lathe::name_of(input.dtype)}, {"shape", sizes}});
    }
    for (const auto& [key, value] : notes.metadata) metadata[key] = value;
    return lathe::to_text(Json{{"inputs", inputs}, {"outputs", notes.outputs}, {"metadata", metadata}});
}

Result<Notes> parse_notes(std::string_view text) {
    TRY(const Json json, parse_json(text));
    Notes notes;
    const Json *inputs = find_member(json, "inputs"), *outputs = find_member(json, "outputs");
    if (inputs == nullptr || !inputs->is_array() || outputs == nullptr || !outputs->is_array())
        return fail("expected lists of inputs and outputs");
    for (const Json& input : *inputs) {
        TRY(const std::string type, string_member(input, "dtype"));
        const auto dtype = dtype_named(type);
        const Json* shape = find_member(input, "shape");
        if (!dtype || shape == nullptr || !shape->is_array()) return fail("an input has no type or no shape");
        Notes::Input made{.dtype = *dtype, .shape = {}};
        TRY(made.name, string_member(input, "name"));
        for (const Json& size : *shape) {
            if (!size.is_string()) return fail("a size of '{}' is no text", printable(made.name));
            TRY(const graph::Dim dim, graph::Dim::parse(size.get_ref<const std::string&>()));
            if (dim.constant() && *dim.constant() < 0)
                return fail("a size of '{}' is negative", printable(made.name));
            made.shape.push_back(dim);
        }
        notes.inputs.push_back(std::move(made));
    }
    for (const Json& output : *outputs) {
        if (!output.is_string()) return fail("the name of an output is no text");
        notes.outputs.push_back(output.get<std::string>());
    }
    if (const Json* metadata = find_member(json, "metadata"); metadata != nullptr && metadata->is_object())
        for (const auto& [key, value] : metadata->items())
            if (value.is_string()) notes.metadata[key] = value.get<std::string>();
    return notes;
}

void apply_notes(const Notes& notes, graph::Graph& graph) {
    graph.metadata = notes.metadata;
    if (notes.outputs.size() != graph.outputs.size()) return;
    for (size_t i = 0; i < notes.outputs.size(); ++i) {
        graph::Value& value = graph[graph.outputs[i]];
        const graph::ValueId taken = graph.find(notes.outputs[i]);
        const bool port = std::ranges::find(graph.inputs, taken) != graph.inputs.end() ||
                          std::ranges::find(graph.outputs, taken) != graph.outputs.end();
        if (taken == graph::kNoValue) value.name = notes.outputs[i];
        else if (!port) std::swap(value.name, graph[taken].name);
    }
}

}  // namespace lathe::formats::torch
