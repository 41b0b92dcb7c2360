// Aligned Xception of DeepLab: Chen et al., "Encoder-Decoder with Atrous Separable Convolution for Semantic Image
// Segmentation", 2018. The *p variants normalise before each convolution.
#include "zoo/nn/conv_norm_act.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

struct XceptionAlignedBlock {
    int64_t widths[3];
    int64_t stride;
    bool skip = true, relu_first = true;
};

struct XceptionAlignedVariant {
    std::string_view name;
    bool deep_entry;  // five blocks before the middle ones instead of three
    int middle;  // blocks of 728 channels
    bool preact = false;
    double epsilon = 1e-3;
};

constexpr XceptionAlignedVariant kXceptionAlignedVariants[] = {
    {"xception41", false, 8},  {"xception41p", false, 8, true, 1e-5},
    {"xception65", false, 16}, {"xception65p", false, 16, true},
    {"xception71", true, 16},
};

std::vector<XceptionAlignedBlock> blocks_of(const XceptionAlignedVariant& v) {
    std::vector<XceptionAlignedBlock> blocks{{{128, 128, 128}, 2}};
    if (v.deep_entry)
        blocks.insert(
            blocks.end(),
            {{{256, 256, 256}, 1}, {{256, 256, 256}, 2}, {{728, 728, 728}, 1}, {{728, 728, 728}, 2}});
    else blocks.insert(blocks.end(), {{{256, 256, 256}, 2}, {{728, 728, 728}, 2}});
    blocks.insert(blocks.end(), static_cast<size_t>(v.middle), {{728, 728, 728}, 1});
    blocks.push_back({{728, 1024, 1024}, 2});
    blocks.push_back({{1536, 1536, 2048}, 1, false, false});
    return blocks;
}

ValueId xception_aligned_depthwise(Net& net, const Key& key, ValueId x, int64_t stride) {
    return net.conv(key / "conv_dw", x,
                    {.out = net.channels(x), .kernel = 3, .stride = stride, .groups = net.channels(x)});
}

// Three separable convolutions, each followed by its norms.
ValueId post_norm_block(Net& net, const Key& key, ValueId x, const XceptionAlignedBlock& b, double epsilon) {
    const ValueId in = x;
    const nn::Act after = b.relu_first ? nn::Act::kNone : nn::Act::kRelu;
    for (int64_t i = 0; i < 3; ++i) {
        const Key conv = key / "stack" / format("conv{}", i + 1);
        if (b.relu_first) x = net.mark(key / "stack" / format("act{}", i + 1), net.act(x, nn::Act::kRelu));
        x = net.batch_norm(conv / "bn_dw", xception_aligned_depthwise(net, conv, x, i == 2 ? b.stride : 1),
                           after, epsilon);
        x = net.conv(conv / "conv_pw", x, {.out = b.widths[i], .kernel = 1});
        x = net.mark(conv, net.batch_norm(conv / "bn_pw", x, after, epsilon));
    }
    net.mark(key / "stack", x);
    if (!b.skip) return net.mark(key, x);
    ValueId skip = in;
    if (b.widths[2] != net.channels(in) || b.stride != 1)
        skip = conv_norm_act(net, key / "shortcut", in, {.out = b.widths[2], .kernel = 1, .stride = b.stride},
                             nn::Act::kNone, {.epsilon = epsilon});
    return net.mark(key, net.add(x, skip));
}

// The norm and activation come first, and the skip starts behind them.
ValueId pre_norm_block(Net& net, const Key& key, ValueId x, const XceptionAlignedBlock& b, double epsilon) {
    const ValueId in = net.batch_norm(key / "norm", x, nn::Act::kRelu, epsilon);
    x = in;
    for (int64_t i = 0; i < 3; ++i) {
        const Key conv = key / "stack" / format("conv{}", i + 1);
        if (i > 0) x = net.batch_norm(conv / "norm", x, nn::Act::kRelu, epsilon);
        x = net.mark(
            conv, net.conv(conv / "conv_pw", xception_aligned_depthwise(net, conv, x, i == 2 ? b.stride : 1),
                           {.out = b.widths[i], .kernel = 1}));
    }
    net.mark(key / "stack", x);
    if (!b.skip) return net.mark(key, x);
    ValueId skip = in;
    if (b.widths[2] != net.channels(in) || b.stride != 1)
        skip = net.conv(key / "shortcut", in, {.out = b.widths[2], .kernel = 1, .stride = b.stride});
    return net.mark(key, net.add(x, skip));
}

}  // namespace

ValueId xception_aligned(Net& net, std::string_view model, ValueId x) {
    const XceptionAlignedVariant& v = variant(net, kXceptionAlignedVariants, model);
    x = conv_norm_act(net, "stem.0", x, {.out = 32, .kernel = 3, .stride = 2}, nn::Act::kRelu,
                      {.epsilon = v.epsilon});
    if (v.preact) x = net.conv("stem.1", x, {.out = 64, .kernel = 3});
    else
        x = conv_norm_act(net, "stem.1", x, {.out = 64, .kernel = 3}, nn::Act::kRelu, {.epsilon = v.epsilon});
    int64_t number = 0;
    for (const XceptionAlignedBlock& b : blocks_of(v)) {
        const Key key = Key("blocks") / number++;
        x = v.preact ? pre_norm_block(net, key, x, b, v.epsilon) : post_norm_block(net, key, x, b, v.epsilon);
    }
    if (v.preact) x = net.act(x, nn::Act::kRelu);
    if (net.settings.features) return x;
    return nn::classifier_head(net, "head", x);
}

}  // namespace lathe::zoo::timm
