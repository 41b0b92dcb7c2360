// MViT v2: Li et al., "MViTv2: Improved Multiscale Vision Transformers for Classification and Detection", 2021.
#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/rel_pos.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::kBatch;
using nn::Size2;

struct Mvitv2Variant {
    std::string_view name;
    std::array<int, 4> depths;
    int width = 96, heads = 1;  // of the first stage, doubled by each next one
    bool class_token = false;
    bool expand_early = true;  // a stage's first attention widens, else the last MLP before it
};

constexpr Mvitv2Variant kMvitv2Variants[] = {
    {"mvitv2_tiny", {1, 2, 5, 2}},
    {"mvitv2_small", {1, 2, 11, 2}},
    {"mvitv2_base", {2, 3, 16, 3}},
    {"mvitv2_large", {2, 6, 36, 4}, 144, 2, false, false},
    {"mvitv2_small_cls", {1, 2, 11, 2}, 96, 1, true},
    {"mvitv2_base_cls", {2, 3, 16, 3}, 96, 1, true},
    {"mvitv2_large_cls", {2, 6, 36, 4}, 144, 2, true},
    {"mvitv2_huge_cls", {4, 8, 60, 8}, 192, 3, true},
};
constexpr int64_t kPatchStride = 4, kMvitv2MlpRatio = 4;
constexpr std::array<int64_t, 4> kQueryStrides{1, 2, 2, 2}, kKeyStrides{4, 2, 1, 1};
constexpr double kMvitv2Epsilon = 1e-6;

struct Mvitv2Block {
    Size2 map;
    int64_t heads, width, out;  // channels of the attention and of the block
    int64_t q_stride, kv_stride;
    int64_t prefix;  // class tokens

    Size2 queries() const { return reduced(q_stride); }
    Size2 keys() const { return reduced(kv_stride); }
    Size2 reduced(int64_t by) const { return {(map.h - 1) / by + 1, (map.w - 1) / by + 1}; }
};

// Splits a class token off, changes the places, and joins them again; tokens are the second axis from the end.
template <class Change>
ValueId past_prefix(Net& net, ValueId x, int64_t prefix, const Change& change) {
    if (prefix == 0) return change(x);
    const int axis = net.rank(x) - 2;
    const ValueId first = net.slice(x, axis, 0, prefix), rest = net.slice(x, axis, prefix, net.dim(x, axis));
    return net.concat({first, change(rest)}, axis);
}

// A depthwise convolution that all heads share, and a norm. x: [batch, heads, L, size].
ValueId pooled(Net& net, const Key& key, std::string_view which, ValueId x, int64_t stride,
               const Mvitv2Block& b) {
    const int64_t size = net.dim(x, 3), width = b.heads * size;
    const Key pool = key / ("pool_" + std::string(which));
    const ValueId weight =
        net.computed(pool / "weight", {size, 1, 3, 3}, {width, 1, 3, 3}, [&](const Tensor& one) {
            std::vector<float> all;
            const auto values = one.values<float>();
            for (int64_t i = 0; i < b.heads; ++i) all.insert(all.end(), values.begin(), values.end());
            return Tensor::of<float>({width, 1, 3, 3}, std::span<const float>(all));
        });
    const Size2 to = b.reduced(stride);
    x = past_prefix(net, x, b.prefix, [&](ValueId y) {
        y = net.reshape(net.transpose(y, {0, 1, 3, 2}), {kBatch, width, b.map.h, b.map.w});
        y = net.conv(pool, y, {.out = width, .kernel = 3, .stride = stride, .padding = 1, .groups = width},
                     weight);
        return net.transpose(net.reshape(y, {kBatch, b.heads, size, to.h * to.w}), {0, 1, 3, 2});
    });
    return net.layer_norm(key / ("norm_" + std::string(which)), x, kMvitv2Epsilon);
}

// [batch, heads, queries, keys]; nothing for class tokens.
ValueId position_bias(Net& net, const Key& key, ValueId q, const Mvitv2Block& b) {
    const int64_t size = net.dim(q, 3);
    const int64_t offsets = 2 * std::max(b.map.h / b.q_stride, b.map.h / b.kv_stride) - 1;
    const auto table = [&](const char* name) {
        return net.fitted(key / name, {offsets, size},
                          [&](const Tensor& found) { return nn::resize_offsets(found, offsets); });
    };
    const ValueId rows = table("rel_pos_h"), columns = table("rel_pos_w");
    if (b.prefix > 0) q = net.slice(q, 2, b.prefix, net.dim(q, 2));
    const ValueId bias = nn::decomposed_rel_pos(net, q, rows, columns, b.queries(), b.keys());
    return b.prefix > 0 ? net.pad(bias, {0, 0, b.prefix, b.prefix}, {0, 0, 0, 0}) : bias;
}

ValueId attention(Net& net, const Key& key, ValueId x, const Mvitv2Block& b) {
    const nn::Heads h = nn::split_qkv(net, net.linear(key / "qkv", x, 3 * b.width), b.heads);
    const ValueId q = pooled(net, key, "q", h.q, b.q_stride, b);
    const ValueId k = pooled(net, key, "k", h.k, b.kv_stride, b);
    const ValueId v = pooled(net, key, "v", h.v, b.kv_stride, b);
    x = net.add(net.attention(q, k, v, position_bias(net, key, q, b)), q);
    return net.mark(key, net.linear(key / "proj", nn::merge_heads(net, x), b.width));
}

ValueId block(Net& net, const Key& key, ValueId x, const Mvitv2Block& b) {
    const int64_t in = net.dim(x, -1);
    ValueId y = net.layer_norm(key / "norm1", x, kMvitv2Epsilon);
    if (in != b.width) x = net.linear(key / "shortcut_proj_attn", y, b.width);
    if (b.q_stride > 1)
        x = past_prefix(net, x, b.prefix, [&](ValueId z) {
            return net.tokens(net.max_pool(net.image(z, b.map),
                                           {.kernel = b.q_stride + 1, .stride = b.q_stride, .padding = 1}));
        });
    x = net.add(x, attention(net, key / "attn", y, b));
    y = net.layer_norm(key / "norm2", x, kMvitv2Epsilon);
    if (b.width != b.out) x = net.linear(key / "shortcut_proj_mlp", y, b.out);
    y = nn::mlp(net, key / "mlp", y, {.hidden = kMvitv2MlpRatio * b.width, .out = b.out});
    return net.mark(key, net.add(x, y));
}

}  // namespace

ValueId mvitv2(Net& net, std::string_view model, ValueId x) {
    const Mvitv2Variant& v = variant(net, kMvitv2Variants, model);
    const int64_t prefix = v.class_token ? 1 : 0;
    x = net.conv("patch_embed.proj", x,
                 {.out = v.width, .kernel = 7, .stride = kPatchStride, .padding = 3, .bias = true});
    Size2 map = net.size(x);
    x = net.mark("patch_embed", net.tokens(x));
    if (v.class_token) x = nn::prepend(net, net.param("cls_token", {1, 1, v.width}), x);
    for (int64_t i = 0; i < 4; ++i) {
        const Key stage = Key("stages") / i;
        const int depth = v.depths[static_cast<size_t>(i)];
        for (int j = 0; j < depth; ++j) {
            const bool widens = !v.expand_early && j == depth - 1 && i < 3;
            const int64_t width = int64_t{v.width} << i;
            const Mvitv2Block b{.map = map,
                                .heads = int64_t{v.heads} << i,
                                .width = width,
                                .out = widens ? 2 * width : width,
                                .q_stride = j == 0 ? kQueryStrides[static_cast<size_t>(i)] : 1,
                                .kv_stride = kKeyStrides[static_cast<size_t>(i)],
                                .prefix = prefix};
            x = block(net, stage / "blocks" / j, x, b);
            map = b.queries();
        }
    }
    x = net.layer_norm("norm", x, kMvitv2Epsilon);
    if (net.settings.features) return x;  // [batch, tokens, C]
    x = v.class_token ? net.select(x, 1, 0) : net.mean(x, {1});
    return nn::classifier(net, "head.fc", x);
}

}  // namespace lathe::zoo::timm
