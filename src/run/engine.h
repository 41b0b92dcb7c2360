// Engines: ways to run a graph. An Engine makes a Program from a graph once; a Program runs on inputs of any size that
// the graph's symbols allow. Programs may be run from several threads at once.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace lathe::run {

// What one step of a program took in one run.
struct StepTime {
    std::string node;  // the graph's node, or the last of those that became one step
    std::string op;  // its operator; with what was fused into it: "conv + add + relu"
    std::string kernel;  // what computed it: "product avx2", "winograd 4x4 avx2", "reference"
    Shape output;
    double start = 0, seconds = 0;
    double flops =
        0;  // a multiplication with its addition counts two; of the plain definition, whatever the kernel saves
    double bytes = 0;  // operands and results once each, weights among them
};

struct Trace {
    double (*clock)() = nullptr;  // seconds since anything; engines have no clock of their own
    std::vector<StepTime> steps;  // of the last run
};

struct MemoryUse {
    uint64_t weights = 0;  // bytes of constants as the program keeps them, packed
    uint64_t activations = 0;  // of one run with the shapes last run
};

class Program {
public:
    virtual ~Program() = default;
    // inputs: in the order of the graph's inputs, row-major, dtypes as declared; shapes that fit the declared symbols.
    // Returns the graph's outputs in order. With a trace, says in it what each step took.
    // Errors: a wrong shape or dtype, naming the input; a failing operator, naming the node.
    virtual Result<std::vector<Tensor>> run(std::span<const Tensor> inputs, Trace* trace) const = 0;
    Result<std::vector<Tensor>> run(std::span<const Tensor> inputs) const { return run(inputs, nullptr); }
    virtual MemoryUse memory() const { return {}; }
    // What the user should know: operators that run slowly here, and why.
    virtual std::vector<std::string> notes() const { return {}; }
};

class Engine {
public:
    virtual ~Engine() = default;
    virtual std::string_view name() const = 0;
    // The program keeps its own copy of the graph (weights are shared).
    virtual Result<std::unique_ptr<Program>> plan(const graph::Graph& graph) const = 0;
};

// Learns the graph's symbols from its inputs. Errors: another number of inputs, a wrong shape or dtype, naming the input.
Status bind_inputs(const graph::Graph& graph, std::span<const Tensor> inputs, graph::Bindings& bindings);

}  // namespace lathe::run
