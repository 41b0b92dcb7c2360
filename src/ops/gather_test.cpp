#include "ops/try_op.h"

namespace lathe::ops {
namespace {

TEST(Gather, PicksSlices) {
    // ONNX, Gather, the two examples of its documentation.
    const Tensor a = f32s({3, 2}, {1.0, 1.25, 2.25, 3.5, 4.5, 5.75});
    EXPECT_EQ(values_by("gather", {a, Tensor::of<int64_t>({2, 2}, {0, 1, 1, 2})}, "", {2, 2, 2}),
              (Doubles{1.0, 1.25, 2.25, 3.5, 2.25, 3.5, 4.5, 5.75}));
    const Tensor b = f32s({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
    EXPECT_EQ(values_by("gather", {b, Tensor::of<int64_t>({1, 2}, {0, 2})}, "axis=1", {3, 1, 2}),
              (Doubles{1, 3, 4, 6, 7, 9}));
    EXPECT_EQ(values_by("gather", {b, Tensor::scalar<int64_t>(-1)}, "", {3}), (Doubles{7, 8, 9}));
    const Tensor x = counting({2, 5, 3});
    const auto y =
        values_by("gather", {x, Tensor::of<int32_t>({2, 2}, {4, 0, -3, 1})}, "axis=-2", {2, 2, 2, 3});
    const int64_t picked[4] = {4, 0, 2, 1};
    for (int64_t i = 0; i < 2; ++i)
        for (int64_t j = 0; j < 4; ++j)
            for (int64_t k = 0; k < 3; ++k) EXPECT_EQ(y[(i * 4 + j) * 3 + k], (i * 5 + picked[j]) * 3 + k);
    EXPECT_NE(op_error("gather", {b, i64s({3})}).find("index 3 is outside [-3, 3)"), std::string::npos);
    EXPECT_EQ(shape_in("input x: f32[v, d]\ninput t: i64[b, n]\ny = gather(x, t)\noutput y"), "[b, n, d]");
}

TEST(Gather, ElementsAndTuples) {
    // ONNX, GatherElements and GatherND, the examples of their documentation.
    EXPECT_EQ(
        values_by("gather_elements", {f32s({2, 2}, {1, 2, 3, 4}), Tensor::of<int64_t>({2, 2}, {0, 0, 1, 0})},
                  "axis=1", {2, 2}),
        (Doubles{1, 1, 4, 3}));
    EXPECT_EQ(values_by("gather_elements",
                        {f32s({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}),
                         Tensor::of<int64_t>({2, 3}, {1, 2, 0, 2, 0, 0})},
                        "axis=0", {2, 3}),
              (Doubles{4, 8, 3, 7, 2, 3}));
    const Tensor square = f32s({2, 2}, {0, 1, 2, 3}), cube = counting({2, 2, 2});
    EXPECT_EQ(values_by("gather_nd", {square, Tensor::of<int64_t>({2, 2}, {0, 0, 1, 1})}, "", {2}),
              (Doubles{0, 3}));
    EXPECT_EQ(values_by("gather_nd", {square, Tensor::of<int64_t>({2, 1}, {1, 0})}, "", {2, 2}),
              (Doubles{2, 3, 0, 1}));
    EXPECT_EQ(values_by("gather_nd", {cube, Tensor::of<int64_t>({2, 2}, {0, 1, 1, 0})}, "", {2, 2}),
              (Doubles{2, 3, 4, 5}));
    EXPECT_EQ(values_by("gather_nd", {cube, Tensor::of<int64_t>({2, 1, 2}, {0, 1, 1, 0})}, "", {2, 1, 2}),
              (Doubles{2, 3, 4, 5}));
    EXPECT_EQ(values_by("gather_nd", {cube, Tensor::of<int64_t>({2, 1}, {1, 0})}, "batch_dims=1", {2, 2}),
              (Doubles{2, 3, 4, 5}));
    EXPECT_NE(op_error("gather_nd", {square, Tensor::of<int64_t>({1, 2}, {0, 2})}).find("index 2"),
              std::string::npos);
    EXPECT_NE(op_error("gather_nd", {square, Tensor::of<int64_t>({1, 3}, {0, 0, 0})}).find("3 numbers"),
              std::string::npos);
    EXPECT_NE(op_error("gather_elements", {square, i64s({0})}).find("ranks"), std::string::npos);
}

TEST(Gather, ByCondition) {
    const Tensor x = f32s({3, 2}, {1, 2, 3, 4, 5, 6}), c = Tensor::of<bool>({3}, {false, true, true});
    // ONNX, Compress, the examples of its documentation.
    EXPECT_EQ(values_by("compress", {x, c}, "axis=0", {2, 2}), (Doubles{3, 4, 5, 6}));
    EXPECT_EQ(values_by("compress", {x, Tensor::of<bool>({2}, {false, true})}, "axis=1", {3, 1}),
              (Doubles{2, 4, 6}));
    EXPECT_EQ(values_by("compress", {x, Tensor::of<bool>({5}, {false, true, false, false, true})}, "", {2}),
              (Doubles{2, 5}));
    EXPECT_NE(op_error("compress", {x, c}, "axis=1").find("3 values for 2"), std::string::npos);
    // NumPy: array(nonzero([[3, 0, 0], [0, 4, 0], [5, 6, 0]])).
    EXPECT_EQ(values_by("non_zero", {f32s({3, 3}, {3, 0, 0, 0, 4, 0, 5, 6, 0})}, "", {2, 4}),
              (Doubles{0, 1, 2, 2, 0, 1, 0, 1}));
    EXPECT_EQ(values_by("non_zero", {counting({1})}, "", {1, 0}), Doubles{});
}

TEST(Gather, OneHot) {
    const Tensor off_on = f32s({2}, {2, 5});
    EXPECT_EQ(values_by("one_hot", {i64s({0, 2, -1, 9}), i64s({3}), off_on}, "", {4, 3}),
              (Doubles{5, 2, 2, 2, 2, 5, 2, 2, 5, 2, 2, 2}));
    EXPECT_EQ(values_by("one_hot", {i64s({0, 2}), Tensor::scalar<int64_t>(3), off_on}, "axis=0", {3, 2}),
              (Doubles{5, 2, 2, 2, 2, 5}));
    EXPECT_EQ(shape_in("input x: i64[b, n]\nconst d: i64[] = [7]\nconst v: f32[2] = [0.0, 1.0]\n"
                       "y = one_hot(x, d, v, axis=1)\noutput y"),
              "[b, 7, n]");
    EXPECT_NE(op_error("one_hot", {i64s({0}), i64s({3}), f32s({3}, {0, 1, 2})}).find("off and on"),
              std::string::npos);
}

}  // namespace
}  // namespace lathe::ops
