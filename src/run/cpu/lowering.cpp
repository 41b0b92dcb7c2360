#include "run/cpu/lowering.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/file.h"
#include "base/format.h"
#include "graph/contexts.h"
#include "graph/cost.h"

namespace lathe::run::cpu {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

struct Family {
    std::string_view op;
    Lower lower;
};
constexpr Family kFamilies[] = {
    {"conv", lower_conv},
    {"matmul", lower_product},
    {"gemm", lower_product},
    {"conv_integer", lower_integer_conv},
    {"qlinear_conv", lower_integer_conv},
    {"matmul_integer", lower_integer_product},
    {"qlinear_matmul", lower_integer_product},
    {"dequantize_linear", lower_dequantize},
    {"dynamic_quantize_linear", lower_dynamic_quantize},
    {"transpose", lower_movement},
    {"reshape", lower_movement},
    {"flatten", lower_movement},
    {"squeeze", lower_movement},
    {"unsqueeze", lower_movement},
    {"identity", lower_movement},
    {"dropout", lower_movement},
    {"slice", lower_movement},
    {"split", lower_movement},
    {"expand", lower_movement},
    {"concat", lower_concat},
    {"layer_norm", lower_norm},
    {"rms_norm", lower_norm},
    {"softmax", lower_softmax},
    {"reduce_mean", lower_reduce},
    {"reduce_sum", lower_reduce},
    {"reduce_max", lower_reduce},
    {"reduce_min", lower_reduce},
    {"reduce_sum_square", lower_reduce},
    {"global_avg_pool", lower_reduce},
    {"global_max_pool", lower_reduce},
    {"max_pool", lower_pool},
    {"avg_pool", lower_pool},
    {"attention", lower_attention},
    {"conv_transpose", lower_conv_transpose},
    {"instance_norm", lower_channel_norm},
    {"group_norm", lower_channel_norm},
    {"arg_max", lower_lines},
    {"arg_min", lower_lines},
    {"top_k", lower_lines},
    {"cumsum", lower_lines},
    {"pad", lower_take},
    {"tile", lower_take},
    {"gather", lower_take},
    {"depth_to_space", lower_take},
    {"space_to_depth", lower_take},
    {"resize", lower_resize},
    {"upsample", lower_resize},
    {"rotary_embedding", lower_rotary},
};

uint64_t bytes_needed(DType dtype, const Shape& shape) {
    return static_cast<uint64_t>(bytes_of(dtype, element_count(shape)));
}

}  // namespace

SharedBytes PackedWeights::get(ValueId constant, const std::string& purpose,
                               const std::function<SharedBytes()>& pack) {
    const std::pair key(constant, purpose);
    {
        const Locked locked(lock_);
        if (const auto found = packed_.find(key); found != packed_.end()) return found->second;
    }
    SharedBytes bytes = pack();  // which may ask for another form of the constant
    const Locked locked(lock_);
    return packed_.try_emplace(key, std::move(bytes)).first->second;
}

void PackedWeights::let_go(ValueId id, graph::Value& value, std::function<Tensor()> again) {
    const Locked locked(lock_);
    gone_.try_emplace(id, std::move(again));
    static constexpr std::byte kZeros[8] = {};
    const Shape shape = value.constant->shape();
    value.constant = Tensor(value.dtype, shape, Shape(shape.size(), 0), SharedBytes(nullptr, kZeros));
}

bool PackedWeights::is_gone(ValueId id) const {
    const Locked locked(lock_);
    return gone_.contains(id);
}

Tensor PackedWeights::again(ValueId id) const {
    const Locked locked(lock_);
    return gone_.at(id)();
}

uint64_t PackedWeights::size_bytes() const {
    const Locked locked(lock_);
    uint64_t total = 0;
    for (const auto& [key, bytes] : packed_) total += bytes.size();
    return total;
}

bool Lowering::only_here(ValueId id, const Group& group) const {
    if (std::ranges::count(graph().outputs, id) > 0) return false;
    return std::ranges::all_of(
        users(id), [&](size_t user) { return std::ranges::find(group.nodes, user) != group.nodes.end(); });
}

View Lowering::view(ValueId id) {
    const auto found = views_.find(static_cast<size_t>(id));
    if (found != views_.end()) return found->second;
    if (codes(id) != nullptr) return dequantised(id);
    const Tensor* tensor = constant(id);
    CHECK(tensor != nullptr, graph()[id].name);
    const Tensor plain = whole_constant(id).to_contiguous();
    View made = constant_view(plain.shape(), plain.storage());
    views_[static_cast<size_t>(id)] = made;
    return made;
}

const Node* Lowering::producer(ValueId id) const {
    const int64_t node = uses_.producer[static_cast<size_t>(id)];
    return node < 0 ? nullptr : &graph().nodes[static_cast<size_t>(node)];
}

std::vector<const Tensor*> Lowering::constants_of(const Node& node) const {
    std::vector<const Tensor*> operands;
    for (const ValueId id : node.inputs) operands.push_back(constant(id));
    return operands;
}

Result<graph::Ints> Lowering::ints(const Node& node, std::string_view name) const {
    const auto operands = constants_of(node);
    return graph::EvalContext(*node.op, node.attrs, operands, node.outputs.size(), c.bindings).ints(name);
}

Tensor Lowering::whole_constant(ValueId id) const {
    return c.weights.is_gone(id) ? c.weights.again(id) : *constant(id);
}

std::vector<float> Lowering::floats(ValueId id) const {
    const Tensor plain = whole_constant(id).to_contiguous();
    std::vector<float> values(static_cast<size_t>(plain.count()));
    decode_floats(plain.dtype(), plain.bytes(), values);
    return values;
}

View Lowering::packed(ValueId constant, const std::string& purpose, const std::function<SharedBytes()>& pack,
                      std::function<Tensor(const SharedBytes&)> unpack) {
    // What was folded for these shapes belongs to this plan alone.
    const bool shared = graph()[constant].constant.has_value();
    SharedBytes bytes = shared ? c.weights.get(constant, purpose, pack) : pack();
    if (shared) {
        const SharedBytes& own = graph()[constant].constant->storage();
        release_pages(own);  // a file's: read again if need be
        constexpr size_t kLarge = 1 << 16;
        if (c.own != nullptr && (unpack || c.only_plan) && !own.mapped() && own.size() >= kLarge &&
            !defined(constant) && users(constant).size() == 1 &&
            std::ranges::count(graph().outputs, constant) == 0)
            c.weights.let_go(constant, (*c.own)[constant], [unpack = std::move(unpack), bytes] {
                CHECK(unpack != nullptr, "the same sizes need the same forms");
                return unpack(bytes);
            });
    }
    return constant_view({0}, std::move(bytes));
}

View Lowering::shared_constant(const std::string& key, const std::function<SharedBytes()>& make) {
    const auto found = shared_.find(key);
    if (found != shared_.end()) return found->second;
    return shared_[key] = constant_view({0}, make());
}

View Lowering::new_view(const Shape& shape, const Order& order, DType dtype) {
    plan_.buffers.push_back({.size_bytes = std::max<uint64_t>(1, bytes_needed(dtype, shape))});
    return {plan_.buffers.size() - 1, 0, shape, dense_strides(shape, order)};
}

View Lowering::constant_view(const Shape& shape, SharedBytes bytes) {
    Buffer buffer{.home = Buffer::Home::kConstant, .size_bytes = bytes.size()};
    buffer.constant = std::move(bytes);
    plan_.buffers.push_back(std::move(buffer));
    return {plan_.buffers.size() - 1, 0, shape, row_major_strides(shape)};
}

View Lowering::scratch_floats(size_t count) {
    return new_view({static_cast<int64_t>(count)}, {0}, DType::kF32);
}

View Lowering::dense(const View& view, const Order& order, DType dtype) {
    if (is_dense(view, order)) return view;
    if (!is_constant(view)) {
        const View to = new_view(view.shape, order, dtype);
        add_copy(view, to, dtype, "copy");
        return to;
    }
    const size_t size = static_cast<size_t>(bits_of(dtype)) / 8;
    const HeapBytes bytes(static_cast<size_t>(element_count(view.shape)) * size);
    const std::byte* from = plan_.buffers[view.buffer].constant.data();
    View to{0, 0, view.shape, dense_strides(view.shape, order)};
    Shape index(view.rank(), 0);
    for (int64_t left = element_count(view.shape); left > 0; --left) {
        int64_t a = view.offset, b = 0;
        for (size_t i = 0; i < index.size(); ++i)
            a += index[i] * view.strides[i], b += index[i] * to.strides[i];
        std::memcpy(bytes.data.get() + static_cast<size_t>(b) * size, from + static_cast<size_t>(a) * size,
                    size);
        for (size_t i = index.size(); i-- > 0;) {
            if (++index[i] < view.shape[i]) break;
            index[i] = 0;
        }
    }
    to.buffer = constant_view(view.shape, bytes.freeze()).buffer;
    return to;
}

void Lowering::add_step(StepTime description, const std::vector<View>& touched,
                        std::function<Status(const Run&)> work) {
    const size_t index = plan_.steps.size();
    Step step{std::move(description), 0, 0, std::move(work)};
    for (const View& view : touched) {
        Buffer& buffer = plan_.buffers[view.buffer];
        const bool constant = buffer.home == Buffer::Home::kConstant;
        (constant ? step.weight_bytes : step.value_bytes) += static_cast<double>(buffer.size_bytes);
        buffer.first = std::min(buffer.first, index);
        buffer.last = std::max(buffer.last, index);
    }
    plan_.steps.push_back(std::move(step));
}

void Lowering::note(std::string text) {
    if (std::ranges::find(plan_.notes, text) == plan_.notes.end()) plan_.notes.push_back(std::move(text));
}

StepTime Lowering::describe(const Group& group, std::string kernel) const {
    StepTime time{.node = graph().nodes[group.nodes.back()].name, .kernel = std::move(kernel)};
    std::vector<ValueId> seen;
    const auto bytes = [&](ValueId id) {
        if (id == kNoValue || std::ranges::find(seen, id) != seen.end()) return 0.0;
        seen.push_back(id);
        return static_cast<double>(bytes_needed(dtype(id), shape(id)));
    };
    for (const size_t n : group.nodes) {
        const Node& node = graph().nodes[n];
        if (!time.op.empty()) time.op += " + ";
        time.op += node.op->name;
        std::vector<Shape> in, out;
        for (const ValueId id : node.inputs) {
            in.push_back(id == kNoValue ? Shape{0} : shape(id));
            if (id != kNoValue &&
                (uses_.producer[static_cast<size_t>(id)] < 0 ||
                 std::ranges::find(group.nodes,
                                   static_cast<size_t>(uses_.producer[static_cast<size_t>(id)])) ==
                     group.nodes.end()))
                time.bytes += bytes(id);
        }
        for (const ValueId id : node.outputs) {
            out.push_back(id == kNoValue ? Shape{0} : shape(id));
            if (id != kNoValue && !only_here(id, group)) time.bytes += bytes(id);
        }
        time.flops += graph::flops_of(*node.op, {in, out, node.attrs});
        if (!out.empty()) time.output = out[0];
    }
    return time;
}

Status Lowering::lower_group(const Group& group) {
    if (group.chain) {
        TRY_STATUS(lower_chain(*this, group));
        return {};
    }
    const Node& node = graph().nodes[group.nodes[0]];
    const auto family = std::ranges::find(kFamilies, node.op->name, &Family::op);
    if (family != std::end(kFamilies)) {
        TRY(const bool done, family->lower(*this, group));
        if (done) return {};
    }
    Group alone{.nodes = {group.nodes[0]}};
    TRY_STATUS(lower_by_reference(*this, alone));
    if (group.nodes.size() == 1) return {};
    Group rest{.chain = true, .nodes = {group.nodes.begin() + 1, group.nodes.end()}};
    TRY_STATUS(lower_chain(*this, rest));
    return {};
}

Status Lowering::set_outputs() {
    const auto& outputs = graph().outputs;
    for (size_t i = 0; i < outputs.size(); ++i) {
        const View from = view(outputs[i]);
        plan_.output_types.push_back(dtype(outputs[i]));
        plan_.output_shapes.push_back(from.shape);
        Buffer& buffer = plan_.buffers[from.buffer];
        if (buffer.home == Buffer::Home::kArena && from.offset == 0 &&
            is_dense(from, row_major(from.rank())) &&
            buffer.size_bytes == std::max<uint64_t>(1, bytes_needed(dtype(outputs[i]), from.shape))) {
            buffer.home = Buffer::Home::kOutput;
            buffer.index = i;
            continue;
        }
        const View to = new_view(from.shape, row_major(from.rank()), dtype(outputs[i]));
        plan_.buffers[to.buffer].home = Buffer::Home::kOutput;
        plan_.buffers[to.buffer].index = i;
        add_copy(from, to, dtype(outputs[i]), "output");
    }
    return {};
}

Result<Plan> Lowering::run() {
    for (size_t i = 0; i < graph().inputs.size(); ++i) {
        const ValueId id = graph().inputs[i];
        plan_.buffers.push_back(
            {.home = Buffer::Home::kInput, .size_bytes = bytes_needed(dtype(id), shape(id)), .index = i});
        define(id, {plan_.buffers.size() - 1, 0, shape(id), row_major_strides(shape(id))});
    }
    for (const Group& group : make_groups(c.shaped)) TRY_STATUS(lower_group(group));
    TRY_STATUS(set_outputs());
    place_buffers(plan_);
    return std::move(plan_);
}

}  // namespace lathe::run::cpu
