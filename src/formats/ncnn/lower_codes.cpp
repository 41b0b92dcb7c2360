// Products of i8 codes, as quantize_linear and dequantize_linear around them spell them out.
#include <algorithm>
#include <cmath>

#include "formats/ncnn/lowering.h"

namespace lathe::formats::ncnn {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

// The scales of a quantize_linear or dequantize_linear around 0. Nothing: they are computed, or codes lie around another
// zero point.
std::optional<std::vector<double>> scales_around_zero(const Graph& graph, const Node& node) {
    const auto& scale = graph[node.inputs[1]].constant;
    if (!scale) return std::nullopt;
    if (node.inputs.size() > 2 && node.inputs[2] != kNoValue) {
        const auto& zero = graph[node.inputs[2]].constant;
        if (!zero) return std::nullopt;
        for (const int64_t point : zero->to_ints())
            if (point != 0) return std::nullopt;
    }
    return scale->to_doubles();
}

bool is_node(const Node* node, std::string_view name) { return node != nullptr && node->op->name == name; }

}  // namespace

std::optional<Tensor> Lowering::weight_of(ValueId id) const {
    if (graph_[id].constant) return graph_[id].constant;
    const Node* wide = producer(id);
    if (!is_node(wide, "dequantize_linear")) return std::nullopt;
    std::vector<const Tensor*> operands;
    std::vector<Tensor> held;
    held.reserve(wide->inputs.size());
    for (const ValueId input : wide->inputs) {
        if (input == kNoValue) {
            operands.push_back(nullptr);
            continue;
        }
        if (!graph_[input].constant) return std::nullopt;
        held.push_back(graph_[input].constant->to_contiguous());
        operands.push_back(&held.back());
    }
    auto results = graph::evaluate(*wide->op, wide->attrs, operands, 1);
    if (!results) return std::nullopt;
    return std::move((*results)[0]);
}

std::optional<Int8> Lowering::integers(const Node& node) const {
    const Node *x = producer(node.inputs[0]), *w = producer(node.inputs[1]);
    if (!is_node(x, "dequantize_linear") || !is_node(w, "dequantize_linear")) return std::nullopt;
    const Node* narrow = producer(x->inputs[0]);
    if (!is_node(narrow, "quantize_linear") || graph_[x->inputs[0]].dtype != DType::kI8 ||
        graph_[w->inputs[0]].dtype != DType::kI8 || !graph_[w->inputs[0]].constant)
        return std::nullopt;
    const auto of_x = scales_around_zero(graph_, *x), of_w = scales_around_zero(graph_, *w);
    if (!of_x || of_x->size() != 1 || !of_w) return std::nullopt;
    return Int8{*of_w, (*of_x)[0], narrow->inputs[0]};
}

Int8 Int8::grouped(int64_t outputs, int64_t groups) const {
    std::vector<double> largest(static_cast<size_t>(groups), 0);
    for (int64_t o = 0; o < outputs; ++o) {
        double& of_group = largest[static_cast<size_t>(o / (outputs / groups))];
        of_group = std::max(of_group, weight_scales[weight_scales.size() == 1 ? 0 : static_cast<size_t>(o)]);
    }
    return {std::move(largest), input_scale, input};
}

Weight Int8::codes(const Tensor& weight) const {
    const auto values = weight.to_doubles();
    const size_t row = std::max<size_t>(values.size() / weight_scales.size(), 1);
    std::vector<int64_t> codes(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
        const double scale = weight_scales[i / row];
        codes[i] = scale == 0 ? 0 : std::clamp<int64_t>(std::llround(values[i] / scale), -127, 127);
    }
    return {tensor_from_ints(DType::kI8, weight.shape(), codes), true};
}

std::vector<Weight> Int8::scales() const {
    std::vector<double> inverse;
    for (const double scale : weight_scales) inverse.push_back(scale == 0 ? 0 : 1 / scale);
    return {Lowering::plain(inverse), Lowering::plain(std::vector<double>{1 / input_scale})};
}

}  // namespace lathe::formats::ncnn
