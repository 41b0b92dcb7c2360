// Operators that move elements without computing: shapes, axes, parts.
#include <algorithm>

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

Status lower_reshape(NodeView& n) {
    n.emit("Reshape", 1, {{"special_zero", flag_text(!n.flag("allowzero"))}},
           {n.source(0), n.sizes("shape")});
    return {};
}

// [a, b, c, …] as [a·b…, c·…]; -1 for the side that is not known, 0 where it is a size of the input.
Status lower_flatten(NodeView& n) {
    Ints sizes;
    bool rest = false;
    for (size_t i = 0; i < 2; ++i) {
        const Dim& size = n.shape_out()[i];
        const bool stays = i < n.shape_in(0).size() && size == n.shape_in(0)[i];
        if (!size.constant() && !stays && std::exchange(rest, true))
            return fail("both of its sizes stay open; fix one (--fix)");
        sizes.push_back(size.constant() ? *size.constant() : stays ? 0 : -1);
    }
    const bool empty = std::ranges::find(n.shape_out(), Dim(0)) != n.shape_out().end();
    n.emit("Reshape", 1, {{"special_zero", flag_text(!empty)}}, {n.source(0), n.lowering.ints(sizes)});
    return {};
}

Status lower_squeeze(NodeView& n) {
    TRY(Ints axes, n.ints("axes"));
    if (axes.empty())
        for (int i = 0; i < n.rank_in(0); ++i)
            if (n.shape_in(0)[static_cast<size_t>(i)] == Dim(1)) axes.push_back(i);
    n.emit("Squeeze", 1, {}, {n.source(0), n.lowering.ints(axes)});
    return {};
}

Status lower_unsqueeze(NodeView& n) {
    TRY(const Ints axes, n.ints("axes"));
    n.emit("Unsqueeze", 1, {}, {n.source(0), n.lowering.ints(axes)});
    return {};
}

Status lower_transpose(NodeView& n) {
    Ints perm = n.list("perm");
    if (perm.empty())
        for (int i = n.rank_in(0); i-- > 0;) perm.push_back(i);
    n.emit("Transpose", 1, {}, {n.source(0), n.lowering.ints(perm)});
    return {};
}

// The value itself; an output gets a name of its own by a Convert to the same type.
Status lower_identity(NodeView& n) {
    n.lowering.place(n.out(), n.source(0));
    return {};
}
bool dropout_fits(const Graph&, const Node& node) {
    const bool mask = node.outputs.size() > 1 && node.outputs[1] != kNoValue;
    const bool training = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
    return !mask && !training && !*std::get_if<bool>(node.attrs.find("training_mode"));
}

Status lower_expand(NodeView& n) {
    n.emit("Broadcast", 3, {{"mode", "bidirectional"}}, {n.source(0), n.sizes("shape")});
    return {};
}

Status lower_tile(NodeView& n) {
    n.emit("Tile", 1, {}, {n.source(0), n.sizes("repeats")});
    return {};
}

Status lower_concat(NodeView& n) {
    TRY(const int axis, n.axis("axis", n.rank_in(0)));
    std::vector<Source> parts;
    for (size_t i = 0; i < n.node.inputs.size(); ++i) parts.push_back(n.source(i));
    n.emit("Concat", 1, {{"axis", std::to_string(axis)}}, std::move(parts));
    return {};
}

Status lower_split(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int axis, n.axis("axis", n.rank_in(0)));
    Ints lengths;
    Source given;
    std::vector<Output> outputs;
    for (size_t i = 0; i < n.node.outputs.size(); ++i) {
        const bool wanted = n.wants(i);
        if (!wanted) return fail("one of its parts has no name");
        outputs.push_back(n.result(i));
        lengths.push_back(n.shape_out(i)[static_cast<size_t>(axis)].constant().value_or(-1));
    }
    if (std::ranges::count(lengths, -1) > 1) {
        if (!n.has(1)) return fail("more than one of its lengths stays open; fix them (--fix)");
        given = n.sizes("split");
    } else {
        given = l.ints(lengths);
    }
    const int layer =
        l.add_many("VariadicSplit", 1, {}, {n.source(0), l.integer(axis), given}, std::move(outputs));
    for (size_t i = 0; i < n.node.outputs.size(); ++i) l.place(n.out(i), {layer, static_cast<int>(i)});
    return {};
}

Status lower_slice(NodeView& n) {
    Lowering& l = n.lowering;
    const Source starts = n.sizes("starts"), ends = n.sizes("ends");
    const auto count = l.output(starts).shape[0].constant();
    if (!count) return fail("how many axes it cuts stays open");
    Ints axes;
    for (int64_t i = 0; i < *count; ++i) axes.push_back(i);
    const Source where = n.given("axes") ? n.sizes("axes") : l.ints(axes);
    const Source steps = n.given("steps") ? n.sizes("steps") : l.ints(Ints(static_cast<size_t>(*count), 1));
    n.emit("Slice", 8, {}, {n.source(0), starts, ends, steps, where});
    return {};
}

Status lower_pad(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const Ints pads, n.ints("pads"));
    TRY(const Ints some, n.ints("axes"));
    const auto rank = static_cast<size_t>(n.rank_in(0));
    Ints begin(rank, 0), end(rank, 0);
    const size_t count = some.empty() ? rank : some.size();
    if (pads.size() != 2 * count) return fail("it has {} pads for {} axes", pads.size(), count);
    for (size_t i = 0; i < count; ++i) {
        int axis = static_cast<int>(i);
        if (!some.empty()) {
            TRY(axis, graph::normal_axis(some[i], n.rank_in(0)));
        }
        begin[static_cast<size_t>(axis)] = pads[i];
        end[static_cast<size_t>(axis)] = pads[count + i];
    }
    const std::string mode = n.string("mode");
    std::vector<Source> inputs{n.source(0), l.ints(begin), l.ints(end)};
    if (mode == "constant") {
        const auto value = n.has(2) ? l.known(n.in(2)) : std::nullopt;
        if (value) inputs.push_back(l.number(n.dtype_in(0), value->to_doubles()[0]));
        else if (n.has(2)) inputs.push_back(l.reshape(n.source(2), {}));
        else inputs.push_back(l.number(n.dtype_in(0), n.number("constant_value")));
    }
    const bool negative = std::ranges::any_of(pads, [](int64_t p) { return p < 0; });
    n.emit("Pad", negative ? 12 : 1, {{"pad_mode", mode}}, std::move(inputs));
    return {};
}
bool pad_fits(const Graph& graph, const Node& node) {
    const bool folded =
        node.inputs.size() < 2 || node.inputs[1] == kNoValue || graph[node.inputs[1]].constant;
    return folded && *std::get_if<std::string>(node.attrs.find("mode")) != "wrap" &&
           graph[node.inputs[0]].dtype != DType::kBool && !graph[node.inputs[0]].shape.empty();
}

// ---- sizes

Status lower_shape_of(NodeView& n) {
    Lowering& l = n.lowering;
    const auto rank = static_cast<int64_t>(n.rank_in(0));
    const auto clamped = [&](int64_t at) { return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank); };
    const int64_t start = clamped(n.integer("start")), end = std::max(start, clamped(n.integer("end")));
    Source y = l.add("ShapeOf", 3, {{"output_type", "i64"}}, {n.source(0)}, {DType::kI64, {Dim(rank)}, {}});
    if (start != 0 || end != rank)
        y = l.add("Slice", 8, {}, {y, l.ints({start}), l.ints({end}), l.ints({1}), l.ints({0})}, n.result());
    l.place(n.out(), y);
    return {};
}

Status lower_size_of(NodeView& n) {
    Lowering& l = n.lowering;
    const Source shape =
        l.add("ShapeOf", 3, {{"output_type", "i64"}}, {n.source(0)}, {DType::kI64, {Dim(n.rank_in(0))}, {}});
    n.emit("ReduceProd", 1, {{"keep_dims", "false"}}, {shape, l.ints({0})});
    return {};
}

Status lower_constant_of_shape(NodeView& n) {
    n.emit("Broadcast", 3, {{"mode", "numpy"}},
           {n.lowering.number(n.result().dtype, n.number("value")), n.sizes("shape")});
    return {};
}

Status lower_range(NodeView& n) {
    n.emit("Range", 4, {{"output_type", std::string(element_name(n.result().dtype))}},
           {n.source(0), n.source(1), n.source(2)});
    return {};
}

Status lower_reverse_sequence(NodeView& n) {
    n.emit("ReverseSequence", 1,
           {{"batch_axis", std::to_string(n.integer("batch_axis"))},
            {"seq_axis", std::to_string(n.integer("time_axis"))}},
           {n.source(0), n.source(1)});
    return {};
}

constexpr LowerRow kMoveLowerings[] = {{"reshape", lower_reshape},
                                       {"flatten", lower_flatten},
                                       {"squeeze", lower_squeeze},
                                       {"unsqueeze", lower_unsqueeze},
                                       {"transpose", lower_transpose},
                                       {"identity", lower_identity},
                                       {"dropout", lower_identity, dropout_fits},
                                       {"expand", lower_expand},
                                       {"tile", lower_tile},
                                       {"concat", lower_concat},
                                       {"split", lower_split},
                                       {"slice", lower_slice},
                                       {"pad", lower_pad, pad_fits},
                                       {"shape_of", lower_shape_of},
                                       {"size_of", lower_size_of},
                                       {"constant_of_shape", lower_constant_of_shape},
                                       {"range", lower_range},
                                       {"reverse_sequence", lower_reverse_sequence}};

}  // namespace

std::span<const LowerRow> move_lowerings() { return kMoveLowerings; }

}  // namespace lathe::formats::openvino
