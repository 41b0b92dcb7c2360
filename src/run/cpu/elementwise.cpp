// Graph operators as steps of chains.
#include <algorithm>
#include <cmath>

#include "graph/contexts.h"
#include "run/cpu/groups.h"

namespace lathe::run::cpu {
namespace {

using graph::Node;
using enum Function;

struct ElementwiseNamed {
    std::string_view op;
    Function function;
};
constexpr ElementwiseNamed kBinary[] = {{"add", kAdd},
                                        {"sub", kSub},
                                        {"mul", kMul},
                                        {"div", kDiv},
                                        {"min", kMin},
                                        {"max", kMax},
                                        {"sum", kAdd},
                                        {"pow", kPow},
                                        {"equal", kEqual},
                                        {"less", kLess},
                                        {"less_equal", kLessEqual},
                                        {"logical_and", kMin},
                                        {"logical_or", kMax}};
constexpr ElementwiseNamed kUnary[] = {{"neg", kNeg},          {"abs", kAbs},
                                       {"sqrt", kSqrt},        {"reciprocal", kReciprocal},
                                       {"exp", kExp},          {"log", kLog},
                                       {"tanh", kTanh},        {"erf", kErf},
                                       {"sigmoid", kSigmoid},  {"sin", kSin},
                                       {"cos", kCos},          {"floor", kFloor},
                                       {"ceil", kCeil},        {"round", kRound},
                                       {"sign", kSign},        {"relu", kRelu},
                                       {"mish", kMish},        {"hard_swish", kHardSwish},
                                       {"softplus", kSoftplus}};

std::optional<Function> find(std::span<const ElementwiseNamed> names, std::string_view op) {
    const auto found = std::ranges::find(names, op, &ElementwiseNamed::op);
    if (found == names.end()) return std::nullopt;
    return found->function;
}

float number(const Node& node, std::string_view name, float absent = 0) {
    const graph::Attr* attr = node.attrs.find(name);  // nullptr: an operand stands for it
    return attr == nullptr ? absent : static_cast<float>(std::get<double>(*attr));
}

std::optional<float> scalar(const ShapedGraph& shaped, const Node& node, size_t place) {
    const Tensor* tensor = place < node.inputs.size() ? shaped.constant(node.inputs[place]) : nullptr;
    if (tensor == nullptr || tensor->count() != 1) return std::nullopt;
    return static_cast<float>(tensor->to_doubles()[0]);
}

// Operands that are not constants, or attributes.
std::optional<ChainStep> clip_step(const ShapedGraph& shaped, const Node& node) {
    ChainStep step{kClip, 0, 0, number(node, "min", -kInfinity), number(node, "max", kInfinity)};
    for (size_t place = 1; place < node.inputs.size(); ++place) {
        if (node.inputs[place] == graph::kNoValue) continue;
        const auto limit = scalar(shaped, node, place);
        if (!limit) return std::nullopt;
        (place == 1 ? step.p : step.q) = *limit;
    }
    return step;
}

std::optional<ChainStep> unary_step(const ShapedGraph& shaped, const Node& node) {
    const std::string_view op = node.op->name;
    if (const auto function = find(kUnary, op)) return ChainStep{*function, 0, 0, 0, 0};
    if (op == "clip") return clip_step(shaped, node);
    if (op == "silu" && number(node, "alpha") == 1) return ChainStep{kSilu, 0, 0, 0, 0};
    if (op == "gelu")
        return ChainStep{std::get<std::string>(*node.attrs.find("approximate")) == "tanh" ? kGeluTanh : kGelu,
                         0, 0, 0, 0};
    if (op == "elu") return ChainStep{kElu, 0, 0, number(node, "alpha"), 0};
    if (op == "leaky_relu") return ChainStep{kLeakyRelu, 0, 0, number(node, "alpha"), 0};
    if (op == "hard_sigmoid")
        return ChainStep{kHardSigmoid, 0, 0, number(node, "alpha"), number(node, "beta")};
    return std::nullopt;
}

constexpr uint8_t earlier(uint8_t step) { return kEarlierStep + step; }

// Operators that take a few steps.
std::optional<Elementwise> composed(const Node& node) {
    const std::string_view op = node.op->name;
    const auto scale_add = [](uint8_t a, float p, float q) { return ChainStep{kScaleAdd, a, a, p, q}; };
    const ChainStep invert = scale_add(earlier(0), -1, 1);
    if (op == "greater") return Elementwise{{{kLess, 1, 0}}, {0, 1}};
    if (op == "greater_equal") return Elementwise{{{kLessEqual, 1, 0}}, {0, 1}};
    if (op == "logical_xor") return Elementwise{{{kEqual, 0, 1}, invert}, {0, 1}};
    if (op == "logical_not") return Elementwise{{scale_add(0, -1, 1)}, {0}};
    if (op == "is_nan") return Elementwise{{{kEqual, 0, 0}, invert}, {0}};
    if (op == "where") return Elementwise{{{kSelect, 0, 1, 0, 0, 2}}, {0, 1, 2}};
    if (op == "prelu")  // what is below zero times the slope, and what is above
        return Elementwise{
            {{kClip, 0, 0, -kInfinity, 0}, {kMul, earlier(0), 1}, {kRelu, 0}, {kAdd, earlier(1), earlier(2)}},
            {0, 1}};
    if (op == "selu")
        return Elementwise{
            {{kElu, 0, 0, number(node, "alpha")}, scale_add(earlier(0), number(node, "gamma"), 0)}, {0}};
    if (op == "celu")
        return Elementwise{{scale_add(0, 1 / number(node, "alpha"), 0),
                            {kElu, earlier(0), 0, 1},
                            scale_add(earlier(1), number(node, "alpha"), 0)},
                           {0}};
    if (op == "softsign")
        return Elementwise{{{kAbs, 0}, scale_add(earlier(0), 1, 1), {kDiv, 0, earlier(1)}}, {0}};
    if (op == "silu")
        return Elementwise{
            {scale_add(0, number(node, "alpha"), 0), {kSigmoid, earlier(0)}, {kMul, 0, earlier(1)}}, {0}};
    return std::nullopt;
}

// Conversions that f32 arithmetic makes rightly. Those to integers are not among them: they wrap or saturate.
std::optional<Elementwise> cast_steps(DType from, DType to) {
    const bool small = from == DType::kBool || from == DType::kU8 || from == DType::kI8;
    const bool whole = small || from == DType::kI32 || from == DType::kI64;
    if (to == DType::kF32 && (whole || from == DType::kF32))
        return Elementwise{{{kScaleAdd, 0, 0, 1, 0}}, {0}};
    if (to == DType::kBool && (small || from == DType::kF32))  // x = 0 x is true of zero alone
        return Elementwise{
            {{kScaleAdd, 0, 0, 0, 0}, {kEqual, 0, earlier(0)}, {kScaleAdd, earlier(1), 0, -1, 1}}, {0}};
    return std::nullopt;
}

bool is_f32_or_bool(const graph::Graph& graph, graph::ValueId id) {
    return id == graph::kNoValue || graph[id].dtype == DType::kF32 || graph[id].dtype == DType::kBool;
}

}  // namespace

std::optional<Quantized> quantized_by(const ShapedGraph& shaped, const Node& node) {
    const bool to = node.op->name == "quantize_linear";
    const auto& graph = shaped.graph;
    const graph::ValueId number = to ? node.inputs[0] : node.outputs[0],
                         code = to ? node.outputs[0] : node.inputs[0];
    const DType dtype = graph[code].dtype;
    if (graph[number].dtype != DType::kF32 || (dtype != DType::kU8 && dtype != DType::kI8))
        return std::nullopt;
    const auto scale = scalar(shaped, node, 1);
    if (!scale || graph[node.inputs[1]].dtype != DType::kF32 || !(*scale > 0) || *scale == kInfinity)
        return std::nullopt;
    const bool has_zero = node.inputs.size() > 2 && node.inputs[2] != graph::kNoValue;
    const auto zero = has_zero ? scalar(shaped, node, 2) : std::optional(0.0f);
    if (!zero || std::get<int64_t>(*node.attrs.find("block_size")) != 0) return std::nullopt;
    return Quantized{dtype, static_cast<int32_t>(*zero), *scale};
}

std::optional<Elementwise> elementwise_of(const ShapedGraph& shaped, const Node& node) {
    const auto& graph = shaped.graph;
    if (node.outputs.size() != 1 || node.outputs[0] == graph::kNoValue) return std::nullopt;
    if (node.op->name == "quantize_linear") {
        const auto codes = quantized_by(shaped, node);
        if (!codes) return std::nullopt;
        return Elementwise{{}, {0}, codes};
    }
    const DType dtype = graph[node.outputs[0]].dtype;
    if (node.op->name == "cast" || node.op->name == "cast_like")
        return cast_steps(graph[node.inputs[0]].dtype, dtype);
    if (!is_f32_or_bool(graph, node.outputs[0])) return std::nullopt;
    for (const graph::ValueId id : node.inputs)
        if (!is_f32_or_bool(graph, id)) return std::nullopt;
    if (const auto function = find(kBinary, node.op->name)) {
        if (*function == kPow) {
            const auto exponent = scalar(shaped, node, 1);
            if (exponent == 2.0f) return Elementwise{{{kMul, 0, 0, 0, 0}}, {0}, {}};
            if (exponent == 0.5f) return Elementwise{{{kSqrt, 0, 0, 0, 0}}, {0}, {}};
        }
        Elementwise found;
        for (size_t i = 0; i < node.inputs.size(); ++i) found.operands.push_back(i);
        if (found.operands.size() > kMaxChainOperands) return std::nullopt;
        if (found.operands.size() == 1) return Elementwise{{{kScaleAdd, 0, 0, 1, 0}}, {0}, {}};
        for (size_t i = 1; i < node.inputs.size(); ++i)
            found.steps.push_back({*function, static_cast<uint8_t>(i == 1 ? 0 : kEarlierStep + i - 2),
                                   static_cast<uint8_t>(i), 0, 0});
        return found;
    }
    if (const auto step = unary_step(shaped, node)) return Elementwise{{*step}, {0}};
    return composed(node);
}

}  // namespace lathe::run::cpu
