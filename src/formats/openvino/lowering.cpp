#include "formats/openvino/lowering.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "formats/known_tensor.h"

namespace lathe::formats::openvino {

using graph::Dim;
using graph::Dims;
using graph::Ints;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

namespace {

constexpr int64_t kMostSmallBytes = 64;  // of constants that are looked up before another is made
constexpr int64_t kLeastNarrow = 64;  // elements of a weight that is worth narrowing
constexpr double kLargestHalf = 65504;
constexpr double kCodes = 127;

bool fits_half(const Tensor& data) {
    for (const double v : data.to_doubles())
        if (!(std::fabs(v) <= kLargestHalf)) return false;
    return true;
}

// [1, …, channels, …, 1]
Shape along(const Tensor& data, int axis, int64_t count) {
    Shape shape(static_cast<size_t>(data.rank()), 1);
    if (count > 1) shape[static_cast<size_t>(axis)] = count;
    return shape;
}

struct Coded {
    Tensor codes, scale;
};

// i8 codes around 0, a scale for each channel: scale = max|w| / 127.
Coded coded(const Tensor& data, int axis) {
    const auto values = data.to_contiguous().to_doubles();
    const int64_t channels = data.dim(axis);
    int64_t inner = 1;
    for (int i = axis + 1; i < data.rank(); ++i) inner *= data.dim(i);
    const auto channel = [&](size_t i) {
        return static_cast<size_t>(static_cast<int64_t>(i) / inner % channels);
    };
    std::vector<double> scale(static_cast<size_t>(channels), 0);
    for (size_t i = 0; i < values.size(); ++i)
        scale[channel(i)] = std::max(scale[channel(i)], std::fabs(values[i]));
    for (double& s : scale) s = static_cast<double>(static_cast<float>(s == 0 ? 1 : s / kCodes));
    std::vector<int64_t> codes(values.size());
    for (size_t i = 0; i < values.size(); ++i)
        codes[i] =
            static_cast<int64_t>(std::clamp(std::nearbyint(values[i] / scale[channel(i)]), -kCodes, kCodes));
    return {tensor_from_ints(DType::kI8, data.shape(), codes),
            tensor_from_doubles(DType::kF32, {channels}, scale)};
}

}  // namespace

std::string list_text(const Ints& values) {
    std::vector<std::string> words;
    for (const int64_t v : values) words.push_back(std::to_string(v));
    return join(words, ", ");
}

std::string number_text(double value) { return format("{}", static_cast<float>(value)); }
std::string flag_text(bool value) { return value ? "true" : "false"; }

// ---- layers

std::string Lowering::fresh(const std::string& name) {
    const auto [it, first] = names_.try_emplace(name, 0);
    if (first) return name;
    for (;;) {
        const std::string candidate = format("{}_{}", name, ++it->second);
        if (names_.try_emplace(candidate, 0).second) return candidate;
    }
}

const Output& Lowering::output(Source source) const {
    return model_.layers[static_cast<size_t>(source.layer)].outputs[static_cast<size_t>(source.output)];
}

int Lowering::add_many(std::string_view type, int opset, Data data, std::vector<Source> inputs,
                       std::vector<Output> outputs) {
    model_.layers.push_back({.name = fresh(format("{}/{}", scope, type)),
                             .type = std::string(type),
                             .opset = opset,
                             .data = std::move(data),
                             .inputs = std::move(inputs),
                             .outputs = std::move(outputs)});
    return static_cast<int>(model_.layers.size() - 1);
}

Source Lowering::add(std::string_view type, int opset, Data data, std::vector<Source> inputs, Output output) {
    return {add_many(type, opset, std::move(data), std::move(inputs), {std::move(output)}), 0};
}

void Lowering::place(ValueId id, Source source) {
    Output& output =
        model_.layers[static_cast<size_t>(source.layer)].outputs[static_cast<size_t>(source.output)];
    // Two names on one output would leave a reader to guess: a Convert to the same type, which OpenVINO removes, has the second.
    const bool is_output = std::ranges::find(graph_.outputs, id) != graph_.outputs.end();
    if (is_output && !output.names.empty()) {
        source = convert(source, output.dtype);
        model_.layers[static_cast<size_t>(source.layer)].outputs[0].names = {graph_[id].name};
    } else if (output.names.empty() && !model_.layers[static_cast<size_t>(source.layer)].value) {
        output.names = {graph_[id].name};
    }
    Layer& layer = model_.layers[static_cast<size_t>(source.layer)];
    if (layer.outputs.size() == 1 && layer.outputs[0].names.size() == 1 &&
        layer.outputs[0].names[0] == graph_[id].name && layer.type != kParameter)
        layer.name = fresh(graph_[id].name);
    places_[static_cast<size_t>(id)] = source;
}

Source Lowering::constant_layer(const std::string& name, Tensor data, DType stored) {
    std::string key;
    if (data.size_bytes() <= kMostSmallBytes) {
        data = data.to_contiguous();
        key = format("{} {}", describe(data), name_of(stored)) + std::string(as_text(data.bytes()));
        if (const auto it = small_.find(key); it != small_.end()) return it->second;
    }
    Layer layer{.name = fresh(name.empty() ? "constant" : name), .type = std::string(kConst)};
    layer.outputs = {{stored, graph::dims_of(data.shape()), {}}};
    layer.value = std::move(data);
    model_.layers.push_back(std::move(layer));
    const Source made{static_cast<int>(model_.layers.size() - 1), 0};
    if (!key.empty()) small_[key] = made;
    return made;
}

Source Lowering::ints(const Ints& values) {
    return constant_layer("ints", Tensor::ints(values), DType::kI64);
}

Source Lowering::integer(int64_t value) {
    return constant_layer("integer", Tensor::scalar(value), DType::kI64);
}

Source Lowering::number(DType dtype, double value) {
    return constant_layer("number", Tensor::filled(dtype, {}, value), dtype);
}

Source Lowering::weight(const std::string& name, const Tensor& data, int channels) {
    const bool narrow = data.dtype() == DType::kF32 && data.count() >= kLeastNarrow && !keeps_f32_;
    if (narrow && options_.weights == Weights::kI8 && channels >= 0) {
        const Coded made = coded(data, channels);
        return widened(name, made.codes, made.scale, std::nullopt, channels);
    }
    if (!narrow || options_.weights != Weights::kF16 || !fits_half(data))
        return constant_layer(name, data, data.dtype());
    const Source stored = constant_layer(name, data, DType::kF16);
    const Source wide = convert(stored, DType::kF32);
    model_.layers[static_cast<size_t>(wide.layer)].decompression = true;
    return wide;
}

Source Lowering::weight_of(ValueId id, const Shape& shape, int channels) {
    const auto key = std::pair(std::pair(static_cast<uint32_t>(id), channels), shape);
    const auto it = weights_.find(key);
    if (it != weights_.end()) return it->second;
    return weights_[key] = weight(graph_[id].name, graph_[id].constant->reshaped(shape), channels);
}

Source Lowering::widened(const std::string& name, const Tensor& codes, const Tensor& scale,
                         const std::optional<Tensor>& zero, int axis) {
    const DType wide = scale.dtype();
    const Dims shape = graph::dims_of(codes.shape());
    Source y = convert(constant_layer(name, codes, codes.dtype()), wide);
    const Shape by = along(codes, axis, scale.count());
    if (zero && std::ranges::any_of(zero->to_ints(), [](int64_t z) { return z != 0; })) {
        const Tensor numbers = tensor_from_doubles(wide, by, zero->to_doubles());
        y = add("Subtract", 1, {{"auto_broadcast", "numpy"}},
                {y, constant_layer(name + "/zero_point", numbers, wide)}, {wide, shape, {}});
    }
    return add("Multiply", 1, {{"auto_broadcast", "numpy"}},
               {y, constant_layer(name + "/scale", scale.to_contiguous().reshaped(by), wide)},
               {wide, shape, {}});
}

Source Lowering::convert(Source source, DType to) {
    const Dims shape = output(source).shape;
    return add("Convert", 1, {{"destination_type", std::string(element_name(to))}}, {source},
               {to, shape, {}});
}

Source Lowering::as_i64(ValueId id) {
    const Source source = of(id);
    return output(source).dtype == DType::kI64 ? source : convert(source, DType::kI64);
}

Source Lowering::reshape(Source source, const Dims& shape) {
    Ints sizes;
    for (const Dim& dim : shape) sizes.push_back(dim.constant().value_or(-1));
    const DType dtype = output(source).dtype;
    return add("Reshape", 1, {{"special_zero", "false"}}, {source, ints(sizes)}, {dtype, shape, {}});
}

// ---- values

std::optional<Tensor> Lowering::known(ValueId id) const { return known_tensor(graph_, id); }

Source Lowering::of(ValueId id) {
    Source& found = places_[static_cast<size_t>(id)];
    if (found.layer < 0 && graph_[id].constant) found = weight(graph_[id].name, *graph_[id].constant);
    return places_[static_cast<size_t>(id)];
}

const Node* Lowering::widening_of(ValueId id) const {
    const Node* node = producers_[static_cast<size_t>(id)];
    const bool codes = node != nullptr && node->op->name == "dequantize_linear" &&
                       graph_[node->inputs[0]].constant && graph_[node->inputs[1]].constant;
    return codes ? node : nullptr;
}

// ---- nodes

void NodeView::emit(std::string_view type, int opset, Data data, std::vector<Source> inputs) {
    lowering.place(out(), lowering.add(type, opset, std::move(data), std::move(inputs), result()));
}

Source NodeView::sizes(std::string_view name) const {
    const int operand = node.op->input_index(name);
    if (operand >= 0 && has(static_cast<size_t>(operand)))
        return lowering.as_i64(in(static_cast<size_t>(operand)));
    const graph::Attr* attr = node.attrs.find(name);
    if (attr != nullptr)
        if (const auto* list = std::get_if<Ints>(attr)) return lowering.ints(*list);
    Ints sizes;
    if (attr != nullptr)
        if (const auto* dims = std::get_if<Dims>(attr))
            for (const Dim& dim : *dims) sizes.push_back(dim.constant().value_or(-1));
    return lowering.ints(sizes);
}

Result<Ints> NodeView::ints(std::string_view name) const {
    const int operand = node.op->input_index(name);
    if (operand >= 0 && has(static_cast<size_t>(operand))) {
        const auto tensor = lowering.known(in(static_cast<size_t>(operand)));
        if (!tensor) return fail("its {} are computed while the network runs", name);
        return tensor->to_ints();
    }
    const graph::Attr* attr = node.attrs.find(name);
    if (attr == nullptr) return Ints();
    if (const auto* list = std::get_if<Ints>(attr)) return *list;
    if (const auto* one = std::get_if<int64_t>(attr)) return Ints{*one};
    Ints numbers;
    for (const Dim& dim : *std::get_if<Dims>(attr)) {
        if (!dim.constant()) return fail("its {} hold '{}'; fix it (--fix)", name, dim.text());
        numbers.push_back(*dim.constant());
    }
    return numbers;
}

bool NodeView::given(std::string_view name) const {
    const int operand = node.op->input_index(name);
    if (operand >= 0 && has(static_cast<size_t>(operand))) return true;
    const graph::Attr* attr = node.attrs.find(name);
    if (attr == nullptr) return false;
    if (const auto* list = std::get_if<Ints>(attr)) return !list->empty();
    if (const auto* list = std::get_if<graph::Floats>(attr)) return !list->empty();
    if (const auto* dims = std::get_if<Dims>(attr)) return !dims->empty();
    return true;
}

Result<int> NodeView::axis(std::string_view name, int rank) const {
    return graph::normal_axis(integer(name), rank);
}

const LowerRow* find_lower(std::string_view row) {
    for (const auto& family : {math_lowerings(), image_lowerings(), move_lowerings(), index_lowerings(),
                               product_lowerings(), code_lowerings()})
        for (const LowerRow& entry : family)
            if (entry.row == row) return &entry;
    return nullptr;
}

bool can_say(const graph::Graph& graph, const Node& node) {
    const LowerRow* row = find_lower(node.op->name);
    if (row != nullptr && row->fits != nullptr && !row->fits(graph, node)) return false;
    const auto holds = [&](graph::TypeSet types, const std::vector<ValueId>& values) {
        return values.empty() || values[0] == kNoValue ||
               (types & graph::type_bit(graph[values[0]].dtype)) != 0;
    };
    return std::ranges::any_of(node.op->cells, [&](const graph::Cell& cell) {
        return cell.format == "openvino" && holds(cell.types, node.inputs) &&
               holds(cell.results, node.outputs);
    });
}

namespace {

// As the cell says: the operands that there are, in order.
Status lower_plain(NodeView& n) {
    const graph::Cell* cell = nullptr;
    for (const graph::Cell& one : n.node.op->cells)
        if (one.format == "openvino") cell = &one;
    if (cell == nullptr) return fail("OpenVINO has no such operator");
    std::vector<Source> operands;
    for (size_t i = 0; i < n.node.inputs.size(); ++i)
        if (n.has(i)) operands.push_back(n.source(i));
    Data data;
    for (const std::string_view part : split(cell->fixed, ';')) {
        const auto sides = split(part, '=');
        if (sides.size() == 2) data.emplace_back(trim(sides[0]), trim(sides[1]));
    }
    n.emit(cell->op, cell->since, std::move(data), std::move(operands));
    return {};
}

}  // namespace

Status Lowering::node(const Node& node) {
    if (fused_.hidden.contains(&node)) return {};
    const LowerRow* row = find_lower(node.op->name);
    keeps_f32_ = std::ranges::any_of(options_.keep_scopes,
                                     [&](const std::string& scope) { return node.name.starts_with(scope); });
    for (const ValueId id : node.outputs)
        if (id != kNoValue) {
            scope = graph_[id].name;
            break;
        }
    NodeView view(*this, node);
    const Status status = row != nullptr && row->lower != nullptr ? row->lower(view) : lower_plain(view);
    if (status) return {};
    return fail("node '{}' ({}): {}", node.name.empty() ? std::string(node.op->name) : node.name,
                node.op->name, status.error().message);
}

namespace {

bool same_tensor(const graph::Graph& graph, const Node& a, const Node& b, size_t operand) {
    const auto at = [&](const Node& node) {
        return operand < node.inputs.size() ? node.inputs[operand] : kNoValue;
    };
    if (at(a) == at(b)) return true;
    if (at(a) == kNoValue || at(b) == kNoValue) return false;
    const auto &x = graph[at(a)].constant, &y = graph[at(b)].constant;
    return x && y && x->dtype() == y->dtype() && x->shape() == y->shape() &&
           x->to_doubles() == y->to_doubles();
}

bool has_numbers(const graph::Graph& graph, const Node& node) {
    for (size_t i = 1; i < node.inputs.size(); ++i)
        if (node.inputs[i] != kNoValue && !graph[node.inputs[i]].constant) return false;
    const DType codes = graph[node.outputs[0]].dtype;
    return codes == DType::kI8 || codes == DType::kU8 || codes == DType::kI4 || codes == DType::kU4;
}

}  // namespace

void Lowering::find_pairs() {
    const graph::Uses uses = graph::uses_of(graph_);
    for (const Node& node : graph_.nodes) {
        if (node.op->name != "quantize_linear" || !has_numbers(graph_, node)) continue;
        if (*std::get_if<int64_t>(node.attrs.find("block_size")) != 0) continue;
        if (std::ranges::find(graph_.outputs, node.outputs[0]) != graph_.outputs.end()) continue;
        const auto& users = uses.users[static_cast<size_t>(node.outputs[0])];
        const bool paired = !users.empty() && std::ranges::all_of(users, [&](size_t user) {
            const Node& other = graph_.nodes[user];
            return other.op->name == "dequantize_linear" && other.inputs[0] == node.outputs[0] &&
                   same_tensor(graph_, node, other, 1) && same_tensor(graph_, node, other, 2) &&
                   graph_[other.outputs[0]].dtype == graph_[node.inputs[0]].dtype;
        });
        if (!paired) continue;
        fused_.hidden[&node] = true;
        for (const size_t user : users) fused_.fake[&graph_.nodes[user]] = &node;
    }
}

void Lowering::inputs() {
    for (const ValueId id : graph_.inputs) {
        const graph::Value& value = graph_[id];
        model_.layers.push_back({.name = fresh(value.name), .type = std::string(kParameter)});
        model_.layers.back().outputs = {{value.dtype, value.shape, {value.name}}};
        places_[static_cast<size_t>(id)] = {static_cast<int>(model_.layers.size() - 1), 0};
        if (!graph::constant_shape(value.shape)) model_.input_shapes[value.name] = to_string(value.shape);
    }
}

Status Lowering::outputs() {
    for (const ValueId id : graph_.outputs) {
        Source source = places_[static_cast<size_t>(id)];
        if (graph_[id].constant) {
            scope = graph_[id].name;
            source = weight(scope + "/value", *graph_[id].constant);
            source = convert(source, output(source).dtype);
            model_.layers[static_cast<size_t>(source.layer)].outputs[0].names = {graph_[id].name};
        }
        if (source.layer < 0) return fail("the output '{}' is made by no node", graph_[id].name);
        Layer result{.name = fresh(graph_[id].name + "/sink_port_0"), .type = std::string(kResult)};
        result.inputs = {source};
        model_.layers.push_back(std::move(result));
    }
    return {};
}

// Layers that no result needs go, apart from parameters.
void Lowering::drop_unused() {
    std::vector<bool> needed(model_.layers.size(), false);
    for (size_t i = model_.layers.size(); i-- > 0;) {
        const Layer& layer = model_.layers[i];
        needed[i] = needed[i] || layer.type == kResult || layer.type == kParameter;
        if (needed[i])
            for (const Source& from : layer.inputs) needed[static_cast<size_t>(from.layer)] = true;
    }
    std::vector<int> place(model_.layers.size(), -1);
    std::vector<Layer> kept;
    for (size_t i = 0; i < model_.layers.size(); ++i) {
        if (!needed[i]) continue;
        place[i] = static_cast<int>(kept.size());
        for (Source& from : model_.layers[i].inputs) from.layer = place[static_cast<size_t>(from.layer)];
        kept.push_back(std::move(model_.layers[i]));
    }
    model_.layers = std::move(kept);
}

Result<Model> Lowering::run() {
    model_.name = graph_.name.empty() ? "lathe" : graph_.name;
    model_.metadata = graph_.metadata;
    places_.resize(graph_.values.size());
    producers_.resize(graph_.values.size(), nullptr);
    for (const Node& node : graph_.nodes)
        for (const ValueId id : node.outputs)
            if (id != kNoValue) producers_[static_cast<size_t>(id)] = &node;
    for (const graph::Value& value : graph_.values)
        if (element_name(value.dtype).empty())
            return fail("the value '{}' is {}, which OpenVINO lacks", value.name, name_of(value.dtype));
    find_pairs();
    inputs();
    size_t done = 0;
    for (const Node& one : graph_.nodes) {
        if (options_.progress) options_.progress("writing layers", done++, graph_.nodes.size());
        TRY_STATUS(node(one));
    }
    TRY_STATUS(outputs());
    drop_unused();
    return std::move(model_);
}

}  // namespace lathe::formats::openvino
