// ResNetV2: He et al., "Identity Mappings in Deep Residual Networks", 2016; BiT: Kolesnikov et al., "Big Transfer", 2019.
#include "zoo/timm/resnetv2.h"

#include "zoo/nn/channels.h"
#include "zoo/nn/std_conv.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using nn::NormAct;

struct Resnetv2Variant {
    std::string_view name;
    ResNetV2 config;
};

constexpr NormAct kBatch{}, kGroup{.kind = NormAct::kGroup}, kEvo{.kind = NormAct::kEvoS0};
constexpr NormAct kFilterResponse{.kind = NormAct::kFilterResponse};
constexpr std::array<int64_t, 4> kNarrow{64, 128, 256, 512}, kResnetv2Wide{256, 512, 1024, 2048};

constexpr ResNetV2 bit(std::array<int, 4> layers, int64_t width_factor) {
    return {.layers = layers,
            .stem = ResNetV2::kFixed,
            .convs = ResNetV2::kStandardised,
            .epsilon = 1e-8,
            .norm = kGroup,
            .width_factor = width_factor};
}
constexpr ResNetV2 basic(std::array<int, 4> layers, ResNetV2::Stem stem, bool average_down) {
    return {.layers = layers,
            .channels = kNarrow,
            .block = ResNetV2::kBasic,
            .stem = stem,
            .average_down = average_down};
}
constexpr ResNetV2 bottleneck(std::array<int, 4> layers, ResNetV2::Stem stem = ResNetV2::kPlain,
                              NormAct norm = kBatch) {
    return {.layers = layers,
            .channels = kResnetv2Wide,
            .stem = stem,
            .average_down = stem != ResNetV2::kPlain,
            .norm = norm};
}

constexpr Resnetv2Variant kResnetv2Variants[] = {
    {"resnetv2_50x1_bit", bit({3, 4, 6, 3}, 1)},
    {"resnetv2_50x3_bit", bit({3, 4, 6, 3}, 3)},
    {"resnetv2_101x1_bit", bit({3, 4, 23, 3}, 1)},
    {"resnetv2_101x3_bit", bit({3, 4, 23, 3}, 3)},
    {"resnetv2_152x2_bit", bit({3, 8, 36, 3}, 2)},
    {"resnetv2_152x4_bit", bit({3, 8, 36, 3}, 4)},
    {"resnetv2_18", basic({2, 2, 2, 2}, ResNetV2::kPlain, false)},
    {"resnetv2_18d", basic({2, 2, 2, 2}, ResNetV2::kDeep, true)},
    {"resnetv2_34", basic({3, 4, 6, 3}, ResNetV2::kPlain, false)},
    {"resnetv2_34d", basic({3, 4, 6, 3}, ResNetV2::kDeep, true)},
    {"resnetv2_50", bottleneck({3, 4, 6, 3})},
    {"resnetv2_50d", bottleneck({3, 4, 6, 3}, ResNetV2::kDeep)},
    {"resnetv2_50t", bottleneck({3, 4, 6, 3}, ResNetV2::kTiered)},
    {"resnetv2_101", bottleneck({3, 4, 23, 3})},
    {"resnetv2_101d", bottleneck({3, 4, 23, 3}, ResNetV2::kDeep)},
    {"resnetv2_152", bottleneck({3, 8, 36, 3})},
    {"resnetv2_152d", bottleneck({3, 8, 36, 3}, ResNetV2::kDeep)},
    {"resnetv2_50d_gn", bottleneck({3, 4, 6, 3}, ResNetV2::kDeep, kGroup)},
    {"resnetv2_50d_evos", bottleneck({3, 4, 6, 3}, ResNetV2::kDeep, kEvo)},
    {"resnetv2_50d_frn", bottleneck({3, 4, 6, 3}, ResNetV2::kDeep, kFilterResponse)},
};
constexpr int64_t kResnetv2StemWidth = 64;

struct Resnetv2Builder {
    Net& net;
    const ResNetV2& c;

    ValueId conv(const Key& key, ValueId x, nn::Conv conv) const {
        if (c.convs == ResNetV2::kDense) return net.conv(key, x, conv);
        if (c.convs == ResNetV2::kStandardisedSame) conv.padding = nn::kSame;
        return std_conv(net, key, x, conv, c.epsilon);
    }
    ValueId norm(const Key& key, ValueId x, Act act = Act::kRelu) const {
        return norm_act(net, key, x, c.norm, act);
    }

    ValueId projection(const Key& key, ValueId x, int64_t out, int64_t stride) const {
        if (c.average_down && stride > 1)
            x = net.avg_pool(x,
                             {.kernel = 2, .stride = stride, .ceil_mode = true, .count_include_pad = false});
        x = conv(key / "conv", x, {.out = out, .stride = c.average_down ? 1 : stride});
        if (c.block == ResNetV2::kPostNorm) x = norm(key / "norm", x, Act::kNone);
        return net.mark(key, x);
    }

    // Norms and activations before the convolutions, also of what the projection sees.
    ValueId before(const Key& key, ValueId x, int64_t out, int64_t stride, bool projects) const {
        ValueId y = norm(key / "norm1", x);
        const ValueId shortcut = projects ? projection(key / "downsample", y, out, stride) : x;
        if (c.block == ResNetV2::kBasic) {
            y = norm(key / "norm2", conv(key / "conv1", y, {.out = out, .kernel = 3, .stride = stride}));
            y = conv(key / "conv2", y, {.out = out, .kernel = 3});
        } else {
            const int64_t inner = nn::make_divisible(static_cast<double>(out) / 4);
            y = norm(key / "norm2", conv(key / "conv1", y, {.out = inner}));
            y = norm(key / "norm3", conv(key / "conv2", y, {.out = inner, .kernel = 3, .stride = stride}));
            y = conv(key / "conv3", y, {.out = out});
        }
        return net.mark(key, net.add(y, shortcut));
    }

    ValueId after(const Key& key, ValueId x, int64_t out, int64_t stride, bool projects) const {
        const int64_t inner = nn::make_divisible(static_cast<double>(out) / 4);
        const ValueId shortcut = projects ? projection(key / "downsample", x, out, stride) : x;
        ValueId y = norm(key / "norm1", conv(key / "conv1", x, {.out = inner}));
        y = norm(key / "norm2", conv(key / "conv2", y, {.out = inner, .kernel = 3, .stride = stride}));
        y = norm(key / "norm3", conv(key / "conv3", y, {.out = out}), Act::kNone);
        return net.mark(key, net.act(net.add(y, shortcut), Act::kRelu));
    }

    ValueId stage(const Key& key, ValueId x, int depth, int64_t out, int64_t stride) const {
        for (int i = 0; i < depth; ++i) {
            const Key block = key / "blocks" / i;
            const bool changes = stride != 1 || net.channels(x) != out;
            const bool projects = c.block == ResNetV2::kBasic ? changes : i == 0;
            x = c.block == ResNetV2::kPostNorm ? after(block, x, out, stride, projects)
                                               : before(block, x, out, stride, projects);
            stride = 1;
        }
        return net.mark(key, x);
    }

    ValueId stem(const Key& key, ValueId x) const {
        const int64_t width = nn::make_divisible(static_cast<double>(kResnetv2StemWidth * c.width_factor));
        const bool post = c.block == ResNetV2::kPostNorm;
        if (c.stem == ResNetV2::kDeep || c.stem == ResNetV2::kTiered) {
            const int64_t first = c.stem == ResNetV2::kTiered ? 3 * width / 8 : width / 2;
            x = norm(key / "norm1", conv(key / "conv1", x, {.out = first, .kernel = 3, .stride = 2}));
            x = norm(key / "norm2", conv(key / "conv2", x, {.out = width / 2, .kernel = 3}));
            x = conv(key / "conv3", x, {.out = width, .kernel = 3});
            if (post) x = norm(key / "norm3", x);
        } else {
            x = conv(key / "conv", x, {.out = width, .kernel = 7, .stride = 2});
            if (post) x = norm(key / "norm", x);
        }
        nn::Pool pool{.kernel = 3, .stride = 2, .padding = 1};
        if (c.stem == ResNetV2::kSame) pool.padding = nn::kSame;
        if (c.stem == ResNetV2::kFixed) {
            x = net.pad(x, {0, 0, 1, 1}, {0, 0, 1, 1});
            pool.padding = 0;
        }
        return net.mark(key, net.mark(key / "pool", net.max_pool(x, pool)));
    }
};

}  // namespace

ValueId resnet_v2_stem(Net& net, const Key& key, ValueId x, const ResNetV2& config) {
    return Resnetv2Builder{net, config}.stem(key, x);
}

ValueId resnet_v2_features(Net& net, const Key& key, ValueId x, const ResNetV2& config) {
    const Resnetv2Builder build{net, config};
    x = build.stem(key / "stem", x);
    for (size_t i = 0; i < 4; ++i) {
        const int64_t out = nn::make_divisible(static_cast<double>(config.channels[i] * config.width_factor));
        if (config.layers[i] > 0)
            x = build.stage(key / "stages" / i, x, config.layers[i], out, i == 0 ? 1 : 2);
    }
    net.mark(key / "stages", x);
    return config.block == ResNetV2::kPostNorm ? x : build.norm(key / "norm", x);
}

ValueId resnetv2(Net& net, std::string_view model, ValueId x) {
    x = resnet_v2_features(net, Key(), x, variant(net, kResnetv2Variants, model).config);
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    x = net.mark("head.global_pool", net.global_avg_pool(x));
    return net.mark("head", nn::conv_classifier(net, "head.fc", x));
}

}  // namespace lathe::zoo::timm
