// What users choose when they export: channels, classes, normalisation, probabilities.
#include <gtest/gtest.h>

#include <cmath>

#include "reference.h"
#include "run/reference.h"
#include "zoo/timm/families.h"
#include "zoo/timm/timm.h"

namespace lathe::timm_test {
namespace {

constexpr int64_t kSize = 160, kPixels = kSize * kSize;

Tensor picture(int64_t channels) {
    const zoo::nn::UnitNoise noise("picture");
    TensorBuilder builder(DType::kF32, {2, channels, kSize, kSize});
    auto values = builder.values<float>();
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(noise(i) * 0.5 + 0.5);
    return builder.finish();
}

// Every value of `x` [2, C, H, W] changed by f(value, channel).
template <class F>
Tensor mapped(const Tensor& x, F f) {
    TensorBuilder builder(DType::kF32, x.shape());
    auto values = builder.values<float>();
    for (size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(f(static_cast<double>(x.values<float>()[i]),
                                         static_cast<size_t>(static_cast<int64_t>(i) / kPixels % x.dim(1))));
    return builder.finish();
}

std::vector<double> run(const zoo::timm::Options& options, const Tensor& x) {
    const auto weights = zoo::nn::weights_by_rule();
    const auto built = zoo::timm::build(*zoo::timm::choose_model("test_vit"), *weights, options);
    EXPECT_TRUE(built) << (built ? "" : built.error().message);
    if (!built) return {};
    const auto outputs = run::run_reference(built->graph, std::span(&x, 1));
    EXPECT_TRUE(outputs) << (outputs ? "" : outputs.error().message);
    return outputs ? (*outputs)[0].to_doubles() : std::vector<double>{};
}

void expect_near(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], tolerance) << i;
}

// Weights by rule have the shape that is asked for, so a grey model must be built from the coloured one's checkpoint.
std::vector<double> run_checkpoint(int64_t channels, const Tensor& x) {
    const auto weights = zoo::nn::weights_by_rule();
    const auto coloured = zoo::timm::build(*zoo::timm::choose_model("test_vit"), *weights, {});
    EXPECT_TRUE(coloured);
    graph::Checkpoint checkpoint{.format = "safetensors", .path = "test_vit.safetensors"};
    for (const auto& entry : coloured->entries)
        checkpoint.tensors.push_back({entry.name, *weights->find(entry)});
    const auto graph =
        zoo::timm::build_timm(checkpoint, {.model = "test_vit", .image = {.in_channels = channels}});
    EXPECT_TRUE(graph) << (graph ? "" : graph.error().message);
    const auto outputs = run::run_reference(*graph, std::span(&x, 1));
    EXPECT_TRUE(outputs) << (outputs ? "" : outputs.error().message);
    return outputs ? (*outputs)[0].to_doubles() : std::vector<double>{};
}

TEST(TimmOptions, AGreyPictureIsSeenAsThreeEqualColours) {
    const Tensor grey = picture(1);
    TensorBuilder builder(DType::kF32, {2, 3, kSize, kSize});
    auto values = builder.values<float>();
    for (int64_t i = 0; i < 2 * 3 * kPixels; ++i)
        values[static_cast<size_t>(i)] =
            grey.values<float>()[static_cast<size_t>(i / (3 * kPixels) * kPixels + i % kPixels)];
    expect_near(run_checkpoint(1, grey), run_checkpoint(3, builder.finish()), 1e-4);
}

TEST(TimmOptions, NormalisesInTheGraph) {
    const Tensor x = picture(3);
    const auto chosen = *zoo::timm::choose_model("test_vit");
    const auto& config = *chosen.tag.config;
    expect_near(run({.normalize = true}, x),
                run({}, mapped(x,
                               [&](double v, size_t c) {
                                   return (v - static_cast<double>(config.mean[c])) /
                                          static_cast<double>(config.std[c]);
                               })),
                1e-3);
    const std::vector<double> mean{0.1, 0.2, 0.3}, deviation{0.5};
    expect_near(run({.normalize = true, .mean = mean, .std = deviation}, x),
                run({}, mapped(x, [&](double v, size_t c) { return (v - mean[c]) / 0.5; })), 1e-3);
}

TEST(TimmOptions, GivesProbabilities) {
    const Tensor x = picture(3);
    const auto logits = run({}, x), probabilities = run({.softmax = true}, x);
    ASSERT_EQ(logits.size(), 2000u);
    ASSERT_EQ(probabilities.size(), logits.size());
    for (size_t row = 0; row < 2; ++row) {
        double total = 0;
        for (size_t i = 0; i < 1000; ++i) total += std::exp(logits[row * 1000 + i]);
        for (size_t i = 0; i < 1000; ++i)
            ASSERT_NEAR(probabilities[row * 1000 + i], std::exp(logits[row * 1000 + i]) / total, 1e-5);
    }
}

TEST(TimmOptions, DropsTheClassifier) {
    const Tensor x = picture(3);
    EXPECT_EQ(run({.num_classes = 0}, x).size(), 2u * 64);
    EXPECT_EQ(run({.num_classes = 7}, x).size(), 2u * 7);
    EXPECT_GT(run({.features = true}, x).size(), 2u * 64);
}

TEST(TimmOptions, EveryFamilyTakesThem) {
    for (const auto& family : zoo::timm::all_families()) {
        const auto* const model = smallest_of(family.name);
        if (model == nullptr) continue;
        const auto shape = [&](const zoo::timm::Options& options) -> graph::Dims {
            const auto weights = zoo::nn::hollow_weights();
            const auto built = zoo::timm::build(*zoo::timm::choose_model(model->name), *weights, options);
            EXPECT_TRUE(built) << (built ? "" : built.error().message);
            return built ? built->graph[built->graph.outputs[0]].shape : graph::Dims{};
        };
        const graph::Dims answer = shape({.num_classes = 7, .in_channels = 1});
        EXPECT_TRUE(answer.size() == 2 && answer[1] == graph::Dim(7)) << model->name;
        EXPECT_EQ(shape({.num_classes = 0}).size(), 2u) << model->name;
        // CrossViT has two sequences of features, and says so.
        if (family.name == "crossvit") continue;
        EXPECT_GT(shape({.features = true}).size(), 2u) << model->name;
    }
}

TEST(TimmOptions, RefusesWhatCannotBe) {
    const auto weights = zoo::nn::hollow_weights();
    const auto chosen = *zoo::timm::choose_model("test_vit");
    EXPECT_FALSE(zoo::timm::build(chosen, *weights, {.normalize = true, .std = std::vector<double>{0}}));
    EXPECT_FALSE(zoo::timm::build(chosen, *weights, {.normalize = true, .mean = std::vector<double>{0, 0}}));
    EXPECT_FALSE(zoo::timm::build(chosen, *weights, {.input_size = {{0, 224}}}));
}

}  // namespace
}  // namespace lathe::timm_test
