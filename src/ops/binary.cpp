// Arithmetic of two or more operands with broadcasting. Definitions: ONNX, operators of the same names in CamelCase.
// Integers are exact and wrap around; division of integers drops the fraction.
#include <cmath>

#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kTwo[] = {{"a", kNumericTypes, 'T'}, {"b", kNumericTypes, 'T'}};
constexpr OperandDef kBinaryOut[] = {{"y", kNumericTypes, 'T'}};
constexpr OperandDef kMany[] = {{"x", kNumericTypes, 'T', Arity::kVariadic}};
constexpr OperandDef kManyFloats[] = {{"x", kFloatTypes, 'T', Arity::kVariadic}};
constexpr OperandDef kFloatOut[] = {{"y", kFloatTypes, 'T'}};

constexpr Sample kBinarySamples[] = {{"f32[2, 3, 5]; f32[2, 3, 5]"},  {"f32[2, 3, 5]; f32[3, 1]"},
                                     {"f32[3, 1]; f32[2, 1, 4]"},     {"f16[7]; f16[]"},
                                     {"i64[4]{-9, 9}; i64[1]{2, 3}"}, {"i32[2, 3]{-9, 9}; i32[2, 3]{1, 4}"}};
constexpr Sample kDivSamples[] = {{"f32[2, 3, 5]; f32[3, 1]{0.5, 2}"},
                                  {"f16[7]; f16[]{1, 2}"},
                                  {"i64[4]=-7,7,-8,8; i64[2, 1]=2,-3"},
                                  {"i32[2, 3]{-9, 9}; i32[2, 3]{1, 4}"}};
constexpr Sample kManySamples[] = {{"f32[2, 3]; f32[3]; f32[2, 1]"}, {"f32[5]"}, {"f16[7]; f16[]"}};
constexpr Sample kExtremeSamples[] = {{"f32[2, 3]; f32[3]; f32[2, 1]"},
                                      {"f32[5]"},
                                      {"f16[7]; f16[]"},
                                      {"f32[3]=1,nan,-2; f32[3]=nan,0,0.5"},
                                      {"i64[4]{-9, 9}; i64[1]{2, 3}"}};

using Unsigned = uint64_t;

struct Add {
    double operator()(double a, double b) const { return a + b; }
    Unsigned operator()(Unsigned a, Unsigned b) const { return a + b; }
};
struct Subtract {
    double operator()(double a, double b) const { return a - b; }
    Unsigned operator()(Unsigned a, Unsigned b) const { return a - b; }
};
struct Multiply {
    double operator()(double a, double b) const { return a * b; }
    Unsigned operator()(Unsigned a, Unsigned b) const { return a * b; }
};
struct Minimum {
    double operator()(double a, double b) const { return std::isnan(a) || a < b ? a : b; }
    int64_t operator()(int64_t a, int64_t b) const { return a < b ? a : b; }
    Unsigned operator()(Unsigned a, Unsigned b) const { return a < b ? a : b; }
};
struct Maximum {
    double operator()(double a, double b) const { return std::isnan(a) || a > b ? a : b; }
    int64_t operator()(int64_t a, int64_t b) const { return a > b ? a : b; }
    Unsigned operator()(Unsigned a, Unsigned b) const { return a > b ? a : b; }
};
struct Divide {
    double operator()(double a, double b) const { return a / b; }
    int64_t operator()(int64_t a, int64_t b) const {
        return b == -1 ? static_cast<int64_t>(0 - static_cast<Unsigned>(a)) : a / b;
    }
    Unsigned operator()(Unsigned a, Unsigned b) const { return a / b; }
};
struct FloorMod {  // the sign of b, as Python's %
    double operator()(double a, double b) const { return std::fmod(a, b); }
    int64_t operator()(int64_t a, int64_t b) const {
        if (b == -1) return 0;
        const int64_t rest = a % b;
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    }
    Unsigned operator()(Unsigned a, Unsigned b) const { return a % b; }
};
struct Remainder {  // the sign of a, as C's fmod
    double operator()(double a, double b) const { return std::fmod(a, b); }
    int64_t operator()(int64_t a, int64_t b) const { return b == -1 ? 0 : a % b; }
    Unsigned operator()(Unsigned a, Unsigned b) const { return a % b; }
};

// One integer step: signed where F has signed arithmetic of its own, else on bit patterns.
template <class F>
int64_t step(int64_t a, int64_t b, bool is_signed) {
    if constexpr (requires { static_cast<int64_t (F::*)(int64_t, int64_t) const>(&F::operator()); })
        if (is_signed) return F{}(a, b);
    return static_cast<int64_t>(F{}(static_cast<Unsigned>(a), static_cast<Unsigned>(b)));
}

// The fold of F over all operands.
template <class F>
Status fold(EvalContext& c) {
    TRY(const Shape shape, broadcast_shapes(c));
    const DType dtype = c.in(0).dtype();
    const auto run = [&]<class T>(T, auto combine) {
        auto values = values_of<T>(c.in(0), shape);
        for (int k = 1; k < c.inputs(); ++k) {
            const auto others = values_of<T>(c.in(k), shape);
            for (size_t i = 0; i < values.size(); ++i) values[i] = combine(values[i], others[i]);
        }
        c.output(0, tensor_from(dtype, shape, std::span<const T>(values)));
    };
    const bool is_signed = is_signed_integer(dtype);
    if (computes_in_double(dtype)) run(double{}, F{});
    else run(int64_t{}, [=](int64_t a, int64_t b) { return step<F>(a, b, is_signed); });
    return {};
}

Status refuse_zero_divisor(EvalContext& c) {
    if (computes_in_double(c.in(1).dtype())) return {};
    for (const int64_t v : c.in(1).to_ints())
        if (v == 0) return fail("an integer is divided by zero");
    return {};
}
Status evaluate_div(EvalContext& c) {
    TRY_STATUS(refuse_zero_divisor(c));
    return fold<Divide>(c);
}
Status evaluate_mod(EvalContext& c) {
    TRY_STATUS(refuse_zero_divisor(c));
    return c.flag("fmod") ? fold<Remainder>(c) : fold<FloorMod>(c);
}

Status evaluate_mean(EvalContext& c) {
    TRY(const Shape shape, broadcast_shapes(c));
    std::vector<double> sums(static_cast<size_t>(element_count(shape)), 0);
    for (int k = 0; k < c.inputs(); ++k) {
        const auto values = values_of<double>(c.in(k), shape);
        for (size_t i = 0; i < sums.size(); ++i) sums[i] += values[i];
    }
    for (double& sum : sums) sum /= c.inputs();
    c.output(0, tensor_from_doubles(c.in(0).dtype(), shape, sums));
    return {};
}

int64_t integer_power(int64_t base, int64_t exponent) {
    if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
    Unsigned result = 1, factor = static_cast<Unsigned>(base);
    for (; exponent > 0; exponent >>= 1, factor *= factor)
        if (exponent & 1) result *= factor;
    return static_cast<int64_t>(result);
}

Status evaluate_pow(EvalContext& c) {
    TRY(const Shape shape, broadcast_shapes(c));
    const DType base = c.in(0).dtype(), exponent = c.in(1).dtype();
    if (!is_float(base) && !is_float(exponent)) {
        auto values = values_of<int64_t>(c.in(0), shape);
        const auto powers = values_of<int64_t>(c.in(1), shape);
        for (size_t i = 0; i < values.size(); ++i) values[i] = integer_power(values[i], powers[i]);
        c.output(0, tensor_from_ints(base, shape, values));
        return {};
    }
    auto values = values_of<double>(c.in(0), shape);
    const auto powers = values_of<double>(c.in(1), shape);
    for (size_t i = 0; i < values.size(); ++i) {
        values[i] = std::pow(values[i], powers[i]);
        if (!is_float(base)) values[i] = std::trunc(values[i]);
    }
    c.output(0, tensor_from_doubles(base, shape, values));
    return {};
}

std::optional<Dim> add_dims(const Dim& a, const Dim& b) { return a + b; }
std::optional<Dim> sub_dims(const Dim& a, const Dim& b) { return a - b; }
std::optional<Dim> mul_dims(const Dim& a, const Dim& b) { return a * b; }
std::optional<Dim> min_dims(const Dim& a, const Dim& b) { return Dim::min(a, b); }
std::optional<Dim> max_dims(const Dim& a, const Dim& b) { return Dim::max(a, b); }
std::optional<Dim> div_dims(const Dim& a, const Dim& b) {
    if (b == Dim(0)) return std::nullopt;
    if (a.is_constant() && b.is_constant()) return Dim(Divide{}(*a.constant(), *b.constant()));
    if (a.is_constant() && *a.constant() < 0) return std::nullopt;
    return Dim::floor_div(
        a, b);  // h - 1 and the like are sizes, hence not negative, so that all roundings agree
}
std::optional<Dim> mod_dims(const Dim& a, const Dim& b) {
    if (b == Dim(0) || (b.is_constant() && *b.constant() < 0)) return std::nullopt;
    return Dim::mod(a, b);
}

template <CombineDims combine>
Status infer_same_type(InferContext& c) {
    TRY_STATUS(broadcast_shapes(c, c.dtype(0)));
    if (c.inputs() == 2) combine_contents(c, combine);
    return {};
}
Status infer_pow(InferContext& c) { return broadcast_shapes(c, c.dtype(0)); }
Status infer_mean(InferContext& c) { return broadcast_shapes(c, c.dtype(0)); }
Status infer_mod(InferContext& c) {
    if (is_float(c.dtype(0)) && !c.flag("fmod")) return fail("mod of floating-point numbers needs fmod=true");
    return infer_same_type<mod_dims>(c);
}

constexpr OpDef on_two(std::string_view name, std::string_view summary, Status (*infer)(InferContext&),
                       Status (*evaluate)(EvalContext&), std::span<const Sample> samples,
                       std::span<const Cell> cells) {
    return {.name = name,
            .summary = summary,
            .inputs = kTwo,
            .outputs = kBinaryOut,
            .infer = infer,
            .evaluate = evaluate,
            .samples = samples,
            .cells = cells};
}

double flops_of_many(const CostContext& c) {
    return static_cast<double>(c.inputs.size()) * static_cast<double>(element_count(c.outputs[0]));
}

constexpr OperandDef kPowIn[] = {{"a", kNumericTypes, 'T'}, {"b", kNumericTypes}};
constexpr Sample kPowSamples[] = {{"f32[2, 3]{0.1, 3}; f32[3]{-2, 2}"},
                                  {"f32[4]{-2, 2}; i64[1]=3"},
                                  {"f16[5]{0.5, 2}; f16[]{2, 2}"},
                                  {"i64[4]=2,-3,7,0; i64[4]=5,3,0,2"},
                                  {"i32[3]=2,3,4; f32[3]=2,0.5,1"}};
constexpr AttrDef kModAttrs[] = {{"fmod", AttrType::kBool, "false"}};
constexpr Sample kModSamples[] = {
    {"i64[6]=-4,7,5,4,-7,8; i64[6]=2,-3,8,-2,3,5"},
    {"i32[2, 3]{-9, 9}; i32[1]=4"},
    {"i64[6]=-4,7,5,4,-7,8; i64[6]=2,-3,8,-2,3,5", "fmod=true"},
    {"f32[6]=-4.3,7.2,5,4.3,-7.2,8; f32[6]=2.1,-3.4,8,-2.1,3.4,5", "fmod=true"}};

constexpr OpDef kBinaryOps[] = {
    on_two("add", "a + b", infer_same_type<add_dims>, fold<Add>, kBinarySamples,
           cells<Onnx<"Add", 7>, LitertNumbers<"ADD">, CoremlNumbers<"add">, Ncnn<"BinaryOp", "0=0">,
                 Openvino<"Add">>),
    on_two("sub", "a - b", infer_same_type<sub_dims>, fold<Subtract>, kBinarySamples,
           cells<Onnx<"Sub", 7>, LitertNumbers<"SUB">, CoremlNumbers<"sub">, Ncnn<"BinaryOp", "0=1">,
                 Openvino<"Subtract">>),
    on_two("mul", "a * b", infer_same_type<mul_dims>, fold<Multiply>, kBinarySamples,
           cells<Onnx<"Mul", 7>, LitertNumbers<"MUL">, CoremlNumbers<"mul">, Ncnn<"BinaryOp", "0=2">,
                 Openvino<"Multiply">>),
    on_two("div", "a / b; integers drop the fraction", infer_same_type<div_dims>, evaluate_div, kDivSamples,
           cells<Onnx<"Div", 7>, LitertNumbers<"DIV">, Coreml<"real_div">, Ncnn<"BinaryOp", "0=3">,
                 Openvino<"Divide">>),
    {.name = "mod",
     .summary = "what is left of a divided by b, with the sign of b; fmod: of a",
     .inputs = kTwo,
     .outputs = kBinaryOut,
     .attrs = kModAttrs,
     .infer = infer_mod,
     .evaluate = evaluate_mod,
     .samples = kModSamples,
     .cells = cells<Onnx<"Mod", 10>, LitertNumbers<"FLOOR_MOD">, CoremlNumbers<"mod">, Openvino<"FloorMod">>},
    {.name = "pow",
     .summary = "a to the power b, of a's type",
     .inputs = kPowIn,
     .outputs = kBinaryOut,
     .infer = infer_pow,
     .evaluate = evaluate_pow,
     .samples = kPowSamples,
     .cells =
         cells<Onnx<"Pow", 7>, Litert<"POW">, Coreml<"pow">, Ncnn<"BinaryOp", "0=6">, Openvino<"Power">>},
    {.name = "min",
     .summary = "the smallest of the operands; a NaN wins",
     .inputs = kMany,
     .outputs = kBinaryOut,
     .infer = infer_same_type<min_dims>,
     .evaluate = fold<Minimum>,
     .flops = flops_of_many,
     .samples = kExtremeSamples,
     .cells = cells<Onnx<"Min", 8>, LitertNumbers<"MINIMUM">, CoremlNumbers<"minimum">,
                    Ncnn<"BinaryOp", "0=5">, Openvino<"Minimum">>},
    {.name = "max",
     .summary = "the largest of the operands; a NaN wins",
     .inputs = kMany,
     .outputs = kBinaryOut,
     .infer = infer_same_type<max_dims>,
     .evaluate = fold<Maximum>,
     .flops = flops_of_many,
     .samples = kExtremeSamples,
     .cells = cells<Onnx<"Max", 8>, LitertNumbers<"MAXIMUM">, CoremlNumbers<"maximum">,
                    Ncnn<"BinaryOp", "0=4">, Openvino<"Maximum">>},
    {.name = "sum",
     .summary = "the sum of the operands",
     .inputs = kManyFloats,
     .outputs = kFloatOut,
     .infer = infer_same_type<add_dims>,
     .evaluate = fold<Add>,
     .flops = flops_of_many,
     .samples = kManySamples,
     .cells = cells<Onnx<"Sum", 8>, LitertNumbers<"ADD">, CoremlNumbers<"add">, Ncnn<"BinaryOp", "0=0">,
                    Openvino<"Add">>},
    {.name = "mean",
     .summary = "the mean of the operands",
     .inputs = kManyFloats,
     .outputs = kFloatOut,
     .infer = infer_mean,
     .evaluate = evaluate_mean,
     .flops = flops_of_many,
     .samples = kManySamples,
     .cells = cells<Onnx<"Mean", 8>, Coreml<"add">, Openvino<"Divide">>},
};

}  // namespace

std::span<const OpDef> binary_ops() { return kBinaryOps; }

}  // namespace lathe::ops
