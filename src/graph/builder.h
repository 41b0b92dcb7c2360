// Builder: writes a graph line by line. The first error sticks: later calls do nothing, and finish() returns it, so that
// an architecture reads straight through.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace lathe::graph {

class Builder {
public:
    explicit Builder(OpLookup ops, std::string_view graph_name = {});

    ValueId input(std::string_view name, DType dtype, Dims shape);
    ValueId constant(std::string_view name,
                     Tensor tensor);  // the tensor may be strided; it is stored as it is
    // Adds a node; returns its first result. op must exist; attributes not given take their defaults.
    ValueId add(std::string_view op, std::vector<ValueId> inputs, Attrs attrs = {});
    std::vector<ValueId> add_many(std::string_view op, std::vector<ValueId> inputs, Attrs attrs,
                                  size_t outputs);
    // Makes `value` an output of the graph under that name.
    void output(std::string_view name, ValueId value);
    // Names of nodes and results made from here on start with this ("blocks.3/").
    void scope(std::string_view prefix) { scope_ = prefix; }

    const Dims& shape(ValueId value) const;  // of a value made before
    DType dtype(ValueId value) const;
    bool ok() const { return !error_; }
    void fail_with(Error error);  // for architectures: a missing weight, a wrong configuration
    Graph& graph() { return graph_; }
    Result<Graph> finish();  // verified

private:
    OpLookup ops_;
    Graph graph_;
    std::string scope_;
    std::optional<Error> error_;
};

}  // namespace lathe::graph
