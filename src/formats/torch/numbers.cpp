#include "formats/torch/numbers.h"

#include <cmath>

namespace lathe::formats::torch {

using graph::Dim;

namespace {

std::string depends(const Value& a, const Value& b) {
    return format("a number that depends on the sizes {} and {}", describe(a), describe(b));
}

std::optional<Dim> as_integer(const Value& v) {
    if (const auto* flag = v.as<bool>()) return Dim(*flag ? 1 : 0);
    if (const auto* dim = v.as<Dim>()) return *dim;
    return std::nullopt;
}

int64_t floor_divided(int64_t a, int64_t b) {
    if (b == -1) return a == INT64_MIN ? a : -a;
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

Result<Value> in_range(const Dim& result) {
    if (result == Dim::symbol("overflow")) return fail("a number that does not fit into 64 bits");
    return Value(result);
}

Result<Value> integer_power(const Dim& a, const Dim& b) {
    const auto exponent = b.constant();
    if (!exponent || *exponent > 64) return fail("{} to the power of {}", a.text(), b.text());
    if (*exponent < 0) {
        const auto base = a.constant();
        if (!base || *base == 0) return fail("{} to the power of {}", a.text(), b.text());
        return Value(std::pow(static_cast<double>(*base), static_cast<double>(*exponent)));
    }
    Dim result(1);
    for (int64_t i = 0; i < *exponent; ++i) result = result * a;
    return in_range(result);
}

Result<Value> integers(std::string_view op, const Dim& a, const Dim& b) {
    if (op == "+") return in_range(a + b);
    if (op == "-") return in_range(a - b);
    if (op == "*") return in_range(a * b);
    if (op == "**") return integer_power(a, b);
    const auto x = a.constant(), y = b.constant();
    if (y && *y == 0) return fail("a division by zero");
    if (op == "/") {
        if (x && y) return Value(static_cast<double>(*x) / static_cast<double>(*y));
        return unknown(depends(Value(a), Value(b)));
    }
    if (x && y) {
        const int64_t quotient = floor_divided(*x, *y);
        return Value(op == "//" ? Dim(quotient) : Dim(*x) - Dim(quotient) * Dim(*y));
    }
    return Value(op == "//" ? Dim::floor_div(a, b) : Dim::mod(a, b));
}

}  // namespace

std::optional<double> known_number(const Value& v) {
    if (const auto* f = v.as<double>()) return *f;
    const auto integer = as_integer(v);
    if (integer && integer->is_constant()) return static_cast<double>(*integer->constant());
    return std::nullopt;
}

Result<Value> arithmetic(std::string_view op, const Value& a, const Value& b) {
    const auto x = as_integer(a), y = as_integer(b);
    if (x && y) return integers(op, *x, *y);
    if ((!x && !a.is(Kind::kFloat)) || (!y && !b.is(Kind::kFloat)))
        return fail("{} {} {}, expected numbers", describe(a), op, describe(b));
    const auto p = known_number(a), q = known_number(b);
    if (!p || !q) return unknown(depends(a, b));
    if (op == "+") return Value(*p + *q);
    if (op == "-") return Value(*p - *q);
    if (op == "*") return Value(*p * *q);
    if (op == "**") return Value(std::pow(*p, *q));
    if (*q == 0) return fail("a division by zero");
    if (op == "/") return Value(*p / *q);
    const double quotient = std::floor(*p / *q);
    return Value(op == "//" ? quotient : *p - quotient * *q);
}

Result<Value> comparison(std::string_view op, const Value& a, const Value& b) {
    if (op == "==" || op == "!=") {
        const auto equal = same(a, b);
        if (!equal) return unknown(format("whether {} equals {}", describe(a), describe(b)));
        return Value(*equal == (op == "=="));
    }
    if (a.is(Kind::kText) && b.is(Kind::kText)) {
        const auto order = a.as<std::string>()->compare(*b.as<std::string>());
        return Value(op == "<" ? order < 0 : op == "<=" ? order <= 0 : op == ">" ? order > 0 : order >= 0);
    }
    const auto x = as_integer(a), y = as_integer(b);
    if (x && y) {
        const Dim difference = *x - *y;
        const auto low = difference.lower_bound(), negative_high = (Dim(0) - difference).lower_bound();
        const bool or_equal = op.size() == 2, less = op[0] == '<';
        // difference lies in [low, -negative_high].
        const auto above = less ? low : negative_high,
                   below = less ? negative_high : low;  // of the wrong and of the right side
        if (below && *below >= (or_equal ? 0 : 1)) return Value(true);
        if (above && *above >= (or_equal ? 1 : 0)) return Value(false);
        return unknown(format("whether {} {} {}", describe(a), op, describe(b)));
    }
    const auto p = known_number(a), q = known_number(b);
    if (!p || !q) {
        if ((x || a.is(Kind::kFloat)) && (y || b.is(Kind::kFloat)))
            return unknown(format("whether {} {} {}", describe(a), op, describe(b)));
        return fail("{} {} {}, expected numbers", describe(a), op, describe(b));
    }
    return Value(op == "<" ? *p < *q : op == "<=" ? *p <= *q : op == ">" ? *p > *q : *p >= *q);
}

std::optional<bool> truth(const Value& value) {
    switch (value.kind()) {
        case Kind::kNone: return false;
        case Kind::kBool: return *value.as<bool>();
        case Kind::kFloat: return *value.as<double>() != 0;
        case Kind::kInt: {
            const auto zero = same(value, make_int(0));
            return zero ? std::optional(!*zero) : std::nullopt;
        }
        case Kind::kText: return !value.as<std::string>()->empty();
        case Kind::kList:
        case Kind::kTuple: return !value.items()->empty();
        case Kind::kDict: return !(*value.as<std::shared_ptr<Dict>>())->entries.empty();
        case Kind::kObject: return true;
        case Kind::kUnknown:
        case Kind::kTensor: return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace lathe::formats::torch
