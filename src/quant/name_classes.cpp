#include "quant/name_classes.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "base/pattern.h"

namespace lathe::quant {
namespace {

// Names of: ComfyUI's model detection (comfy/model_detection.py), which reads the sizes of the input layers; the presets of
// convert_to_quant; Hugging Face transformers and diffusers; timm.
constexpr NameClass kClasses[] = {
    {R"(norm[^.]*$|(^|\.)ln_[^.]*$)", "norm", true, false, false},
    {R"((^|[._])(pos(ition)?_(embed|embedding|embeddings|embedder|emb|encoding)|wpe|relative_attention_bias|rel_pos[a-z_]*)$)",
     "position table", true, true, false},
    {R"((^|\.)(embed_tokens[a-z_]*|tok(en)?_embed[a-z]*|token_type_embed[a-z]*|word_embed[a-z]*|shared|wte|embeddings?|embedding_table)$)",
     "embedding table", true, true, false},
    {R"((^|\.)(img_in|txt_in|vector_in|cond_in|latent_in|conv_in|proj_in|input_proj|img_emb|patchify_proj)(\.|_|$))",
     "input projection", false, false, false},
    {R"((^|[._])(x_embedder|y_embedder|context_embedder|cap_embedder|extra_embedder|patch_embed[a-z]*|patch_conv)(\.|$))",
     "input projection", false, false, false},
    {R"((^|\.)(text_embedding|text_embedding_projection|caption_projection|cond_seq_linear|label_emb|clip_[a-z_]*mapper)(\.|$))",
     "input projection", false, false, false},
    {R"((^|[._])(time_in|guidance_in|t_embed[a-z]*|t_block|time_embed[a-z]*|time_[a-z]+_embed|timestep_embed[a-z]*|time_projection)(\.|$))",
     "time embedding", false, false, false},
    {R"((^|[._])(adaln_single|distilled_guidance_layer)(\.|$))", "time embedding", false, false, false},
    {R"((^|\.)(final_layer|last_layer|norm_out|proj_out|audio_proj_out|head|lm_head|mtp_head|classifier)(\.|$))",
     "output head", false, false, false},
    {R"(^((model|transformer)\.)?(output|fc|logits)$)", "output head", false, false, false},
    {R"((^|\.)transformer_blocks\.0\.attn2\.to_k$)", "loaders read the model's kind from its width", true,
     false, true},
};

struct Compiled {
    const NameClass* name_class;
    Pattern pattern;
};

const std::vector<Compiled>& compiled() {
    static const std::vector<Compiled> all = [] {
        std::vector<Compiled> patterns;
        for (const NameClass& entry : kClasses) {
            auto pattern = Pattern::parse(entry.pattern);
            CHECK(pattern.has_value(), entry.pattern);
            patterns.push_back({&entry, *std::move(pattern)});
        }
        return patterns;
    }();
    return all;
}

// The name up to its first component that is a number.
std::string_view before_blocks(std::string_view layer) {
    for (size_t start = 0; start < layer.size();) {
        const size_t end = std::min(layer.find('.', start), layer.size());
        const std::string_view component = layer.substr(start, end - start);
        if (!component.empty() && component.find_first_not_of("0123456789") == std::string_view::npos)
            return layer.substr(0, start == 0 ? 0 : start - 1);
        start = end + 1;
    }
    return layer;
}

}  // namespace

std::span<const NameClass> name_classes() { return kClasses; }

const NameClass* class_of(std::string_view layer, bool packed) {
    const std::string_view outer = before_blocks(layer);
    for (const auto& [name_class, pattern] : compiled()) {
        if (name_class->only_packed && !packed) continue;
        if (pattern.found_in(name_class->in_blocks ? layer : outer)) return name_class;
    }
    return nullptr;
}

}  // namespace lathe::quant
