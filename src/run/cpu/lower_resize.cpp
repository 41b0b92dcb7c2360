// Resizing: nearest elements are taken by tables; linear and cubic are weighted sums of rows, an axis at a time.
#include <algorithm>

#include "graph/contexts.h"
#include "ops/interpolate.h"
#include "run/cpu/take_work.h"

namespace lathe::run::cpu {
namespace {

using graph::kNoValue;
using graph::Node;

View nearest(Lowering& lowering, const Group& group, const View& x, DType dtype,
             const ops::Resizing& resizing, bool& done) {
    AxisSources sources(x.rank());
    for (const ops::ResizedAxis& axis : resizing.axes) {
        auto& list = sources[static_cast<size_t>(axis.axis)].emplace();
        for (const ops::Taps& taps : axis.taps) list.push_back(taps.outside ? -1 : taps.taps[0].index);
    }
    const Tensor fill = Tensor::filled(dtype, {}, resizing.extrapolation);
    auto y = take_by_axes(lowering, group, x, dtype, sources, fill.storage());
    done = y.has_value();
    return done ? *y : x;
}

// Offsets and weights of a blend, tap after tap; elements of fewer taps have padding.
struct Tables {
    size_t taps = 0;
    View offsets, weights;
};
Tables tables_of(Lowering& lowering, const ops::ResizedAxis& axis, int64_t inner) {
    Tables tables;
    const size_t rows = axis.taps.size();
    for (const ops::Taps& taps : axis.taps) tables.taps = std::max(tables.taps, taps.taps.size());
    const HeapBytes offsets(std::max<size_t>(1, tables.taps * rows * sizeof(int32_t))), weights(offsets.size);
    auto* offset = reinterpret_cast<int32_t*>(offsets.data.get());
    auto* weight = reinterpret_cast<float*>(weights.data.get());
    for (size_t t = 0; t < tables.taps; ++t)
        for (size_t r = 0; r < rows; ++r, ++offset, ++weight) {
            const auto& taps = axis.taps[r].taps;
            const bool there = t < taps.size();
            *offset = there ? static_cast<int32_t>(taps[t].index * inner) : kPadding;
            *weight = there ? static_cast<float>(taps[t].weight) : 0.0f;
        }
    tables.offsets = lowering.constant_view({0}, offsets.freeze());
    tables.weights = lowering.constant_view({0}, weights.freeze());
    return tables;
}

// One axis of x, which is dense in that order.
View blend_axis(Lowering& lowering, const Group& group, const View& x, const Order& order,
                const ops::ResizedAxis& axis) {
    const AxisPlace place = place_of(x.shape, order, static_cast<size_t>(axis.axis));
    Shape shape = x.shape;
    shape[static_cast<size_t>(axis.axis)] = static_cast<int64_t>(axis.taps.size());
    const View y = lowering.new_view(shape, order, DType::kF32);
    const Tables tables = tables_of(lowering, axis, place.inner);
    const size_t rows = axis.taps.size(), columns = static_cast<size_t>(place.inner),
                 slices = static_cast<size_t>(place.outer),
                 pieces = pieces_of(rows, columns * sizeof(float), slices);
    const Blend base{.table_stride = static_cast<int64_t>(rows),
                     .taps = tables.taps,
                     .columns = columns,
                     .output_stride = place.inner};
    const Kernels& kernels = lowering.kernels();
    StepTime description = lowering.describe(group, format("blend {}", kernels.name));
    description.flops = 2 * static_cast<double>(tables.taps) * static_cast<double>(element_count(shape));
    description.bytes = 4 * static_cast<double>(element_count(shape) + element_count(x.shape));
    lowering.add_step(std::move(description), {x, y, tables.offsets, tables.weights},
                      [=, &kernels](const Run& run) -> Status {
                          run.threads.parallel_for(slices * pieces, [&](size_t task) {
                              const size_t slice = task / pieces, piece = task % pieces;
                              Blend one = base;
                              one.input =
                                  run.floats(x) + static_cast<int64_t>(slice) * place.size * place.inner;
                              one.output = run.floats(y) + slice * rows * columns;
                              one.offsets = run.at<int32_t>(tables.offsets);
                              one.weights = run.floats(tables.weights);
                              kernels.blend(one, rows * piece / pieces, rows * (piece + 1) / pieces);
                          });
                          return {};
                      });
    return y;
}

}  // namespace

Result<bool> lower_resize(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const DType dtype = lowering.dtype(node.inputs[0]);
    if (element_count(lowering.shape(node.outputs[0])) == 0 || bits_of(dtype) % 8 != 0) return false;
    for (size_t i = 1; i < node.inputs.size(); ++i)
        if (node.inputs[i] != kNoValue && lowering.constant(node.inputs[i]) == nullptr) return false;
    View x = lowering.view(node.inputs[0]);
    auto operands = lowering.constants_of(node);
    operands[0] = nullptr;
    graph::EvalContext context(*node.op, node.attrs, operands, 1, lowering.c.bindings);
    TRY(ops::Resizing resizing,
        with_place(ops::resizing_of(context, x.shape), format("node '{}' ({})", node.name, node.op->name)));
    if (resizing.nearest) {
        bool done = false;
        const View y = nearest(lowering, group, x, dtype, resizing, done);
        if (done) lowering.define(node.outputs[0], y);
        return done;
    }
    if (dtype != DType::kF32 || element_count(x.shape) >= INT32_MAX) return false;
    for (const ops::ResizedAxis& axis : resizing.axes)
        for (const ops::Taps& taps : axis.taps)
            if (taps.outside) return false;
    // Axes that get smaller go first: less is left for the others.
    const auto growth = [&](const ops::ResizedAxis& axis) {
        return static_cast<double>(axis.taps.size()) /
               static_cast<double>(x.shape[static_cast<size_t>(axis.axis)]);
    };
    std::ranges::stable_sort(resizing.axes, {}, growth);
    const Order order = dense_order(x).value_or(row_major(x.rank()));
    x = lowering.dense(x, order, dtype);
    for (const ops::ResizedAxis& axis : resizing.axes) x = blend_axis(lowering, group, x, order, axis);
    lowering.define(node.outputs[0], x);
    return true;
}

}  // namespace lathe::run::cpu
