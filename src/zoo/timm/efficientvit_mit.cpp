// EfficientViT (MIT): Cai et al., "EfficientViT: Multi-Scale Linear Attention for High-Resolution Dense Prediction", 2022.
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using Five = std::array<int64_t, 5>;

struct EfficientvitMitVariant {
    std::string_view name;
    Five widths, depths;  // the stem, then the stages
    int64_t head_size;
    std::array<int64_t, 2> head_widths;
    bool large = false;
};
constexpr EfficientvitMitVariant kEfficientvitMitVariants[] = {
    {"efficientvit_b0", {8, 16, 32, 64, 128}, {1, 2, 2, 2, 2}, 16, {1024, 1280}},
    {"efficientvit_b1", {16, 32, 64, 128, 256}, {1, 2, 3, 3, 4}, 16, {1536, 1600}},
    {"efficientvit_b2", {24, 48, 96, 192, 384}, {1, 3, 4, 4, 6}, 32, {2304, 2560}},
    {"efficientvit_b3", {32, 64, 128, 256, 512}, {1, 4, 6, 6, 9}, 32, {2304, 2560}},
    {"efficientvit_l1", {32, 64, 128, 256, 512}, {1, 1, 1, 6, 6}, 32, {3072, 3200}, true},
    {"efficientvit_l2", {32, 64, 128, 256, 512}, {1, 2, 2, 8, 8}, 32, {3072, 3200}, true},
    {"efficientvit_l3", {64, 128, 256, 512, 1024}, {1, 2, 2, 8, 8}, 32, {6144, 6400}, true},
};

class EfficientvitMitBuilder {
public:
    EfficientvitMitBuilder(Net& net, const EfficientvitMitVariant& v)
        : net_(net), act_(v.large ? Act::kGeluTanh : Act::kHardSwish), epsilon_(v.large ? 1e-7 : 1e-5) {}

    // A norm, or a bias in its place.
    ValueId conv(const Key& key, ValueId x, nn::Conv conv, bool norm, bool act) {
        conv.bias = !norm;
        x = net_.conv(key / "conv", x, conv);
        if (norm) x = net_.batch_norm(key / "norm", x, Act::kNone, epsilon_);
        return net_.mark(key, act ? net_.act(x, act_) : x);
    }
    // A depthwise and a pointwise convolution.
    ValueId separable(const Key& key, ValueId x) {
        const int64_t width = net_.channels(x);
        x = conv(key / "depth_conv", x, {.out = width, .kernel = 3, .groups = width}, true, true);
        return conv(key / "point_conv", x, {.out = width, .kernel = 1}, true, false);
    }
    ValueId two_convs(const Key& key, ValueId x) {
        const int64_t width = net_.channels(x);
        x = conv(key / "conv1", x, {.out = width, .kernel = 3}, true, true);
        return conv(key / "conv2", x, {.out = width, .kernel = 3}, true, false);
    }
    // norms: in front of the last convolution too.
    ValueId inverted(const Key& key, ValueId x, int64_t out, int64_t stride, int64_t expand, bool norms) {
        const int64_t inner = net_.channels(x) * expand;
        x = conv(key / "inverted_conv", x, {.out = inner, .kernel = 1}, norms, true);
        x = conv(key / "depth_conv", x, {.out = inner, .kernel = 3, .stride = stride, .groups = inner}, norms,
                 true);
        return conv(key / "point_conv", x, {.out = out, .kernel = 1}, true, false);
    }
    ValueId fused(const Key& key, ValueId x, int64_t out, int64_t stride, int64_t expand, bool norms) {
        x = conv(key / "spatial_conv", x, {.out = net_.channels(x) * expand, .kernel = 3, .stride = stride},
                 norms, true);
        return conv(key / "point_conv", x, {.out = out, .kernel = 1}, true, false);
    }

    ValueId stem(ValueId x, int64_t width, int64_t depth, bool large) {
        const Key key = "stem";
        x = conv(key / "in_conv", x, {.out = width, .kernel = 3, .stride = 2}, true, true);
        for (int64_t i = 0; i < depth; ++i) {
            const Key at = key / format("res{}", i);
            x = net_.mark(at, net_.add(large ? two_convs(at / "main", x) : separable(at / "main", x), x));
        }
        return net_.mark(key, x);
    }

    // Linear attention with ReLU as kernel, at two scales: relu(q) (relu(k)' v) / (relu(q) sum relu(k)).
    ValueId linear_attention(const Key& key, ValueId x, int64_t size) {
        const nn::Size2 image = net_.size(x);
        const int64_t width = net_.channels(x), heads = width / size, total = 3 * heads * size,
                      pixels = image.h * image.w;
        const ValueId qkv = net_.conv(key / "qkv" / "conv", x, {.out = total, .kernel = 1});
        ValueId wide = net_.conv(key / "aggreg" / 0 / 0, qkv,
                                 {.out = total, .kernel = 5, .padding = 2, .groups = total});
        wide = net_.conv(key / "aggreg" / 0 / 1, wide, {.out = total, .kernel = 1, .groups = 3 * heads});
        const ValueId both = net_.transpose(
            net_.reshape(net_.concat({qkv, wide}, 1), {nn::kBatch, 2 * heads, 3 * size, pixels}),
            {0, 1, 3, 2});
        const auto parts = net_.chunk(both, 3, 3);  // [batch, 2 * heads, pixels, size]
        const ValueId q = net_.act(parts[0], Act::kRelu), k = net_.act(parts[1], Act::kRelu);
        const ValueId v = net_.pad(parts[2], {0, 0, 0, 0}, {0, 0, 0, 1}, "constant",
                                   1);  // a column of ones sums the weights
        const ValueId summed = net_.matmul(q, net_.matmul(net_.transpose(k, {0, 1, 3, 2}), v));
        const ValueId y =
            net_.div(net_.slice(summed, 3, 0, size), net_.add(net_.slice(summed, 3, size, size + 1), 1e-5));
        x = net_.reshape(net_.transpose(y, {0, 1, 3, 2}), {nn::kBatch, 2 * heads * size, image.h, image.w});
        return net_.mark(key, conv(key / "proj", x, {.out = width, .kernel = 1}, true, false));
    }
    ValueId attention_block(const Key& key, ValueId x, int64_t size, int64_t expand) {
        const Key context = key / "context_module", local = key / "local_module";
        x = net_.mark(context, net_.add(linear_attention(context / "main", x, size), x));
        return net_.mark(
            key,
            net_.mark(local, net_.add(inverted(local / "main", x, net_.channels(x), 1, expand, false), x)));
    }

private:
    Net& net_;
    const Act act_;
    const double epsilon_;
};

ValueId base_stage(Net& net, EfficientvitMitBuilder& b, const Key& key, ValueId x,
                   const EfficientvitMitVariant& v, size_t stage) {
    const bool attends = stage >= 3;
    x = net.mark(key / 0, b.inverted(key / 0 / "main", x, v.widths[stage], 2, 4, !attends));
    const int64_t count = attends ? v.depths[stage] : v.depths[stage] - 1;
    for (int64_t i = 1; i <= count; ++i) {
        const Key at = key / i;
        x = attends ? b.attention_block(at, x, v.head_size, 4)
                    : net.mark(at, net.add(b.inverted(at / "main", x, v.widths[stage], 1, 4, true), x));
    }
    return x;
}

ValueId large_stage(Net& net, EfficientvitMitBuilder& b, const Key& key, ValueId x,
                    const EfficientvitMitVariant& v, size_t stage) {
    const bool attends = stage >= 4, fewer_norms = stage >= 3;
    const int64_t out = v.widths[stage];
    const auto block = [&](const Key& at, ValueId y, int64_t stride, int64_t expand, bool norms) {
        return fewer_norms ? b.inverted(at / "main", y, out, stride, expand, norms)
                           : b.fused(at / "main", y, out, stride, expand, norms);
    };
    x = net.mark(key / 0, block(key / 0, x, 2, attends ? 24 : 16, !fewer_norms));
    for (int64_t i = 1; i <= v.depths[stage]; ++i) {
        const Key at = key / i;
        x = attends ? b.attention_block(at, x, v.head_size, 6)
                    : net.mark(at, net.add(block(at, x, 1, 4, !fewer_norms), x));
    }
    return x;
}

}  // namespace

ValueId efficientvit_mit(Net& net, std::string_view model, ValueId x) {
    const EfficientvitMitVariant& v = variant(net, kEfficientvitMitVariants, model);
    EfficientvitMitBuilder b(net, v);
    x = b.stem(x, v.widths[0], v.depths[0], v.large);
    for (size_t stage = 1; stage < 5; ++stage) {
        const Key key = Key("stages") / static_cast<int64_t>(stage - 1);
        x = net.mark(key, (v.large ? large_stage : base_stage)(net, b, key / "blocks", x, v, stage));
    }
    if (net.settings.features) return x;
    const Key head = "head", in = head / "in_conv", layers = head / "classifier";
    const Act act = v.large ? Act::kGeluTanh : Act::kHardSwish;
    x = net.batch_norm(in / "norm", net.conv(in / "conv", x, {.out = v.head_widths[0], .kernel = 1}), act);
    x = net.linear(layers / 0, net.global_avg_pool(net.mark(in, x)), v.head_widths[1], false);
    x = net.act(net.layer_norm(layers / 1, x, v.large ? 1e-7 : 1e-5), act);
    return net.mark(head, nn::classifier(net, layers / 4, x));
}

}  // namespace lathe::zoo::timm
