// Hiera: Ryali et al., "Hiera: A Hierarchical Vision Transformer without the Bells-and-Whistles", 2023; the position
// embedding of Bolya et al., "Window Attention is Bugged: How not to Interpolate Position Embeddings", 2023.
#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/pos_embed.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::kBatch;
using nn::Size2;

struct HieraVariant {
    std::string_view name;
    int64_t width, heads;  // of the first stage; they double
    std::array<int64_t, 4> blocks;
    int64_t global_grid =
        0;  // > 0: positions are a table of this side, resized, plus one of a window, repeated
    bool expand_by_pools =
        false;  // a wider stage begins with maxima and averages beside each other, else a linear layer
};

constexpr HieraVariant kHieraVariants[] = {
    {"hiera_tiny_224", 96, 1, {1, 2, 7, 2}},
    {"hiera_small_224", 96, 1, {1, 2, 11, 2}},
    {"hiera_base_224", 96, 1, {2, 3, 16, 3}},
    {"hiera_base_plus_224", 112, 2, {2, 3, 16, 3}},
    {"hiera_large_224", 144, 2, {2, 6, 36, 4}},
    {"hiera_huge_224", 256, 4, {2, 6, 36, 4}},
    {"hiera_small_abswin_256", 96, 1, {1, 2, 11, 2}, 16, true},
    {"hiera_base_abswin_256", 96, 1, {2, 3, 16, 3}, 14},
};
constexpr int64_t kStride = 4, kHieraWindow = 8,
                  kHieraPool = 4;  // of patches, windows in patches, tokens made one between stages
constexpr double kHieraEpsilon = 1e-6;

// [batch, width, h, w] -> [batch, h * w, width] in the order in which pooling by 4 is a maximum over the first quarter:
// the lowest bits of row and column first, then the next, and windows last.
ValueId unroll(Net& net, ValueId x) {
    const Size2 grid = net.size(x);
    const int64_t width = net.channels(x);
    x = net.reshape(x, {kBatch, width, grid.h / kHieraWindow, 2, 2, 2, grid.w / kHieraWindow, 2, 2, 2});
    return net.reshape(net.transpose(x, {0, 5, 9, 4, 8, 3, 7, 2, 6, 1}), {kBatch, grid.h * grid.w, width});
}

ValueId max_of_quarters(Net& net, ValueId x) {
    return net.max(net.reshape(x, {kBatch, kHieraPool, net.dim(x, 1) / kHieraPool, net.dim(x, 2)}), {1});
}
ValueId mean_of_quarters(Net& net, ValueId x) {
    return net.mean(net.reshape(x, {kBatch, kHieraPool, net.dim(x, 1) / kHieraPool, net.dim(x, 2)}), {1});
}

struct BlockShape {
    int64_t width, heads;
    bool pool;  // queries are maxima of four
    int64_t windows;  // 1: attention among all tokens
};

// x: [batch, L, any] -> [batch, L or L / 4, width]. The tokens of a window are L / windows apart by `windows`.
ValueId attend(Net& net, const Key& key, ValueId x, const BlockShape& s) {
    const int64_t size = s.width / s.heads, tokens = net.dim(x, 1) / s.windows, groups = s.heads * s.windows;
    const auto parts = net.chunk(net.linear(key / "qkv", x, 3 * s.width), -1, 3);
    const auto heads = [&](ValueId y) {  // [batch, heads * windows, tokens, size]
        y = net.transpose(net.reshape(y, {kBatch, tokens, s.windows, s.heads, size}), {0, 3, 2, 1, 4});
        return net.reshape(y, {kBatch, groups, tokens, size});
    };
    ValueId q = heads(parts[0]);
    const int64_t asking = s.pool ? tokens / kHieraPool : tokens;
    if (s.pool) q = net.max(net.reshape(q, {kBatch, groups, kHieraPool, asking, size}), {2});
    x = net.reshape(net.attention(q, heads(parts[1]), heads(parts[2])),
                    {kBatch, s.heads, s.windows, asking, size});
    x = net.reshape(net.transpose(x, {0, 3, 2, 1, 4}), {kBatch, asking * s.windows, s.width});
    return net.mark(key, net.linear(key / "proj", x, s.width));
}

ValueId block(Net& net, const Key& key, ValueId x, const BlockShape& s, const HieraVariant& v) {
    const auto scaled = [&](const char* name, ValueId y) {
        return v.global_grid > 0 ? net.scale(key / name / "gamma", y) : y;
    };
    const ValueId normed = net.layer_norm(key / "norm1", x, kHieraEpsilon);
    if (s.width != net.dim(x, -1)) {
        if (v.expand_by_pools) x = net.concat({max_of_quarters(net, x), mean_of_quarters(net, x)}, -1);
        else x = max_of_quarters(net, net.linear(key / "proj", normed, s.width));
    }
    x = net.add(x, scaled("ls1", attend(net, key / "attn", normed, s)));
    const ValueId y =
        nn::mlp(net, key / "mlp", net.layer_norm(key / "norm2", x, kHieraEpsilon), {.hidden = 4 * s.width});
    return net.mark(key, net.add(x, scaled("ls2", y)));
}

}  // namespace

ValueId hiera(Net& net, std::string_view model, ValueId image) {
    const HieraVariant& v = variant(net, kHieraVariants, model);
    const ValueId map =
        net.conv("patch_embed.proj", image,
                 {.out = v.width, .kernel = 7, .stride = kStride, .padding = 3, .bias = true});
    const Size2 grid = net.size(map);
    if (grid.h % kHieraWindow != 0 || grid.w % kHieraWindow != 0)
        net.fail_with(format("an input of {} x {} does not divide into windows of {}", net.settings.height,
                             net.settings.width, kStride * kHieraWindow));
    const ValueId places =
        v.global_grid > 0
            ? nn::window_pos_embed(
                  net, "pos_embed", "pos_embed_win",
                  {.grid = grid, .global = v.global_grid, .window = kHieraWindow, .width = v.width})
            : nn::abs_pos_embed(net, "pos_embed", grid, v.width);
    ValueId x = net.mark("patch_embed", net.tokens(map));
    x = unroll(net, net.image(net.add(x, places), grid));
    const int64_t windows = grid.h / kHieraWindow * (grid.w / kHieraWindow);
    int64_t index = 0;
    for (size_t stage = 0; stage < 4; ++stage)
        for (int64_t i = 0; i < v.blocks[stage]; ++i, ++index) {
            const bool pool = stage > 0 && i == 0;
            const bool windowed =
                stage < 2 || (stage == 2 && i == 0);  // the first two stages, and into the third
            x = block(net, Key("blocks") / index, x,
                      {v.width << stage, v.heads << stage, pool, windowed ? windows : 1}, v);
        }
    if (net.settings.features) return x;  // [batch, h * w / 64, 8 * width]
    x = net.layer_norm("head.norm", net.mean(x, {1}), kHieraEpsilon);
    return net.mark("head", nn::classifier(net, "head.fc", x));
}

}  // namespace lathe::zoo::timm
