#include "zoo/katago/layers.h"

#include <algorithm>
#include <cmath>

namespace lathe::zoo::katago {

using graph::Dim;
using graph::Dims;
using graph::Ints;
using graph::kNoValue;

namespace {

// The norm as x * multiplier + offset, merged in double.
struct Affine {
    std::vector<float> multiplier, offset;
};

double element(const std::optional<Tensor>& vector, size_t i, double absent) {
    return vector ? static_cast<double>(vector->values<float>()[i]) : absent;
}

Affine merge(const Norm& norm, size_t channels) {
    Norm plain = norm;
    for (auto* part : {&plain.mean, &plain.variance, &plain.scale, &plain.bias})
        if (*part) *part = (*part)->to_contiguous();
    Affine affine;
    for (size_t c = 0; c < channels; ++c) {
        const double variance = element(plain.variance, c, 1), mean = element(plain.mean, c, 0);
        const double multiplier = element(plain.scale, c, 1) / std::sqrt(variance + norm.epsilon);
        affine.multiplier.push_back(static_cast<float>(multiplier));
        affine.offset.push_back(static_cast<float>(element(plain.bias, c, 0) - multiplier * mean));
    }
    return affine;
}

Tensor vector_of(const std::vector<float>& values) {
    return Tensor::of<float>({static_cast<int64_t>(values.size())}, std::span(values));
}

bool all_are(const std::vector<float>& values, float value) {
    return std::ranges::all_of(values, [value](float v) { return v == value; });
}

}  // namespace

Layers::Layers(graph::Builder& builder, ValueId bin_input)
    : b(builder), batch(Dim::symbol("batch")), height(Dim::symbol("height")), width(Dim::symbol("width")) {
    b.scope("board/");
    mask = slice(bin_input, 1, 0, 1);  // [batch, 1, height, width]
    off_board = sub(mask, number(1));  // [batch, 1, height, width]
    area = reduce("reduce_sum", mask, {2, 3}, false);  // [batch, 1]
    size_small = mul(sub(unary("sqrt", area), number(14)), number(0.1));  // [batch, 1]
}

ValueId Layers::number(double value) {
    const auto found = numbers_.find(value);
    if (found != numbers_.end()) return found->second;
    const ValueId id = b.constant(format("number_{}", value), Tensor::scalar(static_cast<float>(value)));
    return numbers_[value] = id;
}

ValueId Layers::channel_constant(const std::string& name, const Tensor& vector) {
    return constant(name, vector.reshaped({1, vector.count(), 1, 1}));
}

ValueId Layers::reshape(ValueId x, Dims shape) {
    return b.add("reshape", {x}, {{"shape", std::move(shape)}});
}
ValueId Layers::transpose(ValueId x, Ints perm) {
    return b.add("transpose", {x}, {{"perm", std::move(perm)}});
}

ValueId Layers::reduce(std::string_view op, ValueId x, Ints axes, bool keepdims) {
    return b.add(op, {x}, {{"axes", std::move(axes)}, {"keepdims", keepdims}});
}

ValueId Layers::concat(std::vector<ValueId> parts, int64_t axis) {
    return b.add("concat", std::move(parts), {{"axis", axis}});
}

ValueId Layers::slice(ValueId x, int64_t axis, Dim from, Dim to) {
    return b.add("slice", {x},
                 {{"starts", Dims{std::move(from)}}, {"ends", Dims{std::move(to)}}, {"axes", Ints{axis}}});
}

ValueId Layers::conv(ValueId x, const Conv& conv) {
    const int64_t y = conv.weight.dim(2) / 2 * conv.dilation_y,
                  x_pad = conv.weight.dim(3) / 2 * conv.dilation_x;
    return b.add("conv", {x, constant(conv.key + ".weight", conv.weight)},
                 {{"pads", Ints{y, x_pad, y, x_pad}},
                  {"dilations", Ints{conv.dilation_y, conv.dilation_x}},
                  {"group", conv.groups}});
}

ValueId Layers::matrix(ValueId x, const Matrix& matrix) {
    const ValueId product = b.add("matmul", {x, constant(matrix.key + ".weight", matrix.weight)});
    return matrix.bias ? add(product, constant(matrix.key + ".bias", *matrix.bias)) : product;
}

// x * tanh(ln(1 + e^x)) without exponentials that overflow: with s = 1 / (1 + e^-x) and t = s * (2 - s), the tangent is
// t / (2 - t).
ValueId Layers::mish(ValueId x) {
    const ValueId s = unary("sigmoid", x);
    const ValueId t = mul(s, sub(number(2), s));
    return mul(x, div(t, sub(number(2), t)));
}

ValueId Layers::act(ValueId x, Activation activation) {
    switch (activation) {
        case Activation::kIdentity: return x;
        case Activation::kRelu: return unary("relu", x);
        case Activation::kMish: return mish(x);
        case Activation::kSilu: return mul(x, unary("sigmoid", x));
        case Activation::kElu: {  // above 0: x, below: e^x - 1
            const ValueId below = b.add("min", {x, number(0)});
            return add(unary("relu", x), sub(unary("exp", below), number(1)));
        }
        case Activation::kGelu: {  // x * (1 + erf(x / sqrt 2)) / 2
            const ValueId erf = unary("erf", mul(x, number(std::sqrt(0.5))));
            return mul(mul(x, number(0.5)), add(erf, number(1)));
        }
        case Activation::kHardswish: {  // x * clamp(x / 6 + 1/2, 0, 1)
            const ValueId ramp = add(mul(x, number(1.0 / 6)), number(0.5));
            return mul(x, b.add("min", {unary("relu", ramp), number(1)}));
        }
    }
    return x;
}

ValueId Layers::norm_act(ValueId x, const Norm& norm, Activation activation) {
    const Dims shape = b.shape(x);
    if (!b.ok()) return kNoValue;
    const auto channels = static_cast<size_t>(*shape[1].constant());
    const Affine affine = merge(norm, channels);
    if (!all_are(affine.multiplier, 1))
        x = mul(x, channel_constant(norm.key + ".multiplier", vector_of(affine.multiplier)));
    if (!all_are(affine.offset, 0))
        x = add(x, channel_constant(norm.key + ".offset", vector_of(affine.offset)));
    return mul(act(x, activation), mask);
}

ValueId Layers::rms_norm(ValueId x, const RmsNorm& norm) {
    const ValueId square = reduce("reduce_mean", mul(x, x), {-1}, true);
    const ValueId rms = unary("sqrt", add(square, number(norm.epsilon)));
    const ValueId y = mul(div(x, rms), constant(norm.key + ".weight", norm.weight));
    return norm.bias ? add(y, constant(norm.key + ".bias", *norm.bias)) : y;
}

ValueId Layers::rms_norm_board(ValueId x, const RmsNorm& norm, int64_t channels) {
    if (!norm.spatial) {
        Board board{.planes = x, .channels = channels};
        Board normed{.points = rms_norm(points(board), norm), .channels = channels};
        return mul(planes(normed), mask);
    }
    const ValueId on_board = mul(x, mask);  // [batch, C, height, width]
    const int64_t size = norm.group_size > 0 ? norm.group_size : channels;
    const ValueId count = as_bias(mul(area, number(static_cast<double>(size))));  // [batch, 1, 1, 1]
    const Dims grouped{batch, channels / size, Dim(size) * height, width};
    ValueId y = norm.group_size > 0 ? reshape(on_board, grouped) : on_board;
    const Ints axes = norm.group_size > 0 ? Ints{2, 3} : Ints{1, 2, 3};
    const ValueId squares = reduce("reduce_sum", mul(y, y), axes, true);  // [batch, groups, 1, 1]
    y = div(y, unary("sqrt", add(div(squares, count), number(norm.epsilon))));
    if (norm.group_size > 0) y = reshape(y, {batch, channels, height, width});
    y = mul(y, channel_constant(norm.key + ".weight", norm.weight));
    if (norm.bias) y = mul(add(y, channel_constant(norm.key + ".bias", *norm.bias)), mask);
    return y;
}

ValueId Layers::pool(ValueId x) {
    const ValueId mean = div(reduce("reduce_sum", x, {2, 3}, false), area);  // [batch, C]
    // Activations are above -1, so that points off the board never are the largest.
    const ValueId largest = reduce("reduce_max", add(x, off_board), {2, 3}, false);  // [batch, C]
    return concat({mean, mul(mean, size_small), largest}, 1);  // [batch, 3 * C]
}

ValueId Layers::pool_for_value(ValueId x) {
    if (size_square_ == kNoValue) size_square_ = sub(mul(size_small, size_small), number(0.1));  // [batch, 1]
    const ValueId mean = div(reduce("reduce_sum", x, {2, 3}, false), area);  // [batch, C]
    return concat({mean, mul(mean, size_small), mul(mean, size_square_)}, 1);  // [batch, 3 * C]
}

ValueId Layers::pooling_conv(ValueId x, const PoolingConv& layer) {
    const ValueId regular = conv(x, layer.regular);  // [batch, R, height, width]
    const ValueId pooled =
        norm_act(conv(x, layer.pooled), layer.norm, layer.act);  // [batch, G, height, width]
    return add(regular, as_bias(matrix(pool(pooled), layer.linear)));  // [batch, R, height, width]
}

ValueId Layers::norm_act_conv(ValueId x, const NormActConv& layer) {
    x = norm_act(x, layer.norm, layer.act);
    const auto* pooling = std::get_if<PoolingConv>(&layer.conv);
    return pooling != nullptr ? pooling_conv(x, *pooling) : conv(x, std::get<Conv>(layer.conv));
}

ValueId Layers::tip(ValueId x, const Tip& tip, int64_t channels) {
    if (const auto* norm = std::get_if<Norm>(&tip.norm)) return norm_act(x, *norm, tip.act);
    // The activations keep 0 at 0, so that the norm's mask is enough.
    return act(rms_norm_board(x, std::get<RmsNorm>(tip.norm), channels), tip.act);
}

ValueId Layers::planes(Board& board) {
    if (board.planes == kNoValue)
        board.planes = reshape(transpose(board.points, {0, 2, 1}), {batch, board.channels, height, width});
    return board.planes;
}

ValueId Layers::points(Board& board) {
    if (board.points == kNoValue)
        board.points = transpose(reshape(board.planes, {batch, board.channels, height * width}), {0, 2, 1});
    return board.points;
}

Board Layers::sum(Board& x, const Board& residual) {
    Board result{.channels = x.channels};
    if (residual.points != kNoValue) result.points = add(points(x), residual.points);
    else result.planes = add(planes(x), residual.planes);
    return result;
}

Board Layers::run(Board& x, const Chain& chain) {
    ValueId y = planes(x);
    for (const NormActConv& layer : chain.layers) y = norm_act_conv(y, layer);
    return {.planes = y, .channels = x.channels};
}

Board Layers::run(Board& x, const Nested& nested) {
    Board inner{.planes = norm_act_conv(planes(x), nested.in)};
    inner.channels = std::get<Conv>(nested.in.conv).weight.dim(0);
    inner = run_all(inner, nested.blocks);
    return {.planes = norm_act_conv(planes(inner), nested.out), .channels = x.channels};
}

Board Layers::run(Board& x, const FeedForward& layers) {
    const ValueId normed = rms_norm(points(x), layers.norm);  // [batch, S, C]
    ValueId inner = act(matrix(normed, layers.up), layers.act);  // [batch, S, F]
    if (layers.gate) inner = mul(inner, matrix(normed, *layers.gate));
    if (layers.local) {
        Board wide{.points = inner, .channels = layers.up.out()};
        Board mixed{.planes = mul(conv(planes(wide), *layers.local), mask), .channels = wide.channels};
        inner = points(mixed);
    }
    return {.points = matrix(inner, layers.down), .channels = x.channels};  // [batch, S, C]
}

Board Layers::run(Board& x, const Block& block) {
    b.scope(block.key + "/");
    return std::visit([&](const auto& body) { return run(x, body); }, block.body);
}

Board Layers::run_all(Board x, const std::vector<Block>& blocks) {
    for (const Block& block : blocks)
        if (b.ok()) x = sum(x, run(x, block));
    return x;
}

}  // namespace lathe::zoo::katago
