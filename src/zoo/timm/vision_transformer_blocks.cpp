// The blocks of vision transformers.
#include <cmath>

#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/timm/vision_transformer.h"

namespace lathe::zoo::timm {
namespace {

using nn::kBatch;

ValueId scaled(Net& net, const Key& key, ValueId x, const Vit& vit) {
    return net.mark(key, vit.options.layer_scale ? net.scale(key / "gamma", x) : x);
}

// Ye et al., "Differential Transformer", 2024: two attentions of half the size each, the second subtracted `lambda` times.
// q, k, v: [batch, L, width] -> [batch, L, width].
ValueId differential(Net& net, const Key& key, ValueId q, ValueId k, ValueId v, const Vit& vit,
                     int64_t index) {
    const int64_t size = vit.width / vit.heads / 2, length = net.dim(q, 1);
    const double start = 0.8 - 0.6 * std::exp(-0.3 * static_cast<double>(index));
    const auto halves = [&](ValueId x, const char* name) {  // the heads come in pairs
        x = nn::split_heads(net, x, 2 * vit.heads);
        if (vit.options.qk_norm) x = nn::norm(net, key / name, x, vit.options.norm);
        x = net.reshape(x, {kBatch, vit.heads, 2, length, size});
        return std::pair(net.select(x, 2, 0), net.select(x, 2, 1));
    };
    const auto strength = [&](const char* a, const char* b) {
        return net.unary("exp",
                         net.sum(net.mul(net.param(key / a, {size}), net.param(key / b, {size})), {0}));
    };
    const auto [q1, q2] = halves(q, "q_norm");
    const auto [k1, k2] = halves(k, "k_norm");
    v = nn::split_heads(net, v, vit.heads);  // [batch, heads, L, 2 * size]
    const ValueId first = strength("lambda_q1", "lambda_k1");
    const ValueId lambda = net.add(net.sub(first, strength("lambda_q2", "lambda_k2")), start);
    ValueId x = net.sub(net.attention(q1, k1, v), net.mul(net.attention(q2, k2, v), lambda));
    x = net.mul(net.rms_norm(key / "sub_norm", x, 1e-5), 1 - start);
    return nn::merge_heads(net, x);
}

ValueId attend(Net& net, const Key& key, ValueId x, const Vit& vit, int64_t index) {
    const VitOptions& o = vit.options;
    const nn::Norm out_norm = o.scale_norms ? o.norm : nn::kNoNorm;
    if (!o.diff_attention)
        return nn::attention(net, key, x,
                             {.heads = vit.heads,
                              .qkv_bias = o.qkv_bias,
                              .proj_bias = o.proj_bias,
                              .qk_norm = o.qk_norm ? o.norm : nn::kNoNorm,
                              .out_norm = out_norm});
    const auto qkv = net.chunk(net.linear(key / "qkv", x, 3 * vit.width, o.qkv_bias), -1, 3);
    x = nn::norm(net, key / "norm", differential(net, key, qkv[0], qkv[1], qkv[2], vit, index), out_norm);
    return net.mark(key, net.linear(key / "proj", x, vit.width, o.proj_bias));
}

ValueId normed_geglu(Net& net, const Key& key, ValueId x, const Vit& vit) {
    const VitOptions& o = vit.options;
    x = nn::norm(net, key / "norm", x, o.norm);
    const ValueId gate = net.act(net.linear(key / "w0", x, vit.mlp_width()), o.act);
    return net.mark(
        key, net.linear(key / "w2", net.mul(gate, net.linear(key / "w1", x, vit.mlp_width())), vit.width));
}

ValueId feed_forward(Net& net, const Key& key, ValueId x, const Vit& vit) {
    const VitOptions& o = vit.options;
    const nn::Mlp mlp{.hidden = vit.mlp_width(),
                      .act = o.act,
                      .norm = o.scale_norms ? o.norm : nn::kNoNorm,
                      .bias = o.proj_bias};
    switch (o.mlp) {
        case VitMlp::kSwiGluPacked: return nn::glu_mlp(net, key, x, mlp, false);
        case VitMlp::kSwiGlu: return nn::swiglu(net, key, x, mlp);
        case VitMlp::kNormedGeGlu: return normed_geglu(net, key, x, vit);
        case VitMlp::kPlain: break;
    }
    return nn::mlp(net, key, x, mlp);
}

ValueId pre_norm_block(Net& net, const Key& key, ValueId x, const Vit& vit, int64_t index) {
    const ValueId y =
        attend(net, key / "attn", nn::norm(net, key / "norm1", x, vit.options.norm), vit, index);
    x = net.add(x, scaled(net, key / "ls1", y, vit));
    const ValueId z = feed_forward(net, key / "mlp", nn::norm(net, key / "norm2", x, vit.options.norm), vit);
    return net.add(x, scaled(net, key / "ls2", z, vit));
}

ValueId post_norm_block(Net& net, const Key& key, ValueId x, const Vit& vit, int64_t index) {
    x = net.add(x, nn::norm(net, key / "norm1", attend(net, key / "attn", x, vit, index), vit.options.norm));
    return net.add(x, nn::norm(net, key / "norm2", feed_forward(net, key / "mlp", x, vit), vit.options.norm));
}

// Touvron et al., "Three things everyone should know about Vision Transformers", 2022.
ValueId parallel_things_block(Net& net, const Key& key, ValueId x, const Vit& vit, int64_t index) {
    constexpr int64_t kParallel = 2;
    ValueId sum = x;
    for (int64_t i = 0; i < kParallel; ++i) {
        const Key k = key / "attns" / i;
        const ValueId y = attend(net, k / "attn", nn::norm(net, k / "norm", x, vit.options.norm), vit, index);
        sum = net.add(sum, net.mark(k, scaled(net, k / "ls", y, vit)));
    }
    x = sum;
    for (int64_t i = 0; i < kParallel; ++i) {
        const Key k = key / "ffns" / i;
        const ValueId y = feed_forward(net, k / "mlp", nn::norm(net, k / "norm", x, vit.options.norm), vit);
        sum = net.add(sum, net.mark(k, scaled(net, k / "ls", y, vit)));
    }
    return sum;
}

// Dehghani et al., "Scaling Vision Transformers to 22 Billion Parameters", 2023.
ValueId parallel_scaling_block(Net& net, const Key& key, ValueId x, const Vit& vit, int64_t index) {
    const VitOptions& o = vit.options;
    const int64_t hidden = vit.mlp_width(), width = vit.width;
    const ValueId y = net.linear(key / "in_proj", nn::norm(net, key / "in_norm", x, o.norm),
                                 hidden + 3 * width, o.qkv_bias);
    const auto parts = net.split(y, -1, {hidden, width, width, width});
    const ValueId inner = o.qkv_bias ? parts[0] : net.add(parts[0], net.param(key / "mlp_bias", {hidden}));
    const ValueId mlp = net.act(inner, o.act);
    ValueId out;
    if (o.block == VitBlock::kParallelDiff) {
        const ValueId attended = differential(net, key, parts[1], parts[2], parts[3], vit, index);
        out = net.linear(key / "out_proj", net.concat({attended, mlp}, -1), width, o.proj_bias);
    } else {
        const auto heads = [&](ValueId v, const char* name) {
            return nn::norm(net, key / name, nn::split_heads(net, v, vit.heads),
                            o.qk_norm ? o.norm : nn::kNoNorm);
        };
        const ValueId q = heads(parts[1], "q_norm"), k = heads(parts[2], "k_norm");
        const ValueId attended =
            nn::merge_heads(net, net.attention(q, k, nn::split_heads(net, parts[3], vit.heads)));
        out = net.linear(key / "attn_out_proj", attended, width, o.proj_bias);
        out = net.add(out, net.linear(key / "mlp_out_proj", mlp, width, o.proj_bias));
    }
    return net.add(x, scaled(net, key / "ls", out, vit));
}

}  // namespace

ValueId vit_block(Net& net, const Key& key, ValueId x, const Vit& vit, int64_t index) {
    switch (vit.options.block) {
        case VitBlock::kPostNorm: return net.mark(key, post_norm_block(net, key, x, vit, index));
        case VitBlock::kParallelThings: return net.mark(key, parallel_things_block(net, key, x, vit, index));
        case VitBlock::kParallelScaling:
        case VitBlock::kParallelDiff: return net.mark(key, parallel_scaling_block(net, key, x, vit, index));
        case VitBlock::kPreNorm: break;
    }
    return net.mark(key, pre_norm_block(net, key, x, vit, index));
}

}  // namespace lathe::zoo::timm
