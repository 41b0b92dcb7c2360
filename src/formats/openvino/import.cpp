#include "formats/openvino/import.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "formats/known_tensor.h"
#include "formats/openvino/lowering.h"
#include "formats/openvino/parse.h"
#include "formats/openvino/read.h"
#include "ops/ops.h"

#include <nlohmann/json.hpp>

namespace lathe::formats::openvino {

using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::Ints;
using graph::kNoValue;
using graph::ValueId;

namespace {

constexpr std::string_view kSinkEnd = "/sink_port_0";
constexpr size_t kShownTypes = 20;

std::string small_letters(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

// The row that is written by its cell alone, operands in order.
const graph::OpDef* plain_row(const Layer& layer) {
    for (const graph::OpDef* op : ops::all_ops()) {
        const LowerRow* row = find_lower(op->name);
        if (row != nullptr) continue;
        for (const graph::Cell& cell : op->cells)
            if (cell.format == "openvino" && cell.op == layer.type && layer.opset >= cell.since) return op;
    }
    return nullptr;
}

const ImportRow* import_row(const Layer& layer) {
    for (const auto& family : {math_imports(), image_imports(), move_imports()})
        for (const ImportRow& row : family)
            if (row.type == layer.type && layer.opset >= row.since && layer.opset <= row.until) return &row;
    return nullptr;
}

std::string place_of(const Layer& layer) {
    return format("layer '{}' ({}, opset{})", printable(layer.name), printable(layer.type), layer.opset);
}

}  // namespace

// ---- what a layer says

std::string LayerView::text(std::string_view key, std::string_view absent) const {
    const std::string* found = layer_.find(key);
    return small_letters(found != nullptr ? *found : std::string(absent));
}

Result<bool> LayerView::flag(std::string_view key, bool absent) const {
    const std::string word = text(key, absent ? "true" : "false");
    if (word == "true" || word == "1") return true;
    if (word == "false" || word == "0") return false;
    return fail("its {} is '{}', expected true or false", key, printable(word));
}

Result<int64_t> LayerView::integer(std::string_view key, int64_t absent) const {
    const std::string* found = layer_.find(key);
    int64_t value = absent;
    if (found != nullptr && !parse_int(trim(*found), value))
        return fail("its {} is '{}', expected a whole number", key, printable(*found));
    return value;
}

Result<double> LayerView::number(std::string_view key, double absent) const {
    const std::string* found = layer_.find(key);
    double value = absent;
    if (found != nullptr && !parse_double(trim(*found), value))
        return fail("its {} is '{}', expected a number", key, printable(*found));
    return value;
}

Result<Ints> LayerView::list(std::string_view key, Ints absent) const {
    const std::string* found = layer_.find(key);
    if (found == nullptr) return absent;
    return with_place(parse_ints(*found), format("its {}", key));
}

Result<DType> LayerView::element(std::string_view key, DType absent) const {
    const std::string* found = layer_.find(key);
    if (found == nullptr) return absent;
    const auto dtype = element_named(*found);
    if (!dtype) return fail("its {} is '{}', which is not supported", key, printable(*found));
    return *dtype;
}

std::optional<Tensor> LayerView::known(size_t i) {
    auto tensor = known_tensor(b().graph(), in(i));
    if (tensor) tensor = tensor->to_contiguous();
    return tensor;
}

Result<Ints> LayerView::ints(size_t i) {
    const auto tensor = known(i);
    if (!tensor || !is_integer(tensor->dtype()))
        return fail("its input {} is computed while the network runs, expected constant whole numbers", i);
    return tensor->to_ints();
}

Result<double> LayerView::scalar(size_t i) {
    const auto tensor = known(i);
    if (!tensor || tensor->count() != 1) return fail("its input {} is not one constant number", i);
    return tensor->to_doubles()[0];
}

ValueId LayerView::as_i64(size_t i) {
    if (dtype(i) == DType::kI64) return in(i);
    if (const auto tensor = known(i); tensor && is_integer(tensor->dtype()))
        return constant("ints", tensor->to(DType::kI64));
    return add("cast", {in(i)}, {{"to", DType::kI64}});
}

// ---- the graph

Importer::Importer(const Model& model)
    : model_(model), b_(ops::find_op, model.name), values_(model.layers.size()) {}

std::vector<std::string> Importer::unknown() const {
    std::vector<std::string> types;
    for (const Layer& layer : model_.layers) {
        if (layer.type == kParameter || layer.type == kConst || layer.type == kResult) continue;
        if (import_row(layer) != nullptr || plain_row(layer) != nullptr) continue;
        const std::string name = format("{}-{}", printable(layer.type), layer.opset);
        if (std::ranges::find(types, name) == types.end() && types.size() < kShownTypes)
            types.push_back(name);
    }
    return types;
}

Status Importer::parameter(size_t number) {
    const Layer& layer = model_.layers[number];
    const Output& output = layer.outputs[0];
    const std::string name = output.names.empty() ? layer.name : output.names[0];
    Dims dims;
    for (size_t i = 0; i < output.shape.size(); ++i)
        dims.push_back(output.shape[i].constant() ? output.shape[i]
                                                  : Dim::symbol(i == 0 ? "batch" : format("{}.{}", name, i)));
    // The symbols that the writer knew, where they fit.
    if (const auto noted = model_.input_shapes.find(name); noted != model_.input_shapes.end()) {
        const std::string_view text = trim(noted->second);
        Dims named;
        if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
            for (const std::string_view part : split(text.substr(1, text.size() - 2), ',')) {
                const auto dim = Dim::parse(trim(part));
                if (!dim) break;
                named.push_back(*dim);
            }
        bool fits = named.size() == dims.size();
        for (size_t i = 0; fits && i < dims.size(); ++i)
            fits = named[i].constant() == output.shape[i].constant() &&
                   (named[i].constant() || named[i].is_symbol());
        if (fits) dims = named;
    }
    values_[number] = {b_.input(name, output.dtype, std::move(dims))};
    return {};
}

Status Importer::layer(size_t number) {
    const Layer& layer = model_.layers[number];
    if (layer.type == kParameter) return parameter(number);
    if (layer.type == kConst) {
        // An output of that name keeps it.
        const bool taken = output_names_.contains(layer.name);
        values_[number] = {b_.constant(taken ? layer.name + "/value" : layer.name, *layer.value)};
        return {};
    }
    if (layer.type == kResult) {
        if (layer.inputs.size() != 1)
            return fail("{}: it has {} inputs, expected one", place_of(layer), layer.inputs.size());
        return {};
    }
    LayerView view(*this, layer);
    if (const ImportRow* row = import_row(layer)) {
        if (layer.inputs.size() < row->inputs)
            return fail("{}: it has {} inputs, expected at least {}", place_of(layer), layer.inputs.size(),
                        row->inputs);
        if (const Status status = row->import(view); !status)
            return fail("{}: {}", place_of(layer), status.error().message);
    } else if (const graph::OpDef* op = plain_row(layer)) {
        std::vector<ValueId> operands;
        for (size_t i = 0; i < layer.inputs.size(); ++i) operands.push_back(view.in(i));
        view.result(b_.add(op->name, std::move(operands)));
    }
    if (!b_.ok()) return fail("{}: {}", place_of(layer), b_.finish().error().message);
    if (view.results.size() < layer.outputs.size())
        return fail("{}: it has {} outputs, expected {}", place_of(layer), layer.outputs.size(),
                    view.results.size());
    values_[number] = std::move(view.results);
    return {};
}

std::string Importer::name_of_result(const Layer& layer) const {
    const Source from = layer.inputs[0];
    const Output& output =
        model_.layers[static_cast<size_t>(from.layer)].outputs[static_cast<size_t>(from.output)];
    if (!output.names.empty()) return output.names[0];
    const bool sink = layer.name.ends_with(kSinkEnd);
    return sink ? layer.name.substr(0, layer.name.size() - kSinkEnd.size()) : layer.name;
}

Result<Graph> Importer::run() {
    if (const auto types = unknown(); !types.empty())
        return fail("these operations are not supported: {}", join(types, ", "));
    for (const Layer& layer : model_.layers)
        if (layer.type == kResult && layer.inputs.size() == 1) output_names_.insert(name_of_result(layer));
    for (size_t i = 0; i < model_.layers.size(); ++i) TRY_STATUS(layer(i));
    for (const Layer& layer : model_.layers)
        if (layer.type == kResult) b_.output(name_of_result(layer), value(layer.inputs[0]));
    b_.graph().metadata = model_.metadata;
    TRY(Graph graph, b_.finish());
    if (graph.outputs.empty()) return fail("it has no results");
    return graph::without_dead_code(std::move(graph));
}

// ---- files

Match match(ByteSpan file, std::string_view) {
    const std::string_view head = as_text(file.first(std::min<size_t>(file.size(), 4096)));
    const size_t net = head.find("<net ");
    if (net == head.npos || !trim(head).starts_with("<")) return Match::kNo;
    return head.find("<layers", net) != head.npos ? Match::kCertain : Match::kPossible;
}

Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path) {
    SharedBytes weights;
    const size_t dot = path.ends_with(".xml") ? path.size() - 4 : path.size();
    const std::string beside = path.substr(0, dot) + ".bin";
    if (file_exists(beside)) {
        TRY(weights, map_file(beside));
    }
    TRY(const Model model, with_place(parse(as_text(file.bytes()), weights), path));
    TRY(auto imported, with_place(Importer(model).run(), path));
    graph::Checkpoint checkpoint{.format = "openvino", .path = path};
    Json notes = Json::object();
    notes["name"] = model.name;
    for (const auto& [key, value] : model.metadata) notes[key] = value;
    checkpoint.metadata = std::make_shared<const Json>(std::move(notes));
    for (const graph::Value& value : imported.values)
        if (value.constant) checkpoint.tensors.push_back({value.name, *value.constant});
    checkpoint.graph = std::make_shared<const Graph>(std::move(imported));
    return checkpoint;
}

}  // namespace lathe::formats::openvino
