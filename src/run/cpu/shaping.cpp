#include "run/cpu/shaping.h"

#include <algorithm>

#include "base/format.h"
#include "graph/contexts.h"
#include "ops/move.h"

namespace lathe::run::cpu {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

Status Shaping::shape_values() {
    const Graph& g = shaped_.graph;
    shaped_.shapes.resize(g.values.size());
    shaped_.constants.assign(g.values.size(), nullptr);
    shaped_.dead.assign(g.nodes.size(), false);
    for (size_t i = 0; i < g.values.size(); ++i) {
        const graph::Value& value = g.values[i];
        if (value.constant) {
            shaped_.constants[i] = &*value.constant;
            shaped_.shapes[i] = value.constant->shape();
            continue;
        }
        TRY(shaped_.shapes[i],
            with_place(graph::evaluate(value.shape, bindings_), format("'{}'", value.name)));
        TRY_STATUS(with_place(ops::check_result(value.dtype, shaped_.shapes[i]), format("'{}'", value.name)));
        if (!value.contents) continue;
        if (const auto contents = graph::evaluate(*value.contents, bindings_))
            keep(i, tensor_from_ints(value.dtype, shaped_.shapes[i], *contents));
    }
    return {};
}

Status Shaping::run() {
    TRY_STATUS(shape_values());
    for (size_t n = 0; n < shaped_.graph.nodes.size(); ++n) TRY_STATUS(fold(n));
    drop_unused();
    return {};
}

void Shaping::keep(size_t value, Tensor tensor) {
    owned_.push_back(std::make_unique<Tensor>(std::move(tensor)));
    shaped_.constants[value] = owned_.back().get();
}

Status Shaping::fold(size_t n) {
    const Node& node = shaped_.graph.nodes[n];
    std::vector<const Tensor*> operands;
    for (const ValueId id : node.inputs) {
        operands.push_back(shaped_.constant(id));
        if (id != kNoValue && (operands.back() == nullptr || gone_(id))) return {};
    }
    const bool known = std::ranges::all_of(
        node.outputs, [&](ValueId id) { return id == kNoValue || shaped_.constant(id) != nullptr; });
    if (!known) {
        // Kernels of the rows read row-major tensors.
        std::vector<Tensor> plain;
        plain.reserve(operands.size());
        for (const Tensor*& operand : operands)
            if (operand != nullptr && !operand->contiguous())
                operand = &plain.emplace_back(operand->to_contiguous());
        TRY(auto results,
            with_place(graph::evaluate(*node.op, node.attrs, operands, node.outputs.size(), bindings_),
                       format("node '{}' ({})", node.name, node.op->name)));
        for (size_t i = 0; i < node.outputs.size(); ++i)
            if (node.outputs[i] != kNoValue)
                keep(static_cast<size_t>(node.outputs[i]), std::move(results[i]));
    }
    shaped_.dead[n] = true;
    return {};
}

void Shaping::drop_unused() {
    const Graph& g = shaped_.graph;
    std::vector<bool> needed(g.values.size(), false);
    for (const ValueId id : g.outputs) needed[static_cast<size_t>(id)] = true;
    for (size_t n = g.nodes.size(); n-- > 0;) {
        const Node& node = g.nodes[n];
        const bool used = std::ranges::any_of(node.outputs, [&](ValueId id) {
            return id != kNoValue && needed[static_cast<size_t>(id)] && shaped_.constant(id) == nullptr;
        });
        if (!used) shaped_.dead[n] = true;
        if (shaped_.dead[n]) continue;
        for (const ValueId id : node.inputs)
            if (id != kNoValue) needed[static_cast<size_t>(id)] = true;
    }
}

}  // namespace lathe::run::cpu
