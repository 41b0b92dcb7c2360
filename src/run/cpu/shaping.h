// Shapes of all values for one set of bound symbols, and what is known before the run: constants, sizes, and what follows
// from them alone.
#pragma once
#include <functional>
#include <memory>

#include "run/cpu/groups.h"

namespace lathe::run::cpu {

class Shaping {
public:
    // gone: constants whose elements are elsewhere (PackedWeights).
    Shaping(
        const graph::Graph& graph, graph::Bindings bindings,
        std::function<bool(graph::ValueId)> gone = [](graph::ValueId) { return false; })
        : bindings_(std::move(bindings)), gone_(std::move(gone)), shaped_{graph, {}, {}, {}} {}

    // Errors: a size that only the run will tell; a value that no memory should be given to; a failing operator.
    Status run();

    const ShapedGraph& shaped() const { return shaped_; }
    const graph::Bindings& bindings() const { return bindings_; }

private:
    Status shape_values();
    Status fold(size_t node);
    void drop_unused();
    void keep(size_t value, Tensor tensor);

    graph::Bindings bindings_;
    std::function<bool(graph::ValueId)> gone_;
    ShapedGraph shaped_;
    std::vector<std::unique_ptr<Tensor>> owned_;
};

}  // namespace lathe::run::cpu
