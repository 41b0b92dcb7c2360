// Norms, softmax and reductions.
#include <algorithm>

#include "formats/coreml/lowering.h"

namespace lathe::formats::coreml {
namespace {

using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::Node;

bool wants_one(const Node& node) {
    for (size_t i = 1; i < node.outputs.size(); ++i)
        if (node.outputs[i] != graph::kNoValue) return false;
    return true;
}

size_t rank_of(const Graph& graph, const Node& node) { return graph[node.inputs[0]].shape.size(); }

bool all_constant(const Graph& graph, const Node& node) {
    return std::all_of(node.inputs.begin() + 1, node.inputs.end(), [&](graph::ValueId id) {
        return id == graph::kNoValue || graph[id].constant.has_value();
    });
}

// ---- norms: MIL's scales and shifts are constants

// Scale and shift have the sizes of the axes that are normalised.
bool layer_norm_fits(const Graph& graph, const Node& node) {
    const Dims& x = graph[node.inputs[0]].shape;
    const auto axis =
        graph::normal_axis(*std::get_if<int64_t>(node.attrs.find("axis")), static_cast<int>(x.size()));
    if (!axis || !wants_one(node) || !all_constant(graph, node) || x.size() > kMostRank) return false;
    const Dims sizes(x.begin() + *axis, x.end());
    return std::all_of(node.inputs.begin() + 1, node.inputs.end(),
                       [&](graph::ValueId id) { return id == graph::kNoValue || graph[id].shape == sizes; });
}

Status lower_mil_layer_norm(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int first, n.axis());
    std::vector<int64_t> axes;
    for (int i = first; i < n.rank_in(); ++i) axes.push_back(i);
    TRY(const std::string x, n.in(0));
    Arguments arguments{{"x", x}, {"axes", l.ints(axes)}};
    TRY(const std::string gamma, n.in(1));
    arguments.emplace_back("gamma", gamma);
    if (n.has(2)) {
        TRY(const std::string beta, n.in(2));
        arguments.emplace_back("beta", beta);
    }
    arguments.emplace_back("epsilon", l.number(n.number("epsilon")));
    return n.out("layer_norm", std::move(arguments));
}

bool batch_norm_fits(const Graph& graph, const Node& node) {
    const size_t rank = rank_of(graph, node);
    const bool* training = std::get_if<bool>(node.attrs.find("training_mode"));
    return wants_one(node) && all_constant(graph, node) && rank >= 3 && rank <= 5 &&
           (training == nullptr || !*training);
}

Status lower_mil_batch_norm(NodeView& n) {
    constexpr std::string_view kNames[] = {"x", "gamma", "beta", "mean", "variance"};
    Arguments arguments;
    for (const size_t i : {size_t{0}, size_t{3}, size_t{4}, size_t{1}, size_t{2}}) {
        TRY(const std::string value, n.in(i));
        arguments.emplace_back(kNames[i], value);
    }
    arguments.emplace_back("epsilon", n.lowering.number(n.number("epsilon")));
    return n.out("batch_norm", std::move(arguments));
}

bool instance_norm_fits(const Graph& graph, const Node& node) {
    const size_t rank = rank_of(graph, node);
    return all_constant(graph, node) && (rank == 3 || rank == 4);
}

Status lower_mil_instance_norm(NodeView& n) {
    TRY(const std::string x, n.in(0));
    TRY(const std::string gamma, n.in(1));
    TRY(const std::string beta, n.in(2));
    return n.out(
        "instance_norm",
        {{"x", x}, {"gamma", gamma}, {"beta", beta}, {"epsilon", n.lowering.number(n.number("epsilon"))}});
}

bool lrn_fits(const Graph& graph, const Node& node) {
    const size_t rank = rank_of(graph, node);
    return (rank == 3 || rank == 4) && *std::get_if<int64_t>(node.attrs.find("size")) % 2 == 1;
}

Status lower_mil_lrn(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const std::string x, n.in(0));
    return n.out("local_response_norm", {{"x", x},
                                         {"size", l.integer(n.integer("size"))},
                                         {"alpha", l.number(n.number("alpha"))},
                                         {"beta", l.number(n.number("beta"))},
                                         {"k", l.number(n.number("bias"))}});
}

Status lower_mil_softmax(NodeView& n) {
    TRY(const int axis, n.axis());
    TRY(const std::string x, n.in(0));
    return n.out("softmax", {{"x", x}, {"axis", n.lowering.integer(axis)}});
}

// ---- reductions

Status lower_mil_reduction(NodeView& n) {
    TRY(const graph::Ints given, n.ints("axes"));
    const int rank = n.rank_in();
    TRY(const std::vector<int> axes, graph::normal_axes(given, rank));
    if (rank == 0 || (axes.empty() && n.flag("noop_with_empty_axes"))) return n.same();
    std::vector<int64_t> reduced(axes.begin(), axes.end());
    if (reduced.empty())
        for (int i = 0; i < rank; ++i) reduced.push_back(i);
    TRY(const std::string x, n.in(0));
    return n.out(
        n.operation(),
        {{"x", x}, {"axes", n.lowering.ints(reduced)}, {"keep_dims", n.lowering.flag(n.flag("keepdims"))}});
}

// Without axes, the norms of single elements are no copies.
bool reduction_fits(const Graph& graph, const Node& node) {
    const graph::InferContext context(graph, node);
    const auto axes = context.ints("axes");
    return rank_of(graph, node) > 0 && (!axes || !axes->empty() || !context.flag("noop_with_empty_axes"));
}

Status lower_mil_arg(NodeView& n) {
    Lowering& l = n.lowering;
    if (n.flag("select_last_index")) return fail("Core ML gives the first of equal places only");
    TRY(const int axis, n.axis());
    TRY(const std::string x, n.in(0));
    Arguments arguments{{"x", x}, {"axis", l.integer(axis)}, {"keep_dims", l.flag(n.flag("keepdims"))}};
    if (l.version() >= 8) arguments.emplace_back("output_dtype", l.text("int32"));
    return n.out(n.operation(), std::move(arguments));
}

Status lower_mil_cumsum(NodeView& n) {
    Lowering& l = n.lowering;
    int64_t given = 0;
    if (n.has(1)) {
        const auto known = l.known(n.id(1));
        if (!known || known->count() != 1) return fail("its axis is computed while the network runs");
        given = known->to_ints()[0];
    } else {
        given = n.integer("axis");
    }
    TRY(const int axis, graph::normal_axis(given, n.rank_in()));
    TRY(const std::string x, n.in(0));
    return n.out("cumsum", {{"x", x},
                            {"axis", l.integer(axis)},
                            {"exclusive", l.flag(n.flag("exclusive"))},
                            {"reverse", l.flag(n.flag("reverse"))}});
}

// MIL's outputs are values and indices too.
Status lower_mil_top_k(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int axis, n.axis());
    TRY(const Shape k, fixed_shape({n.shape_out()[static_cast<size_t>(axis)]}, "the number of elements"));
    TRY(const std::string x, n.in(0));
    Arguments arguments{{"x", x},
                        {"k", l.integer(k[0])},
                        {"axis", l.integer(axis)},
                        {"ascending", l.flag(!n.flag("largest"))}};
    if (l.version() >= 7) {
        arguments.emplace_back("sort", l.flag(true));
        arguments.emplace_back("return_indices", l.flag(true));
    }
    if (l.version() >= 8) arguments.emplace_back("output_indices_dtype", l.text("int32"));
    TRY(const DType dtype, l.type_of(n.out_id()));
    std::vector<int64_t> shape;
    for (const Dim& dim : n.shape_out()) shape.push_back(dim.constant().value_or(kUnknownSize));
    const auto names =
        l.emit_many("topk", std::move(arguments),
                    {{l.hint(n.out_id()), {.element = info_of(dtype)->type, .shape = shape}},
                     {l.value(n.out_id()).name + "_indices", {.element = DataType::kI32, .shape = shape}}});
    l.place_result(n.out_id(0), {names[0], dtype, n.shape_out()});
    if (n.node.outputs.size() > 1) l.place_result(n.out_id(1), {names[1], DType::kI32, n.shape_out()});
    return {};
}

constexpr LowerRow kNormRows[] = {
    {"arg_max", lower_mil_arg},
    {"arg_min", lower_mil_arg},
    {"batch_norm", lower_mil_batch_norm, batch_norm_fits},
    {"cumsum", lower_mil_cumsum},
    {"instance_norm", lower_mil_instance_norm, instance_norm_fits},
    {"layer_norm", lower_mil_layer_norm, layer_norm_fits},
    {"lrn", lower_mil_lrn, lrn_fits},
    {"reduce_l1", lower_mil_reduction, reduction_fits},
    {"reduce_l2", lower_mil_reduction, reduction_fits},
    {"reduce_log_sum", lower_mil_reduction, reduction_fits},
    {"reduce_log_sum_exp", lower_mil_reduction, reduction_fits},
    {"reduce_max", lower_mil_reduction},
    {"reduce_mean", lower_mil_reduction},
    {"reduce_min", lower_mil_reduction},
    {"reduce_prod", lower_mil_reduction},
    {"reduce_sum", lower_mil_reduction},
    {"reduce_sum_square", lower_mil_reduction, reduction_fits},
    {"softmax", lower_mil_softmax},
    {"top_k", lower_mil_top_k},
};

}  // namespace

std::span<const LowerRow> norm_lowerings() { return kNormRows; }

}  // namespace lathe::formats::coreml
