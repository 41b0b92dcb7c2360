#include "formats/coreml/import.h"

#include <algorithm>

#include "formats/coreml/blob_file.h"
#include "formats/coreml/compress.h"
#include "formats/coreml/read.h"
#include "ops/ops.h"

namespace lathe::formats::coreml {

using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::Ints;
using graph::kNoValue;
using graph::ValueId;

Importer::Importer(const Model& model, const SharedBytes& weights)
    : model_(model), weights_(weights), b_(ops::find_op, model.description) {}

Dims as_dims(const Ints& values) {
    Dims dims;
    for (const int64_t value : values) dims.emplace_back(value);
    return dims;
}

std::string Importer::given_name(const std::string& identifier) const {
    const auto it = model_.notes.find("lathe.name." + identifier);
    return it == model_.notes.end() ? identifier : it->second;
}

// ---- constants

const Value* Importer::constant(const std::string& name) const {
    const auto it = constants_.find(name);
    return it == constants_.end() ? nullptr : &it->second;
}

const Value* Importer::constant_of(const Binding& binding) const {
    return binding.value ? &*binding.value : constant(binding.name);
}

Result<Value> Importer::loaded(const Value& value) const {
    return value.in_file ? read_blob(weights_, value.offset, value.type) : value;
}

ValueId Importer::value(const std::string& name) {
    if (const auto it = values_.find(name); it != values_.end()) return it->second;
    const Value* found = constant(name);
    if (found == nullptr || found->type.element == DataType::kString || !info_of(found->type.element) ||
        !info_of(found->type.element)->dtype)
        return kNoValue;
    return values_[name] = b_.constant(name, found->data);
}

ValueId Importer::bound(const Binding& binding, const std::string& hint) {
    if (!binding.value) return value(binding.name);
    const auto found = loaded(*binding.value);
    if (!found || found->type.element == DataType::kString || !found->strings.empty() ||
        found->packed.size() > 0)
        return kNoValue;
    return b_.constant(hint, found->data);
}

Status Importer::constants(const Operation& operation) {
    const std::string& name = operation.outputs[0].name;
    if (operation.type == "const") {
        const Value* value = operation.attribute("val");
        if (value == nullptr) return fail("the constant '{}' has no value", name);
        TRY(constants_[name], with_place(loaded(*value), format("the constant '{}'", name)));
        return {};
    }
    const auto find = [&](std::string_view parameter) -> Result<std::optional<Value>> {
        const Value* value = operation.attribute(parameter);
        if (value == nullptr) {
            const Parameter* input = operation.input(parameter);
            if (input != nullptr && !input->bindings.empty()) value = constant_of(input->bindings[0]);
        }
        if (value == nullptr) return std::nullopt;
        TRY(Value found, loaded(*value));
        return found;
    };
    Value wide{.type = operation.outputs[0].type};
    TRY(wide.data, with_place(decompress(operation, find), format("{} '{}'", operation.type, name)));
    constants_[name] = std::move(wide);
    return {};
}

// ---- operations

Status Importer::operation(const Operation& operation) {
    if (operation.outputs.empty()) return fail("the operation {} has no result", operation.type);
    if (operation.type == "const" || operation.type.starts_with("constexpr_")) return constants(operation);
    if (operation.type == "classify") return {};  // the numbers that it names are an output of their own
    const auto place = [&] {
        return format("operation {} for '{}'", operation.type, operation.outputs[0].name);
    };
    for (const auto& family : {math_imports(), image_imports(), move_imports(), index_imports()})
        for (const ImportRow& row : family) {
            if (row.type != operation.type) continue;
            OperationView view(*this, operation);
            TRY_STATUS(with_place(row.import(view), place()));
            if (!b_.ok()) return fail("{}: {}", place(), b_.finish().error().message);
            if (view.results.size() < operation.outputs.size())
                return fail("{}: it has {} results, expected {}", place(), operation.outputs.size(),
                            view.results.size());
            for (size_t i = 0; i < operation.outputs.size(); ++i)
                values_[operation.outputs[i].name] = view.results[i];
            return {};
        }
    return fail("{}: this operation is not supported", place());
}

// ---- inputs and outputs

Status Importer::inputs() {
    for (const NamedType& input : model_.program.inputs) {
        const DataTypeInfo* info = info_of(input.type.element);
        if (info == nullptr || !info->dtype || input.type.kind != Type::Kind::kTensor)
            return fail("the input '{}' is no tensor", input.name);
        Dims shape;
        for (size_t i = 0; i < input.type.shape.size(); ++i) {
            const int64_t size = input.type.shape[i];
            shape.push_back(size != kUnknownSize
                                ? Dim(size)
                                : Dim::symbol(i == 0 ? "batch" : format("{}.{}", input.name, i)));
        }
        values_[input.name] = b_.input(given_name(input.name), *info->dtype, std::move(shape));
    }
    return {};
}

Status Importer::outputs() {
    std::vector<std::pair<std::string, std::string>> wanted;  // identifier, name
    const Operation* classifier = nullptr;
    for (const Operation& operation : model_.program.operations)
        if (operation.type == "classify") classifier = &operation;
    for (const std::string& name : model_.program.outputs) {
        const bool of_classifier =
            classifier != nullptr &&
            std::ranges::any_of(classifier->outputs, [&](const auto& o) { return o.name == name; });
        if (!of_classifier) {
            wanted.emplace_back(name, given_name(name));
            continue;
        }
        const Parameter* numbers = classifier->input("probabilities");
        if (classifier->outputs.size() < 2 || name != classifier->outputs[1].name || numbers == nullptr ||
            numbers->bindings.empty())
            continue;
        wanted.emplace_back(numbers->bindings[0].name, given_name(name));
    }
    for (const auto& [identifier, name] : wanted) {
        const ValueId id = value(identifier);
        if (id == kNoValue) return fail("the output '{}' is made by no operation", identifier);
        b_.output(name, id);
    }
    return {};
}

Result<Graph> Importer::run() {
    TRY_STATUS(inputs());
    for (const Operation& one : model_.program.operations) TRY_STATUS(operation(one));
    TRY_STATUS(outputs());
    for (const auto& [key, text] : model_.notes)
        if (!key.starts_with("lathe.")) b_.graph().metadata[key] = text;
    TRY(Graph graph, b_.finish());
    return graph::without_dead_code(std::move(graph));
}

Result<Graph> import_model(const Model& model, const SharedBytes& weights) {
    return Importer(model, weights).run();
}

// ---- what functions of operations call

Result<ValueId> OperationView::in(std::string_view name) {
    TRY(const auto values, all(name));
    if (values.size() != 1) return fail("its operand '{}' is {} values, expected one", name, values.size());
    return values[0];
}

Result<std::vector<ValueId>> OperationView::all(std::string_view name) {
    const Parameter* parameter = operation_.input(name);
    if (parameter == nullptr) return fail("its operand '{}' is missing", name);
    std::vector<ValueId> values;
    for (const Binding& binding : parameter->bindings) {
        const ValueId id = importer_.bound(binding, std::string(name));
        if (id == kNoValue)
            return fail("its operand '{}' ('{}') is made by nothing before", name, binding.name);
        values.push_back(id);
    }
    return values;
}

const Value* OperationView::constant(std::string_view name) const {
    const Parameter* parameter = operation_.input(name);
    return parameter == nullptr || parameter->bindings.size() != 1
               ? nullptr
               : importer_.constant_of(parameter->bindings[0]);
}

Result<Ints> OperationView::ints(std::string_view name) {
    const Value* value = constant(name);
    if (value == nullptr) return fail("its parameter '{}' is missing or computed, expected a constant", name);
    TRY(const Value found, importer_.loaded(*value));
    const DataTypeInfo* info = info_of(found.type.element);
    if (info == nullptr || !info->dtype || is_float(*info->dtype))
        return fail("its parameter '{}' is not of whole numbers", name);
    return found.data.to_ints();
}

Result<Ints> OperationView::ints(std::string_view name, Ints absent) {
    return has(name) ? ints(name) : std::move(absent);
}

Result<int64_t> OperationView::integer(std::string_view name) {
    TRY(const Ints values, ints(name));
    if (values.size() != 1)
        return fail("its parameter '{}' is {} numbers, expected one", name, values.size());
    return values[0];
}

Result<int64_t> OperationView::integer(std::string_view name, int64_t absent) {
    return has(name) ? integer(name) : absent;
}

Result<bool> OperationView::flag(std::string_view name, bool absent) {
    TRY(const int64_t value, integer(name, absent ? 1 : 0));
    return value != 0;
}

Result<double> OperationView::number(std::string_view name, double absent) {
    if (!has(name)) return absent;
    const Value* value = constant(name);
    if (value == nullptr || !value->strings.empty() || value->packed.size() > 0 || value->data.count() != 1)
        return fail("its parameter '{}' is no constant number", name);
    TRY(const Value found, importer_.loaded(*value));
    return found.data.to_doubles()[0];
}

Result<std::string> OperationView::text(std::string_view name, std::string absent) {
    if (!has(name)) return absent;
    const Value* value = constant(name);
    if (value == nullptr || value->strings.size() != 1)
        return fail("its parameter '{}' is no constant text", name);
    return value->strings[0];
}

ValueId OperationView::number_like(ValueId like, double value) {
    return b().constant("number", Tensor::filled(b().dtype(like), {}, value));
}

ValueId OperationView::as_i64(ValueId value) {
    return b().dtype(value) == DType::kI64 ? value : b().add("cast", {value}, {{"to", DType::kI64}});
}

}  // namespace lathe::formats::coreml
