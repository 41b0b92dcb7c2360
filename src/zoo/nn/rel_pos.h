// Relative position biases of attention within windows (timm.layers.pos_embed_rel), all as [1, heads, L, L] for a window of
// L = h * w places in row-major order.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// Row of a table of (2 h - 1) * (2 w - 1) offsets for each pair of places: i64 [L, L], with a class token [1 + L, 1 + L]
// whose three kinds of pairs have the last three rows (Bao et al., "BEiT", 2021). keys_first: the offset is key - query
// (TensorFlow's MaxViT), else query - key (Swin).
Tensor relative_position_index(Size2 window, bool class_token = false, bool keys_first = false);

// table [rows, heads] -> [1, heads, q, k] by `index` [q, k], i64. The same index made twice is one constant.
ValueId gather_bias(Net& net, ValueId table, const Tensor& index);
// As above, of a table with the heads first, [heads, rows].
ValueId gather_bias_heads_first(Net& net, ValueId table, const Tensor& index);

// The learned table at key.relative_position_bias_table, [offsets, heads]; Liu et al., "Swin Transformer", 2021. A table of
// another window is resampled.
ValueId rel_pos_bias(Net& net, const Key& key, Size2 window, int64_t heads, bool class_token = false);
// MaxViT's table [heads, 2 h - 1, 2 w - 1]; Tu et al., "MaxViT", 2022.
ValueId rel_pos_bias_tf(Net& net, const Key& key, Size2 window, int64_t heads);

// A small network of the offsets' logarithms makes the bias; Liu et al., "Swin Transformer V2", 2021, section 3.3.
struct RelPosMlp {
    enum Mode : uint8_t { kSwin, kCr } mode = kCr;  // kSwin: 16 * sigmoid at the end, offsets scaled to 8
    int64_t hidden = 128;
    Size2 pretrained_window = 0;  // kSwin: the offsets' scale; 0: the window's own
    std::string_view first = "fc1", second = "fc2";  // keys of the two layers
    bool first_bias = true, second_bias = true;
};
// key.fc1, key.fc2.
ValueId rel_pos_mlp(Net& net, const Key& key, Size2 window, int64_t heads, const RelPosMlp& mlp);
// f32 [2 h - 1, 2 w - 1, 2].
Tensor relative_log_coords(Size2 window, Size2 pretrained, RelPosMlp::Mode mode);

// Biases that depend on the queries: Li et al., "MViTv2", 2021, section 3.1. Each axis has a table [offsets, size], at least
// as long as the distances need; q: [batch, heads, queries.h * queries.w, size] -> [batch, heads, queries, keys].
// keys_first: row key - query + keys - 1 of a table, in steps of one (Srinivas et al., "Bottleneck Transformers", 2021);
// else row query - key + keys - 1, in steps of the finer map.
ValueId decomposed_rel_pos(Net& net, ValueId q, ValueId table_h, ValueId table_w, Size2 queries, Size2 keys,
                           bool keys_first = false);
// A table [offsets, size] of another map, linear between its rows.
Result<Tensor> resize_offsets(const Tensor& found, int64_t offsets);

// timm's resize_rel_pos_bias_table (BEiT's): offsets of the found table are taken to grow geometrically, between them it
// is linear. A square table [offsets + extra, heads] or [heads, h, w] becomes that of `window`.
Result<Tensor> resize_rel_pos_bias_table(const Tensor& found, Size2 window, int64_t extra = 0);

}  // namespace lathe::zoo::nn
