// Vision transformers with rotary position embeddings and EVA's attention, as timm's Eva has them.
#pragma once
#include <optional>

#include "zoo/nn/norm.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {

enum class EvaPool : uint8_t { kToken, kAvg, kMap /* attention with a learned query */ };
enum class EvaRope : uint8_t { kNone, kAxial, kMixed /* learned frequencies */, kDinov3 };

struct EvaOptions {
    double mlp_ratio = 4;
    bool qkv_bias = true;
    bool fused_qkv = true;
    bool plain_attention = false;  // one bias of queries, keys and values together
    bool swiglu = false;
    int swiglu_align = 0;  // the hidden width is a multiple of it; 0: one matrix makes gate and values
    bool scale_mlp = false;  // a norm inside the MLP
    bool scale_attn = false;  // a norm before attention's projection
    bool post_norm = false;  // norms after attention and MLP
    bool layer_scale = false;
    bool class_token = true;
    int reg_tokens = 0;
    bool no_embed_class = false;  // class and register tokens have no position
    bool abs_pos = true;
    EvaRope rope = EvaRope::kNone;
    double rope_temperature = 10000;
    double rope_offset = 0;
    int rope_reference = 0;  // side of the grid of pretraining
    bool rope_xy = false;
    bool pre_norm = false;  // a norm before the blocks, and no bias in the patch embedding
    std::optional<bool> final_norm;  // unset: where fc_norm is not
    std::optional<bool> fc_norm;  // after pooling; unset: with kAvg
    EvaPool pool = EvaPool::kAvg;
    nn::Norm norm = {};
};

struct Eva {
    std::string_view name;
    int64_t patch, width, depth, heads;
    EvaOptions options = {};
};

ValueId eva_from_image(Net& net, ValueId image, const Eva& eva);

}  // namespace lathe::zoo::timm
