// The presets as data: a new one is one entry. Source: the filters of convert_to_quant 1.3.1 (commit ee83a4d).
#include <algorithm>
#include <array>

#include "quant/select.h"

namespace lathe::quant {
namespace {

using Names = std::string_view;

// What several recipes share: norms, tables, heads and the small inputs of video models.
constexpr auto kBase = std::to_array<Names>({"norm",
                                             "bias",
                                             "embed_tokens",
                                             "lm_head",
                                             "shared",
                                             "patch_embedding",
                                             "audio_model.patch_embedding",
                                             "ref_conv",
                                             "control_adapter",
                                             "motion_encoder.enc.net_app",
                                             "face_encoder.conv",
                                             "pose_patch_embedding",
                                             "motion_encoder.enc.fc",
                                             "img_emb.proj",
                                             "k_norm",
                                             "q_norm",
                                             "motion_encoder.dec",
                                             "head.modulation",
                                             "casual_audio_encoder",
                                             "cond_encoder",
                                             "frame_packer",
                                             "norm_k",
                                             "norm_q",
                                             "tekken_model",
                                             "multi_modal_projector",
                                             "patch_conv",
                                             "ln_pre",
                                             "input_layernorm",
                                             "attention_norm",
                                             "post_attention_layernorm",
                                             "mm_input_projection_weight"});

template <size_t M, size_t N>
constexpr std::array<Names, M + N> joined(const std::array<Names, M>& first,
                                          const std::array<Names, N>& second) {
    std::array<Names, M + N> all;
    std::ranges::copy(second, std::ranges::copy(first, all.begin()).out);
    return all;
}

constexpr auto kGemma4 = std::to_array<Names>(
    {"audio", "per_layer_input_gate", "per_layer_projection", "vision", "multi_modal_projector"});
constexpr auto kQwen35 =
    std::to_array<Names>({".layers.0.", ".layers.63.", "lm_head", "embed_tokens", "in_proj_a", "in_proj_b",
                          "visual.pos_embed", "visual.patch_embed", "merger", "mtp.fc", "visual.blocks.0."});
constexpr auto kT5xxlRemove = std::to_array<Names>({"decoder", "lm_head"});
constexpr auto kVisual = std::to_array<Names>({"mlp.down_proj", "mlp.up_proj", "mlp.gate_proj"});
constexpr auto kAnima = std::to_array<Names>({"net.blocks.0.", "net.blocks.1.adaln_modulation", "final_layer",
                                              "llm_adapter", "t_embedder", "x_embedder"});
constexpr auto kLens = std::to_array<Names>(
    {"time_text_embed", "img_in", "norm_out", "proj_out", "img_mod.1", "txt_mod.1", "txt_in"});
constexpr auto kFlux2 =
    std::to_array<Names>({"stream_modulation", "guidance_in", "time_in", "final_layer", "img_in", "txt_in"});
constexpr auto kDistillationLarge =
    std::to_array<Names>({"distilled_guidance_layer", "final_layer", "img_in", "txt_in"});
constexpr auto kDistillationSmall = std::to_array<Names>({"distilled_guidance_layer"});
constexpr auto kNerfLarge = std::to_array<Names>(
    {"distilled_guidance_layer", "nerf_blocks", "nerf_image_embedder", "txt_in", "_attn.proj"});
constexpr auto kNerfSmall =
    std::to_array<Names>({"distilled_guidance_layer", "nerf_blocks", "nerf_image_embedder"});
constexpr auto kRadiance = std::to_array<Names>({"img_in_patch", "nerf_final_layer_conv", "__x0__"});
constexpr auto kKrea2 = std::to_array<Names>({"firs", "las", "tml", "txtfusion", "last.modulatio", "tpro"});
constexpr auto kIdeogram4 = std::to_array<Names>(
    {"embed_image_indicator", "t_embedding", "llm_cond_proj", "adaln_proj", "final_layer", "input_proj"});
constexpr auto kWan = joined(
    kBase,
    std::to_array<Names>({"text_embedding", "time_embedding", "audio_model.text_embedding",
                          "casual_audio_encoder", "frame_packer", "trainable_cond_mask", "cond_encoder",
                          "audio_model.time_embedding", "time_projection", "video_model.time_projection",
                          "head.head", "face_encoder.out_proj", "face_adapter", "audio_injector"}));
constexpr auto kHunyuan = std::to_array<Names>(
    {"layernorm", "img_attn_k_norm", "img_attn_q_norm", "txt_attn_k_norm", "txt_attn_q_norm", "norm1",
     "norm2", "vision_in.proj.0", "vision_in.proj.4", "img_in.proj", "cond_type_embedding"});
constexpr auto kQwen =
    std::to_array<Names>({"norm_added_k", "norm_added_q", "norm_k", "norm_q", "txt_norm", "time_text_embed",
                          "img_in", "norm_out", "proj_out", "transformer_blocks.0.img_mod.1", "txt_in"});
constexpr auto kZimage = std::to_array<Names>(
    {"cap_embedder.0", "cap_pad_token", "attention_norm1", "attention_norm2", "ffn_norm1", "ffn_norm2",
     "k_norm", "q_norm", "x_pad_token", "x_embedder", "clip_text_pooled_proj", "final_layer",
     "cap_embedder.1", "adaLN_modulation", "t_embedder", "time_text_embed"});
constexpr auto kZimageRefiner = std::to_array<Names>(
    {"cap_embedder.0", "cap_pad_token", "attention_norm1", "attention_norm2", "ffn_norm1", "ffn_norm2",
     "k_norm", "q_norm", "x_pad_token", "context_refiner", "noise_refiner"});
constexpr auto kBoogu =
    std::to_array<Names>({"image_index_embedding", "ref_image_patch_embedder", "time_caption_embed",
                          "x_embedder", "norm_out.linear_1", "norm_out.linear_2"});
constexpr auto kLtxv2 = std::to_array<Names>({"scale_shift_table",
                                              "text_embedding_projection",
                                              "audio_vae",
                                              "audio_embeddings_connector",
                                              "adaln_single",
                                              "audio_adaln_single",
                                              "audio_patchify_proj",
                                              "audio_proj_out",
                                              "audio_prompt_adaln_single",
                                              "av_ca_a2v_gate_adaln_single",
                                              "av_ca_audio_scale_shift_adaln_single",
                                              "av_ca_v2a_gate_adaln_single",
                                              "av_ca_video_scale_shift_adaln_single",
                                              "patchify_proj",
                                              "proj_out",
                                              "prompt_adaln_single",
                                              "transformer_blocks.0.",
                                              "transformer_blocks.1.",
                                              "transformer_blocks.46.",
                                              "transformer_blocks.47.",
                                              "video_embeddings_connector",
                                              "vae.decoder",
                                              "vae.encoder",
                                              "vocoder",
                                              "to_gate_logits"});

constexpr Preset kPresets[] = {
    {"gemma4", "text", kGemma4, {}, "Gemma 4 text encoders"},
    {"qwen35", "text", kQwen35, {}, "Qwen 3.5 text models"},
    {"t5xxl", "text", kBase, kT5xxlRemove, "T5-XXL text encoders; the decoder is left out"},
    {"mistral", "text", kBase, {}, "Mistral text encoders"},
    {"visual", "text", kVisual, {}, "vision towers of text encoders"},
    {"generic_text", "text", {}, {}, "any text encoder; keeps nothing by name"},
    {"anima", "diffusion", kAnima, {}, "Anima"},
    {"lens", "diffusion", kLens, {}, "Lens"},
    {"flux2", "diffusion", kFlux2, {}, "FLUX.2"},
    {"distillation_large",
     "diffusion",
     kDistillationLarge,
     {},
     "Chroma, distilled guidance and outer layers"},
    {"distillation_small", "diffusion", kDistillationSmall, {}, "Chroma, distilled guidance alone"},
    {"nerf_large", "diffusion", kNerfLarge, {}, "Chroma Radiance, NeRF head and outer layers"},
    {"nerf_small", "diffusion", kNerfSmall, {}, "Chroma Radiance, NeRF head alone"},
    {"radiance", "diffusion", kRadiance, {}, "Chroma Radiance, patch and final layers"},
    {"krea2", "diffusion", kKrea2, {}, "Krea 2"},
    {"ideogram4", "diffusion", kIdeogram4, {}, "Ideogram 4"},
    {"wan", "video", kWan, {}, "Wan video models"},
    {"hunyuan", "video", kHunyuan, {}, "Hunyuan Video 1.5"},
    {"qwen", "image", kQwen, {}, "Qwen-Image"},
    {"zimage", "image", kZimage, {}, "Z-Image"},
    {"zimage_refiner", "image", kZimageRefiner, {}, "Z-Image, the refiner blocks"},
    {"boogu", "image", kBoogu, {}, "Boogu image models"},
    {"ltxv2", "video", kLtxv2, {}, "LTX-Video 2"},
};

}  // namespace

std::span<const Preset> presets() { return kPresets; }

const Preset* preset_named(std::string_view name) {
    const auto found = std::ranges::find(kPresets, name, &Preset::name);
    return found == std::end(kPresets) ? nullptr : found;
}

}  // namespace lathe::quant
