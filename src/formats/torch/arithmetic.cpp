#include <cmath>
#include <numbers>

#include "formats/known_tensor.h"
#include "formats/torch/call.h"

namespace lathe::formats::torch {
namespace {

using Results = Result<std::vector<ValueId>>;

bool is_float_value(const Call& c, ValueId id) { return is_float(c.type(id)); }

// self + alpha * other, and the like; `reversed`: other's and self's places are swapped.
template <bool subtract, bool reversed>
Results add(Call& c) {
    TRY(ValueId a, c.tensor("self"));
    TRY(ValueId b, c.tensor("other"));
    TRY(const double alpha, c.number("alpha"));
    if (c.type(a) == DType::kBool && !subtract) {
        if (alpha != 1) return fail("its alpha is {} for bools, expected 1", alpha);
        return one(c.add("logical_or", {a, b}));
    }
    ValueId& scaled = reversed ? a : b;
    if (alpha != 1) {
        TRY(scaled, c.add("mul", {scaled, c.constant_like(scaled, alpha)}));
    }
    if (reversed) std::swap(a, b);
    return one(c.add(subtract ? "sub" : "add", {a, b}));
}

Results multiply(Call& c) {
    TRY(const ValueId a, c.tensor("self"));
    TRY(const ValueId b, c.tensor("other"));
    return one(c.add(c.type(a) == DType::kBool ? "logical_and" : "mul", {a, b}));
}

// Division that rounds down: floor for floats; for integers the row's `div` rounds toward zero, so the remainder, which
// has the divisor's sign, is taken away first where a number below zero may come.
Result<ValueId> floor_division(Call& c, ValueId a, ValueId b) {
    if (is_float_value(c, a)) {
        TRY(const ValueId quotient, c.add("div", {a, b}));
        return c.add("floor", {quotient});
    }
    const auto& contents = c.importer.graph[a].contents;
    bool positive = contents.has_value();
    for (size_t i = 0; positive && i < contents->size(); ++i)
        positive = (*contents)[i].lower_bound().value_or(-1) >= 0;
    const auto divisor = known_tensor(c.importer.graph, b);
    if (divisor)
        for (const int64_t v : divisor->to_ints()) positive = positive && v > 0;
    if (positive && divisor) return c.add("div", {a, b});
    TRY(const ValueId rest, c.add("mod", {a, b}));
    TRY(const ValueId whole, c.add("sub", {a, rest}));
    return c.add("div", {whole, b});
}

Result<ValueId> truncated(Call& c, ValueId x) {
    if (!is_float_value(c, x)) return x;
    TRY(const ValueId size, c.add("abs", {x}));
    TRY(const ValueId floor, c.add("floor", {size}));
    TRY(const ValueId sign, c.add("sign", {x}));
    return c.add("mul", {floor, sign});
}

Results divide_rounded(Call& c) {
    const std::string mode = c.text("rounding_mode");
    TRY(ValueId a, c.tensor("self"));
    TRY(ValueId b, c.tensor("other"));
    if (mode == "floor") return one(floor_division(c, a, b));
    if (mode == "trunc") {
        TRY(const ValueId quotient, c.add("div", {a, b}));
        return one(truncated(c, quotient));
    }
    if (!mode.empty()) return fail("its rounding_mode is '{}', expected 'floor' or 'trunc'", mode);
    if (!is_float_value(c, a)) {
        TRY(a, c.importer.cast(a, DType::kF32));
        TRY(b, c.importer.cast(b, DType::kF32));
    }
    return one(c.add("div", {a, b}));
}

Results floor_divide(Call& c) {
    TRY(const ValueId a, c.tensor("self"));
    TRY(const ValueId b, c.tensor("other"));
    return one(floor_division(c, a, b));
}

// The sign of the divisor, as Python's %.
Results remainder(Call& c) {
    TRY(const ValueId a, c.tensor("self"));
    TRY(const ValueId b, c.tensor("other"));
    if (!is_float_value(c, a)) return one(c.add("mod", {a, b}));
    TRY(const ValueId quotient, floor_division(c, a, b));
    TRY(const ValueId whole, c.add("mul", {quotient, b}));
    return one(c.add("sub", {a, whole}));
}

Results power(Call& c) {
    TRY(const ValueId a, c.tensor("self"));
    const Value& exponent = c.value("exponent");
    if (!exponent.is(Kind::kTensor)) {
        TRY(const double p, c.number("exponent"));
        if (p == 2) return one(c.add("mul", {a, a}));
        if (p == 0.5) return one(c.add("sqrt", {a}));
        if (p == 1) return std::vector{a};
        if (p == -1) return one(c.add("reciprocal", {a}));
        if (p == -0.5) {
            TRY(const ValueId root, c.add("sqrt", {a}));
            return one(c.add("reciprocal", {root}));
        }
    }
    TRY(const ValueId b, c.operand("exponent", c.type(a)));
    return one(c.add("pow", {a, b}));
}

// log(x) times 1/log(base).
template <int base>
Results logarithm(Call& c) {
    TRY(const ValueId self, c.tensor("self"));
    TRY(const ValueId natural, c.add("log", {self}));
    return one(c.add("mul", {natural, c.constant_like(natural, 1 / std::log(static_cast<double>(base)))}));
}

Results clamp(Call& c) {
    TRY(ValueId self, c.tensor("self"));
    if (c.given("min")) {
        TRY(const ValueId low, c.tensor("min"));
        TRY(self, c.add("max", {self, low}));
    }
    if (c.given("max")) {
        TRY(const ValueId high, c.tensor("max"));
        TRY(self, c.add("min", {self, high}));
    }
    return std::vector{self};
}

// self + value * tensor1 * tensor2, or over tensor2.
template <bool divided>
Results add_product(Call& c) {
    TRY(const ValueId self, c.tensor("self"));
    TRY(const ValueId a, c.tensor("tensor1"));
    TRY(const ValueId b, c.tensor("tensor2"));
    TRY(ValueId product, c.add(divided ? "div" : "mul", {a, b}));
    TRY(const double value, c.number("value"));
    if (value != 1) {
        TRY(product, c.add("mul", {product, c.constant_like(product, value)}));
    }
    return one(c.add("add", {self, product}));
}

// atan(y / x), turned into the quadrant of (x, y).
Results atan2(Call& c) {
    TRY(const ValueId y, c.tensor("self"));
    TRY(const ValueId x, c.tensor("other"));
    const auto number = [&](double v) { return c.constant_like(x, v); };
    TRY(const ValueId quotient, c.add("div", {y, x}));
    TRY(const ValueId angle, c.add("atan", {quotient}));
    TRY(const ValueId below, c.add("less", {y, number(0)}));
    TRY(const ValueId turn, c.add("where", {below, number(-std::numbers::pi), number(std::numbers::pi)}));
    TRY(const ValueId turned, c.add("add", {angle, turn}));
    TRY(const ValueId left, c.add("less", {x, number(0)}));
    TRY(const ValueId quadrant, c.add("where", {left, turned, angle}));
    // Both zero: PyTorch says 0.
    TRY(const ValueId x_zero, c.add("equal", {x, number(0)}));
    TRY(const ValueId y_zero, c.add("equal", {y, number(0)}));
    TRY(const ValueId origin, c.add("logical_and", {x_zero, y_zero}));
    return one(c.add("where", {origin, number(0), quadrant}));
}

Results bitwise(Call& c) {
    const std::string_view name = c.schema.name;
    TRY(const ValueId a, c.tensor("self"));
    const bool flags = c.type(a) == DType::kBool;
    if (name == "bitwise_not") return one(c.add(flags ? "logical_not" : "bitwise_not", {a}));
    TRY(const ValueId b, c.tensor("other"));
    const std::string_view what = name.find("and") != std::string_view::npos   ? "and"
                                  : name.find("xor") != std::string_view::npos ? "xor"
                                                                               : "or";
    return one(c.add(format("{}_{}", flags ? "logical" : "bitwise", what), {a, b}));
}

constexpr Row kArithmeticRows[] = {
    {.schema = "add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1)",
     .types = Types::kPromoted,
     .special = add<false, false>},
    {.schema = "add.Scalar(Tensor self, Scalar other, Scalar alpha=1)",
     .types = Types::kPromoted,
     .special = add<false, false>},
    {.schema = "sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1)",
     .types = Types::kPromoted,
     .special = add<true, false>},
    {.schema = "sub.Scalar(Tensor self, Scalar other, Scalar alpha=1)",
     .types = Types::kPromoted,
     .special = add<true, false>},
    {.schema = "rsub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1)",
     .types = Types::kPromoted,
     .special = add<true, true>},
    {.schema = "rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1)",
     .types = Types::kPromoted,
     .special = add<true, true>},
    {.schema = "mul.Tensor(Tensor self, Tensor other)", .types = Types::kPromoted, .special = multiply},
    {.schema = "mul.Scalar(Tensor self, Scalar other)", .types = Types::kPromoted, .special = multiply},
    {"div.Tensor(Tensor self, Tensor other)", "div(self, other)", Types::kFloat},
    {"div.Scalar(Tensor self, Scalar other)", "div(self, other)", Types::kFloat},
    {.schema = "div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode)",
     .types = Types::kPromoted,
     .special = divide_rounded},
    {.schema = "div.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode)",
     .types = Types::kPromoted,
     .special = divide_rounded},
    {"true_divide.Tensor(Tensor self, Tensor other)", "div(self, other)", Types::kFloat},
    {"true_divide.Scalar(Tensor self, Scalar other)", "div(self, other)", Types::kFloat},
    {.schema = "floor_divide(Tensor self, Tensor other)", .types = Types::kPromoted, .special = floor_divide},
    {.schema = "floor_divide.Scalar(Tensor self, Scalar other)",
     .types = Types::kPromoted,
     .special = floor_divide},
    {.schema = "remainder.Tensor(Tensor self, Tensor other)",
     .types = Types::kPromoted,
     .special = remainder},
    {.schema = "remainder.Scalar(Tensor self, Scalar other)",
     .types = Types::kPromoted,
     .special = remainder},
    {"fmod.Tensor(Tensor self, Tensor other)", "mod(self, other, fmod=true)", Types::kPromoted},
    {"fmod.Scalar(Tensor self, Scalar other)", "mod(self, other, fmod=true)", Types::kPromoted},
    {.schema = "pow.Tensor_Scalar(Tensor self, Scalar exponent)",
     .types = Types::kPromoted,
     .special = power},
    {.schema = "pow.Tensor_Tensor(Tensor self, Tensor exponent)",
     .types = Types::kPromoted,
     .special = power},
    {"pow.Scalar(Scalar self, Tensor exponent)", "pow(self, exponent)", Types::kPromoted},
    {"maximum(Tensor self, Tensor other)", "max(self, other)", Types::kPromoted},
    {"minimum(Tensor self, Tensor other)", "min(self, other)", Types::kPromoted},
    {"clamp(Tensor self, Scalar? min=None, Scalar? max=None)", "clip(self, min=min, max=max)",
     Types::kPromoted},
    {.schema = "clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None)",
     .types = Types::kPromoted,
     .special = clamp},
    {"clip(Tensor self, Scalar? min=None, Scalar? max=None)", "clip(self, min=min, max=max)",
     Types::kPromoted},
    {"clamp_min(Tensor self, Scalar min)", "clip(self, min=min)", Types::kPromoted},
    {"clamp_max(Tensor self, Scalar max)", "clip(self, max=max)", Types::kPromoted},
    {"clamp_min.Tensor(Tensor self, Tensor min)", "max(self, min)", Types::kPromoted},
    {"clamp_max.Tensor(Tensor self, Tensor max)", "min(self, max)", Types::kPromoted},
    {.schema = "addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1)",
     .special = add_product<false>},
    {.schema = "addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1)",
     .special = add_product<true>},
    {"lerp.Scalar(Tensor self, Tensor end, Scalar weight)", "add(self, mul(sub(end, self), weight))"},
    {"lerp.Tensor(Tensor self, Tensor end, Tensor weight)", "add(self, mul(sub(end, self), weight))"},
    {"neg(Tensor self)", "neg(self)"},
    {"negative(Tensor self)", "neg(self)"},
    {"abs(Tensor self)", "abs(self)"},
    {"absolute(Tensor self)", "abs(self)"},
    {"sign(Tensor self)", "sign(self)"},
    {"square(Tensor self)", "mul(self, self)"},
    {"floor(Tensor self)", "floor(self)"},
    {"ceil(Tensor self)", "ceil(self)"},
    {"round(Tensor self)", "round(self)"},
    {.schema = "trunc(Tensor self)",
     .special = [](Call& c) -> Results {
         TRY(const ValueId self, c.tensor("self"));
         return one(truncated(c, self));
     }},
    {.schema = "frac(Tensor self)",
     .special = [](Call& c) -> Results {
         TRY(const ValueId self, c.tensor("self"));
         TRY(const ValueId whole, truncated(c, self));
         return one(c.add("sub", {self, whole}));
     }},
    {"reciprocal(Tensor self)", "reciprocal(self)", Types::kFloat},
    {"sqrt(Tensor self)", "sqrt(self)", Types::kFloat},
    {"rsqrt(Tensor self)", "reciprocal(sqrt(self))", Types::kFloat},
    {"exp(Tensor self)", "exp(self)", Types::kFloat},
    {"exp2(Tensor self)", "exp(mul(self, 0.6931471805599453))", Types::kFloat},
    {"expm1(Tensor self)", "sub(exp(self), 1)", Types::kFloat},
    {"log(Tensor self)", "log(self)", Types::kFloat},
    {"log1p(Tensor self)", "log(add(self, 1))", Types::kFloat},
    {.schema = "log2(Tensor self)", .types = Types::kFloat, .special = logarithm<2>},
    {.schema = "log10(Tensor self)", .types = Types::kFloat, .special = logarithm<10>},
    {"sin(Tensor self)", "sin(self)", Types::kFloat},
    {"cos(Tensor self)", "cos(self)", Types::kFloat},
    {"tan(Tensor self)", "tan(self)", Types::kFloat},
    {"asin(Tensor self)", "asin(self)", Types::kFloat},
    {"acos(Tensor self)", "acos(self)", Types::kFloat},
    {"atan(Tensor self)", "atan(self)", Types::kFloat},
    {"sinh(Tensor self)", "sinh(self)", Types::kFloat},
    {"cosh(Tensor self)", "cosh(self)", Types::kFloat},
    {"asinh(Tensor self)", "asinh(self)", Types::kFloat},
    {"acosh(Tensor self)", "acosh(self)", Types::kFloat},
    {"atanh(Tensor self)", "atanh(self)", Types::kFloat},
    {.schema = "atan2(Tensor self, Tensor other)", .types = Types::kFloat, .special = atan2},
    {"hypot(Tensor self, Tensor other)", "sqrt(add(mul(self, self), mul(other, other)))", Types::kFloat},
    {"erf(Tensor self)", "erf(self)", Types::kFloat},
    {"erfc(Tensor self)", "sub(1, erf(self))", Types::kFloat},
    {.schema = "bitwise_not(Tensor self)", .special = bitwise},
    {.schema = "bitwise_and.Tensor(Tensor self, Tensor other)",
     .types = Types::kPromoted,
     .special = bitwise},
    {.schema = "bitwise_and.Scalar(Tensor self, Scalar other)",
     .types = Types::kPromoted,
     .special = bitwise},
    {.schema = "bitwise_or.Tensor(Tensor self, Tensor other)", .types = Types::kPromoted, .special = bitwise},
    {.schema = "bitwise_or.Scalar(Tensor self, Scalar other)", .types = Types::kPromoted, .special = bitwise},
    {.schema = "bitwise_xor.Tensor(Tensor self, Tensor other)",
     .types = Types::kPromoted,
     .special = bitwise},
    {.schema = "bitwise_xor.Scalar(Tensor self, Scalar other)",
     .types = Types::kPromoted,
     .special = bitwise},
    {.schema = "__and__.Tensor(Tensor self, Tensor other)", .types = Types::kPromoted, .special = bitwise},
    {.schema = "__or__.Tensor(Tensor self, Tensor other)", .types = Types::kPromoted, .special = bitwise},
    {.schema = "__xor__.Tensor(Tensor self, Tensor other)", .types = Types::kPromoted, .special = bitwise},
};

}  // namespace

std::span<const Row> arithmetic_rows() { return kArithmeticRows; }

}  // namespace lathe::formats::torch
