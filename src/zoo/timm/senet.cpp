// SENet as its authors first published it: Hu et al., "Squeeze-and-Excitation Networks", 2017.
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

enum class SenetBlock : uint8_t {
    kBasic,
    kResNet /* strides in conv1 */,
    kResNeXt,
    kSENet /* twice as wide inside */
};

struct SenetVariant {
    std::string_view name;
    SenetBlock block;
    std::array<int, 4> layers;
    int64_t groups = 1;
};

constexpr SenetVariant kSenetVariants[] = {
    {"legacy_seresnet18", SenetBlock::kBasic, {2, 2, 2, 2}},
    {"legacy_seresnet34", SenetBlock::kBasic, {3, 4, 6, 3}},
    {"legacy_seresnet50", SenetBlock::kResNet, {3, 4, 6, 3}},
    {"legacy_seresnet101", SenetBlock::kResNet, {3, 4, 23, 3}},
    {"legacy_seresnet152", SenetBlock::kResNet, {3, 8, 36, 3}},
    {"legacy_senet154", SenetBlock::kSENet, {3, 8, 36, 3}, 64},
    {"legacy_seresnext26_32x4d", SenetBlock::kResNeXt, {2, 2, 2, 2}, 32},
    {"legacy_seresnext50_32x4d", SenetBlock::kResNeXt, {3, 4, 6, 3}, 32},
    {"legacy_seresnext101_32x4d", SenetBlock::kResNeXt, {3, 4, 23, 3}, 32},
};
constexpr int64_t kReduction = 16, kSenetExpansion = 4, kResNeXtWidth = 4;

struct SenetBuilder {
    Net& net;
    const SenetVariant& v;

    // conv and bn of one number, and the activation.
    ValueId conv(const Key& key, int number, ValueId x, const nn::Conv& conv,
                 nn::Act act = nn::Act::kRelu) const {
        x = net.conv(key / format("conv{}", number), x, conv);
        return net.act(net.batch_norm(key / format("bn{}", number), x), act);
    }

    // [batch, 3, H, W] -> [batch, 64 or 128, H/2, W/2]
    ValueId stem(const Key& key, ValueId x) const {
        if (v.block != SenetBlock::kSENet)
            return net.mark(key, conv(key, 1, x, {.out = 64, .kernel = 7, .stride = 2, .padding = 3}));
        x = conv(key, 1, x, {.out = 64, .kernel = 3, .stride = 2, .padding = 1});
        x = conv(key, 2, x, {.out = 64, .kernel = 3, .padding = 1});
        return net.mark(key, conv(key, 3, x, {.out = 128, .kernel = 3, .padding = 1}));
    }

    ValueId inside(const Key& key, ValueId x, int64_t planes, int64_t stride) const {
        const int64_t out = planes * kSenetExpansion;
        switch (v.block) {
            case SenetBlock::kBasic:
                x = conv(key, 1, x, {.out = planes, .kernel = 3, .stride = stride, .padding = 1});
                return conv(key, 2, x, {.out = planes, .kernel = 3, .padding = 1});
            case SenetBlock::kResNet:
                x = conv(key, 1, x, {.out = planes, .stride = stride, .padding = 0});
                x = conv(key, 2, x, {.out = planes, .kernel = 3, .padding = 1});
                break;
            case SenetBlock::kResNeXt: {
                const int64_t width = planes * kResNeXtWidth / 64 * v.groups;
                x = conv(key, 1, x, {.out = width});
                x = conv(key, 2, x,
                         {.out = width, .kernel = 3, .stride = stride, .padding = 1, .groups = v.groups});
                break;
            }
            case SenetBlock::kSENet:
                x = conv(key, 1, x, {.out = 2 * planes});
                x = conv(key, 2, x,
                         {.out = out, .kernel = 3, .stride = stride, .padding = 1, .groups = v.groups});
                break;
        }
        return conv(key, 3, x, {.out = out}, nn::Act::kNone);
    }

    ValueId block(const Key& key, ValueId x, int64_t planes, int64_t stride, bool projects,
                  int64_t kernel) const {
        ValueId y = inside(key, x, planes, stride);
        const int64_t out = net.channels(y);
        y = squeeze_excite(net, key / "se_module", y, {.reduced = out / kReduction});
        ValueId shortcut = x;
        if (projects) {
            shortcut = net.conv(key / "downsample" / 0, x,
                                {.out = out, .kernel = kernel, .stride = stride, .padding = kernel / 2});
            shortcut = net.mark(key / "downsample", net.batch_norm(key / "downsample" / 1, shortcut));
        }
        return net.mark(key, net.act(net.add(y, shortcut), nn::Act::kRelu));
    }
};

}  // namespace

ValueId senet(Net& net, std::string_view model, ValueId x) {
    const SenetBuilder build{net, variant(net, kSenetVariants, model)};
    const SenetVariant& v = build.v;
    x = net.mark("pool0",
                 net.max_pool(build.stem("layer0", x), {.kernel = 3, .stride = 2, .ceil_mode = true}));
    for (size_t stage = 0; stage < 4; ++stage) {
        const Key key = Key(format("layer{}", stage + 1));
        const int64_t planes = int64_t{64} << stage,
                      out = v.block == SenetBlock::kBasic ? planes : planes * kSenetExpansion;
        const int64_t kernel = v.block == SenetBlock::kSENet && stage > 0 ? 3 : 1;
        for (int i = 0; i < v.layers[stage]; ++i) {
            const int64_t stride = i == 0 && stage > 0 ? 2 : 1;
            const bool projects = i == 0 && (stride != 1 || net.channels(x) != out);
            x = build.block(key / i, x, planes, stride, projects, kernel);
        }
        net.mark(key, x);
    }
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::classifier(net, "last_linear", net.mark("global_pool", net.global_avg_pool(x)));
}

}  // namespace lathe::zoo::timm
