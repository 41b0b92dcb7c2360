#include "formats/ncnn/lowering.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "base/text.h"
#include "formats/known_tensor.h"

namespace lathe::formats::ncnn {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

namespace {

constexpr int64_t kSmallestNarrow = 256;  // elements of a weight that is worth narrowing

std::string without_spaces(std::string name) {
    for (char& c : name)
        if (static_cast<unsigned char>(c) <= ' ') c = '_';
    if (name.size() > 200) name.resize(200);
    return name.empty() ? "x" : name;
}

// Sizes of a blob as parameters, by the numbers of w, h, d and c.
Lowering::Parameters sizes_of(const Shape& shape) {
    const auto at = [&](size_t i) { return Parameter(static_cast<int32_t>(shape[i])); };
    switch (shape.size()) {
        case 1: return {{0, at(0)}};
        case 2: return {{0, at(1)}, {1, at(0)}};
        case 3: return {{0, at(2)}, {1, at(1)}, {2, at(0)}};
        default: return {{0, at(3)}, {1, at(2)}, {11, at(1)}, {2, at(0)}};
    }
}

}  // namespace

// ---- shapes

std::optional<Axes> axes_to_keep(const Shape& shape, int needed) {
    Axes axes(shape.size());
    std::iota(axes.begin(), axes.end(), 0);
    const auto drop = [&](size_t i) { axes.erase(axes.begin() + static_cast<std::ptrdiff_t>(i)); };
    if (axes.size() > 1 && shape[0] == 1 && needed != 0) drop(0);
    for (size_t i = 0; i < axes.size() && axes.size() > kMostAxes;)
        if (shape[static_cast<size_t>(axes[i])] == 1 && axes[i] != needed) drop(i);
        else ++i;
    if (axes.size() > kMostAxes) return std::nullopt;
    return axes;
}

Shape with_axes(const Shape& shape, const Axes& axes) {
    Shape result;
    for (const int axis : axes) result.push_back(shape[static_cast<size_t>(axis)]);
    if (result.empty()) result.push_back(1);
    return result;
}

int place_of(const Axes& axes, int axis) {
    const auto it = std::ranges::find(axes, axis);
    return it == axes.end() ? -1 : static_cast<int>(it - axes.begin());
}

Shape natural_shape(const Shape& shape) {
    if (const auto axes = axes_to_keep(shape)) return with_axes(shape, *axes);
    Shape merged(shape.end() - (kMostAxes - 1), shape.end());
    merged.insert(merged.begin(), element_count(Shape(shape.begin(), shape.end() - (kMostAxes - 1))));
    return merged;
}

Shape grouped(const Shape& shape, std::vector<int>& kinds) {
    Shape sizes;
    std::vector<int> of_groups;
    for (size_t i = 0; i < shape.size(); ++i) {
        if (kinds[i] < 0) continue;
        if (!sizes.empty() && of_groups.back() == kinds[i]) sizes.back() *= shape[i];
        else {
            sizes.push_back(shape[i]);
            of_groups.push_back(kinds[i]);
        }
    }
    if (sizes.empty()) {
        sizes.push_back(1);
        of_groups.push_back(0);
    }
    kinds = std::move(of_groups);
    return sizes;
}

// ---- blobs

Lowering::Lowering(const Graph& graph, const WriteOptions& options)
    : graph_(graph), options_(options), uses_(graph::uses_of(graph)) {}

std::string Lowering::fresh(const std::string& name, std::set<std::string>& taken) {
    const std::string base = without_spaces(name);
    std::string found = base;
    for (int i = 2; !taken.insert(found).second; ++i) found = format("{}.{}", base, i);
    return found;
}

int Lowering::result(const std::string& name, Shape shape) {
    blobs_.push_back({fresh(name, blob_names_), std::move(shape)});
    return static_cast<int>(blobs_.size()) - 1;
}

int Lowering::result_for(ValueId id, Shape shape) {
    const int number = result(graph_[id].name, std::move(shape));
    place(id, number);
    return number;
}

void Lowering::place(ValueId id, int blob) { lies_in_[static_cast<size_t>(id)].push_back(blob); }

void Lowering::same(ValueId id, ValueId as) {
    first(as);
    lies_in_[static_cast<size_t>(id)] = blobs_of(as);
}

std::vector<int>& Lowering::blobs_of(ValueId id) { return lies_in_[static_cast<size_t>(id)]; }

std::optional<Tensor> Lowering::known(ValueId id) const { return known_tensor(graph_, id); }

int Lowering::first(ValueId id) {
    if (blobs_of(id).empty()) in_shape(id, natural_shape(shape(id)));
    return blobs_of(id).front();
}

int Lowering::in_shape(ValueId id, const Shape& wanted) {
    CHECK(!wanted.empty() && wanted.size() <= kMostAxes && element_count(wanted) == element_count(shape(id)));
    for (const int number : blobs_of(id))
        if (blob(number).shape == wanted) return number;
    Parameters sizes = sizes_of(wanted);
    if (const auto data = blobs_of(id).empty() ? known(id) : std::nullopt) {
        const int number = result_for(id, wanted);
        const Weight stored = weight(data->to(DType::kF32));
        if (stored.data.dtype() == DType::kF32) {
            emit("MemoryData", {}, {number}, std::move(sizes), {plain(*data)});
        } else {
            sizes.emplace_back(21, 0);  // the numbers have a tag in front
            emit("MemoryData", {}, {number}, std::move(sizes), {stored});
        }
        return number;
    }
    CHECK(!blobs_of(id).empty(), graph_[id].name);
    const int source = blobs_of(id).front();
    const int number = result(graph_[id].name + "/shaped", wanted);
    emit("Reshape", {source}, {number}, std::move(sizes));
    place(id, number);
    return number;
}

void Lowering::emit(std::string_view type, const std::vector<int>& inputs, const std::vector<int>& outputs,
                    Parameters parameters, std::vector<Weight> weights) {
    Layer layer{.type = std::string(type),
                .name = fresh(layer_name_.empty() ? blob(outputs[0]).name : layer_name_, layer_names_),
                .parameters = std::move(parameters),
                .weights = std::move(weights)};
    for (const int number : inputs) layer.inputs.push_back(blob(number).name);
    for (const int number : outputs) layer.outputs.push_back(blob(number).name);
    network_.layers.push_back(std::move(layer));
}

Weight Lowering::weight(const Tensor& data) const {
    const bool narrow = options_.weights == Weights::kF16 && !keeps_f32_ && data.count() >= kSmallestNarrow;
    return {data.to(narrow ? DType::kF16 : DType::kF32), true};
}

Weight Lowering::plain(const Tensor& data) { return {data.to(DType::kF32), false}; }
Weight Lowering::plain(const std::vector<double>& values) {
    return {tensor_from_doubles(DType::kF32, {static_cast<int64_t>(values.size())}, values), false};
}

// ---- nodes

const Node* Lowering::producer(ValueId id) const {
    const int64_t node = uses_.producer[static_cast<size_t>(id)];
    return node < 0 ? nullptr : &graph_.nodes[static_cast<size_t>(node)];
}

const Node* Lowering::only_user(ValueId id) const {
    const auto& users = uses_.users[static_cast<size_t>(id)];
    if (users.size() != 1 || (std::ranges::count(graph_.outputs, id) > 0)) return nullptr;
    return &graph_.nodes[users[0]];
}

Result<graph::Ints> NodeView::ints(std::string_view name) const {
    const graph::InferContext context(lowering.graph(), node);
    const auto values = context.ints(name);
    if (!values) return fail("its {} is computed while the network runs, and ncnn needs the numbers", name);
    return *values;
}

Result<Tensor> NodeView::constant(size_t i, std::string_view what) const {
    const auto data = has(i) ? lowering.weight_of(in(i)) : std::nullopt;
    if (!data) return fail("its {} is computed while the network runs, and ncnn needs a constant", what);
    return data->to(DType::kF32);
}

bool all_constant(const Graph& graph, const Node& node, size_t from) {
    for (size_t i = from; i < node.inputs.size(); ++i)
        if (node.inputs[i] != kNoValue && !graph[node.inputs[i]].constant) return false;
    return true;
}

const LowerRow* find_lower(std::string_view row) {
    for (const auto& family :
         {math_lowerings(), image_lowerings(), product_lowerings(), move_lowerings(), reduce_lowerings()})
        for (const LowerRow& entry : family)
            if (entry.row == row) return &entry;
    return nullptr;
}

const graph::Cell* usable_cell(const Graph& graph, const Node& node) {
    const LowerRow* row = find_lower(node.op->name);
    if (row != nullptr && row->fits != nullptr && !row->fits(graph, node)) return nullptr;
    return node.op->cell("ncnn", 1);
}

Status Lowering::node(const Node& node) {
    layer_name_ = node.name;
    keeps_f32_ = std::ranges::any_of(options_.keep_scopes,
                                     [&](const std::string& scope) { return node.name.starts_with(scope); });
    const LowerRow* row = find_lower(node.op->name);
    NodeView view(*this, node);
    for (const ValueId id : node.outputs)
        if (id != kNoValue && graph_[id].dtype != DType::kF32 && !known(id) &&
            node.op->name != "quantize_linear")
            return fail("ncnn's blobs hold f32, and '{}' is {}", graph_[id].name,
                        lathe::name_of(graph_[id].dtype));
    const Status status = row != nullptr ? row->lower(view) : lower_by_cell(view);
    layer_name_.clear();
    return status;
}

void Lowering::inputs() {
    for (const ValueId id : graph_.inputs) {
        Shape sizes = natural_shape(shape(id));
        const int number = result_for(id, sizes);
        emit("Input", {}, {number}, sizes_of(sizes));
    }
}

std::vector<Output> Lowering::outputs() {
    std::vector<Output> list;
    for (const ValueId id : graph_.outputs)
        list.push_back({blob(in_shape(id, natural_shape(shape(id)))).name, graph_[id].name});
    return list;
}

namespace {

// Layers whose results nobody takes.
void drop_unused(Network& network, const std::vector<Output>& outputs) {
    std::set<std::string> needed;
    for (const Output& output : outputs) needed.insert(output.blob);
    std::vector<Layer> kept;
    for (auto layer = network.layers.rbegin(); layer != network.layers.rend(); ++layer) {
        const bool used =
            std::ranges::any_of(layer->outputs, [&](const auto& blob) { return needed.contains(blob); });
        if (!used && layer->type != "Input") continue;
        needed.insert(layer->inputs.begin(), layer->inputs.end());
        kept.push_back(std::move(*layer));
    }
    std::ranges::reverse(kept);
    network.layers = std::move(kept);
}

// Activations behind convolutions and products become part of them: by the number of the fused kind
// (ncnn, src/layer/fused_activation.h).
std::optional<std::pair<int, Floats>> fused_kind(const Layer& layer) {
    const auto number = [&](int id, float absent) {
        for (const auto& [key, value] : layer.parameters)
            if (key == id) return std::get<float>(value);
        return absent;
    };
    if (layer.type == "ReLU") {
        const float slope = number(0, 0);
        return slope == 0 ? std::pair(1, Floats{}) : std::pair(2, Floats{slope});
    }
    if (layer.type == "Clip") return std::pair(3, Floats{number(0, -3.4e38F), number(1, 3.4e38F)});
    if (layer.type == "Sigmoid") return std::pair(4, Floats{});
    if (layer.type == "HardSwish") return std::pair(6, Floats{number(0, 0.2F), number(1, 0.5F)});
    return std::nullopt;
}

void fuse_activations(Network& network, const std::vector<Output>& outputs) {
    std::map<std::string, int> taken;
    for (const Output& output : outputs) ++taken[output.blob];
    for (const Layer& layer : network.layers)
        for (const std::string& blob : layer.inputs) ++taken[blob];
    std::map<std::string, Layer*> open;  // by the blob that they make
    std::vector<bool> gone(network.layers.size());
    for (size_t i = 0; i < network.layers.size(); ++i) {
        Layer& layer = network.layers[i];
        const bool product = layer.type.starts_with("Convolution") ||
                             layer.type.starts_with("Deconvolution") || layer.type == "InnerProduct";
        if (product && taken[layer.outputs[0]] == 1) open[layer.outputs[0]] = &layer;
        const auto kind = fused_kind(layer);
        if (!kind || !open.contains(layer.inputs[0])) continue;
        Layer& before = *open[layer.inputs[0]];
        before.parameters.emplace_back(9, kind->first);
        if (!kind->second.empty()) before.parameters.emplace_back(10, kind->second);
        before.outputs = layer.outputs;
        gone[i] = true;
    }
    size_t next = 0;
    std::erase_if(network.layers, [&](const Layer&) { return gone[next++]; });
}

}  // namespace

Result<Network> Lowering::run() {
    lies_in_.resize(graph_.values.size());
    std::vector<std::string> refused;
    for (const graph::Value& value : graph_.values) {
        const auto sizes = graph::constant_shape(value.shape);
        if (!sizes)
            return fail("'{}' has the sizes {}, which ncnn needs as numbers; fix them (--fix NAME=SIZE)",
                        value.name, to_string(value.shape));
        shapes_.push_back(*sizes);
    }
    for (const ValueId id : graph_.outputs) {  // names that must stay free for them
        if (!(std::ranges::count(graph_.inputs, id) > 0)) blob_names_.insert(graph_[id].name);
    }
    for (const ValueId id : graph_.inputs)
        if (graph_[id].dtype != DType::kF32)
            refused.push_back(format("the input '{}' is {}, and ncnn's blobs hold f32", graph_[id].name,
                                     lathe::name_of(graph_[id].dtype)));
    inputs();
    for (const Node& one : graph_.nodes) {
        if (skipped_.contains(&one)) continue;
        const Status status = node(one);
        if (!status)
            refused.push_back(format("node '{}' ({}): {}",
                                     one.name.empty() ? std::string(one.op->name) : one.name, one.op->name,
                                     status.error().message));
        for (const ValueId id : one.outputs)  // so that what follows can be looked at too
            if (!status && id != kNoValue && blobs_of(id).empty()) result_for(id, natural_shape(shape(id)));
    }
    if (!refused.empty()) return fail("{}", join(refused, "; "));
    const std::vector<Output> ends = outputs();
    drop_unused(network_, ends);
    fuse_activations(network_, ends);
    split_shared(network_, ends);
    return std::move(network_);
}

}  // namespace lathe::formats::ncnn
