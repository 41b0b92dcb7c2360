// ResNet: He et al., "Deep Residual Learning for Image Recognition", 2015, and what grew on it: ResNeXt (Xie et al., 2016),
// SENet (Hu et al., 2017), the stems and projections of He et al., "Bag of Tricks", 2018, ECA-Net (Wang et al., 2019) and
// ResNet-RS (Bello et al., 2021).
#include "zoo/timm/resnet.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::AntiAlias;
using nn::Conv;

constexpr int64_t kResnetExpansion = 4;  // of a bottleneck

struct ResnetBuilder {
    Net& net;
    const ResNetVariant& v;
    const ResNetBody& body;

    ValueId norm(const Key& key, ValueId x) const { return norm_act(net, key, x, v.norm); }
    ValueId relu(const Key& key, ValueId x) const { return net.mark(key, net.act(x, Act::kRelu)); }

    ValueId deep_stem(const Key& key, ValueId x) const {
        const int64_t width = v.stem.width,
                      first = v.stem.kind == ResNetStem::kTiered ? 3 * (width / 4) : width;
        x = net.conv(key / 0, x, {.out = first, .kernel = 3, .stride = 2, .padding = 1});
        x = relu(key / 2, norm(key / 1, x));
        x = net.conv(key / 3, x, {.out = width, .kernel = 3, .padding = 1});
        x = relu(key / 5, norm(key / 4, x));
        return net.mark(key, net.conv(key / 6, x, {.out = 2 * width, .kernel = 3, .padding = 1}));
    }

    // [batch, C, H, W] -> [batch, C, H/2, W/2]
    ValueId stem_pool(const Key& key, ValueId x) const {
        if (v.stem.strided_convolution) {
            x = net.conv(key / 0, x, {.out = net.channels(x), .kernel = 3, .stride = 2, .padding = 1});
            return net.mark(key, relu(key / 2, norm(key / 1, x)));
        }
        if (v.anti_alias == AntiAlias::kNone)
            return net.mark(key, net.max_pool(x, {.kernel = 3, .stride = 2, .padding = 1}));
        if (v.anti_alias == AntiAlias::kAvg) return anti_alias(net, key, x, v.anti_alias, 2);
        x = net.max_pool(x, {.kernel = 3, .stride = 1, .padding = 1});
        return net.mark(key, anti_alias(net, key / 1, x, v.anti_alias, 2));
    }

    ValueId projection(const Key& key, ValueId x, const ResNetPlace& block) const {
        if (v.stem.average_down) {
            if (block.stride > 1)
                x = net.avg_pool(
                    x, {.kernel = 2, .stride = block.stride, .ceil_mode = true, .count_include_pad = false});
            return net.mark(key, norm(key / 2, net.conv(key / 1, x, {.out = block.out})));
        }
        const int64_t kernel = block.stride == 1 ? 1 : v.down_kernel;
        return net.mark(
            key, norm(key / 1,
                      net.conv(key / 0, x, {.out = block.out, .kernel = kernel, .stride = block.stride})));
    }

    // The 3 x 3 convolution that strides, or is followed by what strides in its place.
    ValueId strided(const Key& key, const char* number, ValueId x, int64_t out, int64_t stride,
                    int64_t groups) const {
        const bool strides_later = v.anti_alias != AntiAlias::kNone && stride == 2;
        const nn::Size2 size = net.size(x);
        if (strides_later && v.anti_alias == AntiAlias::kAvg && (size.h % 2 != 0 || size.w % 2 != 0))
            net.fail_with(format(
                "{}: average pools halve even sizes only, not {} x {}; sides of the image that are multiples of 32 give those",
                key.text(), size.h, size.w));
        const std::string conv = std::string("conv") + number, bn = std::string("bn") + number,
                          act = std::string("act") + number;
        x = net.conv(
            key / conv, x,
            {.out = out, .kernel = 3, .stride = strides_later ? 1 : stride, .padding = 1, .groups = groups});
        x = relu(key / act, norm(key / bn, x));
        return strides_later ? anti_alias(net, key / "aa", x, v.anti_alias, stride) : x;
    }

    ValueId basic(const Key& key, ValueId x, const ResNetPlace& block) const {
        x = strided(key, "1", x, block.first, block.stride, 1);
        return norm(key / "bn2", net.conv(key / "conv2", x, {.out = block.out, .kernel = 3, .padding = 1}));
    }

    ValueId bottleneck(const Key& key, ValueId x, const ResNetPlace& block) const {
        x = relu(key / "act1", norm(key / "bn1", net.conv(key / "conv1", x, {.out = block.first})));
        x = strided(key, "2", x, block.width, block.stride, v.groups.cardinality);
        return norm(key / "bn3", net.conv(key / "conv3", x, {.out = block.out}));
    }

    ValueId residual(const Key& key, ValueId x, const ResNetPlace& block) const {
        const bool is_basic = block.kind == ResNetBlock::kBasic;
        ValueId y = body ? body(key, x, block) : is_basic ? basic(key, x, block) : bottleneck(key, x, block);
        nn::ChannelAttention attention = v.attention;
        attention.channels = is_basic ? block.planes : block.planes * kResnetExpansion;
        y = channel_attention(net, key / "se", y, attention);
        const ValueId shortcut = block.projects ? projection(key / "downsample", x, block) : x;
        return net.mark(key, relu(key / (is_basic ? "act2" : "act3"), net.add(y, shortcut)));
    }

    ValueId stages(const Key& at, ValueId x, size_t count) const {
        int64_t in = net.channels(x);
        size_t nth = 0;  // block of the network
        for (size_t stage = 0; stage < count; ++stage) {
            const Key key = at / format("layer{}", stage + 1);
            const int64_t planes = v.channels[stage];
            const bool is_basic = v.blocks[stage] == ResNetBlock::kBasic;
            const int64_t width =
                is_basic ? planes : planes * v.groups.base_width / 64 * v.groups.cardinality;
            ResNetPlace block{.kind = v.blocks[stage],
                              .planes = planes,
                              .out = is_basic ? planes : planes * kResnetExpansion,
                              .stride = stage == 0 ? 1 : 2,
                              .first = width / v.reduce_first,
                              .width = width,
                              .projects = true};
            block.projects = block.stride != 1 || in != block.out;
            in = block.out;
            if (v.pruned != nullptr) block.out = v.pruned->outs[stage];
            for (int i = 0; i < v.layers[stage]; ++i, ++nth) {
                if (v.pruned != nullptr)
                    block.first = v.pruned->inner[nth][0], block.width = v.pruned->inner[nth][1];
                x = residual(key / i, x, block);
                block.stride = 1;
                block.projects = false;
            }
            net.mark(key, x);
        }
        return x;
    }
};

}  // namespace

ValueId resnet_block(Net& net, const Key& key, ValueId x, ResNetBlock kind, int64_t planes) {
    const ResNetVariant plain{};
    const ResNetBody body;
    const int64_t out = kind == ResNetBlock::kBasic ? planes : planes * kResnetExpansion;
    const ResNetPlace place{.kind = kind,
                            .planes = planes,
                            .out = out,
                            .stride = 1,
                            .first = planes,
                            .width = planes,
                            .projects = net.channels(x) != out};
    return ResnetBuilder{net, plain, body}.residual(key, x, place);
}

ValueId resnet_features(Net& net, const Key& key, ValueId x, const ResNetVariant& v, int stages,
                        const ResNetBody& body) {
    const ResnetBuilder build{net, v, body};
    const Conv plain_stem{.out = 64, .kernel = 7, .stride = 2, .padding = 3};
    x = v.stem.kind == ResNetStem::kPlain ? net.conv(key / "conv1", x, plain_stem)
                                          : build.deep_stem(key / "conv1", x);
    x = build.relu(key / "act1", build.norm(key / "bn1", x));
    return build.stages(key, build.stem_pool(key / "maxpool", x), static_cast<size_t>(stages));
}

ValueId resnet_of(Net& net, ValueId x, const ResNetVariant& v, const ResNetBody& body) {
    x = resnet_features(net, Key(), x, v, 4, body);
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::classifier(net, "fc", net.mark("global_pool", net.global_avg_pool(x)));
}

ValueId resnet(Net& net, std::string_view model, ValueId x) {
    return resnet_of(net, x, variant(net, resnet_variants(), model));
}

}  // namespace lathe::zoo::timm
