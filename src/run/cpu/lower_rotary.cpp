#include <algorithm>

#include "graph/contexts.h"
#include "run/cpu/lowering.h"

namespace lathe::run::cpu {
namespace {

using graph::kNoValue;
using graph::Node;

// A table of angles as [batch, heads, positions, half].
std::optional<View> table_view(Lowering& lowering, graph::ValueId id, const Shape& x, int64_t half) {
    View view = lowering.view(id);
    if (half > 1 && view.strides.back() != 1) view = lowering.row_major_view(id);
    if (view.rank() == 3) {
        view.shape.insert(view.shape.begin() + 1, 1);
        view.strides.insert(view.strides.begin() + 1, 0);
    }
    const Shape wide{x[0], x[1], x[2], half};
    for (size_t i = 0; i < 4; ++i)
        if (view.shape[i] != wide[i] && view.shape[i] != 1) return std::nullopt;
    return broadcast_to(view, wide);
}

}  // namespace

// Angles by position; where they are looked up by position_ids, the reference kernel serves.
Result<bool> lower_rotary(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const graph::AttrReader attrs(*node.op, node.attrs);
    if (node.inputs.size() > 3 && node.inputs[3] != kNoValue) return false;
    if (lowering.dtype(node.inputs[0]) != DType::kF32) return false;
    View x = lowering.view(node.inputs[0]);
    const Shape& shape = lowering.shape(node.inputs[0]);
    if (element_count(shape) == 0) return false;
    if (x.strides.back() != 1) x = lowering.row_major_view(node.inputs[0]);
    const bool merged = x.rank() == 3;
    const int64_t given_heads = attrs.integer("num_heads");
    if (merged) {
        auto split = by_heads(x, given_heads);
        x = split ? *split : *by_heads(lowering.row_major_view(node.inputs[0]), given_heads);
    }
    const int64_t batch = x.shape[0], heads = x.shape[1], positions = x.shape[2], size = x.shape[3],
                  part = attrs.integer("rotary_embedding_dim"), half = (part == 0 ? size : part) / 2;
    const auto cosine = table_view(lowering, node.inputs[1], x.shape, half),
               sine = table_view(lowering, node.inputs[2], x.shape, half);
    if (!cosine || !sine) return false;
    // Heads side by side, as products leave them, unless they come otherwise.
    const auto own = merged ? std::nullopt : dense_order(x);
    const View out = lowering.new_view(shape,
                                       merged                    ? row_major(3)
                                       : own && own->back() == 3 ? *own
                                                                 : Order{0, 2, 1, 3},
                                       DType::kF32);
    lowering.define(node.outputs[0], out);
    const View y = merged ? *by_heads(out, heads) : out;
    const Rotary rotary{.input_stride = x.strides[2],
                        .cosine_stride = cosine->strides[2],
                        .sine_stride = sine->strides[2],
                        .half = static_cast<size_t>(half),
                        .rest = static_cast<size_t>(size - 2 * half),
                        .interleaved = attrs.flag("interleaved"),
                        .output_stride = y.strides[2]};
    const Kernels& kernels = lowering.kernels();
    const auto rows = static_cast<size_t>(positions);
    constexpr size_t kRowsOfTask = 256;
    const size_t parts = (rows + kRowsOfTask - 1) / kRowsOfTask;
    lowering.add_step(
        lowering.describe(group, "rotate"), {x, *cosine, *sine, y},
        [=, &kernels, cosine = *cosine, sine = *sine](const Run& run) -> Status {
            run.threads.parallel_for(static_cast<size_t>(batch * heads) * parts, [&](size_t task) {
                const auto index = static_cast<int64_t>(task / parts), b = index / heads, h = index % heads;
                const auto at = [&](const View& view) {
                    return run.floats(view) + b * view.strides[0] + h * view.strides[1];
                };
                Rotary one = rotary;
                one.input = at(x);
                one.cosine = at(cosine);
                one.sine = at(sine);
                one.output = at(y);
                const size_t row = task % parts * kRowsOfTask;
                kernels.rotate(one, row, std::min(rows, row + kRowsOfTask));
            });
            return {};
        });
    return true;
}

}  // namespace lathe::run::cpu
