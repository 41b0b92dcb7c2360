#include "formats/litert/write.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "formats/known_tensor.h"
#include "formats/litert/lowering.h"
#include "formats/litert/model_metadata.h"
#include "graph/contexts.h"
#include "graph/take_apart.h"
#include "ops/ops.h"
#include "wire/zip.h"

namespace lathe::formats::litert {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

constexpr int64_t kSmallResult = int64_t{64} << 10;  // bytes

bool is_known(const Graph& graph, const Node& node) {
    return std::ranges::all_of(node.inputs,
                               [&](ValueId id) { return id == kNoValue || known_tensor(graph, id); });
}

// A node that follows from constants and is better computed now: LiteRT lacks it, or its results are small.
bool can_fold(const Graph& graph, const Node& node) {
    // Codes of weights stay codes; those of biases (i32) are computed anew from their numbers.
    if (node.op->name == "dequantize_linear" && bits_of(graph[node.inputs[0]].dtype) <= 8) return false;
    int64_t bytes = 0;
    for (const ValueId id : node.outputs) {
        if (id == kNoValue) continue;
        const auto shape = graph::constant_shape(graph[id].shape);
        if (!shape) return false;
        bytes += bytes_of(graph[id].dtype, element_count(*shape));
    }
    return (bytes <= kSmallResult || usable_cell(graph, node) == nullptr) && is_known(graph, node);
}

Status fold(Graph& graph, const Node& node) {
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

// Bodies bring nodes of constants along.
Result<Graph> with_constants_folded(Graph graph) {
    std::vector<Node> kept;
    for (Node& node : graph.nodes) {
        if (can_fold(graph, node) && fold(graph, node)) continue;
        kept.push_back(std::move(node));
    }
    graph.nodes = std::move(kept);
    return graph::without_dead_code(std::move(graph));
}

Result<wire::Pieces> pieces_of(const Model& model, const WriteOptions& options) {
    TRY(wire::Pieces pieces,
        serialise(model, options.producer_version.empty() ? "lathe" : "lathe " + options.producer_version));
    if (options.labels.empty()) return pieces;
    wire::ZipWriter behind(std::move(pieces));
    TRY_STATUS(behind.add(kLabels, join(options.labels, "\n") + "\n"));
    return behind.finish();
}

}  // namespace

Result<Model> lower(Graph& graph, const WriteOptions& options) {
    const auto wanted = [](const Graph& g, const Node& node) -> Result<bool> {
        if (usable_cell(g, node) != nullptr || is_known(g, node)) return false;
        if (!node.op->has_body())
            return fail("node '{}' ({}): LiteRT has no such operator, and it cannot be taken apart",
                        node.name.empty() ? std::string(node.op->name) : node.name, node.op->name);
        return true;
    };
    TRY(graph, graph::take_apart(std::move(graph), ops::find_op, wanted, false));
    TRY(graph, with_constants_folded(std::move(graph)));
    return Lowering(graph, options).run();
}

Status write(const graph::Graph& original, const std::string& path, const WriteOptions& options) {
    graph::Graph graph = original;
    TRY(const Model model, lower(graph, options));
    TRY(const wire::Pieces pieces, pieces_of(model, options));
    TRY(OutputFile file, OutputFile::create(path));
    TRY_STATUS(pieces.write_to(file));
    return file.commit();
}

Result<std::vector<std::byte>> to_bytes(const graph::Graph& original, const WriteOptions& options) {
    graph::Graph graph = original;
    TRY(const Model model, lower(graph, options));
    TRY(const wire::Pieces pieces, pieces_of(model, options));
    return pieces.to_vector();
}

}  // namespace lathe::formats::litert
