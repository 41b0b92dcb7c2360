#include "run/cpu/integer_epilogue.h"

#include <algorithm>

namespace lathe::run::cpu {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

class Maker {
public:
    Maker(Lowering& lowering, const Group& group, const Order& order, size_t channel_axis)
        : lowering_(lowering),
          group_(group),
          order_(order),
          axis_(channel_axis),
          next_(group.anchors),
          value_(node(group.anchors - 1).outputs[0]),
          shape_(lowering.shape(value_)) {}

    IntegerEpilogue make(const IntegerOperands& operands) {
        made_.columns = columns();
        made_.scale = operands.scale;
        made_.bias = operands.bias;
        std::optional<Quantized> codes = operands.codes;
        DType dtype = lowering_.dtype(value_);
        if (dtype != DType::kI32) {
            made_.kind = IntegerResult::kFloats;
            if (!codes) codes = take_followers();
            dtype = codes ? codes->dtype : dtype;
            if (!made_.run_scale) made_.scale.resize(columns(), 1.0f);
        }
        if (codes) quantise(*codes);
        made_.value = lowering_.new_view(shape_, order_, dtype);
        lowering_.define(value_, made_.value);
        if (next_ < group_.nodes.size())
            made_.chain = std::make_shared<ChainWork>(lowering_, group_, next_, order_, value_, &made_.value);
        return std::move(made_);
    }

private:
    const Node& node(size_t i) const { return lowering_.graph().nodes[group_.nodes[i]]; }
    size_t columns() const { return static_cast<size_t>(shape_[axis_]); }

    // The node right behind, where nobody else sees what comes between.
    const Node* follower() const {
        const bool follows = next_ < group_.nodes.size() && lowering_.users(value_).size() == 1 &&
                             lowering_.only_here(value_, group_) &&
                             lowering_.users(value_)[0] == group_.nodes[next_];
        return follows ? &node(next_) : nullptr;
    }
    void take() { value_ = node(next_++).outputs[0]; }

    // The other operand of an operator of two, where it is one number for each column, or one.
    ValueId column_operand(const Node& of, std::string_view op) const {
        if (of.op->name != op || of.inputs.size() != 2 || of.inputs[0] == of.inputs[1]) return kNoValue;
        const ValueId other = of.inputs[of.inputs[0] == value_ ? 1 : 0];
        const Shape& own = lowering_.shape(other);
        if (own.size() > shape_.size()) return kNoValue;
        const size_t lead = shape_.size() - own.size();
        for (size_t i = 0; i < own.size(); ++i)
            if (own[i] != 1 && (lead + i != axis_ || own[i] != shape_[axis_])) return kNoValue;
        return other;
    }
    std::vector<float> column_values(ValueId id) const {
        std::vector<float> values = lowering_.floats(id);
        values.resize(columns(), values[0]);
        return values;
    }

    // Codes, where the last is a quantize_linear.
    std::optional<Quantized> take_followers() {
        const Node* next = follower();
        if (next != nullptr && made_.scale.empty())
            if (const ValueId scale = column_operand(*next, "mul"); scale != kNoValue) {
                if (lowering_.constant(scale) != nullptr) made_.scale = column_values(scale);
                else made_.run_scale = lowering_.row_major_view(scale);
                take();
                next = follower();
            }
        if (next != nullptr)
            if (const ValueId bias = column_operand(*next, "add");
                bias != kNoValue && lowering_.constant(bias) != nullptr) {
                const auto values = column_values(bias);
                made_.bias.resize(columns(), 0.0f);
                std::ranges::transform(made_.bias, values, made_.bias.begin(), std::plus{});
                take();
                next = follower();
            }
        if (next != nullptr && take_clamp(*next)) next = follower();
        // What the run scales is quantised by the chain.
        if (next == nullptr || made_.run_scale) return std::nullopt;
        const auto codes = elementwise_of(lowering_.c.shaped, *next)->codes;
        if (codes) take();
        return codes;
    }
    bool take_clamp(const Node& next) {
        const auto step = elementwise_of(lowering_.c.shaped, next);
        if (step->steps.size() != 1) return false;
        const Function function = step->steps[0].function;
        if (function == Function::kRelu) made_.low = 0;
        else if (function == Function::kClip) made_.low = step->steps[0].p, made_.high = step->steps[0].q;
        else return false;
        take();
        return true;
    }

    // The kernel's numbers become multiples of the codes' scale.
    void quantise(const Quantized& codes) {
        made_.kind = IntegerResult::kCodes;
        made_.zero = codes.zero;
        for (float& x : made_.scale) x = static_cast<float>(double{x} / codes.scale);
        for (float& x : made_.bias) x /= codes.scale;
        const auto limit = [&](float x) {
            return std::clamp(x / codes.scale, static_cast<float>(codes.low() - codes.zero),
                              static_cast<float>(codes.high() - codes.zero));
        };
        made_.low = limit(made_.low);
        made_.high = limit(made_.high);
    }

    Lowering& lowering_;
    const Group& group_;
    const Order& order_;
    size_t axis_, next_;
    ValueId value_;
    const Shape shape_;
    IntegerEpilogue made_;
};

}  // namespace

std::vector<View> IntegerEpilogue::touched() const {
    std::vector<View> views{value};
    if (run_scale) views.push_back(*run_scale);
    if (chain) views.insert(views.end(), chain->touched().begin(), chain->touched().end());
    return views;
}

IntegerResult IntegerEpilogue::kernel_result() const {
    return {.kind = kind, .low = low, .high = high, .zero = zero, .c_stride = static_cast<int64_t>(columns)};
}

void* IntegerEpilogue::at(const Run& run, size_t element) const {
    return run.bases[value.buffer] + element * (kind == IntegerResult::kCodes ? 1 : 4);
}

IntegerEpilogue make_integer_epilogue(Lowering& lowering, const Group& group, const IntegerOperands& operands,
                                      const Order& order, size_t channel_axis) {
    return Maker(lowering, group, order, channel_axis).make(operands);
}

}  // namespace lathe::run::cpu
