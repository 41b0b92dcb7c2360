#include <algorithm>
#include <cmath>

#include "graph/contexts.h"
#include "ops/attention_shape.h"
#include "run/cpu/lowering.h"

namespace lathe::run::cpu {

using graph::kNoValue;
using graph::Node;

// softmax(scale q k' + bias) v for heads of f32, without past keys, windows, caps or further results.
Result<bool> lower_attention(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const graph::AttrReader attrs(*node.op, node.attrs);
    const auto given = [&](size_t i) { return i < node.inputs.size() && node.inputs[i] != kNoValue; };
    for (size_t i = 1; i < node.outputs.size(); ++i)
        if (node.outputs[i] != kNoValue) return false;
    for (size_t i = 4; i < node.inputs.size(); ++i)
        if (given(i)) return false;
    for (size_t i = 0; i < 4; ++i)
        if (given(i) && lowering.dtype(node.inputs[i]) != DType::kF32) return false;
    if (attrs.number("softcap") != 0 || attrs.integer("left_window_size") >= 0 ||
        attrs.integer("right_window_size") >= 0)
        return false;
    TRY(const ops::AttentionDims symbolic,
        ops::attention_dims(attrs, [&](int i) -> std::optional<graph::Dims> {
            const auto place = static_cast<size_t>(i);
            if (!given(place)) return std::nullopt;
            return graph::dims_of(lowering.shape(node.inputs[place]));
        }));
    const auto size = [](const graph::Dim& dim) { return dim.constant().value_or(0); };
    const int64_t batch = size(symbolic.batch), heads = size(symbolic.q_heads),
                  kv_heads = size(symbolic.kv_heads), queries = size(symbolic.queries),
                  keys = size(symbolic.keys), depth = size(symbolic.key_size),
                  value_depth = size(symbolic.value_size);
    if (batch * heads * queries * keys * depth * value_depth == 0) return false;

    View views[3];
    for (size_t i = 0; i < 3; ++i) {
        View view = lowering.view(node.inputs[i]);
        if (view.strides.back() != 1) view = lowering.row_major_view(node.inputs[i]);
        if (symbolic.merged) {
            auto heads_view = by_heads(view, i == 0 ? heads : kv_heads);
            if (!heads_view)
                heads_view = by_heads(lowering.row_major_view(node.inputs[i]), i == 0 ? heads : kv_heads);
            view = *heads_view;
        }
        views[i] = view;
    }
    const auto [q, k, v] = views;
    // Heads side by side: what the next product reads.
    const Shape& result = lowering.shape(node.outputs[0]);
    const View out =
        lowering.new_view(result, symbolic.merged ? row_major(3) : Order{0, 2, 1, 3}, DType::kF32);
    lowering.define(node.outputs[0], out);
    const View y = symbolic.merged ? *by_heads(out, heads) : out;
    std::vector<View> touched{q, k, v, y};
    View mask;
    const bool masked = given(3);
    if (masked) {
        View own = lowering.view(node.inputs[3]);
        if (own.rank() > 4 || own.shape.back() != keys) return false;
        if (own.strides.back() != 1) own = lowering.row_major_view(node.inputs[3]);
        mask = broadcast_to(own, {batch, heads, queries, keys});
        if (keys > 1 && mask.strides[3] != 1) return false;
        touched.push_back(mask);
    }
    const Kernels& kernels = lowering.kernels();
    const size_t scratch = kernels.attention_scratch(static_cast<size_t>(keys), static_cast<size_t>(depth),
                                                     static_cast<size_t>(value_depth));
    const View memory = lowering.scratch_floats(scratch * static_cast<size_t>(lowering.threads()));
    touched.push_back(memory);
    const double given_scale = attrs.number("scale");
    const Attention attention{.q_stride = q.strides[2],
                              .k_stride = k.strides[2],
                              .v_stride = v.strides[2],
                              .keys = static_cast<size_t>(keys),
                              .depth = static_cast<size_t>(depth),
                              .value_depth = static_cast<size_t>(value_depth),
                              .scale = static_cast<float>(
                                  given_scale != 0 ? given_scale : 1 / std::sqrt(static_cast<double>(depth))),
                              .bias_stride = masked ? mask.strides[2] : 0,
                              .causal = attrs.flag("is_causal") ? 0 : INT64_MAX,
                              .output_stride = y.strides[2]};
    const int64_t group_size = heads / kv_heads;
    lowering.add_step(
        lowering.describe(group, "attention"), touched, [=, &kernels](const Run& run) -> Status {
            const auto heads_of_keys = static_cast<size_t>(batch * kv_heads);
            // Whole heads of keys; where there are few, parts of their queries.
            const size_t parts = heads_of_keys >= static_cast<size_t>(run.threads.threads()) * 2
                                     ? 1
                                     : static_cast<size_t>(std::min<int64_t>(queries, 4));
            run.threads.parallel_for_slots(heads_of_keys * parts, [&](size_t task, size_t slot) {
                const auto index = static_cast<int64_t>(task / parts),
                           part = static_cast<int64_t>(task % parts), count = static_cast<int64_t>(parts);
                const int64_t b = index / kv_heads, kv = index % kv_heads;
                Attention one = attention;
                one.k = run.floats(k) + b * k.strides[0] + kv * k.strides[1];
                one.v = run.floats(v) + b * v.strides[0] + kv * v.strides[1];
                one.scratch = run.floats(memory) + slot * scratch;
                for (int64_t h = kv * group_size; h < (kv + 1) * group_size; ++h) {
                    one.q = run.floats(q) + b * q.strides[0] + h * q.strides[1];
                    one.bias =
                        masked ? run.floats(mask) + b * mask.strides[0] + h * mask.strides[1] : nullptr;
                    one.output = run.floats(y) + b * y.strides[0] + h * y.strides[1];
                    kernels.attention(one, static_cast<size_t>(queries * part / count),
                                      static_cast<size_t>(queries * (part + 1) / count));
                    one.packed = true;
                }
            });
            return {};
        });
    return true;
}

}  // namespace lathe::run::cpu
