#include "formats/openvino/write.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "formats/known_tensor.h"
#include "formats/openvino/lowering.h"
#include "graph/take_apart.h"
#include "ops/ops.h"

namespace lathe::formats::openvino {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

constexpr int64_t kSmallBytes = int64_t{64} << 10;
constexpr std::string_view kExtension = ".xml";

bool is_known(const Graph& graph, const Node& node) {
    return std::ranges::all_of(node.inputs,
                               [&](ValueId id) { return id == kNoValue || known_tensor(graph, id); });
}

// What follows from constants, where its result is small or OpenVINO cannot compute it. Codes stay codes.
bool can_compute(const Graph& graph, const Node& node) {
    if (node.op->name == "dequantize_linear" && bits_of(graph[node.inputs[0]].dtype) <= 8) return false;
    int64_t bytes = 0;
    for (const ValueId id : node.outputs) {
        if (id == kNoValue) continue;
        const auto shape = graph::constant_shape(graph[id].shape);
        if (!shape) return false;
        bytes += bytes_of(graph[id].dtype, element_count(*shape));
    }
    return (bytes <= kSmallBytes || !can_say(graph, node)) && is_known(graph, node);
}

Status compute(Graph& graph, const Node& node) {
    std::vector<std::optional<Tensor>> held;
    std::vector<const Tensor*> operands;
    for (const ValueId id : node.inputs)
        held.push_back(id == kNoValue ? std::nullopt : known_tensor(graph, id));
    for (std::optional<Tensor>& tensor : held) {
        if (tensor) tensor = tensor->to_contiguous();
        operands.push_back(tensor ? &*tensor : nullptr);
    }
    TRY(auto results, graph::evaluate(*node.op, node.attrs, operands, node.outputs.size()));
    for (size_t i = 0; i < results.size(); ++i)
        if (node.outputs[i] != kNoValue) graph[node.outputs[i]].constant = std::move(results[i]);
    return {};
}

Graph with_known_computed(Graph graph) {
    std::vector<Node> kept;
    for (Node& node : graph.nodes) {
        if (can_compute(graph, node) && compute(graph, node)) continue;
        kept.push_back(std::move(node));
    }
    graph.nodes = std::move(kept);
    return graph::without_dead_code(std::move(graph));
}

// Every operator that can be neither said nor taken apart, once.
std::vector<std::string> lacking(const Graph& graph) {
    std::vector<std::string> names;
    for (const Node& node : graph.nodes) {
        if (can_say(graph, node) || is_known(graph, node)) continue;
        const std::string name = format("{} (node '{}')", node.op->name, node.name);
        const bool there = std::ranges::any_of(
            names, [&](const std::string& one) { return one.starts_with(format("{} (", node.op->name)); });
        if (!there) names.push_back(name);
    }
    return names;
}

}  // namespace

Result<std::string> weights_path(const std::string& path) {
    if (!path.ends_with(kExtension))
        return fail("{}: OpenVINO's models end in .xml, with their weights beside them in .bin", path);
    return path.substr(0, path.size() - kExtension.size()) + ".bin";
}

Result<Model> lower(Graph& graph, const WriteOptions& options) {
    const auto wanted = [](const Graph& g, const Node& node) -> Result<bool> {
        return !can_say(g, node) && !is_known(g, node) && node.op->has_body();
    };
    TRY(graph, graph::take_apart(std::move(graph), ops::find_op, wanted, true));
    if (const auto names = lacking(graph); !names.empty())
        return fail("OpenVINO has no such operators, and they cannot be taken apart: {}", join(names, ", "));
    graph = with_known_computed(std::move(graph));
    TRY(graph, with_sizes(std::move(graph)));
    return Lowering(graph, options).run();
}

namespace {

std::string producer(const WriteOptions& options) {
    return options.producer_version.empty() ? "lathe" : "lathe " + options.producer_version;
}

}  // namespace

Status write(const Graph& original, const std::string& path, const WriteOptions& options) {
    TRY(const std::string weights, weights_path(path));
    Graph graph = original;
    TRY(const Model model, lower(graph, options));
    const Files files = serialise(model, producer(options));
    TRY(OutputFile bin, OutputFile::create(weights));
    TRY(OutputFile xml, OutputFile::create(path));
    TRY_STATUS(files.weights.write_to(bin));
    TRY_STATUS(xml.write(files.xml));
    return commit_both(bin, xml);
}

Result<FileBytes> to_bytes(const Graph& original, const WriteOptions& options) {
    Graph graph = original;
    TRY(const Model model, lower(graph, options));
    const Files files = serialise(model, producer(options));
    TRY(auto weights, files.weights.to_vector());
    return FileBytes{files.xml, std::move(weights)};
}

}  // namespace lathe::formats::openvino
