// A network as calls of PyTorch's operators (aten), in order: what the writers of TorchScript and of torch.export print.
//
// Values are tensors, or sizes: whole numbers that the program takes from tensors and computes with. Every value is an
// input, a weight, or a result of exactly one call before its first use, and has a name that is an identifier of Python.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "graph/graph.h"

namespace lathe::formats::torch::aten {

struct Ref {
    int value = -1;  // index into Program::values
};
struct Arg;
using Args = std::vector<Arg>;
// None, a value, a number, a flag, a word, an element type, a list.
struct Arg : std::variant<std::monostate, Ref, int64_t, double, bool, std::string, DType, Args> {
    using variant::variant;
    template <class T>
    const T* as() const {
        return std::get_if<T>(this);
    }
    bool none() const { return index() == 0; }
};

struct Value {
    std::string name;
    bool is_size = false;
    DType dtype = DType::kF32;
    graph::Dims shape = {};
    graph::Dim size = {};  // of sizes: what is computed, from the symbols of the graph
};

struct Weight {
    int value;
    std::string name;  // as the graph calls it: "layer1.0.conv1.weight"
    Tensor tensor;
};

struct NamedArg {
    std::string_view name;  // of the schema's parameter
    bool keyword = false;  // given by name only
    bool tensor = false;  // the parameter is a tensor, or a list of them
    Arg value;
};

// Parameters that keep their default are left out.
struct Call {
    // With its overload: "conv2d", "add.Tensor". Of sizes: "sym_size.int", or an operation on two of them as
    // graph::DimWalk calls it ("+", "*", "floordiv", "mod", "min", "max").
    std::string_view op;
    std::vector<NamedArg> args;
    std::vector<int> results;
    bool gives_list = false;  // the results are elements of one list
};

struct Program {
    std::vector<Value> values;
    std::vector<Weight> weights;
    std::vector<Call> calls;
    std::vector<int> inputs, outputs;
    std::vector<std::string> input_names, output_names;  // as the graph calls them
};

struct LowerOptions {
    bool since_2 = false;  // PyTorch 2 will read it: operators and types that came with it may be used
    // Which nodes may become calls; the others are taken apart, where they can be. null: all.
    bool (*keep)(const graph::Graph& graph, const graph::Node& node) = nullptr;
};

// The program of a graph: operators that PyTorch lacks are taken apart, sizes with symbols are computed from the sizes of
// the inputs. Weights are views of the graph's constants.
// Errors: operators or types that PyTorch lacks, all of them, naming the first node of each.
Result<Program> lower(graph::Graph graph, const LowerOptions& options);

}  // namespace lathe::formats::torch::aten
