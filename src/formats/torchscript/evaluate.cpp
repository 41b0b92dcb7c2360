#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "formats/torch/numbers.h"
#include "formats/torchscript/deeper.h"

namespace lathe::formats::torchscript {

using torch::Items;
using torch::Kind;
using torch::Value;
using enum ExpressionKind;

Result<Value> Interpreter::evaluate(const Expression& e, Frame& frame) {
    const Deeper deeper(*this);
    if (deeper.too_deep())
        return fail("calls, blocks and expressions are nested deeper than {}", Deeper::kDeepest);
    switch (e.kind) {
        case kNone:
        case kEmpty: return Value();
        case kBool: return Value(e.integer != 0);
        case kInteger: return torch::make_int(e.integer);
        case kFloat: return Value(e.number);
        case kText: return Value(e.text);
        case kName: {
            if (const auto it = frame.variables.find(e.text); it != frame.variables.end()) return it->second;
            if (e.text == "inf") return Value(INFINITY);
            if (e.text == "nan") return Value(static_cast<double>(NAN));
            return fail("'{}' is not defined", printable(e.text));
        }
        case kAttribute: return attribute(e, frame);
        case kSubscript: return subscript(e, frame);
        case kCall: return call(e, frame);
        case kList: {
            TRY(Items items, evaluate_all(e.parts, frame));
            return importer_.keep(torch::make_list(std::move(items)));
        }
        case kTuple: {
            TRY(Items items, evaluate_all(e.parts, frame));
            return importer_.keep(torch::make_tuple(std::move(items)));
        }
        case kDict: return dict(e, frame);
        case kUnary: return unary(e, frame);
        case kBinary: return binary(e, frame);
        case kTernary: {
            TRY(const Value condition, evaluate(e.parts[1], frame));
            const auto taken = torch::truth(condition);
            if (!taken) return torch::unknown("a choice by something that is not known");
            return evaluate(e.parts[*taken ? 0 : 2], frame);
        }
        case kSlice: return fail("a slice where a value is expected");
    }
    return Value();
}

Result<Items> Interpreter::evaluate_all(const std::vector<Expression>& list, Frame& frame) {
    Items items;
    for (const Expression& e : list) {
        TRY(items.emplace_back(), evaluate(e, frame));
    }
    return items;
}

Result<Value> Interpreter::attribute(const Expression& e, Frame& frame) {
    const Expression& base = e.parts[0];
    if (base.kind == kName && base.text == "CONSTANTS") {
        int64_t index = -1;
        if (!e.text.starts_with('c') || !parse_int(std::string_view(e.text).substr(1), index) || index < 0 ||
            static_cast<size_t>(index) >= program_.constants.size())
            return fail("there is no constant '{}' in the archive's {}", printable(e.text),
                        program_.constants.size());
        return program_.constants[static_cast<size_t>(index)];
    }
    if (base.kind == kName && (base.text == "math" || base.text == "torch") &&
        !frame.variables.contains(base.text)) {
        if (e.text == "inf") return Value(INFINITY);
        if (e.text == "nan") return Value(static_cast<double>(NAN));
        if (e.text == "pi") return Value(M_PI);
    }
    // Functions are values by their qualified names.
    if (const std::string name = dotted_name(e); name.starts_with(kCodeRoot)) return Value(name);
    TRY(const Value object, evaluate(base, frame));
    return member(object, e.text);
}

Result<Value> Interpreter::member(const Value& object, const std::string& name) {
    if (object.is(Kind::kUnknown))
        return torch::unknown(format("'{}' of something that is not known", printable(name)));
    const auto* ref = object.as<std::shared_ptr<torch::Object>>();
    if (ref == nullptr) return fail("it reads '{}' of {}", printable(name), describe(object));
    if (const auto it = (*ref)->members.find(name); it != (*ref)->members.end()) return it->second;
    TRY(const FoundClass found, program_.find_class((*ref)->type));
    if (found.syntax != nullptr)
        for (const AttributeSyntax& a : found.syntax->attributes) {
            if (a.name != name || a.value.kind == kEmpty) continue;
            Frame frame{.function = nullptr,
                        .place = found.place,
                        .variables = {},
                        .path = (*ref)->path,
                        .line = 0,
                        .result = {}};
            return evaluate(a.value, frame);
        }
    return fail("the class '{}' has no '{}'", printable((*ref)->type), printable(name));
}

Result<Value> Interpreter::subscript(const Expression& e, Frame& frame) {
    TRY(Value base, evaluate(e.parts[0], frame));
    const Expression& index = e.parts[1];
    if (base.is(Kind::kObject)) {  // a named tuple
        TRY(auto elements, elements_of(base));
        if (elements) base = importer_.keep(torch::make_tuple(*std::move(elements)));
    }
    if (index.kind == kSlice) {
        TRY(const Items bounds, evaluate_all(index.parts, frame));
        return operate("aten::slice",
                       {base, bounds[0], bounds[1], bounds[2].none() ? torch::make_int(1) : bounds[2]});
    }
    TRY(const Value at, evaluate(index, frame));
    return operate("aten::__getitem__", {base, at});
}

Result<Value> Interpreter::unary(const Expression& e, Frame& frame) {
    TRY(const Value operand, evaluate(e.parts[0], frame));
    if (e.text == "-") return operate("aten::neg", {operand});
    if (e.text == "+") return operand;
    return operate(e.text == "not" ? "aten::__not__" : "aten::bitwise_not", {operand});
}

Result<Value> Interpreter::binary(const Expression& e, Frame& frame) {
    constexpr std::pair<std::string_view, std::string_view> kOperators[] = {
        {"+", "aten::add"},       {"-", "aten::sub"},
        {"*", "aten::mul"},       {"/", "aten::div"},
        {"//", "aten::floordiv"}, {"%", "aten::remainder"},
        {"**", "aten::pow"},      {"@", "aten::matmul"},
        {"==", "aten::eq"},       {"!=", "aten::ne"},
        {"<", "aten::lt"},        {"<=", "aten::le"},
        {">", "aten::gt"},        {">=", "aten::ge"},
        {"is", "aten::__is__"},   {"is not", "aten::__isnot__"},
        {"&", "aten::__and__"},   {"|", "aten::__or__"},
        {"^", "aten::__xor__"}};
    TRY(const Value a, evaluate(e.parts[0], frame));
    if (e.text == "and" || e.text == "or") {
        const auto known = torch::truth(a);
        if (known && *known == (e.text == "or")) return a;
        TRY(const Value b, evaluate(e.parts[1], frame));
        return known ? Result<Value>(b) : operate(e.text == "and" ? "aten::__and__" : "aten::__or__", {a, b});
    }
    TRY(const Value b, evaluate(e.parts[1], frame));
    if (e.text == "in" || e.text == "not in") {
        TRY(const Value found, operate("aten::__contains__", {b, a}));
        return e.text == "in" ? Result<Value>(found) : operate("aten::__not__", {found});
    }
    for (const auto& [symbol, name] : kOperators)
        if (symbol == e.text) return operate(name, {a, b});
    return fail("the operator '{}' is not supported", e.text);
}

Result<Value> Interpreter::dict(const Expression& e, Frame& frame) {
    const auto made = std::make_shared<torch::Dict>();
    const Value result = importer_.keep(Value(made));
    for (size_t i = 0; i + 1 < e.parts.size(); i += 2) {
        TRY(const Value key, evaluate(e.parts[i], frame));
        TRY(const Value value, evaluate(e.parts[i + 1], frame));
        TRY_STATUS(operate("aten::_set_item", {result, key, value}));
    }
    return result;
}

Result<std::optional<Items>> Interpreter::elements_of(const Value& value) {
    if (const Items* items = value.items()) return std::optional(*items);
    const auto* object = value.as<std::shared_ptr<torch::Object>>();
    if (object == nullptr) return std::optional<Items>();
    TRY(const FoundClass found, program_.find_class((*object)->type));
    if (found.syntax == nullptr || found.syntax->base != "NamedTuple") return std::optional<Items>();
    Items items;
    for (const AttributeSyntax& a : found.syntax->attributes) {
        TRY(items.emplace_back(), member(value, a.name));
    }
    return std::optional(std::move(items));
}

}  // namespace lathe::formats::torchscript
