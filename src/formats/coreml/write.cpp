#include "formats/coreml/write.h"

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/folder.h"
#include "formats/coreml/blob_file.h"
#include "formats/coreml/lowering.h"
#include "formats/coreml/messages.h"
#include "formats/coreml/package.h"
#include "formats/fold_known.h"
#include "graph/take_apart.h"
#include "ops/ops.h"

namespace lathe::formats::coreml {
namespace {

using graph::Graph;
using graph::Node;

constexpr int kFirstVersion = 6, kLastVersion = 9;

int first_version(Weights weights) {
    if (weights == Weights::kPlain) return kFirstVersion;
    return weights == Weights::kI4 ? kLastVersion : 7;
}

std::string_view system_of(int version) {
    return version == 6 ? "iOS 15" : version == 7 ? "iOS 16" : version == 8 ? "iOS 17" : "iOS 18";
}

bool lacks(const Graph& graph, const Node& node) { return usable_cell(graph, node) == nullptr; }

Status check_labels(const Graph& graph, const WriteOptions& options) {
    if (options.labels.empty()) return {};
    const graph::Dims& shape = graph[graph.outputs[0]].shape;
    const auto classes = static_cast<int64_t>(options.labels.size());
    const bool one_row = shape.size() == 2 && shape[0] == graph::Dim(1);
    if ((shape.size() != 1 && !one_row) || !(shape.back() == graph::Dim(classes)))
        return fail(
            "there are {} labels, and the output '{}' is {}; Core ML's classifiers take one image at a time",
            classes, graph[graph.outputs[0]].name, to_string(shape));
    std::set<std::string_view> different;
    for (const std::string& label : options.labels)
        if (!different.insert(label).second)
            return fail("the label '{}' is given twice, and Core ML's classifiers know their classes by it",
                        label);
    return {};
}

bool ends_with_softmax(const Graph& graph) {
    const graph::ValueId output = graph.outputs[0];
    return std::ranges::any_of(graph.nodes, [&](const Node& node) {
        return node.op->name == "softmax" && node.outputs[0] == output;
    });
}

std::vector<std::string> values_of_i64(const Graph& graph) {
    std::vector<std::string> names;
    const auto add = [&](graph::ValueId id) {
        if (id == graph::kNoValue || graph[id].dtype != DType::kI64) return;
        if (const std::string& name = graph[id].name; std::ranges::find(names, name) == names.end())
            names.push_back(name);
    };
    std::ranges::for_each(graph.inputs, add);
    std::ranges::for_each(graph.outputs, add);
    for (const Node& node : graph.nodes) std::ranges::for_each(node.outputs, add);
    return names;
}

// Lowers for the first set of operators that has all that is needed.
Result<Model> lower_for(Graph& graph, const WriteOptions& options, Written& written) {
    const auto wanted = [](const Graph& g, const Node& node) -> Result<bool> {
        if (!lacks(g, node) || operands_known(g, node)) return false;
        if (!node.op->has_body())
            return fail("node '{}' ({}): Core ML has no such operator, and it cannot be taken apart",
                        node.name.empty() ? std::string(node.op->name) : node.name, node.op->name);
        return true;
    };
    if (graph.outputs.empty()) return fail("the graph has no output");
    TRY_STATUS(check_labels(graph, options));
    written.gives_probabilities = ends_with_softmax(graph);
    TRY(graph, graph::take_apart(std::move(graph), ops::find_op, wanted, false));
    graph = fold_known(std::move(graph), lacks, [](const Graph&, const Node&) { return false; });
    int version = first_version(options.weights);
    while (true) {
        Lowering lowering(graph, options, version);
        auto model = lowering.run();
        if (!model && lowering.needed() > version) {
            version = lowering.needed();
            continue;
        }
        TRY(Model result, std::move(model));
        drop_unused(result.program);
        if (!options.producer_version.empty()) result.notes["lathe.version"] = options.producer_version;
        written.version = version;
        written.opset = opset_of(version);
        written.system = system_of(version);
        written.compressed = lowering.compressed();
        written.plain = lowering.plain();
        written.beyond_half = lowering.beyond_half();
        written.narrowed = values_of_i64(graph);
        return result;
    }
}

}  // namespace

Result<Model> lower(Graph& graph, const WriteOptions& options) {
    Written written;
    return lower_for(graph, options, written);
}

Result<Written> write(const Graph& original, const std::string& path, const WriteOptions& options) {
    Graph graph = original;
    Written written;
    TRY(Model model, lower_for(graph, options, written));
    TRY_STATUS(write_package(model, path, written));
    return written;
}

}  // namespace lathe::formats::coreml
