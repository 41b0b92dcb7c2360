#include "run/cpu/epilogue.h"

#include <algorithm>

namespace lathe::run::cpu {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

// The other operand of an addition, as one number for each channel; nothing when it is none.
std::optional<std::vector<float>> channel_values(const Lowering& lowering, const Node& node, ValueId value,
                                                 const Shape& shape, size_t axis) {
    if (node.op->name != "add" || node.inputs.size() != 2 || node.inputs[0] == node.inputs[1])
        return std::nullopt;
    const ValueId other = node.inputs[0] == value ? node.inputs[1] : node.inputs[0];
    if (lowering.constant(other) == nullptr) return std::nullopt;
    const Shape& own = lowering.shape(other);
    const size_t lead = shape.size() - std::min(shape.size(), own.size());
    for (size_t i = 0; i < own.size(); ++i)
        if (own[i] != 1 && (lead + i != axis || own[i] != shape[axis])) return std::nullopt;
    std::vector<float> values = lowering.floats(other);
    values.resize(static_cast<size_t>(shape[axis]), values.empty() ? 0.0f : values[0]);
    return values;
}

}  // namespace

std::vector<View> Epilogue::touched() const {
    std::vector<View> views{value};
    if (chain) views.insert(views.end(), chain->touched().begin(), chain->touched().end());
    return views;
}

Epilogue make_epilogue(Lowering& lowering, const Group& group, const Order& order, size_t channel_axis,
                       std::vector<float> own_bias) {
    Epilogue epilogue;
    epilogue.bias = std::move(own_bias);
    const graph::Graph& graph = lowering.graph();
    ValueId value = graph.nodes[group.nodes[0]].outputs[0];
    const Shape& shape = lowering.shape(value);
    size_t next = 1;
    // The nodes right behind the product, as long as nobody else sees what comes between.
    const auto follows = [&](size_t i) {
        return i < group.nodes.size() && lowering.users(value).size() == 1 &&
               lowering.only_here(value, group) && lowering.users(value)[0] == group.nodes[i];
    };
    const auto take = [&] { value = graph.nodes[group.nodes[next++]].outputs[0]; };
    if (follows(next))
        if (auto values =
                channel_values(lowering, graph.nodes[group.nodes[next]], value, shape, channel_axis)) {
            if (epilogue.bias.empty()) epilogue.bias = std::move(*values);
            else std::ranges::transform(epilogue.bias, *values, epilogue.bias.begin(), std::plus{});
            take();
        }
    if (follows(next)) {
        const auto step = elementwise_of(lowering.c.shaped, graph.nodes[group.nodes[next]]);
        const bool single = step->steps.size() == 1;
        if (single && step->steps[0].function == Function::kRelu) {
            epilogue.low = 0;
            take();
        } else if (single && step->steps[0].function == Function::kClip) {
            epilogue.low = step->steps[0].p;
            epilogue.high = step->steps[0].q;
            take();
        }
    }
    epilogue.value = lowering.new_view(shape, order, DType::kF32);
    lowering.define(value, epilogue.value);
    if (next < group.nodes.size())
        epilogue.chain = std::make_shared<ChainWork>(lowering, group, next, order, value, &epilogue.value);
    return epilogue;
}

}  // namespace lathe::run::cpu
