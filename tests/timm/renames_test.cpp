// Checkpoints under the names that their authors gave the tensors are found and built.
#include <gtest/gtest.h>

#include <algorithm>

#include "zoo/nn/weights.h"
#include "zoo/timm/rename_rules.h"
#include "zoo/timm/renames.h"
#include "zoo/timm/timm.h"

namespace lathe::timm_test {
namespace {

using graph::Checkpoint;
using zoo::nn::Entry;
using zoo::timm::Rename;

// A checkpoint of the model with every tensor's name changed by `spell`, without counters.
Checkpoint spelled(const std::string& model, const std::function<std::string(std::string)>& spell,
                   int64_t classes = 1000) {
    const auto weights = zoo::nn::weights_by_rule();
    const auto built = zoo::timm::build(*zoo::timm::choose_model(model), *weights, {.num_classes = classes});
    EXPECT_TRUE(built) << (built ? "" : built.error().message);
    Checkpoint checkpoint{.format = "pytorch", .path = "m.pth"};
    if (!built) return checkpoint;
    for (const Entry& entry : built->entries)
        if (entry.dtype == DType::kF32)
            checkpoint.tensors.push_back({spell(entry.name), *weights->find(entry)});
    return checkpoint;
}

std::string replaced(std::string name, std::initializer_list<std::pair<std::string, std::string>> rules) {
    for (const auto& [from, to] : rules)
        for (size_t at = name.find(from); at != name.npos; at = name.find(from, at + to.size()))
            name.replace(at, from.size(), to);
    return name;
}

std::string model_of(const Checkpoint& checkpoint) {
    const auto graph = zoo::timm::build_timm(checkpoint, {});
    return graph ? graph->metadata.at("architecture") : graph.error().message;
}

TEST(TimmRenames, RulesReplaceCountAndDrop) {
    const Rename rules[] = {
        {"^a.#.b#", "x{0+1}.{1-1}"}, {"head.", "head.fc."}, {"^y#$", "z{0/2}"}, {"mask", "!"}};
    bool dropped = false;
    EXPECT_EQ(zoo::timm::renamed("a.9.b10.c", rules, dropped), "x10.9.c");
    EXPECT_EQ(zoo::timm::renamed("ha.9.b10.head.w", rules, dropped), "ha.9.b10.head.fc.w");
    EXPECT_EQ(zoo::timm::renamed("y7", rules, dropped), "z3");
    EXPECT_EQ(zoo::timm::renamed("y7.w", rules, dropped), "y7.w");
    EXPECT_FALSE(dropped);
    zoo::timm::renamed("a.mask", rules, dropped);
    EXPECT_TRUE(dropped);
}

TEST(TimmRenames, RulesAreWellFormed) {
    for (const zoo::timm::Spelling& spelling : zoo::timm::all_spellings()) {
        EXPECT_FALSE(spelling.trigger.empty());
        for (const Rename& rule : spelling.rules) {
            const auto numbers = std::ranges::count(rule.from, '#');
            for (size_t i = 0; i < rule.to.size(); ++i)
                if (rule.to[i] == '{') {
                    ASSERT_LT(i + 2, rule.to.size()) << rule.to;
                    EXPECT_LT(rule.to[i + 1] - '0', numbers) << rule.to;
                }
        }
    }
}

TEST(TimmRenames, TorchvisionsVgg) {
    Checkpoint checkpoint = spelled("vgg11", [](std::string name) {
        return replaced(std::move(name), {{"pre_logits.fc1", "classifier.0"},
                                          {"pre_logits.fc2", "classifier.3"},
                                          {"head.fc", "classifier.6"}});
    });
    for (auto& [name, tensor] : checkpoint.tensors)
        if (name.starts_with("classifier") && tensor.rank() == 4)
            tensor = tensor.reshaped({tensor.dim(0), tensor.count() / tensor.dim(0)});
    EXPECT_EQ(model_of(checkpoint), "vgg11");
}

TEST(TimmRenames, OpenAisClip) {
    Checkpoint checkpoint = spelled(
        "vit_base_patch32_clip_224",
        [](std::string name) {
            return "visual." + replaced(std::move(name), {{"patch_embed.proj", "conv1"},
                                                          {"pos_embed", "positional_embedding"},
                                                          {"norm_pre", "ln_pre"},
                                                          {"cls_token", "class_embedding"},
                                                          {"blocks.", "transformer.resblocks."},
                                                          {"norm1", "ln_1"},
                                                          {"norm2", "ln_2"},
                                                          {"attn.qkv.", "attn.in_proj_"},
                                                          {"attn.proj", "attn.out_proj"},
                                                          {"mlp.fc1", "mlp.c_fc"},
                                                          {"mlp.fc2", "mlp.c_proj"}});
        },
        512);
    std::erase_if(checkpoint.tensors, [](const auto& entry) { return entry.name == "visual.head.bias"; });
    for (auto& [name, tensor] : checkpoint.tensors) {
        if (name == "visual.norm.weight" || name == "visual.norm.bias")
            name = "visual.ln_post" + name.substr(11);
        if (name == "visual.class_embedding") tensor = tensor.reshaped({768});
        if (name == "visual.positional_embedding") tensor = tensor.reshaped({50, 768});
        if (name == "visual.head.weight") {
            name = "visual.proj";
            tensor = tensor.transposed(std::vector<int>{1, 0}).to_contiguous();
        }
    }
    checkpoint.tensors.push_back({"logit_scale", Tensor::scalar(1.0f)});
    const auto graph = zoo::timm::build_timm(checkpoint, {});
    ASSERT_TRUE(graph) << graph.error().message;
    EXPECT_TRUE(graph->metadata.at("architecture").starts_with("vit_base_patch32_clip"))
        << graph->metadata.at("architecture");
    EXPECT_EQ((*graph)[graph->outputs[0]].shape[1], graph::Dim(512));
}

TEST(TimmRenames, MetasDino) {
    const Checkpoint checkpoint =
        spelled("vit_small_patch14_dinov2", [](std::string name) { return name; }, 0);
    Checkpoint theirs = checkpoint;
    theirs.tensors.push_back({"mask_token", Tensor::filled(DType::kF32, {1, 384}, 0)});
    EXPECT_EQ(model_of(theirs), "vit_small_patch14_dinov2");
}

TEST(TimmRenames, DinoWithRegisters) {
    const auto spell = [](std::string name) {
        return replaced(std::move(name), {{"reg_token", "register_tokens"}});
    };
    Checkpoint theirs = spelled("vit_small_patch14_reg4_dinov2", spell, 0);
    // Their class token has a place, which timm adds to it.
    for (auto& [name, tensor] : theirs.tensors)
        if (name == "pos_embed") {
            std::vector<double> values(384, 0.5);
            const auto rest = tensor.to_doubles();
            values.insert(values.end(), rest.begin(), rest.end());
            tensor = tensor_from_doubles(DType::kF32, {1, tensor.dim(1) + 1, 384}, values);
        }
    theirs.tensors.push_back({"mask_token", Tensor::filled(DType::kF32, {1, 384}, 0)});
    const auto graph = zoo::timm::build_timm(theirs, {});
    ASSERT_TRUE(graph) << graph.error().message;
    EXPECT_EQ(graph->metadata.at("architecture"), "vit_small_patch14_reg4_dinov2");
    const auto token = graph->find("cls_token");
    ASSERT_NE(token, graph::kNoValue);
    const Entry entry{.name = "cls_token", .shape = {1, 1, 384}};
    const auto found = (*graph)[token].constant->to_doubles(),
               expected = zoo::nn::tensor_by_rule(entry, 1).to_doubles();
    for (size_t i = 0; i < found.size(); ++i) ASSERT_FLOAT_EQ(found[i], expected[i] + 0.5);
}

// "stages.1.blocks.2.x" as "NAME.N.x" for blocks that are numbered through.
std::string numbered_through(const std::string& key, const std::string& name,
                             const std::vector<int>& depths) {
    if (!key.starts_with("stages.")) return key;
    const int stage = key[7] - '0';
    const size_t block_at = std::string("stages.0.blocks.").size(), end = key.find('.', block_at);
    int number = std::stoi(key.substr(block_at, end - block_at));
    for (int i = 0; i < stage; ++i) number += depths[static_cast<size_t>(i)];
    return name + "." + std::to_string(number) + key.substr(end);
}

TEST(TimmRenames, BlocksNumberedThrough) {
    const auto mvit = [](std::string name) {
        name = replaced(std::move(name), {{"shortcut_proj_attn", "proj"}, {"head.fc", "head.projection"}});
        return numbered_through(name, "blocks", {1, 2, 5, 2});
    };
    EXPECT_EQ(model_of(spelled("mvitv2_tiny", mvit)), "mvitv2_tiny");
    const auto nextvit = [](std::string name) {
        name = replaced(std::move(name), {{"mlp.fc", "mlp.conv"}, {"head.fc", "proj_head.0"}});
        return numbered_through(name, "features", {3, 4, 10, 3});
    };
    EXPECT_EQ(model_of(spelled("nextvit_small", nextvit)), "nextvit_small");
}

TEST(TimmRenames, FastVit) {
    const auto spell = [](std::string name) {
        return replaced(std::move(name), {{"stages.0.blocks", "network.0"},
                                          {"stages.1.blocks", "network.2"},
                                          {"stages.2.blocks", "network.4"},
                                          {"stages.3.blocks", "network.7"},
                                          {"stages.1.downsample", "network.1"},
                                          {"stages.2.downsample", "network.3"},
                                          {"stages.3.downsample", "network.5"},
                                          {"stages.3.pos_emb.pos_enc", "network.6.pe"},
                                          {"stem.", "patch_embed."},
                                          {"conv_kxk", "rbr_conv"},
                                          {"conv_scale", "rbr_scale"},
                                          {"identity", "rbr_skip"},
                                          {"final_conv", "conv_exp"},
                                          {"large_conv", "lkb_origin"},
                                          {"mlp.", "convffn."},
                                          {"layer_scale.gamma", "layer_scale"},
                                          {"layer_scale_1.gamma", "layer_scale_1"},
                                          {"layer_scale_2.gamma", "layer_scale_2"},
                                          {"se.fc1", "se.reduce"},
                                          {"se.fc2", "se.expand"},
                                          {"head.fc", "head"}});
    };
    EXPECT_EQ(model_of(spelled("fastvit_sa12", spell)), "fastvit_sa12");
}

TEST(TimmRenames, GhostNetV3) {
    EXPECT_EQ(model_of(spelled("ghostnetv3_050",
                               [](std::string name) {
                                   const bool inner =
                                       name.find(".ghost") != name.npos || name.find(".dw_rpr_") != name.npos;
                                   return inner ? replaced(std::move(name), {{"bn1.", "bn."}}) : name;
                               })),
              "ghostnetv3_050");
}

TEST(TimmRenames, CsatV2) {
    const auto spell = [](std::string name) {
        if (name.starts_with("stages.")) {
            const int stage = name[7] - '0';
            const size_t end = name.find('.', 9);
            const int block = std::stoi(name.substr(9, end - 9));
            constexpr int kLast[] = {0, 3, 3, 9};  // where a stage's downsampling was numbered
            const bool down = stage > 0 && block == 0;
            name = format("stages{}.{}{}", down ? stage : stage + 1,
                          down        ? kLast[stage]
                          : stage > 0 ? block - 1
                                      : block,
                          name.substr(end));
        }
        return replaced(std::move(name), {{"stem_dct.", "dct."},
                                          {".conv_y.", ".Y_Conv."},
                                          {".conv_cb.", ".Cb_Conv."},
                                          {".conv_cr.", ".Cr_Conv."},
                                          {"grn.weight", "grn.gamma"},
                                          {"grn.bias", "grn.beta"},
                                          {".attn.attn.", ".attention.attention."},
                                          {"head.norm", "norm"},
                                          {"head.fc", "head"}});
    };
    EXPECT_EQ(model_of(spelled("csatv2", spell)), "csatv2");
}

}  // namespace
}  // namespace lathe::timm_test
