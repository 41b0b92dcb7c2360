// From a graph to MIL's operations.
//
// Every value of the graph has a name in the program, in each type that somebody needs it in: floats are f16 or f32 by
// the arithmetic of the node that asks, whole numbers i32. A value of more axes than MIL has lies flat, with all its
// elements on one axis, until it is reshaped to fewer.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "formats/coreml/model.h"
#include "formats/coreml/write.h"
#include "graph/contexts.h"

namespace lathe::formats::coreml {

inline constexpr size_t kMostRank = 5;

// A parameter of an operation: names of values.
struct Argument {
    std::string_view name;
    std::vector<std::string> values;
    Argument(std::string_view parameter, std::string value) : name(parameter), values{std::move(value)} {}
    Argument(std::string_view parameter, std::vector<std::string> all)
        : name(parameter), values(std::move(all)) {}
};
using Arguments = std::vector<Argument>;

// How a value lies in the program.
struct Place {
    std::string name;
    DType dtype;  // kF16, kF32, kI32, kBool
    graph::Dims shape;  // the value's own, or [elements]
};

class Lowering {
public:
    Lowering(const graph::Graph& graph, const WriteOptions& options, int version)
        : graph_(graph), options_(options), version_(version) {}
    // Errors: as write()'s. When an operation is of a later operator set than `version`, needed() says of which.
    Result<Model> run();
    int needed() const { return needed_; }
    size_t compressed() const { return compressed_; }
    size_t plain() const { return plain_; }
    // Constants with numbers beyond f16, which are written as its largest.
    const std::vector<std::string>& beyond_half() const { return beyond_half_; }

    // ---- what functions of operators see

    const graph::Graph& graph() const { return graph_; }
    const graph::Value& value(graph::ValueId id) const { return graph_[id]; }
    const graph::Dims& shape(graph::ValueId id) const { return graph_[id].shape; }
    const std::optional<Tensor>& constant(graph::ValueId id) const { return graph_[id].constant; }
    std::optional<Tensor> known(graph::ValueId id) const;
    int version() const { return version_; }
    // For operations of a later set: an error, after which everything is lowered again for that set.
    Status need(int version);

    DType work() const { return work_; }  // of floats, in the node that is being written
    // How values of the graph's type lie here: f32 for f16 and so on. Errors: a type that MIL lacks.
    Result<DType> type_of(graph::ValueId id) const;

    // The value in its own shape and the type of this node. Errors: it has too many axes.
    Result<std::string> operand(graph::ValueId id);
    Result<Place> place(graph::ValueId id);  // however it lies, in that type
    // The value in that shape, which has as many elements.
    Result<std::string> reshaped(graph::ValueId id, const graph::Dims& shape);

    // Constants; equal small ones are made once.
    std::string constant(const std::string& hint, const Tensor& data, DType dtype);
    std::string text(const std::string& text);
    std::string flag(bool value);
    std::string flags(const std::vector<bool>& values);
    std::string integer(int64_t value);
    std::string ints(const std::vector<int64_t>& values);
    std::string number(double value);  // of the type of this node
    // The weight of a product, compressed as the options say. `channels`: its axis of output channels; `inputs`: of
    // input channels.
    std::string weight(const std::string& hint, const Tensor& data, int channels, int inputs);

    // Adds an operation with one result. -> its name
    std::string emit(std::string_view type, Arguments arguments, const std::string& hint, DType dtype,
                     const graph::Dims& shape);
    // The same with more.
    std::vector<std::string> emit_many(std::string_view type, Arguments arguments,
                                       const std::vector<NamedType>& results);
    Result<std::string> reshape(const Place& from, const graph::Dims& target, const std::string& hint);
    // Sizes as an operand: i32 [n], with -1 for one open size where that is allowed, or computed while the model runs.
    // Errors: a size that no input shows.
    Result<std::string> shape_operand(const graph::Dims& shape, bool may_infer);
    Result<std::string> sizes(const graph::Dims& shape);

    // Says how the result lies: the first name that it gets.
    void place_result(graph::ValueId id, Place place);
    // The name that the value's tensor should have.
    std::string hint(graph::ValueId id) const;
    std::string fresh(std::string_view hint);  // an identifier that nothing has yet

private:
    Status inputs(Model& model);
    Status outputs(Model& model);
    Status node(const graph::Node& node);
    void add(Operation operation) { program_.operations.push_back(std::move(operation)); }
    std::string add_constant(const std::string& hint, Value value);
    void classify(Model& model, const std::string& probabilities);
    Result<std::string> picture(const Feature& feature, const std::string& input);

    const graph::Graph& graph_;
    const WriteOptions& options_;
    int version_, needed_ = 0;
    size_t compressed_ = 0, plain_ = 0;
    std::vector<std::string> beyond_half_;
    Program program_;
    DType work_ = DType::kF32;
    bool keeps_plain_ = false;  // weights of the node that is being written
    std::vector<std::vector<Place>> places_;  // of every value
    std::set<std::string, std::less<>> names_;
    std::map<std::string, int, std::less<>> variants_;
    std::map<std::string, std::string> small_;  // constants by type, shape and bytes
    std::map<std::string, std::string, std::less<>> symbols_;  // i32 [1] with the size of a symbol
    std::map<std::string, std::string> own_names_;  // identifiers of inputs and outputs to the graph's names
    std::map<graph::ValueId, std::string> io_names_;
};

// One node as a lowering function sees it.
struct NodeView : graph::AttrReader {
    NodeView(Lowering& l, const graph::Node& n) : AttrReader(*n.op, n.attrs), lowering(l), node(n) {}
    bool has(size_t i) const { return i < node.inputs.size() && node.inputs[i] != graph::kNoValue; }
    graph::ValueId id(size_t i) const { return node.inputs[i]; }
    graph::ValueId out_id(size_t i = 0) const { return node.outputs[i]; }
    const graph::Dims& shape_in(size_t i) const { return lowering.shape(node.inputs[i]); }
    const graph::Dims& shape_out(size_t i = 0) const { return lowering.shape(node.outputs[i]); }
    int rank_in(size_t i = 0) const { return static_cast<int>(shape_in(i).size()); }
    Result<std::string> in(size_t i) const { return lowering.operand(node.inputs[i]); }
    // Adds the operation that makes the node's result.
    Status out(std::string_view type, Arguments arguments);
    // One on the way to it.
    std::string step(std::string_view type, Arguments arguments, DType dtype, const graph::Dims& shape) const;
    // The same in the type and shape of the node's result.
    Result<std::string> step(std::string_view type, Arguments arguments) const;
    Status same(size_t operand = 0);  // the result is the operand
    Result<int> axis(std::string_view name = "axis", size_t operand = 0) const;
    // A parameter that is an attribute or a constant operand of the same name. Errors: it is computed, or symbolic.
    Result<graph::Ints> ints(std::string_view name) const;
    // The operation by the row's cell.
    std::string_view operation() const;

    Lowering& lowering;
    const graph::Node& node;
};

// The cell by which a node may be written, or nullptr.
const graph::Cell* usable_cell(const graph::Graph& graph, const graph::Node& node);

// Sizes that must be numbers. Errors: symbols, naming them.
Result<Shape> fixed_shape(const graph::Dims& dims, std::string_view what);

// How the operator of a row is written.
struct LowerRow {
    std::string_view row;
    Status (*lower)(NodeView&);
    // Whether MIL's operation can stand for a node of this row; null: always. Those that it cannot are taken apart.
    bool (*fits)(const graph::Graph&, const graph::Node&) = nullptr;
};
// Without a row: the cell's operation on all operands in MIL's names for them (x; x and y).
const LowerRow* find_lower(std::string_view row);
Status lower_elementwise(NodeView& n);
std::span<const LowerRow> math_lowerings();
std::span<const LowerRow> image_lowerings();
std::span<const LowerRow> product_lowerings();
std::span<const LowerRow> move_lowerings();
std::span<const LowerRow> index_lowerings();
std::span<const LowerRow> norm_lowerings();

}  // namespace lathe::formats::coreml
