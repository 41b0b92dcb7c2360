#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "quant/select.h"

namespace lathe::quant {
namespace {

Result<std::vector<Rule>> parsed(std::string_view settings) {
    return parse_layer_config(*parse_json(format("{{\"attn\": {}}}", settings)));
}
LayerSpec configured(std::string_view settings) {
    const auto rules = parsed(settings);
    EXPECT_TRUE(rules.has_value()) << (rules ? "" : rules.error().message);
    return rules ? rules->front().target.spec : LayerSpec{.scheme = scheme_named("nvfp4")};
}
std::string error_of(std::string_view settings) {
    const auto rules = parsed(settings);
    return rules ? "" : rules.error().message;
}

// The labels that files have for what is asked by the same label.
TEST(LayerConfig, WhatIsAskedIsWhatIsWritten) {
    for (const char* name : {"float8_e4m3fn", "float8_e4m3fn_rowwise", "float8_e4m3fn_blockwise",
                             "float8_e5m2", "int8_blockwise", "int8_tensorwise", "nvfp4", "mxfp8",
                             "hybrid_mxfp8", "convrot_w4a4", "asym_w4a8_int8", "awq_w4a16"})
        EXPECT_EQ(format_name(configured(format("{{\"format\": \"{}\"}}", name))), name);
    EXPECT_EQ(configured(R"({"format": "int8_tensorwise"})").scaling, Scaling::kTensor);
    EXPECT_EQ(configured(R"({"format": "int8_tensorwise", "scaling_mode": "row"})").scaling, Scaling::kRow);
    EXPECT_EQ(configured(R"({"format": "int8"})").scaling, Scaling::kRow);
    EXPECT_EQ(configured(R"({"format": "fp8_e4m3", "scaling": "block", "block_size": 64})").block_size, 64);
    EXPECT_EQ(configured(R"({"format": "nvfp4", "block_size": 16, "scaling_mode": "block"})").scheme->name,
              "nvfp4");
    EXPECT_EQ(configured(R"({"format": "int8", "convrot": true})").rotation, 256);
    EXPECT_EQ(configured(R"({"format": "int8", "convrot": 64, "_shape": [8, 8]})").rotation, 64);
    EXPECT_EQ(configured(R"({"format": "nvfp4", "simple": true})").rounding, Rounding::kNearest);
    EXPECT_EQ(configured(R"({"format": "nvfp4", "rounding": "gptq"})").rounding, Rounding::kGptq);
    EXPECT_TRUE(
        configured(R"({"format": "mxfp8", "full_precision_matrix_mult": true})").full_precision_matmul);
    EXPECT_EQ(configured(R"({"format": "convrot_w4a4", "linear_dtype": "int8"})").linear_dtype, "int8");
    EXPECT_TRUE(parsed(R"({"skip": true})")->front().target.keep);
    EXPECT_TRUE(parsed(R"({"skip": true, "format": ""})")->front().target.keep);
    EXPECT_EQ(parsed(R"({"format": "bf16"})")->front().target.cast, DType::kBF16);
}

TEST(LayerConfig, ContradictionsNamePatternAndKey) {
    const auto says = [](std::string_view settings, std::string_view key, std::string_view what) {
        const std::string error = error_of(settings);
        EXPECT_EQ(error.find(format("layer config, pattern 'attn', key '{}': ", key)), 0u)
            << settings << ": " << error;
        EXPECT_NE(error.find(what), std::string::npos) << error;
    };
    says(R"({"format": "float8_e4m3fn", "scaling_mode": "row"})", "scaling_mode",
         "means scaling by tensor, not by row");
    says(R"({"format": "float8_e4m3fn_rowwise", "scaling": "block"})", "scaling", "means scaling by row");
    says(R"({"format": "int8_blockwise", "scaling_mode": "tensor"})", "scaling_mode",
         "means scaling by block");
    says(R"({"format": "nvfp4", "scaling": "row"})", "scaling", "has its own scaling");
    says(R"({"format": "fp8_e4m3", "scaling": "columns"})", "scaling", "there are tensor, row and block");
    says(R"({"format": "fp8_e4m3", "scaling": "row", "scaling_mode": "row"})", "scaling_mode", "keep one");
    says(R"({"format": "nvfp4", "block_size": 32})", "block_size", "has blocks of 16, not of 32");
    says(R"({"format": "int8_tensorwise", "block_size": 128})", "block_size", "has no blocks");
    says(R"({"format": "fp8_e4m3", "scaling": "block", "block_size": "128"})", "block_size",
         "not a whole number");
    says(R"({"format": "nvfp4", "simple": true, "rounding": "svd"})", "rounding", "contradicts");
    says(R"({"format": "nvfp4", "rounding": "up"})", "rounding", "there are nearest");
    says(R"({"format": "nvfp4", "input_scale": true})", "input_scale", "only fp8");
    says(R"({"format": "nvfp4", "linear_dtype": "int8"})", "linear_dtype", "only convrot_w4a4");
    says(R"({"format": "nvfp4", "skip": true})", "skip", "'nvfp4' is asked for as well");
    says(R"({"format": "bf16", "convrot": 64})", "convrot", "'bf16' has no such setting");
    says(R"({"format": ""})", "format", "it is empty");
    says(R"({})", "format", "it is missing");
    says(R"({"format": 8})", "format", "it is number, not a text");
    says(R"({"format": "fp9"})", "format", "float8_e4m3fn_rowwise");
    says(R"({"format": "nvfp4", "skip": 1})", "skip", "not true or false");
    says(R"({"format": "nvfp4", "speed": 1})", "speed", "there is no such setting");
    EXPECT_NE(
        error_of(R"({"format": "fp8_e4m3", "convrot": 64})").find("only int8 scaled by row can be rotated"),
        std::string::npos);
    EXPECT_NE(error_of(R"({"format": "fp8_e4m3", "scaling": "block", "block_size": 0})").find("not 0"),
              std::string::npos);
    EXPECT_NE(error_of(R"({"format": "convrot_w4a4", "convrot": false})").find("always rotated"),
              std::string::npos);
    EXPECT_NE(error_of("3").find("object of settings"), std::string::npos);
    EXPECT_FALSE(parse_layer_config(*parse_json("[]")).has_value());
    EXPECT_NE(parse_layer_config(*parse_json(R"({"(a": {"skip": true}})")).error().message.find("not closed"),
              std::string::npos);
}

TEST(LayerConfig, DefaultAndNotes) {
    const auto rules = parse_layer_config(
        *parse_json(R"({"_note": 3, "_default": {"format": "mxfp8"}, "a": {"skip": true}})"));
    ASSERT_TRUE(rules.has_value()) << rules.error().message;
    ASSERT_EQ(rules->size(), 2u);
    EXPECT_EQ((*rules)[0].pattern, "");
    EXPECT_EQ((*rules)[1].pattern, "a");
}

// What the template says is what is done: read back it gives the same choices, whatever else is asked for.
TEST(LayerConfig, TemplateGivesTheSameChoices) {
    std::vector<TensorInfo> tensors;
    for (const char* name :
         {"img_in", "blocks.1.mlp", "blocks.10.mlp", "x.blocks.1.mlp", "odd(1+)", "final_layer.linear"})
        for (const char* part : {".weight", ".bias"})
            tensors.push_back(
                {std::string(name) + part, DType::kF32, part[1] == 'w' ? Shape{256, 256} : Shape{256}});
    tensors.push_back({"small.weight", DType::kF32, {24, 24}});
    Target tiles = *target_named("int8"), rotated = *target_named("int8");
    tiles.spec.scaling = Scaling::kBlock;
    tiles.spec.block_size = 64;
    rotated.spec.rotation = 64;
    rotated.spec.full_precision_matmul = true;
    std::vector<SelectOptions> cases = {{.primary = tiles, .fallback = target_named("bf16").value()},
                                        {.primary = rotated, .exclude = {"blocks.1."}}};
    for (const Scheme& scheme : schemes()) cases.push_back({.primary = *target_named(scheme.name)});
    for (const SelectOptions& options : cases) {
        const auto first = select(tensors, options);
        ASSERT_TRUE(first.has_value()) << first.error().message;
        const Json json = layer_config_template(tensors, *first);
        EXPECT_EQ(json.size(), tensors.size() - 6);  // biases are no layers
        const auto rules = parse_layer_config(*parse_json(to_text(json, 1)));
        ASSERT_TRUE(rules.has_value()) << rules.error().message;
        const auto second = select(tensors, {.primary = *target_named("keep"), .rules = *rules});
        ASSERT_TRUE(second.has_value()) << second.error().message;
        for (size_t i = 0; i < tensors.size(); ++i) {
            const Choice &a = (*first)[i], &b = (*second)[i];
            EXPECT_EQ(a.action, b.action) << tensors[i].name;
            EXPECT_EQ(a.bytes_after, b.bytes_after);
            if (a.action != Action::kQuantize) continue;
            EXPECT_EQ(comfy_json(a.spec, {256, 256}, DType::kF32),
                      comfy_json(b.spec, {256, 256}, DType::kF32));
            EXPECT_EQ(a.spec.rounding, b.spec.rounding);
        }
    }
}

}  // namespace
}  // namespace lathe::quant
