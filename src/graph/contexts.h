// What an operator row's functions see: InferContext for the shape rule, EvalContext for the reference kernel.
#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace lathe::graph {

// Attribute readers. The attribute exists and has the type: add_node has checked it. Anything else aborts.
class AttrReader {
public:
    AttrReader(const OpDef& op, const Attrs& attrs) : op_(op), attrs_(attrs) {}
    bool flag(std::string_view name) const;
    int64_t integer(std::string_view name) const;
    double number(std::string_view name) const;
    const std::string& string(std::string_view name) const;
    DType dtype(std::string_view name) const;
    const Ints& list(std::string_view name) const;  // an attribute of type kInts, never an operand
    const Floats& numbers(std::string_view name) const;
    const OpDef& op() const { return op_; }
    const Attrs& attrs() const { return attrs_; }

private:
    const Attr& get(std::string_view name) const;
    const OpDef& op_;
    const Attrs& attrs_;
};

class InferContext : public AttrReader {
public:
    InferContext(const Graph& graph, const Node& node);

    int inputs() const { return static_cast<int>(node_.inputs.size()); }
    bool has(int i) const { return i < inputs() && node_.inputs[static_cast<size_t>(i)] != kNoValue; }
    DType dtype(int i) const { return value(i).dtype; }
    using AttrReader::dtype;
    const Dims& shape(int i) const { return value(i).shape; }
    int rank(int i) const { return static_cast<int>(shape(i).size()); }
    const std::optional<Dims>& contents(int i) const { return value(i).contents; }
    const Value& value(int i) const;
    int wanted_outputs() const { return static_cast<int>(node_.outputs.size()); }

    // A parameter that is an attribute (kInts or kDims) or the operand of the same name. Nothing: it is an operand
    // whose contents are not known before the graph runs.
    std::optional<Dims> dims(std::string_view name) const;
    std::optional<Ints> ints(std::string_view name) const;  // as above, plain numbers only
    bool given(std::string_view name) const;  // as operand, or as an attribute that is not its default

    // A size that only the run will tell: a symbol named after the node that nothing else in the graph has, or, when the
    // rule runs again, the one that it had before (Node::unknown_sizes).
    Dim unknown(std::string_view hint);

    void output(int i, DType dtype, Dims shape);
    void output_contents(int i, std::optional<Dims> contents);

    struct Output {
        DType dtype;
        Dims shape;
        std::optional<Dims> contents;
    };
    std::vector<std::optional<Output>> results;
    std::vector<std::string> unknown_sizes;  // as asked for so far

private:
    const Graph& graph_;
    const Node& node_;
};

// One evaluation of one node on real tensors (row-major). The kernel sets every wanted output.
class EvalContext : public AttrReader {
public:
    EvalContext(const OpDef& op, const Attrs& attrs, std::span<const Tensor* const> inputs, size_t outputs,
                const Bindings& bindings)
        : AttrReader(op, attrs), results(outputs), inputs_(inputs), bindings_(bindings) {}

    int inputs() const { return static_cast<int>(inputs_.size()); }
    bool has(int i) const { return i < inputs() && inputs_[static_cast<size_t>(i)] != nullptr; }
    const Tensor& in(int i) const { return *inputs_[static_cast<size_t>(i)]; }
    // A parameter given as attribute (kInts, or kDims with its symbols filled in) or as operand.
    Result<Ints> ints(std::string_view name) const;
    bool given(std::string_view name) const;
    void output(int i, Tensor tensor) { results[static_cast<size_t>(i)] = std::move(tensor); }
    int wanted_outputs() const { return static_cast<int>(results.size()); }

    std::vector<std::optional<Tensor>> results;

private:
    std::span<const Tensor* const> inputs_;
    const Bindings& bindings_;
};

// Axis in [-rank, rank) to [0, rank). Errors: outside.
Result<int> normal_axis(int64_t axis, int rank);
// The same for a list; duplicates are errors. An empty list stays empty.
Result<std::vector<int>> normal_axes(const Ints& axes, int rank);
// The shape that `a` and `b` broadcast to, as NumPy does; a symbol against 1 is the symbol, equal symbols match, and of
// two different symbols the first is taken (they must agree when the graph runs). Errors: sizes that cannot agree.
Result<Dims> broadcast(const Dims& a, const Dims& b);
Result<Shape> broadcast(const Shape& a, const Shape& b);

// Runs one operator on tensors; what engines, folding and tests call. Checks that results have the inferred rank.
Result<std::vector<Tensor>> evaluate(const OpDef& op, const Attrs& attrs,
                                     std::span<const Tensor* const> inputs, size_t outputs,
                                     const Bindings& bindings = {});

}  // namespace lathe::graph
