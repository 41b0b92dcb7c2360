#include "game/symmetry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace lathe::game {
namespace {

Tensor numbered(int64_t height, int64_t width) {
    TensorBuilder builder(DType::kF32, {2, height, width});
    const auto values = builder.values<float>();
    std::iota(values.begin(), values.end(), 0.0f);
    return builder.finish();
}

std::vector<float> values_of(const Tensor& tensor) {
    const auto values = tensor.values<float>();
    return {values.begin(), values.end()};
}

TEST(Symmetry, FlipsBeforeItTransposes) {
    // 0 1 2 / 3 4 5 / 6 7 8
    const Tensor planes = numbered(3, 3);
    const std::vector<std::vector<float>> expected = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8}, {6, 7, 8, 3, 4, 5, 0, 1, 2}, {2, 1, 0, 5, 4, 3, 8, 7, 6},
        {8, 7, 6, 5, 4, 3, 2, 1, 0}, {0, 3, 6, 1, 4, 7, 2, 5, 8}, {6, 3, 0, 7, 4, 1, 8, 5, 2},
        {2, 5, 8, 1, 4, 7, 0, 3, 6}, {8, 5, 2, 7, 4, 1, 6, 3, 0}};
    for (int symmetry = 0; symmetry < kSymmetries; ++symmetry) {
        const std::vector<float> found = values_of(*apply_symmetry(planes, symmetry));
        EXPECT_EQ(std::vector<float>(found.begin(), found.begin() + 9),
                  expected[static_cast<size_t>(symmetry)]);
        EXPECT_EQ(found[9], found[0] + 9);  // the second plane goes the same way
    }
}

TEST(Symmetry, InversesAndCompositionsHold) {
    const Tensor planes = numbered(5, 5);
    for (int first = 0; first < kSymmetries; ++first) {
        const Tensor turned = *apply_symmetry(planes, first);
        EXPECT_EQ(values_of(*apply_symmetry(turned, inverse_symmetry(first))), values_of(planes));
        for (int then = 0; then < kSymmetries; ++then) {
            EXPECT_EQ(values_of(*apply_symmetry(turned, then)),
                      values_of(*apply_symmetry(planes, compose_symmetries(first, then))));
        }
    }
}

TEST(Symmetry, TransposingNeedsASquare) {
    const Tensor planes = numbered(2, 3);
    EXPECT_EQ(values_of(*apply_symmetry(planes, 3))[0], 5.0f);
    EXPECT_EQ(apply_symmetry(planes, 4).error().message,
              "symmetry 4 transposes, but the planes are 3x2; symmetries 0 to 3 are possible");
    EXPECT_EQ(apply_symmetry(planes, 8).error().message, "symmetry 8, expected 0 to 7");
    EXPECT_FALSE(apply_symmetry(planes.to(DType::kF64), 1).has_value());
}

// Turning the game and turning its features is the same, ladders and all.
TEST(Symmetry, FeaturesOfATurnedGameAreTurnedFeatures) {
    const char* const moves[] = {"cc", "dc", "cd", "dd", "ec", "cb", "bc",
                                 "ed", "fd", "fe", "gd", "db", "eb", "ea"};
    for (int symmetry = 0; symmetry < kSymmetries; ++symmetry) {
        History upright(Board(9, 9), Color::kBlack, *parse_rules("chinese"));
        History turned = upright;
        for (const char* move : moves) {
            int x = move[0] - 'a';
            int y = move[1] - 'a';
            upright.play(upright.board().at(x, y), upright.to_move());
            if ((symmetry & 1) != 0) y = 8 - y;
            if ((symmetry & 2) != 0) x = 8 - x;
            if ((symmetry & 4) != 0) std::swap(x, y);
            turned.play(turned.board().at(x, y), turned.to_move());
        }
        const Features expected = *apply_symmetry(*make_features(upright, 9, 9), symmetry);
        const Features found = *make_features(turned, 9, 9);
        EXPECT_EQ(values_of(found.spatial), values_of(expected.spatial)) << symmetry;
        EXPECT_EQ(values_of(found.global), values_of(expected.global));
    }
}

}  // namespace
}  // namespace lathe::game
