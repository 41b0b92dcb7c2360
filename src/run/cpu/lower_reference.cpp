// Operators without a kernel here: the reference kernel of their row.
#include <algorithm>
#include <cstring>

#include "graph/contexts.h"
#include "run/cpu/lowering.h"

namespace lathe::run::cpu {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

Status lower_by_reference(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    struct Operand {
        bool present = false;
        DType dtype = DType::kF32;
        View view;
    };
    std::vector<Operand> operands, results;
    std::vector<View> touched;
    const auto add = [&](std::vector<Operand>& list, ValueId id, bool result) {
        if (id == kNoValue) {
            list.push_back({});
            return;
        }
        const DType dtype = lowering.dtype(id);
        View view;
        if (result) {
            view = lowering.new_view(lowering.shape(id), row_major(lowering.shape(id).size()), dtype);
            lowering.define(id, view);
        } else if (bits_of(dtype) % 8 == 0) view = lowering.row_major_view(id);
        else view = lowering.view(id);
        touched.push_back(view);
        list.push_back({true, dtype, view});
    };
    for (const ValueId id : node.inputs) add(operands, id, false);
    for (const ValueId id : node.outputs) add(results, id, true);
    lowering.note(format("{}: no kernel of its own here, runs by the reference kernel", node.op->name));
    lowering.add_step(
        lowering.describe(group, "reference"), touched,
        [op = node.op, attrs = node.attrs, name = node.name, operands, results,
         bindings = lowering.c.bindings](const Run& run) -> Status {
            std::vector<Tensor> tensors(operands.size());
            std::vector<const Tensor*> pointers;
            for (size_t i = 0; i < operands.size(); ++i) {
                const Operand& o = operands[i];
                if (o.present) {
                    const auto size = static_cast<size_t>(bytes_of(o.dtype, element_count(o.view.shape)));
                    const std::byte* data =
                        run.bases[o.view.buffer] + o.view.offset * static_cast<int64_t>(bits_of(o.dtype)) / 8;
                    tensors[i] = Tensor(o.dtype, o.view.shape, SharedBytes(nullptr, {data, size}));
                }
                pointers.push_back(o.present ? &tensors[i] : nullptr);
            }
            TRY(const auto made, with_place(graph::evaluate(*op, attrs, pointers, results.size(), bindings),
                                            format("node '{}' ({})", name, op->name)));
            for (size_t i = 0; i < results.size(); ++i) {
                if (!results[i].present) continue;
                const Tensor plain = made[i].to_contiguous();
                if (plain.shape() != results[i].view.shape || plain.dtype() != results[i].dtype)
                    return fail("node '{}' ({}): gave {}, expected {}", name, op->name, describe(plain),
                                to_string(results[i].view.shape));
                std::memcpy(run.bases[results[i].view.buffer], plain.bytes().data(), plain.bytes().size());
            }
            return {};
        });
    return {};
}

}  // namespace lathe::run::cpu
