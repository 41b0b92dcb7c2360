// What looks along axes: reductions, norms, softmax.
#include <algorithm>

#include "base/check.h"
#include "formats/ncnn/lowering.h"

namespace lathe::formats::ncnn {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

// ---- reductions

// ncnn's number of the operation, in the row's cell as "0=3".
int operation_of(const NodeView& n) {
    const graph::Cell* cell = n.node.op->cell("ncnn", 1);
    CHECK(cell != nullptr && cell->fixed.starts_with("0="), n.node.op->name);
    int number = 0;
    for (const char c : cell->fixed.substr(2)) number = number * 10 + (c - '0');
    return number;
}

Status lower_reduction(NodeView& n) {
    Lowering& l = n.lowering;
    const Shape& in = n.shape_in(0);
    TRY(const graph::Ints given, n.ints("axes"));
    TRY(const std::vector<int> axes, graph::normal_axes(given, static_cast<int>(in.size())));
    std::vector<bool> gone(in.size(), axes.empty() && !n.flag("noop_with_empty_axes"));
    for (const int axis : axes) gone[static_cast<size_t>(axis)] = true;
    const int operation = operation_of(n);
    // The mean over height and width of one image.
    const auto natural = axes_to_keep(in);
    if (operation == 3 && in.size() == 4 && natural && natural->size() == 3 && !gone[1] && gone[2] &&
        gone[3]) {
        l.emit("Pooling", {l.in_shape(n.in(0), with_axes(in, *natural))}, {l.result_for(n.out(), {in[1]})},
               {{0, 1}, {4, 1}});
        return {};
    }
    Shape seen;
    std::vector<bool> reduced;
    if (natural) {
        seen = with_axes(in, *natural);
        for (const int axis : *natural) reduced.push_back(gone[static_cast<size_t>(axis)]);
    } else {
        std::vector<int> kinds;
        for (size_t i = 0; i < in.size(); ++i) kinds.push_back(in[i] == 1 ? -1 : gone[i] ? 1 : 0);
        seen = grouped(in, kinds);
        if (seen.size() > kMostAxes)
            return fail("it reduces {} separate groups of axes, and ncnn's blobs have at most 4",
                        seen.size());
        for (const int kind : kinds) reduced.push_back(kind == 1);
    }
    Ints places;
    Shape out;
    for (size_t i = 0; i < seen.size(); ++i) {
        if (reduced[i]) places.push_back(static_cast<int32_t>(i));
        out.push_back(reduced[i] ? 1 : seen[i]);
    }
    if (places.empty()) {  // no axis, or of one element: the operation on each
        Shape more = seen;
        if (more.size() == kMostAxes) return fail("it reduces no axis of several elements");
        more.push_back(1);
        places.push_back(static_cast<int32_t>(seen.size()));
        out.push_back(1);
        seen = more;
    }
    l.emit("Reduction", {l.in_shape(n.in(0), seen)}, {l.result_for(n.out(), out)},
           {{0, operation}, {1, 0}, {3, places}, {4, 1}, {5, 1}});
    return {};
}

Status lower_softmax(NodeView& n) {
    Lowering& l = n.lowering;
    const Shape& in = n.shape_in(0);
    TRY(const int axis, graph::normal_axis(n.integer("axis"), static_cast<int>(in.size())));
    Shape seen;
    int place = 1;
    if (const auto axes = axes_to_keep(in, axis)) {
        seen = with_axes(in, *axes);
        place = place_of(*axes, axis);
    } else {
        const auto at = in.begin() + axis;
        seen = {element_count(Shape(in.begin(), at)), *at, element_count(Shape(at + 1, in.end()))};
    }
    l.emit("Softmax", {l.in_shape(n.in(0), seen)}, {l.result_for(n.out(), seen)}, {{0, place}, {1, 1}});
    return {};
}

Status lower_cumsum(NodeView& n) {
    Lowering& l = n.lowering;
    const Shape& in = n.shape_in(0);
    if (n.flag("exclusive") || n.flag("reverse"))
        return fail("ncnn sums from the front, the element itself included");
    int64_t given = 0;
    if (n.has(1)) {
        const auto known = l.known(n.in(1));
        if (!known || known->count() != 1) return fail("its axis is computed while the network runs");
        given = known->to_ints()[0];
    } else {
        given = n.integer("axis");
    }
    TRY(const int axis, graph::normal_axis(given, static_cast<int>(in.size())));
    const auto axes = axes_to_keep(in, axis);
    if (!axes) return fail("it sums along one of {} axes, and ncnn's blobs have at most 4", in.size());
    const Shape seen = with_axes(in, *axes);
    l.emit("CumulativeSum", {l.in_shape(n.in(0), seen)}, {l.result_for(n.out(), seen)},
           {{0, place_of(*axes, axis)}});
    return {};
}

// ---- norms

bool one_result(const Node& node) {
    for (size_t i = 1; i < node.outputs.size(); ++i)
        if (node.outputs[i] != kNoValue) return false;
    return true;
}

// Norms of the last axes, with constant factors for each of their elements.
bool row_norm_fits(const Graph& graph, const Node& node) {
    if (!one_result(node) || !all_constant(graph, node, 1)) return false;
    const graph::Dims& x = graph[node.inputs[0]].shape;
    const auto axis =
        graph::normal_axis(std::get<int64_t>(*node.attrs.find("axis")), static_cast<int>(x.size()));
    if (!axis) return false;
    graph::Dims last(x.begin() + *axis, x.end());
    const auto matches = [&](ValueId id) { return graph::product(graph[id].shape) == graph::product(last); };
    for (size_t i = 1; i < node.inputs.size(); ++i)
        if (node.inputs[i] != kNoValue && !matches(node.inputs[i])) return false;
    return true;
}

Status lower_row_norm(NodeView& n) {
    Lowering& l = n.lowering;
    const bool rms = n.node.op->name == "rms_norm";
    const Shape& in = n.shape_in(0);
    TRY(const int axis, graph::normal_axis(n.integer("axis"), static_cast<int>(in.size())));
    const int64_t size = element_count(Shape(in.begin() + axis, in.end())), rows = element_count(in) / size;
    const auto natural = axes_to_keep(in);
    Shape seen = rows == 1 ? Shape{size} : Shape{rows, size};
    // Images whose channels lie last keep their three axes; rows of one element would be taken for something else.
    if (natural && axis + 1 == static_cast<int>(in.size()) && natural->size() <= 3 &&
        natural->back() == axis && size > 1)
        seen = with_axes(in, *natural);
    std::vector<Weight> weights;
    TRY(const Tensor scale, n.constant(1, "scale"));
    weights.push_back(Lowering::plain(scale));
    if (!rms) {
        Tensor bias = Tensor::filled(DType::kF32, {size}, 0);
        if (n.has(2)) {
            TRY(bias, n.constant(2, "bias"));
        }
        weights.push_back(Lowering::plain(bias));
    }
    const int x = l.in_shape(n.in(0), seen);
    l.emit(rms ? "RMSNorm" : "LayerNorm", {x}, {l.result_for(n.out(), seen)},
           {{0, static_cast<int32_t>(size)}, {1, static_cast<float>(n.number("epsilon"))}, {2, 1}},
           std::move(weights));
    return {};
}

// [1, C, …] as [C, the rest].
bool channel_norm_fits(const Graph& graph, const Node& node) {
    const graph::Dims& x = graph[node.inputs[0]].shape;
    return one_result(node) && all_constant(graph, node, 1) && x.size() >= 2 && x[0] == graph::Dim(1) &&
           graph[node.inputs[1]].shape == graph::Dims{x[1]};
}

Shape as_channels(const Shape& in) {
    if (in.size() == 4) return Shape(in.begin() + 1, in.end());
    return {in[1], 1, element_count(in) / in[1]};
}

Status lower_channel_norm(NodeView& n) {
    Lowering& l = n.lowering;
    const Shape seen = as_channels(n.shape_in(0));
    TRY(const Tensor scale, n.constant(1, "scale"));
    TRY(const Tensor bias, n.constant(2, "bias"));
    const auto channels = static_cast<int32_t>(seen[0]);
    const auto epsilon = static_cast<float>(n.number("epsilon"));
    const std::vector<Weight> weights{Lowering::plain(scale), Lowering::plain(bias)};
    const int x = l.in_shape(n.in(0), seen), y = l.result_for(n.out(), seen);
    if (n.node.op->name == "group_norm")
        l.emit("GroupNorm", {x}, {y},
               {{0, static_cast<int32_t>(n.integer("num_groups"))}, {1, channels}, {2, epsilon}, {3, 1}},
               weights);
    else l.emit("InstanceNorm", {x}, {y}, {{0, channels}, {1, epsilon}, {2, 1}}, weights);
    return {};
}

bool batch_norm_fits(const Graph& graph, const Node& node) {
    return channel_norm_fits(graph, node) && !std::get<bool>(*node.attrs.find("training_mode"));
}

Status lower_batch_norm(NodeView& n) {
    Lowering& l = n.lowering;
    const Shape seen = as_channels(n.shape_in(0));
    std::vector<Weight> weights;  // as ncnn reads them: scale, mean, variance, bias
    for (const size_t operand : {size_t{1}, size_t{3}, size_t{4}, size_t{2}}) {
        TRY(const Tensor data, n.constant(operand, "statistics"));
        weights.push_back(Lowering::plain(data));
    }
    l.emit("BatchNorm", {l.in_shape(n.in(0), seen)}, {l.result_for(n.out(), seen)},
           {{0, static_cast<int32_t>(seen[0])}, {1, static_cast<float>(n.number("epsilon"))}},
           std::move(weights));
    return {};
}

constexpr LowerRow kReduceRows[] = {
    {"batch_norm", lower_batch_norm, batch_norm_fits},
    {"cumsum", lower_cumsum},
    {"group_norm", lower_channel_norm, channel_norm_fits},
    {"instance_norm", lower_channel_norm, channel_norm_fits},
    {"layer_norm", lower_row_norm, row_norm_fits},
    {"reduce_l1", lower_reduction},
    {"reduce_l2", lower_reduction},
    {"reduce_log_sum", lower_reduction},
    {"reduce_max", lower_reduction},
    {"reduce_mean", lower_reduction},
    {"reduce_min", lower_reduction},
    {"reduce_prod", lower_reduction},
    {"reduce_sum", lower_reduction},
    {"reduce_sum_square", lower_reduction},
    {"rms_norm", lower_row_norm, row_norm_fits},
    {"softmax", lower_softmax},
};

}  // namespace

std::span<const LowerRow> reduce_lowerings() { return kReduceRows; }

}  // namespace lathe::formats::ncnn
