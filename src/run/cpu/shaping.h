// Shapes of all values for one set of bound symbols, and what is known before the run: constants, sizes, and what follows
// from them alone.
#pragma once
#include <memory>

#include "run/cpu/groups.h"

namespace lathe::run::cpu {

class Shaping {
public:
    Shaping(const graph::Graph& graph, graph::Bindings bindings)
        : bindings_(std::move(bindings)), shaped_{graph, {}, {}, {}} {}

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
    ShapedGraph shaped_;
    std::vector<std::unique_ptr<Tensor>> owned_;
};

}  // namespace lathe::run::cpu
