#include "zoo/timm/byoanet_attention.h"

#include "zoo/nn/channels.h"
#include "zoo/nn/rel_pos.h"

namespace lathe::zoo::timm {

using nn::Ints;
using nn::kBatch;
using nn::Key;
using nn::Net;
using nn::Size2;
using nn::ValueId;

namespace {

int64_t key_size_of(int64_t given, int64_t width, double ratio, int64_t heads) {
    return given > 0 ? given : nn::make_divisible(static_cast<double>(width) * ratio) / heads;
}

// [batch, heads * size, H, W] -> [batch, heads, H * W, size].
ValueId heads_of(Net& net, ValueId x, int64_t heads) {
    const Size2 map = net.size(x);
    const int64_t size = net.channels(x) / heads;
    return net.transpose(net.reshape(x, {kBatch, heads, size, map.h * map.w}), {0, 1, 3, 2});
}

// The products of queries [batch, n, L, size] with the embeddings of their keys' offsets: [batch, n, L, keys].
ValueId position_products(Net& net, const Key& key, ValueId q, Size2 queries, Size2 keys) {
    const int64_t size = net.dim(q, -1);
    const ValueId rows = net.param(key / "height_rel", {2 * keys.h - 1, size});
    const ValueId columns = net.param(key / "width_rel", {2 * keys.w - 1, size});
    return nn::decomposed_rel_pos(net, q, rows, columns, queries, keys, true);
}

ValueId halved(Net& net, ValueId x, bool half) {
    return half ? net.avg_pool(x, {.kernel = 2, .stride = 2}) : x;
}

// Overlapping pieces of an axis: [.., size, ..] -> [.., count * window, ..], piece i from i * step on.
ValueId unfolded(Net& net, ValueId x, int axis, int64_t window, int64_t step, int64_t count) {
    std::vector<int64_t> index;
    for (int64_t piece = 0; piece < count; ++piece)
        for (int64_t i = 0; i < window; ++i) index.push_back(piece * step + i);
    const Tensor places = tensor_from_ints(DType::kI64, {count * window}, index);
    return net.b.add("gather", {x, net.shared_constant("window_index", places)}, {{"axis", int64_t{axis}}});
}

// [batch, heads * size, blocks.h * side, blocks.w * side] -> [batch, heads * blocks, side * side, size].
ValueId blocks_of(Net& net, ValueId x, int64_t heads, Size2 blocks, int64_t side) {
    const int64_t size = net.channels(x) / heads;
    x = net.reshape(x, {kBatch, heads, size, blocks.h, side, blocks.w, side});
    x = net.transpose(x, {0, 1, 3, 5, 4, 6, 2});
    return net.reshape(x, {kBatch, heads * blocks.h * blocks.w, side * side, size});
}

}  // namespace

ValueId attend_to_all(Net& net, const Key& key, ValueId x, int64_t stride, const AllPixels& a) {
    const int64_t width = net.channels(x), keys = a.heads * key_size_of(a.key_size, width, 1, a.heads);
    const Size2 map = net.size(x);
    const auto parts = net.split(net.conv(key / "qkv", x, {.out = 2 * keys + width}), 1, {keys, keys, width});
    const ValueId q = heads_of(net, parts[0], a.heads);
    const ValueId near = position_products(net, key / "pos_embed", q, map, map);
    ValueId y = net.attention(q, heads_of(net, parts[1], a.heads), heads_of(net, parts[2], a.heads), near);
    y = net.reshape(net.transpose(y, {0, 1, 3, 2}), {kBatch, width, map.h, map.w});
    return halved(net, y, stride == 2);
}

ValueId attend_with_halo(Net& net, const Key& key, ValueId x, int64_t stride, const Halo& h) {
    const int64_t width = net.channels(x), key_size = key_size_of(h.key_size, width, h.key_ratio, h.heads);
    const Size2 map = net.size(x), blocks{map.h / h.block, map.w / h.block};
    if (map.h % h.block != 0 || map.w % h.block != 0)
        net.fail_with(
            format("A map of {} x {} does not divide into blocks of {} x {}: take images whose sides are "
                   "multiples of {} times the map's stride.",
                   map.h, map.w, h.block, h.block, h.block));
    const bool pools = stride > 1 && h.block % stride != 0;
    const int64_t step = pools ? 1 : stride, side = h.block / step, window = h.block + 2 * h.halo;
    const ValueId q = blocks_of(net, net.conv(key / "q", x, {.out = h.heads * key_size, .stride = step}),
                                h.heads, blocks, side);
    ValueId kv = net.conv(key / "kv", x, {.out = h.heads * key_size + width});
    kv = net.pad(kv, {0, 0, h.halo, h.halo}, {0, 0, h.halo, h.halo});
    kv = unfolded(net, kv, 2, window, h.block, blocks.h);
    kv = unfolded(net, kv, 3, window, h.block, blocks.w);
    const auto parts = net.split(blocks_of(net, kv, h.heads, blocks, window), 3, {key_size, width / h.heads});
    const ValueId near = position_products(net, key / "pos_embed", q, side, window);
    ValueId y = net.attention(q, parts[0], parts[1], near);
    y = net.reshape(y, {kBatch, h.heads, blocks.h, blocks.w, side, side, width / h.heads});
    y = net.transpose(y, {0, 1, 6, 2, 4, 3, 5});
    return halved(net, net.reshape(y, {kBatch, width, blocks.h * side, blocks.w * side}), pools);
}

namespace {

// What positions say of the values v [batch, V, H, W]: a matrix for each pixel, [batch, H * W, key_size, V].
ValueId position_lambdas(Net& net, const Key& key, ValueId v, const Lambda& l) {
    const Size2 map = net.size(v);
    const int64_t values = net.channels(v), pixels = map.h * map.w;
    if (l.radius > 0) {  // timm's is a convolution in three dimensions, of which the last has no extent
        const int64_t r = l.radius;
        const Shape flat{l.key_size, 1, r, r};
        const ValueId weight =
            net.computed(key / "conv_lambda" / "weight", {l.key_size, 1, r, r, 1}, flat,
                         [&](const Tensor& t) { return t.to_contiguous().reshaped(flat); });
        const nn::Conv conv{.out = l.key_size, .kernel = r, .padding = r / 2, .bias = true};
        ValueId y = net.conv(key / "conv_lambda", net.reshape(v, {-1, 1, map.h, map.w}), conv, weight);
        y = net.reshape(y, {net.batch(v), values, l.key_size, pixels});
        return net.transpose(y, {0, 3, 2, 1});
    }
    const Shape offsets{2 * map.h - 1, 2 * map.w - 1, l.key_size};
    const ValueId table =
        net.reshape(net.param(key / "pos_emb", offsets), {offsets[0] * offsets[1], l.key_size});
    const Tensor index = nn::relative_position_index(map, false, true);
    ValueId near = net.b.add("gather", {table, net.shared_constant("relative_position_index", index)},
                             {{"axis", int64_t{0}}});  // [pixels, pixels, key_size]
    near = net.unsqueeze(net.transpose(near, {0, 2, 1}), {0});
    return net.matmul(near, net.unsqueeze(net.tokens(v), {1}));
}

}  // namespace

ValueId apply_lambda(Net& net, const Key& key, ValueId x, int64_t stride, const Lambda& l) {
    const int64_t width = net.channels(x), values = width / l.heads, queries = l.heads * l.key_size;
    const Size2 map = net.size(x);
    const auto parts = net.split(net.conv(key / "qkv", x, {.out = queries + l.key_size + values}), 1,
                                 {queries, l.key_size, values});
    const ValueId q = heads_of(net, net.batch_norm(key / "norm_q", parts[0]), l.heads);
    const ValueId v = net.batch_norm(key / "norm_v", parts[2]);
    const ValueId k = net.softmax(net.reshape(parts[1], {kBatch, l.key_size, map.h * map.w}));
    const ValueId content = net.unsqueeze(net.matmul(k, net.tokens(v)), {1});  // [batch, 1, key_size, V]
    const ValueId near = net.matmul(net.transpose(q, {0, 2, 1, 3}), position_lambdas(net, key, v, l));
    ValueId y =
        net.add(net.matmul(q, content), net.transpose(near, {0, 2, 1, 3}));  // [batch, heads, H * W, V]
    y = net.reshape(net.transpose(y, {0, 1, 3, 2}), {kBatch, width, map.h, map.w});
    return halved(net, y, stride == 2);
}

}  // namespace lathe::zoo::timm
