#include "zoo/nn/mlp.h"

#include "zoo/nn/grn.h"

namespace lathe::zoo::nn {
namespace {

ValueId layer(Net& net, const Key& key, ValueId x, int64_t out, const Mlp& mlp) {
    return mlp.conv ? net.conv(key, x, {.out = out, .bias = mlp.bias}) : net.linear(key, x, out, mlp.bias);
}

int64_t width(Net& net, ValueId x, const Mlp& mlp) { return net.dim(x, mlp.conv ? 1 : -1); }
int64_t outputs(Net& net, ValueId x, const Mlp& mlp) { return mlp.out > 0 ? mlp.out : width(net, x, mlp); }

ValueId middle_norm(Net& net, const Key& key, ValueId x, const Mlp& mlp) {
    return mlp.conv ? norm_2d(net, key / "norm", x, mlp.norm) : norm(net, key / "norm", x, mlp.norm);
}

}  // namespace

ValueId mlp(Net& net, const Key& key, ValueId x, const Mlp& mlp) {
    const int64_t out = outputs(net, x, mlp);
    x = net.act(layer(net, key / "fc1", x, mlp.hidden, mlp), mlp.act);
    net.mark(key / "act", x);
    x = middle_norm(net, key, x, mlp);
    return net.mark(key, layer(net, key / "fc2", x, out, mlp));
}

ValueId glu_mlp(Net& net, const Key& key, ValueId x, const Mlp& mlp, bool gate_last) {
    const int64_t out = outputs(net, x, mlp);
    const auto halves = net.chunk(layer(net, key / "fc1", x, mlp.hidden, mlp), mlp.conv ? 1 : -1, 2);
    const ValueId gate = net.act(halves[gate_last ? 1 : 0], mlp.act);
    net.mark(key / "act", gate);
    x = middle_norm(net, key, net.mul(gate, halves[gate_last ? 0 : 1]), mlp);
    return net.mark(key, layer(net, key / "fc2", x, out, mlp));
}

ValueId swiglu(Net& net, const Key& key, ValueId x, const Mlp& mlp) {
    const int64_t out = outputs(net, x, mlp);
    const ValueId gate = net.act(net.linear(key / "fc1_g", x, mlp.hidden, mlp.bias), mlp.act);
    net.mark(key / "act", gate);
    const ValueId value = net.linear(key / "fc1_x", x, mlp.hidden, mlp.bias);
    x = middle_norm(net, key, net.mul(gate, value), mlp);
    return net.mark(key, net.linear(key / "fc2", x, out, mlp.bias));
}

ValueId conv_mlp(Net& net, const Key& key, ValueId x, const Mlp& mlp) {
    const int64_t out = mlp.out > 0 ? mlp.out : net.channels(x);
    x = norm_2d(net, key / "norm", net.conv(key / "fc1", x, {.out = mlp.hidden, .bias = mlp.bias}), mlp.norm);
    x = net.act(x, mlp.act);
    net.mark(key / "act", x);
    return net.mark(key, net.conv(key / "fc2", x, {.out = out, .bias = mlp.bias}));
}

ValueId grn_mlp(Net& net, const Key& key, ValueId x, const Mlp& mlp) {
    const int64_t out = outputs(net, x, mlp);
    x = net.act(layer(net, key / "fc1", x, mlp.hidden, mlp), mlp.act);
    net.mark(key / "act", x);
    x = global_response_norm(net, key / "grn", x, !mlp.conv);
    return net.mark(key, layer(net, key / "fc2", x, out, mlp));
}

}  // namespace lathe::zoo::nn
