// Pictures through a model whose answer can be told: the mean of each colour, made a class.
#include "pipeline/image_inputs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "formats/onnx/write.h"
#include "graph/builder.h"
#include "ops/ops.h"
#include "pipeline/run_images.h"
#include "wire/test_folder.h"

namespace lathe::pipeline {
namespace {

using graph::Dim;
using graph::Dims;

// logits [N, 3] = mean over the picture
graph::Graph colour_means(const Dims& shape) {
    graph::Builder b(ops::find_op, "means");
    const auto x = b.input("x", DType::kF32, shape);
    b.output("y", b.add("reduce_mean", {x, b.constant("axes", Tensor::of<int64_t>({2}, {2, 3}))},
                        {{"keepdims", false}}));
    auto graph = b.finish();
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    return graph ? *graph : graph::Graph{};
}

// A BMP of 24 bits in one colour.
std::string flat_bmp(int width, int height, int red, int green, int blue) {
    std::string bytes = "BM";
    const auto put = [&](int value, int count) {
        for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
    };
    for (const int value : {0, 0, 54, 40, width, height}) put(value, 4);
    put(1, 2);
    put(24, 2);
    for (int i = 0; i < 6; ++i) put(0, 4);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x)
            for (const int value : {blue, green, red}) put(value, 1);
        for (int x = width * 3; x % 4 != 0; ++x) put(0, 1);
    }
    return bytes;
}

TEST(TopClasses, AreTheSoftmaxInOrder) {
    const std::vector<double> logits{1000, 1002, 1001, 1002};
    const auto top = top_classes(logits, 3, false);
    ASSERT_EQ(top.size(), 3u);
    EXPECT_EQ(top[0].index, 1);
    EXPECT_EQ(top[1].index, 3);
    EXPECT_EQ(top[2].index, 2);
    const double total = 2 + std::exp(-1) + std::exp(-2);
    EXPECT_NEAR(top[0].probability, 1 / total, 1e-12);
    EXPECT_NEAR(top[2].probability, std::exp(-1) / total, 1e-12);
    EXPECT_EQ(top_classes(std::vector{0.25, 0.75}, 9, true)[0].probability, 0.75);
    EXPECT_TRUE(top_classes({}, 5, false).empty());
}

TEST(ImageInput, TakesWhatTheGraphSaysThenTheCallerThenTimm) {
    graph::Graph graph = colour_means({Dim::symbol("batch"), 3, Dim::symbol("h"), Dim::symbol("w")});
    auto input = image_input(graph, {});
    ASSERT_TRUE(input.has_value()) << input.error().message;
    EXPECT_EQ(input->how.height, 224);
    EXPECT_EQ(input->how.crop_pct, 0.875);
    EXPECT_EQ(input->assumed.size(), 6u);
    graph.metadata = {{"image.size", "3 288 256"}, {"image.mean", "0.5 0.25 0.125"},
                      {"image.std", "0.5"},        {"image.interpolation", "bilinear"},
                      {"image.crop_pct", "0.95"},  {"image.crop_mode", "squash"}};
    input = image_input(graph, {});
    ASSERT_TRUE(input.has_value());
    EXPECT_TRUE(input->assumed.empty());
    EXPECT_EQ(input->how.height, 288);
    EXPECT_EQ(input->how.width, 256);
    EXPECT_EQ(input->how.mean[2], 0.125);
    EXPECT_EQ(input->how.std[2], 0.5);
    EXPECT_EQ(input->how.interpolation, image::Interpolation::kBilinear);
    EXPECT_EQ(input->how.crop_mode, image::CropMode::kSquash);
    input = image_input(graph, {.input_size = {{3, 64, 32}}, .crop_pct = 1.0});
    ASSERT_TRUE(input.has_value());
    EXPECT_EQ(input->how.width, 32);
    EXPECT_EQ(input->how.crop_pct, 1.0);
}

TEST(ImageInput, RefusesContradictions) {
    const graph::Graph graph = colour_means({1, 3, 16, 16});
    EXPECT_FALSE(image_input(graph, {.input_size = {{3, 32, 32}}}).has_value());
    EXPECT_FALSE(image_input(graph, {.input_size = {{1, 16, 16}}}).has_value());
    EXPECT_FALSE(image_input(graph, {.interpolation = "cubic"}).has_value());
    EXPECT_FALSE(image_input(graph, {.std = {{0.0}}}).has_value());
    EXPECT_FALSE(image_input(graph, {.mean = {{0.5, 0.5}}}).has_value());
    EXPECT_FALSE(image_input(colour_means({1, 5, 16, 16}), {}).has_value());
}

class RunImages : public testing::Test {
protected:
    std::string model(const Dims& shape) {
        const std::string path = folder_.file("means.onnx");
        const auto written = formats::onnx::write(colour_means(shape), path);
        EXPECT_TRUE(written.has_value()) << written.error().message;
        return path;
    }
    std::string picture(const std::string& name, int red, int green, int blue) {
        return folder_.write(name, as_bytes(flat_bmp(20, 30, red, green, blue)));
    }
    TestFolder folder_;
    ThreadPool pool_{2};
};

// A fixed batch of two and three pictures, one of them broken: the last batch is filled up.
TEST_F(RunImages, GivesEveryPictureItsClass) {
    const std::string path = model({2, 3, 16, 16});
    const std::string labels = folder_.write("labels.txt", as_bytes("red\ngreen\nblue\n"));
    RunImagesOptions options{.labels = labels, .top = 2};
    options.pictures = {picture("a.bmp", 255, 51, 0), folder_.write("b.bmp", as_bytes("BMx")),
                        picture("c.bmp", 0, 51, 255), picture("d.bmp", 0, 255, 0)};
    options.choices = {.mean = {{0.0}}, .std = {{0.5, 0.5, 0.5}}};
    const auto report = run_images(path, options, pool_, {});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    ASSERT_EQ(report->pictures.size(), 3u);
    EXPECT_EQ(report->unreadable.size(), 1u);
    EXPECT_EQ(report->pictures[0].top[0].index, 0);
    EXPECT_EQ(report->pictures[1].top[0].index, 2);
    EXPECT_EQ(report->pictures[2].top[0].index, 1);
    // logits 2, 0.4, 0
    EXPECT_NEAR(report->pictures[0].top[1].probability, std::exp(0.4) / (std::exp(2.0) + std::exp(0.4) + 1),
                1e-6);
    EXPECT_EQ(report->outputs[0].second.shape(), (Shape{3, 3}));
    const std::string text = to_text(*report);
    EXPECT_NE(text.find("blue (2)"), std::string::npos) << text;
    EXPECT_NE(text.find("left out: " + options.pictures[1]), std::string::npos) << text;
    EXPECT_EQ(to_json(*report)["images"][2]["top"][0]["label"], "green");
}

TEST_F(RunImages, NamesWhatDoesNotFit) {
    const std::string path = model({Dim::symbol("n"), 3, 16, 16});
    RunImagesOptions options;
    options.pictures = {picture("a.bmp", 1, 2, 3)};
    options.labels = "imagenet";
    auto report = run_images(path, options, pool_, {});
    ASSERT_FALSE(report.has_value());
    EXPECT_NE(report.error().message.find("not for 3"), std::string::npos) << report.error().message;
    options.labels.clear();
    options.pictures = {folder_.file("missing.png")};
    EXPECT_FALSE(run_images(path, options, pool_, {}).has_value());
    options.pictures = {folder_.write("text.jpg", as_bytes("not a picture"))};
    report = run_images(path, options, pool_, {});
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().message.find(options.pictures[0]), 0u) << report.error().message;
}

}  // namespace
}  // namespace lathe::pipeline
