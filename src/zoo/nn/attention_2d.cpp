#include "zoo/nn/attention_2d.h"

namespace lathe::zoo::nn {
namespace {

// [batch, h * d, H, W] -> [batch, h, H * W, d].
ValueId heads_last(Net& net, ValueId x, int64_t heads) {
    const Size2 size = net.size(x);
    return net.transpose(net.reshape(x, {kBatch, heads, net.channels(x) / heads, size.h * size.w}),
                         {0, 1, 3, 2});
}

// [batch, h, H * W, d] -> [batch, h * d, H, W].
ValueId heads_to_image(Net& net, ValueId x, Size2 size) {
    const int64_t channels = net.dim(x, 1) * net.dim(x, 3);
    return net.reshape(net.transpose(x, {0, 1, 3, 2}), {kBatch, channels, size.h, size.w});
}

ValueId key_or_value(Net& net, const Key& key, ValueId x, int64_t size, const MultiQuery& a) {
    if (a.kv_stride > 1) {
        const int64_t channels = net.channels(x);
        x = net.conv(key / "down_conv", x,
                     {.out = channels,
                      .kernel = a.kernel,
                      .stride = a.kv_stride,
                      .padding = a.padding,
                      .groups = channels});
        x = norm_act(net, key / "norm", x, a.norm);
    }
    return heads_last(net, net.conv(key / "proj", x, {.out = size}), 1);  // [batch, 1, pixels, size]
}

}  // namespace

ValueId multi_query_attention_2d(Net& net, const Key& key, ValueId x, const MultiQuery& a) {
    const Size2 size = net.size(x);
    const ValueId q =
        heads_last(net, net.conv(key / "query" / "proj", x, {.out = a.heads * a.key_size}), a.heads);
    const ValueId k = key_or_value(net, key / "key", x, a.key_size, a);
    const ValueId v = key_or_value(net, key / "value", x, a.value_size, a);
    const ValueId y = heads_to_image(net, net.attention(q, k, v), size);
    return net.mark(key, net.conv(key / "output" / "proj", y, {.out = a.out}));
}

ValueId attention_2d(Net& net, const Key& key, ValueId x, const MultiHead2d& a) {
    const Size2 size = net.size(x);
    const int64_t inner = a.expand_first ? a.out : net.channels(x), of_head = inner / a.heads,
                  pixels = size.h * size.w;
    const ValueId qkv = net.conv(key / "qkv", x, {.out = 3 * inner, .bias = a.bias});
    const Dims apart =
        a.head_first ? Dims{kBatch, a.heads, 3, of_head, pixels} : Dims{kBatch, 3, a.heads, of_head, pixels};
    const int axis = a.head_first ? 2 : 1;
    std::vector<ValueId> parts = net.chunk(net.reshape(qkv, apart), axis, 3);
    if (parts.size() != 3) return kNoValue;
    for (ValueId& part : parts) part = net.transpose(net.squeeze(part, {axis}), {0, 1, 3, 2});
    const ValueId y = heads_to_image(net, net.attention(parts[0], parts[1], parts[2]), size);
    return net.mark(key, net.conv(key / "proj", y, {.out = a.out, .bias = a.bias}));
}

}  // namespace lathe::zoo::nn
