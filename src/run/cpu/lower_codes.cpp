// Quantised values: a dequantize_linear makes no step; whoever reads its result takes the codes, or has them made into f32
// once. A quantize_linear is an elementwise operator whose result is codes (elementwise.cpp).
#include <algorithm>
#include <cmath>

#include "run/cpu/lowering.h"

namespace lathe::run::cpu {
namespace {

using graph::Node;
using graph::ValueId;

constexpr size_t kElements = 32768;  // of a task

// Memory that is one run of elements, in whatever order.
View whole_run(Lowering& lowering, const View& view, DType dtype, Order& order) {
    const auto own = dense_order(view);
    order = own ? *own : row_major(view.rank());
    return lowering.dense(view, order, dtype);
}

// As dynamic_quantize_linear defines it, in f32 step by step.
Quantized dynamic_type(float low, float high) {
    const float scale = high == low ? 1.0f : (high - low) / 255.0f;
    const float zero = std::nearbyint(std::min(std::max(0.0f - low / scale, 0.0f), 255.0f));
    return {DType::kU8, static_cast<int32_t>(zero), scale};
}

}  // namespace

const CodedView* Lowering::codes(ValueId id) const {
    const auto found = codes_.find(static_cast<size_t>(id));
    return found == codes_.end() ? nullptr : &found->second;
}

void Lowering::define_codes(ValueId id, CodedView codes) {
    codes_[static_cast<size_t>(id)] = std::move(codes);
}

void Lowering::define_moved(ValueId from, ValueId to, View view) {
    if (const CodedView* coded = codes(from)) define_codes(to, {std::move(view), coded->type});
    else define(to, std::move(view));
}

View Lowering::dequantised(ValueId id) {
    const CodedView coded = *codes(id);
    Order order;
    const View from = whole_run(*this, coded.view, coded.type.dtype, order);
    const View to = new_view(from.shape, order, DType::kF32);
    const auto count = static_cast<size_t>(element_count(from.shape));
    const Kernels& table = kernels();
    StepTime description{.node = graph()[id].name,
                         .op = "dequantize_linear",
                         .kernel = format("codes {}", table.name),
                         .output = from.shape,
                         .bytes = 5 * static_cast<double>(count)};
    add_step(std::move(description), {from, to}, [=, &table](const Run& run) -> Status {
        run.threads.parallel_for((count + kElements - 1) / kElements, [&](size_t task) {
            const size_t first = task * kElements;
            table.dequantize(coded.type.codes(run.at<uint8_t>(from) + first), run.floats(to) + first,
                             std::min(kElements, count - first));
        });
        return {};
    });
    define(id, to);
    return to;
}

Result<bool> lower_dequantize(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const auto type = quantized_by(lowering.c.shaped, node);
    if (!type) return false;
    lowering.define_codes(node.outputs[0], {lowering.view(node.inputs[0]), *type});
    return true;
}

Result<bool> lower_dynamic_quantize(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const ValueId id = node.inputs[0];
    if (node.outputs.size() != 3 || std::ranges::count(node.outputs, graph::kNoValue) > 0) return false;
    Order order;
    const View x = whole_run(lowering, lowering.view(id), DType::kF32, order);
    const View y = lowering.new_view(x.shape, order, DType::kU8),
               scale = lowering.new_view({}, {}, DType::kF32), zero = lowering.new_view({}, {}, DType::kU8);
    lowering.define(node.outputs[0], y);
    lowering.define(node.outputs[1], scale);
    lowering.define(node.outputs[2], zero);
    const auto count = static_cast<size_t>(element_count(x.shape));
    const size_t tasks = (count + kElements - 1) / kElements;
    const View ranges = lowering.scratch_floats(2 * tasks);
    const Kernels& kernels = lowering.kernels();
    lowering.add_step(
        lowering.describe(group, format("codes {}", kernels.name)), {x, y, scale, zero, ranges},
        [=, &kernels](const Run& run) -> Status {
            float* found = run.floats(ranges);
            run.threads.parallel_for(tasks, [&](size_t task) {
                const size_t first = task * kElements;
                float* range = found + 2 * task;
                range[0] = range[1] = 0;
                kernels.range(run.floats(x) + first, std::min(kElements, count - first), range, range + 1);
            });
            float low = 0, high = 0;
            for (size_t i = 0; i < tasks; ++i)
                low = std::min(low, found[2 * i]), high = std::max(high, found[2 * i + 1]);
            const Quantized type = dynamic_type(low, high);
            *run.floats(scale) = type.scale;
            *run.at<uint8_t>(zero) = static_cast<uint8_t>(type.zero);
            run.threads.parallel_for(tasks, [&](size_t task) {
                const size_t first = task * kElements;
                kernels.quantize(run.floats(x) + first, type.quantization(run.at<uint8_t>(y) + first),
                                 std::min(kElements, count - first));
            });
            return {};
        });
    return true;
}

}  // namespace lathe::run::cpu
