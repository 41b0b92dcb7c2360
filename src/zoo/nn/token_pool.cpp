#include "zoo/nn/token_pool.h"

#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"

namespace lathe::zoo::nn {

ValueId pool_tokens(Net& net, ValueId x, TokenPool pool, int64_t prefix) {
    if (pool == TokenPool::kNone) return x;
    if (pool == TokenPool::kToken) return net.select(x, 1, 0);
    if (prefix > 0) x = net.slice(x, 1, prefix, net.dim(x, 1));
    switch (pool) {
        case TokenPool::kAvg: return net.mean(x, {1});
        case TokenPool::kMax: return net.max(x, {1});
        default: return net.mul(net.add(net.max(x, {1}), net.mean(x, {1})), 0.5);
    }
}

ValueId latent_pool(Net& net, const Key& key, ValueId x, const LatentPool& p) {
    const int64_t width = net.dim(x, -1), length = net.dim(x, 1);
    if (p.pos_embed) x = net.add(x, net.param(key / "pos_embed", {length, width}));
    ValueId latent = net.param(key / "latent", {1, p.latents, width});
    if (p.project_query)
        latent = net.linear(key / "q", latent, width, p.qkv_bias);  // the same for every image
    const auto kv = net.chunk(net.linear(key / "kv", x, 2 * width, p.qkv_bias), -1, 2);
    const ValueId q =
        norm(net, key / "q_norm", split_heads(net, expand_batch(net, latent, x), p.heads), p.qk_norm);
    const ValueId k = norm(net, key / "k_norm", split_heads(net, kv[0], p.heads), p.qk_norm);
    x = merge_heads(net, net.attention(q, k, split_heads(net, kv[1], p.heads)));  // [batch, latents, C]
    if (p.out != 0) {
        x = net.linear(key / "proj", x, p.out < 0 ? width : p.out);
        x = net.add(x, mlp(net, key / "mlp", norm(net, key / "norm", x, p.norm),
                           {.hidden = p.mlp_hidden, .act = p.act}));
    }
    return net.mark(key, pool_tokens(net, x, p.pool));
}

}  // namespace lathe::zoo::nn
