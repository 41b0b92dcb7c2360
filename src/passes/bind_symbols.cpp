#include <algorithm>

#include "base/text.h"
#include "graph/contexts.h"
#include "passes/passes.h"

namespace lathe::passes {

using graph::Dim;
using graph::Dims;

Result<Graph> bind_symbols(Graph graph, const graph::Bindings& sizes) {
    const auto symbols = graph::symbols_of(graph);
    std::map<std::string, Dim, std::less<>> values;
    for (const auto& [name, size] : sizes) {
        if (std::ranges::find(symbols, name) == symbols.end())
            return fail("the model has no size '{}'; it has: {}", name,
                        symbols.empty() ? "none" : join(symbols, ", "));
        if (size < 1) return fail("the size {} = {} is below 1", name, size);
        values.emplace(name, Dim(size));
    }
    const auto substitute = [&](Dims& dims) {
        for (Dim& dim : dims) dim = dim.substitute(values);
    };
    for (const graph::ValueId id : graph.inputs) substitute(graph[id].shape);
    for (graph::Node& node : graph.nodes) {
        graph::Attrs attrs;
        for (auto [name, value] : node.attrs) {
            if (Dims* dims = std::get_if<Dims>(&value)) substitute(*dims);
            attrs.set(name, std::move(value));
        }
        node.attrs = std::move(attrs);
    }
    TRY_STATUS(graph::infer_again(graph));
    return graph;
}

Result<Graph> keep_outputs(Graph graph, const std::vector<std::string>& names) {
    std::vector<graph::ValueId> kept;
    std::vector<std::string> known;
    for (const graph::ValueId id : graph.outputs) known.push_back(graph[id].name);
    for (const std::string& name : names) {
        const auto it = std::ranges::find(known, name);
        if (it == known.end())
            return fail("the model has no output '{}'; it has: {}", name, join(known, ", "));
        kept.push_back(graph.outputs[static_cast<size_t>(it - known.begin())]);
    }
    graph.outputs = std::move(kept);
    return graph::without_dead_code(std::move(graph));
}

}  // namespace lathe::passes
