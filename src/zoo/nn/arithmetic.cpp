// Activations, arithmetic, and changes of shape.
#include <algorithm>
#include <limits>

#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

ValueId Net::act(ValueId x, Act act) {
    switch (act) {
        case Act::kNone: return x;
        case Act::kRelu: return unary("relu", x);
        case Act::kRelu6: return b.add("clip", {x}, {{"min", 0.0}, {"max", 6.0}});
        case Act::kLeakyRelu: return b.add("leaky_relu", {x}, {{"alpha", 0.01}});
        case Act::kElu: return unary("elu", x);
        case Act::kSelu: return unary("selu", x);
        case Act::kSilu: return unary("silu", x);
        case Act::kMish: return unary("mish", x);
        case Act::kGelu: return unary("gelu", x);
        case Act::kGeluTanh: return b.add("gelu", {x}, {{"approximate", std::string("tanh")}});
        case Act::kQuickGelu: return b.add("silu", {x}, {{"alpha", 1.702}});
        case Act::kSigmoid: return unary("sigmoid", x);
        case Act::kTanh: return unary("tanh", x);
        case Act::kHardSigmoid: return b.add("hard_sigmoid", {x}, {{"alpha", 1.0 / 6}, {"beta", 0.5}});
        case Act::kHardSwish: return unary("hard_swish", x);
        case Act::kHardMish:
            return mul(mul(x, 0.5), b.add("clip", {add(x, 2)}, {{"min", 0.0}, {"max", 2.0}}));
        case Act::kSoftplus: return unary("softplus", x);
    }
    return x;
}

ValueId Net::softmax(ValueId x, int axis) { return b.add("softmax", {x}, {{"axis", int64_t{axis}}}); }

ValueId Net::attention(ValueId q, ValueId k, ValueId v, ValueId mask, double scale) {
    std::vector<ValueId> inputs{q, k, v};
    if (mask != kNoValue) inputs.push_back(mask);
    return b.add("attention", std::move(inputs), {{"scale", scale}});
}

ValueId Net::l2_normalize(ValueId x, int axis, double epsilon) {
    const ValueId norm = b.add("reduce_l2", {x}, {{"axes", Ints{axis}}, {"keepdims", true}});
    return div(x, b.add("max", {norm, number(epsilon)}));
}

ValueId Net::mean(ValueId x, Ints axes, bool keepdims) {
    return b.add("reduce_mean", {x}, {{"axes", std::move(axes)}, {"keepdims", keepdims}});
}
ValueId Net::sum(ValueId x, Ints axes, bool keepdims) {
    return b.add("reduce_sum", {x}, {{"axes", std::move(axes)}, {"keepdims", keepdims}});
}
ValueId Net::max(ValueId x, Ints axes, bool keepdims) {
    return b.add("reduce_max", {x}, {{"axes", std::move(axes)}, {"keepdims", keepdims}});
}

ValueId Net::reshape(ValueId x, Dims shape) {
    const Dims from = b.shape(x);
    if (!b.ok()) return kNoValue;
    Dim rest = 1;
    size_t open = shape.size();
    for (size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == kBatch) shape[i] = from[0];
        if (shape[i] == Dim(-1)) open = i;
        else rest = rest * shape[i];
    }
    if (open < shape.size()) shape[open] = Dim::floor_div(graph::product(from), rest);
    return b.add("reshape", {x}, {{"shape", std::move(shape)}});
}

ValueId Net::transpose(ValueId x, Ints perm) { return b.add("transpose", {x}, {{"perm", std::move(perm)}}); }

ValueId Net::flatten(ValueId x, int from) {
    Dims shape = b.shape(x);
    if (!b.ok()) return kNoValue;
    const auto kept = shape.begin() + from;
    const Dim rest = graph::product(Dims(kept, shape.end()));
    shape.erase(kept, shape.end());
    shape.push_back(rest);
    return reshape(x, std::move(shape));
}

ValueId Net::concat(std::vector<ValueId> parts, int axis) {
    if (parts.size() == 1) return parts[0];
    return b.add("concat", std::move(parts), {{"axis", int64_t{axis}}});
}

ValueId Net::slice(ValueId x, int axis, int64_t from, int64_t to) {
    return b.add("slice", {x}, {{"starts", Dims{from}}, {"ends", Dims{to}}, {"axes", Ints{axis}}});
}

ValueId Net::select(ValueId x, int axis, int64_t index) {
    const int64_t at = index < 0 ? dim(x, axis) + index : index;
    return squeeze(slice(x, axis, at, at + 1), {axis});
}

std::vector<ValueId> Net::split(ValueId x, int axis, const Ints& sizes) {
    return b.add_many("split", {x}, {{"split", Dims(sizes.begin(), sizes.end())}, {"axis", int64_t{axis}}},
                      sizes.size());
}

std::vector<ValueId> Net::chunk(ValueId x, int axis, int64_t count) {
    if (dim(x, axis) % count != 0) fail_with(format("{} does not divide into {} parts", dim(x, axis), count));
    return split(x, axis, Ints(static_cast<size_t>(count), dim(x, axis) / count));
}

ValueId Net::squeeze(ValueId x, Ints axes) { return b.add("squeeze", {x}, {{"axes", std::move(axes)}}); }
ValueId Net::unsqueeze(ValueId x, Ints axes) { return b.add("unsqueeze", {x}, {{"axes", std::move(axes)}}); }

ValueId Net::expand(ValueId x, Dims shape) { return b.add("expand", {x}, {{"shape", std::move(shape)}}); }

ValueId Net::roll(ValueId x, int axis, int64_t shift) {
    const int64_t size = dim(x, axis), by = ((shift % size) + size) % size;
    if (by == 0) return x;
    return concat({slice(x, axis, size - by, size), slice(x, axis, 0, size - by)}, axis);
}

ValueId Net::pad(ValueId x, Ints begin, Ints end, std::string_view mode, double value) {
    Dims pads(begin.begin(), begin.end());
    pads.insert(pads.end(), end.begin(), end.end());
    return b.add("pad", {x},
                 {{"pads", std::move(pads)}, {"mode", std::string(mode)}, {"constant_value", value}});
}

ValueId Net::tokens(ValueId x) { return transpose(flatten(x, 2), {0, 2, 1}); }
ValueId Net::image(ValueId x, Size2 size) {
    return reshape(transpose(x, {0, 2, 1}), {kBatch, dim(x, -1), size.h, size.w});
}
ValueId Net::channels_last(ValueId x) { return transpose(x, {0, 2, 3, 1}); }
ValueId Net::channels_first(ValueId x) { return transpose(x, {0, 3, 1, 2}); }

}  // namespace lathe::zoo::nn
