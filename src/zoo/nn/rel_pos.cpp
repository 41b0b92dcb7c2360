#include "zoo/nn/rel_pos.h"

#include <algorithm>
#include <cmath>

namespace lathe::zoo::nn {
namespace {

int64_t offsets_of(Size2 window) { return (2 * window.h - 1) * (2 * window.w - 1); }

double signed_log(double x, double scale) { return std::copysign(std::log1p(std::abs(x)) * scale, x); }

}  // namespace

Tensor relative_position_index(Size2 window, bool class_token, bool keys_first) {
    const int64_t area = window.h * window.w, extra = class_token ? 1 : 0, rows = offsets_of(window);
    const int64_t side = area + extra;
    std::vector<int64_t> index(static_cast<size_t>(side * side));
    const auto offset = [&](int64_t from, int64_t to) {
        const int64_t dy = from / window.w - to / window.w, dx = from % window.w - to % window.w;
        return (dy + window.h - 1) * (2 * window.w - 1) + dx + window.w - 1;
    };
    for (int64_t q = 0; q < side; ++q)
        for (int64_t k = 0; k < side; ++k) {
            int64_t& value = index[static_cast<size_t>(q * side + k)];
            const int64_t a = q - extra, b = k - extra;
            if (a < 0 && b < 0) value = rows + 2;
            else if (a < 0 || b < 0) value = a < 0 ? rows : rows + 1;
            else value = keys_first ? offset(b, a) : offset(a, b);
        }
    return tensor_from_ints(DType::kI64, {side, side}, index);
}

ValueId gather_bias(Net& net, ValueId table, const Tensor& index) {
    const ValueId picked = net.b.add("gather", {table, net.shared_constant("relative_position_index", index)},
                                     {{"axis", int64_t{0}}});  // [q, k, heads]
    return net.unsqueeze(net.transpose(picked, {2, 0, 1}), {0});
}

ValueId gather_bias_heads_first(Net& net, ValueId table, const Tensor& index) {
    const ValueId picked = net.b.add("gather", {table, net.shared_constant("relative_position_index", index)},
                                     {{"axis", int64_t{1}}});  // [heads, q, k]
    return net.unsqueeze(picked, {0});
}

ValueId rel_pos_bias(Net& net, const Key& key, Size2 window, int64_t heads, bool class_token) {
    const int64_t extra = class_token ? 3 : 0;
    const auto resize = [&](const Tensor& found) { return resize_rel_pos_bias_table(found, window, extra); };
    const ValueId table =
        net.fitted(key / "relative_position_bias_table", {offsets_of(window) + extra, heads}, resize);
    return gather_bias(net, table, relative_position_index(window, class_token));
}

ValueId rel_pos_bias_tf(Net& net, const Key& key, Size2 window, int64_t heads) {
    const auto resize = [&](const Tensor& found) { return resize_rel_pos_bias_table(found, window); };
    const ValueId table =
        net.fitted(key / "relative_position_bias_table", {heads, 2 * window.h - 1, 2 * window.w - 1}, resize);
    return gather_bias_heads_first(net, net.reshape(table, {heads, offsets_of(window)}),
                                   relative_position_index(window, false, true));
}

Tensor relative_log_coords(Size2 window, Size2 pretrained, RelPosMlp::Mode mode) {
    const int64_t height = 2 * window.h - 1, width = 2 * window.w - 1;
    const Size2 unit = pretrained.h > 0 ? pretrained : window;
    const auto log_of = [&](int64_t offset, int64_t size) {
        const auto x = static_cast<double>(offset);
        if (mode == RelPosMlp::kCr) return signed_log(x, 1);
        return signed_log(8 * x / static_cast<double>(std::max<int64_t>(size - 1, 1)), 1 / std::log(8.0));
    };
    TensorBuilder builder(DType::kF32, {height, width, 2});
    auto values = builder.values<float>();
    size_t at = 0;
    for (int64_t y = 0; y < height; ++y)
        for (int64_t x = 0; x < width; ++x) {
            values[at++] = static_cast<float>(log_of(y - window.h + 1, unit.h));
            values[at++] = static_cast<float>(log_of(x - window.w + 1, unit.w));
        }
    return builder.finish();
}

ValueId rel_pos_mlp(Net& net, const Key& key, Size2 window, int64_t heads, const RelPosMlp& mlp) {
    const Tensor coords = relative_log_coords(window, mlp.pretrained_window, mlp.mode);
    ValueId table = net.shared_constant("relative_coords", coords.reshaped({offsets_of(window), 2}));
    table = net.act(net.linear(key / mlp.first, table, mlp.hidden, mlp.first_bias), Act::kRelu);
    table = net.linear(key / mlp.second, table, heads, mlp.second_bias);  // [offsets, heads]
    if (mlp.mode == RelPosMlp::kSwin) table = net.mul(net.act(table, Act::kSigmoid), 16);
    return gather_bias(net, table, relative_position_index(window));
}

}  // namespace lathe::zoo::nn
