// From a graph to OpenVINO's layers, node by node; every value of the graph is one output of one layer.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "formats/openvino/model.h"
#include "formats/openvino/write.h"
#include "graph/contexts.h"

namespace lathe::formats::openvino {

// Values that are written in another way than their nodes say, found before the lowering.
struct Fused {
    // dequantize_linear whose operand is the quantize_linear given here, with the same scale: one FakeQuantize.
    std::map<const graph::Node*, const graph::Node*> fake;
    std::map<const graph::Node*, bool> hidden;  // quantize_linear nodes that only such nodes read
};

class Lowering {
public:
    Lowering(const graph::Graph& graph, const WriteOptions& options) : graph_(graph), options_(options) {}
    Result<Model> run();

    // ---- what functions of operators see

    const graph::Graph& graph() const { return graph_; }
    const graph::Value& value(graph::ValueId id) const { return graph_[id]; }
    const graph::Dims& shape(graph::ValueId id) const { return graph_[id].shape; }
    int rank(graph::ValueId id) const { return static_cast<int>(graph_[id].shape.size()); }
    const std::optional<Tensor>& constant(graph::ValueId id) const { return graph_[id].constant; }
    std::optional<Tensor> known(graph::ValueId id) const;
    const Output& output(Source source) const;

    // Where the value comes from; a constant's layer is made when it is first asked for.
    Source of(graph::ValueId id);
    // A layer with one output. `outputs` of add_many: one each.
    Source add(std::string_view type, int opset, Data data, std::vector<Source> inputs, Output output);
    int add_many(std::string_view type, int opset, Data data, std::vector<Source> inputs,
                 std::vector<Output> outputs);
    // Says that the value is that output. The output takes the value's name.
    void place(graph::ValueId id, Source source);

    Source ints(const graph::Ints& values);  // i64[n]
    Source integer(int64_t value);  // i64[]
    Source number(DType dtype, double value);  // [] of one element
    // A constant as the precision asks: as it is, f16 with a Convert, or codes with their scales. `channels`: the axis of
    // output channels, -1 where it takes no codes.
    Source weight(const std::string& name, const Tensor& data, int channels = -1);
    // The same for a constant of the graph seen with that shape, made once for each way of seeing it.
    Source weight_of(graph::ValueId id, const Shape& shape, int channels = -1);
    // Codes with Convert, Subtract and Multiply. scale, zero: [count of channels] or one; their axis of `codes`.
    Source widened(const std::string& name, const Tensor& codes, const Tensor& scale,
                   const std::optional<Tensor>& zero, int axis);
    // The value cast to i64, as indices and sizes are; itself when it is.
    Source as_i64(graph::ValueId id);
    Source convert(Source source, DType to);
    Source reshape(Source source, const graph::Dims& shape);  // of numbers alone, one open size at most
    Fused& fused() { return fused_; }
    // A constant of codes and its dequantize_linear, where the value is one.
    const graph::Node* widening_of(graph::ValueId id) const;

    std::string scope;  // of names of the layers that are being made

private:
    Source constant_layer(const std::string& name, Tensor data, DType stored);
    std::string fresh(const std::string& name);
    void find_pairs();
    void inputs();
    Status outputs();
    Status node(const graph::Node& node);
    void drop_unused();

    const graph::Graph& graph_;
    const WriteOptions& options_;
    Model model_;
    std::vector<Source> places_;
    std::vector<const graph::Node*> producers_;
    std::map<std::string, int> names_;
    std::map<std::string, Source> small_;  // constants by type, shape and bytes
    std::map<std::pair<std::pair<uint32_t, int>, Shape>, Source> weights_;  // by value, channels and shape
    bool keeps_f32_ = false;
    Fused fused_;
};

// One node as a lowering function sees it.
struct NodeView : graph::AttrReader {
    NodeView(Lowering& l, const graph::Node& n) : AttrReader(*n.op, n.attrs), lowering(l), node(n) {}
    bool has(size_t i) const { return i < node.inputs.size() && node.inputs[i] != graph::kNoValue; }
    bool wants(size_t i) const { return i < node.outputs.size() && node.outputs[i] != graph::kNoValue; }
    graph::ValueId in(size_t i) const { return node.inputs[i]; }
    graph::ValueId out(size_t i = 0) const { return node.outputs[i]; }
    const graph::Dims& shape_in(size_t i) const { return lowering.shape(node.inputs[i]); }
    const graph::Dims& shape_out(size_t i = 0) const { return lowering.shape(node.outputs[i]); }
    int rank_in(size_t i) const { return static_cast<int>(shape_in(i).size()); }
    DType dtype_in(size_t i) const { return lowering.value(node.inputs[i]).dtype; }
    Source source(size_t i) const { return lowering.of(node.inputs[i]); }
    Output result(size_t i = 0) const { return {lowering.value(out(i)).dtype, shape_out(i), {}}; }
    // Makes the layer that gives the node's first result.
    void emit(std::string_view type, int opset, Data data, std::vector<Source> inputs);
    // A parameter that is an attribute or the operand of the same name, as a layer's input: i64[n].
    Source sizes(std::string_view name) const;
    // Its numbers. Errors: computed while the network runs.
    Result<graph::Ints> ints(std::string_view name) const;
    bool given(std::string_view name) const;  // as an operand, or as a list that is not empty
    Result<int> axis(std::string_view name, int rank) const;  // a kInt attribute, in [0, rank)

    Lowering& lowering;
    const graph::Node& node;
};

std::string list_text(const graph::Ints& values);  // "1, 2"
std::string number_text(double value);  // shortest that reads back as the same f32
std::string flag_text(bool value);

using Lower = Status (*)(NodeView&);
struct LowerRow {
    std::string_view row;
    Lower lower = nullptr;  // nullptr: as its cell says, operands in order
    // Whether OpenVINO's operator can stand for the node; null: always. Those that it cannot are taken apart.
    bool (*fits)(const graph::Graph&, const graph::Node&) = nullptr;
};
std::span<const LowerRow> math_lowerings();
std::span<const LowerRow> image_lowerings();
std::span<const LowerRow> move_lowerings();
std::span<const LowerRow> index_lowerings();
std::span<const LowerRow> product_lowerings();
std::span<const LowerRow> code_lowerings();
const LowerRow* find_lower(std::string_view row);

// Whether a node is written as it stands.
bool can_say(const graph::Graph& graph, const graph::Node& node);

// Sizes with symbols become operands, computed by nodes; of a reshape, 0 and -1 where that is enough.
// Errors: a size that no input shows.
Result<graph::Graph> with_sizes(graph::Graph graph);

}  // namespace lathe::formats::openvino
