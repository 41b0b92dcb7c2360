// Visformer: Chen et al., "Visformer: The Vision-friendly Transformer", 2021.
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/pos_embed.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::kBatch;

struct VisformerVariant {
    std::string_view name;
    int stem, width, heads;  // width: of the second stage
};

constexpr VisformerVariant kVisformerVariants[] = {{"visformer_tiny", 16, 192, 3},
                                                   {"visformer_small", 32, 384, 6}};
constexpr std::array<int, 3> kVisformerDepths{7, 4, 4};
constexpr int64_t kVisformerMlpRatio = 4, kVisformerGroups = 8;

// x: [batch, C, H, W].
ValueId visformer_attention(Net& net, const Key& key, ValueId x, int64_t heads) {
    const int64_t width = net.channels(x), length = net.dim(x, 2) * net.dim(x, 3);
    const nn::Size2 map = net.size(x);
    const auto parts = net.chunk(net.conv(key / "qkv", x, {.out = 3 * width}), 1, 3);
    if (parts.size() != 3) return nn::kNoValue;
    const auto heads_of = [&](ValueId y) {
        return net.transpose(net.reshape(y, {kBatch, heads, width / heads, length}), {0, 1, 3, 2});
    };
    x = net.attention(heads_of(parts[0]), heads_of(parts[1]), heads_of(parts[2]));
    x = net.reshape(net.transpose(x, {0, 1, 3, 2}), {kBatch, width, map.h, map.w});
    return net.mark(key, net.conv(key / "proj", x, {.out = width}));
}

// The first stage has a grouped 3 x 3 convolution in its MLPs, and no visformer_attention.
ValueId feed_forward(Net& net, const Key& key, ValueId x, bool spatial) {
    const int64_t width = net.channels(x), hidden = spatial ? 2 * width : kVisformerMlpRatio * width;
    x = net.act(net.conv(key / "conv1", x, {.out = hidden}), nn::Act::kGelu);
    if (spatial)
        x = net.act(net.conv(key / "conv2", x, {.out = hidden, .kernel = 3, .groups = kVisformerGroups}),
                    nn::Act::kGelu);
    return net.mark(key, net.conv(key / "conv3", x, {.out = width}));
}

ValueId block(Net& net, const Key& key, ValueId x, bool spatial, int64_t heads) {
    if (!spatial)
        x = net.add(x, visformer_attention(net, key / "attn", net.batch_norm(key / "norm1", x), heads));
    return net.mark(key,
                    net.add(x, feed_forward(net, key / "mlp", net.batch_norm(key / "norm2", x), spatial)));
}

}  // namespace

ValueId visformer(Net& net, std::string_view model, ValueId x) {
    const VisformerVariant& v = variant(net, kVisformerVariants, model);
    x = net.conv("stem.0", x, {.out = v.stem, .kernel = 7, .stride = 2, .padding = 3});
    x = net.mark("stem", net.batch_norm("stem.1", x, nn::Act::kRelu));
    for (int64_t i = 0; i < 3; ++i) {
        const std::string number = std::to_string(i + 1);
        const int64_t width = (int64_t{v.width} << i) / 2;
        const Key embed("patch_embed" + number);
        const int64_t patch = i == 0 ? 4 : 2;
        x = net.conv(embed / "proj", x,
                     {.out = width, .kernel = patch, .stride = patch, .padding = 0, .bias = true});
        x = net.mark(embed, net.batch_norm(embed / "norm", x));
        x = net.add(x, nn::abs_pos_embed_nchw(net, Key("pos_embed" + number), net.size(x), width));
        for (int j = 0; j < kVisformerDepths[static_cast<size_t>(i)]; ++j)
            x = block(net, Key("stage" + number) / j, x, i == 0, v.heads);
        net.mark(Key("stage" + number), x);
    }
    x = net.batch_norm("norm", x);
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::classifier(net, "head", net.global_avg_pool(x));
}

}  // namespace lathe::zoo::timm
