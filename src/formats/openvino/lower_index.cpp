// Operators that look elements up, order them or write them by index.
#include <algorithm>

#include "formats/known_tensor.h"
#include "formats/openvino/lowering.h"

namespace lathe::formats::openvino {
namespace {

using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::Ints;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

// Where an operator of OpenVINO does not count indices from the back, they must be known not to ask for that.
bool counts_forward(const Graph& graph, ValueId id) {
    const auto known = known_tensor(graph, id);
    return known && std::ranges::all_of(known->to_ints(), [](int64_t i) { return i >= 0; });
}

Status lower_gather(NodeView& n) {
    TRY(const int axis, n.axis("axis", n.rank_in(0)));
    n.emit("Gather", 8, {{"batch_dims", "0"}}, {n.source(0), n.source(1), n.lowering.integer(axis)});
    return {};
}

// indices, or where they are negative the size of the axis more.
Source forward_indices(NodeView& n, int axis) {
    Lowering& l = n.lowering;
    const ValueId id = n.in(1);
    if (counts_forward(l.graph(), id)) return l.of(id);
    const Data numpy = {{"auto_broadcast", "numpy"}};
    const Output like{l.value(id).dtype, l.shape(id), {}};
    const auto size = n.shape_in(0)[static_cast<size_t>(axis)].constant();
    Source count = l.number(like.dtype, static_cast<double>(size.value_or(0)));
    if (!size) {
        const Source shape = l.add("ShapeOf", 3, {{"output_type", "i64"}}, {n.source(0)},
                                   {DType::kI64, {Dim(n.rank_in(0))}, {}});
        count = l.add("Gather", 8, {{"batch_dims", "0"}}, {shape, l.integer(axis), l.integer(0)},
                      {DType::kI64, {}, {}});
        if (like.dtype != DType::kI64) count = l.convert(count, like.dtype);
    }
    const Source negative =
        l.add("Less", 1, numpy, {l.of(id), l.number(like.dtype, 0)}, {DType::kBool, like.shape, {}});
    const Source more = l.add("Add", 1, numpy, {l.of(id), count}, like);
    return l.add("Select", 1, numpy, {negative, more, l.of(id)}, like);
}

Status lower_gather_elements(NodeView& n) {
    TRY(const int axis, n.axis("axis", n.rank_in(0)));
    n.emit("GatherElements", 6, {{"axis", std::to_string(axis)}}, {n.source(0), forward_indices(n, axis)});
    return {};
}

Status lower_gather_nd(NodeView& n) {
    n.emit("GatherND", 8, {{"batch_dims", std::to_string(n.integer("batch_dims"))}},
           {n.source(0), n.source(1)});
    return {};
}
bool gather_nd_fits(const Graph& graph, const Node& node) { return counts_forward(graph, node.inputs[1]); }

std::string scatter_reduction(NodeView& n) {
    const std::string& name = n.string("reduction");
    return name == "add" ? "sum" : name == "mul" ? "prod" : name;
}

Status lower_scatter_elements(NodeView& n) {
    TRY(const int axis, n.axis("axis", n.rank_in(0)));
    n.emit("ScatterElementsUpdate", 12, {{"reduction", scatter_reduction(n)}, {"use_init_val", "true"}},
           {n.source(0), n.source(1), n.source(2), n.lowering.integer(axis)});
    return {};
}

Status lower_scatter_nd(NodeView& n) {
    std::vector<Source> inputs{n.source(0), n.source(1), n.source(2)};
    if (n.string("reduction") == "none" && counts_forward(n.lowering.graph(), n.in(1)))
        n.emit("ScatterNDUpdate", 3, {}, std::move(inputs));
    else n.emit("ScatterNDUpdate", 15, {{"reduction", scatter_reduction(n)}}, std::move(inputs));
    return {};
}

Status lower_one_hot(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int axis, n.axis("axis", n.rank_in(0) + 1));
    TRY(const Ints depth, n.ints("depth"));
    if (depth.size() != 1) return fail("its depth has {} numbers, expected one", depth.size());
    const auto& values = l.constant(n.in(2));
    const auto numbers = values->to_doubles();
    n.emit("OneHot", 1, {{"axis", std::to_string(axis)}},
           {l.as_i64(n.in(0)), l.integer(depth[0]), l.number(n.dtype_in(2), numbers[1]),
            l.number(n.dtype_in(2), numbers[0])});
    return {};
}
bool one_hot_fits(const Graph& graph, const Node& node) {
    return graph[node.inputs[2]].constant && is_integer(graph[node.inputs[0]].dtype) &&
           counts_forward(graph, node.inputs[0]) &&
           (node.inputs[1] == kNoValue || known_tensor(graph, node.inputs[1]));
}

Status lower_non_zero(NodeView& n) {
    n.emit("NonZero", 3, {{"output_type", "i64"}}, {n.source(0)});
    return {};
}

Status lower_cumsum(NodeView& n) {
    TRY(const Ints axis, n.ints("axis"));
    if (axis.size() != 1) return fail("its axis is {} numbers, expected one", axis.size());
    n.emit("CumSum", 3,
           {{"exclusive", flag_text(n.flag("exclusive"))}, {"reverse", flag_text(n.flag("reverse"))}},
           {n.source(0), n.lowering.integer(axis[0])});
    return {};
}
bool cumsum_fits(const Graph& graph, const Node& node) {
    return node.inputs.size() < 2 || node.inputs[1] == kNoValue || known_tensor(graph, node.inputs[1]);
}

Data top_k_data(int axis, bool largest, bool sorted) {
    return {{"axis", std::to_string(axis)},
            {"mode", largest ? "max" : "min"},
            {"sort", sorted ? "value" : "none"},
            {"index_element_type", "i64"},
            {"stable", flag_text(sorted)}};
}

Status lower_top_k(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int axis, n.axis("axis", n.rank_in(0)));
    Source k;
    if (n.has(1)) k = l.reshape(l.as_i64(n.in(1)), {});
    else k = l.integer(n.integer("k"));
    const int layer =
        l.add_many("TopK", 11, top_k_data(axis, n.flag("largest"), n.flag("sorted")), {n.source(0), k},
                   {{n.dtype_in(0), n.shape_out(n.wants(0) ? 0 : 1), {}},
                    {DType::kI64, n.shape_out(n.wants(0) ? 0 : 1), {}}});
    for (size_t i = 0; i < 2; ++i)
        if (n.wants(i)) l.place(n.out(i), {layer, static_cast<int>(i)});
    return {};
}

// The first of the best; TopK with stable = true keeps the order of equal ones.
template <bool largest>
Status lower_arg(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int axis, n.axis("axis", n.rank_in(0)));
    Dims kept = n.shape_in(0);
    kept[static_cast<size_t>(axis)] = Dim(1);
    const int layer = l.add_many("TopK", 11, top_k_data(axis, largest, true), {n.source(0), l.integer(1)},
                                 {{n.dtype_in(0), kept, {}}, {DType::kI64, kept, {}}});
    Source y{layer, 1};
    if (!n.flag("keepdims")) y = l.add("Squeeze", 1, {}, {y, l.ints({axis})}, n.result());
    l.place(n.out(), y);
    return {};
}
bool arg_fits(const Graph&, const Node& node) {
    return !*std::get_if<bool>(node.attrs.find("select_last_index"));
}

constexpr LowerRow kIndexLowerings[] = {{"gather", lower_gather},
                                        {"gather_elements", lower_gather_elements},
                                        {"gather_nd", lower_gather_nd, gather_nd_fits},
                                        {"scatter_elements", lower_scatter_elements},
                                        {"scatter_nd", lower_scatter_nd},
                                        {"one_hot", lower_one_hot, one_hot_fits},
                                        {"non_zero", lower_non_zero},
                                        {"cumsum", lower_cumsum, cumsum_fits},
                                        {"top_k", lower_top_k},
                                        {"arg_max", lower_arg<true>, arg_fits},
                                        {"arg_min", lower_arg<false>, arg_fits}};

}  // namespace

std::span<const LowerRow> index_lowerings() { return kIndexLowerings; }

}  // namespace lathe::formats::openvino
