// LeViT: Graham et al., "LeViT: a Vision Transformer in ConvNet's Clothing for Faster Inference", 2021. The *_conv_*
// variants hold the same layers as 1 x 1 convolutions.
#include "zoo/nn/offset_bias.h"
#include "zoo/nn/rel_pos.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::Size2;
using Three = std::array<int64_t, 3>;

struct LevitVariant {
    std::string_view name;
    Three widths, heads, depths;
    int64_t key_size;
    bool distilled;  // a second head; the answers are averaged
    Act act = Act::kHardSwish;
    bool early = false;  // attention begins at 1/8 of the image, not 1/16
};
constexpr LevitVariant kLevitVariants[] = {
    {"levit_128s", {128, 256, 384}, {4, 6, 8}, {2, 3, 4}, 16, true},
    {"levit_128", {128, 256, 384}, {4, 8, 12}, {4, 4, 4}, 16, true},
    {"levit_192", {192, 288, 384}, {3, 5, 6}, {4, 4, 4}, 32, true},
    {"levit_256", {256, 384, 512}, {4, 6, 8}, {4, 4, 4}, 32, true},
    {"levit_384", {384, 512, 768}, {6, 9, 12}, {4, 4, 4}, 32, true},
    {"levit_384_s8", {384, 512, 768}, {6, 9, 12}, {4, 4, 4}, 32, true, Act::kSilu, true},
    {"levit_512_s8", {512, 640, 896}, {8, 10, 14}, {4, 4, 4}, 64, false, Act::kSilu, true},
    {"levit_512", {512, 768, 1024}, {8, 12, 16}, {4, 4, 4}, 64, false, Act::kSilu},
    {"levit_256d", {256, 384, 512}, {4, 6, 8}, {4, 8, 6}, 32, false, Act::kSilu},
    {"levit_512d", {512, 640, 768}, {8, 10, 12}, {4, 8, 6}, 64, false, Act::kSilu},
};

class LevitBuilder {
public:
    LevitBuilder(Net& net, const LevitVariant& v, bool conv) : net_(net), v_(v), conv_(conv) {}

    ValueId stem(ValueId x) {
        const int64_t width = v_.widths[0], first = v_.early ? 4 : 8;
        int64_t number = 1;
        for (int64_t part = first; part >= 1; part /= 2, ++number) {
            if (number > 1) x = net_.act(x, v_.act);
            x = conv_norm(Key("stem") / format("conv{}", number), x,
                          {.out = width / part, .kernel = 3, .stride = 2, .padding = 1});
        }
        return net_.mark("stem", x);
    }

    // x is an image [batch, C, H, W] or a sequence [batch, H * W, C], as the layers are.
    ValueId start(ValueId image) { return conv_ ? image : net_.tokens(image); }
    ValueId mean(ValueId x) { return conv_ ? net_.mean(x, {2, 3}) : net_.mean(x, {1}); }

    ValueId block(const Key& key, ValueId x, int64_t heads, Size2 size) {
        x = net_.add(x, attention(key / "attn", x, heads, size));
        return net_.mark(key, net_.add(x, mlp(key / "mlp", x)));
    }
    ValueId downsample(const Key& key, ValueId x, int64_t out, Size2 size) {
        x = shrinking_attention(key / "attn_downsample", x, out, size);
        return net_.mark(key, net_.add(x, mlp(key / "mlp", x)));
    }
    ValueId head(const Key& key, ValueId x) {
        return net_.mark(
            key, net_.linear(key / "linear", net_.batch_norm(key / "bn", x), net_.settings.num_classes));
    }

private:
    ValueId conv_norm(const Key& key, ValueId x, const nn::Conv& conv) {
        return net_.mark(key, net_.batch_norm(key / "bn", net_.conv(key / "linear", x, conv)));
    }
    // A linear layer and its norm, over the channels.
    ValueId dense(const Key& key, ValueId x, int64_t out) {
        if (conv_) return conv_norm(key, x, {.out = out, .kernel = 1});
        const int64_t length = net_.dim(x, 1), width = net_.dim(x, 2);
        const nn::Dim batch = net_.batch(x);
        x = net_.linear(key / "linear", net_.reshape(x, {batch * nn::Dim(length), width}), out, false);
        return net_.mark(key, net_.reshape(net_.batch_norm(key / "bn", x), {batch, length, out}));
    }
    int64_t width(ValueId x) const { return conv_ ? net_.channels(x) : net_.dim(x, 2); }
    ValueId sequence(ValueId x) { return conv_ ? net_.tokens(x) : x; }
    ValueId as_layers_are(ValueId sequence, Size2 size) {
        return conv_ ? net_.image(sequence, size) : sequence;
    }
    // [batch, L, heads * (sizes)] -> the parts [batch, heads, L, size]; those of a head lie together.
    std::vector<ValueId> heads_of(ValueId x, int64_t heads, const nn::Ints& sizes) {
        const auto parts = net_.split(
            net_.reshape(x, {nn::kBatch, net_.dim(x, 1), heads, net_.dim(x, 2) / heads}), 3, sizes);
        std::vector<ValueId> first;
        for (const ValueId part : parts) first.push_back(net_.transpose(part, {0, 2, 1, 3}));
        return first;
    }
    ValueId merged(ValueId x) {
        return net_.reshape(net_.transpose(x, {0, 2, 1, 3}),
                            {nn::kBatch, net_.dim(x, 2), net_.dim(x, 1) * net_.dim(x, 3)});
    }
    ValueId bias(const Key& key, int64_t heads, Size2 size, int64_t stride) {
        return gather_bias_heads_first(net_, net_.param(key / "attention_biases", {heads, size.h * size.w}),
                                       nn::offset_index(size, stride));
    }

    ValueId attention(const Key& key, ValueId x, int64_t heads, Size2 size) {
        const int64_t k = v_.key_size, value = 2 * k, out = width(x);
        const auto parts =
            heads_of(sequence(dense(key / "qkv", x, heads * (2 * k + value))), heads, {k, k, value});
        const ValueId y = merged(net_.attention(parts[0], parts[1], parts[2], bias(key, heads, size, 1)));
        return net_.mark(key, dense(key / "proj" / "ln", net_.act(as_layers_are(y, size), v_.act), out));
    }

    // Every second pixel asks all of them.
    ValueId shrinking_attention(const Key& key, ValueId x, int64_t out, Size2 size) {
        const int64_t k = v_.key_size, value = 4 * k, in = width(x), heads = in / k;
        const auto kv = heads_of(sequence(dense(key / "kv", x, heads * (k + value))), heads, {k, value});
        const ValueId grid = net_.reshape(sequence(x), {nn::kBatch, size.h, size.w, in});
        const ValueId some = net_.b.add("slice", {grid},
                                        {{"starts", nn::Dims{0, 0}},
                                         {"ends", nn::Dims{size.h, size.w}},
                                         {"axes", nn::Ints{1, 2}},
                                         {"steps", nn::Ints{2, 2}}});
        const Size2 small{(size.h + 1) / 2, (size.w + 1) / 2};
        const ValueId asking = as_layers_are(net_.reshape(some, {nn::kBatch, small.h * small.w, in}), small);
        const ValueId q = heads_of(sequence(dense(key / "q" / "ln", asking, heads * k)), heads, {k})[0];
        const ValueId y = merged(net_.attention(q, kv[0], kv[1], bias(key, heads, size, 2)));
        return net_.mark(key, dense(key / "proj" / "ln", net_.act(as_layers_are(y, small), v_.act), out));
    }

    ValueId mlp(const Key& key, ValueId x) {
        const int64_t out = width(x);
        return net_.mark(key, dense(key / "ln2", net_.act(dense(key / "ln1", x, 2 * out), v_.act), out));
    }

    Net& net_;
    const LevitVariant& v_;
    const bool conv_;
};

}  // namespace

ValueId levit(Net& net, std::string_view model, ValueId x) {
    std::string name(model);
    const size_t at = name.find("_conv");
    const bool conv = at != name.npos;
    if (conv) name.erase(at, 5);
    const LevitVariant& v = variant(net, kLevitVariants, name);
    LevitBuilder b(net, v, conv);
    x = b.stem(x);
    Size2 size = net.size(x);
    x = b.start(x);
    for (size_t stage = 0; stage < 3; ++stage) {
        const Key key = Key("stages") / static_cast<int64_t>(stage);
        if (stage > 0) {
            x = b.downsample(key / "downsample", x, v.widths[stage], size);
            size = {(size.h + 1) / 2, (size.w + 1) / 2};
        }
        for (int64_t i = 0; i < v.depths[stage]; ++i)
            x = b.block(key / "blocks" / i, x, v.heads[stage], size);
        net.mark(key, x);
    }
    if (net.settings.features) return x;
    x = b.mean(x);
    if (net.settings.num_classes == 0) return x;
    const ValueId y = b.head("head", x);
    return v.distilled ? net.mul(net.add(y, b.head("head_dist", x)), 0.5) : y;
}

}  // namespace lathe::zoo::timm
