// Elementwise operators, reductions, softmax and norms.
#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/openvino/lowering.h"

namespace lathe::formats::openvino {
namespace {

using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::Ints;
using graph::Node;
using graph::ValueId;

const Data kNumpy = {{"auto_broadcast", "numpy"}};

bool is_real(DType dtype) {
    return dtype == DType::kF32 || dtype == DType::kF16 || dtype == DType::kBF16 || dtype == DType::kF64;
}
bool on_reals(const Graph& graph, const Node& node) { return is_real(graph[node.inputs[0]].dtype); }

// A chain of two-operand layers: min, max, sum of many.
template <class Name>
Status chain(NodeView& n, Name type) {
    Lowering& l = n.lowering;
    Source so_far = n.source(0);
    if (n.node.inputs.size() == 1) {
        n.emit("Convert", 1, {{"destination_type", std::string(element_name(n.dtype_in(0)))}}, {so_far});
        return {};
    }
    for (size_t i = 1; i < n.node.inputs.size(); ++i) {
        TRY(const Dims shape, graph::broadcast(l.output(so_far).shape, n.shape_in(i)));
        so_far = l.add(type, 1, kNumpy, {so_far, n.source(i)}, {n.dtype_in(0), shape, {}});
    }
    l.place(n.out(), so_far);
    return {};
}
Status lower_min(NodeView& n) { return chain(n, "Minimum"); }
Status lower_max(NodeView& n) { return chain(n, "Maximum"); }
Status lower_sum(NodeView& n) { return chain(n, "Add"); }

Status lower_mean(NodeView& n) {
    if (n.node.inputs.size() == 1) return chain(n, "Add");
    Lowering& l = n.lowering;
    Source sum = n.source(0);
    for (size_t i = 1; i < n.node.inputs.size(); ++i) {
        TRY(const Dims shape, graph::broadcast(l.output(sum).shape, n.shape_in(i)));
        sum = l.add("Add", 1, kNumpy, {sum, n.source(i)}, {n.dtype_in(0), shape, {}});
    }
    n.emit("Divide", 1, {{"auto_broadcast", "numpy"}, {"m_pythondiv", "true"}},
           {sum, l.number(n.dtype_in(0), static_cast<double>(n.node.inputs.size()))});
    return {};
}

// Of whole numbers: rounded towards 0, as our rows do; m_pythondiv would round down.
Status lower_div(NodeView& n) {
    const bool whole = is_integer(n.dtype_in(0));
    n.emit("Divide", 1, {{"auto_broadcast", "numpy"}, {"m_pythondiv", flag_text(!whole)}},
           {n.source(0), n.source(1)});
    return {};
}

Status lower_mod(NodeView& n) {
    n.emit(n.flag("fmod") ? "Mod" : "FloorMod", 1, kNumpy, {n.source(0), n.source(1)});
    return {};
}

Status lower_pow(NodeView& n) {
    Source exponent = n.source(1);
    if (n.dtype_in(1) != n.dtype_in(0)) exponent = n.lowering.convert(exponent, n.dtype_in(0));
    n.emit("Power", 1, kNumpy, {n.source(0), exponent});
    return {};
}
bool pow_fits(const Graph& graph, const Node& node) {
    return is_real(graph[node.inputs[0]].dtype) || graph[node.inputs[0]].dtype == graph[node.inputs[1]].dtype;
}

Status lower_reciprocal(NodeView& n) {
    n.emit("Divide", 1, {{"auto_broadcast", "numpy"}, {"m_pythondiv", "true"}},
           {n.lowering.number(n.dtype_in(0), 1), n.source(0)});
    return {};
}

Status lower_round(NodeView& n) {
    n.emit("Round", 5, {{"mode", "half_to_even"}}, {n.source(0)});
    return {};
}

Status lower_elu(NodeView& n) {
    n.emit("Elu", 1, {{"alpha", number_text(n.number("alpha"))}}, {n.source(0)});
    return {};
}

Status lower_selu(NodeView& n) {
    Lowering& l = n.lowering;
    n.emit("Selu", 1, {},
           {n.source(0), l.number(n.dtype_in(0), n.number("alpha")),
            l.number(n.dtype_in(0), n.number("gamma"))});
    return {};
}

Status lower_hard_sigmoid(NodeView& n) {
    Lowering& l = n.lowering;
    n.emit(
        "HardSigmoid", 1, {},
        {n.source(0), l.number(n.dtype_in(0), n.number("alpha")), l.number(n.dtype_in(0), n.number("beta"))});
    return {};
}

Status lower_gelu(NodeView& n) {
    n.emit("Gelu", 7, {{"approximation_mode", n.string("approximate") == "tanh" ? "tanh" : "erf"}},
           {n.source(0)});
    return {};
}

Status lower_silu(NodeView& n) {
    const double alpha = n.number("alpha");
    std::vector<Source> inputs{n.source(0)};
    if (alpha != 1) inputs.push_back(n.lowering.number(n.dtype_in(0), alpha));
    n.emit("Swish", 4, {}, inputs);
    return {};
}

// OpenVINO's beta is not negative.
bool silu_fits(const Graph& graph, const Node& node) {
    return on_reals(graph, node) && *std::get_if<double>(node.attrs.find("alpha")) >= 0;
}

// A slope of one axis is per channel (axis 1) where it has as many elements, so all slopes get the operand's rank.
Status lower_prelu(NodeView& n) {
    Lowering& l = n.lowering;
    const size_t rank = std::max<size_t>(n.shape_in(0).size(), 1);
    Dims shape(rank - std::min(rank, n.shape_in(1).size()), Dim(1));
    shape.insert(shape.end(), n.shape_in(1).begin(), n.shape_in(1).end());
    Source slope;
    if (const auto sizes = graph::constant_shape(shape); sizes && l.constant(n.in(1)))
        slope = l.weight_of(n.in(1), *sizes);
    else slope = l.reshape(n.source(1), shape);
    n.emit("PReLU", 1, {}, {n.source(0), slope});
    return {};
}
bool prelu_fits(const Graph& graph, const Node& node) {
    const auto shape = graph::constant_shape(graph[node.inputs[1]].shape);
    return on_reals(graph, node) && shape && graph[node.inputs[0]].shape.size() > 1;
}

Status lower_leaky(NodeView& n) {
    Lowering& l = n.lowering;
    Source slope = l.number(n.dtype_in(0), n.number("alpha"));
    slope = l.reshape(slope, {Dim(1)});
    n.emit("PReLU", 1, {}, {n.source(0), slope});
    return {};
}

Result<double> bound(NodeView& n, size_t operand, std::string_view name) {
    if (!n.has(operand)) return n.number(name);
    const auto known = n.lowering.known(n.in(operand));
    if (!known || known->count() != 1) return std::numeric_limits<double>::quiet_NaN();
    return known->to_doubles()[0];
}

// Both bounds as numbers: Clamp. One, or computed ones: Maximum, then Minimum (which gives the upper bound where they cross).
Status lower_clip(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const double low, bound(n, 1, "min"));
    TRY(const double high, bound(n, 2, "max"));
    const DType dtype = n.dtype_in(0);
    if (std::isfinite(low) && std::isfinite(high) && low <= high && is_real(dtype)) {
        n.emit("Clamp", 1, {{"min", number_text(low)}, {"max", number_text(high)}}, {n.source(0)});
        return {};
    }
    Source y = n.source(0);
    const auto limit = [&](std::string_view type, size_t operand, double value) {
        if (!n.has(operand) && std::isinf(value)) return;
        const Source other = n.has(operand) ? n.source(operand) : l.number(dtype, value);
        y = l.add(type, 1, kNumpy, {y, other}, n.result());
    };
    limit("Maximum", 1, low);
    limit("Minimum", 2, high);
    if (y == n.source(0)) y = l.convert(y, dtype);
    l.place(n.out(), y);
    return {};
}

Status lower_is_inf(NodeView& n) {
    n.emit("IsInf", 10,
           {{"detect_negative", flag_text(n.flag("detect_negative"))},
            {"detect_positive", flag_text(n.flag("detect_positive"))}},
           {n.source(0)});
    return {};
}

Status lower_cast(NodeView& n) {
    const DType to = n.result().dtype;
    n.emit("Convert", 1, {{"destination_type", std::string(element_name(to))}}, {n.source(0)});
    return {};
}

Status lower_bit_shift(NodeView& n) {
    n.emit(n.string("direction") == "LEFT" ? "BitwiseLeftShift" : "BitwiseRightShift", 15, kNumpy,
           {n.source(0), n.source(1)});
    return {};
}

// ---- reductions

Result<Ints> reduced_axes(NodeView& n) {
    TRY(Ints axes, n.ints("axes"));
    TRY(const auto normal, graph::normal_axes(axes, n.rank_in(0)));
    axes.assign(normal.begin(), normal.end());
    if (axes.empty() && !n.flag("noop_with_empty_axes"))
        for (int i = 0; i < n.rank_in(0); ++i) axes.push_back(i);
    return axes;
}

struct ReduceName {
    std::string_view row, type;
    int opset;
};
constexpr ReduceName kReduceNames[] = {{"reduce_sum", "ReduceSum", 1},   {"reduce_mean", "ReduceMean", 1},
                                       {"reduce_max", "ReduceMax", 1},   {"reduce_min", "ReduceMin", 1},
                                       {"reduce_prod", "ReduceProd", 1}, {"reduce_l1", "ReduceL1", 4},
                                       {"reduce_l2", "ReduceL2", 4}};

Status lower_reduce(NodeView& n) {
    const auto name = std::ranges::find(kReduceNames, n.node.op->name, &ReduceName::row);
    TRY(const Ints axes, reduced_axes(n));
    n.emit(name->type, name->opset, {{"keep_dims", flag_text(n.flag("keepdims"))}},
           {n.source(0), n.lowering.ints(axes)});
    return {};
}

template <char kind>
Status lower_global(NodeView& n) {
    Ints axes;
    for (int i = 2; i < n.rank_in(0); ++i) axes.push_back(i);
    n.emit(kind == 'a' ? "ReduceMean" : "ReduceMax", 1, {{"keep_dims", "true"}},
           {n.source(0), n.lowering.ints(axes)});
    return {};
}

Status lower_softmax(NodeView& n) {
    TRY(const int axis, n.axis("axis", n.rank_in(0)));
    n.emit("SoftMax", 8, {{"axis", std::to_string(axis)}}, {n.source(0)});
    return {};
}
Status lower_log_softmax(NodeView& n) {
    TRY(const int axis, n.axis("axis", n.rank_in(0)));
    n.emit("LogSoftmax", 5, {{"axis", std::to_string(axis)}}, {n.source(0)});
    return {};
}
bool softmax_fits(const Graph& graph, const Node& node) { return !graph[node.inputs[0]].shape.empty(); }

// ---- norms

Source normalised(NodeView& n, const Ints& axes, double epsilon, std::string_view mode) {
    return n.lowering.add(
        "MVN", 6,
        {{"eps", number_text(epsilon)}, {"normalize_variance", "true"}, {"eps_mode", std::string(mode)}},
        {n.source(0), n.lowering.ints(axes)}, n.result());
}

// A scale or bias of the channels (axis 1), or, with channels = false, of the last axes.
Source aligned(NodeView& n, size_t operand, bool channels) {
    Lowering& l = n.lowering;
    if (!channels) return n.source(operand);
    Dims shape{n.shape_in(operand)[0]};
    for (int i = 2; i < n.rank_in(0); ++i) shape.emplace_back(1);
    const auto sizes = graph::constant_shape(shape);
    if (sizes && l.constant(n.in(operand))) return l.weight_of(n.in(operand), *sizes);
    return l.reshape(n.source(operand), shape);
}

Status scaled(NodeView& n, Source y, bool channels) {
    Lowering& l = n.lowering;
    y = l.add("Multiply", 1, kNumpy, {y, aligned(n, 1, channels)}, n.result());
    if (n.has(2)) y = l.add("Add", 1, kNumpy, {y, aligned(n, 2, channels)}, n.result());
    l.place(n.out(), y);
    return {};
}

Status lower_layer_norm(NodeView& n) {
    TRY(const int axis, n.axis("axis", n.rank_in(0)));
    Ints axes;
    for (int i = axis; i < n.rank_in(0); ++i) axes.push_back(i);
    return scaled(n, normalised(n, axes, n.number("epsilon"), "inside_sqrt"), false);
}
bool layer_norm_fits(const Graph& graph, const Node& node) {
    for (size_t i = 1; i < node.outputs.size(); ++i)
        if (node.outputs[i] != graph::kNoValue) return false;
    return graph[node.inputs[0]].dtype == DType::kF32;
}

Status lower_instance_norm(NodeView& n) {
    Ints axes;
    for (int i = 2; i < n.rank_in(0); ++i) axes.push_back(i);
    return scaled(n, normalised(n, axes, n.number("epsilon"), "inside_sqrt"), true);
}

Status lower_group_norm(NodeView& n) {
    n.emit("GroupNormalization", 12,
           {{"num_groups", std::to_string(n.integer("num_groups"))},
            {"epsilon", number_text(n.number("epsilon"))}},
           {n.source(0), n.source(1), n.source(2)});
    return {};
}

Status lower_batch_norm(NodeView& n) {
    n.emit("BatchNormInference", 5, {{"epsilon", number_text(n.number("epsilon"))}},
           {n.source(0), n.source(1), n.source(2), n.source(3), n.source(4)});
    return {};
}
bool batch_norm_fits(const Graph& graph, const Node& node) {
    return on_reals(graph, node) && graph[node.inputs[0]].dtype == graph[node.inputs[1]].dtype &&
           graph[node.inputs[0]].dtype == graph[node.inputs[3]].dtype &&
           graph[node.inputs[0]].shape.size() > 1 && !*std::get_if<bool>(node.attrs.find("training_mode"));
}

// OpenVINO's LRN divides alpha by the number of elements in the window, as ours does.
Status lower_lrn(NodeView& n) {
    n.emit("LRN", 1,
           {{"alpha", number_text(n.number("alpha"))},
            {"beta", number_text(n.number("beta"))},
            {"bias", number_text(n.number("bias"))},
            {"size", std::to_string(n.integer("size"))}},
           {n.source(0), n.lowering.ints({1})});
    return {};
}
bool lrn_fits(const Graph&, const Node& node) {
    return *std::get_if<int64_t>(node.attrs.find("size")) % 2 == 1;
}

constexpr LowerRow kMathLowerings[] = {
    {"min", lower_min},
    {"max", lower_max},
    {"sum", lower_sum},
    {"mean", lower_mean},
    {"div", lower_div},
    {"mod", lower_mod},
    {"pow", lower_pow, pow_fits},
    {"reciprocal", lower_reciprocal},
    {"round", lower_round},
    {"elu", lower_elu},
    {"selu", lower_selu},
    {"hard_sigmoid", lower_hard_sigmoid},
    {"gelu", lower_gelu},
    {"silu", lower_silu, silu_fits},
    {"prelu", lower_prelu, prelu_fits},
    {"leaky_relu", lower_leaky},
    {"clip", lower_clip},
    {"is_inf", lower_is_inf},
    {"cast", lower_cast},
    {"bit_shift", lower_bit_shift},
    {"reduce_sum", lower_reduce},
    {"reduce_mean", lower_reduce},
    {"reduce_max", lower_reduce},
    {"reduce_min", lower_reduce},
    {"reduce_prod", lower_reduce},
    {"reduce_l1", lower_reduce},
    {"reduce_l2", lower_reduce},
    {"global_avg_pool", lower_global<'a'>},
    {"global_max_pool", lower_global<'m'>},
    {"softmax", lower_softmax, softmax_fits},
    {"log_softmax", lower_log_softmax, softmax_fits},
    {"layer_norm", lower_layer_norm, layer_norm_fits},
    {"instance_norm", lower_instance_norm},
    {"group_norm", lower_group_norm},
    {"batch_norm", lower_batch_norm, batch_norm_fits},
    {"lrn", lower_lrn, lrn_fits},
};

}  // namespace

std::span<const LowerRow> math_lowerings() { return kMathLowerings; }

}  // namespace lathe::formats::openvino
