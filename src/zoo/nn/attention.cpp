#include "zoo/nn/attention.h"

namespace lathe::zoo::nn {
namespace {

Heads project(Net& net, const Key& key, ValueId x, const Attention& a, int64_t width) {
    const auto one = [&](const char* name, bool bias) {
        return split_heads(net, net.linear(key / name, x, width, bias), a.heads);
    };
    if (!a.fused_qkv) {
        const ValueId q = one("q_proj", a.qkv_bias), k = one("k_proj", a.qkv_bias && a.key_bias);
        return {q, k, one("v_proj", a.qkv_bias)};
    }
    if (a.key_bias || !a.qkv_bias)
        return split_qkv(net, net.linear(key / "qkv", x, 3 * width, a.qkv_bias), a.heads);
    const auto parts = net.chunk(net.linear(key / "qkv", x, 3 * width, false), -1, 3);
    const ValueId q = net.add(parts[0], net.param(key / "q_bias", {width}));
    const ValueId v = net.add(parts[2], net.param(key / "v_bias", {width}));
    return {split_heads(net, q, a.heads), split_heads(net, parts[1], a.heads), split_heads(net, v, a.heads)};
}

// [-x1, x0, -x3, x2, …], or [-second half, first half] of each of `count` parts.
ValueId rotated(Net& net, ValueId x, bool half, int64_t count) {
    const int64_t heads = net.dim(x, 1), length = net.dim(x, 2), size = net.dim(x, 3);
    if (half) {
        if (count > 1) x = net.reshape(x, {kBatch, heads, length, count, size / count});
        const auto parts = net.chunk(x, -1, 2);
        x = net.concat({net.unary("neg", parts[1]), parts[0]}, -1);
        return count > 1 ? net.reshape(x, {kBatch, heads, length, size}) : x;
    }
    const auto parts = net.chunk(net.reshape(x, {kBatch, heads, length, size / 2, 2}), -1, 2);
    return net.reshape(net.concat({net.unary("neg", parts[1]), parts[0]}, -1), {kBatch, heads, length, size});
}

}  // namespace

ValueId split_heads(Net& net, ValueId x, int64_t heads) {
    const int64_t length = net.dim(x, 1), width = net.dim(x, 2);
    if (width % heads != 0) net.fail_with(format("{} channels do not divide into {} heads", width, heads));
    return net.transpose(net.reshape(x, {kBatch, length, heads, width / heads}), {0, 2, 1, 3});
}

ValueId merge_heads(Net& net, ValueId x) {
    const int64_t heads = net.dim(x, 1), length = net.dim(x, 2), size = net.dim(x, 3);
    return net.reshape(net.transpose(x, {0, 2, 1, 3}), {kBatch, length, heads * size});
}

Heads split_qkv(Net& net, ValueId qkv, int64_t heads) {
    const auto parts = net.chunk(qkv, -1, 3);
    return {split_heads(net, parts[0], heads), split_heads(net, parts[1], heads),
            split_heads(net, parts[2], heads)};
}

ValueId rotate(Net& net, ValueId x, const Rope& rope) {
    if (rope.cos == kNoValue) return x;
    return net.add(net.mul(x, rope.cos), net.mul(rotated(net, x, rope.half, rope.parts), rope.sin));
}

ValueId attention(Net& net, const Key& key, ValueId x, const Attention& a, ValueId mask) {
    const int64_t channels = net.dim(x, -1), width = a.head_size > 0 ? a.head_size * a.heads : channels;
    const ValueId gate =
        a.gated ? net.act(net.linear(key / "gate", x, width, a.qkv_bias), Act::kSigmoid) : kNoValue;
    const Heads h = project(net, key, x, a, width);
    const ValueId q = rotate(net, norm(net, key / "q_norm", h.q, a.qk_norm), a.rope);
    const ValueId k = rotate(net, norm(net, key / "k_norm", h.k, a.qk_norm), a.rope);
    x = merge_heads(net, net.attention(q, k, h.v, mask));  // [batch, L, width]
    x = norm(net, key / "norm", x, a.out_norm);
    if (a.gated) x = net.mul(x, gate);
    return net.mark(key, net.linear(key / "proj", x, a.out > 0 ? a.out : channels, a.proj_bias));
}

}  // namespace lathe::zoo::nn
