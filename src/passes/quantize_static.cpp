#include "passes/quantize_static.h"

#include <algorithm>
#include <cmath>

#include "graph/contexts.h"
#include "ops/ops.h"
#include "passes/static_plan.h"
#include "passes/weight_codes.h"

namespace lathe::passes {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

constexpr double kLargestF8 = 448, kLargestBias = 2147483520;  // the largest f32 below 2^31

struct CodeRange {
    double low, high;
};
CodeRange codes_of(DType dtype, bool symmetric) {
    if (dtype == DType::kU8) return {0, 255};
    return {symmetric ? -127.0 : -128.0, 127};
}

struct Scale {
    float scale = 1;
    int64_t zero_point = 0;
};

// The codes that cover [low, high], with one for 0.
Scale scale_of(const Range& range, const StaticOptions& options) {
    const double low = std::min(range.low, 0.0), high = std::max(range.high, 0.0);
    const double largest = std::max(-low, high);
    if (!(largest > 0)) return {};
    if (options.activations == DType::kF8E4M3) return {static_cast<float>(largest / kLargestF8), 0};
    const CodeRange codes = codes_of(options.activations, options.symmetric);
    if (options.symmetric) return {static_cast<float>(largest / codes.high), 0};
    auto scale = static_cast<float>((high - low) / (codes.high - codes.low));
    if (!(scale > 0)) return {};
    const double zero = std::nearbyint(codes.low - low / scale);
    // The largest code stands for no more than `high`: a clip at that value is then known to do nothing.
    const auto top = static_cast<float>(codes.high - zero);
    if (low == 0 && top * scale > static_cast<float>(high)) scale = std::nextafter(scale, 0.0f);
    return {scale, static_cast<int64_t>(std::clamp(zero, codes.low, codes.high))};
}

class StaticPass {
public:
    StaticPass(Graph graph, const StaticPlan& plan, const StaticOptions& options)
        : graph_(std::move(graph)), plan_(plan), options_(options) {
        const size_t values = graph_.values.size();
        scales_.resize(values);
        scale_ids_.assign(values, kNoValue);
        zero_ids_.assign(values, kNoValue);
        coded_.assign(values, kNoValue);
    }

    Result<Graph> run(const Ranges& ranges) {
        TRY_STATUS(find_scales(ranges));
        std::vector<Node> old = std::move(graph_.nodes);
        graph_.nodes.clear();
        for (const ValueId id : graph_.inputs) TRY_STATUS(add_codes(id));
        for (size_t i = 0; i < old.size(); ++i) {
            const std::vector<ValueId> outputs = old[i].outputs;
            const std::string name = old[i].name;
            const bool last = plan_.tail[plan_.head[i]] == i;
            TRY_STATUS(with_place(add(i, std::move(old[i])), name));
            // Results of nodes that were fused with what follows have no codes.
            for (const ValueId id : outputs)
                if (id != kNoValue && (last || !plan_.is_integer(i))) TRY_STATUS(add_codes(id));
        }
        name_outputs();
        return graph::without_dead_code(std::move(graph_));
    }

private:
    Status find_scales(const Ranges& ranges) {
        std::map<size_t, Range> groups;
        for (size_t v = 0; v < plan_.quantised.size(); ++v) {
            if (!plan_.quantised[v] || plan_.derived[v]) continue;
            const std::string& name = graph_.values[v].name;
            const auto found = ranges.find(name);
            if (found == ranges.end()) return fail("the range of the value '{}' is not known", name);
            const Range& range = found->second;
            if (!std::isfinite(range.low) || !std::isfinite(range.high) || range.low > range.high)
                return fail("the range of the value '{}' is [{}, {}]", name, range.low, range.high);
            auto [group, fresh] = groups.try_emplace(plan_.scale[v], range);
            group->second = {std::min(group->second.low, range.low),
                             std::max(group->second.high, range.high)};
        }
        for (size_t v = 0; v < plan_.quantised.size(); ++v)
            if (const auto group = groups.find(plan_.scale[v]); group != groups.end())
                scales_[v] = scale_of(group->second, options_);
        return {};
    }

    Result<ValueId> add_node(std::string_view op, std::vector<ValueId> inputs, graph::Attrs attrs,
                             const std::string& name) {
        TRY(const size_t node,
            graph::add_node(graph_, *ops::find_op(op), std::move(inputs), std::move(attrs), {name}, name));
        return graph_.nodes[node].outputs[0];
    }

    // The constants of a value's codes; values of one scale share them.
    void make_constants(size_t v) {
        const size_t group = plan_.scale[v];
        if (scale_ids_[group] == kNoValue) {
            const std::string name = graph_.values[v].name;
            const auto zero = static_cast<double>(scales_[v].zero_point);
            scale_ids_[group] = graph_.add_constant(name + ".scale", Tensor::scalar<float>(scales_[v].scale));
            zero_ids_[group] =
                graph_.add_constant(name + ".zero_point", Tensor::filled(options_.activations, {}, zero));
        }
        scale_ids_[v] = scale_ids_[group];
        zero_ids_[v] = zero_ids_[group];
    }

    // quantize_linear and dequantize_linear behind a value.
    Status add_codes(ValueId id) {
        const auto v = static_cast<size_t>(id);
        if (!plan_.quantised[v]) return {};
        make_constants(v);
        const std::string name = graph_[id].name;
        TRY(const ValueId codes,
            add_node("quantize_linear", {id, scale_ids_[v], zero_ids_[v]}, {}, name + ".codes"));
        TRY(coded_[v],
            add_node("dequantize_linear", {codes, scale_ids_[v], zero_ids_[v]}, {}, name + ".dequantized"));
        return {};
    }

    // What a node reads of `id`. Other operators read what codes hold only where a value has codes already.
    ValueId read(ValueId id, bool integer) const {
        if (id == kNoValue || static_cast<size_t>(id) >= coded_.size()) return id;
        const ValueId coded = coded_[static_cast<size_t>(id)];
        const bool codes = integer || plan_.from_integer[static_cast<size_t>(id)];
        return coded != kNoValue && codes ? coded : id;
    }

    Status add(size_t i, Node node) {
        const bool integer = plan_.integer[i];
        const ValueId x = node.inputs.empty() ? kNoValue : node.inputs[0];
        for (ValueId& id : node.inputs) id = read(id, integer);
        if (integer && plan_.roles[i] == Role::kProduct) TRY_STATUS(quantise_weights(node, x));
        graph_.nodes.push_back(std::move(node));
        return {};
    }

    static size_t channel_axis(const Node& node) {
        if (node.op->name == "conv") return 0;
        if (node.op->name == "matmul") return 1;
        return graph::AttrReader(*node.op, node.attrs).flag("transB") ? 0 : 1;
    }

    // The least scales with which the bias fits into 32 bits; where a channel's weights are all 0 only the bias counts.
    std::vector<float> scales_for(const Tensor& bias, float x_scale) const {
        const Tensor plain = bias.to(DType::kF32).to_contiguous();
        std::vector<float> least;
        for (const float b : plain.values<float>())
            least.push_back(static_cast<float>(std::fabs(double{b}) / (double{x_scale} * 0x1p30)));
        return least;
    }

    Status quantise_weights(Node& node, ValueId x) {
        const ValueId weight = node.inputs[1];
        const size_t axis = channel_axis(node);
        const float x_scale = scales_[static_cast<size_t>(x)].scale;
        const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
        const bool integer_bias = has_bias && options_.integer_bias && options_.activations != DType::kF8E4M3;
        std::vector<float> least;
        if (integer_bias) least = scales_for(*graph_[node.inputs[2]].constant, x_scale);
        TRY(const ChannelCodes coded,
            channel_codes(*graph_[weight].constant, axis, options_.weights, options_.reduce_range, least));
        const std::string name = graph_[weight].name;
        const Shape channels{static_cast<int64_t>(coded.scale.size())};
        const double zero = options_.weights == DType::kU8 ? 128 : 0;
        const ValueId codes =
            graph_.add_constant(format("{}.{}", name, name_of(options_.weights)), coded.codes);
        const ValueId scale =
            graph_.add_constant(name + ".scale", Tensor::of<float>(channels, std::span(coded.scale)));
        const ValueId zeros =
            graph_.add_constant(name + ".zero_point", Tensor::filled(options_.weights, channels, zero));
        const graph::Attrs along{{"axis", static_cast<int64_t>(axis)}};
        TRY(node.inputs[1], add_node("dequantize_linear", {codes, scale, zeros}, along, name));
        if (integer_bias) TRY_STATUS(quantise_bias(node, x_scale, coded.scale));
        return {};
    }

    Status quantise_bias(Node& node, float x_scale, const std::vector<float>& weight_scales) {
        const std::string name = graph_[node.inputs[2]].name;
        const Tensor bias = graph_[node.inputs[2]].constant->to(DType::kF32).to_contiguous();
        if (first_non_finite(bias) >= 0) return fail("its bias is not finite");
        std::vector<float> scales;
        std::vector<int64_t> codes;
        for (size_t c = 0; c < weight_scales.size(); ++c) {
            scales.push_back(x_scale * weight_scales[c]);
            const double code =
                scales[c] > 0 ? std::nearbyint(double{bias.values<float>()[c]} / scales[c]) : 0;
            codes.push_back(static_cast<int64_t>(std::clamp(code, -kLargestBias, kLargestBias)));
        }
        const Shape channels{static_cast<int64_t>(scales.size())};
        const ValueId stored =
            graph_.add_constant(name + ".i32", tensor_from_ints(DType::kI32, channels, codes));
        const ValueId scale =
            graph_.add_constant(name + ".scale", Tensor::of<float>(channels, std::span(scales)));
        TRY(node.inputs[2], add_node("dequantize_linear", {stored, scale}, {{"axis", int64_t{0}}}, name));
        return {};
    }

    // An output that has codes is what they hold, under its name.
    void name_outputs() {
        for (ValueId& id : graph_.outputs) {
            const ValueId coded = read(id, false);
            if (coded == id) continue;
            std::swap(graph_[id].name, graph_[coded].name);
            id = coded;
        }
    }

    Graph graph_;
    const StaticPlan& plan_;
    const StaticOptions& options_;
    // By value:
    std::vector<Scale> scales_;
    std::vector<ValueId> scale_ids_, zero_ids_, coded_;
};

std::vector<LayerPrecision> describe(const Graph& graph, const StaticPlan& plan,
                                     const StaticOptions& options) {
    std::vector<LayerPrecision> layers;
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        const auto weight = constant_weight(graph, node);
        if (!weight) continue;
        LayerPrecision layer{.name = node.name,
                             .op = std::string(node.op->name),
                             .precision = "fp32",
                             .weights = weight->count(),
                             .why = plan.why[i]};
        if (plan.integer[i]) layer.precision = options.activations == DType::kF8E4M3 ? "fp8" : "int8";
        else if (layer.why.empty()) layer.why = "there is no integer kernel for it";
        layers.push_back(std::move(layer));
    }
    return layers;
}

}  // namespace

Result<Graph> quantize_static(Graph graph, const Ranges& ranges, const StaticOptions& options,
                              std::vector<LayerPrecision>& layers) {
    TRY(const StaticPlan plan, plan_static(graph, options));
    layers = describe(graph, plan, options);
    return StaticPass(std::move(graph), plan, options).run(ranges);
}

Result<Graph> quantize_blocks(Graph graph, const BlockOptions& options, std::vector<LayerPrecision>& layers) {
    TRY_STATUS(check_patterns(graph, options.keep));
    layers.clear();
    std::vector<Node> old = std::move(graph.nodes);
    graph.nodes.clear();
    std::map<std::pair<ValueId, size_t>, ValueId> stored;
    for (Node& node : old) {
        const auto weight = constant_weight(graph, node);
        if (weight) {
            LayerPrecision layer{.name = node.name,
                                 .op = std::string(node.op->name),
                                 .precision = "fp32",
                                 .weights = weight->count()};
            const bool matrix = node.op->name == "matmul" || node.op->name == "gemm";
            if (!matrix) layer.why = "blocks are for matrices";
            else if (is_kept(node, options.keep)) layer.why = "kept";
            else layer.precision = options.dtype == DType::kI4 ? "int4" : "int8";
            if (layer.why.empty()) {
                const size_t axis =
                    node.op->name == "gemm" && graph::AttrReader(*node.op, node.attrs).flag("transB") ? 1 : 0;
                auto [known, fresh] = stored.try_emplace({node.inputs[1], axis}, kNoValue);
                if (fresh) {
                    TRY(const BlockCodes coded,
                        with_place(block_codes(*weight, axis, options.block, options.dtype), node.name));
                    const std::string name = graph[node.inputs[1]].name;
                    const ValueId codes =
                        graph.add_constant(format("{}.{}", name, name_of(options.dtype)), coded.codes);
                    const ValueId scale = graph.add_constant(name + ".scale", coded.scale);
                    TRY(const size_t made,
                        graph::add_node(graph, *ops::find_op("dequantize_linear"), {codes, scale},
                                        {{"axis", static_cast<int64_t>(axis)}, {"block_size", options.block}},
                                        {name}, name));
                    known->second = graph.nodes[made].outputs[0];
                }
                node.inputs[1] = known->second;
            }
            layers.push_back(std::move(layer));
        }
        graph.nodes.push_back(std::move(node));
    }
    return graph::without_dead_code(std::move(graph));
}

}  // namespace lathe::passes
