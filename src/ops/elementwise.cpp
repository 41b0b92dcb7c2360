// Elementwise operators of one operand.
#include <cmath>

#include "graph/contexts.h"
#include "ops/cells.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kFloatIn[] = {{"x", kFloatTypes, 'T'}};
constexpr OperandDef kFloatOut[] = {{"y", kFloatTypes, 'T'}};
constexpr Sample kSamples[] = {{"f32[2, 3, 5]"}, {"f16[7]"}, {"f32[]"}};

Status same_shape(InferContext& c) {
    c.output(0, c.dtype(0), c.shape(0));
    return {};
}

template <double (*function)(double)>
Status evaluate_unary(EvalContext& c) {
    auto values = c.in(0).to_doubles();
    for (double& v : values) v = function(v);
    c.output(0, tensor_from_doubles(c.in(0).dtype(), c.in(0).shape(), values));
    return {};
}

double exp_of(double x) { return std::exp(x); }
double relu_of(double x) { return x > 0 ? x : 0; }
double tanh_of(double x) { return std::tanh(x); }

constexpr OpDef unary(std::string_view name, std::string_view summary, Status (*evaluate)(EvalContext&),
                      std::span<const Cell> cells) {
    return {.name = name, .summary = summary, .inputs = kFloatIn, .outputs = kFloatOut, .infer = same_shape,
            .evaluate = evaluate, .samples = kSamples, .cells = cells};
}

constexpr OpDef kOps[] = {
    unary("exp", "e to the power x", evaluate_unary<exp_of>, onnx<"Exp">),
    unary("relu", "max(x, 0)", evaluate_unary<relu_of>, onnx<"Relu">),
    unary("tanh", "hyperbolic tangent", evaluate_unary<tanh_of>, onnx<"Tanh">),
};

}  // namespace

std::span<const OpDef> elementwise_ops() { return kOps; }

}  // namespace lathe::ops
