// From a graph with known shapes to a plan: every operator family has a file lower_*.cpp with functions that ask the
// Lowering for their operands' views, and add steps.
#pragma once
#include <map>

#include "ops/window.h"
#include "run/cpu/cpu.h"
#include "run/cpu/groups.h"
#include "run/cpu/plan.h"

namespace lathe::run::cpu {

// Constants of the graph as kernels want them, shared by all plans of a program.
class PackedWeights {
public:
    // What `pack` makes of the constant, made once for each purpose.
    SharedBytes get(graph::ValueId constant, const std::string& purpose,
                    const std::function<SharedBytes()>& pack);
    uint64_t size_bytes() const;

    // A constant that nothing needs any more but as it is packed gives its memory up: zeros that take none stand for it in
    // the graph, and `again` makes it anew from what was packed. `value` is the graph's.
    void let_go(graph::ValueId id, graph::Value& value, std::function<Tensor()> again);
    bool is_gone(graph::ValueId id) const;
    Tensor again(graph::ValueId id) const;  // of one that is gone

private:
    mutable Lock lock_;
    std::map<std::pair<graph::ValueId, std::string>, SharedBytes> packed_;
    std::map<graph::ValueId, std::function<Tensor()>> gone_;
};

// The plan is for `images` of `whole`. What is computed how is decided for the whole, so that parts give the same bits.
struct BatchPart {
    int64_t images = 1, whole = 1;
};

struct LoweringContext {
    const ShapedGraph& shaped;
    const graph::Bindings& bindings;
    const Kernels& kernels;
    const CpuOptions& options;
    PackedWeights& weights;
    ThreadPool& pool;  // of the plan's making
    int threads = 1;  // of its runs
    BatchPart part = {};
    graph::Graph* own = nullptr;  // the graph of `shaped`, where constants may be let go
    bool only_plan = false;  // no other will be made of the graph: what cannot be made again may go, too
};

// A value of f32 that lies as codes of 8 bits.
struct CodedView {
    View view;
    Quantized type;
};

class Lowering {
public:
    explicit Lowering(const LoweringContext& context)
        : c(context), uses_(graph::uses_of(context.shaped.graph)) {}
    Result<Plan> run();

    const LoweringContext c;
    const Kernels& kernels() const { return c.kernels; }
    int threads() const { return c.threads; }
    const graph::Graph& graph() const { return c.shaped.graph; }
    const Shape& shape(graph::ValueId id) const { return c.shaped.shape(id); }
    DType dtype(graph::ValueId id) const { return graph()[id].dtype; }
    const Tensor* constant(graph::ValueId id) const { return c.shaped.constant(id); }

    const std::vector<size_t>& users(graph::ValueId id) const { return uses_.users[static_cast<size_t>(id)]; }
    bool only_here(graph::ValueId id,
                   const Group& group) const;  // no node of another group, nor the caller, sees it
    bool defined(graph::ValueId id) const {
        return views_.contains(static_cast<size_t>(id)) || codes_.contains(static_cast<size_t>(id));
    }
    // The node that makes the value, or nullptr.
    const graph::Node* producer(graph::ValueId id) const;
    // Where an operand lies: an input, a constant, or what a step or view has defined before. What lies as codes is
    // made into f32 first.
    View view(graph::ValueId id);
    // The operand's codes, where it lies so.
    const CodedView* codes(graph::ValueId id) const;
    void define_codes(graph::ValueId id, CodedView codes);
    // For what only moves elements: the view of the codes, where it lies so, and the type of the elements; the result
    // `to`, at `view`, then holds what `from` holds.
    View any_view(graph::ValueId id) { return codes(id) != nullptr ? codes(id)->view : view(id); }
    DType element_type(graph::ValueId id) const {
        return codes(id) != nullptr ? codes(id)->type.dtype : dtype(id);
    }
    void define_moved(graph::ValueId from, graph::ValueId to, View view);
    // The same elements, dense in that order: copied where they are not (constants: now; others by a step).
    View dense(const View& view, const Order& order, DType dtype);
    View dense(graph::ValueId id, const Order& order) { return dense(view(id), order, dtype(id)); }
    View row_major_view(graph::ValueId id) { return dense(id, row_major(shape(id).size())); }
    // The node's operands as far as they are constants; nullptr for the others.
    std::vector<const Tensor*> constants_of(const graph::Node& node) const;
    // A list that is an attribute or a constant operand of the same name.
    Result<graph::Ints> ints(const graph::Node& node, std::string_view name) const;
    // A constant's elements as f32, contiguous.
    std::vector<float> floats(graph::ValueId id) const;

    // A constant's own elements, which PackedWeights may have to make again.
    Tensor whole_constant(graph::ValueId id) const;
    // The constant as `pack` makes it, as memory that steps read. unpack: the constant from that, where it can be had.
    View packed(graph::ValueId constant, const std::string& purpose, const std::function<SharedBytes()>& pack,
                std::function<Tensor(const SharedBytes&)> unpack = {});
    // Constant memory that the steps of this plan share, made once for each key.
    View shared_constant(const std::string& key, const std::function<SharedBytes()>& make);
    View new_view(const Shape& shape, const Order& order, DType dtype);  // arena memory, not written yet
    View constant_view(const Shape& shape, SharedBytes bytes);  // row-major
    View scratch_floats(size_t count);
    void define(graph::ValueId id, View view) { views_[static_cast<size_t>(id)] = std::move(view); }
    bool is_constant(const View& view) const {
        return plan_.buffers[view.buffer].home == Buffer::Home::kConstant;
    }

    // The step reads and writes these views (scratch too) and no others.
    void add_step(StepTime description, const std::vector<View>& touched,
                  std::function<Status(const Run&)> work);
    void add_copy(const View& from, const View& to, DType dtype, std::string what);
    void note(std::string text);

    // Name, operators and cost of a group's step.
    StepTime describe(const Group& group, std::string kernel) const;

private:
    Status lower_group(const Group& group);
    View dequantised(graph::ValueId id);
    Status set_outputs();

    graph::Uses uses_;
    Plan plan_;
    std::map<size_t, View> views_;
    std::map<size_t, CodedView> codes_;
    std::map<std::string, View> shared_;
};

// The families. A function returns false where the operator, as it is used here, has no kernel; the reference kernel
// serves then.
using Lower = Result<bool> (*)(Lowering&, const Group&);
Result<bool> lower_conv(Lowering&, const Group&);
Result<bool> lower_integer_conv(Lowering&, const Group&);  // and convolutions of what lies as codes
Result<bool> lower_integer_product(Lowering&, const Group&);
Result<bool> lower_dequantize(Lowering&, const Group&);
Result<bool> lower_dynamic_quantize(Lowering&, const Group&);
Result<bool> lower_product(Lowering&, const Group&);
Result<bool> lower_chain(Lowering&, const Group&);
Result<bool> lower_movement(Lowering&, const Group&);  // views and copies
Result<bool> lower_concat(Lowering&, const Group&);
Result<bool> lower_norm(Lowering&, const Group&);
Result<bool> lower_softmax(Lowering&, const Group&);
Result<bool> lower_reduce(Lowering&, const Group&);
Result<bool> lower_pool(Lowering&, const Group&);
Result<bool> lower_attention(Lowering&, const Group&);
Result<bool> lower_take(Lowering&, const Group&);  // pad, tile, gather, depth_to_space, space_to_depth
Result<bool> lower_resize(Lowering&, const Group&);
Result<bool> lower_conv_transpose(Lowering&, const Group&);
Result<bool> lower_lines(Lowering&, const Group&);  // arg_max, arg_min, top_k, cumsum
Result<bool> lower_channel_norm(Lowering&, const Group&);  // instance_norm, group_norm
Result<bool> lower_rotary(Lowering&, const Group&);
Status lower_by_reference(Lowering&, const Group&);

}  // namespace lathe::run::cpu
