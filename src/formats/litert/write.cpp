#include "formats/litert/write.h"

#include "base/file.h"
#include "base/text.h"
#include "formats/fold_known.h"
#include "formats/litert/lowering.h"
#include "formats/litert/model_metadata.h"
#include "graph/take_apart.h"
#include "ops/ops.h"
#include "wire/zip.h"

namespace lathe::formats::litert {
namespace {

using graph::Graph;
using graph::Node;

// Codes of weights stay codes; those of biases (i32) are computed anew from their numbers.
bool widens_codes(const Graph& graph, const Node& node) {
    return node.op->name == "dequantize_linear" && bits_of(graph[node.inputs[0]].dtype) <= 8;
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
        if (usable_cell(g, node) != nullptr || operands_known(g, node)) return false;
        if (!node.op->has_body())
            return fail("node '{}' ({}): LiteRT has no such operator, and it cannot be taken apart",
                        node.name.empty() ? std::string(node.op->name) : node.name, node.op->name);
        return true;
    };
    TRY(graph, graph::take_apart(std::move(graph), ops::find_op, wanted, false));
    const auto lacks = [](const Graph& g, const Node& node) { return usable_cell(g, node) == nullptr; };
    graph = fold_known(std::move(graph), lacks, widens_codes);
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
