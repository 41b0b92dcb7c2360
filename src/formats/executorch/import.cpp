#include "formats/executorch/import.h"

#include "base/text.h"
#include "formats/executorch/kernels.h"
#include "formats/executorch/plan.h"
#include "formats/torch/outputs.h"
#include "formats/torch/scalar_type.h"

namespace lathe::formats::executorch {
namespace {

using graph::ValueId;
using torch::Importer;
using torch::Items;

class MethodImporter {
public:
    explicit MethodImporter(const Method& method) : method_(method), made_(method.values.size()) {
        importer_.place = [this] { return place_; };
    }

    Result<graph::Graph> run() {
        for (size_t i = 0; i < method_.inputs.size(); ++i) TRY_STATUS(input(i));
        for (size_t i = 0; i < method_.instructions.size(); ++i) {
            place_ = format("instruction {}", i);
            if (auto status = instruction(method_.instructions[i]); !status)
                return std::unexpected(status.error().at(place_));
        }
        TRY_STATUS(importer_.check_supported());
        for (size_t i = 0; i < method_.outputs.size(); ++i) {
            TRY(const torch::Value value, argument(method_.outputs[i]));
            if (!value.is(torch::Kind::kTensor)) return fail("output {} is no tensor", i);
            TRY(const ValueId id, importer_.read(value));
            TRY_STATUS(torch::add_output(importer_, id, port_name(method_.outputs, i, "output")));
        }
        return torch::take_graph(importer_);
    }

private:
    std::string port_name(const std::vector<int>& ports, size_t i, std::string_view kind) const {
        const TensorValue* tensor = method_.tensor(ports[i]);
        if (tensor != nullptr && !tensor->name.empty()) return tensor->name;
        return ports.size() == 1 ? std::string(kind) : format("{}_{}", kind, i);
    }

    Status input(size_t i) {
        const int index = method_.inputs[i];
        const TensorValue* tensor = method_.tensor(index);
        if (tensor == nullptr) return fail("input {} is no tensor", i);
        if (tensor->constant || !made_[static_cast<size_t>(index)].none())
            return fail("input {} is a constant, or an input twice", i);
        std::string name = port_name(method_.inputs, i, "input");
        if (importer_.graph.find(name) != graph::kNoValue) name = format("input_{}", i);
        const ValueId id = importer_.graph.add_value(
            {.name = name, .dtype = tensor->dtype, .shape = graph::dims_of(tensor->shape)});
        importer_.graph.inputs.push_back(id);
        made_[static_cast<size_t>(index)] = torch::Value(torch::make_tensor(id));
        return {};
    }

    // ---- arguments

    Result<torch::Value> argument(int index) {
        const Value& value = method_.values[static_cast<size_t>(index)];
        torch::Value& made = made_[static_cast<size_t>(index)];
        if (const auto* tensor = std::get_if<TensorValue>(&value)) {
            if (made.none() && tensor->constant)
                made = torch::Value(torch::make_weight(tensor->name, *tensor->constant));
            if (made.none()) return fail("it reads value {}, which nothing has computed", index);
            return made;
        }
        if (const auto* integer = std::get_if<int64_t>(&value)) return torch::make_int(*integer);
        if (const auto* number = std::get_if<double>(&value)) return torch::Value(*number);
        if (const auto* flag = std::get_if<bool>(&value)) return torch::Value(*flag);
        if (const auto* text = std::get_if<std::string>(&value)) return torch::Value(*text);
        if (std::holds_alternative<std::monostate>(value)) return torch::Value();
        // Lists of tensors are made anew: their elements are computed one after the other.
        const bool constant = !std::holds_alternative<TensorList>(value);
        if (constant && !made.none()) return made;
        TRY(Items items, elements(value));
        TRY_STATUS(importer_.check_budgets());
        made = importer_.keep(torch::make_list(std::move(items)));
        return made;
    }

    Result<Items> elements(const Value& value) {
        Items items;
        const auto add = [&](int item) -> Status {
            if (item < 0) {
                items.emplace_back();
                return {};
            }
            const Value& held = method_.values[static_cast<size_t>(item)];
            const bool plain = std::holds_alternative<TensorValue>(held) ||
                               std::holds_alternative<int64_t>(held) ||
                               std::holds_alternative<std::monostate>(held);
            if (!plain) return fail("a list holds value {}, which is neither a tensor nor an integer", item);
            TRY(items.emplace_back(), argument(item));
            return {};
        };
        if (const auto* list = std::get_if<IntList>(&value))
            for (const int item : list->items) TRY_STATUS(add(item));
        if (const auto* list = std::get_if<TensorList>(&value))
            for (const int item : list->items) TRY_STATUS(add(item));
        if (const auto* list = std::get_if<DoubleList>(&value))
            for (const double item : list->items) items.emplace_back(item);
        if (const auto* list = std::get_if<BoolList>(&value))
            for (const bool item : list->items) items.emplace_back(item);
        return items;
    }

    // ---- calls

    Status instruction(const Instruction& one) {
        if (one.delegate)
            return fail("the delegate '{}' computes a part of it, which is not supported",
                        printable(method_.delegates[static_cast<size_t>(one.index)].id));
        const Operator& op = method_.operators[static_cast<size_t>(one.index)];
        const Kernel* kernel = find_kernel(op.name, op.overload);  // check_method has seen it
        const torch::Schema& schema = schema_of(*kernel);
        torch::Arguments arguments;
        for (size_t i = 0; i < schema.parameters.size(); ++i) {
            TRY(torch::Value value, argument(one.args[i]));
            arguments.named.emplace_back(std::string(schema.parameters[i].name), std::move(value));
        }
        std::vector<int> results;
        const size_t first = schema.parameters.size();
        if (kernel->results == 0)
            results = std::get<TensorList>(method_.values[static_cast<size_t>(one.args[first])]).items;
        else
            for (int i = 0; i < kernel->results; ++i)
                results.push_back(one.args[first + static_cast<size_t>(i)]);
        if (kernel->typed)
            arguments.named.emplace_back(
                "dtype", torch::make_int(torch::scalar_type_of(method_.tensor(results[0])->dtype)));
        importer_.hint =
            method_.tensor(results.empty() ? 0 : results[0]) == nullptr ? "" : name_of(results[0]);
        TRY(const torch::Value value,
            importer_.call(format("aten::{}", schema.name), schema.overload, arguments));
        return store(results, value);
    }
    std::string name_of(int result) const {
        const std::string& name = method_.tensor(result)->name;
        return name.empty() ? format("v{}", result) : name;
    }

    Status store(const std::vector<int>& results, const torch::Value& value) {
        if (value.is(torch::Kind::kUnknown)) {  // noted as not supported
            for (const int result : results) made_[static_cast<size_t>(result)] = value;
            return {};
        }
        const Items* items = value.items();
        if ((items == nullptr ? 1 : items->size()) != results.size())
            return fail("it has {} results, expected {}", results.size(),
                        items == nullptr ? 1 : items->size());
        for (size_t i = 0; i < results.size(); ++i) {
            const torch::Value& one = items == nullptr ? value : (*items)[i];
            if (!one.is(torch::Kind::kTensor)) continue;  // nobody can read it
            TRY(ValueId id, importer_.read(one));
            const TensorValue& expected = *method_.tensor(results[i]);
            if (importer_.graph[id].shape != graph::dims_of(expected.shape))
                return fail("its result is {}, and the program says {}",
                            graph::to_string(importer_.graph[id].shape),
                            graph::to_string(graph::dims_of(expected.shape)));
            TRY(id, importer_.cast(id, expected.dtype));
            made_[static_cast<size_t>(results[i])] = torch::Value(torch::make_tensor(id));
        }
        return {};
    }

    const Method& method_;
    Importer importer_;
    std::vector<torch::Value> made_;  // of the method's values
    std::string place_;
};

}  // namespace

Result<graph::Graph> import_program(const Program& program) {
    TRY_STATUS(check_method(program.method));
    return MethodImporter(program.method).run();
}

}  // namespace lathe::formats::executorch
