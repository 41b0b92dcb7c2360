#include "zoo/nn/head.h"

namespace lathe::zoo::nn {

ValueId global_pool(Net& net, ValueId x, GlobalPool pool) {
    const auto average = [&] { return net.mean(x, {2, 3}); };
    const auto largest = [&] { return net.max(x, {2, 3}); };
    switch (pool) {
        case GlobalPool::kNone: return x;
        case GlobalPool::kAvg: return average();
        case GlobalPool::kMax: return largest();
        case GlobalPool::kAvgMax: return net.mul(net.add(average(), largest()), 0.5);
        case GlobalPool::kCatAvgMax: return net.concat({average(), largest()}, 1);
    }
    return x;
}

ValueId classifier(Net& net, const Key& key, ValueId x, bool bias) {
    return net.settings.num_classes == 0 ? x : net.linear(key, x, net.settings.num_classes, bias);
}

ValueId conv_classifier(Net& net, const Key& key, ValueId x) {
    if (net.settings.num_classes == 0) return x;
    x = net.conv(key, net.unsqueeze(x, {2, 3}), {.out = net.settings.num_classes, .bias = true});
    return net.flatten(x, 1);
}

ValueId classifier_head(Net& net, const Key& key, ValueId x, GlobalPool pool) {
    return net.mark(key,
                    classifier(net, key / "fc", net.mark(key / "global_pool", global_pool(net, x, pool))));
}

ValueId classifier_head_channels_last(Net& net, const Key& key, ValueId x) {
    return net.mark(key, classifier(net, key / "fc", net.mark(key / "global_pool", net.mean(x, {1, 2}))));
}

ValueId norm_mlp_head(Net& net, const Key& key, ValueId x, double epsilon, int64_t hidden, Act act,
                      GlobalPool pool) {
    return norm_mlp_head(net, key, x, Norm(Norm::kLayer, epsilon), hidden, act, pool);
}

ValueId norm_mlp_head(Net& net, const Key& key, ValueId x, const Norm& norm, int64_t hidden, Act act,
                      GlobalPool pool) {
    x = nn::norm(net, key / "norm", global_pool(net, x, pool), norm);
    if (hidden > 0) x = net.act(net.linear(key / "pre_logits" / "fc", x, hidden), act);
    return net.mark(key, classifier(net, key / "fc", x));
}

}  // namespace lathe::zoo::nn
