// Elementwise operators of one operand. Definitions: ONNX, operators of the same names in CamelCase.
#include <cmath>

#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kFloatIn[] = {{"x", kFloatTypes, 'T'}};
constexpr OperandDef kElementwiseFloatOut[] = {{"y", kFloatTypes, 'T'}};
constexpr OperandDef kNumberIn[] = {{"x", kNumericTypes, 'T'}};
constexpr OperandDef kElementwiseNumberOut[] = {{"y", kNumericTypes, 'T'}};
constexpr OperandDef kSignedIn[] = {{"x", kFloatTypes | kSignedTypes, 'T'}};
constexpr OperandDef kSignedOut[] = {{"y", kFloatTypes | kSignedTypes, 'T'}};
constexpr OperandDef kBoolOut[] = {{"y", kBoolType}};

constexpr Sample kAnySamples[] = {{"f32[2, 3, 5]{-3, 3}"}, {"f16[7]"}, {"f32[]"}};
constexpr Sample kUnitSamples[] = {{"f32[2, 3, 5]"}, {"f16[7]{-0.9, 0.9}"}, {"f32[]"}};
constexpr Sample kPositiveSamples[] = {{"f32[2, 3, 5]{0.1, 9}"}, {"f16[7]{0.5, 2}"}, {"f32[]{1, 2}"}};
constexpr Sample kFromOneSamples[] = {{"f32[2, 3, 5]{1, 9}"}, {"f16[7]{1.5, 2}"}, {"f32[]{1, 2}"}};
constexpr Sample kHalvesSamples[] = {
    {"f32[9]=-2.5,-1.5,-0.5,-0.2,0,0.5,0.7,1.5,2.5"}, {"f16[7]{-3, 3}"}, {"f32[2, 1, 3]{-9, 9}"}};
constexpr Sample kSignedSamples[] = {
    {"f32[2, 3, 5]"}, {"f16[3]=-1,0,2"}, {"i64[5]=-3,0,9007199254740993,1,-1"}, {"i8[4]{-9, 9}"}};
constexpr Sample kSpecialSamples[] = {{"f32[5]=1,nan,inf,-inf,-0.5"}, {"f16[2, 3]"}};

template <double (*function)(double)>
Status evaluate_float(EvalContext& c) {
    return map_doubles(c, function);
}

// For operators on integers too: F{}(x) for x of type double, int64_t or uint64_t.
template <class F>
Status evaluate_number(EvalContext& c) {
    const Tensor& x = c.in(0);
    if (computes_in_double(x.dtype())) {
        auto values = x.to_doubles();
        for (double& v : values) v = F{}(v);
        c.output(0, tensor_from_doubles(x.dtype(), x.shape(), values));
        return {};
    }
    auto values = x.to_ints();
    for (int64_t& v : values)
        v = is_signed_integer(x.dtype()) ? F{}(v) : static_cast<int64_t>(F{}(static_cast<uint64_t>(v)));
    c.output(0, tensor_from_ints(x.dtype(), x.shape(), values));
    return {};
}

struct Negate {
    double operator()(double x) const { return -x; }
    int64_t operator()(int64_t x) const { return static_cast<int64_t>(0 - static_cast<uint64_t>(x)); }
    uint64_t operator()(uint64_t x) const { return 0 - x; }
};
struct Absolute {
    double operator()(double x) const { return std::fabs(x); }
    int64_t operator()(int64_t x) const { return x < 0 ? Negate{}(x) : x; }
    uint64_t operator()(uint64_t x) const { return x; }
};
struct Sign {
    double operator()(double x) const { return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0)); }
    int64_t operator()(int64_t x) const { return (x > 0) - (x < 0); }
    uint64_t operator()(uint64_t x) const { return x > 0; }
};

double acos_of(double x) { return std::acos(x); }
double acosh_of(double x) { return std::acosh(x); }
double asin_of(double x) { return std::asin(x); }
double asinh_of(double x) { return std::asinh(x); }
double atan_of(double x) { return std::atan(x); }
double atanh_of(double x) { return std::atanh(x); }
double ceil_of(double x) { return std::ceil(x); }
double cos_of(double x) { return std::cos(x); }
double cosh_of(double x) { return std::cosh(x); }
double erf_of(double x) { return std::erf(x); }
double exp_of(double x) { return std::exp(x); }
double floor_of(double x) { return std::floor(x); }
double log_of(double x) { return std::log(x); }
double reciprocal_of(double x) { return 1 / x; }
double round_of(double x) { return std::nearbyint(x); }
double sin_of(double x) { return std::sin(x); }
double sinh_of(double x) { return std::sinh(x); }
double sqrt_of(double x) { return std::sqrt(x); }
double tan_of(double x) { return std::tan(x); }
double tanh_of(double x) { return std::tanh(x); }

Status infer_negate(InferContext& c) {
    TRY_STATUS(same_shape(c));
    if (const auto& contents = c.contents(0)) {
        Dims negated;
        for (const Dim& dim : *contents) negated.push_back(Dim(0) - dim);
        c.output_contents(0, std::move(negated));
    }
    return {};
}

Status infer_test(InferContext& c) {
    c.output(0, DType::kBool, c.shape(0));
    return {};
}

template <class Test>
Status evaluate_test(EvalContext& c, Test test) {
    const auto values = c.in(0).to_doubles();
    std::vector<int64_t> results;
    results.reserve(values.size());
    for (const double v : values) results.push_back(test(v));
    c.output(0, tensor_from_ints(DType::kBool, c.in(0).shape(), results));
    return {};
}

Status evaluate_is_nan(EvalContext& c) {
    return evaluate_test(c, [](double v) { return std::isnan(v); });
}

constexpr AttrDef kIsInfAttrs[] = {{"detect_negative", AttrType::kBool, "true"},
                                   {"detect_positive", AttrType::kBool, "true"}};
constexpr Sample kIsInfSamples[] = {{"f32[5]=1,nan,inf,-inf,-0.5"},
                                    {"f32[3]=inf,-inf,0", "detect_negative=false"},
                                    {"f32[3]=inf,-inf,0", "detect_positive=false"}};
Status evaluate_is_inf(EvalContext& c) {
    const bool negative = c.flag("detect_negative"), positive = c.flag("detect_positive");
    return evaluate_test(c, [=](double v) { return std::isinf(v) && (v < 0 ? negative : positive); });
}

constexpr OpDef on_floats(std::string_view name, std::string_view summary, Status (*evaluate)(EvalContext&),
                          std::span<const Sample> samples, std::span<const Cell> cells) {
    return {.name = name,
            .summary = summary,
            .inputs = kFloatIn,
            .outputs = kElementwiseFloatOut,
            .infer = same_shape,
            .evaluate = evaluate,
            .samples = samples,
            .cells = cells};
}

constexpr OpDef kElementwiseOps[] = {
    on_floats("acos", "inverse cosine", evaluate_float<acos_of>, kUnitSamples,
              cells<Onnx<"Acos", 7>, Coreml<"acos">, Ncnn<"UnaryOp", "0=13">, Openvino<"Acos">>),
    on_floats("acosh", "inverse hyperbolic cosine", evaluate_float<acosh_of>, kFromOneSamples,
              cells<Onnx<"Acosh", 9>, Ncnn<"UnaryOp", "0=25">, Openvino<"Acosh", 4>>),
    on_floats("asin", "inverse sine", evaluate_float<asin_of>, kUnitSamples,
              cells<Onnx<"Asin", 7>, Coreml<"asin">, Ncnn<"UnaryOp", "0=12">, Openvino<"Asin">>),
    on_floats("asinh", "inverse hyperbolic sine", evaluate_float<asinh_of>, kAnySamples,
              cells<Onnx<"Asinh", 9>, Ncnn<"UnaryOp", "0=23">, Openvino<"Asinh", 4>>),
    on_floats("atan", "inverse tangent", evaluate_float<atan_of>, kAnySamples,
              cells<Onnx<"Atan", 7>, Coreml<"atan">, Ncnn<"UnaryOp", "0=14">, Openvino<"Atan">>),
    on_floats("atanh", "inverse hyperbolic tangent", evaluate_float<atanh_of>, kUnitSamples,
              cells<Onnx<"Atanh", 9>, Coreml<"atanh">, Ncnn<"UnaryOp", "0=26">, Openvino<"Atanh", 4>>),
    on_floats(
        "ceil", "the smallest whole number that is not below x", evaluate_float<ceil_of>, kHalvesSamples,
        cells<Onnx<"Ceil">, Litert<"CEIL">, Coreml<"ceil">, Ncnn<"UnaryOp", "0=3">, Openvino<"Ceiling">>),
    on_floats("cos", "cosine of x in radians", evaluate_float<cos_of>, kAnySamples,
              cells<Onnx<"Cos", 7>, Litert<"COS">, Coreml<"cos">, Ncnn<"UnaryOp", "0=10">, Openvino<"Cos">>),
    on_floats("cosh", "hyperbolic cosine", evaluate_float<cosh_of>, kAnySamples,
              cells<Onnx<"Cosh", 9>, Coreml<"cosh">, Ncnn<"UnaryOp", "0=24">, Openvino<"Cosh">>),
    on_floats("erf", "the error function, 2/sqrt(pi) times the integral of exp(-t*t) from 0 to x",
              evaluate_float<erf_of>, kAnySamples,
              cells<Onnx<"Erf", 9>, Litert<"EXP">, Coreml<"erf">, Ncnn<"Erf">, Openvino<"Erf">>),
    on_floats("exp", "e to the power x", evaluate_float<exp_of>, kAnySamples,
              cells<Onnx<"Exp">, Litert<"EXP">, Coreml<"exp">, Ncnn<"UnaryOp", "0=7">, Openvino<"Exp">>),
    on_floats(
        "floor", "the largest whole number that is not above x", evaluate_float<floor_of>, kHalvesSamples,
        cells<Onnx<"Floor">, Litert<"FLOOR">, Coreml<"floor">, Ncnn<"UnaryOp", "0=2">, Openvino<"Floor">>),
    on_floats("log", "natural logarithm", evaluate_float<log_of>, kPositiveSamples,
              cells<Onnx<"Log">, Litert<"LOG">, Coreml<"log">, Ncnn<"UnaryOp", "0=8">, Openvino<"Log">>),
    on_floats("reciprocal", "1 / x", evaluate_float<reciprocal_of>, kPositiveSamples,
              cells<Onnx<"Reciprocal">, Litert<"DIV">, Coreml<"real_div">, Ncnn<"UnaryOp", "0=15">,
                    Openvino<"Divide">>),
    on_floats("round", "the nearest whole number, halves to even", evaluate_float<round_of>, kHalvesSamples,
              cells<Onnx<"Round", 11>, Litert<"ROUND">, Coreml<"round">, Ncnn<"UnaryOp", "0=18">,
                    Openvino<"Round", 5>>),
    on_floats("sin", "sine of x in radians", evaluate_float<sin_of>, kAnySamples,
              cells<Onnx<"Sin", 7>, Litert<"SIN">, Coreml<"sin">, Ncnn<"UnaryOp", "0=9">, Openvino<"Sin">>),
    on_floats("sinh", "hyperbolic sine", evaluate_float<sinh_of>, kAnySamples,
              cells<Onnx<"Sinh", 9>, Coreml<"sinh">, Ncnn<"UnaryOp", "0=22">, Openvino<"Sinh">>),
    on_floats("sqrt", "square root", evaluate_float<sqrt_of>, kPositiveSamples,
              cells<Onnx<"Sqrt">, Litert<"SQRT">, Coreml<"sqrt">, Ncnn<"UnaryOp", "0=5">, Openvino<"Sqrt">>),
    on_floats("tan", "tangent of x in radians", evaluate_float<tan_of>, kUnitSamples,
              cells<Onnx<"Tan", 7>, Coreml<"tan">, Ncnn<"UnaryOp", "0=11">, Openvino<"Tan">>),
    on_floats("tanh", "hyperbolic tangent", evaluate_float<tanh_of>, kAnySamples,
              cells<Onnx<"Tanh">, Litert<"TANH">, Coreml<"tanh">, Ncnn<"TanH">, Openvino<"Tanh">>),
    {.name = "abs",
     .summary = "absolute value",
     .inputs = kNumberIn,
     .outputs = kElementwiseNumberOut,
     .infer = same_shape,
     .evaluate = evaluate_number<Absolute>,
     .samples = kSignedSamples,
     .cells =
         cells<Onnx<"Abs">, LitertNumbers<"ABS">, CoremlNumbers<"abs">, Ncnn<"AbsVal">, Openvino<"Abs">>},
    {.name = "neg",
     .summary = "-x",
     .inputs = kSignedIn,
     .outputs = kSignedOut,
     .infer = infer_negate,
     .evaluate = evaluate_number<Negate>,
     .samples = kSignedSamples,
     .cells = cells<Onnx<"Neg">, LitertNumbers<"NEG">, CoremlNumbers<"mul">, Ncnn<"UnaryOp", "0=1">,
                    Openvino<"Negative">>},
    {.name = "sign",
     .summary = "-1, 0 or 1",
     .inputs = kNumberIn,
     .outputs = kElementwiseNumberOut,
     .infer = same_shape,
     .evaluate = evaluate_number<Sign>,
     .samples = kSignedSamples,
     .cells = cells<Onnx<"Sign", 9>, Litert<"SIGN">, CoremlNumbers<"sign">, Ncnn<"UnaryOp", "0=20">,
                    Openvino<"Sign">>},
    {.name = "is_nan",
     .summary = "whether x is not a number",
     .inputs = kFloatIn,
     .outputs = kBoolOut,
     .infer = infer_test,
     .evaluate = evaluate_is_nan,
     .samples = kSpecialSamples,
     .cells = cells<Onnx<"IsNaN", 9>, Coreml<"not_equal">, Openvino<"IsNaN", 10>>},
    {.name = "is_inf",
     .summary = "whether x is an infinity of a sign that is asked for",
     .inputs = kFloatIn,
     .outputs = kBoolOut,
     .attrs = kIsInfAttrs,
     .infer = infer_test,
     .evaluate = evaluate_is_inf,
     .samples = kIsInfSamples,
     .cells = cells<Onnx<"IsInf", 10>, Coreml<"equal">, Openvino<"IsInf", 10>>},
};

}  // namespace

std::span<const OpDef> elementwise_ops() { return kElementwiseOps; }

}  // namespace lathe::ops
