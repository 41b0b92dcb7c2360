#include "formats/onnx/read.h"

#include <nlohmann/json.hpp>
#include <set>

#include "base/json.h"
#include "formats/onnx/import_graph.h"

namespace lathe::formats::onnx {
namespace {

using wire::ProtoField;
using wire::ProtoReader;
using wire::ProtoType;

bool has_type(const ProtoField& field) {
    switch (field.number) {
        case model::kIrVersion:
        case model::kModelVersion: return field.type == ProtoType::kVarint;
        case model::kProducerName:
        case model::kProducerVersion:
        case model::kDomain:
        case model::kDocString:
        case model::kGraph:
        case model::kOpsetImport:
        case model::kMetadataProps:
        case 20:  // training information
        case model::kFunctions:
        case 26: return field.type == ProtoType::kBytes;  // 26: device configuration
        default: return false;
    }
}

std::shared_ptr<const Json> metadata_of(const ModelMessage& model) {
    Json json = Json::object();
    json["ir_version"] = model.ir_version;
    for (const auto& [domain, version] : model.opsets)
        json["opset_import"][domain.empty() ? "ai.onnx" : domain] = version;
    const auto add = [&](const char* key, std::string_view value) {
        if (!value.empty()) json[key] = std::string(value);
    };
    add("producer_name", model.producer_name);
    add("producer_version", model.producer_version);
    add("domain", model.domain);
    add("doc_string", model.doc_string);
    if (model.model_version != 0) json["model_version"] = model.model_version;
    for (const auto& [key, value] : model.metadata)
        json["metadata_props"][std::string(key)] = std::string(value);
    return std::make_shared<const Json>(std::move(json));
}

}  // namespace

Match match(ByteSpan file, std::string_view path) {
    ProtoReader reader(file);
    ProtoField field;
    bool has_graph = false, has_version = false;
    while (true) {
        const auto more = reader.next(field);
        if (!more) return has_version && path.ends_with(".onnx") ? Match::kPossible : Match::kNo;  // cut off
        if (!*more) break;
        if (!has_type(field)) return Match::kNo;
        has_version =
            has_version || (field.number == model::kIrVersion && field.value > 0 && field.value < 1000);
        has_graph = has_graph || field.number == model::kGraph;
    }
    return has_graph && has_version ? Match::kCertain : Match::kNo;
}

Result<graph::Graph> read_graph(const SharedBytes& file, const std::string& path,
                                const ReadOptions& options) {
    const std::string place = path.empty() ? "ONNX model" : path;
    TRY(const ModelMessage model, with_place(parse_model(file.bytes()), place));
    DataSource source(file, path);
    return with_place(import_graph(model, source, options), place);
}

Result<std::vector<std::string>> input_names(const SharedBytes& file) {
    TRY(const ModelMessage model, parse_model(file.bytes()));
    std::set<std::string, std::less<>> weights;
    std::vector<std::string> names;
    if (!model.graph) return names;
    DataSource source(file, "");
    for (const ProtoReader& reader : model.graph->initializers) {
        TRY(const auto tensor, read_tensor(reader, source));
        weights.insert(tensor.name);
    }
    for (const ValueInfo& info : model.graph->inputs)
        if (!weights.contains(info.name)) names.emplace_back(info.name);
    return names;
}

Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path) {
    TRY(const ModelMessage model, with_place(parse_model(file.bytes()), path));
    DataSource source(file, path);
    auto graph = with_place(import_graph(model, source, {}), path);
    if (!graph) return std::unexpected(graph.error());
    graph::Checkpoint result{.format = "onnx", .path = path};
    for (const ProtoReader& reader : model.graph->initializers) {
        TRY(auto tensor, with_place(read_tensor(reader, source), path));
        result.tensors.push_back(std::move(tensor));
    }
    result.metadata = metadata_of(model);
    result.graph = std::make_shared<const graph::Graph>(*std::move(graph));
    return result;
}

Result<graph::NamedTensor> read_tensor_file(const SharedBytes& file) {
    DataSource source(file, "");
    return read_tensor(ProtoReader(file.bytes()), source);
}

constinit const Format kFormat{"onnx", "ONNX model, operator sets up to 25, weights inside or beside it",
                               match, read};

}  // namespace lathe::formats::onnx
