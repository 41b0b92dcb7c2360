// CPUBone: Nottebaum et al., "CPUBone: Efficient Vision Backbone Design for Devices with Low Parallelization
// Capabilities", 2026.
#include <algorithm>

#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Act;
using Five = std::array<int64_t, 5>;

enum class Norms : uint8_t {
    kLast,
    kLastTwo,
    kAll
};  // of wide inverted blocks; the other convolutions have biases

struct CpuboneVariant {
    std::string_view name;
    Five widths, depths;  // the stem, then the stages
    int64_t down_expand = 4;
    Norms norms = Norms::kLast;
    std::array<int64_t, 2> head = {1536, 1600};
    int64_t stem_expand = 2;
};
constexpr CpuboneVariant kCpuboneVariants[] = {
    {"cpubone_nano", {12, 24, 48, 96, 192}, {0, 1, 1, 1, 2}},
    {"cpubone_t0", {12, 24, 48, 96, 192}, {0, 1, 1, 2, 3}},
    {"cpubone_s0", {14, 28, 56, 112, 224}, {0, 1, 1, 2, 3}},
    {"cpubone_b0_bfrobust", {16, 32, 64, 128, 256}, {0, 1, 1, 3, 4}, 4, Norms::kAll},
    {"cpubone_b1_bfrobust", {16, 32, 64, 128, 256}, {0, 1, 1, 5, 5}, 6, Norms::kAll},
    {"cpubone_b1_dwnorm", {16, 32, 64, 128, 256}, {0, 1, 1, 5, 5}, 6, Norms::kLastTwo},
    {"cpubone_b2_bfrobust", {20, 40, 80, 160, 320}, {0, 1, 1, 6, 6}, 6, Norms::kAll, {2304, 2560}},
    {"cpubone_b2pt5_dwnorm", {24, 48, 96, 192, 384}, {0, 1, 1, 6, 6}, 6, Norms::kLastTwo, {2304, 2560}},
    {"cpubone_b3", {32, 64, 128, 256, 512}, {1, 2, 3, 6, 6}, 6, Norms::kLast, {1536, 1600}, 4},
};
constexpr int64_t kExpand = 4, kGroups = 2, kWide = 256;

struct Layer {
    int64_t out, kernel = 1, stride = 1, groups = 1;
    bool bias = false, norm = true, act = true;
};

// A kernel of 2 without a stride sees the pixels above and to the left.
ValueId layer(Net& net, const Key& key, ValueId x, const Layer& l) {
    const bool shifted = l.kernel == 2 && l.stride == 1;
    if (shifted) x = net.pad(x, {0, 0, 1, 1}, {0, 0, 0, 0});
    const int64_t padding = l.kernel == 2 ? 0 : l.kernel / 2;
    x = net.conv(shifted ? key / "conv" / 1 : key / "conv", x,
                 {.out = l.out,
                  .kernel = l.kernel,
                  .stride = l.stride,
                  .padding = padding,
                  .groups = l.groups,
                  .bias = l.bias});
    if (l.norm) x = net.batch_norm(key / "norm", x);
    return net.mark(key, l.act ? net.act(x, Act::kHardSwish) : x);
}

ValueId fused(Net& net, const Key& key, ValueId x, int64_t out, int64_t stride, int64_t expand,
              int64_t kernel = 3, bool bias = false) {
    x = layer(net, key / "spatial_conv", x,
              {.out = net.channels(x) * expand,
               .kernel = kernel,
               .stride = stride,
               .groups = kGroups,
               .bias = bias});
    return net.mark(key, layer(net, key / "point_conv", x, {.out = out, .act = false}));
}

ValueId inverted(Net& net, const Key& key, ValueId x, Norms norms) {
    const int64_t out = net.channels(x), inner = out * kExpand;
    const bool first = norms == Norms::kAll, second = norms != Norms::kLast;
    x = layer(net, key / "inverted_conv", x,
              {.out = inner, .groups = kGroups, .bias = !first, .norm = first});
    x = layer(net, key / "depth_conv", x,
              {.out = inner, .kernel = 2, .groups = inner, .bias = !second, .norm = second});
    return net.mark(key, layer(net, key / "point_conv", x, {.out = out, .act = false}));
}

// Attention on a smaller image, which is enlarged again.
ValueId conv_attention(Net& net, const Key& key, ValueId x, int64_t stride) {
    const nn::Size2 size = net.size(x);
    const int64_t width = net.channels(x), heads = std::max<int64_t>(1, width / 60),
                  head_size = width / heads / 2;
    if (stride > 1) x = net.pad(x, {0, 0, 0, 0}, {0, 0, size.h % stride, size.w % stride});
    x = layer(net, key / "conv_proj", x,
              {.out = width, .kernel = 2, .stride = stride, .groups = width, .act = false});
    const nn::Size2 small = net.size(x);
    const int64_t pixels = small.h * small.w;
    x = net.conv(key / "pwise", x, {.out = 3 * heads * head_size, .kernel = 1});
    x = net.transpose(net.reshape(x, {nn::kBatch, heads, 3 * head_size, pixels}), {0, 1, 3, 2});
    const auto parts = net.chunk(x, 3, 3);
    x = net.attention(parts[0], parts[1], parts[2]);
    x = net.reshape(net.transpose(x, {0, 1, 3, 2}), {nn::kBatch, heads * head_size, small.h, small.w});
    x = net.conv(key / "upsampling" / 0, x, {.out = width, .kernel = 1, .bias = true});
    x = net.resize(x, {small.h * stride, small.w * stride}, "nearest");
    return net.mark(key, net.slice(net.slice(x, 2, 0, size.h), 3, 0, size.w));
}

ValueId attention_block(Net& net, const Key& block, ValueId x, const CpuboneVariant& v, int64_t stride) {
    const Key key = block / "total", attention = key / 0 / 0 / "main", mlp = key / 0 / 1 / "main",
              local = key / 1 / "main";
    const int64_t width = net.channels(x);
    x = net.add(conv_attention(net, attention / 1, net.group_norm(attention / 0, x, 1), stride), x);
    ValueId y =
        net.conv(mlp / 1, net.group_norm(mlp / 0, x, 1), {.out = 4 * width, .kernel = 1, .bias = true});
    x = net.add(net.conv(mlp / 3, net.act(y, Act::kGelu), {.out = width, .kernel = 1, .bias = true}), x);
    y = width < kWide ? fused(net, local, x, width, 1, kExpand, 2, true) : inverted(net, local, x, v.norms);
    return net.mark(block, net.add(y, x));
}

}  // namespace

ValueId cpubone(Net& net, std::string_view model, ValueId x) {
    const CpuboneVariant& v = variant(net, kCpuboneVariants, model);
    x = layer(net, "stem.0", x, {.out = v.widths[0], .kernel = 3, .stride = 2});
    for (int64_t i = 1; i <= v.depths[0]; ++i) {
        const Key at = Key("stem") / i;
        x = net.mark(at, net.add(fused(net, at / "main", x, v.widths[0], 1, v.stem_expand), x));
    }
    for (size_t stage = 1; stage < 5; ++stage) {
        const Key key = Key("stages") / static_cast<int64_t>(stage - 1);
        const int64_t out = v.widths[stage];
        x = net.mark(key / 0, fused(net, key / 0 / "main", x, out, 2, v.down_expand));
        const int64_t count = stage >= 3 ? v.depths[stage] : v.depths[stage] - 1;
        for (int64_t i = 1; i <= count; ++i) {
            const Key at = key / i;
            x = stage >= 3 ? attention_block(net, at, x, v, stage == 3 ? 2 : 1)
                           : net.mark(at, net.add(fused(net, at / "main", x, out, 1, kExpand), x));
        }
        net.mark(key, x);
    }
    if (net.settings.features) return x;
    const Key head = "head";
    x = net.global_avg_pool(layer(net, head / "in_conv", x, {.out = v.head[0]}));
    x = net.linear(head / "pre_classifier" / "linear", x, v.head[1], false);
    x = net.act(net.layer_norm(head / "pre_classifier" / "norm", x, 1e-5), Act::kHardSwish);
    return net.mark(head, nn::classifier(net, head / "classifier" / "linear", x));
}

}  // namespace lathe::zoo::timm
