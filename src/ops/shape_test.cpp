#include "ops/try_op.h"

namespace lathe::ops {
namespace {

TEST(Shape, ReshapeFillsInSizes) {
    const Tensor x = counting({2, 3, 4});
    const Doubles same = x.to_doubles();
    EXPECT_EQ(values_by("reshape", {x}, "shape=[4, 6]", {4, 6}), same);
    EXPECT_EQ(values_by("reshape", {x}, "shape=[0, -1]", {2, 12}), same);
    EXPECT_EQ(values_by("reshape", {x}, "shape=[-1, 0]", {8, 3}),
              same);  // ONNX: 0 copies the size at the same axis
    EXPECT_EQ(values_by("reshape", {x, i64s({2, 0, 1, -1})}, "", {2, 3, 1, 4}), same);
    EXPECT_EQ(values_by("reshape", {counting({0, 3, 4}), i64s({3, 4, 0})}, "allowzero=true", {3, 4, 0}),
              Doubles{});
    EXPECT_EQ(values_by("flatten", {x}, "axis=-1", {6, 4}), same);
    EXPECT_EQ(values_by("flatten", {x}, "axis=0", {1, 24}), same);
    EXPECT_EQ(values_by("flatten", {x}, "axis=3", {24, 1}), same);
    EXPECT_EQ(
        op_error("reshape", {x}, "shape=[5, -1]"),
        "node 'node' (reshape): 24 elements of [2, 3, 4] do not fit the shape [5, 1] with one size free");
    EXPECT_NE(op_error("reshape", {x}, "shape=[-1, -1]").find("-1 twice"), std::string::npos);
    EXPECT_NE(op_error("reshape", {x}, "shape=[2, 3, 4, 0]").find("no axis 3"), std::string::npos);
    EXPECT_NE(op_error("reshape", {x}, "shape=[24, -2]").find("the size -2"), std::string::npos);
    // Shape given at run time only.
    const auto late = try_op("reshape", {x, i64s({6, -1})}, "", 1, false);
    ASSERT_TRUE(late.has_value()) << late.error().message;
    EXPECT_EQ((*late)[0].shape(), (Shape{6, 4}));
}

TEST(Shape, ReshapeOfSymbols) {
    const auto to = [](std::string_view shape) {
        return shape_in("input x: f32[b, 6, h, w]\ny = reshape(x, shape=" + std::string(shape) +
                        ")\noutput y");
    };
    EXPECT_EQ(to("[0, 6, -1]"), "[b, 6, h*w]");
    EXPECT_EQ(to("[0, 2, 3, -1]"), "[b, 2, 3, h*w]");
    EXPECT_EQ(to("[b, -1, 2*h]"), "[b, 3*w, 2*h]");
    EXPECT_EQ(to("[-1, 4]"), "[floordiv(6*b*h*w, 4), 4]");
}

TEST(Shape, SqueezeAndUnsqueeze) {
    const Tensor x = counting({1, 3, 1, 2});
    EXPECT_EQ(values_by("squeeze", {x}, "", {3, 2}).size(), 6u);
    EXPECT_EQ(values_by("squeeze", {x}, "axes=[-2]", {1, 3, 2}).size(), 6u);
    EXPECT_EQ(values_by("squeeze", {x, i64s({0, 2})}, "", {3, 2}).size(), 6u);
    EXPECT_EQ(values_by("unsqueeze", {counting({3, 4, 5})}, "axes=[5, 4, 2]", {3, 4, 1, 5, 1, 1}).size(),
              60u);  // ONNX: unsorted axes
    EXPECT_EQ(values_by("unsqueeze", {counting({3, 2}), i64s({-2})}, "", {3, 1, 2}).size(), 6u);
    EXPECT_NE(op_error("squeeze", {x}, "axes=[1]").find("axis 1"), std::string::npos);
    EXPECT_NE(op_error("unsqueeze", {x}, "axes=[0, 0]").find("twice"), std::string::npos);
    EXPECT_NE(op_error("unsqueeze", {x}, "axes=[5]").find("outside"), std::string::npos);
}

TEST(Shape, TransposeMovesEveryElement) {
    const int64_t n[3] = {2, 3, 5};
    const Tensor x = counting({2, 3, 5});
    for (const std::vector<int>& perm :
         {std::vector<int>{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
        const auto y = values_by("transpose", {x}, format("perm=[{}, {}, {}]", perm[0], perm[1], perm[2]));
        ASSERT_EQ(y.size(), 30u);
        for (int64_t i = 0; i < 2; ++i)
            for (int64_t j = 0; j < 3; ++j)
                for (int64_t k = 0; k < 5; ++k) {
                    const int64_t at[3] = {i, j, k};
                    EXPECT_EQ(y[(at[perm[0]] * n[perm[1]] + at[perm[1]]) * n[perm[2]] + at[perm[2]]],
                              (i * 3 + j) * 5 + k);
                }
    }
    EXPECT_EQ(values_by("transpose", {counting({2, 3}, DType::kF16)}, "", {3, 2}),
              (Doubles{0, 3, 1, 4, 2, 5}));
    EXPECT_EQ(values_by("transpose", {counting({2, 3}, DType::kI8)}, "", {3, 2}),
              (Doubles{0, 3, 1, 4, 2, 5}));
    EXPECT_EQ(values_by("transpose", {counting({2, 3}, DType::kF64)}, "", {3, 2}),
              (Doubles{0, 3, 1, 4, 2, 5}));
    EXPECT_NE(op_error("transpose", {x}, "perm=[0, 1]").find("2 axes of 3"), std::string::npos);
    EXPECT_NE(op_error("transpose", {counting({2, 3}, DType::kI4)}).find("does not take i4"),
              std::string::npos);
}

TEST(Shape, ExpandAndTileRepeat) {
    EXPECT_EQ(values_by("expand", {counting({3, 1})}, "shape=[2, 1, 2]", {2, 3, 2}),
              (Doubles{0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2}));
    EXPECT_EQ(values_by("expand", {counting({3, 1}), i64s({3, 4})}, "", {3, 4}),
              (Doubles{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2}));
    EXPECT_EQ(values_by("expand", {counting({2})}, "shape=[1]", {2}), (Doubles{0, 1}));
    EXPECT_NE(op_error("expand", {counting({3})}, "shape=[2]").find("do not broadcast"), std::string::npos);
    // ONNX, Tile, example "tile_precomputed".
    EXPECT_EQ(values_by("tile", {f32s({2, 2}, {0, 1, 2, 3}), i64s({2, 2})}, "", {4, 4}),
              (Doubles{0, 1, 0, 1, 2, 3, 2, 3, 0, 1, 0, 1, 2, 3, 2, 3}));
    EXPECT_NE(op_error("tile", {counting({3})}, "repeats=[2, 2]").find("2 numbers for 1 axes"),
              std::string::npos);
    EXPECT_NE(op_error("tile", {counting({3})}, "repeats=[4611686018427387904]").find("result"),
              std::string::npos);
}

TEST(Shape, DropoutIsTheIdentity) {
    const auto results = try_op("dropout", {counting({2, 2})}, "ratio=0.75", 2);
    ASSERT_TRUE(results.has_value()) << results.error().message;
    EXPECT_EQ((*results)[0].to_doubles(), (Doubles{0, 1, 2, 3}));
    EXPECT_EQ((*results)[1].to_ints(), (std::vector<int64_t>{1, 1, 1, 1}));
    EXPECT_NE(
        op_error("dropout", {counting({2, 2}), Tensor::scalar(0.5f), Tensor::scalar(true)}).find("random"),
        std::string::npos);
}

TEST(Fill, MakesTensorsFromSizes) {
    EXPECT_EQ(values_by("shape_of", {counting({2, 3, 5})}, "", {3}), (Doubles{2, 3, 5}));
    EXPECT_EQ(values_by("shape_of", {counting({2, 3, 5})}, "start=-10; end=-1", {2}), (Doubles{2, 3}));
    EXPECT_EQ(values_by("shape_of", {counting({2, 3, 5})}, "start=2; end=1", {0}), Doubles{});
    EXPECT_EQ(values_by("size_of", {counting({2, 3, 5})}, "", {}), Doubles{30});
    EXPECT_EQ(values_by("constant_of_shape", {i64s({2, 1})}, "value=3.0; dtype=i32", {2, 1}),
              (Doubles{3, 3}));
    EXPECT_EQ(values_by("constant_of_shape", {}, "shape=[0, 2]", {0, 2}), Doubles{});
    EXPECT_NE(op_error("constant_of_shape", {i64s({-1})}).find("-1"), std::string::npos);
    EXPECT_NE(op_error("constant_of_shape", {i64s({int64_t{1} << 60})}).find("would take more than"),
              std::string::npos);
    // NumPy: arange(1, 5, 2), arange(10, 6, -3), arange(5, 2).
    const auto range = [](auto a, auto b, auto d) {
        return values_by("range", {Tensor::scalar(a), Tensor::scalar(b), Tensor::scalar(d)});
    };
    EXPECT_EQ(range(1.0f, 5.0f, 2.0f), (Doubles{1, 3}));
    EXPECT_EQ(range(int32_t{10}, int32_t{6}, int32_t{-3}), (Doubles{10, 7}));
    EXPECT_EQ(range(int64_t{5}, int64_t{2}, int64_t{1}), Doubles{});
    EXPECT_NE(op_error("range", {Tensor::scalar(0.0f), Tensor::scalar(1.0f), Tensor::scalar(0.0f)})
                  .find("does not end"),
              std::string::npos);
    EXPECT_EQ(values_by("eye_like", {counting({2, 3})}, "k=1; dtype=i64"), (Doubles{0, 1, 0, 0, 0, 1}));
    EXPECT_EQ(values_by("eye_like", {counting({3, 2})}, "k=-1"), (Doubles{0, 0, 1, 0, 0, 1}));
}

}  // namespace
}  // namespace lathe::ops
