// CSATv2 of timm: the image as cosine coefficients of its 8 x 8 blocks, then ConvNeXt V2's blocks with attention to places,
// and transformer blocks at the end of the last stages.
#include "zoo/nn/attention.h"
#include "zoo/nn/grn.h"
#include "zoo/nn/head.h"
#include "zoo/nn/mlp.h"
#include "zoo/timm/csatv2_dct.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::kBatch;
using nn::Size2;

struct Csatv2Variant {
    std::string_view name;
    std::array<int64_t, 4> widths, depths, transformers;  // transformers: blocks at a stage's end
};
constexpr Csatv2Variant kCsatv2Variants[] = {
    {"csatv2", {32, 72, 168, 386}, {2, 2, 8, 6}, {0, 0, 2, 2}},
    {"csatv2_21m", {48, 96, 224, 448}, {3, 3, 10, 8}, {0, 0, 4, 3}},
};
constexpr int64_t kCsatv2Heads = 8, kCsatv2HeadSize = 32;
constexpr double kCsatv2Epsilon = 1e-6, kTokenEpsilon = 1e-5;
constexpr Size2 kPlaces = 7;  // to which the attention to places shrinks the map

// Luma has three quarters of the channels, each chroma an eighth.
ValueId stem(Net& net, const Key& key, ValueId x, int64_t width) {
    // One channel stands for all three, as where first convolutions are folded.
    if (net.channels(x) == 1) x = net.concat({x, x, x}, 1);
    if (net.channels(x) != 3)
        net.fail_with(format("CSATv2 looks at luma and chroma: it takes images of 1 or 3 channels, not {}",
                             net.channels(x)));
    const auto parts = net.chunk(cosine_coefficients(net, key, x), 1, 3);
    return net.concat({net.conv(key / "conv_y", parts[0], {.out = width / 4 * 3, .bias = true}),
                       net.conv(key / "conv_cb", parts[1], {.out = width / 8, .bias = true}),
                       net.conv(key / "conv_cr", parts[2], {.out = width / 8, .bias = true})},
                      1);
}

// x and a depthwise convolution of it, on tokens of a map.
ValueId position_conv(Net& net, const Key& key, ValueId tokens, Size2 map) {
    const ValueId image = net.image(tokens, map);
    const int64_t width = net.channels(image);
    const nn::Conv conv{.out = width, .kernel = 3, .padding = 1, .groups = width, .bias = true};
    return net.tokens(net.add(net.conv(key / "proj", image, conv), image));
}

// On tokens of one number. timm's attention is among the images of a batch, not among the places of each; one image by
// itself keeps its values.
ValueId place_transformer(Net& net, const Key& key, ValueId x) {
    const Size2 map = net.size(x);
    ValueId y = net.layer_norm(key / "norm1", net.tokens(x), kTokenEpsilon);
    y = position_conv(net, key / "pos_embed", y, map);
    const auto qkv = net.chunk(net.linear(key / "qkv", y, 3, false), 2, 3);
    const auto rows = [&](ValueId part) { return net.squeeze(part, {2}); };  // [batch, places]
    const ValueId weights = net.softmax(net.matmul(rows(qkv[0]), net.transpose(rows(qkv[1]), {1, 0})));
    const ValueId mixed = net.unsqueeze(net.matmul(weights, rows(qkv[2])), {2});
    x = net.add(x, net.image(mixed, map));
    y = net.layer_norm(key / "norm2", net.tokens(x), kTokenEpsilon);
    return net.mark(key, net.add(x, net.image(nn::mlp(net, key / "mlp", y, {.hidden = 4}), map)));
}

// A factor for each pixel: [batch, C, H, W] -> [batch, 1, 7, 7].
ValueId place_attention(Net& net, const Key& key, ValueId x) {
    x = net.concat({net.mean(x, {1}, true), net.max(x, {1}, true)}, 1);
    x = net.conv(key / "conv", net.adaptive_avg_pool(x, kPlaces),
                 {.out = 1, .kernel = 7, .padding = 3, .bias = true});
    return net.mark(key, place_transformer(net, key / "attn", x));
}

ValueId block(Net& net, const Key& key, ValueId x) {
    const int64_t width = net.channels(x);
    const nn::Conv depthwise{.out = width, .kernel = 7, .padding = 3, .groups = width, .bias = true};
    ValueId y = net.channels_last(net.conv(key / "dwconv", x, depthwise));
    y = net.layer_norm(key / "norm", y, kCsatv2Epsilon);
    y = net.act(net.linear(key / "pwconv1", y, 4 * width), Act::kGelu);
    y = nn::global_response_norm(net, key / "grn", y, true);
    y = net.channels_first(net.linear(key / "pwconv2", y, width));
    const ValueId places = net.resize(place_attention(net, key / "attn", y), net.size(y), "linear", true);
    return net.mark(key, net.add(x, net.mul(y, places)));
}

ValueId transformer_block(Net& net, const Key& key, ValueId x) {
    const Size2 map = net.size(x);
    const int64_t hidden = 4 * net.channels(x);
    ValueId tokens = net.tokens(x);
    ValueId y = net.layer_norm(key / "norm1", tokens, kTokenEpsilon);
    y = position_conv(net, key / "pos_embed", y, map);
    tokens = net.add(
        tokens, nn::attention(net, key / "attn", y, {.heads = kCsatv2Heads, .head_size = kCsatv2HeadSize}));
    y = net.layer_norm(key / "norm2", tokens, kTokenEpsilon);
    tokens = net.add(tokens, nn::mlp(net, key / "mlp", y, {.hidden = hidden}));
    return net.mark(key, net.image(tokens, map));
}

}  // namespace

ValueId csatv2(Net& net, std::string_view model, ValueId x) {
    const Csatv2Variant& v = variant(net, kCsatv2Variants, model);
    x = stem(net, "stem_dct", x, v.widths[0]);
    for (size_t s = 0; s < 4; ++s) {
        const Key key = Key("stages") / s;
        int64_t number = 0;
        if (s > 0)
            x = net.conv(key / number++, x,
                         {.out = v.widths[s], .kernel = 2, .stride = 2, .padding = 0, .bias = true});
        for (int64_t i = 0; i < v.depths[s]; ++i, ++number)
            x = i < v.depths[s] - v.transformers[s] ? block(net, key / number, x)
                                                    : transformer_block(net, key / number, x);
        if (s < 3) x = net.layer_norm_2d(key / number, x, kCsatv2Epsilon);
        net.mark(key, x);
    }
    if (net.settings.features) return x;
    return nn::norm_mlp_head(net, "head", x, kCsatv2Epsilon);
}

}  // namespace lathe::zoo::timm
