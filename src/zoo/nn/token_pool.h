// One vector out of a sequence of tokens [batch, L, C].
#pragma once
#include "zoo/nn/norm.h"

namespace lathe::zoo::nn {

enum class TokenPool : uint8_t { kNone, kToken /* the first */, kAvg, kMax, kAvgMax /* their mean */ };

// timm's global_pool_nlc: [batch, C]; `prefix` tokens (class, registers) are left out of averages and maxima.
ValueId pool_tokens(Net& net, ValueId x, TokenPool pool, int64_t prefix = 0);

// timm's AttentionPoolLatent: learned queries attend to all tokens, then a residual MLP. Lee et al., "Set Transformer", 2019.
struct LatentPool {
    int64_t heads = 8;
    int64_t mlp_hidden = 0;
    int64_t out = -1;  // -1: C; 0: no projection, norm and MLP
    int64_t latents = 1;
    bool qkv_bias = true;
    bool project_query = true;
    Norm qk_norm = kNoNorm;
    Norm norm = {};
    Act act = Act::kGelu;
    bool pos_embed = false;  // key.pos_embed [L, C]
    TokenPool pool = TokenPool::kToken;
};
ValueId latent_pool(Net& net, const Key& key, ValueId x, const LatentPool& pool);

}  // namespace lathe::zoo::nn
