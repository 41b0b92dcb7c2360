// Tensors tell which model they are, also inside the wrappers of training programs and with other classifiers.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "glob.h"
#include "reference.h"
#include "zoo/timm/detect.h"
#include "zoo/timm/families.h"
#include "zoo/timm/timm.h"

namespace lathe::timm_test {
namespace {

using graph::Checkpoint;
using graph::NamedTensor;
using zoo::nn::Entry;

Tensor hollow(const Entry& entry) { return *zoo::nn::hollow_weights()->find(entry); }

// A checkpoint of vgg11 with weights by rule. `prefix` is put in front of every name.
Checkpoint vgg(const std::string& prefix, int64_t classes = 1000, int64_t channels = 3) {
    const auto weights = zoo::nn::hollow_weights();
    const auto built = zoo::timm::build(*zoo::timm::choose_model("vgg11"), *weights,
                                        {.num_classes = classes, .in_channels = channels});
    Checkpoint checkpoint{.format = "pytorch", .path = "m.pth"};
    for (const Entry& entry : built->entries)
        checkpoint.tensors.push_back({prefix + entry.name, hollow(entry)});
    return checkpoint;
}

TEST(TimmDetection, EveryNameIsAmongTheExactMatchesOfItsTensors) {
    if (!have_reference()) GTEST_SKIP() << "needs ../shared";
    int first = 0, total = 0;
    ASSERT_TRUE(for_each_name([&](const Json& line) {
        const std::string name = line["model"], family = line["family"];
        if (!chosen_by_environment(name, family)) return;
        zoo::timm::State state{.hint = {}};
        for (const Entry& entry : entries_of(line["state"]))
            state.tensors.push_back({entry.name, hollow(entry)});
        const auto matches = zoo::timm::detect(state);
        ++total;
        if (!matches.empty() && matches[0].model->name == name) ++first;
        const bool found = std::ranges::any_of(
            matches, [&](const auto& match) { return match.model->name == name && match.exact(); });
        EXPECT_TRUE(found) << name;
    }));
    std::cout << first << " of " << total << " names are the first match of their tensors\n";
}

TEST(TimmDetection, LooksInsideWrappers) {
    for (const char* prefix :
         {"", "module.", "state_dict.", "state_dict.module.", "model._orig_mod.", "model_ema."}) {
        const Checkpoint checkpoint = vgg(prefix);
        EXPECT_EQ(zoo::timm::detect_timm(checkpoint), zoo::Certainty::kCertain) << prefix;
        EXPECT_TRUE(zoo::timm::build_timm(checkpoint, {})) << prefix;
    }
}

TEST(TimmDetection, PrefersAveragedWeights) {
    Checkpoint both = vgg("state_dict.");
    for (NamedTensor& entry : vgg("state_dict_ema.", 7).tensors) both.tensors.push_back(entry);
    const auto graph = zoo::timm::build_timm(both, {});
    ASSERT_TRUE(graph) << graph.error().message;
    EXPECT_EQ((*graph)[graph->outputs[0]].shape[1], graph::Dim(7));
}

TEST(TimmDetection, TakesTheCheckpointsClassesAndChannels) {
    const auto graph = zoo::timm::build_timm(vgg("", 10, 1), {});
    ASSERT_TRUE(graph) << graph.error().message;
    EXPECT_EQ((*graph)[graph->outputs[0]].shape[1], graph::Dim(10));
    EXPECT_EQ((*graph)[graph->inputs[0]].shape[1], graph::Dim(1));
    const auto folded = zoo::timm::build_timm(vgg(""), {.image = {.in_channels = 1}});
    ASSERT_TRUE(folded) << folded.error().message;
    EXPECT_FALSE(zoo::timm::build_timm(vgg("", 10), {.image = {.num_classes = 12}}));
}

TEST(TimmDetection, NamesWhatIsMissingExtraOrOfAnotherShape) {
    Checkpoint checkpoint = vgg("");
    std::erase_if(checkpoint.tensors,
                  [](const NamedTensor& entry) { return entry.name == "features.0.bias"; });
    checkpoint.tensors.push_back({"decoder.weight", Tensor::filled(DType::kF32, {3}, 0)});
    checkpoint.tensors[0].tensor = Tensor::filled(DType::kF32, {64, 3, 5, 5}, 0);
    const auto graph = zoo::timm::build_timm(checkpoint, {.model = "vgg11"});
    ASSERT_FALSE(graph);
    EXPECT_NE(graph.error().message.find("features.0.bias [64]"), std::string::npos) << graph.error().message;
    EXPECT_NE(graph.error().message.find("features.0.weight is [64, 3, 5, 5], expected [64, 3, 3, 3]"),
              std::string::npos)
        << graph.error().message;
    EXPECT_NE(graph.error().message.find("not expected: decoder.weight"), std::string::npos)
        << graph.error().message;
    const auto guessed = zoo::timm::build_timm(checkpoint, {});
    ASSERT_FALSE(guessed);
    EXPECT_NE(guessed.error().message.find("vgg11"), std::string::npos) << guessed.error().message;
    Checkpoint extra = vgg("");
    extra.tensors.push_back({"decoder.weight", Tensor::filled(DType::kF32, {3}, 0)});
    const auto with_extra = zoo::timm::build_timm(extra, {.model = "vgg11"});
    ASSERT_FALSE(with_extra);
    EXPECT_NE(with_extra.error().message.find("decoder.weight"), std::string::npos)
        << with_extra.error().message;
}

TEST(TimmDetection, OtherTensorsAreNoModel) {
    Checkpoint checkpoint{.format = "npz", .path = "x.npz"};
    checkpoint.tensors.push_back({"x", Tensor::filled(DType::kF32, {3}, 0)});
    EXPECT_EQ(zoo::timm::detect_timm(checkpoint), zoo::Certainty::kNo);
    EXPECT_EQ(zoo::timm::detect_timm({}), zoo::Certainty::kNo);
}

}  // namespace
}  // namespace lathe::timm_test
