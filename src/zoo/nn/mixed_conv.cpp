#include "zoo/nn/mixed_conv.h"

namespace lathe::zoo::nn {
namespace {

Ints split_channels(int64_t channels, size_t parts) {
    const int64_t count = static_cast<int64_t>(parts);
    Ints sizes(parts, channels / count);
    sizes[0] += channels % count;
    return sizes;
}

}  // namespace

ValueId mixed_conv(Net& net, const Key& key, ValueId x, const Ints& kernels, const Conv& conv) {
    Conv part = conv;
    if (kernels.size() == 1) {
        part.kernel = kernels[0];
        return net.conv(key, x, part);
    }
    const int64_t in = net.channels(x);
    const bool depthwise = conv.groups == in;
    const Ints ins = split_channels(in, kernels.size()), outs = split_channels(conv.out, kernels.size());
    std::vector<ValueId> parts = net.split(x, 1, ins);
    if (parts.size() != kernels.size()) return kNoValue;
    for (size_t i = 0; i < kernels.size(); ++i) {
        part.out = outs[i];
        part.kernel = kernels[i];
        part.groups = depthwise ? ins[i] : 1;
        parts[i] = net.conv(key / static_cast<int64_t>(i), parts[i], part);
    }
    return net.mark(key, net.concat(std::move(parts), 1));
}

}  // namespace lathe::zoo::nn
