// ConvMixer: Trockman & Kolter, "Patches Are All You Need?", 2022.
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

struct ConvmixerVariant {
    std::string_view name;
    int width, depth, kernel, patch;
    nn::Act act = nn::Act::kGelu;
};

constexpr ConvmixerVariant kConvmixerVariants[] = {
    {"convmixer_1536_20", 1536, 20, 9, 7},
    {"convmixer_768_32", 768, 32, 7, 7, nn::Act::kRelu},
    {"convmixer_1024_20_ks9_p14", 1024, 20, 9, 14},
};

// A depthwise convolution past which the image goes, then a 1 x 1 one.
ValueId block(Net& net, const Key& key, ValueId x, const ConvmixerVariant& v) {
    const Key depthwise = key / "0" / "fn";
    ValueId y =
        net.conv(depthwise / "0", x, {.out = v.width, .kernel = v.kernel, .groups = v.width, .bias = true});
    x = net.mark(key / "0", net.add(net.batch_norm(depthwise / "2", net.act(y, v.act)), x));
    y = net.conv(key / "1", x, {.out = v.width, .bias = true});
    return net.mark(key, net.batch_norm(key / "3", net.act(y, v.act)));
}

}  // namespace

ValueId convmixer(Net& net, std::string_view model, ValueId x) {
    const ConvmixerVariant& v = variant(net, kConvmixerVariants, model);
    x = net.conv("stem.0", x,
                 {.out = v.width, .kernel = v.patch, .stride = v.patch, .padding = 0, .bias = true});
    x = net.mark("stem", net.batch_norm("stem.2", net.act(x, v.act)));
    for (int i = 0; i < v.depth; ++i) x = block(net, Key("blocks") / i, x, v);
    if (net.settings.features) return x;  // [batch, C, H/patch, W/patch]
    return nn::classifier(net, "head", net.global_avg_pool(x));
}

}  // namespace lathe::zoo::timm
