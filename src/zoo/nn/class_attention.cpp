#include "zoo/nn/class_attention.h"

#include "zoo/nn/attention.h"

namespace lathe::zoo::nn {

ValueId class_attention(Net& net, const Key& key, ValueId x, int64_t heads) {
    const int64_t width = net.dim(x, -1);
    const ValueId q = net.linear(key / "q", net.slice(x, 1, 0, 1), width);
    const ValueId k = split_heads(net, net.linear(key / "k", x, width), heads);
    const ValueId v = split_heads(net, net.linear(key / "v", x, width), heads);
    const ValueId attended = net.attention(split_heads(net, q, heads), k, v);
    return net.mark(key, net.linear(key / "proj", merge_heads(net, attended), width));
}

}  // namespace lathe::zoo::nn
