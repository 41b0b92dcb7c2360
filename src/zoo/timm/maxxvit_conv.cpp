// The convolution blocks of CoAtNet and MaxViT.
#include "zoo/nn/channels.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/norm_act.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/maxxvit.h"

namespace lathe::zoo::timm {
namespace {

constexpr int64_t kMaxxvitConvExpand = 4;

// Pre-norm, 1 x 1, depthwise 3 x 3, squeeze-and-excite, 1 x 1.
ValueId bottleneck(Net& net, const Key& key, ValueId x, int64_t width, int64_t stride, const MaxxOptions& o) {
    const nn::NormAct norm{.epsilon = o.conv_epsilon};
    const nn::Padding padding = o.same_padding ? nn::kSame : nn::Padding();
    const int64_t in = net.channels(x);
    const int64_t middle =
        nn::make_divisible(static_cast<double>(kMaxxvitConvExpand * (o.expand_output ? width : in)));
    const auto squeezed = static_cast<double>(o.expand_output ? width : middle);
    const nn::SqueezeExcite se{.reduced = static_cast<int64_t>(o.se_ratio * squeezed), .act = o.se_act};
    ValueId shortcut = x;
    if (stride == 2)
        shortcut = maxx_downsample(net, key / "shortcut", x, width, o.pool, o.output_bias,
                                   o.same_padding ? nn::kSame : nn::Padding(0));
    x = norm_act(net, key / "pre_norm", x, norm, o.pre_norm_act ? o.conv_act : nn::Act::kNone);
    if (stride == 2 && o.stride_by_pool)
        x = maxx_downsample(net, key / "down", x, in, MaxxOptions::Pool::kAvg2, true);
    x = net.conv(key / "conv1_1x1", x, {.out = middle});
    x = norm_act(net, key / "norm1", x, norm, o.conv_act);
    x = net.conv(key / "conv2_kxk", x,
                 {.out = middle,
                  .kernel = 3,
                  .stride = o.stride_by_pool ? 1 : stride,
                  .padding = padding,
                  .groups = middle});
    if (o.early_se) x = squeeze_excite(net, key / "se_early", x, se);
    x = norm_act(net, key / "norm2", x, norm, o.conv_act);
    if (!o.early_se) x = squeeze_excite(net, key / "se", x, se);
    x = net.conv(key / "conv3_1x1", x, {.out = width, .bias = o.output_bias});
    return net.mark(key, net.add(x, shortcut));
}

ValueId convnext_block(Net& net, const Key& key, ValueId x, int64_t width, int64_t stride,
                       const MaxxOptions& o) {
    const int64_t in = net.channels(x);
    const ValueId shortcut =
        stride == 2 ? maxx_downsample(net, key / "shortcut", x, width, MaxxOptions::Pool::kAvg2, true) : x;
    x = net.conv(key / "conv_dw", x,
                 {.out = width, .kernel = 7, .stride = stride, .groups = in, .bias = o.output_bias});
    x = net.layer_norm_2d(key / "norm", x, o.conv_epsilon);
    x = conv_mlp(net, key / "mlp", x,
                 {.hidden = kMaxxvitConvExpand * width,
                  .act = o.conv_act,
                  .norm = nn::kNoNorm,
                  .bias = o.output_bias});
    if (o.conv_scale) x = net.scale_2d(key / "ls" / "gamma", x);
    return net.mark(key, net.add(x, shortcut));
}

}  // namespace

ValueId maxx_downsample(Net& net, const Key& key, ValueId x, int64_t width, MaxxOptions::Pool pool, bool bias,
                        nn::Padding padding) {
    if (pool == MaxxOptions::Pool::kMax3) x = net.max_pool(x, {.kernel = 3, .stride = 2, .padding = 1});
    else x = net.avg_pool(x, {.kernel = 2, .stride = 2, .padding = padding});
    if (net.channels(x) != width) x = net.conv(key / "expand", x, {.out = width, .bias = bias});
    return net.mark(key, x);
}

ValueId maxx_conv_block(Net& net, const Key& key, ValueId x, int64_t width, int64_t stride,
                        const MaxxOptions& o) {
    return o.convnext ? convnext_block(net, key, x, width, stride, o)
                      : bottleneck(net, key, x, width, stride, o);
}

}  // namespace lathe::zoo::timm
