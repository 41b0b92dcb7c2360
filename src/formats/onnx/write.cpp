#include "formats/onnx/write.h"

#include <map>

#include "base/file.h"
#include "formats/onnx/export_node.h"
#include "formats/onnx/legalise.h"
#include "formats/onnx/schema.h"

namespace lathe::formats::onnx {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::ValueId;
using wire::ProtoWriter;

constexpr uint64_t kProtobufLimit = (uint64_t{1} << 31) - (1 << 20);
constexpr int64_t kSmallestExternal = 1024;
constexpr uint64_t kExternalAlignment = 4096;

struct ExternalTensor {
    Tensor tensor;
    uint64_t offset;
};

// Weights that go into a file of their own: where each lies there.
struct ExternalLayout {
    std::string location;  // the file's name; empty: no weights are external
    std::vector<ExternalTensor> tensors;
    uint64_t size_bytes = 0;
};

Status check_types(const Graph& graph, int opset) {
    for (const graph::Value& value : graph.values)
        if (const int first = first_opset_with(value.dtype); first > opset)
            return fail("value '{}' is {}, which ONNX has since operator set {}; choose a newer one than {}",
                        value.name, lathe::name_of(value.dtype), first, opset);
    return {};
}

ProtoWriter value_message(const graph::Value& value) {
    ProtoWriter shape;
    for (const graph::Dim& dim : value.shape) {
        ProtoWriter dimension;
        if (dim.is_constant()) dimension.int64(shape_field::kDimValue, *dim.constant());
        else dimension.text(shape_field::kDimParam, dim.text());
        shape.message(shape_field::kDim, std::move(dimension));
    }
    ProtoWriter tensor;
    tensor.int64(type_field::kElemType, code_of(value.dtype));
    tensor.message(type_field::kShape, std::move(shape));
    ProtoWriter type;
    type.message(type_field::kTensor, std::move(tensor));
    ProtoWriter message;
    message.text(value_info::kName, value.name);
    message.message(value_info::kType, std::move(type));
    return message;
}

ProtoWriter entry_message(std::string_view key, std::string_view value) {
    ProtoWriter message;
    message.text(entry::kKey, key);
    message.text(entry::kValue, value);
    return message;
}

ProtoWriter external_message(const std::string& name, const Tensor& tensor, ExternalLayout& layout) {
    const uint64_t offset =
        (layout.size_bytes + kExternalAlignment - 1) / kExternalAlignment * kExternalAlignment;
    const auto length = static_cast<uint64_t>(tensor.size_bytes());
    ProtoWriter message;
    tensor_header(message, name, tensor);
    message.message(tensor_field::kExternalData, entry_message("location", layout.location));
    message.message(tensor_field::kExternalData, entry_message("offset", format("{}", offset)));
    message.message(tensor_field::kExternalData, entry_message("length", format("{}", length)));
    message.int64(tensor_field::kDataLocation, 1);
    layout.tensors.push_back({tensor, offset});
    layout.size_bytes = offset + length;
    return message;
}

std::vector<bool> used_values(const Graph& graph) {
    std::vector<bool> used(graph.values.size(), false);
    for (const graph::Node& node : graph.nodes)
        for (const ValueId id : node.inputs)
            if (id != kNoValue) used[static_cast<size_t>(id)] = true;
    for (const ValueId id : graph.outputs) used[static_cast<size_t>(id)] = true;
    return used;
}

Status add_weights(const Graph& graph, const std::vector<bool>& used, const SmallConstants& small,
                   ExternalLayout& layout, ProtoWriter& message) {
    const auto add = [&](const std::string& name, const Tensor& tensor) {
        const bool external = !layout.location.empty() && tensor.size_bytes() >= kSmallestExternal;
        message.message(graph_field::kInitializer,
                        external ? external_message(name, tensor, layout) : tensor_message(name, tensor));
    };
    for (size_t i = 0; i < graph.values.size(); ++i)
        if (used[i] && graph.values[i].constant) add(graph.values[i].name, *graph.values[i].constant);
    for (const auto& [name, tensor] : small.all()) add(name, tensor);
    return {};
}

Result<ProtoWriter> graph_message(const Graph& graph, const WriteOptions& options, ExternalLayout& layout) {
    const std::vector<bool> used = used_values(graph);
    ProtoWriter message;
    SmallConstants small;
    for (const graph::Value& value : graph.values) small.reserve(value.name);
    for (const graph::Node& node : graph.nodes)
        TRY_STATUS(export_node(graph, node, options.opset, used, small, message));
    message.text(graph_field::kName, graph.name.empty() ? "lathe" : graph.name);
    TRY_STATUS(add_weights(graph, used, small, layout, message));
    for (const ValueId id : graph.inputs) message.message(graph_field::kInput, value_message(graph[id]));
    for (const ValueId id : graph.outputs) message.message(graph_field::kOutput, value_message(graph[id]));
    return message;
}

ProtoWriter model_message(const Graph& graph, const WriteOptions& options, ProtoWriter inner) {
    ProtoWriter message;
    message.int64(model::kIrVersion, ir_version_of_opset(options.opset));
    message.text(model::kProducerName, "lathe");
    if (!options.producer_version.empty()) message.text(model::kProducerVersion, options.producer_version);
    if (!options.doc_string.empty()) message.text(model::kDocString, options.doc_string);
    ProtoWriter opset;
    opset.text(opset_id::kDomain, "");
    opset.int64(opset_id::kVersion, options.opset);
    message.message(model::kOpsetImport, std::move(opset));
    for (const auto& [key, value] : graph.metadata)
        message.message(model::kMetadataProps, entry_message(key, value));
    message.message(model::kGraph, std::move(inner));
    return message;
}

// Names of nodes occur once; ONNX Runtime refuses others.
void make_node_names_unique(Graph& graph) {
    std::map<std::string, int, std::less<>> taken;  // and how many variants of it there are
    for (graph::Node& node : graph.nodes) {
        const std::string base = node.name.empty() ? std::string(node.op->name) : node.name;
        node.name = base;
        while (!taken.try_emplace(node.name, 0).second) node.name = format("{}_{}", base, ++taken[base]);
    }
}

// A graph in ONNX's words.
Result<Graph> prepared(Graph graph, int opset) {
    if (opset < kOldestWrittenOpset || opset > kNewestWrittenOpset)
        return fail("ONNX operator set {} cannot be written, expected {} to {}", opset, kOldestWrittenOpset,
                    kNewestWrittenOpset);
    TRY(graph, legalise(std::move(graph), opset));
    TRY(graph, with_size_operands(std::move(graph), opset));
    TRY_STATUS(check_types(graph, opset));
    make_node_names_unique(graph);
    return graph;
}

Result<ProtoWriter> build(const Graph& graph, const WriteOptions& options, ExternalLayout& layout) {
    TRY(ProtoWriter inner, graph_message(graph, options, layout));
    return model_message(graph, options, std::move(inner));
}

Status write_data(OutputFile& file, const ExternalLayout& layout, const Progress& progress) {
    for (const ExternalTensor& entry : layout.tensors) {
        TRY_STATUS(file.pad_to(entry.offset));
        const SharedBytes bytes =
            is_dense(entry.tensor) ? entry.tensor.storage() : entry.tensor.to_contiguous().storage();
        TRY_STATUS(file.write(bytes.bytes()));
        release_pages(entry.tensor.storage());
        if (progress) progress("writing weights", entry.offset, layout.size_bytes);
    }
    return {};
}

std::string file_name_of(const std::string& path) {
    const size_t slash = path.rfind('/');
    return slash == path.npos ? path : path.substr(slash + 1);
}

}  // namespace

Status write(const Graph& original, const std::string& path, const WriteOptions& options) {
    TRY(const Graph graph, prepared(original, options.opset));
    const auto weights = static_cast<uint64_t>(graph::constant_bytes(graph));
    const bool external = options.external_data == ExternalData::kAlways ||
                          (options.external_data == ExternalData::kAuto && weights >= kProtobufLimit);
    ExternalLayout layout;
    if (external) layout.location = file_name_of(path) + ".data";
    TRY(const ProtoWriter message, build(graph, options, layout));
    if (message.size_bytes() >= kProtobufLimit)
        return fail(
            "'{}' would have {} bytes, above protobuf's limit of 2 GB; put the weights into a file of their own (external data)",
            path, message.size_bytes());
    TRY(OutputFile model_file, OutputFile::create(path));
    std::optional<OutputFile> data_file;
    if (external) {
        TRY(data_file, OutputFile::create(path + ".data"));
        TRY_STATUS(write_data(*data_file, layout, options.progress));
    }
    TRY_STATUS(message.pieces().write_to(model_file));
    if (data_file) TRY_STATUS(data_file->commit());
    return model_file.commit();
}

Result<std::vector<std::byte>> to_bytes(const Graph& original, const WriteOptions& options) {
    TRY(const Graph graph, prepared(original, options.opset));
    ExternalLayout layout;
    TRY(const ProtoWriter message, build(graph, options, layout));
    if (message.size_bytes() >= kProtobufLimit)
        return fail("the model would exceed protobuf's limit of 2 GB");
    return message.pieces().to_vector();
}

}  // namespace lathe::formats::onnx
