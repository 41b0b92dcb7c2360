#include "zoo/nn/window.h"

namespace lathe::zoo::nn {
namespace {

int64_t rest_of(int64_t size, int64_t window) { return (window - size % window) % window; }

// The three strips of a rolled image: untouched windows, the last window's own part, what came from the other side.
int64_t strip_of(int64_t at, int64_t size, int64_t window, int64_t shift) {
    if (shift == 0 || at < size - window) return 0;
    return at < size - shift ? 1 : 2;
}

void check_divides(Net& net, Size2 image, Size2 window) {
    if (window.h < 1 || window.w < 1 || image.h % window.h != 0 || image.w % window.w != 0)
        net.fail_with(format("a map of {} x {} does not divide into windows of {} x {}", image.h, image.w,
                             window.h, window.w));
}

}  // namespace

ValueId window_partition(Net& net, ValueId x, Size2 window) {
    const Size2 image{net.dim(x, 1), net.dim(x, 2)};
    const int64_t channels = net.dim(x, 3);
    check_divides(net, image, window);
    const Size2 count{image.h / window.h, image.w / window.w};
    x = net.reshape(x, {kBatch, count.h, window.h, count.w, window.w, channels});
    x = net.transpose(x, {0, 1, 3, 2, 4, 5});
    return net.reshape(x, {kBatch, count.h * count.w, window.h * window.w, channels});
}

ValueId window_reverse(Net& net, ValueId windows, Size2 window, Size2 image) {
    const int64_t channels = net.dim(windows, -1);
    ValueId x =
        net.reshape(windows, {kBatch, image.h / window.h, image.w / window.w, window.h, window.w, channels});
    x = net.transpose(x, {0, 1, 3, 2, 4, 5});
    return net.reshape(x, {kBatch, image.h, image.w, channels});
}

ValueId grid_partition(Net& net, ValueId x, Size2 grid) {
    const Size2 image{net.dim(x, 1), net.dim(x, 2)};
    const int64_t channels = net.dim(x, 3);
    check_divides(net, image, grid);
    const Size2 step{image.h / grid.h, image.w / grid.w};
    x = net.reshape(x, {kBatch, grid.h, step.h, grid.w, step.w, channels});
    x = net.transpose(x, {0, 2, 4, 1, 3, 5});
    return net.reshape(x, {kBatch, step.h * step.w, grid.h * grid.w, channels});
}

ValueId grid_reverse(Net& net, ValueId windows, Size2 grid, Size2 image) {
    const int64_t channels = net.dim(windows, -1);
    ValueId x = net.reshape(windows, {kBatch, image.h / grid.h, image.w / grid.w, grid.h, grid.w, channels});
    x = net.transpose(x, {0, 3, 1, 4, 2, 5});
    return net.reshape(x, {kBatch, image.h, image.w, channels});
}

ValueId padded_to_windows(Net& net, ValueId x, Size2 window) {
    const int64_t below = rest_of(net.dim(x, 1), window.h), right = rest_of(net.dim(x, 2), window.w);
    return below == 0 && right == 0 ? x : net.pad(x, {0, 0, 0, 0}, {0, below, right, 0});
}

ValueId cropped(Net& net, ValueId x, Size2 size) {
    if (net.dim(x, 1) != size.h) x = net.slice(x, 1, 0, size.h);
    return net.dim(x, 2) != size.w ? net.slice(x, 2, 0, size.w) : x;
}

ValueId rolled(Net& net, ValueId x, Size2 shift) { return net.roll(net.roll(x, 1, shift.h), 2, shift.w); }

Tensor shifted_window_mask(Size2 image, Size2 window, Size2 shift) {
    const int64_t across = image.w / window.w, count = image.h / window.h * across,
                  area = window.h * window.w;
    const auto region = [&](int64_t w, int64_t i) {
        const int64_t y = w / across * window.h + i / window.w, x = w % across * window.w + i % window.w;
        return 3 * strip_of(y, image.h, window.h, shift.h) + strip_of(x, image.w, window.w, shift.w);
    };
    TensorBuilder builder(DType::kF32, {count, area, area});
    auto values = builder.values<float>();
    size_t at = 0;
    for (int64_t w = 0; w < count; ++w)
        for (int64_t i = 0; i < area; ++i)
            for (int64_t j = 0; j < area; ++j) values[at++] = region(w, i) == region(w, j) ? 0.0f : -100.0f;
    return builder.finish();
}

// Windows that share their bias join the batch; windows with masks of their own join the heads.
ValueId window_attention_heads(Net& net, ValueId q, ValueId k, ValueId v, ValueId bias, ValueId mask,
                               double scale) {
    const int64_t windows = net.dim(q, 1), heads = net.dim(q, 2), length = net.dim(q, 3),
                  keys = net.dim(k, 3), size = net.dim(v, 4);
    const Dim batch = net.batch(q);
    const bool into_batch = mask == kNoValue;
    const auto joined = [&](ValueId x) {
        const int64_t l = net.dim(x, 3), s = net.dim(x, 4);
        return into_batch ? net.reshape(x, {batch * windows, heads, l, s})
                          : net.reshape(x, {kBatch, windows * heads, l, s});
    };
    ValueId added = bias;
    if (mask != kNoValue) {
        added = net.unsqueeze(mask, {1});  // [windows, 1, L, L]
        added =
            bias != kNoValue ? net.add(added, bias) : net.expand(added, {Dim(windows), heads, length, keys});
        added = net.reshape(added, {1, windows * heads, length, keys});
    }
    ValueId x = net.attention(joined(q), joined(k), joined(v), added, scale);
    return net.reshape(x, {batch, windows, heads, length, size});
}

ValueId window_attention(Net& net, ValueId q, ValueId k, ValueId v, ValueId bias, ValueId mask,
                         double scale) {
    const int64_t windows = net.dim(q, 1), heads = net.dim(q, 2), length = net.dim(q, 3),
                  size = net.dim(v, 4);
    const ValueId x = window_attention_heads(net, q, k, v, bias, mask, scale);
    return net.reshape(net.transpose(x, {0, 1, 3, 2, 4}), {kBatch, windows, length, heads * size});
}

WindowHeads split_window_qkv(Net& net, ValueId qkv, int64_t heads) {
    const int64_t windows = net.dim(qkv, 1), length = net.dim(qkv, 2), size = net.dim(qkv, 3) / (3 * heads);
    ValueId x = net.reshape(qkv, {kBatch, windows, length, 3, heads, size});
    x = net.transpose(x, {3, 0, 1, 4, 2, 5});  // [3, batch, windows, heads, L, size]
    const auto parts = net.split(x, 0, {1, 1, 1});
    if (parts.size() != 3) return {kNoValue, kNoValue, kNoValue};
    return {net.squeeze(parts[0], {0}), net.squeeze(parts[1], {0}), net.squeeze(parts[2], {0})};
}

}  // namespace lathe::zoo::nn
