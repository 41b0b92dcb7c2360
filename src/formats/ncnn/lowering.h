// From a graph to ncnn's layers.
//
// ncnn's blobs have at most four axes and none for the batch, and their elements follow each other in rows as everywhere
// else. So a value of the graph lies in one or more blobs, each with the value's elements in their order under some
// shape of one to four axes: a reshape of the graph is nothing at all, and a layer asks for its operands in the shape
// that it works on; a Reshape is written where a value does not lie in that shape yet, once for each. The batch axis of
// size 1 is left out wherever a shape may be chosen.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "formats/ncnn/model.h"
#include "formats/ncnn/write.h"
#include "graph/contexts.h"

namespace lathe::formats::ncnn {

struct Blob {
    std::string name;
    Shape shape;  // [W], [H, W], [C, H, W] or [C, D, H, W]
};

// Axes of a value that stand in a blob's shape, in order; all others have size 1. Nothing: there are too many.
using Axes = std::vector<int>;
std::optional<Axes> axes_to_keep(const Shape& shape, int needed = -1);
Shape with_axes(const Shape& shape, const Axes& axes);
int place_of(const Axes& axes, int axis);  // where it stands; -1: not among them
// The shape that a value has for those who know nothing better: without its batch axis.
Shape natural_shape(const Shape& shape);
// One for each run of neighbouring axes of the same kind, of the product of their sizes; axes of kind -1 (of size 1)
// are left out. `kinds`: of every axis; on return those of the groups.
Shape grouped(const Shape& shape, std::vector<int>& kinds);

// A product of i8 codes: weights with a scale for each output channel, and the operand's scale; number = code * scale.
struct Int8 {
    std::vector<double> weight_scales;  // [O]
    double input_scale = 1;
    graph::ValueId input;  // before it is quantised
    // The same with one scale for each of `groups` runs of output channels, the largest of theirs.
    Int8 grouped(int64_t outputs, int64_t groups) const;
    // The codes of weights whose rows [O, …] are those of the output channels.
    Weight codes(const Tensor& weight) const;
    // What the layer reads behind its bias: 1 / scale of the weights, and of the operand.
    std::vector<Weight> scales() const;
};

class Lowering {
public:
    Lowering(const graph::Graph& graph, const WriteOptions& options);
    // Errors: all nodes that ncnn's layers cannot compute, with why.
    Result<Network> run();

    // ---- what functions of operators see

    const graph::Graph& graph() const { return graph_; }
    const Shape& shape(graph::ValueId id) const { return shapes_[static_cast<size_t>(id)]; }
    const std::optional<Tensor>& constant(graph::ValueId id) const { return graph_[id].constant; }
    std::optional<Tensor> known(graph::ValueId id) const;
    const std::string& name_of(graph::ValueId id) const { return graph_[id].name; }
    const Blob& blob(int number) const { return blobs_[static_cast<size_t>(number)]; }
    size_t users(graph::ValueId id) const { return uses_.users[static_cast<size_t>(id)].size(); }
    const graph::Node* producer(graph::ValueId id) const;
    // The only node that takes the value, if it is no output of the graph; nullptr: there is none such.
    const graph::Node* only_user(graph::ValueId id) const;
    void skip(const graph::Node& node) { skipped_.insert(&node); }  // another node has done its work

    // The first blob of the value (a constant lies in its natural shape), and the one of that shape.
    int first(graph::ValueId id);
    int in_shape(graph::ValueId id, const Shape& shape);
    void place(graph::ValueId id, int blob);  // says where a value lies
    void same(graph::ValueId id, graph::ValueId as);  // `id` has the elements of `as`

    int result(const std::string& name, Shape shape);  // a blob that a layer will fill
    int result_for(graph::ValueId id, Shape shape);  // the same, placed
    using Parameters = std::vector<std::pair<int, Parameter>>;
    void emit(std::string_view type, const std::vector<int>& inputs, const std::vector<int>& outputs,
              Parameters parameters = {}, std::vector<Weight> weights = {});

    // A weight in the precision that is asked for, where the layer reads a tag.
    Weight weight(const Tensor& data) const;
    static Weight plain(const Tensor& data);  // f32 without a tag
    static Weight plain(const std::vector<double>& values);

    // The integers of a product, where both factors have codes that ncnn's layers compute with.
    std::optional<Int8> integers(const graph::Node& node) const;
    // A constant, also one of codes that are widened.
    std::optional<Tensor> weight_of(graph::ValueId id) const;

private:
    std::vector<int>& blobs_of(graph::ValueId id);
    Status node(const graph::Node& node);
    void inputs();
    std::vector<Output> outputs();
    std::string fresh(const std::string& name, std::set<std::string>& taken);

    const graph::Graph& graph_;
    const WriteOptions& options_;
    graph::Uses uses_;
    std::vector<Shape> shapes_;
    std::vector<Blob> blobs_;
    std::vector<std::vector<int>> lies_in_;
    std::set<std::string> blob_names_, layer_names_;
    std::set<const graph::Node*> skipped_;
    std::string layer_name_;  // of the node that is being written
    bool keeps_f32_ = false;
    Network network_;
};

// One node as a lowering function sees it.
struct NodeView : graph::AttrReader {
    NodeView(Lowering& l, const graph::Node& n) : AttrReader(*n.op, n.attrs), lowering(l), node(n) {}
    bool has(size_t i) const { return i < node.inputs.size() && node.inputs[i] != graph::kNoValue; }
    graph::ValueId in(size_t i) const { return node.inputs[i]; }
    graph::ValueId out(size_t i = 0) const { return node.outputs[i]; }
    const Shape& shape_in(size_t i) const { return lowering.shape(node.inputs[i]); }
    const Shape& shape_out(size_t i = 0) const { return lowering.shape(node.outputs[i]); }
    // A parameter that is an attribute or a constant operand of the same name. Errors: it is computed.
    Result<graph::Ints> ints(std::string_view name) const;
    // The constant operand. Errors: there is none, or it is computed.
    Result<Tensor> constant(size_t i, std::string_view what) const;

    Lowering& lowering;
    const graph::Node& node;
};

using Lower = Status (*)(NodeView&);
struct LowerRow {
    std::string_view row;
    Lower lower;
    // Whether ncnn's layer can stand for a node of this row; null: always. Others are taken apart.
    bool (*fits)(const graph::Graph&, const graph::Node&) = nullptr;
};
const LowerRow* find_lower(std::string_view row);
// The cell by which a node may be written, or nullptr.
const graph::Cell* usable_cell(const graph::Graph& graph, const graph::Node& node);
// As its cell says: a layer on one or two operands of any shape.
Status lower_by_cell(NodeView& n);

// Two operands that meet element by element, in blobs of equal rank.
struct Meeting {
    Shape a, b, out;
};
Result<Meeting> meet(Lowering& l, graph::ValueId a, graph::ValueId b, graph::ValueId out);

bool all_constant(const graph::Graph& graph, const graph::Node& node, size_t from);

std::span<const LowerRow> math_lowerings();
std::span<const LowerRow> image_lowerings();
std::span<const LowerRow> product_lowerings();
std::span<const LowerRow> move_lowerings();
std::span<const LowerRow> reduce_lowerings();

}  // namespace lathe::formats::ncnn
