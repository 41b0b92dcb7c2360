// Position embeddings resampled for other image sizes, against Pillow's resize of float images, whose bicubic filter is the
// one that timm asks of PyTorch (antialiased, a = -0.5).
#include <gtest/gtest.h>

#include "zoo/nn/pos_embed.h"

namespace lathe::timm_test {
namespace {

using zoo::nn::Size2;

// (7 x + 13 y) mod 11 - 3, 4 rows of 5.
Tensor table() {
    std::vector<float> values;
    for (int y = 0; y < 4; ++y)
        for (int x = 0; x < 5; ++x) values.push_back(static_cast<float>((7 * x + 13 * y) % 11 - 3));
    return Tensor::of<float>({1, 4, 5, 1}, std::span<const float>(values));
}

void expect_table(const Tensor& found, const std::vector<double>& expected) {
    const std::vector<double> values = found.to_doubles();
    ASSERT_EQ(values.size(), expected.size());
    for (size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], expected[i], 2e-5) << i;
}

TEST(PositionEmbeddings, ShrinkAsPillowResizes) {
    expect_table(zoo::nn::resample_bicubic(table(), {2, 3}),
                 {0.766561, 2.17799, 3.53789, 0.490782, 2.42581, 1.85092});
}

// Image.fromarray(table, "F").resize((9, 7), Image.BICUBIC), the first two and the last row.
TEST(PositionEmbeddings, GrowAsPillowResizes) {
    const Tensor grown = zoo::nn::resample_bicubic(table(), {7, 9});
    ASSERT_EQ(grown.shape(), (Shape{1, 7, 9, 1}));
    const std::vector<double> all = grown.to_doubles();
    expect_table(Tensor::of<double>({18}, std::span<const double>(all.data(), 18)),
                 {-3.72842, -1.08969, 3.47163, 2.16658, -0.158654, 4.43772, 7.67872, 4.45698, 2.44474,
                  -3.07621, -0.272948, 4.5637, 3.35106, 0.527745, 2.42514, 4.31302, 3.84142, 3.47261});
    expect_table(Tensor::of<double>({9}, std::span<const double>(all.data() + 54, 9)),
                 {3.48424, 1.81383, -0.835889, 2.11887, 6.15865, 4.59985, 1.60512, -1.50771, -3.11055});
}

// Class and register tokens keep their rows; a table of a square grid is what is expected.
TEST(PositionEmbeddings, PrefixTokensStay) {
    std::vector<float> values(2 + 16);
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i < 2 ? 100 + i : 3);
    const Tensor found = Tensor::of<float>({1, 18, 1}, std::span<const float>(values));
    const auto resampled = zoo::nn::resample_abs_pos_embed(found, {2, 5}, 2);
    ASSERT_TRUE(resampled) << resampled.error().message;
    expect_table(*resampled, {100, 101, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3});
    EXPECT_FALSE(zoo::nn::resample_abs_pos_embed(found, {2, 5}, 1));
}

// Halfway between two rows of a table twice as long lie their means: interpolate(mode="linear") of 4 numbers to 2.
TEST(PositionEmbeddings, TablesOfOneAxisAreLinear) {
    expect_table(zoo::nn::resample_linear(Tensor::of<float>({4, 1}, {1, 3, 10, 20}), 2), {2, 15});
    expect_table(zoo::nn::resample_linear(Tensor::of<float>({2, 1}, {0, 4}), 4), {0, 1, 3, 4});
}

}  // namespace
}  // namespace lathe::timm_test
