// From the graph's operators to calls of aten. A new operator is a line in one of the families (aten_*.cpp): the schema
// that takes its operands in their order, or a function.
#pragma once
#include <optional>
#include <set>
#include <span>

#include "formats/torch/aten.h"
#include "graph/contexts.h"

namespace lathe::formats::torch::aten {

using graph::Dim;
using graph::Dims;
using graph::Ints;
using graph::ValueId;

// The first error sticks; what is made after it does not matter.
class Lowering : graph::DimWalk {
public:
    Lowering(const graph::Graph& graph, const LowerOptions& options);
    Result<Program> run();

    const graph::Graph& graph() const { return graph_; }
    const LowerOptions& options() const { return options_; }
    void fail_with(Error error);

    // The value of the graph as a tensor: made from the sizes that it holds, when nothing has made it yet.
    Ref tensor(ValueId id);
    Ref constant(std::string_view name, Tensor data);
    // A number, or a size that is computed; and a list of them. Errors: a symbol that no value before shows.
    Arg size(const Dim& dim);
    Arg sizes(const Dims& dims);
    bool can_compute(const Dims& dims) const;

    // A new call with results of these types. `schema` is in the notation of schema.h and outlives the program; `args` are
    // in the order of its parameters, the rest keep their defaults.
    struct Type {
        DType dtype;
        Dims shape;
        std::string name;
    };
    std::vector<Ref> call(std::string_view schema, Args args, std::vector<Type> results, bool list = false);
    void place(ValueId id, Ref ref);
    const Value& value(Ref ref) const { return program_.values[static_cast<size_t>(ref.value)]; }

private:
    void emit(const graph::Node& node);
    void learn(int value);
    int add_value(Value value);
    Result<int> number(int64_t value) override;
    Result<int> symbol(const std::string& name) override;
    Result<int> apply(std::string_view function, int a, int b) override;
    int size_call(std::string_view op, Args args, Dim size);

    const graph::Graph& graph_;
    LowerOptions options_;
    Program program_;
    std::optional<Error> error_;
    std::vector<int> refs_;  // of the graph's values; -1: not made
    std::set<std::string, std::less<>> names_;
    struct Source {
        int value;
        int64_t axis;
    };
    std::map<std::string, Source, std::less<>> sources_;  // of symbols
    std::vector<Arg> walked_;  // what `size` has built, by the walk's indices
    std::vector<Dim> walked_dims_;
    std::map<std::string, int, std::less<>> known_sizes_;  // by text: values
};

// One node as a family's function sees it.
struct NodeView : graph::AttrReader {
    NodeView(Lowering& l, const graph::Node& n) : AttrReader(*n.op, n.attrs), lowering(l), node(n) {}

    bool has(size_t i) const { return i < node.inputs.size() && node.inputs[i] != graph::kNoValue; }
    bool wants(size_t i) const { return i < node.outputs.size() && node.outputs[i] != graph::kNoValue; }
    ValueId id(size_t i) const { return node.inputs[i]; }
    const graph::Value& value(size_t i) const { return lowering.graph()[node.inputs[i]]; }
    const Dims& shape(size_t i = 0) const { return value(i).shape; }
    int rank(size_t i = 0) const { return static_cast<int>(shape(i).size()); }
    using AttrReader::dtype;
    DType type(size_t i = 0) const { return value(i).dtype; }
    const graph::Value& out(size_t i = 0) const { return lowering.graph()[node.outputs[i]]; }

    Arg in(size_t i = 0);  // the operand as a tensor; None where it is absent
    Args operands();
    // What is known of an operand before the network runs.
    std::optional<Tensor> known(size_t i) const;
    std::optional<double> number_in(size_t i) const;  // of one element
    // A parameter that is an attribute or the operand of that name.
    std::optional<Dims> dims(std::string_view name) const;
    std::optional<Ints> ints(std::string_view name) const;
    bool given(std::string_view name) const;
    int axis(std::string_view name = "axis",
             int rank_of = -1) const;  // not negative; by default of operand 0

    Arg size(const Dim& dim) { return lowering.size(dim); }
    Arg sizes(const Dims& dims) { return lowering.sizes(dims); }
    // An intermediate result.
    Ref call(std::string_view schema, Args args, DType dtype, Dims shape);
    // The node's first result.
    void give(std::string_view schema, Args args);
    // The node's first result is that value, reshaped when its shape is another.
    void give(Ref ref);
    Ref cast(Ref ref, DType to);
    Ref reshape(Ref ref, const Dims& shape);
    const Value& made(Ref ref) const { return lowering.value(ref); }
    Ref constant(Tensor data) { return lowering.constant(out().name + "_constant", std::move(data)); }
    void refuse(std::string why);  // an error that names the node

    Lowering& lowering;
    const graph::Node& node;
};

struct Row {
    std::string_view op;
    std::string_view schema;  // called with the operands; empty: `write` says more
    void (*write)(NodeView&) = nullptr;
    // Whether the call can stand for a node of this row; null: always. Those that it cannot are taken apart.
    bool (*fits)(const NodeView&) = nullptr;
};

const Row* find_row(std::string_view op);
std::span<const Row> math_rows();
std::span<const Row> product_rows();
std::span<const Row> image_rows();
std::span<const Row> move_rows();
std::span<const Row> reduce_rows();

// The schemas of calls that several families make.
inline constexpr std::string_view
    kReshape = "reshape(Tensor self, int[] shape)",
    kCast = "to.dtype(Tensor self, int dtype, bool non_blocking=False, bool copy=False)",
    kPad = "constant_pad_nd(Tensor self, int[] pad, Scalar value=0)",
    kSlice = "slice.Tensor(Tensor self, int dim=0, int? start=None, int? end=None, int step=1)",
    kCat = "cat(Tensor[] tensors, int dim=0)", kFlip = "flip(Tensor self, int[] dims)",
    kWhere = "where.self(Tensor condition, Tensor self, Tensor other)",
    kAdd = "add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1)",
    kPermute = "permute(Tensor self, int[] dims)",
    kIndexSelect = "index_select(Tensor self, int dim, Tensor index)";

}  // namespace lathe::formats::torch::aten
