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

}  // namespace
}  // namespace lathe::timm_test
