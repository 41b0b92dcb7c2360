// Operators that take elements from where tables say: pad, tile, gather, depth_to_space and space_to_depth.
#include <algorithm>

#include "graph/contexts.h"
#include "ops/index.h"
#include "ops/move.h"
#include "run/cpu/take_work.h"

namespace lathe::run::cpu {
namespace {

using graph::Ints;
using graph::kNoValue;
using graph::Node;

bool whole_bytes(DType dtype) {
    const auto bits = bits_of(dtype);
    return dtype != DType::kString && (bits == 8 || bits == 16 || bits == 32 || bits == 64);
}

// Lists that change nothing are left out.
AxisSources without_identities(const std::vector<Ints>& lists, const Shape& shape) {
    AxisSources sources(lists.size());
    for (size_t i = 0; i < lists.size(); ++i)
        if (lists[i] != ops::all_of_axis(shape[i])) sources[i] = lists[i];
    return sources;
}

Result<bool> pad(Lowering& lowering, const Group& group, const Node& node) {
    for (size_t i = 1; i < node.inputs.size(); ++i)
        if (node.inputs[i] != kNoValue && lowering.constant(node.inputs[i]) == nullptr) return false;
    const DType dtype = lowering.dtype(node.inputs[0]);
    const View x = lowering.view(node.inputs[0]);
    auto operands = lowering.constants_of(node);
    operands[0] = nullptr;
    graph::EvalContext context(*node.op, node.attrs, operands, 1, lowering.c.bindings);
    TRY(const auto lists,
        with_place(ops::pad_sources(context, x.shape), format("node '{}' (pad)", node.name)));
    const int place = node.op->input_index("constant_value");
    const bool given = static_cast<size_t>(place) < node.inputs.size() &&
                       node.inputs[static_cast<size_t>(place)] != kNoValue;
    if (given && lowering.constant(node.inputs[static_cast<size_t>(place)])->count() != 1) return false;
    const Tensor fill = given
                            ? lowering.constant(node.inputs[static_cast<size_t>(place)])->to_contiguous()
                            : Tensor::filled(dtype, {}, std::get<double>(*node.attrs.find("constant_value")));
    auto y = take_by_axes(lowering, group, x, dtype, without_identities(lists, x.shape), fill.storage());
    if (!y) return false;
    lowering.define(node.outputs[0], std::move(*y));
    return true;
}

Result<bool> tile(Lowering& lowering, const Group& group, const Node& node) {
    if (node.inputs.size() > 1 && node.inputs[1] != kNoValue && lowering.constant(node.inputs[1]) == nullptr)
        return false;
    const View x = lowering.view(node.inputs[0]);
    const Shape& shape = lowering.shape(node.outputs[0]);
    AxisSources sources(x.rank());
    for (size_t i = 0; i < x.rank(); ++i) {
        if (shape[i] == x.shape[i]) continue;
        sources[i].emplace();
        for (int64_t k = 0; k < shape[i]; ++k) sources[i]->push_back(k % x.shape[i]);
    }
    auto y = take_by_axes(lowering, group, x, lowering.dtype(node.inputs[0]), sources, {});
    if (!y) return false;
    lowering.define(node.outputs[0], std::move(*y));
    return true;
}

// The view with one axis taken apart into several, or several axes next to each other in the shape put together.
View with_axis_split(View view, size_t axis, const Shape& sizes) {
    int64_t step = view.strides[axis];
    Shape strides(sizes.size());
    for (size_t i = sizes.size(); i-- > 0;) {
        strides[i] = step;
        step *= sizes[i];
    }
    const auto at = static_cast<std::ptrdiff_t>(axis);
    view.shape.erase(view.shape.begin() + at);
    view.strides.erase(view.strides.begin() + at);
    view.shape.insert(view.shape.begin() + at, sizes.begin(), sizes.end());
    view.strides.insert(view.strides.begin() + at, strides.begin(), strides.end());
    return view;
}

Result<bool> gather_known(Lowering& lowering, const Group& group, const Node& node, size_t axis) {
    const Tensor indices = lowering.constant(node.inputs[1])->to_contiguous();
    const View x = lowering.view(node.inputs[0]);
    TRY(const Ints list,
        with_place(ops::normal_indices(indices, x.shape[axis]), format("node '{}' (gather)", node.name)));
    AxisSources sources(x.rank());
    sources[axis] = list;
    std::optional<View> y;
    // Evenly spaced indices are another view.
    const int64_t first = list.empty() ? 0 : list[0], step = list.size() > 1 ? list[1] - list[0] : 1;
    bool even = !list.empty();
    for (size_t i = 0; i < list.size(); ++i) even = even && list[i] == first + step * static_cast<int64_t>(i);
    if (even) {
        y = x;
        y->offset += first * x.strides[axis];
        y->strides[axis] *= step;
        y->shape[axis] = static_cast<int64_t>(list.size());
    } else y = take_by_axes(lowering, group, x, lowering.dtype(node.inputs[0]), sources, {});
    if (!y) return false;
    lowering.define(node.outputs[0], with_axis_split(std::move(*y), axis, indices.shape()));
    return true;
}

// Numbers of an index operand as table entries in [0, size); the first that lies outside, if any does.
template <class T>
std::optional<int64_t> to_table(const T* indices, size_t count, int64_t size, int32_t* table) {
    for (size_t i = 0; i < count; ++i) {
        const auto index = static_cast<int64_t>(indices[i]);
        if (index < -size || index >= size) return index;
        table[i] = static_cast<int32_t>(index < 0 ? index + size : index);
    }
    return std::nullopt;
}

Result<bool> gather_at_run(Lowering& lowering, const Group& group, const Node& node, size_t axis) {
    const DType dtype = lowering.dtype(node.inputs[0]), index_type = lowering.dtype(node.inputs[1]);
    View x = lowering.view(node.inputs[0]);
    if (x.shape[axis] >= INT32_MAX) return false;
    const Order order = row_major(x.rank());
    x = lowering.dense(x, order, dtype);
    const View indices = lowering.row_major_view(node.inputs[1]);
    const View y = lowering.new_view(lowering.shape(node.outputs[0]),
                                     row_major(lowering.shape(node.outputs[0]).size()), dtype);
    lowering.define(node.outputs[0], y);
    const auto count = static_cast<size_t>(element_count(indices.shape));
    const View table = lowering.scratch_floats(count);  // of int32
    const AxisPlace place = place_of(x.shape, order, axis);
    const Take base{.element_bytes = static_cast<size_t>(bits_of(dtype)) / 8,
                    .inner = static_cast<size_t>(place.inner),
                    .stride = place.inner};
    const auto slices = static_cast<size_t>(place.outer);
    const size_t row_bytes = base.inner * base.element_bytes, pieces = pieces_of(count, row_bytes, slices);
    const Kernels& kernels = lowering.kernels();
    lowering.add_step(
        lowering.describe(group, "take"), {x, indices, y, table},
        [=, &kernels, name = node.name](const Run& run) -> Status {
            auto* rows = run.at<int32_t>(table);
            const auto outside = index_type == DType::kI64
                                     ? to_table(run.at<int64_t>(indices), count, place.size, rows)
                                     : to_table(run.at<int32_t>(indices), count, place.size, rows);
            if (outside)
                return fail("node '{}' (gather): the index {} is outside [-{}, {})", name, *outside,
                            place.size, place.size);
            run.threads.parallel_for(slices * pieces, [&](size_t task) {
                const size_t slice = task / pieces, piece = task % pieces;
                Take one = base;
                const auto from = static_cast<int64_t>(slice) * place.size * place.inner;
                one.from = run.bases[x.buffer] + (x.offset + from) * static_cast<int64_t>(base.element_bytes);
                one.to = run.bases[y.buffer] + slice * count * row_bytes;
                one.index = rows;
                kernels.take(one, count * piece / pieces, count * (piece + 1) / pieces);
            });
            return {};
        });
    return true;
}

Result<bool> gather(Lowering& lowering, const Group& group, const Node& node) {
    TRY(const int axis, graph::normal_axis(std::get<int64_t>(*node.attrs.find("axis")),
                                           static_cast<int>(lowering.shape(node.inputs[0]).size())));
    if (lowering.constant(node.inputs[1]) != nullptr)
        return gather_known(lowering, group, node, static_cast<size_t>(axis));
    return gather_at_run(lowering, group, node, static_cast<size_t>(axis));
}

// [N, C, H, W] and blocks of b x b pixels: the channels of a block become its pixels, or the other way round.
Result<bool> rearrange(Lowering& lowering, const Group&, const Node& node) {
    const View x = lowering.view(node.inputs[0]);
    if (x.rank() != 4) return false;
    const int64_t block = std::get<int64_t>(*node.attrs.find("blocksize"));
    const DType dtype = lowering.dtype(node.inputs[0]);
    const Shape& shape = lowering.shape(node.outputs[0]);
    View split;
    std::vector<size_t> order;
    if (node.op->name == "space_to_depth") {
        split = with_axis_split(with_axis_split(x, 3, {shape[3], block}), 2, {shape[2], block});
        order = {0, 3, 5, 1, 2, 4};
    } else if (std::get<std::string>(*node.attrs.find("mode")) == "DCR") {
        split = with_axis_split(x, 1, {block, block, shape[1]});
        order = {0, 3, 4, 1, 5, 2};
    } else {
        split = with_axis_split(x, 1, {shape[1], block, block});
        order = {0, 1, 4, 2, 5, 3};
    }
    View turned{split.buffer, split.offset, Shape(6), Shape(6)};
    for (size_t i = 0; i < 6; ++i) {
        turned.shape[i] = split.shape[order[i]];
        turned.strides[i] = split.strides[order[i]];
    }
    // The result as an image whose channels lie together, and the place of every axis of `turned` in it.
    const View y = lowering.new_view(shape, channels_last(4), dtype);
    View target = node.op->name == "space_to_depth"
                      ? with_axis_split(y, 1, {block, block, x.shape[1]})
                      : with_axis_split(with_axis_split(y, 3, {x.shape[3], block}), 2, {x.shape[2], block});
    if (element_count(shape) > 0) lowering.add_copy(turned, target, dtype, std::string(node.op->name));
    lowering.define(node.outputs[0], y);
    return true;
}

}  // namespace

Result<bool> lower_take(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    if (!whole_bytes(lowering.dtype(node.inputs[0])) || element_count(lowering.shape(node.outputs[0])) == 0)
        return false;
    const std::string_view op = node.op->name;
    if (op == "pad") return pad(lowering, group, node);
    if (op == "tile") return tile(lowering, group, node);
    if (op == "gather") return gather(lowering, group, node);
    return rearrange(lowering, group, node);
}

}  // namespace lathe::run::cpu
