// Operators along one or a few axes: norms, softmax, reductions.
#include <algorithm>
#include <set>

#include "graph/contexts.h"
#include "run/cpu/lowering.h"

namespace lathe::run::cpu {
namespace {

using graph::Ints;
using graph::kNoValue;
using graph::Node;

constexpr size_t kTaskElements = 8192;

size_t rows_of_task(size_t columns) {
    return std::max<size_t>(1, kTaskElements / std::max<size_t>(1, columns));
}

bool is_f32(const Lowering& lowering, const Node& node) {
    return std::ranges::all_of(
        node.inputs, [&](graph::ValueId id) { return id == kNoValue || lowering.dtype(id) == DType::kF32; });
}

}  // namespace

Result<bool> lower_norm(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    if (!is_f32(lowering, node) || lowering.dtype(node.outputs[0]) != DType::kF32) return false;
    for (size_t i = 1; i < node.outputs.size(); ++i)
        if (node.outputs[i] != kNoValue) return false;
    const Shape& shape = lowering.shape(node.inputs[0]);
    TRY(const int axis,
        graph::normal_axis(std::get<int64_t>(*node.attrs.find("axis")), static_cast<int>(shape.size())));
    int64_t columns = 1;
    for (size_t i = static_cast<size_t>(axis); i < shape.size(); ++i) columns *= shape[i];
    const bool bias = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
    if (columns == 0 || element_count(lowering.shape(node.inputs[1])) != columns ||
        (bias && element_count(lowering.shape(node.inputs[2])) != columns))
        return false;
    // Along the last axis the others may lie in any order.
    View x = lowering.view(node.inputs[0]);
    Order order = row_major(shape.size());
    if (axis == static_cast<int>(shape.size()) - 1)
        if (const auto own = dense_order(x); own && own->back() == static_cast<size_t>(axis)) order = *own;
    x = lowering.dense(x, order, DType::kF32);
    const View y = lowering.new_view(shape, order, DType::kF32);
    lowering.define(node.outputs[0], y);
    std::vector<View> touched{x, y, lowering.row_major_view(node.inputs[1])};
    if (bias) touched.push_back(lowering.row_major_view(node.inputs[2]));
    Norm norm{.input_stride = columns,
              .columns = static_cast<size_t>(columns),
              .epsilon = static_cast<float>(std::get<double>(*node.attrs.find("epsilon"))),
              .centre = node.op->name == "layer_norm",
              .output_stride = columns};
    const auto rows = static_cast<size_t>(element_count(shape) / columns), step = rows_of_task(norm.columns);
    const Kernels& kernels = lowering.kernels();
    lowering.add_step(lowering.describe(group, "normalize"), touched,
                      [=, &kernels](const Run& run) mutable -> Status {
                          Norm one = norm;
                          one.input = run.floats(touched[0]);
                          one.output = run.floats(touched[1]);
                          one.scale = run.floats(touched[2]);
                          one.bias = bias ? run.floats(touched[3]) : nullptr;
                          run.threads.parallel_for((rows + step - 1) / step, [&](size_t task) {
                              kernels.normalize(one, task * step, std::min(rows, (task + 1) * step));
                          });
                          return {};
                      });
    return true;
}

Result<bool> lower_softmax(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    if (!is_f32(lowering, node)) return false;
    const Shape& shape = lowering.shape(node.inputs[0]);
    if (shape.empty() || element_count(shape) == 0) return false;
    TRY(const int place,
        graph::normal_axis(std::get<int64_t>(*node.attrs.find("axis")), static_cast<int>(shape.size())));
    const auto axis = static_cast<size_t>(place);
    View x = lowering.view(node.inputs[0]);
    const auto own = dense_order(x);
    const Order order = own && own->back() == axis ? *own : with_last(row_major(shape.size()), axis);
    x = lowering.dense(x, order, DType::kF32);
    const View y = lowering.new_view(shape, order, DType::kF32);
    lowering.define(node.outputs[0], y);
    const auto columns = static_cast<size_t>(shape[axis]);
    const size_t rows = static_cast<size_t>(element_count(shape)) / columns, step = rows_of_task(columns);
    const Kernels& kernels = lowering.kernels();
    lowering.add_step(lowering.describe(group, "softmax"), {x, y}, [=, &kernels](const Run& run) -> Status {
        const auto stride = static_cast<int64_t>(columns);
        run.threads.parallel_for((rows + step - 1) / step, [&](size_t task) {
            kernels.softmax(run.floats(x), stride, columns, run.floats(y), stride, task * step,
                            std::min(rows, (task + 1) * step));
        });
        return {};
    });
    return true;
}

namespace {

struct ReduceName {
    std::string_view op;
    Reduce::Kind kind;
};
constexpr ReduceName kReduceNames[] = {{"reduce_mean", Reduce::kMean},
                                       {"reduce_sum", Reduce::kSum},
                                       {"reduce_max", Reduce::kMax},
                                       {"reduce_min", Reduce::kMin},
                                       {"global_avg_pool", Reduce::kMean},
                                       {"global_max_pool", Reduce::kMax},
                                       {"reduce_sum_square", Reduce::kSumSquare}};

// The axes that go, or nothing where only the run will tell.
Result<std::optional<std::set<size_t>>> reduced_axes(const Lowering& lowering, const Node& node,
                                                     size_t rank) {
    std::set<size_t> axes;
    if (node.op->name.starts_with("global")) {
        for (size_t i = 2; i < rank; ++i) axes.insert(i);
        return axes;
    }
    if (node.inputs.size() > 1 && node.inputs[1] != kNoValue && lowering.constant(node.inputs[1]) == nullptr)
        return std::optional<std::set<size_t>>{};
    TRY(const Ints list, lowering.ints(node, "axes"));
    TRY(const auto normal, graph::normal_axes(list, static_cast<int>(rank)));
    for (const int axis : normal) axes.insert(static_cast<size_t>(axis));
    if (axes.empty() && !std::get<bool>(*node.attrs.find("noop_with_empty_axes")))
        for (size_t i = 0; i < rank; ++i) axes.insert(i);
    return axes;
}

}  // namespace

Result<bool> lower_reduce(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    if (lowering.dtype(node.inputs[0]) != DType::kF32) return false;
    const Shape& shape = lowering.shape(node.inputs[0]);
    TRY(const auto known, reduced_axes(lowering, node, shape.size()));
    if (!known || known->empty() || element_count(shape) == 0) return false;
    const std::set<size_t>& axes = *known;
    // In memory: axes that stay, then those that go, then others that stay.
    View x = lowering.view(node.inputs[0]);
    auto order = dense_order(x);
    const auto together = [&](const Order& o) {
        std::vector<size_t> places;
        for (size_t i = 0; i < o.size(); ++i)
            if (axes.contains(o[i]) && shape[o[i]] != 1) places.push_back(i);
        for (size_t i = 1; i < places.size(); ++i)
            for (size_t k = places[i - 1] + 1; k < places[i]; ++k)
                if (shape[o[k]] != 1) return false;
        return true;
    };
    if (!order || !together(*order)) {
        order = row_major(shape.size());
        for (const size_t axis : axes) order = with_last(*order, axis);
    }
    x = lowering.dense(x, *order, DType::kF32);
    int64_t count = 1, inner = 1;
    bool behind = false;
    for (const size_t axis : *order) {
        if (axes.contains(axis)) {
            count *= shape[axis];
            behind = behind || shape[axis] != 1;
            if (shape[axis] != 1) inner = 1;
        } else if (behind) inner *= shape[axis];
    }
    const int64_t outer = element_count(shape) / (count * inner);
    // The result lies in the same order; axes that are gone leave it.
    const Shape& result = lowering.shape(node.outputs[0]);
    Order result_order;
    if (result.size() == shape.size()) result_order = *order;
    else {
        std::vector<size_t> name(shape.size(), 0);
        for (size_t i = 0, next = 0; i < shape.size(); ++i)
            if (!axes.contains(i)) name[i] = next++;
        for (const size_t axis : *order)
            if (!axes.contains(axis)) result_order.push_back(name[axis]);
    }
    const View y = lowering.new_view(result, result_order, DType::kF32);
    lowering.define(node.outputs[0], y);
    const Reduce reduce{.kind = std::ranges::find(kReduceNames, node.op->name, &ReduceName::op)->kind,
                        .outer_stride = count * inner,
                        .stride = inner,
                        .count = static_cast<size_t>(count),
                        .inner = static_cast<size_t>(inner)};
    const auto rows = static_cast<size_t>(outer), wide = static_cast<size_t>(inner);
    const size_t step = rows_of_task(static_cast<size_t>(count * inner));
    // One row is shared out by columns.
    const size_t pieces =
        rows == 1 && count * inner > int64_t{kTaskElements} ? std::max<size_t>(1, wide / 64) : 1;
    const Kernels& kernels = lowering.kernels();
    lowering.add_step(lowering.describe(group, "reduce"), {x, y}, [=, &kernels](const Run& run) -> Status {
        run.threads.parallel_for((rows + step - 1) / step * pieces, [&](size_t task) {
            const size_t row = task / pieces * step, from = wide * (task % pieces) / pieces,
                         to = wide * (task % pieces + 1) / pieces;
            Reduce one = reduce;
            one.input = run.floats(x) + from;
            one.output = run.floats(y) + from;
            one.inner = to - from;
            kernels.reduce(one, row, std::min(rows, row + step));
        });
        return {};
    });
    return true;
}

}  // namespace lathe::run::cpu
