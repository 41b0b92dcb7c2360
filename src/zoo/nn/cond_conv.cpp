#include "zoo/nn/cond_conv.h"

#include <algorithm>

namespace lathe::zoo::nn {
namespace {

ValueId pointwise(Net& net, const Key& key, ValueId x, ValueId routing, int64_t out) {
    const int64_t experts = net.dim(routing, 1), in = net.channels(x);
    const Size2 size = net.size(x);
    const ValueId mixed = net.matmul(routing, net.param(key / "weight", {experts, out * in}));
    const ValueId kernels = net.reshape(mixed, {kBatch, out, in});
    return net.reshape(net.matmul(kernels, net.flatten(x, 2)), {kBatch, out, size.h, size.w});
}

// [experts, groups, out of a group, rest] -> [groups, experts, out of a group, rest].
Tensor swap_experts_and_groups(const Tensor& weight, int64_t groups, const Shape& result) {
    const int64_t experts = weight.dim(0), block = weight.dim(1) / groups;
    const auto from = weight.values<float>();
    TensorBuilder builder(DType::kF32, result);
    auto to = builder.values<float>();
    for (int64_t e = 0; e < experts; ++e)
        for (int64_t g = 0; g < groups; ++g)
            std::copy_n(from.begin() + (e * groups + g) * block, block,
                        to.begin() + (g * experts + e) * block);
    return builder.finish();
}

ValueId all_experts(Net& net, const Key& key, ValueId x, ValueId routing, const Conv& conv) {
    const int64_t experts = net.dim(routing, 1), in = net.channels(x) / conv.groups,
                  of_group = conv.out / conv.groups;
    const Shape all{experts * conv.out, in, conv.kernel.h, conv.kernel.w};
    const ValueId weight =
        net.computed(key / "weight", {experts, element_count(all) / experts}, all,
                     [&](const Tensor& found) { return swap_experts_and_groups(found, conv.groups, all); });
    Conv wide = conv;
    wide.out = experts * conv.out;
    const ValueId y = net.conv(key, x, wide, weight);
    const Size2 size = net.size(y);
    const ValueId apart = net.reshape(y, {kBatch, conv.groups, experts, of_group * size.h * size.w});
    const ValueId shares = net.reshape(routing, {kBatch, 1, experts, 1});
    return net.reshape(net.sum(net.mul(apart, shares), {2}), {kBatch, conv.out, size.h, size.w});
}

}  // namespace

ValueId cond_conv(Net& net, const Key& key, ValueId x, ValueId routing, const Conv& conv) {
    const bool plain = conv.kernel == Size2(1) && conv.stride == Size2(1) && conv.groups == 1;
    return net.mark(
        key, plain ? pointwise(net, key, x, routing, conv.out) : all_experts(net, key, x, routing, conv));
}

}  // namespace lathe::zoo::nn
