// Spellings of tensors' names outside timm 1.0. Facts: the checkpoint_filter_fn of timm's modules, and the names in the
// checkpoints that the papers' authors published.
#include "zoo/timm/rename_rules.h"

namespace lathe::zoo::timm {
namespace {

// Radford et al. 2021: ResNets with attention pooling.
constexpr Rename kClipResNet[] = {
    {"^conv#", "stem.conv{0}.conv"},
    {"^bn#", "stem.conv{0}.bn"},
    {"^layer#.#.conv1", "stages.{0-1}.{1}.conv1_1x1.conv"},
    {"^layer#.#.conv2", "stages.{0-1}.{1}.conv2_kxk.conv"},
    {"^layer#.#.conv3", "stages.{0-1}.{1}.conv3_1x1.conv"},
    {"^layer#.#.bn1", "stages.{0-1}.{1}.conv1_1x1.bn"},
    {"^layer#.#.bn2", "stages.{0-1}.{1}.conv2_kxk.bn"},
    {"^layer#.#.bn3", "stages.{0-1}.{1}.conv3_1x1.bn"},
    {"^layer#.#.downsample.0", "stages.{0-1}.{1}.shortcut.conv.conv"},
    {"^layer#.#.downsample.1", "stages.{0-1}.{1}.shortcut.conv.bn"},
    {"^attnpool.positional_embedding", "head.pos_embed"},
    {"^attnpool.q_proj", "head.q"},
    {"^attnpool.k_proj", "head.k"},
    {"^attnpool.v_proj", "head.v"},
    {"^attnpool.c_proj", "head.proj"},
};
// Radford et al. 2021: vision transformers.
constexpr Rename kClipVit[] = {
    {"^conv1", "patch_embed.proj"},
    {"^positional_embedding$", "pos_embed"},
    {"transformer.resblocks.", "blocks."},
    {"ln_pre", "norm_pre"},
    {"ln_post", "norm"},
    {"ln_", "norm"},
    {"in_proj_", "qkv."},
    {"out_proj", "proj"},
    {"mlp.c_fc", "mlp.fc1"},
    {"mlp.c_proj", "mlp.fc2"},
    {"^proj$", "head.weight"},
    {"^class_embedding$", "cls_token"},
};
constexpr TensorRule kClipVitTensors[] = {{"^head.weight$", Change::kTranspose},
                                          {"^cls_token$", Change::kAddTwoAxes},
                                          {"^pos_embed$", Change::kAddAxis}};
// Bolya et al. 2025, Perception Encoder: as CLIP's, with other layer scales.
constexpr Rename kPerceptionEncoder[] = {
    {"ls_#.gamma", "gamma_{0}"},
    {"^conv1", "patch_embed.proj"},
    {"^positional_embedding$", "pos_embed"},
    {"transformer.resblocks.", "blocks."},
    {"ln_pre", "norm_pre"},
    {"ln_post", "norm"},
    {"ln_", "norm"},
    {"in_proj_", "qkv."},
    {"out_proj", "proj"},
    {"mlp.c_fc", "mlp.fc1"},
    {"mlp.c_proj", "mlp.fc2"},
    {"^attn_pool.attn", "attn_pool"},
    {"^attn_pool.layernorm", "attn_pool.norm"},
    {"^attn_pool.probe", "attn_pool.latent"},
    {"^proj$", "head.weight"},
    {"^class_embedding$", "cls_token"},
};
// Oquab et al. 2023, DINOv2.
constexpr Rename kDinov2[] = {{"^mask_token$", "!"},
                              {"^register_tokens$", "reg_token"},
                              {"mlp.w12.", "mlp.fc1."},
                              {"mlp.w3.", "mlp.fc2."}};
// Siméoni et al. 2025, DINOv3.
constexpr Rename kDinov3[] = {
    {".periods$", "!"},       {".bias_mask$", "!"},
    {"mask_token$", "!"},     {"^projectors.", "!"},
    {"^local_cls_norm", "!"}, {"ls1.gamma", "gamma_1"},
    {"ls2.gamma", "gamma_2"}, {"^storage_tokens$", "reg_token"},
    {"mlp.w12", "mlp.fc1"},   {"mlp.w1", "mlp.fc1_g"},
    {"mlp.w2", "mlp.fc1_x"},  {"mlp.w3", "mlp.fc2"},
};
// Fang et al. 2023, EVA-02.
constexpr Rename kEva02[] = {
    {"^mask_token$", "!"},
    {"^lm_head.", "!"},
    {"rope.freqs", "!"},
    {"mlp.ffn_ln", "mlp.norm"},
    {"attn.inner_attn_ln", "attn.norm"},
    {"mlp.w12", "mlp.fc1"},
    {"mlp.w1", "mlp.fc1_g"},
    {"mlp.w2", "mlp.fc1_x"},
    {"mlp.w3", "mlp.fc2"},
    {"attn.q_bias", "attn.q_proj.bias"},
    {"attn.v_bias", "attn.v_proj.bias"},
};
// Fini et al. 2024, AIMv2.
constexpr Rename kAimv2[] = {
    {"norm_1", "norm1"},
    {"norm_2", "norm2"},
    {"preprocessor.patchifier.", "patch_embed."},
    {"preprocessor.pos_embed", "pos_embed"},
    {"post_trunk_norm.", "norm."},
    {"trunk.", ""},
    {"mlp.fc1", "mlp.fc1_g"},
    {"mlp.fc3", "mlp.fc1_x"},
};
// Ilharco et al. 2021, OpenCLIP: timm's towers inside.
constexpr Rename kOpenClipTrunk[] = {{"^visual.trunk.", ""},
                                     {"^visual.head.proj.", "head."},
                                     {"^visual.", "!"},
                                     {"^logit_", "!"},
                                     {"^text.", "!"},
                                     {"^transformer.", "!"},
                                     {"^token_embedding", "!"},
                                     {"^positional_embedding$", "!"},
                                     {"^ln_final", "!"},
                                     {"^text_projection", "!"},
                                     {"^text_", "!"}};
constexpr Rename kOpenClipConvNeXt[] = {{"^visual.trunk.", ""},
                                        {"^visual.head.proj.", "head.fc."},
                                        {"^visual.head.mlp.fc1.", "head.pre_logits.fc."},
                                        {"^visual.head.mlp.fc2.", "head.fc."},
                                        {"^visual.", "!"},
                                        {"^logit_", "!"},
                                        {"^text.", "!"},
                                        {"^transformer.", "!"},
                                        {"^token_embedding", "!"},
                                        {"^positional_embedding$", "!"},
                                        {"^ln_final", "!"},
                                        {"^text_projection", "!"}};
// DeiT III (Touvron et al. 2022).
constexpr Rename kLayerScales[] = {{"gamma_#", "ls{0}.gamma"}};
// Liu et al. 2022, ConvNeXt and its successors; Maaz et al. 2022, EdgeNeXt.
constexpr Rename kConvNeXt[] = {
    {"^projectors.", "!"},
    {"^norms.", "!"},
    {"downsample_layers.0.", "stem."},
    {"stages.#.#.", "stages.{0}.blocks.{1}."},
    {"downsample_layers.#.#", "stages.{0}.downsample.{1}"},
    {"dwconv", "conv_dw"},
    {"pwconv", "mlp.fc"},
    {"grn.beta", "mlp.grn.bias"},
    {"grn.gamma", "mlp.grn.weight"},
    {"^head.", "head.fc."},
    {"^norm.", "head.norm."},
};
constexpr TensorRule kConvNeXtTensors[] = {{"mlp.grn.", Change::kFlatten}};
// Yu & Wang 2024, MambaOut.
constexpr Rename kMambaOut[] = {
    {"downsample_layers.0.", "stem."},
    {"stages.#.#.", "stages.{0}.blocks.{1}."},
    {"downsample_layers.#", "stages.{0}.downsample"},
    {"^head.norm.", "head.pre_logits.norm."},
    {"^norm.", "head.norm."},
    {"^head.fc1.", "head.pre_logits.fc."},
    {"^head.fc2.", "head.fc."},
};
// Ding et al. 2022, DaViT, and as the tower of Florence-2 (Xiao et al. 2023).
constexpr Rename kDaVit[] = {
    {"patch_embeds.#", "stages.{0}.downsample"},
    {"main_blocks.#", "stages.{0}.blocks"},
    {"downsample.proj", "downsample.conv"},
    {"stages.0.downsample", "stem"},
    {"^head.", "head.fc."},
    {"^norms.", "head.norm."},
    {"cpe.0", "cpe1"},
    {"cpe.1", "cpe2"},
};
constexpr Rename kFlorence2[] = {
    {"^convs.#", "stages.{0}.downsample"},
    {"^blocks.#", "stages.{0}.blocks"},
    {"downsample.proj", "downsample.conv"},
    {"stages.0.downsample", "stem"},
    {"window_attn.norm.", "norm1."},
    {"window_attn.fn.", "attn."},
    {"channel_attn.norm.", "norm1."},
    {"channel_attn.fn.", "attn."},
    {"ffn.norm.", "norm2."},
    {"ffn.fn.net.", "mlp."},
    {"conv1.fn.dw", "cpe1.proj"},
    {"conv2.fn.dw", "cpe2.proj"},
};
// torchvision.
constexpr Rename kTorchvisionDenseNet[] = {{"denselayer#.norm.#", "denselayer{0}.norm{1}"},
                                           {"denselayer#.conv.#", "denselayer{0}.conv{1}"}};
constexpr Rename kTorchvisionVgg[] = {{"^classifier.0.", "pre_logits.fc1."},
                                      {"^classifier.3.", "pre_logits.fc2."},
                                      {"^classifier.6.", "head.fc."}};
constexpr Rename kTorchvisionRegNet[] = {
    {"^stem.0", "stem.conv"},
    {"^stem.1", "stem.bn"},
    {"trunk_output.block#.block#-#", "s{0}.b{2+1}"},
    {"f.a.0", "conv1.conv"},
    {"f.a.1", "conv1.bn"},
    {"f.b.0", "conv2.conv"},
    {"f.b.1", "conv2.bn"},
    {"f.se.excitation.0", "se.fc1"},
    {"f.se.excitation.2", "se.fc2"},
    {"f.se.fc", "se.fc"},
    {"f.c.0", "conv3.conv"},
    {"f.c.1", "conv3.bn"},
    {"proj.0", "downsample.conv"},
    {"proj.1", "downsample.bn"},
    {"^fc.", "head.fc."},
};
// Liu et al. 2021 and 2022, Swin: the merging of patches was counted with the stage before.
constexpr Rename kSwin[] = {{"layers.#.downsample", "layers.{0+1}.downsample"}, {"^head.", "head.fc."}};
constexpr Rename kSwinCr[] = {{"attn.tau", "attn.logit_scale"}, {"^head.", "head.fc."}};
constexpr TensorRule kSwinCrTensors[] = {{"attn.logit_scale", Change::kLogOfInverse}};
// Yang et al. 2022, FocalNet.
constexpr Rename kFocalNet[] = {{"gamma_#", "ls{0}.gamma"},
                                {"patch_embed", "stem"},
                                {"layers.#.downsample", "layers.{0+1}.downsample"},
                                {"ln.", "norm."},
                                {"^head.", "head.fc."}};
// Wang et al. 2022, PVT v2.
constexpr Rename kPvtV2[] = {
    {"^patch_embed1", "patch_embed"},
    {"^patch_embed2", "stages.1.downsample"},
    {"^patch_embed3", "stages.2.downsample"},
    {"^patch_embed4", "stages.3.downsample"},
    {"dwconv.dwconv", "dwconv"},
    {"^block#.#", "stages.{0-1}.blocks.{1}"},
    {"^norm#", "stages.{0-1}.norm"},
};
// Heo et al. 2021, PiT.
constexpr Rename kPit[] = {{"^pools.#.", "transformers.{0+1}.pool."}};
// Han et al. 2021, TNT.
constexpr Rename kTnt[] = {
    {"^outer_tokens$", "!"},        {"outer_pos", "patch_pos"},   {"inner_pos", "pixel_pos"},
    {"patch_embed", "pixel_embed"}, {"proj_norm1", "norm1_proj"}, {"proj_norm2", "norm2_proj"},
    {"inner_norm1", "norm_in"},     {"inner_attn", "attn_in"},    {"inner_norm2", "norm_mlp_in"},
    {"inner_mlp", "mlp_in"},        {"outer_norm1", "norm_out"},  {"outer_attn", "attn_out"},
    {"outer_norm2", "norm_mlp"},    {"outer_mlp", "mlp"},
};
// Ridnik et al. 2020, TResNet.
constexpr Rename kTResNet[] = {
    {"conv#.0.0.", "conv{0}.conv."},
    {"conv#.0.1.", "conv{0}.bn."},
    {"conv#.0.", "conv{0}.conv."},
    {"conv#.1.", "conv{0}.bn."},
    {"downsample.#.0.", "downsample.{0}.conv."},
    {"downsample.#.1.", "downsample.{0}.bn."},
};
constexpr TensorRule kTResNetTensors[] = {{"bn.weight$", Change::kAbsPlusEpsilon}};
// Touvron et al. 2021, ResMLP.
constexpr Rename kResMlp[] = {
    {"patch_embed.", "stem."}, {"attn.", "linear_tokens."}, {"mlp.", "mlp_channels."}, {"gamma_", "ls"}};
// Ryali et al. 2023, Hiera.
constexpr Rename kHiera[] = {{"head.projection.", "head.fc."},
                             {"^encoder_norm.", "head.norm."},
                             {"^norm.", "head.norm."},
                             {"^pos_embed_abs$", "pos_embed"}};
// Ravi et al. 2024, SAM 2; Kirillov et al. 2023, SAM.
constexpr Rename kSam2[] = {{"mlp.layers.0", "mlp.fc1"}, {"mlp.layers.1", "mlp.fc2"}};
constexpr Rename kSam[] = {{"mlp.lin", "mlp.fc"}};
// Yu et al. 2022, PoolFormer, and MetaFormer baselines.
constexpr Rename kPoolFormer[] = {
    {"layer_scale_#", "layer_scale{0}.scale"},
    {"^network.1.", "stages.1.downsample."},
    {"^network.3.", "stages.2.downsample."},
    {"^network.5.", "stages.3.downsample."},
    {"^network.0.#", "stages.0.blocks.{0}"},
    {"^network.2.#", "stages.1.blocks.{0}"},
    {"^network.4.#", "stages.2.blocks.{0}"},
    {"^network.6.#", "stages.3.blocks.{0}"},
    {"downsample.proj", "downsample.conv"},
    {"patch_embed.proj", "stem.conv"},
    {"^head.", "head.fc."},
    {"^norm.", "head.norm."},
};
constexpr Rename kMetaFormer[] = {
    {"stages.#.#.", "stages.{0}.blocks.{1}."},
    {"downsample_layers.#", "stages.{0}.downsample"},
    {"stages.0.downsample", "stem"},
    {"post_norm", "norm"},
    {"pre_norm", "norm"},
    {"^head.", "head.fc."},
    {"^norm.", "head.norm."},
};
// Li et al. 2022, EfficientFormer; Shaker et al. 2023, SwiftFormer.
constexpr Rename kEfficientFormer[] = {
    {"^patch_embed.0", "stem.conv1"},
    {"^patch_embed.1", "stem.norm1"},
    {"^patch_embed.3", "stem.conv2"},
    {"^patch_embed.4", "stem.norm2"},
    {"^network.0.#", "stages.0.blocks.{0}"},
    {"^network.1.proj", "stages.1.downsample.conv"},
    {"^network.1.norm", "stages.1.downsample.norm"},
    {"^network.2.#", "stages.1.blocks.{0}"},
    {"^network.3.proj", "stages.2.downsample.conv"},
    {"^network.3.norm", "stages.2.downsample.norm"},
    {"^network.4.#", "stages.2.blocks.{0}"},
    {"^network.5.proj", "stages.3.downsample.conv"},
    {"^network.5.norm", "stages.3.downsample.norm"},
    {"^network.6.#", "stages.3.blocks.{0}"},
    {"layer_scale_#", "ls{0}.gamma"},
    {"dist_head", "head_dist"},
};
constexpr Rename kSwiftFormer[] = {
    {"^patch_embed.", "stem."},
    {"dist_head.", "head_dist."},
    {"attn.Proj.", "attn.proj."},
    {".layer_scale_#$", ".layer_scale_{0}.gamma"},
    {".layer_scale$", ".layer_scale.gamma"},
    {"^network.0.", "stages.0.blocks."},
    {"^network.1.", "stages.1.downsample."},
    {"^network.2.", "stages.1.blocks."},
    {"^network.3.", "stages.2.downsample."},
    {"^network.4.", "stages.2.blocks."},
    {"^network.5.", "stages.3.downsample."},
    {"^network.6.", "stages.3.blocks."},
};
// Tatsunami & Taki 2022, Sequencer.
constexpr Rename kSequencer[] = {{"^blocks.#.#.down", "stages.{0+1}.downsample.down"},
                                 {"^blocks.#.#", "stages.{0}.blocks.{1}"},
                                 {"^head.", "head.fc."}};
// Kim et al. 2024, RDNet.
constexpr Rename kRdNet[] = {{"stem.stem.", "stem."}};
// CPUBone's training repository.
constexpr Rename kCpuBone[] = {
    {".conv_proj.0.", ".conv_proj.conv."},
    {".conv_proj.1.", ".conv_proj.norm."},
    {".pwise.0.", ".pwise."},
    {"head.op_list.0.", "head.in_conv."},
    {"head.op_list.2.", "head.pre_classifier."},
    {"head.op_list.3.", "head.classifier."},
    {"backbone.input_stem.", "stem."},
    {"backbone.stages.", "stages."},
    {".op_list.", "."},
};
// Vasu et al. 2024, MobileCLIP-B.
constexpr Rename kMobileClip[] = {
    {"patch_emb.", "patch_embed.backbone."},
    {"block.conv", "conv"},
    {"block.norm", "bn"},
    {"post_transformer_norm.", "norm."},
    {"pre_norm_mha.0", "norm1"},
    {"pre_norm_mha.1", "attn"},
    {"pre_norm_ffn.0", "norm2"},
    {"pre_norm_ffn.1", "mlp.fc1"},
    {"pre_norm_ffn.4", "mlp.fc2"},
    {"qkv_proj.", "qkv."},
    {"out_proj.", "proj."},
    {"transformer.", "blocks."},
    {"^pos_embed.pos_embed.pos_embed$", "pos_embed"},
    {"^classifier.proj$", "head.weight"},
};
constexpr TensorRule kMobileClipTensors[] = {{"^pos_embed$", Change::kDropAxis},
                                             {"^head.weight$", Change::kTranspose}};
// Google's Gemma vision towers as Hugging Face stores them.
constexpr Rename kGemmaTower[] = {
    {"rotary_emb", "!"},
    {"patch_embedder.", "patch_embed."},
    {"encoder.layers.", "blocks."},
    {".input_layernorm.", ".norm1."},
    {".post_attention_layernorm.", ".norm2."},
    {".pre_feedforward_layernorm.", ".norm3."},
    {".post_feedforward_layernorm.", ".norm4."},
    {".self_attn.", ".attn."},
};
// Ali et al. 2021, XCiT.
constexpr Rename kXcit[] = {{"^pos_embeder.", "pos_embed."}};
constexpr TensorRule kXcitTensors[] = {{"^cls_attn_blocks.#.attn.qkv.", Change::kSplitQkv}};
// Vasu et al. 2023, FastViT, and as the tower of MobileCLIP.
constexpr Rename kFastVit[] = {
    {"patch_embed", "stem"},
    {"rbr_conv", "conv_kxk"},
    {"rbr_scale", "conv_scale"},
    {"rbr_skip", "identity"},
    {"conv_exp", "final_conv"},
    {"lkb_origin", "large_conv"},
    {"convffn", "mlp"},
    {"se.reduce", "se.fc1"},
    {"se.expand", "se.fc2"},
    {"layer_scale_#", "layer_scale_{0}.gamma"},
    {"layer_scale$", "layer_scale.gamma"},
    {"dist_head", "head_dist"},
    {"^head.", "head.fc."},
    {"^head.fc.proj$", "head.fc.weight"},
    {"^network.1.proj", "stages.1.downsample.proj"},
    {"^network.3.proj", "stages.2.downsample.proj"},
    {"^network.5.proj", "stages.3.downsample.proj"},
    {"^network.6.pe", "stages.3.pos_emb.pos_enc"},
    {"^network.0.", "stages.0.blocks."},
    {"^network.2.", "stages.1.blocks."},
    {"^network.4.", "stages.2.blocks."},
    {"^network.6.", "stages.3.blocks."},
    {"^network.7.", "stages.3.blocks."},
};
// MobileCLIP's classifier is a matrix.
constexpr TensorRule kMobileClipHead[] = {{"^head.fc.weight$", Change::kTranspose}};
// Li et al. 2021, MViTv2; the largest widens behind its attention.
constexpr Rename kMvit[] = {{"^stages.#.blocks.#.proj.", "stages.{0}.blocks.{1}.shortcut_proj_attn."},
                            {"head.projection", "head.fc"}};
constexpr Rename kMvitLarge[] = {{"^stages.#.blocks.#.proj.", "stages.{0}.blocks.{1}.shortcut_proj_mlp."},
                                 {"head.projection", "head.fc"}};
constexpr int kMvitTiny[] = {1, 2, 5, 2}, kMvitSmall[] = {1, 2, 11, 2}, kMvitBase[] = {2, 3, 16, 3},
              kMvitL[] = {2, 6, 36, 4}, kMvitHuge[] = {4, 8, 60, 8};
// Li et al. 2022, Next-ViT.
constexpr Rename kNextVit[] = {{".mlp.conv#.", ".mlp.fc{0}."}, {"^proj_head.0.", "head.fc."}};
constexpr int kNextVitSmall[] = {3, 4, 10, 3}, kNextVitBase[] = {3, 4, 20, 3},
              kNextVitLarge[] = {3, 4, 30, 3};
// CSATv2's training repository.
constexpr Rename kCsatV2[] = {
    {"^dct.", "stem_dct."},
    {".Y_Conv.", ".conv_y."},
    {".Cb_Conv.", ".conv_cb."},
    {".Cr_Conv.", ".conv_cr."},
    {"^stages1.3.", "stages.1.0."},
    {"^stages2.3.", "stages.2.0."},
    {"^stages3.9.", "stages.3.0."},
    {"^stages1.#.", "stages.0.{0}."},
    {"^stages#.#.", "stages.{0-1}.{1+1}."},
    {"grn.gamma", "grn.weight"},
    {"grn.beta", "grn.bias"},
    {".ff.net.0.", ".mlp.fc1."},
    {".ff.net.3.", ".mlp.fc2."},
    {".ff_norm.", ".norm2."},
    {".attn_norm.", ".norm1."},
    {".attention.attention.attn.to_qkv.", ".places.qkv."},
    {".attention.attention.attn.", ".places."},
    {".attention.attention.", ".places."},
    {".attention.", ".attn."},
    {".attn.to_qkv.", ".attn.qkv."},
    {".attn.to_out.0.", ".attn.proj."},
    {".attn.pos_embed.", ".pos_embed."},
    {".places.", ".attn.attn."},
    {"^head.", "head.fc."},
    {"^norm.", "head.norm."},
};
constexpr TensorRule kCsatV2Tensors[] = {{"grn.", Change::kFlatten}};
// Liu et al. 2024, GhostNetV3, with what counted its operations.
constexpr Rename kGhostNetV3[] = {{"total_ops", "!"}, {"total_params", "!"}, {"bn.", "bn1."}};
constexpr Rename kNothing[] = {{"relative_position_index", "!"}};

constexpr Spelling kSpellings[] = {
    {"OpenAI's CLIP", "visual.layer1.0.conv1.weight", "visual.", kClipResNet},
    {"OpenAI's CLIP", "visual.transformer.resblocks.0.ln_1.weight", "visual.", kClipVit, kClipVitTensors,
     "head.weight"},
    {"Perception Encoder", "transformer.resblocks.0.ls_1.gamma", "", kPerceptionEncoder, kClipVitTensors},
    {"Perception Encoder", "visual.transformer.resblocks.0.ls_1.gamma", "visual.", kPerceptionEncoder,
     kClipVitTensors, "head.weight"},
    {"DINOv3", "storage_tokens", "", kDinov3},
    {"AIMv2", "preprocessor.patchifier.proj.weight", "", kAimv2},
    {"OpenCLIP", "visual.trunk.stem.0.weight", "", kOpenClipConvNeXt, {}, "head.fc.weight"},
    {"OpenCLIP", "visual.trunk.patch_embed.proj.weight", "", kOpenClipTrunk, {}, "head.weight"},
    {"EVA-02", "blocks.0.mlp.w12.weight", "", kEva02},
    {"EVA-02", "blocks.0.mlp.w1.weight", "", kEva02},
    {"EVA-02", "blocks.0.mlp.ffn_ln.weight", "", kEva02},
    {.origin = "DINOv2 with registers",
     .trigger = "register_tokens",
     .prefix = "",
     .rules = kDinov2,
     .fold_class_position = true},
    {"DINOv2", "mask_token", "", kDinov2},
    {"DINOv2", "vision_encoder.mask_token", "vision_encoder.", kDinov2},
    {"the authors of ConvNeXt", "downsample_layers.0.0.weight", "", kConvNeXt, kConvNeXtTensors},
    {"the authors of MambaOut", "downsample_layers.0.conv1.weight", "", kMambaOut},
    {"the authors of MetaFormer", "downsample_layers.0.conv.weight", "", kMetaFormer},
    {"the authors of DaViT", "patch_embeds.0.proj.weight", "", kDaVit},
    {"Florence-2", "vision_tower.convs.0.proj.weight", "vision_tower.", kFlorence2},
    {"torchvision", "features.denseblock1.denselayer1.norm.1.weight", "", kTorchvisionDenseNet},
    {"torchvision", "classifier.6.weight", "", kTorchvisionVgg},
    {"torchvision", "trunk_output.block1.block1-0.f.a.0.weight", "", kTorchvisionRegNet},
    {"the authors of Swin v2 CR", "stages.0.blocks.0.attn.tau", "", kSwinCr, kSwinCrTensors},
    {"the authors of FocalNet", "layers.0.blocks.0.modulation.f.weight", "", kFocalNet},
    {"the authors of Swin", "layers.0.downsample.norm.weight", "", kSwin},
    {"the authors of PVT v2", "patch_embed1.proj.weight", "", kPvtV2},
    {"the authors of PiT", "pools.0.conv.weight", "", kPit},
    {"the authors of TNT", "outer_pos", "", kTnt},
    {"the authors of TResNet", "body.conv1.0.weight", "", kTResNet, kTResNetTensors},
    {"the authors of ResMLP", "blocks.0.gamma_1", "", kLayerScales},
    {"the authors of ResMLP", "blocks.0.norm1.alpha", "", kResMlp},
    {"the authors of MViTv2", "blocks.79.attn.rel_pos_h", "", kMvit, {}, "", "blocks", kMvitHuge},
    {"the authors of MViTv2", "blocks.44.proj.weight", "", kMvit, {}, "", "blocks", kMvitL},
    {"the authors of MViTv2", "blocks.43.proj.weight", "", kMvitLarge, {}, "", "blocks", kMvitL},
    {"the authors of MViTv2", "blocks.23.attn.rel_pos_h", "", kMvit, {}, "", "blocks", kMvitBase},
    {"the authors of MViTv2", "blocks.15.attn.rel_pos_h", "", kMvit, {}, "", "blocks", kMvitSmall},
    {"the authors of MViTv2", "blocks.9.attn.rel_pos_h", "", kMvit, {}, "", "blocks", kMvitTiny},
    {"the authors of Hiera", "head.projection.weight", "", kHiera},
    {"SAM 2", "image_encoder.trunk.patch_embed.proj.weight", "image_encoder.trunk.", kSam2},
    {"SAM", "image_encoder.patch_embed.proj.weight", "image_encoder.", kSam},
    {"the authors of PoolFormer", "network.0.0.mlp.fc1.weight", "", kPoolFormer},
    {"the authors of SwiftFormer", "network.0.0.dwconv.weight", "", kSwiftFormer},
    {"the authors of EfficientFormer", "patch_embed.3.weight", "", kEfficientFormer},
    {"the authors of Sequencer", "blocks.0.0.norm1.weight", "", kSequencer},
    {"the authors of RDNet", "stem.stem.0.weight", "", kRdNet},
    {"the authors of CPUBone", "backbone.input_stem.op_list.0.conv.weight", "", kCpuBone},
    {"MobileCLIP", "image_encoder.model.patch_emb.0.block.conv.weight", "image_encoder.model.", kMobileClip,
     kMobileClipTensors, "head.weight"},
    {"Hugging Face", "vision_tower.encoder.layers.0.input_layernorm.weight", "vision_tower.", kGemmaTower},
    {"Hugging Face", "model.vision_tower.encoder.layers.0.input_layernorm.weight", "model.vision_tower.",
     kGemmaTower},
    {"the authors of XCiT", "pos_embeder.token_projection.weight", "", kXcit, kXcitTensors},
    {"the authors of FastViT", "patch_embed.0.rbr_conv.0.conv.weight", "", kFastVit},
    {"MobileCLIP", "image_encoder.model.patch_embed.0.rbr_conv.0.conv.weight", "image_encoder.model.",
     kFastVit, kMobileClipHead, "head.fc.weight"},
    {"OpenCLIP", "visual.trunk.stem.0.conv_kxk.0.conv.weight", "visual.trunk.", kNothing},
    {"the authors of Next-ViT",
     "features.39.mhca.norm.weight",
     "",
     kNextVit,
     {},
     "",
     "features",
     kNextVitLarge},
    {"the authors of Next-ViT",
     "features.29.mhca.norm.weight",
     "",
     kNextVit,
     {},
     "",
     "features",
     kNextVitBase},
    {"the authors of Next-ViT",
     "features.19.mhca.norm.weight",
     "",
     kNextVit,
     {},
     "",
     "features",
     kNextVitSmall},
    {"the authors of CSATv2", "dct.Y_Conv.weight", "", kCsatV2, kCsatV2Tensors},
    {"the authors of GhostNetV3", "blocks.0.0.ghost1.primary_rpr_conv.0.bn.weight", "", kGhostNetV3},
    {"Hugging Face", "model.vision_tower.timm_model.conv_stem.conv.weight", "model.vision_tower.timm_model.",
     kNothing},
    {"I-JEPA", "encoder.patch_embed.proj.weight", "encoder.", kNothing},
};

}  // namespace

std::span<const Spelling> all_spellings() { return kSpellings; }

}  // namespace lathe::zoo::timm
