#include "quant/select.h"

#include <gtest/gtest.h>

#include "quant/match.h"

namespace lathe::quant {
namespace {

TensorInfo weight(std::string name, int64_t rows = 256, int64_t columns = 256) {
    return {.name = std::move(name), .dtype = DType::kBF16, .shape = {rows, columns}};
}
Target target(std::string_view name) { return *target_named(name); }

std::vector<Choice> chosen(const std::vector<TensorInfo>& tensors, const SelectOptions& options) {
    auto choices = select(tensors, options);
    EXPECT_TRUE(choices.has_value()) << (choices ? "" : choices.error().message);
    return choices ? *choices : std::vector<Choice>(tensors.size());
}
Choice chosen(const TensorInfo& tensor, const SelectOptions& options) {
    return chosen(std::vector{tensor}, options).front();
}
std::string error_of(const std::vector<TensorInfo>& tensors, const SelectOptions& options) {
    const auto choices = select(tensors, options);
    return choices ? "" : choices.error().message;
}

TEST(Select, OnlyMatricesOfLayers) {
    const SelectOptions options{.primary = target("fp8_e4m3")};
    const auto why = [&](TensorInfo tensor) {
        const Choice choice = chosen(tensor, options);
        EXPECT_EQ(choice.action, Action::kKeep) << tensor.name;
        EXPECT_EQ(choice.bytes_before, choice.bytes_after);
        return choice.why;
    };
    EXPECT_EQ(why({"a.bias", DType::kF32, {8}}), "bias");
    EXPECT_EQ(why({"a.scale", DType::kF32, {8, 8}}), "no weight of a layer");
    EXPECT_EQ(why({"a.weight", DType::kF32, {8}}), "a vector");
    EXPECT_EQ(why({"a.weight", DType::kF32, {}}), "a single number");
    EXPECT_NE(why({"a.weight", DType::kF32, {8, 8, 8}}).find("bank of experts"), std::string::npos);
    EXPECT_NE(why({"a.weight", DType::kF32, {8, 8, 3, 3}}).find("convolution over an area"),
              std::string::npos);
    EXPECT_NE(why({"a.weight", DType::kF32, {8, 8, 1, 3, 3}}).find("over a volume"), std::string::npos);
    EXPECT_EQ(why({"a.weight", DType::kI64, {8, 8}}), "i64 elements");
    EXPECT_EQ(why({"a.weight", DType::kF32, {0, 8}}), "it is empty");
    EXPECT_EQ(why({"a.weight", DType::kF32, {int64_t{1} << 40, int64_t{1} << 40}}),
              "its size is beyond any memory");
    EXPECT_EQ(chosen(weight("a.weight"), options).action, Action::kQuantize);
    TensorInfo quantized = weight("a.weight");
    quantized.quantized = true;
    EXPECT_EQ(chosen(quantized, options).action, Action::kQuantize);
}

TEST(Select, BytesAreThoseOfAllParts) {
    const Choice choice = chosen(weight("a.weight", 96, 64), {.primary = target("nvfp4")});
    ASSERT_EQ(choice.action, Action::kQuantize);
    const std::string_view text =
        R"({"format": "nvfp4", "group_size": 16, "orig_dtype": "torch.bfloat16", "orig_shape": [96, 64]})";
    EXPECT_EQ(choice.bytes_before, 96u * 64 * 2);
    EXPECT_EQ(choice.bytes_after,
              96u * 32 + 128 * 4 + 4 + text.size());  // codes, scales in whole tiles, one scale
    EXPECT_EQ(chosen(weight("a.weight"), {.primary = target("fp32")}).bytes_after, 256u * 256 * 4);
}

// Each line adds what comes before all the others.
TEST(Select, Precedence) {
    const std::vector<TensorInfo> tensors = {weight("shared.decoder.norm.weight", 250, 250),
                                             weight("encoder.x.weight")};
    SelectOptions options{.primary = target("nvfp4"), .heuristics = true};
    options.sensible_defaults = false;
    EXPECT_EQ(chosen(tensors, options)[0].why, "heuristics: 250 is no multiple of 16");
    options.sensible_defaults = true;
    EXPECT_EQ(chosen(tensors, options)[0].why, "norm");
    options.presets = {"mistral"};
    EXPECT_EQ(chosen(tensors, options)[0].why, "preset mistral: 'norm'");
    options.only = {"encoder"};
    EXPECT_EQ(chosen(tensors, options)[0].why, "not among the only ones asked for");
    options.exclude = {"norm"};
    EXPECT_EQ(chosen(tensors, options)[0].why, "excluded by 'norm'");
    options.rules = {{"decoder", target("fp8_e4m3")}};
    EXPECT_EQ(chosen(tensors, options)[0].action, Action::kQuantize);
    EXPECT_EQ(chosen(tensors, options)[0].why, "rule 'decoder'");
    options.presets = {"t5xxl"};
    EXPECT_EQ(chosen(tensors, options)[0].action, Action::kRemove);
    EXPECT_EQ(chosen(tensors, options)[0].bytes_after, 0u);
    EXPECT_EQ(chosen(tensors, options)[1].spec.scheme->name, "nvfp4");
}

TEST(Select, TheMostSpecificRuleDecides) {
    const std::vector<TensorInfo> tensors = {weight("blocks.0.attn.qkv.weight"),
                                             weight("blocks.1.attn.qkv.weight"),
                                             weight("blocks.1.mlp.weight")};
    SelectOptions options{.primary = target("nvfp4")};
    options.rules = {{R"(blocks\.\d+\.attn)", target("int8")},  // 12 letters
                     {"blocks", target("keep")},
                     {"qkv$", target("bf16")},
                     {"^blocks.1.mlp$", target("mxfp8")},
                     {R"(blocks\.\d\.mlp\.weight)", target("fp8_e5m2")}};
    const auto choices = chosen(tensors, options);
    EXPECT_EQ(choices[0].spec.scheme->name, "int8");
    EXPECT_EQ(choices[1].spec.scheme->name, "int8");
    EXPECT_EQ(choices[2].spec.scheme->name, "mxfp8");  // the layer's very name
    options.rules.push_back({"blocks.0.attn.qkv", target("fp32")});
    EXPECT_EQ(chosen(tensors, options)[0].action, Action::kCast);
    options.rules = {{"attn", target("keep")}, {R"(qkv\.)", target("int8")}, {"", target("fp8_e4m3")}};
    EXPECT_EQ(chosen(tensors, options)[0].action, Action::kKeep);  // as specific as the next, and before it
    EXPECT_EQ(chosen(tensors, options)[2].spec.scheme->name, "fp8_e4m3");  // no other rule decides
}

TEST(Select, WhatDoesNotFitFallsBack) {
    Target tiles = target("fp8_e4m3");
    tiles.spec.scaling = Scaling::kBlock;
    SelectOptions options{.primary = tiles};
    const TensorInfo odd = weight("a.weight", 200, 256);
    EXPECT_EQ(chosen(odd, options).why, "200 x 256 is no multiple of tiles of 128");
    EXPECT_EQ(chosen(odd, options).action, Action::kKeep);
    options.fallback = target("int8");
    EXPECT_EQ(chosen(odd, options).spec.scheme->name, "int8");
    EXPECT_EQ(chosen(odd, options).why, "200 x 256 is no multiple of tiles of 128; fallback");
    options.fallback = tiles;
    EXPECT_EQ(chosen(odd, options).action, Action::kKeep);
    options.fallback = target("fp16");
    EXPECT_EQ(chosen(odd, options).action, Action::kCast);
    EXPECT_EQ(chosen(odd, options).cast, DType::kF16);
    options.fallback = target("bf16");
    EXPECT_EQ(chosen(odd, options).why,
              "200 x 256 is no multiple of tiles of 128; fallback; it is bf16 already");
}

TEST(Select, RotationIsLeftOutWhereItDoesNotDivide) {
    Target rotated = target("int8");
    rotated.spec.rotation = 256;
    const Choice fits = chosen(weight("a.weight", 64, 512), {.primary = rotated});
    EXPECT_EQ(fits.spec.rotation, 256);
    EXPECT_EQ(fits.why, "");
    const Choice not_rotated = chosen(weight("a.weight", 64, 320), {.primary = rotated});
    EXPECT_EQ(not_rotated.action, Action::kQuantize);
    EXPECT_EQ(not_rotated.spec.rotation, 0);
    EXPECT_EQ(not_rotated.why, "not rotated: 320 columns are no multiple of 256");
    // Formats that are always rotated cannot do without.
    EXPECT_EQ(chosen(weight("a.weight", 64, 320), {.primary = target("convrot_w4a4")}).action, Action::kKeep);
}

TEST(Select, HeuristicBlocks) {
    const auto why = [](std::string_view format, int64_t rows, int64_t columns) {
        return chosen(weight("a.weight", rows, columns), {.primary = target(format), .heuristics = true}).why;
    };
    EXPECT_EQ(why("nvfp4", 16, 32), "");
    EXPECT_EQ(why("nvfp4", 8, 32), "heuristics: 8 is less than 16");
    EXPECT_EQ(why("mxfp8", 48, 64), "heuristics: 48 is no multiple of 32");
    EXPECT_EQ(why("int8", 64, 128), "heuristics: 64 is less than 128");
    EXPECT_EQ(why("fp8_e4m3", 64, 128), "");
    EXPECT_EQ(why("fp8_e4m3", 32, 128), "heuristics: 32 is less than 64");
}

// Names of FLUX, Z-Image, Wan, SDXL, T5, Llama, CLIP and timm.
TEST(Select, SensibleDefaults) {
    const SelectOptions options{.primary = target("nvfp4")};
    const auto action = [&](const char* name) { return chosen(weight(name), options).action; };
    for (const char* name : {"img_in.weight",
                             "model.diffusion_model.txt_in.weight",
                             "vector_in.in_layer.weight",
                             "time_in.in_layer.weight",
                             "guidance_in.out_layer.weight",
                             "final_layer.linear.weight",
                             "final_layer.adaLN_modulation.1.weight",
                             "x_embedder.weight",
                             "t_embedder.mlp.0.weight",
                             "cap_embedder.1.weight",
                             "head.head.weight",
                             "text_embedding.0.weight",
                             "time_projection.1.weight",
                             "time_embed.0.weight",
                             "label_emb.0.0.weight",
                             "shared.weight",
                             "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
                             "model.embed_tokens.weight",
                             "lm_head.weight",
                             "text_model.embeddings.position_embedding.weight",
                             "text_model.embeddings.token_embedding.weight",
                             "head.weight",
                             "head.fc.weight",
                             "proj_out.weight",
                             "norm_out.linear.weight",
                             "blocks.0.norm1.weight",
                             "time_text_embed.timestep_embedder.linear_1.weight",
                             "distilled_guidance_layer.layers.0.in_layer.weight",
                             "y_embedder.mlp.0.weight",
                             "context_embedder.weight",
                             "input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight"})
        EXPECT_EQ(action(name), Action::kKeep) << name;
    for (const char* name :
         {"double_blocks.0.img_attn.qkv.weight", "double_blocks.0.img_mod.lin.weight",
          "single_blocks.3.linear1.weight", "single_blocks.3.modulation.lin.weight",
          "single_transformer_blocks.0.proj_out.weight", "transformer_blocks.0.norm1.linear.weight",
          "layers.0.adaLN_modulation.0.weight", "input_blocks.4.1.proj_in.weight",
          "input_blocks.1.0.emb_layers.1.weight", "blocks.3.ffn.0.weight",
          "encoder.block.0.layer.1.DenseReluDense.wi_0.weight", "model.layers.0.self_attn.q_proj.weight",
          "model.layers.0.mlp.down_proj.weight", "encoder.layer.0.attention.output.dense.weight",
          "text_model.encoder.layers.0.mlp.fc1.weight", "blocks.0.attn.proj.weight",
          "transformer_blocks.1.attn2.to_k.weight"})
        EXPECT_EQ(action(name), Action::kQuantize) << name;
    // A format of the weight's own shape hides nothing from loaders.
    EXPECT_EQ(chosen(weight("transformer_blocks.0.attn2.to_k.weight"), {.primary = target("int8")}).action,
              Action::kQuantize);
}

TEST(Select, DefaultsFallBackOnlyToWhatLoadersRead) {
    const auto choice = [](const char* name, const char* fallback) {
        return chosen(weight(name), {.primary = target("nvfp4"), .fallback = target(fallback)});
    };
    EXPECT_EQ(choice("img_in.weight", "fp8_e4m3").action, Action::kQuantize);
    EXPECT_EQ(choice("img_in.weight", "convrot_w4a4").action, Action::kKeep);
    EXPECT_EQ(choice("img_in.weight", "convrot_w4a4").why,
              "input projection; fallback: convrot_w4a4 would change the sizes that loaders read");
    EXPECT_EQ(choice("shared.weight", "int8").action, Action::kQuantize);
    EXPECT_EQ(choice("shared.weight", "mxfp8").why,
              "embedding table; fallback: mxfp8 is no format for tables");
}

TEST(Select, CastsReachEveryFloat) {
    const std::vector<TensorInfo> tensors = {{"a.bias", DType::kF32, {8}},
                                             {"n.weight", DType::kF32, {8}},
                                             {"a.weight", DType::kF32, {8, 8}},
                                             {"ids", DType::kI64, {8}}};
    auto choices = chosen(tensors, {.primary = target("bf16"), .exclude = {"^n"}});
    EXPECT_EQ(choices[0].action, Action::kCast);
    EXPECT_EQ(choices[0].bytes_after, 16u);
    EXPECT_EQ(choices[1].why, "excluded by '^n'");
    EXPECT_EQ(choices[1].action, Action::kKeep);
    EXPECT_EQ(choices[2].action, Action::kCast);
    EXPECT_EQ(choices[3].action, Action::kKeep);
    choices = chosen(tensors, {.primary = target("keep"), .rules = {{"bias", target("fp16")}}});
    EXPECT_EQ(choices[0].cast, DType::kF16);
    EXPECT_EQ(choices[2].action, Action::kKeep);
}

TEST(Select, ErrorsNameWhatIsWrong) {
    const std::vector<TensorInfo> tensors = {
        weight("blocks.0.attn.qkv.weight"), weight("img_in.weight"), {"img_in.bias", DType::kF32, {8}}};
    const Target nvfp4 = target("nvfp4");
    EXPECT_NE(error_of(tensors, {.primary = nvfp4, .presets = {"flux9"}})
                  .find("no preset 'flux9'; there are gemma4, "),
              std::string::npos);
    EXPECT_EQ(error_of(tensors, {.primary = nvfp4, .exclude = {"atn.qkv"}}).substr(0, 90),
              "exclude 'atn.qkv' matches no tensor; the nearest names are 'blocks.0.attn.qkv.weight', 'im");
    EXPECT_NE(
        error_of(tensors, {.primary = nvfp4, .only = {"img_im"}}).find("nearest names are 'img_in.weight', "),
        std::string::npos);
    EXPECT_NE(
        error_of(tensors, {.primary = nvfp4, .exclude = {"(a"}}).find("exclude: pattern '(a', character 1"),
        std::string::npos);
    EXPECT_NE(error_of(tensors, {.primary = nvfp4, .exclude = {""}}).find("an empty pattern"),
              std::string::npos);
    EXPECT_EQ(
        error_of(tensors, {.primary = nvfp4, .rules = {{"in.bias", nvfp4}}}),
        "rule 'in.bias' asks for nvfp4, but matches no layer that could be quantised; 'img_in.bias' it matches: bias");
    EXPECT_EQ(error_of({}, {.primary = nvfp4, .exclude = {"a"}}),
              "exclude 'a' matches no tensor; the nearest names are none: there are no tensors");
    Target wrong = target("fp8_e4m3");
    wrong.spec.rotation = 256;
    EXPECT_EQ(error_of(tensors, {.primary = wrong}), "fp8_e4m3: only int8 scaled by row can be rotated");
    wrong = target("int8");
    wrong.spec.rotation = 512;
    EXPECT_EQ(error_of(tensors, {.primary = nvfp4, .fallback = wrong}),
              "fallback: int8: rotation groups are powers of 4 from 4 on, not 512");
    EXPECT_NE(error_of(tensors, {.primary = {}}).find("no format is given"), std::string::npos);
    EXPECT_NE(target_named("fp9").error().message.find("there is no format 'fp9'; there are fp8_e4m3, "),
              std::string::npos);
}

}  // namespace
}  // namespace lathe::quant
