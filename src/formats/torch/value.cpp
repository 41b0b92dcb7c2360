#include "formats/torch/value.h"

#include "base/text.h"

namespace lathe::formats::torch {

using graph::Dim;

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::kNone: return "None";
        case Kind::kUnknown: return "something not known yet";
        case Kind::kTensor: return "a tensor";
        case Kind::kBool: return "a bool";
        case Kind::kInt: return "an integer";
        case Kind::kFloat: return "a float";
        case Kind::kText: return "a string";
        case Kind::kList: return "a list";
        case Kind::kTuple: return "a tuple";
        case Kind::kDict: return "a dictionary";
        case Kind::kObject: return "an object";
    }
    return "?";
}

const Items* Value::items() const {
    if (const auto* list = as<std::shared_ptr<List>>()) return &(*list)->items;
    if (const auto* tuple = as<std::shared_ptr<const Tuple>>()) return &(*tuple)->items;
    return nullptr;
}

Value make_int(int64_t value) { return Value(Dim(value)); }
Value make_list(Items items) { return Value(std::make_shared<List>(List{std::move(items)})); }
Value make_tuple(Items items) {
    return Value(std::shared_ptr<const Tuple>(std::make_shared<Tuple>(Tuple{std::move(items)})));
}
Value unknown(std::string why) { return Value(Unknown{.why = std::move(why)}); }

std::string describe(const Value& value) {
    switch (value.kind()) {
        case Kind::kBool: return *value.as<bool>() ? "True" : "False";
        case Kind::kInt: return value.as<Dim>()->text();
        case Kind::kFloat: return format("{}", *value.as<double>());
        case Kind::kText: return "'" + printable(*value.as<std::string>()) + "'";
        case Kind::kList:
        case Kind::kTuple: return format("{} of {}", name_of(value.kind()), value.items()->size());
        case Kind::kObject: return "an object of " + printable((*value.as<std::shared_ptr<Object>>())->type);
        default: return std::string(name_of(value.kind()));
    }
}

namespace {

std::optional<bool> same_at(const Value& a, const Value& b, int depth);

std::optional<bool> same_items(const Items& a, const Items& b, int depth) {
    if (a.size() != b.size()) return false;
    bool certain = true;
    for (size_t i = 0; i < a.size(); ++i) {
        const auto equal = same_at(a[i], b[i], depth + 1);
        if (equal == false) return false;
        certain = certain && equal.has_value();
    }
    return certain ? std::optional(true) : std::nullopt;
}

std::optional<double> number_of(const Value& v) {
    if (const auto* b = v.as<bool>()) return *b ? 1 : 0;
    if (const auto* f = v.as<double>()) return *f;
    if (const auto* d = v.as<Dim>(); d != nullptr && d->is_constant())
        return static_cast<double>(*d->constant());
    return std::nullopt;
}

std::optional<bool> same_at(const Value& a, const Value& b, int depth) {
    if (a.is(Kind::kUnknown) || b.is(Kind::kUnknown) || a.is(Kind::kTensor) || b.is(Kind::kTensor) ||
        depth > 50)
        return std::nullopt;
    if (a.is(Kind::kInt) && b.is(Kind::kInt)) {
        const Dim difference = *a.as<Dim>() - *b.as<Dim>();
        if (const auto known = difference.constant()) return *known == 0;
        const auto low = difference.lower_bound(), high = (Dim(0) - difference).lower_bound();
        if ((low && *low > 0) || (high && *high > 0)) return false;
        return std::nullopt;
    }
    const bool numbers = (a.is(Kind::kInt) || a.is(Kind::kFloat) || a.is(Kind::kBool)) &&
                         (b.is(Kind::kInt) || b.is(Kind::kFloat) || b.is(Kind::kBool));
    if (numbers) {
        const auto x = number_of(a), y = number_of(b);
        return x && y ? std::optional(*x == *y) : std::nullopt;
    }
    if (a.kind() != b.kind()) return false;
    if (a.none()) return true;
    if (const auto* text = a.as<std::string>()) return *text == *b.as<std::string>();
    if (a.items() != nullptr) return same_items(*a.items(), *b.items(), depth);
    if (const auto* object = a.as<std::shared_ptr<Object>>())
        return *object == *b.as<std::shared_ptr<Object>>();
    return std::nullopt;
}

}  // namespace

std::optional<bool> same(const Value& a, const Value& b) { return same_at(a, b, 0); }

}  // namespace lathe::formats::torch
