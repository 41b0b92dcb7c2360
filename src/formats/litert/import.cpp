#include "formats/litert/import.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "formats/litert/metadata.h"
#include "formats/litert/read.h"
#include "ops/ops.h"

namespace lathe::formats::litert {

using graph::Builder;
using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::kNoValue;
using graph::ValueId;

Importer::Importer(const ParsedModel& model)
    : model_(model), b_(ops::find_op, model.name), values_(model.tensors.size(), kNoValue) {}

std::pair<ValueId, ValueId> Importer::parameters(const ParsedTensor& info) {
    const Quantization& q = info.quantization;
    const auto count = static_cast<int64_t>(q.scales.size());
    const Shape shape = count == 1 ? Shape{} : Shape{count};
    const Tensor scales = Tensor::of<float>({count}, std::span<const float>(q.scales));
    const Tensor zeros = tensor_from_ints(info.dtype, {count}, q.zero_points);
    return {b_.constant(info.name + "/scale", scales.reshaped(shape)),
            b_.constant(info.name + "/zero_point", zeros.reshaped(shape))};
}

ValueId Importer::raw(int number) {
    ValueId& found = values_[static_cast<size_t>(number)];
    const ParsedTensor& info = tensor(number);
    if (found == kNoValue && info.data) found = b_.constant(info.name, *info.data);
    return found;
}

ValueId Importer::value(int number) {
    const ValueId stored = raw(number);
    const ParsedTensor& info = tensor(number);
    if (stored == kNoValue || info.quantization.scales.empty() || is_float(info.dtype)) return stored;
    if (const auto it = widened_.find(number); it != widened_.end()) return it->second;
    const auto [scale, zero_point] = parameters(info);
    const ValueId wide =
        b_.add("dequantize_linear", {stored, scale, zero_point},
               {{"axis", int64_t{info.quantization.scales.size() > 1 ? info.quantization.axis : 0}}});
    widened_[number] = wide;
    return wide;
}

ValueId Importer::quantised(ValueId value, const ParsedTensor& info) {
    const auto [scale, zero_point] = parameters(info);
    return b_.add("quantize_linear", {value, scale, zero_point},
                  {{"axis", int64_t{info.quantization.scales.size() > 1 ? info.quantization.axis : 0}}});
}

Result<graph::Ints> OperatorView::ints(size_t i) const {
    if (!has(i)) return fail("its operand {} is missing", i);
    const ParsedTensor& info = tensor(i);
    if (!info.data || !(is_integer(info.dtype)))
        return fail("its operand '{}' is computed while the network runs, expected a constant of integers",
                    info.name);
    return info.data->to_ints();
}

ValueId OperatorView::weight(size_t i, const graph::Ints& perm) {
    const ParsedTensor& info = tensor(i);
    if (info.data && info.dtype == DType::kF32) {
        const std::vector<int> axes(perm.begin(), perm.end());
        return b().constant(info.name, info.data->transposed(axes));
    }
    return transposed(in(i), perm);
}

Result<ValueId> OperatorView::activated(ValueId value, int64_t code) {
    switch (static_cast<Activation>(code)) {
        case Activation::kNone: return value;
        case Activation::kRelu: return b().add("relu", {value});
        case Activation::kReluN1To1: return b().add("clip", {value}, {{"min", -1.0}, {"max", 1.0}});
        case Activation::kRelu6: return b().add("clip", {value}, {{"min", 0.0}, {"max", 6.0}});
        case Activation::kTanh: return b().add("tanh", {value});
    }
    return fail("its fused activation is number {}, which is not supported", code);
}

ValueId OperatorView::as_i64(ValueId value) {
    return b().dtype(value) == DType::kI64 ? value : b().add("cast", {value}, {{"to", DType::kI64}});
}

Status Importer::operation(const ParsedOperator& op) {
    const BuiltinInfo* info = builtin_of(op.code);
    const std::string name = !op.custom.empty() ? op.custom
                             : info != nullptr  ? std::string(info->name)
                                                : format("number {}", op.code);
    if (op.outputs.empty()) return fail("operator {}: it has no result", name);
    const auto place = [&] { return format("operator {} for '{}'", name, tensor(op.outputs[0]).name); };
    for (const auto& family : {image_imports(), move_imports(), math_imports()})
        for (const ImportRow& row : family) {
            if (info == nullptr || row.code != info->code || !op.custom.empty()) continue;
            for (size_t i = 0; i < std::max(row.inputs, op.inputs.size()); ++i) {
                const bool needed = i < row.inputs;
                const bool given = i < op.inputs.size() && op.inputs[i] != kNoTensor;
                if (needed && !given) return fail("{}: its operand {} is missing", place(), i);
                if (given && raw(op.inputs[i]) == kNoValue)
                    return fail("{}: its operand '{}' is neither constant nor computed before", place(),
                                tensor(op.inputs[i]).name);
            }
            OperatorView view(*this, op);
            TRY_STATUS(with_place(row.import(view), place()));
            if (!b_.ok()) return fail("{}: {}", place(), b_.finish().error().message);
            if (view.results.size() < op.outputs.size())
                return fail("{}: it has {} results, expected {}", place(), op.outputs.size(),
                            view.results.size());
            for (size_t i = 0; i < op.outputs.size(); ++i) {
                const ParsedTensor& result = tensor(op.outputs[i]);
                const bool narrow = !result.quantization.scales.empty() && !is_float(result.dtype) &&
                                    is_float(b_.dtype(view.results[i]));
                set(op.outputs[i], narrow ? quantised(view.results[i], result) : view.results[i]);
            }
            return {};
        }
    return fail("{}: this operator is not supported", place());
}

namespace {

Dims dims_with_symbols(const ParsedTensor& info) {
    Dims dims;
    for (size_t i = 0; i < info.shape.size(); ++i)
        dims.push_back(info.shape[i] >= 0 ? Dim(info.shape[i])
                                          : Dim::symbol(i == 0 ? "batch" : format("{}.{}", info.name, i)));
    return dims;
}

}  // namespace

Result<Graph> Importer::run() {
    for (const Port& port : model_.inputs) {
        const ParsedTensor& info = tensor(port.tensor);
        if (info.data) return fail("the input '{}' is a constant", port.name);
        set(port.tensor, b_.input(port.name, info.dtype, dims_with_symbols(info)));
    }
    for (const ParsedOperator& op : model_.operators) TRY_STATUS(operation(op));
    for (const Port& port : model_.outputs) {
        const ValueId id = raw(port.tensor);
        if (id == kNoValue) return fail("the output '{}' is made by no operator", port.name);
        b_.output(port.name, id);
    }
    for (const auto& [key, value] : model_.metadata) {
        if (key != kGraphMetadata) {
            b_.graph().metadata[key] = value;
            continue;
        }
        const auto notes = parse_json(value);
        if (!notes || !notes->is_object()) continue;
        for (const auto& [name, text] : notes->items())
            if (text.is_string()) b_.graph().metadata[name] = text.get<std::string>();
    }
    TRY(Graph graph, b_.finish());
    return graph::without_dead_code(std::move(graph));
}

Match match(ByteSpan file, std::string_view) {
    const bool signed_so = file.size() >= 8 && as_text(file.subspan(4, 4)) == kIdentifier;
    return signed_so ? Match::kCertain : Match::kNo;
}

Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path) {
    TRY(const ParsedModel model, with_place(parse(file), path));
    TRY(auto imported, with_place(Importer(model).run(), path));
    graph::Checkpoint checkpoint{.format = "litert", .path = path};
    Json notes = Json::object();
    notes["description"] = model.description;
    for (const auto& [key, value] : imported.metadata) notes[key] = value;
    checkpoint.metadata = std::make_shared<const Json>(std::move(notes));
    for (const graph::Value& value : imported.values)
        if (value.constant) checkpoint.tensors.push_back({value.name, *value.constant});
    checkpoint.graph = std::make_shared<const Graph>(std::move(imported));
    return checkpoint;
}

}  // namespace lathe::formats::litert
