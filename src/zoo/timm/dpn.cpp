// DPN: Chen et al., "Dual Path Networks", 2017.
#include "zoo/nn/conv_norm_act.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;

struct DpnVariant {
    std::string_view name;
    int64_t stem;  // channels
    int64_t bottleneck, groups;  // inner channels of the first stage's blocks
    std::array<int, 4> blocks;
    std::array<int64_t, 4> growth;  // what each block adds to the dense path
    bool small = false;
    bool split_last = false;  // the last convolution of a block is two, one for each path
    Act act = Act::kRelu;  // of the stem and the end
};

constexpr DpnVariant kDpnVariants[] = {
    {"dpn48b", 10, 128, 32, {3, 4, 6, 3}, {16, 32, 32, 64}, true, true, Act::kSilu},
    {"dpn68", 10, 128, 32, {3, 4, 12, 3}, {16, 32, 32, 64}, true},
    {"dpn68b", 10, 128, 32, {3, 4, 12, 3}, {16, 32, 32, 64}, true, true},
    {"dpn92", 64, 96, 32, {3, 4, 20, 3}, {16, 32, 24, 128}},
    {"dpn98", 96, 160, 40, {3, 6, 20, 3}, {16, 32, 32, 128}},
    {"dpn131", 128, 160, 40, {4, 8, 28, 3}, {16, 32, 32, 128}},
    {"dpn107", 128, 200, 50, {4, 8, 20, 3}, {20, 64, 64, 128}},
};
constexpr double kDpnEpsilon = 1e-3;

struct Paths {
    ValueId residual, dense;
};
struct DpnBlock {
    int64_t inner, residual, growth, stride;
    bool first;  // of a stage: both paths begin anew
};

struct DpnBuilder {
    Net& net;
    const DpnVariant& v;

    ValueId norm(const Key& key, ValueId x, Act act = Act::kRelu) const {
        return net.batch_norm(key, x, act, kDpnEpsilon);
    }
    ValueId conv(const Key& key, ValueId x, const nn::Conv& conv) const {
        return net.mark(key, net.conv(key / "conv", norm(key / "bn", x), conv));
    }
    Paths divided(ValueId x, int64_t residual) const {
        const auto parts = net.split(x, 1, {residual, net.channels(x) - residual});
        return parts.size() == 2 ? Paths{parts[0], parts[1]} : Paths{x, x};
    }

    Paths block(const Key& key, const Paths& x, const DpnBlock& block) const {
        ValueId all = x.dense == nn::kNoValue ? x.residual : net.concat({x.residual, x.dense}, 1);
        Paths kept = x;
        if (block.first) {
            const Key projection = key / (block.stride == 2 ? "c1x1_w_s2" : "c1x1_w_s1");
            kept = divided(
                conv(projection, all,
                     {.out = block.residual + 2 * block.growth, .stride = block.stride, .padding = 0}),
                block.residual);
        }
        all = conv(key / "c1x1_a", all, {.out = block.inner});
        all =
            conv(key / "c3x3_b", all,
                 {.out = block.inner, .kernel = 3, .stride = block.stride, .padding = 1, .groups = v.groups});
        Paths made;
        if (v.split_last) {
            all = norm(key / "c1x1_c" / "bn", all);
            made = {net.conv(key / "c1x1_c1", all, {.out = block.residual}),
                    net.conv(key / "c1x1_c2", all, {.out = block.growth})};
        } else {
            made = divided(conv(key / "c1x1_c", all, {.out = block.residual + block.growth}), block.residual);
        }
        return {net.add(kept.residual, made.residual), net.concat({kept.dense, made.dense}, 1)};
    }

    ValueId features(const Key& key, ValueId x) const {
        const nn::NormAct stem_norm{.epsilon = kDpnEpsilon};
        x = conv_norm_act(net, key / "conv1_1", x, {.out = v.stem, .kernel = v.small ? 3 : 7, .stride = 2},
                          v.act, stem_norm);
        x = net.mark(key / "conv1_pool", net.max_pool(x, {.kernel = 3, .stride = 2, .padding = 1}));
        Paths paths{x, nn::kNoValue};
        for (size_t stage = 0; stage < 4; ++stage)
            for (int i = 0; i < v.blocks[stage]; ++i) {
                const int64_t residual = int64_t{v.small ? 64 : 256} << stage;
                paths = block(key / format("conv{}_{}", stage + 2, i + 1), paths,
                              {.inner = v.bottleneck << stage,
                               .residual = residual,
                               .growth = v.growth[stage],
                               .stride = i == 0 && stage > 0 ? 2 : 1,
                               .first = i == 0});
            }
        const Key last = key / "conv5_bn_ac";
        return net.mark(last, norm(last / "bn", net.concat({paths.residual, paths.dense}, 1), v.act));
    }
};

}  // namespace

ValueId dpn(Net& net, std::string_view model, ValueId x) {
    x = net.mark("features", DpnBuilder{net, variant(net, kDpnVariants, model)}.features("features", x));
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::conv_classifier(net, "classifier", net.mark("global_pool", net.global_avg_pool(x)));
}

}  // namespace lathe::zoo::timm
