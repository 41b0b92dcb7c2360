// Activations. Definitions: ONNX, operators of the same names in CamelCase (silu is Swish).
#include <cmath>
#include <limits>
#include <numbers>

#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kActivationIn[] = {{"x", kFloatTypes, 'T'}};
constexpr OperandDef kActivationOut[] = {{"y", kFloatTypes, 'T'}};
constexpr AttrDef kAlphaOne[] = {{"alpha", AttrType::kFloat, "1.0"}};
constexpr Sample kActivationSamples[] = {{"f32[2, 3, 5]{-4, 4}"}, {"f16[7]{-4, 4}"}, {"f32[]"}};
constexpr Sample kAlphaSamples[] = {
    {"f32[2, 3, 5]{-4, 4}"}, {"f32[7]{-4, 4}", "alpha=0.375"}, {"f16[7]{-4, 4}", "alpha=2.0"}};

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }
double softplus_of(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

template <double (*function)(double)>
Status evaluate(EvalContext& c) {
    return map_doubles(c, function);
}
// With the attribute alpha.
template <double (*function)(double x, double alpha)>
Status evaluate_alpha(EvalContext& c) {
    const double alpha = c.number("alpha");
    return map_doubles(c, [=](double x) { return function(x, alpha); });
}

double mish_of(double x) { return x * std::tanh(softplus_of(x)); }
double softsign_of(double x) { return x / (1 + std::fabs(x)); }
double hard_swish_of(double x) { return x * std::max(0.0, std::min(1.0, x / 6 + 0.5)); }
double silu_of(double x, double alpha) { return x * sigmoid_of(alpha * x); }
double leaky_relu_of(double x, double alpha) { return x < 0 ? alpha * x : x; }
double elu_of(double x, double alpha) { return x < 0 ? alpha * std::expm1(x) : x; }
double celu_of(double x, double alpha) { return x < 0 ? alpha * std::expm1(x / alpha) : x; }
double thresholded_of(double x, double alpha) { return x > alpha ? x : 0; }

// exp(20) squared is still a finite f32; f16 holds only exp(5.5) squared, beyond which the factor is 1 in f16 anyway.
Result<std::string> write_mish(const InferContext& c) {
    return format("const limit: x[] = [{}]\nconst two: x[] = [2]\n"
                  "low = min(x, limit)\ne = exp(low)\ne2 = add(e, two)\nn = mul(e, e2)\nn2 = add(n, two)\n"
                  "factor = div(n, n2)\ny = mul(x, factor)",
                  c.dtype(0) == DType::kF16 ? 5.5 : 20.0);
}

Result<std::string> write_silu(const InferContext& c) {
    if (c.number("alpha") == 1) return std::string("s = sigmoid(x)\ny = mul(x, s)");
    return std::string("const alpha: x[] = [$alpha]\nt = mul(x, alpha)\ns = sigmoid(t)\ny = mul(x, s)");
}

constexpr OperandDef kReluIn[] = {{"x", kFloatTypes | kSignedTypes, 'T'}};
constexpr OperandDef kReluOut[] = {{"y", kFloatTypes | kSignedTypes, 'T'}};
constexpr Sample kReluSamples[] = {{"f32[2, 3, 5]"}, {"f16[7]"}, {"f32[3]=nan,-0.0,-inf"}, {"i32[4]{-9, 9}"}};
Status evaluate_relu(EvalContext& c) {
    return map_doubles(c, [](double x) { return x < 0 ? 0 : x; });
}

constexpr AttrDef kLeakyAttrs[] = {{"alpha", AttrType::kFloat, "0.01"}};
constexpr AttrDef kSeluAttrs[] = {{"alpha", AttrType::kFloat, "1.6732632423543772"},
                                  {"gamma", AttrType::kFloat, "1.0507009873554805"}};
constexpr Sample kSeluSamples[] = {{"f32[2, 3, 5]{-4, 4}"}, {"f32[7]{-4, 4}", "alpha=2.0; gamma=3.0"}};
Status evaluate_selu(EvalContext& c) {
    const double alpha = c.number("alpha"), gamma = c.number("gamma");
    return map_doubles(c, [=](double x) { return gamma * (x > 0 ? x : alpha * std::expm1(x)); });
}

constexpr AttrDef kHardSigmoidAttrs[] = {{"alpha", AttrType::kFloat, "0.2"},
                                         {"beta", AttrType::kFloat, "0.5"}};
constexpr Sample kHardSigmoidSamples[] = {{"f32[2, 3, 5]{-4, 4}"}, {"f32[7]{-4, 4}", "alpha=0.5; beta=0.25"}};
Status evaluate_hard_sigmoid(EvalContext& c) {
    const double alpha = c.number("alpha"), beta = c.number("beta");
    return map_doubles(c, [=](double x) { return std::max(0.0, std::min(1.0, alpha * x + beta)); });
}

constexpr AttrDef kShrinkAttrs[] = {{"lambd", AttrType::kFloat, "0.5"}, {"bias", AttrType::kFloat, "0.0"}};
constexpr Sample kShrinkSamples[] = {{"f32[2, 3, 5]{-2, 2}"}, {"f32[7]{-2, 2}", "lambd=1.0; bias=0.25"}};
Status evaluate_shrink(EvalContext& c) {
    const double lambd = c.number("lambd"), bias = c.number("bias");
    return map_doubles(c, [=](double x) { return x < -lambd ? x + bias : x > lambd ? x - bias : 0; });
}

constexpr AttrDef kGeluAttrs[] = {{"approximate", AttrType::kString, "\"none\""}};
constexpr Sample kGeluSamples[] = {
    {"f32[2, 3, 5]{-4, 4}"}, {"f16[7]{-4, 4}"}, {"f32[7]{-4, 4}", "approximate=\"tanh\""}};
Status infer_gelu(InferContext& c) {
    const std::string& kind = c.string("approximate");
    if (kind != "none" && kind != "tanh") return fail("approximate is '{}', expected none or tanh", kind);
    return same_shape(c);
}
double gelu_of(double x) { return 0.5 * x * std::erfc(-x / std::numbers::sqrt2); }
double gelu_tanh_of(double x) {
    return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
}
Status evaluate_gelu(EvalContext& c) {
    return map_doubles(c, c.string("approximate") == "tanh" ? gelu_tanh_of : gelu_of);
}
Result<std::string> write_gelu(const InferContext& c) {
    std::string text = "const one: x[] = [1]\nconst half: x[] = [0.5]\n";
    if (c.string("approximate") == "tanh")
        text += "const c: x[] = [0.044715]\nconst k: x[] = [0.7978845608028654]\n"
                "xx = mul(x, x)\nxxx = mul(xx, x)\ncubic = mul(xxx, c)\ninner = add(x, cubic)\n"
                "scaled = mul(inner, k)\nt = tanh(scaled)\n";
    else text += "const root: x[] = [0.7071067811865476]\nscaled = mul(x, root)\nt = erf(scaled)\n";
    return text + "t1 = add(t, one)\nhx = mul(x, half)\ny = mul(hx, t1)";
}

constexpr OperandDef kPreluIn[] = {{"x", kNumericTypes, 'T'}, {"slope", kNumericTypes, 'T'}};
constexpr OperandDef kNumberOut[] = {{"y", kNumericTypes, 'T'}};
constexpr Sample kPreluSamples[] = {
    {"f32[2, 3, 5]; f32[3, 1]"}, {"f32[2, 3, 2, 2]; f32[3, 1, 1]"}, {"f16[7]; f16[1]"}};
Status infer_prelu(InferContext& c) {
    TRY(const Dims shape, broadcast(c.shape(0), c.shape(1)));
    if (shape.size() != c.shape(0).size())
        return fail("slope {} does not broadcast to x {}", to_string(c.shape(1)), to_string(c.shape(0)));
    c.output(0, c.dtype(0), c.shape(0));
    return {};
}
Status evaluate_prelu(EvalContext& c) {
    TRY(const Shape shape, broadcast_shapes(c));
    if (shape != c.in(0).shape())
        return fail("slope {} does not broadcast to x {}", to_string(c.in(1).shape()),
                    to_string(c.in(0).shape()));
    auto values = c.in(0).to_doubles();
    const auto slopes = values_of<double>(c.in(1), shape);
    for (size_t i = 0; i < values.size(); ++i)
        if (values[i] < 0) values[i] *= slopes[i];
    c.output(0, tensor_from_doubles(c.in(0).dtype(), shape, values));
    return {};
}

constexpr OperandDef kClipIn[] = {{"x", kNumericTypes, 'T'},
                                  {"min", kNumericTypes, 'T', Arity::kOptional},
                                  {"max", kNumericTypes, 'T', Arity::kOptional}};
constexpr AttrDef kClipAttrs[] = {{"min", AttrType::kFloat, "-inf"}, {"max", AttrType::kFloat, "inf"}};
constexpr Cell kCeluCells[] = {{.format = "onnx", .op = "Celu", .since = 12, .types = type_bit(DType::kF32)}};
constexpr Place kClipPlaces[] = {{.ours = "min", .theirs = "min"}, {.ours = "max", .theirs = "max"}};
constexpr Cell kClipCells[] = {
    {.format = "onnx", .op = "Clip", .since = 6, .until = 10, .places = kClipPlaces},
    {.format = "onnx", .op = "Clip", .since = 11},
    {.format = "litert", .op = "MINIMUM", .types = kLitertNumbers},
    {.format = "openvino", .op = "Clamp"}};
constexpr Sample kClipSamples[] = {
    {"f32[2, 3]{-4, 4}", "min=-1.5; max=2.0"}, {"f32[7]{-4, 4}; f32[]=-1; f32[]=2"},
    {"f32[7]{-4, 4}; -; f32[]=0.5"},           {"f16[7]{-4, 4}", "min=0.0"},
    {"i32[5]{-9, 9}; i32[]=-2; i32[]=3"},      {"f32[3]=1,-2,5; f32[]=2; f32[]=0"}};
Status infer_clip(InferContext& c) {
    for (int i = 1; i < c.inputs(); ++i)
        if (c.has(i) && c.rank(i) > 1)
            return fail("{} is {}, expected a scalar", i == 1 ? "min" : "max", to_string(c.shape(i)));
    return same_shape(c);
}
Status evaluate_clip(EvalContext& c) {
    for (int i = 1; i < c.inputs(); ++i)
        if (c.has(i) && c.in(i).count() != 1)
            return fail("{} is {}, expected a scalar", i == 1 ? "min" : "max", to_string(c.in(i).shape()));
    const DType dtype = c.in(0).dtype();
    if (!is_float(dtype) && (c.has(1) || c.has(2))) {
        const int64_t low = c.has(1) ? c.in(1).to_ints()[0] : std::numeric_limits<int64_t>::min();
        const int64_t high = c.has(2) ? c.in(2).to_ints()[0] : std::numeric_limits<int64_t>::max();
        auto values = c.in(0).to_ints();
        for (int64_t& v : values) v = std::min(std::max(v, low), high);
        c.output(0, tensor_from_ints(dtype, c.in(0).shape(), values));
        return {};
    }
    const double low = c.has(1) ? c.in(1).to_doubles()[0] : c.number("min");
    const double high = c.has(2) ? c.in(2).to_doubles()[0] : c.number("max");
    return map_doubles(c, [=](double x) { return std::isnan(x) ? x : std::min(std::max(x, low), high); });
}
Result<std::string> write_clip(const InferContext& c) {
    std::string text;
    for (const auto& [name, operand] : {std::pair("min", 1), std::pair("max", 2)})
        if (c.given(name) && !c.has(operand)) text += format("const {}: x[] = [${}]\n", name, name);
    if (c.given("min") && c.given("max")) return text + "t = max(x, min)\ny = min(t, max)";
    if (c.given("min")) return text + "y = max(x, min)";
    return text + (c.given("max") ? "y = min(x, max)" : "y = identity(x)");
}

constexpr OpDef plain(std::string_view name, std::string_view summary, Status (*evaluate)(EvalContext&),
                      std::span<const Cell> cells, std::string_view body) {
    return {.name = name,
            .summary = summary,
            .inputs = kActivationIn,
            .outputs = kActivationOut,
            .infer = same_shape,
            .evaluate = evaluate,
            .samples = kActivationSamples,
            .cells = cells,
            .body = body};
}
constexpr OpDef with_alpha(std::string_view name, std::string_view summary, std::span<const AttrDef> attrs,
                           Status (*evaluate)(EvalContext&), std::span<const Cell> cells,
                           std::string_view body) {
    return {.name = name,
            .summary = summary,
            .inputs = kActivationIn,
            .outputs = kActivationOut,
            .attrs = attrs,
            .infer = same_shape,
            .evaluate = evaluate,
            .samples = kAlphaSamples,
            .cells = cells,
            .body = body};
}

constexpr OpDef kActivationOps[] = {
    plain("sigmoid", "1 / (1 + exp(-x))", evaluate<sigmoid_of>,
          cells<Onnx<"Sigmoid">, Litert<"LOGISTIC">, Coreml<"sigmoid">, Ncnn<"Sigmoid">, Openvino<"Sigmoid">>,
          "const one: x[] = [1]\nm = neg(x)\ne = exp(m)\nd = add(e, one)\ny = reciprocal(d)"),
    plain(
        "softplus", "log(1 + exp(x))", evaluate<softplus_of>,
        cells<Onnx<"Softplus">, Litert<"LOG">, Coreml<"softplus">, Ncnn<"Softplus">, Openvino<"SoftPlus", 4>>,
        "const one: x[] = [1]\nup = relu(x)\na = abs(x)\nm = neg(a)\ne = exp(m)\ne1 = add(e, one)\n"
        "l = log(e1)\ny = add(up, l)"),
    plain("softsign", "x / (1 + |x|)", evaluate<softsign_of>,
          cells<Onnx<"Softsign">, Coreml<"softsign">, Openvino<"SoftSign", 9>>,
          "const one: x[] = [1]\na = abs(x)\nd = add(a, one)\ny = div(x, d)"),
    plain("hard_swish", "x * max(0, min(1, x/6 + 1/2)) (Howard et al. 2019)", evaluate<hard_swish_of>,
          cells<Onnx<"HardSwish", 14>, Litert<"HARD_SWISH">, Coreml<"sigmoid_hard">, Ncnn<"HardSwish">,
                Openvino<"HSwish", 4>>,
          "s = hard_sigmoid(x, alpha=0.16666666666666666, beta=0.5)\ny = mul(x, s)"),
    with_alpha("leaky_relu", "alpha * x where x is negative, else x", kLeakyAttrs,
               evaluate_alpha<leaky_relu_of>,
               cells<Onnx<"LeakyRelu", 6>, Litert<"LEAKY_RELU">, Coreml<"leaky_relu">, Ncnn<"ReLU">,
                     Openvino<"PReLU">>,
               "const zero: x[] = [0]\nconst a: x[] = [$alpha]\nup = max(x, zero)\ndown = min(x, zero)\n"
               "d = mul(down, a)\ny = add(up, d)"),
    with_alpha("elu", "alpha * (exp(x) - 1) where x is negative, else x", kAlphaOne, evaluate_alpha<elu_of>,
               cells<Onnx<"Elu", 6>, Litert<"ELU">, Coreml<"elu">, Ncnn<"ELU">, Openvino<"Elu">>,
               "const zero: x[] = [0]\nconst one: x[] = [1]\nconst a: x[] = [$alpha]\nup = max(x, zero)\n"
               "down = min(x, zero)\n"
               "e = exp(down)\ne1 = sub(e, one)\nd = mul(e1, a)\ny = add(up, d)"),
    with_alpha("celu", "alpha * (exp(x / alpha) - 1) where x is negative, else x", kAlphaOne,
               evaluate_alpha<celu_of>, more_cells<kCeluCells, Ncnn<"CELU">>,
               "const zero: x[] = [0]\nconst one: x[] = [1]\nconst a: x[] = [$alpha]\nup = max(x, zero)\n"
               "down = min(x, zero)\n"
               "t = div(down, a)\ne = exp(t)\ne1 = sub(e, one)\nd = mul(e1, a)\ny = add(up, d)"),
    with_alpha(
        "thresholded_relu", "x where it is above alpha, else 0", kAlphaOne, evaluate_alpha<thresholded_of>,
        onnx<"ThresholdedRelu", 10>,
        "const zero: x[] = [0]\nconst a: x[] = [$alpha]\nabove = greater(x, a)\ny = where(above, x, zero)"),
    {.name = "relu",
     .summary = "max(x, 0)",
     .inputs = kReluIn,
     .outputs = kReluOut,
     .infer = same_shape,
     .evaluate = evaluate_relu,
     .samples = kReluSamples,
     .cells = cells<Onnx<"Relu">, Litert<"RELU">, Coreml<"relu">, Ncnn<"ReLU">, Openvino<"ReLU">>,
     .body = "const zero: x[] = [0]\ny = max(x, zero)"},
    {.name = "selu",
     .summary = "gamma * elu(x, alpha) (Klambauer et al. 2017)",
     .inputs = kActivationIn,
     .outputs = kActivationOut,
     .attrs = kSeluAttrs,
     .infer = same_shape,
     .evaluate = evaluate_selu,
     .samples = kSeluSamples,
     .cells = cells<Onnx<"Selu", 6>, Ncnn<"SELU">, Openvino<"Selu">>,
     .body = "const g: x[] = [$gamma]\nt = elu(x, alpha=$alpha)\ny = mul(t, g)"},
    {.name = "hard_sigmoid",
     .summary = "max(0, min(1, alpha * x + beta))",
     .inputs = kActivationIn,
     .outputs = kActivationOut,
     .attrs = kHardSigmoidAttrs,
     .infer = same_shape,
     .evaluate = evaluate_hard_sigmoid,
     .samples = kHardSigmoidSamples,
     .cells =
         cells<Onnx<"HardSigmoid", 6>, Coreml<"sigmoid_hard">, Ncnn<"HardSigmoid">, Openvino<"HardSigmoid">>,
     .body = "const a: x[] = [$alpha]\nconst b: x[] = [$beta]\nm = mul(x, a)\ns = add(m, b)\n"
             "y = clip(s, min=0.0, max=1.0)"},
    {.name = "shrink",
     .summary = "x moved by bias towards 0 where |x| is above lambd, else 0",
     .inputs = kActivationIn,
     .outputs = kActivationOut,
     .attrs = kShrinkAttrs,
     .infer = same_shape,
     .evaluate = evaluate_shrink,
     .samples = kShrinkSamples,
     .cells = onnx<"Shrink", 9>,
     .body = "const zero: x[] = [0]\nconst l: x[] = [$lambd]\nconst b: x[] = [$bias]\nnl = neg(l)\n"
             "above = greater(x, l)\nbelow = less(x, nl)\n"
             "up = sub(x, b)\ndown = add(x, b)\nt = where(below, down, zero)\ny = where(above, up, t)"},
    {.name = "gelu",
     .summary =
         "x * the normal distribution function of x, or its approximation by tanh (Hendrycks & Gimpel 2016)",
     .inputs = kActivationIn,
     .outputs = kActivationOut,
     .attrs = kGeluAttrs,
     .infer = infer_gelu,
     .evaluate = evaluate_gelu,
     .samples = kGeluSamples,
     .cells = cells<Onnx<"Gelu", 20>, Litert<"GELU">, Coreml<"gelu">, Ncnn<"GELU">, Openvino<"Gelu", 7>>,
     .write_body = write_gelu},
    {.name = "silu",
     .summary = "x * sigmoid(alpha * x), also called swish (Ramachandran et al. 2017)",
     .inputs = kActivationIn,
     .outputs = kActivationOut,
     .attrs = kAlphaOne,
     .infer = same_shape,
     .evaluate = evaluate_alpha<silu_of>,
     .samples = kAlphaSamples,
     .cells = cells<Onnx<"Swish", 24>, Coreml<"silu">, Ncnn<"Swish">, Openvino<"Swish", 4>>,
     .write_body = write_silu},
    {.name = "mish",
     .summary = "x * tanh(log(1 + exp(x))) (Misra 2019)",
     .inputs = kActivationIn,
     .outputs = kActivationOut,
     .infer = same_shape,
     .evaluate = evaluate<mish_of>,
     .samples = kActivationSamples,
     .cells = cells<Onnx<"Mish", 18>, Litert<"DIV">, Coreml<"softplus">, Ncnn<"Mish">, Openvino<"Mish", 4>>,
     .write_body = write_mish},
    {.name = "prelu",
     .summary = "slope * x where x is negative, else x",
     .inputs = kPreluIn,
     .outputs = kNumberOut,
     .infer = infer_prelu,
     .evaluate = evaluate_prelu,
     .samples = kPreluSamples,
     .cells = cells<Onnx<"PRelu", 7>, Litert<"PRELU">, Coreml<"prelu">, Ncnn<"PReLU">, Openvino<"PReLU">>,
     .body = "const zero: x[] = [0]\nup = max(x, zero)\ndown = min(x, zero)\nd = mul(down, slope)\n"
             "y = add(up, d)"},
    {.name = "clip",
     .summary = "x held between min and max",
     .inputs = kClipIn,
     .outputs = kNumberOut,
     .attrs = kClipAttrs,
     .infer = infer_clip,
     .evaluate = evaluate_clip,
     .samples = kClipSamples,
     .cells = more_cells<kClipCells, Coreml<"clip">, Ncnn<"Clip">>,
     .write_body = write_clip},
};

}  // namespace

std::span<const OpDef> activation_ops() { return kActivationOps; }

}  // namespace lathe::ops
