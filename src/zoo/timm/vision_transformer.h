// The plain vision transformer, in all the forms that timm's VisionTransformer has; for the families built on it.
#pragma once
#include <optional>

#include "zoo/nn/norm.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {

enum class VitBlock : uint8_t {
    kPreNorm,  // Block
    kPostNorm,  // ResPostBlock: the norms are after attention and MLP
    kParallelThings,  // two attentions side by side, then two MLPs
    kParallelScaling,  // attention beside the MLP, one matrix into both
    kParallelDiff,  // the same with differential attention
};
enum class VitMlp : uint8_t {
    kPlain,
    kSwiGluPacked,
    kSwiGlu,
    kNormedGeGlu /* ViTamin's: w2(act(w0 norm x) * w1 norm x) */
};
enum class VitPool : uint8_t { kToken, kAvg, kMap /* attention with a learned query */ };

struct VitOptions {
    double mlp_ratio = 4;
    bool qkv_bias = true;
    bool qk_norm = false;
    bool scale_norms = false;  // norms before the output layers of attention and MLP
    bool proj_bias = true;
    bool layer_scale = false;
    bool class_token = true;
    bool no_embed_class = false;  // class and register tokens have no position
    bool pos_embed = true;
    int reg_tokens = 0;
    bool pre_norm = false;  // a norm before the blocks, and no bias in the patch embedding
    bool final_norm = true;
    std::optional<bool> fc_norm;  // the last norm after pooling; unset: with kAvg
    bool pool_include_prefix = false;
    VitPool pool = VitPool::kToken;
    nn::Norm norm = {};
    nn::Norm embed_norm = nn::kNoNorm;
    nn::Act act = nn::Act::kGelu;
    VitMlp mlp = VitMlp::kPlain;
    VitBlock block = VitBlock::kPreNorm;
    bool diff_attention = false;
};

struct Vit {
    std::string_view name;
    int64_t patch, width, depth, heads;
    VitOptions options = {};
    bool norm_after_pool() const { return options.fc_norm.value_or(options.pool == VitPool::kAvg); }
    int64_t mlp_width() const { return static_cast<int64_t>(static_cast<double>(width) * options.mlp_ratio); }
};

// Block number `index` at `key`: [batch, L, width] -> the same.
ValueId vit_block(Net& net, const Key& key, ValueId x, const Vit& vit, int64_t index);
// Class and register tokens and position embeddings: [batch, h * w, width] -> [batch, prefix + h * w, width].
// `class_tokens`: the names of those before the registers.
ValueId vit_embed_tokens(Net& net, ValueId tokens, nn::Size2 grid, const Vit& vit,
                         std::span<const char* const> class_tokens);
// From tokens with positions to forward_features: norm_pre, blocks, norm.
ValueId vit_encode(Net& net, ValueId x, const Vit& vit);
// Pooling, fc_norm and head: [batch, L, width] -> [batch, classes].
ValueId vit_head(Net& net, ValueId x, const Vit& vit);
// All of it, from patch tokens.
ValueId vit_from_patches(Net& net, ValueId tokens, nn::Size2 grid, const Vit& vit);
ValueId vit_from_image(Net& net, ValueId image, const Vit& vit);

}  // namespace lathe::zoo::timm
