// ViTDet and the image encoder of Segment Anything: Li et al., "Exploring Plain Vision Transformer Backbones for Object
// Detection", 2022; Kirillov et al., "Segment Anything", 2023. Positions are those of MViTv2 (Li et al., 2021).
#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/pos_embed.h"
#include "zoo/nn/window.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::kBatch;
using nn::Size2;

struct VisionTransformerSamVariant {
    std::string_view name;
    int64_t width, depth, heads;
    bool neck =
        true;  // two convolutions to kNeck channels at the end, else a norm; without it no absolute positions either
};

constexpr VisionTransformerSamVariant kVisionTransformerSamVariants[] = {
    {"samvit_base_patch16", 768, 12, 12},
    {"samvit_large_patch16", 1024, 24, 16},
    {"samvit_huge_patch16", 1280, 32, 16},
    {"samvit_base_patch16_224", 768, 12, 12, false},
};
constexpr int64_t kVisionTransformerSamPatch = 16, kVisionTransformerSamWindow = 14, kNeck = 256,
                  kGlobalBlocks = 4;
constexpr double kVisionTransformerSamEpsilon = 1e-5;

// A table [2 size - 1, channels] of offsets: entry (i, j) of the result [size, channels, size] is that of i - j.
ValueId offsets(Net& net, const Key& key, int64_t size, int64_t channels) {
    const Shape shape{2 * size - 1, channels};
    const ValueId table = net.fitted(key, shape, [&](const Tensor& found) -> Result<Tensor> {
        if (found.rank() != 2 || found.dim(1) != channels)
            return fail("a table of offsets is {}", to_string(found.shape()));
        return nn::resample_linear(found, shape[0]);
    });
    std::vector<int64_t> rows;
    for (int64_t i = 0; i < size; ++i)
        for (int64_t j = 0; j < size; ++j) rows.push_back(i - j + size - 1);
    const ValueId index =
        net.constant("offsets", Tensor::of<int64_t>({size, size}, std::span<const int64_t>(rows)));
    return net.transpose(net.b.add("gather", {table, index}, {{"axis", int64_t{0}}}), {0, 2, 1});
}

// What each query adds for the row and for the column offset of a key. q: [batch, n, h * w, channels] -> [batch, n, h * w, h * w].
ValueId position_bias(Net& net, const Key& key, ValueId q, Size2 grid) {
    const int64_t n = net.dim(q, 1), channels = net.dim(q, 3), length = grid.h * grid.w;
    q = net.reshape(q, {kBatch, n, grid.h, grid.w, channels});
    const ValueId rows =
        net.matmul(q, offsets(net, key / "rel_pos_h", grid.h, channels));  // [batch, n, h, w, h]
    const ValueId columns = net.transpose(
        net.matmul(net.transpose(q, {0, 1, 3, 2, 4}), offsets(net, key / "rel_pos_w", grid.w, channels)),
        {0, 1, 3, 2, 4});
    return net.reshape(net.add(net.unsqueeze(rows, {5}), net.unsqueeze(columns, {4})),
                       {kBatch, n, length, length});
}

// x: [batch, windows, h * w, width], each a window of `grid`.
ValueId attend(Net& net, const Key& key, ValueId x, Size2 grid, int64_t heads) {
    const int64_t width = net.dim(x, -1), windows = net.dim(x, 1), length = net.dim(x, 2),
                  size = width / heads;
    const nn::WindowHeads h = nn::split_window_qkv(net, net.linear(key / "qkv", x, 3 * width), heads);
    const auto together = [&](ValueId y) { return net.reshape(y, {kBatch, windows * heads, length, size}); };
    const ValueId q = together(h.q);
    x = net.attention(q, together(h.k), together(h.v), position_bias(net, key, q, grid));
    x = net.transpose(net.reshape(x, {kBatch, windows, heads, length, size}), {0, 1, 3, 2, 4});
    return net.linear(key / "proj", net.reshape(x, {kBatch, windows, length, width}), width);
}

// x: [batch, h, w, width].
ValueId block(Net& net, const Key& key, ValueId x, int64_t heads, bool windowed) {
    const int64_t width = net.dim(x, -1);
    const Size2 grid{net.dim(x, 1), net.dim(x, 2)};
    ValueId y = net.layer_norm(key / "norm1", x, kVisionTransformerSamEpsilon);
    if (windowed) {
        y = nn::padded_to_windows(net, y, kVisionTransformerSamWindow);
        const Size2 padded{net.dim(y, 1), net.dim(y, 2)};
        y = attend(net, key / "attn", nn::window_partition(net, y, kVisionTransformerSamWindow),
                   kVisionTransformerSamWindow, heads);
        y = nn::cropped(net, nn::window_reverse(net, y, kVisionTransformerSamWindow, padded), grid);
    } else {
        y = attend(net, key / "attn", net.reshape(y, {kBatch, 1, grid.h * grid.w, width}), grid, heads);
        y = net.reshape(y, {kBatch, grid.h, grid.w, width});
    }
    x = net.add(x, y);
    return net.mark(key, net.add(x, nn::mlp(net, key / "mlp",
                                            net.layer_norm(key / "norm2", x, kVisionTransformerSamEpsilon),
                                            {.hidden = 4 * width})));
}

ValueId neck(Net& net, ValueId x, const VisionTransformerSamVariant& v) {
    if (!v.neck) return net.layer_norm_2d("neck", x, 1e-6);
    x = net.layer_norm_2d("neck.1", net.conv("neck.0", x, {.out = kNeck}), 1e-6);
    return net.mark(
        "neck",
        net.layer_norm_2d("neck.3", net.conv("neck.2", x, {.out = kNeck, .kernel = 3, .padding = 1}), 1e-6));
}

}  // namespace

ValueId vision_transformer_sam(Net& net, std::string_view model, ValueId image) {
    const VisionTransformerSamVariant& v = variant(net, kVisionTransformerSamVariants, model);
    ValueId x = nn::patch_embed_channels_last(net, "patch_embed", image,
                                              {.patch = kVisionTransformerSamPatch, .width = v.width});
    if (v.neck)
        x = net.add(x,
                    nn::abs_pos_embed_nhwc(net, "pos_embed",
                                           nn::patch_grid(net, image, kVisionTransformerSamPatch), v.width));
    const int64_t every = v.depth / kGlobalBlocks;  // the last of so many attends to the whole image
    for (int64_t i = 0; i < v.depth; ++i)
        x = block(net, Key("blocks") / i, x, v.heads, i % every != every - 1);
    x = neck(net, net.channels_first(x), v);
    if (net.settings.features) return x;  // [batch, channels, h, w]
    return nn::classifier_head(net, "head", x);
}

}  // namespace lathe::zoo::timm
