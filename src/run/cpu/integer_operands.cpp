#include "run/cpu/integer_operands.h"

#include <algorithm>
#include <cmath>

#include "graph/contexts.h"

namespace lathe::run::cpu {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

ValueId operand(const Node& node, size_t place) {
    return place < node.inputs.size() ? node.inputs[place] : kNoValue;
}

// The constant's numbers, one for each column; `absent` where there is none.
template <class T>
std::optional<std::vector<T>> column_numbers(const Lowering& lowering, ValueId id, size_t columns, T absent) {
    if (id == kNoValue) return std::vector<T>(columns, absent);
    const Tensor* tensor = lowering.constant(id);
    if (tensor == nullptr) return std::nullopt;
    const auto values = tensor->to_contiguous().to_doubles();
    if (values.size() == 1) return std::vector<T>(columns, static_cast<T>(values[0]));
    if (values.size() != columns || tensor->rank() != 1) return std::nullopt;
    std::vector<T> numbers;
    for (const double value : values) numbers.push_back(static_cast<T>(value));
    return numbers;
}

std::optional<double> single(const Lowering& lowering, ValueId id) {
    const auto one = column_numbers<double>(lowering, id, 1, 0);
    return one ? std::optional((*one)[0]) : std::nullopt;
}

bool take_weights(Lowering& lowering, ValueId codes, ValueId zeros, size_t columns, IntegerOperands& found) {
    const Tensor* weights = lowering.constant(codes);
    if (weights == nullptr || bits_of(weights->dtype()) != 8) return false;
    auto numbers = column_numbers<int32_t>(lowering, zeros, columns, 0);
    if (!numbers) return false;
    found.weights_id = codes;
    found.weights = weights->to_contiguous();
    found.weight_zeros = std::move(*numbers);
    return true;
}

// --- conv, matmul, gemm of dequantised operands

// The scale of each column where the node gives codes along that axis their numbers.
bool take_dequantised_weights(Lowering& lowering, ValueId id, size_t columns, size_t axis,
                              IntegerOperands& found) {
    const Node* node = lowering.producer(id);
    if (node == nullptr || node->op->name != "dequantize_linear") return false;
    const graph::AttrReader attrs(*node->op, node->attrs);
    const DType codes = lowering.dtype(node->inputs[0]);
    if ((codes != DType::kI8 && codes != DType::kU8) || attrs.integer("block_size") != 0) return false;
    const auto rank = static_cast<int64_t>(lowering.shape(id).size()), own = attrs.integer("axis");
    const Tensor* scale = lowering.constant(node->inputs[1]);
    if (scale == nullptr ||
        (scale->count() != 1 && (own < 0 ? own + rank : own) != static_cast<int64_t>(axis)))
        return false;
    auto scales = column_numbers<float>(lowering, node->inputs[1], columns, 1);
    if (!scales || !take_weights(lowering, node->inputs[0], operand(*node, 2), columns, found)) return false;
    found.scale = std::move(*scales);
    return true;
}

// A bias that is integers of the sums' own scale begins them.
bool take_bias(Lowering& lowering, ValueId id, float factor, IntegerOperands& found) {
    if (id == kNoValue) return true;
    const Tensor* tensor = lowering.constant(id);
    const size_t columns = found.scale.size();
    if (tensor == nullptr || (tensor->rank() == 2 && tensor->dim(0) != 1)) return false;
    std::vector<float> numbers = lowering.floats(id);
    if (numbers.size() != columns && numbers.size() != 1) return false;
    numbers.resize(columns, numbers[0]);
    for (float& x : numbers) x *= factor;
    const Node* node = lowering.producer(id);
    if (node != nullptr && node->op->name == "dequantize_linear" && factor == 1 &&
        lowering.dtype(node->inputs[0]) == DType::kI32) {
        auto start = column_numbers<int32_t>(lowering, node->inputs[0], columns, 0);
        bool fits = start.has_value();
        for (size_t n = 0; fits && n < columns; ++n)
            fits = std::fabs(static_cast<double>((*start)[n]) * found.scale[n] - numbers[n]) <=
                   1e-6 * std::fabs(numbers[n]);
        if (fits) {
            found.start = std::move(*start);
            return true;
        }
    }
    found.bias = std::move(numbers);
    return true;
}

std::optional<IntegerOperands> of_dequantised(Lowering& lowering, const Node& node, size_t columns,
                                              size_t axis) {
    const CodedView* x = lowering.codes(node.inputs[0]);
    if (x == nullptr) return std::nullopt;
    IntegerOperands found{.x = x->view, .dtype = x->type.dtype, .zero = x->type.zero};
    if (!take_dequantised_weights(lowering, node.inputs[1], columns, axis, found)) return std::nullopt;
    for (float& scale : found.scale) scale *= x->type.scale;
    float beta = 1;
    if (node.op->name == "gemm") {
        const graph::AttrReader attrs(*node.op, node.attrs);
        const auto alpha = static_cast<float>(attrs.number("alpha"));
        for (float& scale : found.scale) scale *= alpha;
        beta = static_cast<float>(attrs.number("beta"));
    }
    if (!take_bias(lowering, operand(node, 2), beta, found)) return std::nullopt;
    return found;
}

// --- conv_integer, matmul_integer

std::optional<IntegerOperands> of_sums(Lowering& lowering, const Node& node, size_t columns) {
    IntegerOperands found{.x = lowering.view(node.inputs[0]), .dtype = lowering.dtype(node.inputs[0])};
    if (!take_weights(lowering, node.inputs[1], operand(node, 3), columns, found)) return std::nullopt;
    const ValueId zero = operand(node, 2);
    if (zero == kNoValue || lowering.constant(zero) != nullptr) {
        const auto number = single(lowering, zero);
        if (!number) return std::nullopt;
        found.zero = static_cast<int32_t>(*number);
    } else {
        if (element_count(lowering.shape(zero)) != 1) return std::nullopt;
        found.run_zero = lowering.view(zero);
    }
    return found;
}

// --- qlinear_conv, qlinear_matmul

std::optional<IntegerOperands> of_quantised(Lowering& lowering, const Node& node, size_t columns) {
    IntegerOperands found{.x = lowering.view(node.inputs[0]), .dtype = lowering.dtype(node.inputs[0])};
    const auto x_scale = single(lowering, node.inputs[1]), x_zero = single(lowering, node.inputs[2]),
               y_scale = single(lowering, node.inputs[6]), y_zero = single(lowering, node.inputs[7]);
    auto scale = column_numbers<float>(lowering, node.inputs[4], columns, 1);
    if (!x_scale || !x_zero || !y_scale || !y_zero || !scale || !(*y_scale > 0)) return std::nullopt;
    if (!take_weights(lowering, node.inputs[3], node.inputs[5], columns, found)) return std::nullopt;
    found.zero = static_cast<int32_t>(*x_zero);
    for (float& s : *scale) s = static_cast<float>(double{s} * *x_scale);
    found.scale = std::move(*scale);
    found.codes = Quantized{lowering.dtype(node.outputs[0]), static_cast<int32_t>(*y_zero),
                            static_cast<float>(*y_scale)};
    if (const ValueId bias = operand(node, 8); bias != kNoValue) {
        auto start = column_numbers<int32_t>(lowering, bias, columns, 0);
        if (!start) return std::nullopt;
        found.start = std::move(*start);
    }
    return found;
}

}  // namespace

std::optional<IntegerOperands> integer_operands(Lowering& lowering, const Node& node, size_t columns,
                                                size_t axis) {
    const std::string_view op = node.op->name;
    if (op.starts_with("qlinear")) return of_quantised(lowering, node, columns);
    if (op.ends_with("_integer")) return of_sums(lowering, node, columns);
    return of_dequantised(lowering, node, columns, axis);
}

}  // namespace lathe::run::cpu
