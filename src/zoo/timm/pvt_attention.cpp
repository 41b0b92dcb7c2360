#include "zoo/timm/pvt_attention.h"

#include "zoo/nn/attention.h"

namespace lathe::zoo::timm {
namespace {

constexpr int64_t kPooled = 7;
constexpr double kPvtAttentionEpsilon = 1e-5;

// The tokens that keys and values are made of: fewer than x has. [batch, L, C] -> [batch, M, C].
ValueId reduced(Net& net, const Key& key, ValueId x, const PvtAttention& a) {
    const int64_t width = net.dim(x, -1);
    if (!a.linear && a.reduction == 1) return x;
    ValueId y = net.image(x, a.map);
    if (a.linear) {
        y = net.conv(key / "sr", net.adaptive_avg_pool(y, kPooled), {.out = width, .bias = true});
    } else {
        y = net.conv(
            key / "sr", y,
            {.out = width, .kernel = a.reduction, .stride = a.reduction, .padding = 0, .bias = true});
    }
    y = net.layer_norm(key / "norm", net.tokens(y), kPvtAttentionEpsilon);
    return a.linear ? net.act(y, nn::Act::kGelu) : y;
}

}  // namespace

ValueId pvt_attention(Net& net, const Key& key, ValueId x, const PvtAttention& a) {
    const int64_t width = net.dim(x, -1);
    const ValueId q = nn::split_heads(net, net.linear(key / "q", x, width), a.heads);
    const auto kv = net.chunk(net.linear(key / "kv", reduced(net, key, x, a), 2 * width), -1, 2);
    if (kv.size() != 2) return nn::kNoValue;
    const ValueId k = nn::split_heads(net, kv[0], a.heads), v = nn::split_heads(net, kv[1], a.heads);
    return net.mark(key, net.linear(key / "proj", nn::merge_heads(net, net.attention(q, k, v)), width));
}

}  // namespace lathe::zoo::timm
