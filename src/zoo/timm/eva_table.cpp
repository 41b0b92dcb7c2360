// The variants of EVA and its kin, one for every name.
#include "zoo/timm/eva.h"

namespace lathe::zoo::timm {
namespace {

// clang-format off
// name, patch, width, depth, heads
constexpr Eva kEvaTableVariants[] = {
    {"eva_giant_patch14_224", 14, 1408, 40, 16, {.mlp_ratio = 6144.0 / 1408}},
    {"eva_giant_patch14_336", 14, 1408, 40, 16, {.mlp_ratio = 6144.0 / 1408}},
    {"eva_giant_patch14_560", 14, 1408, 40, 16, {.mlp_ratio = 6144.0 / 1408}},
    {"eva02_tiny_patch14_224", 14, 192, 12, 3, {.mlp_ratio = 4.0 * 2 / 3, .swiglu = true, .rope = EvaRope::kAxial, .rope_reference = 16}},
    {"eva02_small_patch14_224", 14, 384, 12, 6, {.mlp_ratio = 4.0 * 2 / 3, .swiglu = true, .rope = EvaRope::kAxial, .rope_reference = 16}},
    {"eva02_base_patch14_224", 14, 768, 12, 12, {.mlp_ratio = 4.0 * 2 / 3, .fused_qkv = false, .swiglu = true, .scale_mlp = true, .rope = EvaRope::kAxial, .rope_reference = 16}},
    {"eva02_large_patch14_224", 14, 1024, 24, 16, {.mlp_ratio = 4.0 * 2 / 3, .fused_qkv = false, .swiglu = true, .scale_mlp = true, .rope = EvaRope::kAxial, .rope_reference = 16}},
    {"eva02_tiny_patch14_336", 14, 192, 12, 3, {.mlp_ratio = 4.0 * 2 / 3, .swiglu = true, .rope = EvaRope::kAxial, .rope_reference = 16}},
    {"eva02_small_patch14_336", 14, 384, 12, 6, {.mlp_ratio = 4.0 * 2 / 3, .swiglu = true, .rope = EvaRope::kAxial, .rope_reference = 16}},
    {"eva02_base_patch14_448", 14, 768, 12, 12, {.mlp_ratio = 4.0 * 2 / 3, .fused_qkv = false, .swiglu = true, .scale_mlp = true, .rope = EvaRope::kAxial, .rope_reference = 16}},
    {"eva02_large_patch14_448", 14, 1024, 24, 16, {.mlp_ratio = 4.0 * 2 / 3, .fused_qkv = false, .swiglu = true, .scale_mlp = true, .rope = EvaRope::kAxial, .rope_reference = 16}},
    {"eva_giant_patch14_clip_224", 14, 1408, 40, 16, {.mlp_ratio = 6144.0 / 1408, .pool = EvaPool::kToken}},
    {"eva02_base_patch16_clip_224", 16, 768, 12, 12, {.mlp_ratio = 4.0 * 2 / 3, .fused_qkv = false, .swiglu = true, .scale_mlp = true, .scale_attn = true, .rope = EvaRope::kAxial, .rope_reference = 16, .pool = EvaPool::kToken}},
    {"eva02_large_patch14_clip_224", 14, 1024, 24, 16, {.mlp_ratio = 4.0 * 2 / 3, .fused_qkv = false, .swiglu = true, .scale_mlp = true, .scale_attn = true, .rope = EvaRope::kAxial, .rope_reference = 16, .pool = EvaPool::kToken}},
    {"eva02_large_patch14_clip_336", 14, 1024, 24, 16, {.mlp_ratio = 4.0 * 2 / 3, .fused_qkv = false, .swiglu = true, .scale_mlp = true, .scale_attn = true, .rope = EvaRope::kAxial, .rope_reference = 16, .pool = EvaPool::kToken}},
    {"eva02_enormous_patch14_clip_224", 14, 1792, 64, 16, {.mlp_ratio = 15360.0 / 1792, .post_norm = true, .pool = EvaPool::kToken}},
    {"vit_medium_patch16_rope_reg1_gap_256", 16, 512, 12, 8, {.layer_scale = true, .class_token = false, .reg_tokens = 1, .abs_pos = false, .rope = EvaRope::kAxial, .rope_reference = 16}},
    {"vit_mediumd_patch16_rope_reg1_gap_256", 16, 512, 20, 8, {.qkv_bias = false, .layer_scale = true, .class_token = false, .reg_tokens = 1, .abs_pos = false, .rope = EvaRope::kAxial, .rope_reference = 16}},
    {"vit_betwixt_patch16_rope_reg4_gap_256", 16, 640, 12, 10, {.layer_scale = true, .class_token = false, .reg_tokens = 4, .abs_pos = false, .rope = EvaRope::kAxial, .rope_reference = 16}},
    {"vit_base_patch16_rope_reg1_gap_256", 16, 768, 12, 12, {.layer_scale = true, .class_token = false, .reg_tokens = 1, .abs_pos = false, .rope = EvaRope::kAxial, .rope_reference = 16}},
    {"vit_pe_core_tiny_patch16_384", 16, 192, 12, 3, {.plain_attention = true, .rope = EvaRope::kAxial, .rope_offset = 1.0, .rope_reference = 24, .rope_xy = true, .pre_norm = true, .pool = EvaPool::kMap, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_pe_core_small_patch16_384", 16, 384, 12, 6, {.plain_attention = true, .rope = EvaRope::kAxial, .rope_offset = 1.0, .rope_reference = 24, .rope_xy = true, .pre_norm = true, .pool = EvaPool::kMap, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_pe_core_base_patch16_224", 16, 768, 12, 12, {.plain_attention = true, .rope = EvaRope::kAxial, .rope_offset = 1.0, .rope_reference = 14, .rope_xy = true, .pre_norm = true, .pool = EvaPool::kMap, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_pe_core_large_patch14_336", 14, 1024, 24, 16, {.plain_attention = true, .rope = EvaRope::kAxial, .rope_offset = 1.0, .rope_reference = 24, .rope_xy = true, .pre_norm = true, .pool = EvaPool::kMap, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_pe_core_gigantic_patch14_448", 14, 1536, 50, 16, {.mlp_ratio = 8960.0 / 1536, .plain_attention = true, .class_token = false, .rope = EvaRope::kAxial, .rope_reference = 32, .rope_xy = true, .pre_norm = true, .pool = EvaPool::kMap, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_pe_lang_large_patch14_448", 14, 1024, 23, 16, {.plain_attention = true, .layer_scale = true, .rope = EvaRope::kAxial, .rope_offset = 1.0, .rope_reference = 32, .rope_xy = true, .pre_norm = true, .final_norm = false, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_pe_lang_gigantic_patch14_448", 14, 1536, 47, 16, {.mlp_ratio = 8960.0 / 1536, .plain_attention = true, .layer_scale = true, .class_token = false, .rope = EvaRope::kAxial, .rope_reference = 32, .rope_xy = true, .pre_norm = true, .final_norm = false, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_pe_spatial_tiny_patch16_512", 16, 192, 12, 3, {.plain_attention = true, .rope = EvaRope::kAxial, .rope_offset = 1.0, .rope_reference = 32, .rope_xy = true, .pre_norm = true, .final_norm = false, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_pe_spatial_small_patch16_512", 16, 384, 12, 6, {.plain_attention = true, .rope = EvaRope::kAxial, .rope_offset = 1.0, .rope_reference = 32, .rope_xy = true, .pre_norm = true, .final_norm = false, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_pe_spatial_base_patch16_512", 16, 768, 12, 12, {.plain_attention = true, .rope = EvaRope::kAxial, .rope_offset = 1.0, .rope_reference = 32, .rope_xy = true, .pre_norm = true, .final_norm = false, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_pe_spatial_large_patch14_448", 14, 1024, 24, 16, {.plain_attention = true, .rope = EvaRope::kAxial, .rope_offset = 1.0, .rope_reference = 32, .rope_xy = true, .pre_norm = true, .final_norm = false, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_pe_spatial_gigantic_patch14_448", 14, 1536, 50, 16, {.mlp_ratio = 8960.0 / 1536, .plain_attention = true, .layer_scale = true, .class_token = false, .rope = EvaRope::kAxial, .rope_reference = 32, .rope_xy = true, .pre_norm = true, .final_norm = false, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_small_patch16_rope_224", 16, 384, 12, 6, {.plain_attention = true, .layer_scale = true, .abs_pos = false, .rope = EvaRope::kAxial, .rope_temperature = 100.0, .rope_xy = true, .pool = EvaPool::kToken}},
    {"vit_base_patch16_rope_224", 16, 768, 12, 12, {.plain_attention = true, .layer_scale = true, .abs_pos = false, .rope = EvaRope::kAxial, .rope_temperature = 100.0, .rope_xy = true, .fc_norm = false, .pool = EvaPool::kToken}},
    {"vit_large_patch16_rope_224", 16, 1024, 24, 16, {.plain_attention = true, .layer_scale = true, .abs_pos = false, .rope = EvaRope::kAxial, .rope_temperature = 100.0, .rope_xy = true, .pool = EvaPool::kToken}},
    {"vit_small_patch16_rope_mixed_224", 16, 384, 12, 6, {.plain_attention = true, .layer_scale = true, .abs_pos = false, .rope = EvaRope::kMixed, .rope_temperature = 10.0, .rope_xy = true, .pool = EvaPool::kToken}},
    {"vit_base_patch16_rope_mixed_224", 16, 768, 12, 12, {.plain_attention = true, .layer_scale = true, .abs_pos = false, .rope = EvaRope::kMixed, .rope_temperature = 10.0, .rope_xy = true, .pool = EvaPool::kToken}},
    {"vit_large_patch16_rope_mixed_224", 16, 1024, 24, 16, {.plain_attention = true, .layer_scale = true, .abs_pos = false, .rope = EvaRope::kMixed, .rope_temperature = 10.0, .rope_xy = true, .pool = EvaPool::kToken}},
    {"vit_small_patch16_rope_ape_224", 16, 384, 12, 6, {.plain_attention = true, .layer_scale = true, .no_embed_class = true, .rope = EvaRope::kAxial, .rope_temperature = 100.0, .rope_xy = true, .pool = EvaPool::kToken}},
    {"vit_base_patch16_rope_ape_224", 16, 768, 12, 12, {.plain_attention = true, .layer_scale = true, .no_embed_class = true, .rope = EvaRope::kAxial, .rope_temperature = 100.0, .rope_xy = true, .pool = EvaPool::kToken}},
    {"vit_large_patch16_rope_ape_224", 16, 1024, 24, 16, {.plain_attention = true, .layer_scale = true, .no_embed_class = true, .rope = EvaRope::kAxial, .rope_temperature = 100.0, .rope_xy = true, .pool = EvaPool::kToken}},
    {"vit_small_patch16_rope_mixed_ape_224", 16, 384, 12, 6, {.plain_attention = true, .layer_scale = true, .no_embed_class = true, .rope = EvaRope::kMixed, .rope_temperature = 10.0, .rope_xy = true, .pool = EvaPool::kToken}},
    {"vit_base_patch16_rope_mixed_ape_224", 16, 768, 12, 12, {.plain_attention = true, .layer_scale = true, .no_embed_class = true, .rope = EvaRope::kMixed, .rope_temperature = 10.0, .rope_xy = true, .pool = EvaPool::kToken}},
    {"vit_large_patch16_rope_mixed_ape_224", 16, 1024, 24, 16, {.plain_attention = true, .layer_scale = true, .no_embed_class = true, .rope = EvaRope::kMixed, .rope_temperature = 10.0, .rope_xy = true, .pool = EvaPool::kToken}},
    {"vit_tiny_patch16_dinov3_qkvb", 16, 192, 12, 3, {.layer_scale = true, .reg_tokens = 4, .abs_pos = false, .rope = EvaRope::kDinov3, .rope_temperature = 100, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_small_patch16_dinov3", 16, 384, 12, 6, {.qkv_bias = false, .layer_scale = true, .reg_tokens = 4, .abs_pos = false, .rope = EvaRope::kDinov3, .rope_temperature = 100, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_small_patch16_dinov3_qkvb", 16, 384, 12, 6, {.layer_scale = true, .reg_tokens = 4, .abs_pos = false, .rope = EvaRope::kDinov3, .rope_temperature = 100, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_small_plus_patch16_dinov3", 16, 384, 12, 6, {.qkv_bias = false, .swiglu = true, .swiglu_align = 8, .layer_scale = true, .reg_tokens = 4, .abs_pos = false, .rope = EvaRope::kDinov3, .rope_temperature = 100, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_small_plus_patch16_dinov3_qkvb", 16, 384, 12, 6, {.swiglu = true, .swiglu_align = 8, .layer_scale = true, .reg_tokens = 4, .abs_pos = false, .rope = EvaRope::kDinov3, .rope_temperature = 100, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_base_patch16_dinov3", 16, 768, 12, 12, {.qkv_bias = false, .layer_scale = true, .reg_tokens = 4, .abs_pos = false, .rope = EvaRope::kDinov3, .rope_temperature = 100, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_base_patch16_dinov3_qkvb", 16, 768, 12, 12, {.layer_scale = true, .reg_tokens = 4, .abs_pos = false, .rope = EvaRope::kDinov3, .rope_temperature = 100, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_large_patch16_dinov3", 16, 1024, 24, 16, {.qkv_bias = false, .layer_scale = true, .reg_tokens = 4, .abs_pos = false, .rope = EvaRope::kDinov3, .rope_temperature = 100, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_large_patch16_dinov3_qkvb", 16, 1024, 24, 16, {.layer_scale = true, .reg_tokens = 4, .abs_pos = false, .rope = EvaRope::kDinov3, .rope_temperature = 100, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_huge_plus_patch16_dinov3", 16, 1280, 32, 20, {.qkv_bias = false, .swiglu = true, .swiglu_align = 8, .layer_scale = true, .reg_tokens = 4, .abs_pos = false, .rope = EvaRope::kDinov3, .rope_temperature = 100, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_huge_plus_patch16_dinov3_qkvb", 16, 1280, 32, 20, {.swiglu = true, .swiglu_align = 8, .layer_scale = true, .reg_tokens = 4, .abs_pos = false, .rope = EvaRope::kDinov3, .rope_temperature = 100, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
    {"vit_7b_patch16_dinov3", 16, 4096, 40, 32, {.mlp_ratio = 2, .qkv_bias = false, .swiglu = true, .swiglu_align = 64, .layer_scale = true, .reg_tokens = 4, .abs_pos = false, .rope = EvaRope::kDinov3, .rope_temperature = 100, .fc_norm = false, .norm = {nn::Norm::kLayer, 1e-5}}},
};
// clang-format on

}  // namespace

ValueId eva(Net& net, std::string_view model, ValueId x) {
    return eva_from_image(net, x, variant(net, kEvaTableVariants, model));
}

}  // namespace lathe::zoo::timm
