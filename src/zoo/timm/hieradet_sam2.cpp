// The image encoder of SAM 2: Ravi et al., "SAM 2: Segment Anything in Images and Videos", 2024; Hiera (Ryali et al., 2023)
// with windows instead of mask units and a few blocks of global attention.
#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/pos_embed.h"
#include "zoo/nn/window.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::kBatch;
using nn::Size2;

struct HieradetSam2Variant {
    std::string_view name;
    int64_t width, heads;  // of the first stage; they double
    std::array<int64_t, 4> blocks;
    std::array<int64_t, 3> global_blocks;  // numbered through all stages
    std::array<int64_t, 4> windows;  // of each stage
    int64_t global_grid = 7;  // side of the table of positions
    bool layer_scale = false;
};

constexpr HieradetSam2Variant kHieradetSam2Variants[] = {
    {"sam2_hiera_tiny", 96, 1, {1, 2, 7, 2}, {5, 7, 9}, {8, 4, 14, 7}},
    {"sam2_hiera_small", 96, 1, {1, 2, 11, 2}, {7, 10, 13}, {8, 4, 14, 7}},
    {"sam2_hiera_base_plus", 112, 2, {2, 3, 16, 3}, {12, 16, 20}, {8, 4, 14, 7}, 14},
    {"sam2_hiera_large", 144, 2, {2, 6, 36, 4}, {23, 33, 43}, {8, 4, 16, 8}},
    {"hieradet_small", 96, 1, {1, 2, 11, 2}, {7, 10, 13}, {8, 4, 16, 8}, 7, true},
};
constexpr double kHieradetSam2Epsilon = 1e-6;

struct HieradetSam2BlockShape {
    int64_t width, heads;
    bool pool;  // queries are maxima of 2 x 2
    int64_t window;  // 0: the whole image
};

// [batch, n, h * w, C] -> [batch, n, h/2 * w/2, C].
ValueId pooled(Net& net, ValueId x, Size2 window) {
    const int64_t n = net.dim(x, 1), channels = net.dim(x, 3);
    x = net.max(net.reshape(x, {kBatch, n, window.h / 2, 2, window.w / 2, 2, channels}), {3, 5});
    return net.reshape(x, {kBatch, n, window.h / 2 * (window.w / 2), channels});
}

// x: [batch, windows, h * w, any] -> [batch, windows, h * w (or a quarter), width].
ValueId attend(Net& net, const Key& key, ValueId x, Size2 window, const HieradetSam2BlockShape& s) {
    const int64_t windows = net.dim(x, 1), size = s.width / s.heads;
    auto parts = net.chunk(net.linear(key / "qkv", x, 3 * s.width), -1, 3);
    if (s.pool) parts[0] = pooled(net, parts[0], window);
    const int64_t asking = net.dim(parts[0], 2);
    const auto heads = [&](ValueId y) {  // [batch, windows * heads, L, size]
        const int64_t length = net.dim(y, 2);
        y = net.transpose(net.reshape(y, {kBatch, windows, length, s.heads, size}), {0, 1, 3, 2, 4});
        return net.reshape(y, {kBatch, windows * s.heads, length, size});
    };
    x = net.attention(heads(parts[0]), heads(parts[1]), heads(parts[2]));
    x = net.transpose(net.reshape(x, {kBatch, windows, s.heads, asking, size}), {0, 1, 3, 2, 4});
    return net.linear(key / "proj", net.reshape(x, {kBatch, windows, asking, s.width}), s.width);
}

// x: [batch, H, W, any] -> [batch, H (or half), W (or half), width].
ValueId windowed_attention(Net& net, const Key& key, ValueId x, const HieradetSam2BlockShape& s) {
    const Size2 image{net.dim(x, 1), net.dim(x, 2)};
    const int64_t step = s.pool ? 2 : 1;
    const Size2 out{image.h / step, image.w / step};
    if (s.window == 0) {
        x = net.reshape(x, {kBatch, 1, image.h * image.w, net.dim(x, 3)});
        return net.reshape(attend(net, key, x, image, s), {kBatch, out.h, out.w, s.width});
    }
    x = nn::padded_to_windows(net, x, s.window);
    const Size2 padded{net.dim(x, 1) / step, net.dim(x, 2) / step};
    x = attend(net, key, nn::window_partition(net, x, s.window), s.window, s);
    return nn::cropped(net, nn::window_reverse(net, x, s.window / step, padded), out);
}

ValueId hieradet_sam2_block(Net& net, const Key& key, ValueId x, const HieradetSam2BlockShape& s,
                            const HieradetSam2Variant& v) {
    const auto scaled = [&](const char* name, ValueId y) {
        return v.layer_scale ? net.scale(key / name / "gamma", y) : y;
    };
    const ValueId normed = net.layer_norm(key / "norm1", x, kHieradetSam2Epsilon);
    if (net.dim(x, 3) != s.width) {
        x = net.linear(key / "proj", normed, s.width);
        if (s.pool) x = net.channels_last(net.max_pool(net.channels_first(x), {.kernel = 2, .stride = 2}));
    }
    x = net.add(x, scaled("ls1", windowed_attention(net, key / "attn", normed, s)));
    const ValueId y = nn::mlp(net, key / "mlp", net.layer_norm(key / "norm2", x, kHieradetSam2Epsilon),
                              {.hidden = 4 * s.width});
    return net.mark(key, net.add(x, scaled("ls2", y)));
}

}  // namespace

ValueId hieradet_sam2(Net& net, std::string_view model, ValueId image) {
    const HieradetSam2Variant& v = variant(net, kHieradetSam2Variants, model);
    ValueId x = net.conv("patch_embed.proj", image,
                         {.out = v.width, .kernel = 7, .stride = 4, .padding = 3, .bias = true});
    const Size2 grid = net.size(x);
    if (grid.h % v.windows[0] != 0 || grid.w % v.windows[0] != 0)
        net.fail_with(format("an input of {} x {} does not divide into windows of {}", net.settings.height,
                             net.settings.width, 4 * v.windows[0]));
    const ValueId places = nn::window_pos_embed(net, "pos_embed", "pos_embed_window",
                                                {.grid = grid,
                                                 .global = v.global_grid,
                                                 .window = v.windows[0],
                                                 .width = v.width,
                                                 .antialias = false});
    x = net.add(net.channels_last(x), net.reshape(places, {1, grid.h, grid.w, v.width}));
    int64_t index = 0;
    for (size_t stage = 0; stage < 4; ++stage)
        for (int64_t i = 0; i < v.blocks[stage]; ++i, ++index) {
            const bool pool = stage > 0 && i == 0;
            int64_t window =
                v.windows[pool ? stage - 1
                               : stage];  // that of the stage before, while the image is still its
            for (const int64_t global : v.global_blocks)
                if (index == global) window = 0;
            x = hieradet_sam2_block(net, Key("blocks") / index, x,
                                    {v.width << stage, v.heads << stage, pool, window}, v);
        }
    if (net.settings.features) return x;  // [batch, H/32, W/32, C]
    x = net.layer_norm("head.norm", net.mean(x, {1, 2}), kHieradetSam2Epsilon);
    return net.mark("head", nn::classifier(net, "head.fc", x));
}

}  // namespace lathe::zoo::timm
