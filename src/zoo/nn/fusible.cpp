#include "zoo/nn/fusible.h"

namespace lathe::zoo::nn {

ValueId fusible_conv(Net& net, const Key& key, ValueId x, const Conv& conv) {
    if (!is_fused(net, key)) return net.mark(key, net.batch_norm(key / "bn", net.conv(key / "c", x, conv)));
    Conv fused = conv;
    fused.bias = true;
    return net.conv(key, x, fused);
}

ValueId fusible_linear(Net& net, const Key& key, ValueId x, int64_t out) {
    if (is_fused(net, key)) return net.linear(key, x, out);
    return net.mark(key, net.linear(key / "l", net.batch_norm(key / "bn", x), out));
}

}  // namespace lathe::zoo::nn
