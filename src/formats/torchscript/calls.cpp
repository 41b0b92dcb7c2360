#include <algorithm>

#include "base/text.h"
#include "formats/torch/numbers.h"
#include "formats/torchscript/deeper.h"

namespace lathe::formats::torchscript {

using torch::Arguments;
using torch::Items;
using torch::Kind;
using torch::Value;
using enum ExpressionKind;

namespace {

constexpr uint64_t kLongestRange = 500'000;

// "torch.relu" is aten::relu, "ops.prim.dtype" is prim::dtype; "" for other names.
std::string operator_named(const std::string& dotted) {
    if (dotted.starts_with("torch.") && dotted.find('.', 6) == std::string::npos)
        return "aten::" + dotted.substr(6);
    if (!dotted.starts_with("ops.")) return "";
    const size_t dot = dotted.rfind('.');
    return dot <= 4 ? "" : dotted.substr(4, dot - 4) + "::" + dotted.substr(dot + 1);
}

Result<Value> range(const Items& bounds) {
    if (bounds.empty() || bounds.size() > 3) return fail("a range of {} bounds", bounds.size());
    int64_t numbers[3] = {0, 0, 1};
    for (size_t i = 0; i < bounds.size(); ++i) {
        const auto* dim = bounds[i].as<graph::Dim>();
        const auto number = dim == nullptr ? std::nullopt : dim->constant();
        if (!number) return torch::unknown(format("the range to {}", describe(bounds[i])));
        numbers[bounds.size() == 1 ? 1 : i] = *number;
    }
    const auto [start, end, step] = numbers;
    if (step == 0) return fail("a range with the step 0");
    Items items;
    // Counted rather than compared, because the number after the last may not fit into 64 bits.
    const auto above = [](int64_t a, int64_t b) {
        return static_cast<uint64_t>(a) - static_cast<uint64_t>(b);
    };
    const uint64_t span =
        step > 0 ? (end > start ? above(end, start) : 0) : (start > end ? above(start, end) : 0);
    const uint64_t stride = step > 0 ? static_cast<uint64_t>(step) : above(0, step);
    const uint64_t turns = span / stride + (span % stride != 0 ? 1 : 0);
    if (turns > kLongestRange) return fail("a range of more than {} numbers", kLongestRange);
    for (uint64_t i = 0; i < turns; ++i)
        items.push_back(torch::make_int(start + static_cast<int64_t>(i) * step));
    return torch::make_list(std::move(items));
}

}  // namespace

Result<Value> Interpreter::operate(std::string_view name, Items operands) {
    const std::string& path = frames_.empty() ? std::string() : frames_.back()->path;
    const size_t colon = name.find("::");
    const std::string_view plain = colon == std::string_view::npos ? name : name.substr(colon + 2);
    importer_.hint = path.empty() ? std::string(plain) : path + "/" + std::string(plain);
    return importer_.call(name, "", {.positional = std::move(operands), .named = {}});
}

Result<Arguments> Interpreter::arguments_of(const Expression& e, Frame& frame) {
    Arguments arguments;
    for (size_t i = 1; i < e.parts.size(); ++i) {
        TRY(Value value, evaluate(e.parts[i], frame));
        if (e.names[i].empty()) arguments.positional.push_back(std::move(value));
        else arguments.named.emplace_back(e.names[i], std::move(value));
    }
    return arguments;
}

Result<Value> Interpreter::call(const Expression& e, Frame& frame) {
    const Expression& callee = e.parts[0];
    const std::string name = dotted_name(callee);
    bool known = false;
    if (callee.kind == kName) {
        const auto variable = frame.variables.find(name);
        const auto* function =
            variable == frame.variables.end() ? nullptr : variable->second.as<std::string>();
        if (function != nullptr && function->starts_with(kCodeRoot)) {
            TRY(Arguments arguments, arguments_of(e, frame));
            return call_qualified(*function, std::move(arguments));
        }
        auto result = call_builtin(name, e, frame, known);
        if (known) return result;
        return fail("the function '{}' is not known", printable(name));
    }
    if (const std::string op = operator_named(name); !op.empty() && !frame.variables.contains("torch"))
        return call_operator(op, e, frame);
    if (name.starts_with(kCodeRoot)) {
        TRY(Arguments arguments, [&]() -> Result<Arguments> {
            if (name.ends_with(".__new__")) return Arguments{};
            return arguments_of(e, frame);
        }());
        return call_qualified(name, std::move(arguments));
    }
    if (callee.kind != kAttribute) return fail("it calls something that is no function");
    TRY(const Value object, evaluate(callee.parts[0], frame));
    TRY(Arguments arguments, arguments_of(e, frame));
    return call_method(object, callee.text, std::move(arguments));
}

Result<Value> Interpreter::call_operator(const std::string& name, const Expression& e, Frame& frame) {
    TRY(Arguments arguments, arguments_of(e, frame));
    if (name == "prim::RaiseException")
        return fail("the program raises an exception here, for the inputs that it was given");
    if (name == "aten::device") return Value(std::string("cpu"));
    if (name == "prim::rangelist") return range(arguments.positional);
    if (name == "prim::data" || name == "prim::unchecked_unwrap_optional")
        return arguments.positional.empty() ? Value() : arguments.positional[0];
    if (name == "aten::_unwrap_optional") {
        if (arguments.positional.empty() || arguments.positional[0].none())
            return fail("it reads an optional value that is None");
        return arguments.positional[0];
    }
    const size_t plain = name.find("::") + 2;
    importer_.hint = frame.path.empty() ? name.substr(plain) : frame.path + "/" + name.substr(plain);
    return importer_.call(name, "", arguments);
}

Result<Value> Interpreter::call_builtin(const std::string& name, const Expression& e, Frame& frame,
                                        bool& known) {
    known = true;
    const size_t count = e.parts.size() - 1;
    if ((name == "annotate" || name == "unchecked_cast") && count == 2) return evaluate(e.parts[2], frame);
    if (name == "uninitialized") return torch::unknown("a value that the program does not set");
    if (name == "isinstance" && count == 2) {
        TRY(const Value value, evaluate(e.parts[1], frame));
        if (value.is(Kind::kUnknown)) return torch::unknown("the type of something that is not known");
        TRY(const bool is, is_instance(value, e.parts[2]));
        return Value(is);
    }
    if ((name == "getattr" || name == "hasattr") && count == 2 && e.parts[2].kind == kText) {
        TRY(const Value object, evaluate(e.parts[1], frame));
        if (name == "getattr") return member(object, e.parts[2].text);
        return Value(member(object, e.parts[2].text).has_value());
    }
    constexpr std::pair<std::string_view, std::string_view> kOperators[] = {
        {"int", "aten::Int"}, {"float", "aten::Float"}, {"bool", "aten::Bool"},
        {"str", "aten::str"}, {"len", "aten::len"},     {"list", "aten::list"},
        {"abs", "aten::abs"}, {"min", "prim::min"},     {"max", "prim::max"}};
    for (const auto& [builtin, op] : kOperators)
        if (builtin == name) {
            TRY(Arguments arguments, arguments_of(e, frame));
            return operate(op, std::move(arguments.positional));
        }
    if (name == "range") {
        TRY(Arguments arguments, arguments_of(e, frame));
        TRY(Value list, range(arguments.positional));
        return importer_.keep(std::move(list));
    }
    if (name == "unchecked_unwrap_optional" && count >= 1) return evaluate(e.parts[1], frame);
    if (name == "print") return Value();
    known = false;
    return Value();
}

// A function of the archive, or a class whose object is made.
Result<Value> Interpreter::call_qualified(const std::string& name, Arguments arguments) {
    constexpr std::string_view kNew = ".__new__";
    const std::string plain = name.ends_with(kNew) ? name.substr(0, name.size() - kNew.size()) : name;
    TRY(const FoundFunction function, program_.find_function(plain));
    if (function.syntax != nullptr) return run(*function.syntax, *function.place, "", std::move(arguments));
    TRY(const FoundClass found, program_.find_class(plain));
    if (found.syntax == nullptr) return fail("the archive has no code of '{}'", printable(plain));
    return make_object(found, plain, std::move(arguments));
}

Result<Value> Interpreter::make_object(const FoundClass& found, const std::string& name,
                                       Arguments arguments) {
    const auto object = std::make_shared<torch::Object>();
    object->type = name;
    const Value value = importer_.keep(Value(object));
    if (found.syntax->base == "NamedTuple") {
        const auto& fields = found.syntax->attributes;
        if (arguments.positional.size() > fields.size())
            return fail("'{}' is made of {} values, expected {}", printable(name),
                        arguments.positional.size(), fields.size());
        for (size_t i = 0; i < arguments.positional.size(); ++i)
            object->members[fields[i].name] = arguments.positional[i];
        for (auto& [field, v] : arguments.named) object->members[field] = v;
    }
    return value;
}

Result<bool> Interpreter::is_instance(const Value& value, const Expression& type) {
    if (type.kind == kTuple || type.kind == kList) {
        for (const Expression& part : type.parts) {
            TRY(const bool is, is_instance(value, part));
            if (is) return true;
        }
        return false;
    }
    const std::string name = dotted_name(type.kind == kSubscript ? type.parts[0] : type);
    if (name == "Optional") {
        if (value.none()) return true;
        return is_instance(value, type.parts[1]);
    }
    if (name == "Union") return is_instance(value, type.parts[1]);
    if (name == "Any") return true;
    if (name == "NoneType" || type.kind == ExpressionKind::kNone) return value.none();
    if (name == "Tensor" || name == "torch.Tensor") return value.is(Kind::kTensor);
    if (name == "int") return value.is(Kind::kInt);
    if (name == "float") return value.is(Kind::kFloat);
    if (name == "bool") return value.is(Kind::kBool);
    if (name == "number") return value.is(Kind::kInt) || value.is(Kind::kFloat);
    if (name == "str") return value.is(Kind::kText);
    if (name == "Tuple" || name == "tuple") return value.is(Kind::kTuple);
    if (name == "Dict") return value.is(Kind::kDict);
    if (name == "List" || name == "list") {
        const auto* list = value.as<std::shared_ptr<torch::List>>();
        if (list == nullptr) return false;
        if ((*list)->items.empty() || type.kind != kSubscript) return true;
        return is_instance((*list)->items[0], type.parts[1]);
    }
    const auto* object = value.as<std::shared_ptr<torch::Object>>();
    return object != nullptr && (*object)->type == name;
}

}  // namespace lathe::formats::torchscript
