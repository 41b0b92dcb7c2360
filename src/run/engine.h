// Engines: ways to run a graph. An Engine makes a Program from a graph once; a Program runs on inputs of any size that
// the graph's symbols allow. Programs may be run from several threads at once.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace lathe::run {

class Program {
public:
    virtual ~Program() = default;
    // inputs: in the order of the graph's inputs, row-major, dtypes as declared; shapes that fit the declared symbols.
    // Returns the graph's outputs in order. Errors: a wrong shape or dtype, naming the input; a failing operator,
    // naming the node.
    virtual Result<std::vector<Tensor>> run(std::span<const Tensor> inputs) const = 0;
};

class Engine {
public:
    virtual ~Engine() = default;
    virtual std::string_view name() const = 0;
    // The program keeps its own copy of the graph (weights are shared).
    virtual Result<std::unique_ptr<Program>> plan(const graph::Graph& graph) const = 0;
};

}  // namespace lathe::run
