// Elementwise operators.
#include <cmath>

#include "formats/torch/aten_lowering.h"
#include "formats/torch/scalar_type.h"

namespace lathe::formats::torch::aten {
namespace {

constexpr std::string_view kMul = "mul.Tensor(Tensor self, Tensor other)",
                           kDivide = "div.Tensor(Tensor self, Tensor other)",
                           kPow = "pow.Tensor_Tensor(Tensor self, Tensor exponent)";

void write_div(NodeView& n) {
    if (is_float(n.type())) return n.give(kDivide, n.operands());
    n.give("div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode)",
           {n.in(0), n.in(1), std::string("trunc")});
}

void write_mod(NodeView& n) {
    n.give(n.flag("fmod") ? "fmod.Tensor(Tensor self, Tensor other)"
                          : "remainder.Tensor(Tensor self, Tensor other)",
           n.operands());
}

// Of two types: computed in the wider, the result is of the base's.
void write_pow(NodeView& n) {
    const auto exponent = n.number_in(1);
    if (exponent && is_float(n.type()) && n.shape(1).size() <= n.shape(0).size())
        return n.give("pow.Tensor_Scalar(Tensor self, Scalar exponent)", {n.in(0), *exponent});
    if (n.type(0) == n.type(1)) return n.give(kPow, n.operands());
    const DType wide = promote(n.type(0), n.type(1));
    const Ref a = n.cast(std::get<Ref>(n.in(0)), wide), b = n.cast(std::get<Ref>(n.in(1)), wide);
    n.give(n.cast(n.call(kPow, {a, b}, wide, n.out().shape), n.out().dtype));
}

template <const std::string_view& schema>
void fold(NodeView& n) {
    Ref so_far = std::get<Ref>(n.in(0));
    for (size_t i = 1; i < n.node.inputs.size(); ++i) {
        if (i + 1 == n.node.inputs.size()) return n.give(schema, {so_far, n.in(i)});
        const auto shape = graph::broadcast(n.made(so_far).shape, n.shape(i));
        if (!shape) return n.refuse(shape.error().message);
        so_far = n.call(schema, {so_far, n.in(i)}, n.type(), *shape);
    }
    n.give(so_far);
}
constexpr std::string_view kMaximum = "maximum(Tensor self, Tensor other)",
                           kMinimum = "minimum(Tensor self, Tensor other)", kSum = kAdd;

void write_mean(NodeView& n) {
    Ref so_far = std::get<Ref>(n.in(0));
    for (size_t i = 1; i < n.node.inputs.size(); ++i) {
        const auto shape = graph::broadcast(n.made(so_far).shape, n.shape(i));
        if (!shape) return n.refuse(shape.error().message);
        so_far = n.call(kAdd, {so_far, n.in(i)}, n.type(), *shape);
    }
    n.give("div.Scalar(Tensor self, Scalar other)", {so_far, static_cast<double>(n.node.inputs.size())});
}

void write_is_inf(NodeView& n) {
    const bool negative = n.flag("detect_negative"), positive = n.flag("detect_positive");
    constexpr std::string_view kIsInf = "isinf(Tensor self)";
    if (negative && positive) return n.give(kIsInf, n.operands());
    const Ref infinite = n.call(kIsInf, {n.in(0)}, DType::kBool, n.out().shape);
    const std::string_view side =
        negative ? "lt.Scalar(Tensor self, Scalar other)" : "gt.Scalar(Tensor self, Scalar other)";
    const Ref sign = !negative && !positive ? n.call("ne.Tensor(Tensor self, Tensor other)",
                                                     {infinite, infinite}, DType::kBool, n.out().shape)
                                            : n.call(side, {n.in(0), 0.0}, DType::kBool, n.out().shape);
    n.give("logical_and(Tensor self, Tensor other)", {infinite, sign});
}

// ---- activations

void write_clip(NodeView& n) {
    const auto bound = [&](size_t i, std::string_view name, double none) -> std::optional<Arg> {
        const auto number = n.has(i) ? n.number_in(i) : std::optional(n.number(name));
        if (!number) return std::nullopt;
        if (!n.has(i) && *number == none) return Arg();
        return is_float(n.type()) ? Arg(*number) : Arg(static_cast<int64_t>(*number));
    };
    const auto low = bound(1, "min", -INFINITY), high = bound(2, "max", INFINITY);
    if (low && high && low->none() && high->none()) return n.give(std::get<Ref>(n.in(0)));
    if (low && high)
        return n.give("clamp(Tensor self, Scalar? min=None, Scalar? max=None)", {n.in(0), *low, *high});
    const auto scalar = [&](size_t i, const std::optional<Arg>& known) -> Arg {
        if (n.has(i)) return n.reshape(std::get<Ref>(n.in(i)), {});
        if (known->none()) return {};
        return n.constant(Tensor::filled(n.type(), {}, std::get<double>(*known)));
    };
    n.give("clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None)",
           {n.in(0), scalar(1, low), scalar(2, high)});
}

void write_gelu(NodeView& n) {
    if (n.string("approximate") == "none") return n.give("gelu(Tensor self)", n.operands());
    n.give("gelu(Tensor self, *, str approximate='none')", {n.in(0), std::string("tanh")});
}

void write_elu(NodeView& n) { n.give("elu(Tensor self, Scalar alpha=1)", {n.in(0), n.number("alpha")}); }
void write_celu(NodeView& n) { n.give("celu(Tensor self, Scalar alpha=1.0)", {n.in(0), n.number("alpha")}); }
void write_leaky_relu(NodeView& n) {
    n.give("leaky_relu(Tensor self, Scalar negative_slope=0.01)", {n.in(0), n.number("alpha")});
}
void write_threshold(NodeView& n) {
    n.give("threshold(Tensor self, Scalar threshold, Scalar value)", {n.in(0), n.number("alpha"), 0.0});
}

bool about(double a, double b) { return std::fabs(a - b) <= 1e-6 * std::fabs(b); }
bool is_plain_silu(const NodeView& n) { return n.number("alpha") == 1; }
bool is_plain_selu(const NodeView& n) {
    return about(n.number("alpha"), 1.6732632423543772) && about(n.number("gamma"), 1.0507009873554805);
}
bool is_plain_hard_sigmoid(const NodeView& n) {
    return about(n.number("alpha"), 1.0 / 6) && n.number("beta") == 0.5;
}

// ---- types

void write_cast(NodeView& n) {
    const Ref x = std::get<Ref>(n.in(0));
    if (n.type() == n.out().dtype) return n.give(x);
    n.give(kCast, {x, n.out().dtype});
}

void write_shift(NodeView& n) {
    n.give(n.string("direction") == "LEFT" ? "bitwise_left_shift.Tensor(Tensor self, Tensor other)"
                                           : "bitwise_right_shift.Tensor(Tensor self, Tensor other)",
           n.operands());
}

void same(NodeView& n) { n.give(std::get<Ref>(n.in(0))); }

constexpr Row kMathRows[] = {
    {"abs", "abs(Tensor self)"},
    {"acos", "acos(Tensor self)"},
    {"acosh", "acosh(Tensor self)"},
    {"add", kAdd},
    {"asin", "asin(Tensor self)"},
    {"asinh", "asinh(Tensor self)"},
    {"atan", "atan(Tensor self)"},
    {"atanh", "atanh(Tensor self)"},
    {"bit_shift", "", write_shift, [](const NodeView&) { return false; }},
    {"bitwise_and", "bitwise_and.Tensor(Tensor self, Tensor other)"},
    {"bitwise_not", "bitwise_not(Tensor self)"},
    {"bitwise_or", "bitwise_or.Tensor(Tensor self, Tensor other)"},
    {"bitwise_xor", "bitwise_xor.Tensor(Tensor self, Tensor other)"},
    {"cast", "", write_cast},
    {"ceil", "ceil(Tensor self)"},
    {"celu", "", write_celu},
    {"clip", "", write_clip},
    {"cos", "cos(Tensor self)"},
    {"cosh", "cosh(Tensor self)"},
    {"div", "", write_div},
    {"elu", "", write_elu},
    {"equal", "eq.Tensor(Tensor self, Tensor other)"},
    {"erf", "erf(Tensor self)"},
    {"exp", "exp(Tensor self)"},
    {"floor", "floor(Tensor self)"},
    {"gelu", "", write_gelu},
    {"greater", "gt.Tensor(Tensor self, Tensor other)"},
    {"greater_equal", "ge.Tensor(Tensor self, Tensor other)"},
    {"hard_sigmoid", "hardsigmoid(Tensor self)", nullptr, is_plain_hard_sigmoid},
    {"hard_swish", "hardswish(Tensor self)"},
    {"identity", "", same},
    {"is_inf", "", write_is_inf},
    {"is_nan", "isnan(Tensor self)"},
    {"leaky_relu", "", write_leaky_relu},
    {"less", "lt.Tensor(Tensor self, Tensor other)"},
    {"less_equal", "le.Tensor(Tensor self, Tensor other)"},
    {"log", "log(Tensor self)"},
    {"logical_and", "logical_and(Tensor self, Tensor other)"},
    {"logical_not", "logical_not(Tensor self)"},
    {"logical_or", "logical_or(Tensor self, Tensor other)"},
    {"logical_xor", "logical_xor(Tensor self, Tensor other)"},
    {"max", "", fold<kMaximum>},
    {"mean", "", write_mean},
    {"min", "", fold<kMinimum>},
    {"mish", "mish(Tensor self)"},
    {"mod", "", write_mod},
    {"mul", kMul},
    {"neg", "neg(Tensor self)"},
    {"pow", "", write_pow},
    {"reciprocal", "reciprocal(Tensor self)"},
    {"relu", "relu(Tensor self)"},
    {"round", "round(Tensor self)"},
    {"selu", "selu(Tensor self)", nullptr, is_plain_selu},
    {"sigmoid", "sigmoid(Tensor self)"},
    {"sign", "sign(Tensor self)"},
    {"silu", "silu(Tensor self)", nullptr, is_plain_silu},
    {"sin", "sin(Tensor self)"},
    {"sinh", "sinh(Tensor self)"},
    {"softplus", "softplus(Tensor self)"},
    {"sqrt", "sqrt(Tensor self)"},
    {"sub", "sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1)"},
    {"sum", "", fold<kSum>},
    {"tan", "tan(Tensor self)"},
    {"tanh", "tanh(Tensor self)"},
    {"thresholded_relu", "", write_threshold},
    {"where", kWhere},
};

}  // namespace

std::span<const Row> math_rows() { return kMathRows; }

}  // namespace lathe::formats::torch::aten
