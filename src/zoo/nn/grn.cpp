#include "zoo/nn/grn.h"

namespace lathe::zoo::nn {

ValueId global_response_norm(Net& net, const Key& key, ValueId x, bool channels_last, double epsilon) {
    const int64_t axis = channels_last ? 3 : 1, channels = net.dim(x, static_cast<int>(axis));
    const Shape along = channels_last ? Shape{channels} : Shape{channels, 1, 1};
    const auto param = [&](const char* name) {
        return net.constant((key / name).text(), net.tensor(key / name, {channels}).reshaped(along));
    };
    net.b.scope(key.text() + "/");
    const ValueId weight = param("weight"), bias = param("bias");
    const Ints places = channels_last ? Ints{1, 2} : Ints{2, 3};
    const ValueId response = net.b.add("reduce_l2", {x}, {{"axes", places}, {"keepdims", true}});
    const ValueId relative = net.div(response, net.add(net.mean(response, {axis}, true), epsilon));
    return net.mark(key, net.add(x, net.add(bias, net.mul(weight, net.mul(x, relative)))));
}

}  // namespace lathe::zoo::nn
