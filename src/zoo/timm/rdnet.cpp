// RDNet: Kim et al., "DenseNets Reloaded: Paradigm Shift Beyond ResNets and ViTs", 2024.
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

struct RdnetVariant {
    std::string_view name;
    int stem, stages;
    std::array<int, 4> growth;  // of the first stage, the second, those between, and the last ones
    int last;                   // how many are the last; their first halves the map
};

constexpr RdnetVariant kRdnetVariants[] = {
    {"rdnet_tiny", 64, 7, {64, 104, 128, 224}, 1},
    {"rdnet_small", 72, 11, {64, 128, 128, 240}, 2},
    {"rdnet_base", 120, 11, {96, 128, 168, 336}, 2},
    {"rdnet_large", 144, 12, {128, 192, 256, 360}, 2},
};
constexpr int64_t kRdnetPatch = 4, kBlocks = 3, kRdnetBottleneck = 4, kPlainStages = 2;
constexpr double kRdnetEpsilon = 1e-6;

// Depthwise 7 x 7, norm, and two 1 x 1 make `growth` more channels; later stages gate them.
ValueId grow(Net& net, const Key& key, ValueId x, int64_t growth, bool gated) {
    const int64_t in = net.channels(x), middle = in * kRdnetBottleneck / 8 * 8;
    const Key layers = key / "layers" / "layers";
    x = net.conv(layers / "0", x, {.out = in, .kernel = 7, .groups = in, .bias = true});
    x = net.layer_norm_2d(layers / "1", x, kRdnetEpsilon);
    x = net.act(net.conv(layers / "2", x, {.out = middle, .bias = true}), nn::Act::kGelu);
    x = net.conv(layers / "4", x, {.out = growth, .bias = true});
    if (gated) x = effective_squeeze_excite(net, layers / "5", x);
    return net.mark(key, net.scale_2d(key / "gamma", x));
}

// Every block sees the stage's input and what all blocks before it made.
ValueId dense_stage(Net& net, const Key& key, ValueId x, int64_t growth, bool gated) {
    for (int64_t i = 0; i < kBlocks; ++i)
        x = net.concat({x, grow(net, key / ("dense_block" + std::to_string(i)), x, growth, gated)}, 1);
    return net.mark(key, x);
}

// Half the channels, and half the size.
ValueId transition(Net& net, const Key& stage, ValueId x, bool halve) {
    const int64_t width = net.channels(x) / 2 / 8 * 8, stride = halve ? 2 : 1;
    x = net.layer_norm_2d(stage / "0", x, kRdnetEpsilon);
    return net.conv(stage / "1", x,
                    {.out = width, .kernel = stride, .stride = stride, .padding = 0, .bias = true});
}

}  // namespace

ValueId rdnet(Net& net, std::string_view model, ValueId x) {
    const RdnetVariant& v = variant(net, kRdnetVariants, model);
    x = net.conv("stem.0", x,
                 {.out = v.stem, .kernel = kRdnetPatch, .stride = kRdnetPatch, .padding = 0, .bias = true});
    x = net.mark("stem", net.layer_norm_2d("stem.1", x, kRdnetEpsilon));
    for (int64_t i = 0; i < v.stages; ++i) {
        const Key stage = Key("dense_stages") / i;
        const int64_t last = v.stages - v.last;
        const bool halve = i == 1 || i == 2 || i == last;
        const int growth = i < kPlainStages ? v.growth[static_cast<size_t>(i)] : v.growth[i < last ? 2 : 3];
        if (i > 0) x = transition(net, stage, x, halve);
        x = net.mark(stage, dense_stage(net, stage / (i > 0 ? "2" : "0"), x, growth, i >= kPlainStages));
    }
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::norm_mlp_head(net, "head", x, kRdnetEpsilon);
}

}  // namespace lathe::zoo::timm
