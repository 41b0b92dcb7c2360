#include <algorithm>
#include <cmath>
#include <map>

#include "graph/contexts.h"
#include "ops/ops.h"
#include "passes/precision.h"

namespace lathe::passes {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

struct QuantizedWeight {
    Tensor codes;               // the weight's shape, u8 or i8
    std::vector<double> scale;  // per output channel
};

// The largest code. Signed weights take 7 bits: without VNNI, x86 adds pairs of u8*i8 products in 16 bits that saturate
// (255*127*2 > 32767), and ONNX Runtime's results are then wrong.
double largest_code(DType dtype, bool exact_sums) { return dtype == DType::kU8 || exact_sums ? 127 : 63; }

// Symmetric codes of a weight whose output channels lie along `axis`.
QuantizedWeight quantize_weight(const Tensor& weight, size_t axis, DType dtype, double most) {
    const auto values = weight.to_doubles();
    const Shape& shape = weight.shape();
    int64_t inner = 1;
    for (size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
    const auto channels = static_cast<size_t>(shape[axis]);
    const auto channel = [&](size_t i) { return i / static_cast<size_t>(inner) % channels; };
    std::vector<double> largest(channels, 0), scale(channels, 1);
    for (size_t i = 0; i < values.size(); ++i)
        largest[channel(i)] = std::max(largest[channel(i)], std::fabs(values[i]));
    for (size_t c = 0; c < channels; ++c)
        if (largest[c] > 0) scale[c] = static_cast<double>(static_cast<float>(largest[c] / most));
    std::vector<int64_t> codes(values.size());
    for (size_t i = 0; i < values.size(); ++i)
        codes[i] =
            static_cast<int64_t>(std::clamp(std::nearbyint(values[i] / scale[channel(i)]), -most, most)) +
            (dtype == DType::kU8 ? 128 : 0);
    return {tensor_from_ints(dtype, shape, codes), std::move(scale)};
}

class QuantizePass {
public:
    QuantizePass(Graph graph, const QuantizeOptions& options) : graph_(std::move(graph)), options_(options) {}

    Result<Graph> run(std::vector<std::string>& notes) {
        std::vector<Node> old = std::move(graph_.nodes);
        graph_.nodes.clear();
        int64_t done = 0, products = 0, weights = 0, quantised_weights = 0;
        for (Node& node : old) {
            const std::optional<Tensor> weight = weight_of(node);
            if (weight) {
                ++products;
                weights += weight->count();
            }
            if (!weight || !wanted(node, *weight)) {
                graph_.nodes.push_back(std::move(node));
                continue;
            }
            quantised_weights += weight->count();
            ++done;
            TRY_STATUS(with_place(
                node.op->name == "conv" ? quantise_conv(node, *weight) : quantise_matmul(node, *weight),
                node.name));
        }
        notes.push_back(format(
            "{} of {} products compute in 8 bits, with {:.1f} % of their weights", done, products,
            weights == 0 ? 0.0
                         : 100.0 * static_cast<double>(quantised_weights) / static_cast<double>(weights)));
        return graph::without_dead_code(std::move(graph_));
    }

private:
    // The f32 constant of a convolution or of a matrix product by a matrix.
    std::optional<Tensor> weight_of(const Node& node) const {
        const bool conv = node.op->name == "conv", matmul = node.op->name == "matmul";
        if ((!conv && !matmul) || node.inputs.size() < 2 || node.inputs[1] == kNoValue) return std::nullopt;
        const auto& constant = graph_[node.inputs[1]].constant;
        if (!constant || constant->dtype() != DType::kF32 || (matmul && constant->rank() != 2))
            return std::nullopt;
        return constant;
    }

    bool wanted(const Node& node, const Tensor& weight) const {
        const bool of_input = std::ranges::find(graph_.inputs, node.inputs[0]) != graph_.inputs.end();
        const bool kept = std::ranges::any_of(
            options_.keep_scopes, [&](const std::string& scope) { return node.name.starts_with(scope); });
        return !of_input && !kept && weight.count() >= options_.smallest;
    }

    Result<std::vector<ValueId>> add(std::string_view op, std::vector<ValueId> inputs, graph::Attrs attrs,
                                     const std::string& name, size_t outputs = 1) {
        TRY(const size_t node, graph::add_node(graph_, *ops::find_op(op), std::move(inputs), std::move(attrs),
                                               std::vector<std::string>(outputs, name), name));
        return graph_.nodes[node].outputs;
    }

    struct Activation {
        ValueId codes, scale, zero_point;
    };
    Result<Activation> quantised(ValueId x) {
        if (const auto it = activations_.find(x); it != activations_.end()) return it->second;
        TRY(const auto outputs, add("dynamic_quantize_linear", {x}, {}, graph_[x].name + "_quantised", 3));
        return activations_[x] = {outputs[0], outputs[1], outputs[2]};
    }

    ValueId zero_point(DType dtype) {
        const std::string name = dtype == DType::kU8 ? "weight_zero_u8" : "weight_zero_i8";
        const ValueId known = graph_.find(name);
        if (known != kNoValue) return known;
        return graph_.add_constant(
            name, tensor_from_ints(dtype, {}, std::vector<int64_t>{dtype == DType::kU8 ? 128 : 0}));
    }

    // result: i32 sums -> f32, times the scales (shape `scales`), plus an optional bias.
    Status finish(const Node& node, ValueId sums, const Activation& x, Tensor scales,
                  std::optional<Tensor> bias) {
        const std::string name = graph_[node.inputs[1]].name;  // a copy: constants move the values
        TRY(const auto f32, add("cast", {sums}, {{"to", DType::kF32}}, node.name));
        TRY(const auto factor,
            add("mul", {x.scale, graph_.add_constant(name + ".scale", std::move(scales))}, {}, node.name));
        TRY(auto result, add("mul", {f32[0], factor[0]}, {}, node.name));
        if (bias) {
            TRY(result, add("add", {result[0], graph_.add_constant(name + ".bias_8bit", *std::move(bias))},
                            {}, node.name));
        }
        // The last node makes the value that the product made.
        graph_.nodes.back().outputs[0] = node.outputs[0];
        return {};
    }

    Status quantise_conv(const Node& node, const Tensor& weight) {
        const DType dtype = options_.exact_sums ? options_.weights : DType::kU8;
        const QuantizedWeight q = quantize_weight(weight, 0, dtype, largest_code(dtype, options_.exact_sums));
        TRY(const Activation x, quantised(node.inputs[0]));
        const ValueId codes =
            graph_.add_constant(format("{}.{}", graph_[node.inputs[1]].name, lathe::name_of(dtype)), q.codes);
        TRY(const auto sums,
            add("conv_integer", {x.codes, codes, x.zero_point, zero_point(dtype)}, node.attrs, node.name));
        Shape per_channel(static_cast<size_t>(weight.rank()) - 1, 1);
        per_channel[0] = weight.dim(0);
        std::optional<Tensor> bias;
        if (node.inputs.size() > 2 && node.inputs[2] != kNoValue) {
            if (!graph_[node.inputs[2]].constant) return fail("its bias is no constant");
            bias = graph_[node.inputs[2]].constant->reshaped(per_channel);
        }
        return finish(node, sums[0], x, tensor_from_doubles(DType::kF32, per_channel, q.scale),
                      std::move(bias));
    }

    Status quantise_matmul(const Node& node, const Tensor& weight) {
        const QuantizedWeight q =
            quantize_weight(weight, 1, options_.weights, largest_code(options_.weights, options_.exact_sums));
        TRY(const Activation x, quantised(node.inputs[0]));
        const ValueId codes = graph_.add_constant(
            format("{}.{}", graph_[node.inputs[1]].name, lathe::name_of(options_.weights)), q.codes);
        TRY(const auto sums,
            add("matmul_integer", {x.codes, codes, x.zero_point, zero_point(options_.weights)}, {},
                node.name));
        return finish(node, sums[0], x, tensor_from_doubles(DType::kF32, {weight.dim(1)}, q.scale),
                      std::nullopt);
    }

    Graph graph_;
    const QuantizeOptions& options_;
    std::map<ValueId, Activation> activations_;
};

}  // namespace

Result<Graph> dynamic_quantize(Graph graph, const QuantizeOptions& options, std::vector<std::string>& notes) {
    return QuantizePass(std::move(graph), options).run(notes);
}

}  // namespace lathe::passes
