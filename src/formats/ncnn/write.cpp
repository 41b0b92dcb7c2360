#include "formats/ncnn/write.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "formats/known_tensor.h"
#include "formats/ncnn/lowering.h"
#include "graph/take_apart.h"
#include "ops/ops.h"

namespace lathe::formats::ncnn {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

bool follows_from_constants(const Graph& graph, const Node& node) {
    return std::ranges::all_of(node.inputs,
                               [&](ValueId id) { return id == kNoValue || known_tensor(graph, id); });
}

Status fold_node(Graph& graph, const Node& node) {
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

// What follows from constants is computed now, apart from codes that are widened.
Graph with_constants_folded(Graph graph) {
    std::vector<Node> kept;
    for (Node& node : graph.nodes) {
        const bool codes = node.op->name == "dequantize_linear" && bits_of(graph[node.inputs[0]].dtype) <= 8;
        if (!codes && follows_from_constants(graph, node) && fold_node(graph, node)) continue;
        kept.push_back(std::move(node));
    }
    graph.nodes = std::move(kept);
    return graph::without_dead_code(std::move(graph));
}

bool is_codes(const Node& node) {
    return node.op->name == "dequantize_linear" || node.op->name == "quantize_linear";
}

Result<Network> lower(const Graph& original, const WriteOptions& options) {
    std::vector<std::string> refused;
    const auto wanted = [&](const Graph& g, const Node& node) -> Result<bool> {
        if (usable_cell(g, node) != nullptr || follows_from_constants(g, node) || is_codes(node))
            return false;
        if (node.op->has_body()) return true;
        refused.push_back(format("node '{}' ({}): ncnn has no such layer, and it cannot be taken apart",
                                 node.name.empty() ? std::string(node.op->name) : node.name, node.op->name));
        return false;
    };
    TRY(Graph graph, graph::take_apart(original, ops::find_op, wanted, true));
    if (!refused.empty()) {
        std::ranges::sort(refused);
        const auto again = std::ranges::unique(refused);
        refused.erase(again.begin(), again.end());
        return fail("{}", join(refused, "; "));
    }
    graph = with_constants_folded(std::move(graph));
    return Lowering(graph, options).run();
}

}  // namespace

std::string weights_path(const std::string& param_path) {
    std::string stem = param_path;
    for (const std::string_view end : {std::string_view(".bin"), std::string_view(".param")})
        if (stem.size() > end.size() && stem.ends_with(end)) stem.resize(stem.size() - end.size());
    return stem + ".bin";
}

Status write(const Graph& graph, const std::string& path, const WriteOptions& options) {
    const std::string beside = weights_path(path);
    if (!path.ends_with(".param"))
        return fail("{}: call it .param, so that {} can lie beside it", path, beside);
    TRY(const Network network, lower(graph, options));
    TRY(const std::string text, to_param(network));
    TRY(OutputFile bin, OutputFile::create(beside));
    TRY(OutputFile param, OutputFile::create(path));
    TRY_STATUS(write_weights(network, bin));
    TRY_STATUS(param.write(text));
    TRY_STATUS(bin.commit());
    return param.commit();
}

Result<Files> to_files(const Graph& graph, const WriteOptions& options) {
    TRY(const Network network, lower(graph, options));
    TRY(std::string text, to_param(network));
    return Files{std::move(text), weight_bytes(network)};
}

}  // namespace lathe::formats::ncnn
