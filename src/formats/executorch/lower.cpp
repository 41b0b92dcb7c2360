#include "formats/executorch/lower.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "formats/executorch/core_calls.h"
#include "formats/executorch/kernels.h"
#include "formats/executorch/plan.h"
#include "formats/torch/notes.h"
#include "formats/torch/scalar_type.h"

namespace lathe::formats::executorch {
namespace {

namespace aten = torch::aten;
using Base = torch::ParameterType::Base;

// The values of the program: tensors as they are needed, numbers and lists once each.
class Emitter {
public:
    explicit Emitter(const aten::Program& source)
        : source_(source), numbers_(source.values.size(), -1), weights_(source.values.size(), nullptr) {
        for (const aten::Weight& weight : source.weights)
            weights_[static_cast<size_t>(weight.value)] = &weight;
    }

    Result<Method> run() {
        for (size_t i = 0; i < source_.inputs.size(); ++i) {
            method_.inputs.push_back(tensor(source_.inputs[i]));
            method_.tensor(method_.inputs[i])->name = source_.input_names[i];
        }
        for (const aten::Call& call : source_.calls) emit(call);
        for (size_t i = 0; i < source_.outputs.size(); ++i) {
            method_.outputs.push_back(tensor(source_.outputs[i]));
            method_.tensor(method_.outputs[i])->name = source_.output_names[i];
        }
        plan_memory(method_);
        TRY_STATUS(check_method(method_));
        return std::move(method_);
    }

private:
    int add(Value value) {
        method_.values.push_back(std::move(value));
        return static_cast<int>(method_.values.size()) - 1;
    }
    // Equal numbers, texts and lists are one value; `key` tells them apart.
    int shared(const std::string& key, Value value) {
        const auto it = shared_.find(key);
        if (it != shared_.end()) return it->second;
        return shared_[key] = add(std::move(value));
    }

    int tensor(int value) {
        int& number = numbers_[static_cast<size_t>(value)];
        if (number >= 0) return number;
        const aten::Value& info = source_.values[static_cast<size_t>(value)];
        TensorValue made{.dtype = info.dtype, .shape = *graph::constant_shape(info.shape)};
        if (const aten::Weight* weight = weights_[static_cast<size_t>(value)]) {
            made.name = weight->name;
            made.constant = weight->tensor;
        }
        return number = add(std::move(made));
    }

    int integer(int64_t number) { return shared(format("i{}", number), number); }
    int none() { return shared("none", std::monostate()); }

    static double real(const aten::Arg& arg) {
        const auto* integer = arg.as<int64_t>();
        return integer != nullptr ? static_cast<double>(*integer) : *arg.as<double>();
    }
    int number(const aten::Arg& arg, Base base) {
        if (const auto* flag = arg.as<bool>()) return shared(*flag ? "true" : "false", *flag);
        if (const auto* type = arg.as<DType>()) return integer(torch::scalar_type_of(*type));
        if (base != Base::kFloat && arg.as<int64_t>() != nullptr) return integer(*arg.as<int64_t>());
        const double value = real(arg);
        return shared(format("f{:a}", value), value);
    }

    int list(const aten::Args& args, const torch::ParameterType& type) {
        if (type.base == Base::kFloat) {
            DoubleList made;
            for (const aten::Arg& arg : args) made.items.push_back(real(arg));
            return add(std::move(made));
        }
        std::vector<int> items;
        std::string key = type.base == Base::kTensor ? "tensors" : "ints";
        for (const aten::Arg& arg : args) {
            items.push_back(argument(arg, {.base = type.base, .optional = type.optional_elements}));
            key += format(" {}", items.back());
        }
        if (type.base == Base::kTensor)
            return shared(key, TensorList{.items = std::move(items), .optional = type.optional_elements});
        return shared(key, IntList{std::move(items)});
    }

    int argument(const aten::Arg& arg, const torch::ParameterType& type) {
        if (arg.none()) return none();
        if (const auto* ref = arg.as<aten::Ref>()) return tensor(ref->value);
        if (const auto* args = arg.as<aten::Args>()) return list(*args, type);
        if (const auto* text = arg.as<std::string>()) return shared("t" + *text, *text);
        if (!type.list) return number(arg, type.base);
        return list(aten::Args(static_cast<size_t>(std::max(type.count, 1)), arg), type);
    }

    // A schema's default.
    int absent(const torch::Parameter& parameter) {
        CHECK(parameter.has_default, parameter.name);
        const torch::Value& value = parameter.absent;
        if (value.none()) return none();
        if (const auto* flag = value.as<bool>()) return argument(*flag, parameter.type);
        if (const auto* size = value.as<graph::Dim>()) return argument(*size->constant(), parameter.type);
        if (const auto* real = value.as<double>()) return argument(*real, parameter.type);
        if (const auto* text = value.as<std::string>()) return argument(*text, parameter.type);
        CHECK(value.items() != nullptr && value.items()->empty(), parameter.name);
        return list({}, parameter.type);
    }

    int op(const Kernel& kernel) {
        const auto [it, fresh] =
            operators_.try_emplace(kernel.name, static_cast<int>(method_.operators.size()));
        if (fresh) {
            const size_t dot = kernel.name.rfind('.');
            method_.operators.push_back({format("{}::{}", kernel.space, kernel.name.substr(0, dot)),
                                         std::string(kernel.name.substr(dot + 1))});
        }
        return it->second;
    }

    void emit(const aten::Call& call) {
        const Kernel* kernel = kernel_for(call.op);
        CHECK(kernel != nullptr, call.op);
        Instruction made{.index = op(*kernel)};
        for (const torch::Parameter& parameter : schema_of(*kernel).parameters) {
            const auto it = std::ranges::find(call.args, parameter.name, &aten::NamedArg::name);
            made.args.push_back(it == call.args.end() ? absent(parameter)
                                                      : argument(it->value, parameter.type));
        }
        std::vector<int> results;
        for (const int result : call.results) results.push_back(tensor(result));
        if (kernel->results == 1) {
            made.args.insert(made.args.end(), {results[0], results[0]});
        } else {
            if (kernel->results > 1) made.args.insert(made.args.end(), results.begin(), results.end());
            const int all = add(TensorList{.items = std::move(results)});
            if (kernel->results == 0) made.args.push_back(all);
            made.args.push_back(all);
        }
        method_.instructions.push_back(std::move(made));
    }

    const aten::Program& source_;
    std::vector<int> numbers_;  // of the source's values
    std::vector<const aten::Weight*> weights_;
    std::map<std::string, int> shared_;
    std::map<std::string_view, int> operators_;
    Method method_;
};

}  // namespace

Result<Program> lower(const graph::Graph& graph) {
    TRY(aten::Program calls, aten::lower(graph, {.since_2 = true, .keep = has_kernel}));
    TRY(const aten::Program core, core_calls(std::move(calls)));
    Program program;
    TRY(program.method, Emitter(core).run());
    program.texts[std::string(torch::kNotesEntry)] = torch::to_text(torch::notes_of(graph));
    return program;
}

}  // namespace lathe::formats::executorch
