// From a graph to LiteRT's tensors and operators.
//
// Every value of the graph lies in one or more tensors, each with an order of axes: images as rows of channels (NHWC), as
// LiteRT's convolutions take and give them, whatever the value's own axes say. A transpose of the graph is only another
// order; operators work in the order that they find wherever they can, and a TRANSPOSE is written where one cannot, once
// for each value and order. What moves nothing but axes of size 1 is a RESHAPE.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "formats/litert/model.h"
#include "formats/litert/write.h"
#include "graph/contexts.h"

namespace lathe::formats::litert {

using Order = std::vector<int>;  // axis i of the tensor is axis order[i] of the value
Order identity_order(size_t rank);
graph::Dims permuted(const graph::Dims& shape, const Order& order);  // axis i of the result is axis order[i]
bool is_identity(const Order& order);
size_t place_of(const Order& order, int axis);  // where the value's axis lies in the tensor

// A constant of codes and the dequantize_linear that widens it.
struct Codes {
    Tensor data;
    const graph::Node* node;
};

struct View {
    int tensor = kNoTensor;
    Order order;
};

class Lowering {
public:
    Lowering(const graph::Graph& graph, const WriteOptions& options) : graph_(graph), options_(options) {}
    Result<Model> run();

    // ---- what functions of operators see

    const graph::Graph& graph() const { return graph_; }
    const WriteOptions& options() const { return options_; }
    const graph::Value& value(graph::ValueId id) const { return graph_[id]; }
    const graph::Dims& shape(graph::ValueId id) const { return graph_[id].shape; }
    size_t rank(graph::ValueId id) const { return graph_[id].shape.size(); }
    const std::optional<Tensor>& constant(graph::ValueId id) const { return graph_[id].constant; }
    TensorInfo& tensor(int number) { return model_.tensors[static_cast<size_t>(number)]; }

    // Where the value lies: the first of its tensors. Constants lie in their own order.
    View view(graph::ValueId id);
    const std::vector<View>& views(graph::ValueId id) { return views_of(id); }  // all of its tensors
    // The value's tensor in that order; made when there is none.
    int in_order(graph::ValueId id, const Order& order);
    int plain(graph::ValueId id) { return in_order(id, identity_order(rank(id))); }
    // The same, the value seen with axes of size 1 in front until it has `rank` axes; `order` has that many.
    int broadcast_to(graph::ValueId id, size_t rank, const Order& order);
    // Says where a value lies. The first tensor of a value takes its name.
    void place(graph::ValueId id, int tensor, Order order);
    // An order that the value already lies in and that fulfils `fits`, else `otherwise`.
    template <class Fits>
    Order find_order(graph::ValueId id, Fits fits, Order otherwise) {
        for (const View& candidate : views_of(id))
            if (fits(candidate.order)) return candidate.order;
        return otherwise;
    }

    // A new tensor that an operator will fill.
    int result(const std::string& name, DType dtype, graph::Dims shape);
    // The tensor for `id` in that order, placed.
    int result_for(graph::ValueId id, const Order& order);
    int constant_tensor(const std::string& name, Tensor data);  // equal small ones are made once
    int ints(const std::vector<int64_t>& values, const std::string& name = "sizes");  // i32 [n]
    int scalar(DType dtype, double value);  // [] of one element
    // A weight as the precision asks: f32, or f16 with a DEQUANTIZE; `channels`: its axis of output channels. With
    // `may_quantise`, i8 codes with a scale for each channel.
    int weight(const std::string& name, Tensor data, int channels, bool may_quantise);
    // Whether the value is a constant of codes, widened.
    std::optional<Codes> codes_of(graph::ValueId id) const;
    // Its codes with their axes in that order, and their widening: the tensor of numbers.
    Result<int> codes_tensor(const Codes& codes, const Order& order);
    void emit(Builtin code, std::vector<int> inputs, std::vector<int> outputs,
              std::vector<wire::FlatField> options = {});
    int transpose(int tensor, const Order& from, const Order& to, const graph::Dims& shape,
                  const std::string& name);
    // The sizes as LiteRT's operators take a shape: i32 [n], with -1 for one open size, or computed while the model runs.
    // Errors: a size that no input of the graph shows.
    Result<int> shape_operand(const graph::Dims& shape, bool may_infer);
    Result<int> sizes(const graph::Dims& shape);

    // Contents of an operand that must be known: constants and integer vectors. Nothing: it is computed.
    std::optional<Tensor> known(graph::ValueId id) const;
    std::string name_of(graph::ValueId id) const { return graph_[id].name; }

private:
    std::vector<View>& views_of(graph::ValueId id);
    Status inputs();
    Status outputs();
    Status node(const graph::Node& node);
    void add_metadata();

    const graph::Graph& graph_;
    const WriteOptions& options_;
    Model model_;
    std::vector<std::vector<View>> views_;
    std::map<graph::ValueId, const graph::Node*> widened_;  // values that are constants of codes, widened
    bool keeps_f32_ = false;  // weights of the node that is being written
    std::map<std::string, int> small_;  // constants by type, shape and bytes
    std::map<std::pair<std::pair<uint32_t, size_t>, Order>, int> broadcasts_;
    std::map<std::string, int, std::less<>> symbol_tensors_;  // i32 [1] with the size of a symbol
};

// What write() lays out: `graph` taken apart into what LiteRT has (the model's constants are views of it) and lowered.
// Errors: as write()'s.
Result<Model> lower(graph::Graph& graph, const WriteOptions& options);

// One node as a lowering function sees it.
struct NodeView : graph::AttrReader {
    NodeView(Lowering& l, const graph::Node& n) : AttrReader(*n.op, n.attrs), lowering(l), node(n) {}
    bool has(size_t i) const { return i < node.inputs.size() && node.inputs[i] != graph::kNoValue; }
    graph::ValueId in(size_t i) const { return node.inputs[i]; }
    graph::ValueId out(size_t i = 0) const { return node.outputs[i]; }
    const graph::Dims& shape_in(size_t i) const { return lowering.shape(node.inputs[i]); }
    const graph::Dims& shape_out(size_t i = 0) const { return lowering.shape(node.outputs[i]); }
    // A parameter that is an attribute or a constant operand of the same name. Errors: it is computed, or symbolic.
    Result<graph::Ints> ints(std::string_view name) const;
    // The operator's builtin by its cell.
    Builtin builtin() const;

    Lowering& lowering;
    const graph::Node& node;
};

// How the operator of a row is written. nullptr: as its cell says, elementwise in any order.
using Lower = Status (*)(NodeView&);
const struct LowerRow* find_lower(std::string_view row);

// The cell by which a node may be written, or nullptr.
const graph::Cell* usable_cell(const graph::Graph& graph, const graph::Node& node);

// Sizes that must be numbers. Errors: symbols, naming them.
Result<Shape> fixed_shape(const graph::Dims& dims, std::string_view what);

// ---- the families
struct LowerRow {
    std::string_view row;
    Lower lower;
    // Whether LiteRT's operator can stand for a node of this row; null: always. Those that it cannot are taken apart.
    bool (*fits)(const graph::Graph&, const graph::Node&) = nullptr;
};
Status lower_elementwise(NodeView& n);
// The same with another builtin and other operands than the node's.
Status elementwise(NodeView& n, Builtin code, const std::vector<graph::ValueId>& operands,
                   std::vector<wire::FlatField> options = {});
std::span<const LowerRow> math_lowerings();
std::span<const LowerRow> image_lowerings();
std::span<const LowerRow> product_lowerings();
std::span<const LowerRow> move_lowerings();
std::span<const LowerRow> reduce_lowerings();
std::span<const LowerRow> code_lowerings();

}  // namespace lathe::formats::litert
