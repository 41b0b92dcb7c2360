#include "run/engine.h"

#include "base/format.h"

namespace lathe::run {

Status bind_inputs(const graph::Graph& graph, std::span<const Tensor> inputs, graph::Bindings& bindings) {
    if (inputs.size() != graph.inputs.size())
        return fail("{} inputs given, the graph has {}", inputs.size(), graph.inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) {
        const graph::Value& value = graph[graph.inputs[i]];
        if (inputs[i].dtype() != value.dtype)
            return fail("input '{}' is {}, expected {}", value.name, name_of(inputs[i].dtype()),
                        name_of(value.dtype));
        TRY_STATUS(with_place(graph::bind(value.shape, inputs[i].shape(), bindings),
                              format("input '{}'", value.name)));
    }
    return {};
}

}  // namespace lathe::run
