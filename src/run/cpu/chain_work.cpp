#include "run/cpu/chain_work.h"

#include <algorithm>
#include <set>

#include "base/check.h"

namespace lathe::run::cpu {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

namespace {

Element element_of(DType dtype) {
    switch (dtype) {
        case DType::kBool: return Element::kBool;
        case DType::kU8: return Element::kU8;
        case DType::kI8: return Element::kI8;
        case DType::kI32: return Element::kI32;
        case DType::kI64: return Element::kI64;
        default: return Element::kF32;
    }
}

Coding coding_of(const std::optional<Quantized>& codes) {
    if (!codes) return {};
    return {true, codes->zero, codes->scale};
}

}  // namespace

ChainWork::ChainWork(Lowering& lowering, const Group& group, size_t first, const Order& order, ValueId anchor,
                     const View* anchor_view) {
    const graph::Graph& graph = lowering.graph();
    const Shape& shape = lowering.shape(graph.nodes[group.nodes[0]].outputs[0]);
    for (size_t i = 0; i + 1 < order.size(); ++i)
        if (shape[order[i]] != 1) sizes_.push_back(shape[order[i]]);
    rows_ = static_cast<size_t>(element_count(sizes_));
    columns_ = order.empty() ? 1 : static_cast<size_t>(shape[order.back()]);

    // Values from outside first, then one for each step.
    std::map<ValueId, uint8_t> outside, made;
    std::map<ValueId, Quantized> quantised;
    if (anchor != kNoValue) {
        outside[anchor] = 0;
        add_operand(lowering, *anchor_view, shape, order, DType::kF32);
    }
    std::set<ValueId> inside;
    for (size_t i = first; i < group.nodes.size(); ++i) inside.insert(graph.nodes[group.nodes[i]].outputs[0]);
    for (size_t i = first; i < group.nodes.size(); ++i) {
        const Node& node = graph.nodes[group.nodes[i]];
        const auto elementwise = elementwise_of(lowering.c.shaped, node);
        CHECK(elementwise.has_value());
        for (const size_t place : elementwise->operands) {
            const ValueId id = node.inputs[place];
            if (inside.contains(id) || outside.contains(id)) continue;
            outside[id] = static_cast<uint8_t>(operands_.size());
            const CodedView* coded = lowering.codes(id);
            add_operand(lowering, lowering.any_view(id), shape, order, lowering.element_type(id),
                        coded != nullptr ? std::optional(coded->type) : std::nullopt);
        }
    }
    const auto base = static_cast<uint8_t>(operands_.size());
    for (size_t i = first; i < group.nodes.size(); ++i) {
        const Node& node = graph.nodes[group.nodes[i]];
        const auto elementwise = elementwise_of(lowering.c.shaped, node);
        const auto begin = static_cast<uint8_t>(base + steps_.size());
        const auto value_of = [&](uint8_t place) {
            if (place >= kEarlierStep) return static_cast<uint8_t>(begin + place - kEarlierStep);
            const ValueId id = node.inputs[place];
            return inside.contains(id) ? made.at(id) : outside.at(id);
        };
        for (ChainStep step : elementwise->steps) {
            step.a = value_of(step.a);
            step.b = reads_b(step.function) ? value_of(step.b) : step.a;
            step.c = reads_c(step.function) ? value_of(step.c) : step.a;
            steps_.push_back(step);
        }
        if (elementwise->codes) {
            made[node.outputs[0]] = value_of(0);
            quantised[node.outputs[0]] = *elementwise->codes;
        } else made[node.outputs[0]] = static_cast<uint8_t>(base + steps_.size() - 1);
    }
    bool taken = false;  // the anchor's memory, by a result
    for (const auto& [id, value] : made) {
        const auto uses = lowering.users(id);
        const bool seen = std::ranges::count(graph.outputs, id) > 0 || uses.empty() ||
                          std::ranges::any_of(uses, [&](size_t user) {
                              return std::ranges::find(group.nodes, user) == group.nodes.end();
                          });
        if (!seen) continue;
        const DType dtype = lowering.dtype(id);
        const bool in_place =
            anchor_view != nullptr && dtype == DType::kF32 && !taken && lowering.only_here(anchor, group);
        taken = taken || in_place;
        View result = in_place ? *anchor_view : lowering.new_view(shape, order, dtype);
        lowering.define(id, result);
        output_values_.push_back(value);
        const auto codes = quantised.find(id);
        Operand output{result,
                       {},
                       columns_ > 1 ? 1 : 0,
                       dtype,
                       codes == quantised.end() ? std::nullopt : std::optional(codes->second)};
        for (size_t i = 0; i + 1 < order.size(); ++i)
            if (shape[order[i]] != 1) output.outer.push_back(result.strides[order[i]]);
        outputs_.push_back(std::move(output));
        touched_.push_back(result);
    }
    CHECK(operands_.size() <= kMaxChainOperands && steps_.size() <= kMaxChainSteps &&
          outputs_.size() <= kMaxChainOutputs);
    merge_rows();
}

void ChainWork::add_operand(Lowering& lowering, const View& view, const Shape& shape, const Order& order,
                            DType dtype, const std::optional<Quantized>& codes) {
    const size_t lead = shape.size() - view.rank();
    View used = view;
    const auto last_stride = [&](const View& v) {
        return order.empty() || columns_ == 1 ? int64_t{0} : broadcast_to(v, shape).strides[order.back()];
    };
    if (last_stride(used) != 0 && last_stride(used) != 1) {
        Order own;
        for (const size_t axis : order)
            if (axis >= lead) own.push_back(axis - lead);
        used = lowering.dense(view, own, dtype);
    }
    const View wide = broadcast_to(used, shape);
    Operand operand{used, {}, last_stride(used), dtype, codes};
    for (size_t i = 0; i + 1 < order.size(); ++i)
        if (shape[order[i]] != 1) operand.outer.push_back(wide.strides[order[i]]);
    operands_.push_back(std::move(operand));
    touched_.push_back(used);
}

void ChainWork::merge_rows() {
    const auto all = [&](auto test) {
        return std::ranges::all_of(operands_, test) && std::ranges::all_of(outputs_, test);
    };
    together_ = 1;
    auto span = static_cast<int64_t>(columns_);
    for (size_t i = sizes_.size(); i-- > 0;) {
        if (!all([&](const Operand& o) { return o.outer[i] == span * o.inner; })) break;
        span *= sizes_[i];
        together_ *= static_cast<size_t>(sizes_[i]);
    }
}

void ChainWork::flatten() {
    const auto plain = [](const Operand& o) { return o.outer.back() == 0 || o.outer.back() == 1; };
    if (columns_ == 1 && !sizes_.empty() && std::ranges::all_of(operands_, plain) &&
        std::ranges::all_of(outputs_, plain)) {
        columns_ = static_cast<size_t>(sizes_.back());
        rows_ /= std::max<size_t>(1, columns_);
        sizes_.pop_back();
        for (auto* list : {&operands_, &outputs_})
            for (Operand& o : *list) {
                o.inner = o.outer.back();
                o.outer.pop_back();
            }
        merge_rows();
    }
    if (together_ != rows_) return;
    columns_ *= rows_;
    rows_ = together_ = 1;
    sizes_.clear();
    for (auto* list : {&operands_, &outputs_})
        for (Operand& o : *list) o.outer.clear();
}

int64_t ChainWork::offset(const Operand& operand, size_t row) const {
    int64_t at = 0;
    auto rest = static_cast<int64_t>(row);
    for (size_t i = sizes_.size(); i-- > 0 && rest > 0;) {
        at += rest % sizes_[i] * operand.outer[i];
        rest /= sizes_[i];
    }
    return at;
}

std::byte* ChainWork::at(const Run& run, const Operand& operand, size_t row, size_t column) const {
    const int64_t elements =
        operand.view.offset + offset(operand, row) + operand.inner * static_cast<int64_t>(column);
    return run.bases[operand.view.buffer] + bytes_of(operand.dtype, elements);
}

void ChainWork::run(const Run& run, const Kernels& kernels, size_t row, size_t last_row, size_t column,
                    size_t last_column) const {
    Chain chain{.steps = steps_.data(),
                .step_count = steps_.size(),
                .operand_count = operands_.size(),
                .output_count = outputs_.size()};
    const bool whole = column == 0 && last_column == columns_;
    while (row < last_row) {
        const size_t next = whole ? std::min(last_row, (row / together_ + 1) * together_) : row + 1;
        for (size_t i = 0; i < operands_.size(); ++i) {
            const Operand& operand = operands_[i];
            chain.operands[i] = at(run, operand, row, column);
            chain.operand_types[i] = element_of(operand.dtype);
            chain.operand_codes[i] = coding_of(operand.codes);
            chain.uniform[i] = operand.inner == 0;
        }
        for (size_t i = 0; i < outputs_.size(); ++i) {
            chain.outputs[i] = at(run, outputs_[i], row, column);
            chain.output_types[i] = element_of(outputs_[i].dtype);
            chain.output_codes[i] = coding_of(outputs_[i].codes);
            chain.output_values[i] = output_values_[i];
        }
        kernels.chain(chain, (next - row) * (last_column - column));
        row = next;
    }
}

namespace {

// Codes as numbers and again as the same codes.
bool stays_as_it_is(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const auto elementwise = elementwise_of(lowering.c.shaped, node);
    const CodedView* coded = lowering.codes(node.inputs[0]);
    if (group.nodes.size() != 1 || coded == nullptr || elementwise->codes != coded->type) return false;
    lowering.define(node.outputs[0], coded->view);
    return true;
}

}  // namespace

// Elementwise operators that follow nothing.
Result<bool> lower_chain(Lowering& lowering, const Group& group) {
    const graph::Graph& graph = lowering.graph();
    if (stays_as_it_is(lowering, group)) return true;
    const Shape& shape = lowering.shape(graph.nodes[group.nodes[0]].outputs[0]);
    Order order = row_major(shape.size());
    for (const size_t n : group.nodes) {
        bool found = false;
        for (const ValueId id : graph.nodes[n].inputs) {
            if (id == kNoValue || lowering.constant(id) != nullptr || lowering.shape(id) != shape ||
                !lowering.defined(id))
                continue;
            if (const auto own = dense_order(lowering.any_view(id))) {
                order = *own;
                found = true;
                break;
            }
        }
        if (found) break;
    }
    auto work = std::make_shared<ChainWork>(lowering, group, 0, order);
    work->flatten();
    constexpr size_t kBlock = 16384;  // elements of a task
    const size_t rows = work->rows(), columns = work->columns();
    const size_t row_step = std::max<size_t>(1, kBlock / std::max<size_t>(1, columns));
    const size_t column_step = rows == 1 ? kBlock : columns;
    const size_t down = (rows + row_step - 1) / row_step,
                 across = column_step == 0 ? 0 : (columns + column_step - 1) / column_step;
    const Kernels& kernels = lowering.kernels();
    lowering.add_step(
        lowering.describe(group, "chain"), work->touched(), [=, &kernels](const Run& run) -> Status {
            run.threads.parallel_for(down * across, [&](size_t task) {
                const size_t row = task / across * row_step, column = task % across * column_step;
                work->run(run, kernels, row, std::min(rows, row + row_step), column,
                          std::min(columns, column + column_step));
            });
            return {};
        });
    return true;
}

}  // namespace lathe::run::cpu
