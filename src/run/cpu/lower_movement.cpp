// Operators that only move elements.
#include <algorithm>
#include <limits>

#include "graph/contexts.h"
#include "run/cpu/lowering.h"

namespace lathe::run::cpu {
namespace {

using graph::Ints;
using graph::kNoValue;
using graph::Node;

Result<bool> slice(Lowering& lowering, const Node& node) {
    for (size_t i = 1; i < node.inputs.size(); ++i)
        if (node.inputs[i] != kNoValue && lowering.constant(node.inputs[i]) == nullptr) return false;
    View view = lowering.any_view(node.inputs[0]);
    TRY(const Ints starts, lowering.ints(node, "starts"));
    TRY(Ints axes, lowering.ints(node, "axes"));
    TRY(Ints steps, lowering.ints(node, "steps"));
    if (axes.empty())
        for (size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<int64_t>(i));
    if (steps.empty()) steps.assign(starts.size(), 1);
    TRY(const auto places, graph::normal_axes(axes, static_cast<int>(view.rank())));
    const Shape& result = lowering.shape(node.outputs[0]);
    for (size_t i = 0; i < places.size(); ++i) {
        const auto axis = static_cast<size_t>(places[i]);
        const int64_t size = view.shape[axis];
        int64_t first = starts[i] < 0 ? std::max(starts[i], -size - 1) + size : starts[i];
        first = steps[i] > 0 ? std::clamp<int64_t>(first, 0, size) : std::clamp<int64_t>(first, -1, size - 1);
        view.offset += std::max<int64_t>(0, first) * view.strides[axis];
        view.strides[axis] *= steps[i];
    }
    view.shape = result;
    lowering.define_moved(node.inputs[0], node.outputs[0], std::move(view));
    return true;
}

Result<bool> split(Lowering& lowering, const Node& node) {
    if (node.inputs.size() > 1 && node.inputs[1] != kNoValue && lowering.constant(node.inputs[1]) == nullptr)
        return false;
    View view = lowering.any_view(node.inputs[0]);
    TRY(const int place,
        graph::normal_axis(std::get<int64_t>(*node.attrs.find("axis")), static_cast<int>(view.rank())));
    const auto axis = static_cast<size_t>(place);
    for (const graph::ValueId id : node.outputs) {
        if (id == kNoValue) return false;
        view.shape = lowering.shape(id);
        lowering.define_moved(node.inputs[0], id, view);
        view.offset += view.shape[axis] * view.strides[axis];
    }
    return true;
}

}  // namespace

void Lowering::add_copy(const View& from, const View& to, DType dtype, std::string what) {
    // Axes of size 1 left out, those merged that both sides have side by side, the fastest of the output last.
    struct Axis {
        int64_t size, from, to;
    };
    std::vector<Axis> axes;
    for (size_t i = 0; i < from.rank(); ++i)
        if (from.shape[i] != 1) axes.push_back({from.shape[i], from.strides[i], to.strides[i]});
    std::ranges::stable_sort(axes, [](const Axis& a, const Axis& b) { return a.to > b.to; });
    for (size_t i = axes.size(); i-- > 1;) {
        Axis& outer = axes[i - 1];
        const Axis& inner = axes[i];
        if (outer.from != inner.from * inner.size || outer.to != inner.to * inner.size) continue;
        outer = {outer.size * inner.size, inner.from, inner.to};
        axes.erase(axes.begin() + static_cast<std::ptrdiff_t>(i));
    }
    while (axes.size() < 2) axes.insert(axes.begin(), {1, 0, 0});
    Copy copy{.element_bytes = static_cast<size_t>(bits_of(dtype)) / 8};
    // Copies of more axes than the kernel takes run once for each index of the first ones.
    const size_t extra = axes.size() > kMaxCopyRank ? axes.size() - kMaxCopyRank : 0;
    copy.rank = axes.size() - extra;
    for (size_t i = 0; i < copy.rank; ++i) {
        copy.shape[i] = axes[extra + i].size;
        copy.from_strides[i] = axes[extra + i].from;
        copy.to_strides[i] = axes[extra + i].to;
    }
    std::vector<std::pair<int64_t, int64_t>> starts{{0, 0}};
    for (size_t i = 0; i < extra; ++i) {
        std::vector<std::pair<int64_t, int64_t>> more;
        for (const auto& [a, b] : starts)
            for (int64_t k = 0; k < axes[i].size; ++k)
                more.emplace_back(a + k * axes[i].from, b + k * axes[i].to);
        starts = std::move(more);
    }
    const double bytes = static_cast<double>(bytes_of(dtype, element_count(from.shape)));
    StepTime description{
        .node = "", .op = std::move(what), .kernel = "copy", .output = from.shape, .bytes = 2 * bytes};
    const Kernels& table = kernels();
    const auto rows = static_cast<size_t>(copy.shape[0]);
    const size_t pieces = bytes < 65536 ? 1 : std::min<size_t>(rows, 16);
    add_step(std::move(description), {from, to}, [=, &table](const Run& run) -> Status {
        run.threads.parallel_for(pieces * starts.size(), [&](size_t task) {
            const auto& [a, b] = starts[task / pieces];
            const size_t piece = task % pieces;
            Copy one = copy;
            const auto size = static_cast<int64_t>(copy.element_bytes);
            one.from = run.bases[from.buffer] + (from.offset + a) * size;
            one.to = run.bases[to.buffer] + (to.offset + b) * size;
            table.copy(one, rows * piece / pieces, rows * (piece + 1) / pieces);
        });
        return {};
    });
}

Result<bool> lower_movement(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const std::string_view op = node.op->name;
    if (bits_of(lowering.dtype(node.inputs[0])) % 8 != 0) return false;
    if (op == "slice") return slice(lowering, node);
    if (op == "split") return split(lowering, node);
    if (node.outputs.size() != 1) return false;  // dropout's mask
    const Shape& shape = lowering.shape(node.outputs[0]);
    View view = lowering.any_view(node.inputs[0]);
    if (op == "transpose") {
        Ints perm = std::get<Ints>(*node.attrs.find("perm"));
        if (perm.empty())
            for (size_t i = view.rank(); i-- > 0;) perm.push_back(static_cast<int64_t>(i));
        View turned{view.buffer, view.offset, shape, Shape(view.rank())};
        for (size_t i = 0; i < perm.size(); ++i)
            turned.strides[i] = view.strides[static_cast<size_t>(perm[i])];
        lowering.define_moved(node.inputs[0], node.outputs[0], std::move(turned));
        return true;
    }
    if (op == "expand") {
        lowering.define_moved(node.inputs[0], node.outputs[0], broadcast_to(view, shape));
        return true;
    }
    auto other = reshaped(view, shape);
    if (!other)
        other = reshaped(lowering.dense(view, row_major(view.rank()), lowering.element_type(node.inputs[0])),
                         shape);
    lowering.define_moved(node.inputs[0], node.outputs[0], std::move(*other));
    return true;
}

Result<bool> lower_concat(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const DType dtype = lowering.dtype(node.outputs[0]);
    if (bits_of(dtype) % 8 != 0) return false;
    const Shape& shape = lowering.shape(node.outputs[0]);
    TRY(const int place,
        graph::normal_axis(std::get<int64_t>(*node.attrs.find("axis")), static_cast<int>(shape.size())));
    const auto axis = static_cast<size_t>(place);
    Order order = row_major(shape.size());
    for (const graph::ValueId id : node.inputs)
        if (lowering.constant(id) == nullptr)
            if (const auto own = dense_order(lowering.view(id))) {
                order = *own;
                break;
            }
    const View whole = lowering.new_view(shape, order, dtype);
    View part = whole;
    for (const graph::ValueId id : node.inputs) {
        part.shape = lowering.shape(id);
        if (element_count(part.shape) > 0) lowering.add_copy(lowering.view(id), part, dtype, "concat");
        part.offset += part.shape[axis] * part.strides[axis];
    }
    lowering.define(node.outputs[0], whole);
    return true;
}

}  // namespace lathe::run::cpu
