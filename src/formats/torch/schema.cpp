#include "formats/torch/schema.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace lathe::formats::torch {
namespace {

using Base = ParameterType::Base;
using graph::Dim;

ParameterType parse_type(std::string_view text) {
    ParameterType type;
    const auto drop_question = [&] {
        const bool there = text.ends_with('?');
        if (there) text.remove_suffix(1);
        return there;
    };
    type.optional = drop_question();
    if (text.ends_with(']')) {
        const size_t open = text.rfind('[');
        CHECK(open != std::string_view::npos, text);
        int64_t count = 0;
        parse_int(text.substr(open + 1, text.size() - open - 2), count);
        type.list = true;
        type.count = static_cast<int>(count);
        text = text.substr(0, open);
        type.optional_elements = drop_question();
    }
    constexpr std::pair<std::string_view, Base> kNames[] = {
        {"Tensor", Base::kTensor}, {"Scalar", Base::kScalar}, {"int", Base::kInt}, {"float", Base::kFloat},
        {"bool", Base::kBool},     {"str", Base::kText},      {"any", Base::kAny}};
    const auto* it = std::ranges::find(kNames, text, &std::pair<std::string_view, Base>::first);
    CHECK(it != std::end(kNames), text);
    type.base = it->second;
    return type;
}

Value parse_default(std::string_view text) {
    if (text == "None") return {};
    if (text == "True" || text == "False") return Value(text == "True");
    if (text.starts_with('\'')) return Value(std::string(text.substr(1, text.size() - 2)));
    if (text.starts_with('[')) {
        Items items;
        for (const std::string_view part : split(text.substr(1, text.size() - 2), ','))
            if (!trim(part).empty()) items.push_back(parse_default(trim(part)));
        return make_list(std::move(items));
    }
    int64_t integer = 0;
    if (parse_int(text, integer)) return make_int(integer);
    double number = 0;
    CHECK(parse_double(text, number), text);
    return Value(number);
}

Parameter parse_parameter(std::string_view text) {
    const size_t space = text.find(' ');
    CHECK(space != std::string_view::npos, text);
    Parameter result{.type = parse_type(text.substr(0, space))};
    const std::string_view rest = trim(text.substr(space + 1));
    const size_t equals = rest.find('=');
    result.name = rest.substr(0, equals);
    result.has_default = equals != std::string_view::npos;
    if (result.has_default) result.absent = parse_default(rest.substr(equals + 1));
    return result;
}

bool is_list_of(const Items& items, const ParameterType& type);

bool fits_one(const Value& value, const ParameterType& type) {
    switch (type.base) {
        case Base::kTensor: return value.is(Kind::kTensor);
        case Base::kScalar: return value.is(Kind::kInt) || value.is(Kind::kFloat) || value.is(Kind::kBool);
        case Base::kInt: return value.is(Kind::kInt);
        case Base::kFloat: return value.is(Kind::kFloat) || value.is(Kind::kInt);
        case Base::kBool: return value.is(Kind::kBool);
        case Base::kText: return value.is(Kind::kText);
        case Base::kAny: return true;
    }
    return false;
}

bool fits(const Value& value, const ParameterType& type) {
    if (value.is(Kind::kUnknown)) return true;
    if (value.none()) return type.optional || type.base == Base::kAny;
    if (!type.list) return fits_one(value, type);
    if (const Items* items = value.items()) return is_list_of(*items, type);
    return type.count > 0 && fits_one(value, type);
}

bool is_list_of(const Items& items, const ParameterType& type) {
    return std::ranges::all_of(items, [&](const Value& v) {
        return v.is(Kind::kUnknown) || fits_one(v, type) || (v.none() && type.optional_elements);
    });
}

// One number where a list of n is taken becomes that list.
Value as_parameter(Value value, const ParameterType& type) {
    const bool one =
        type.list && type.count > 0 && value.items() == nullptr && !value.none() && !value.is(Kind::kUnknown);
    return one ? make_list(Items(static_cast<size_t>(type.count), value)) : std::move(value);
}

std::string_view type_name(const ParameterType& type) {
    switch (type.base) {
        case Base::kTensor: return type.list ? "a list of tensors" : "a tensor";
        case Base::kScalar: return "a number";
        case Base::kInt: return type.list ? "a list of integers" : "an integer";
        case Base::kFloat: return type.list ? "a list of floats" : "a float";
        case Base::kBool: return type.list ? "a list of bools" : "a bool";
        case Base::kText: return "a string";
        case Base::kAny: return "anything";
    }
    return "?";
}

}  // namespace

int Schema::find(std::string_view parameter) const {
    for (size_t i = 0; i < parameters.size(); ++i)
        if (parameters[i].name == parameter) return static_cast<int>(i);
    return -1;
}

Schema parse_schema(std::string_view text) {
    Schema schema;
    const size_t open = text.find('('), dot = text.find('.');
    CHECK(open != std::string_view::npos && text.ends_with(')'), text);
    schema.name = text.substr(0, std::min(open, dot));
    if (dot < open) schema.overload = text.substr(dot + 1, open - dot - 1);
    bool named_only = false;
    size_t begin = open + 1;
    int depth = 0;
    for (size_t i = begin; i < text.size(); ++i) {
        depth += text[i] == '[';
        depth -= text[i] == ']';
        if ((text[i] != ',' && i + 1 != text.size()) || depth > 0) continue;
        const std::string_view part = trim(text.substr(begin, i - begin));
        begin = i + 1;
        if (part.empty()) continue;
        if (part == "*") named_only = true;
        else schema.parameters.push_back(parse_parameter(part));
        if (!named_only) schema.positional = schema.parameters.size();
    }
    return schema;
}

Result<Items> match_arguments(const Schema& schema, const Arguments& arguments) {
    const size_t count = schema.parameters.size();
    if (arguments.positional.size() > schema.positional)
        return fail("it has {} arguments by position, expected at most {}", arguments.positional.size(),
                    schema.positional);
    Items values(count);
    std::vector<bool> given(count, false);
    const auto give = [&](size_t i, const Value& value) -> Status {
        const Parameter& p = schema.parameters[i];
        if (given[i]) return fail("its argument '{}' is given twice", p.name);
        if (!fits(value, p.type))
            return fail("its argument '{}' is {}, expected {}", p.name, describe(value), type_name(p.type));
        given[i] = true;
        values[i] = as_parameter(value, p.type);
        return {};
    };
    for (size_t i = 0; i < arguments.positional.size(); ++i) TRY_STATUS(give(i, arguments.positional[i]));
    for (const auto& [name, value] : arguments.named) {
        const int i = schema.find(name);
        if (i < 0) return fail("it has no argument '{}'", printable(name));
        TRY_STATUS(give(static_cast<size_t>(i), value));
    }
    for (size_t i = 0; i < count; ++i) {
        const Parameter& p = schema.parameters[i];
        if (given[i]) continue;
        if (!p.has_default) return fail("its argument '{}' is missing", p.name);
        values[i] = as_parameter(p.absent, p.type);
    }
    return values;
}

}  // namespace lathe::formats::torch
