// The attention blocks of CoAtNet and MaxViT.
#include "zoo/nn/mlp.h"
#include "zoo/nn/rel_pos.h"
#include "zoo/nn/window.h"
#include "zoo/timm/maxxvit.h"

namespace lathe::zoo::timm {
namespace {

using nn::kBatch;
using nn::Size2;

constexpr int64_t kMaxxvitAttentionHeadSize = 32, kMaxxvitAttentionMlpRatio = 4;

ValueId position_bias(Net& net, const Key& key, Size2 window, int64_t heads, const MaxxOptions& o) {
    switch (o.position) {
        case MaxxOptions::Position::kBias: return nn::rel_pos_bias(net, key, window, heads);
        case MaxxOptions::Position::kBiasTf: return nn::rel_pos_bias_tf(net, key, window, heads);
        case MaxxOptions::Position::kMlp:
            return nn::rel_pos_mlp(net, key / "mlp", window, heads, {.hidden = o.position_hidden});
    }
    return nn::kNoValue;
}

ValueId scaled(Net& net, const Key& key, ValueId x, const MaxxOptions& o) {
    return o.scale ? net.scale(key / "gamma", x) : x;
}

// timm's Attention2d: [batch, C, H, W] -> [batch, width, H, W].
ValueId attention_2d(Net& net, const Key& key, ValueId x, int64_t width, const MaxxOptions& o) {
    const Size2 map = net.size(x);
    const int64_t inner = o.expand_first ? width : net.channels(x), heads = inner / kMaxxvitAttentionHeadSize;
    x = net.conv(key / "qkv", x, {.out = 3 * inner, .bias = true});
    x = net.transpose(net.reshape(x, {kBatch, heads, 3 * kMaxxvitAttentionHeadSize, map.h * map.w}),
                      {0, 1, 3, 2});
    const auto parts = net.chunk(x, 3, 3);  // [batch, heads, H W, 32]
    if (parts.size() != 3) return nn::kNoValue;
    x = net.attention(parts[0], parts[1], parts[2], position_bias(net, key / "rel_pos", map, heads, o));
    x = net.reshape(net.transpose(x, {0, 1, 3, 2}), {kBatch, inner, map.h, map.w});
    return net.mark(key, net.conv(key / "proj", x, {.out = width, .bias = true}));
}

// timm's AttentionCl: [batch, windows, L, C] -> [batch, windows, L, width].
ValueId window_attention(Net& net, const Key& key, ValueId x, int64_t width, Size2 window,
                         const MaxxOptions& o) {
    const int64_t windows = net.dim(x, 1), length = net.dim(x, 2), inner = net.dim(x, 3);
    const int64_t heads = inner / kMaxxvitAttentionHeadSize;
    const ValueId bias = position_bias(net, key / "rel_pos", window, heads, o);
    const ValueId qkv = net.linear(key / "qkv", x, 3 * inner);
    nn::WindowHeads h;
    if (o.head_first) {
        x = net.reshape(qkv, {kBatch, windows, length, heads, 3 * kMaxxvitAttentionHeadSize});
        const auto parts = net.chunk(net.transpose(x, {0, 1, 3, 2, 4}), 4, 3);
        if (parts.size() != 3) return nn::kNoValue;
        h = {parts[0], parts[1], parts[2]};
    } else {
        h = nn::split_window_qkv(net, qkv, heads);
    }
    x = nn::window_attention(net, h.q, h.k, h.v, bias);
    return net.mark(key, net.linear(key / "proj", x, width));
}

ValueId in_windows(Net& net, const Key& key, ValueId x, int64_t width, Size2 window, const MaxxOptions& o) {
    const Size2 map{net.dim(x, 1), net.dim(x, 2)};
    x = window_attention(net, key, nn::window_partition(net, x, window), width, window, o);
    return nn::window_reverse(net, x, window, map);
}

ValueId in_grids(Net& net, const Key& key, ValueId x, int64_t width, Size2 grid, const MaxxOptions& o) {
    const Size2 map{net.dim(x, 1), net.dim(x, 2)};
    x = window_attention(net, key, nn::grid_partition(net, x, grid), width, grid, o);
    return nn::grid_reverse(net, x, grid, map);
}

ValueId feed_forward(Net& net, const Key& key, ValueId x, const MaxxOptions& o) {
    const ValueId y = net.layer_norm(key / "norm2", x, o.norm.epsilon);
    const ValueId z =
        nn::mlp(net, key / "mlp", y, {.hidden = kMaxxvitAttentionMlpRatio * net.dim(x, -1), .act = o.act});
    return net.add(x, scaled(net, key / "ls2", z, o));
}

// Pre-norm attention and MLP, channels last.
ValueId partition_block(Net& net, const Key& key, ValueId x, bool grid, Size2 window, const MaxxOptions& o) {
    const ValueId y = net.layer_norm(key / "norm1", x, o.norm.epsilon);
    const int64_t width = net.dim(x, -1);
    const ValueId z = grid ? in_grids(net, key / "attn", y, width, window, o)
                           : in_windows(net, key / "attn", y, width, window, o);
    x = net.add(x, scaled(net, key / "ls1", z, o));
    return net.mark(key, feed_forward(net, key, x, o));
}

ValueId parallel_partitions(Net& net, const Key& key, ValueId x, Size2 window, const MaxxOptions& o) {
    const int64_t half = net.dim(x, -1) / 2;
    const ValueId y = net.layer_norm(key / "norm1", x, o.norm.epsilon);
    const ValueId z = net.concat({in_windows(net, key / "attn_block", y, half, window, o),
                                  in_grids(net, key / "attn_grid", y, half, window, o)},
                                 3);
    x = net.add(x, scaled(net, key / "ls1", z, o));
    return net.mark(key, feed_forward(net, key, x, o));
}

}  // namespace

ValueId maxx_attention_block(Net& net, const Key& key, ValueId x, int64_t width, int64_t stride,
                             const MaxxOptions& o) {
    const auto scaled_2d = [&](const Key& k, ValueId y) {
        return o.scale ? net.scale_2d(k / "gamma", y) : y;
    };
    ValueId shortcut = x;
    if (stride == 2) {
        shortcut = maxx_downsample(net, key / "shortcut", x, width, o.pool, o.shortcut_bias);
        x = norm_2d(net, key / "norm1" / "norm", x, o.norm);
        x = net.mark(key / "norm1",
                     maxx_downsample(net, key / "norm1" / "down", x, net.channels(x), o.pool, true));
    } else {
        x = norm_2d(net, key / "norm1", x, o.norm);
    }
    x = net.add(shortcut, scaled_2d(key / "ls1", attention_2d(net, key / "attn", x, width, o)));
    const ValueId y =
        conv_mlp(net, key / "mlp", norm_2d(net, key / "norm2", x, o.norm),
                 {.hidden = kMaxxvitAttentionMlpRatio * width, .act = o.act, .norm = nn::kNoNorm});
    return net.mark(key, net.add(x, scaled_2d(key / "ls2", y)));
}

ValueId maxx_window_block(Net& net, const Key& key, ValueId x, int64_t width, int64_t stride, Size2 window,
                          const MaxxOptions& o) {
    x = net.channels_last(maxx_conv_block(net, key / "conv", x, width, stride, o));
    if (!o.grid_only) x = partition_block(net, key / "attn_block", x, false, window, o);
    x = partition_block(net, key / "attn_grid", x, true, window, o);
    return net.mark(key, net.channels_first(x));
}

ValueId maxx_parallel_block(Net& net, const Key& key, ValueId x, int64_t width, int64_t stride, Size2 window,
                            const MaxxOptions& o) {
    x = maxx_conv_block(net, key / "conv" / "0", x, width, stride, o);
    x = maxx_conv_block(net, key / "conv" / "1", x, width, 1, o);
    x = parallel_partitions(net, key / "attn", net.channels_last(x), window, o);
    return net.mark(key, net.channels_first(x));
}

}  // namespace lathe::zoo::timm
