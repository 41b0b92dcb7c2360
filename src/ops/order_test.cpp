#include <limits>
#include <random>

#include "ops/try_op.h"

namespace lathe::ops {
namespace {

using Ints = std::vector<int64_t>;

TEST(TopK, TakesTheLargestAndNamesTheirPlaces) {
    // ONNX, TopK, the examples of its documentation.
    const Tensor x = counting({3, 4});
    const auto largest = try_op("top_k", {x, i64s({3})}, "axis=1", 2);
    ASSERT_TRUE(largest.has_value()) << largest.error().message;
    EXPECT_EQ((*largest)[0].to_doubles(), (Doubles{3, 2, 1, 7, 6, 5, 11, 10, 9}));
    EXPECT_EQ((*largest)[1].to_ints(), (Ints{3, 2, 1, 3, 2, 1, 3, 2, 1}));
    const auto smallest = try_op("top_k", {x}, "k=2; axis=0; largest=false", 2);
    ASSERT_TRUE(smallest.has_value()) << smallest.error().message;
    EXPECT_EQ((*smallest)[0].to_doubles(), (Doubles{0, 1, 2, 3, 4, 5, 6, 7}));
    EXPECT_EQ((*smallest)[1].to_ints(), (Ints{0, 0, 0, 0, 1, 1, 1, 1}));
    // Of equal elements the one with the lower index comes first, either way.
    for (const char* attrs : {"k=3", "k=3; largest=false"}) {
        const auto equal = try_op("top_k", {Tensor::of<int64_t>({4}, {5, 5, 5, 5})}, attrs, 2);
        EXPECT_EQ((*equal)[1].to_ints(), (Ints{0, 1, 2}));
    }
    EXPECT_NE(op_error("top_k", {x}, "k=5").find("'k' is 5, but axis 1 has 4"), std::string::npos);
    EXPECT_NE(op_error("top_k", {x}, "k=-1").find("-1"), std::string::npos);
    // 2^63 is larger than 1 in u64; 2^53 + 1 is larger than 2^53 in i64.
    EXPECT_EQ((*try_op("top_k", {Tensor::of<uint64_t>({2}, {1, uint64_t{1} << 63})}, "k=1", 2))[1].to_ints(),
              Ints{1});
    EXPECT_EQ((*try_op("top_k", {Tensor::of<int64_t>({2}, {int64_t{1} << 53, (int64_t{1} << 53) + 1})}, "k=1",
                       2))[1]
                  .to_ints(),
              Ints{1});
    const float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(
        (*try_op("top_k", {Tensor::of<float>({4}, {1, nan, 3, nan})}, "k=2; largest=false", 2))[1].to_ints(),
        (Ints{0, 2}));
    EXPECT_EQ(shape_in("input x: f32[b, n]\ny, i = top_k(x, k=3)\noutput y"), "[b, 3]");
}

// Each result is at least as large as the next, and as many elements are larger than the last as it says.
TEST(TopK, RandomColumns) {
    std::mt19937 random(5);
    std::vector<double> values(4 * 9 * 3);
    for (double& v : values) v = static_cast<double>(random() % 7);
    const Tensor x = f32s({4, 9, 3}, values);
    const auto found = try_op("top_k", {x}, "k=5; axis=1", 2);
    ASSERT_TRUE(found.has_value());
    const auto y = (*found)[0].to_doubles();
    const auto at = (*found)[1].to_ints();
    for (int64_t a = 0; a < 4; ++a)
        for (int64_t c = 0; c < 3; ++c)
            for (int64_t rank = 0; rank < 5; ++rank) {
                const int64_t here = (a * 5 + rank) * 3 + c;
                EXPECT_EQ(y[here], values[(a * 9 + at[here]) * 3 + c]);
                int64_t before = 0;  // elements that must come earlier
                for (int64_t i = 0; i < 9; ++i) {
                    const double other = values[(a * 9 + i) * 3 + c];
                    before += other > y[here] || (other == y[here] && i < at[here]);
                }
                EXPECT_EQ(before, rank);
            }
}

TEST(Unique, TheFourResults) {
    // ONNX, Unique, the examples of its documentation.
    const auto check = [](const Tensor& x, std::string_view attrs, const Doubles& y, const Ints& at,
                          const Ints& inverse, const Ints& counts) {
        const auto found = try_op("unique", {x}, attrs, 4);
        ASSERT_TRUE(found.has_value()) << found.error().message;
        EXPECT_EQ((*found)[0].to_doubles(), y);
        EXPECT_EQ((*found)[1].to_ints(), at);
        EXPECT_EQ((*found)[2].to_ints(), inverse);
        EXPECT_EQ((*found)[3].to_ints(), counts);
    };
    const Tensor x = f32s({6}, {2, 1, 1, 3, 4, 3});
    check(x, "sorted=false", {2, 1, 3, 4}, {0, 1, 3, 4}, {0, 1, 1, 2, 3, 2}, {1, 2, 2, 1});
    check(x, "", {1, 2, 3, 4}, {1, 0, 3, 4}, {1, 0, 0, 2, 3, 2}, {2, 1, 2, 1});
    check(f32s({3, 3}, {1, 0, 0, 1, 0, 0, 2, 3, 4}), "axis=0", {1, 0, 0, 2, 3, 4}, {0, 2}, {0, 0, 1}, {2, 1});
    check(f32s({2, 4, 2}, {1, 1, 0, 1, 2, 1, 0, 1, 1, 1, 0, 1, 2, 1, 0, 1}), "axis=1",
          {0, 1, 1, 1, 2, 1, 0, 1, 1, 1, 2, 1}, {1, 0, 2}, {1, 0, 2, 0}, {2, 1, 1});
}

TEST(Cumsum, AllFourWays) {
    // ONNX, CumSum, the examples of its documentation.
    const Tensor x = f32s({3}, {1, 2, 3});
    EXPECT_EQ(values_by("cumsum", {x, Tensor::scalar<int32_t>(0)}), (Doubles{1, 3, 6}));
    EXPECT_EQ(values_by("cumsum", {x}, "axis=0; exclusive=true"), (Doubles{0, 1, 3}));
    EXPECT_EQ(values_by("cumsum", {x}, "axis=0; reverse=true"), (Doubles{6, 5, 3}));
    EXPECT_EQ(values_by("cumsum", {x}, "axis=-1; exclusive=true; reverse=true"), (Doubles{5, 3, 0}));
    EXPECT_EQ(values_by("cumsum", {counting({2, 3}, DType::kI32)}, "axis=0"), (Doubles{0, 1, 2, 3, 5, 7}));
    EXPECT_NE(op_error("cumsum", {x}, "axis=1").find("outside"), std::string::npos);
}

TEST(Scatter, WritesByIndex) {
    // ONNX, ScatterElements and ScatterND, the examples of their documentation.
    EXPECT_EQ(values_by("scatter_elements",
                        {f32s({3, 3}, Doubles(9, 0)), Tensor::of<int64_t>({2, 3}, {1, 0, 2, 0, 2, 1}),
                         f32s({2, 3}, {1.0, 1.125, 1.25, 2.0, 2.125, 2.25})}),
              (Doubles{2.0, 1.125, 0, 1.0, 0, 2.25, 0, 2.125, 1.25}));
    const Tensor row = f32s({1, 5}, {1, 2, 3, 4, 5});
    EXPECT_EQ(values_by("scatter_elements",
                        {row, Tensor::of<int64_t>({1, 2}, {1, -2}), f32s({1, 2}, {1.125, 2.125})}, "axis=1"),
              (Doubles{1, 1.125, 3, 2.125, 5}));
    const Tensor twice = Tensor::of<int64_t>({1, 2}, {1, 1});
    const auto reduced = [&](const char* how) {
        return values_by("scatter_elements", {row, twice, f32s({1, 2}, {1.5, 2.5})},
                         format("axis=1; reduction=\"{}\"", how));
    };
    EXPECT_EQ(reduced("add"), (Doubles{1, 6, 3, 4, 5}));
    EXPECT_EQ(reduced("mul"), (Doubles{1, 7.5, 3, 4, 5}));
    EXPECT_EQ(reduced("max"), (Doubles{1, 2.5, 3, 4, 5}));
    EXPECT_EQ(reduced("min"), (Doubles{1, 1.5, 3, 4, 5}));
    EXPECT_EQ(
        values_by("scatter_nd", {f32s({8}, {1, 2, 3, 4, 5, 6, 7, 8}),
                                 Tensor::of<int64_t>({4, 1}, {4, 3, 1, 7}), f32s({4}, {9, 10, 11, 12})}),
        (Doubles{1, 11, 3, 10, 9, 6, 7, 12}));
    const Tensor cube = counting({3, 2, 2}), planes = Tensor::of<int64_t>({2, 1}, {0, 0}),
                 updates = f32s({2, 2, 2}, {5, 5, 5, 5, 1, 1, 1, 1});
    EXPECT_EQ(values_by("scatter_nd", {cube, planes, updates}, "reduction=\"add\""),
              (Doubles{6, 7, 8, 9, 4, 5, 6, 7, 8, 9, 10, 11}));
    EXPECT_EQ(values_by("scatter_nd", {cube, planes, updates}, "reduction=\"mul\""),
              (Doubles{0, 5, 10, 15, 4, 5, 6, 7, 8, 9, 10, 11}));
    EXPECT_EQ(values_by("scatter_nd", {cube, planes, updates}, ""),
              (Doubles{1, 1, 1, 1, 4, 5, 6, 7, 8, 9, 10, 11}));
    EXPECT_EQ(
        values_by("scatter_elements",
                  {Tensor::of<uint64_t>({1}, {uint64_t{1} << 63}), i64s({0}), Tensor::of<uint64_t>({1}, {7})},
                  "reduction=\"min\""),
        Doubles{7});
    EXPECT_NE(op_error("scatter_nd", {cube, planes, row}).find("expected [2, 2, 2]"), std::string::npos);
    EXPECT_NE(
        op_error("scatter_elements", {row, Tensor::of<int64_t>({1, 1}, {5}), f32s({1, 1}, {0})}, "axis=1")
            .find("index 5"),
        std::string::npos);
    EXPECT_NE(
        op_error("scatter_elements", {row, twice, f32s({1, 2}, {0, 0})}, "reduction=\"sum\"").find("'sum'"),
        std::string::npos);
}

// y[n, c, h * b + i, w * b + j] comes from channel (i * b + j) * C + c in DCR order, c * b * b + i * b + j in CRD order.
TEST(Rearrange, DepthToSpaceAndBack) {
    const int64_t b = 2, channels = 3, height = 2, width = 4;
    const Tensor x = counting({2, channels * b * b, height, width});
    for (const bool dcr : {true, false}) {
        const auto y = values_by("depth_to_space", {x}, dcr ? "blocksize=2" : "blocksize=2; mode=\"CRD\"",
                                 {2, channels, height * b, width * b});
        for (int64_t n = 0; n < 2; ++n)
            for (int64_t c = 0; c < channels; ++c)
                for (int64_t h = 0; h < height * b; ++h)
                    for (int64_t w = 0; w < width * b; ++w) {
                        const int64_t i = h % b, j = w % b,
                                      from = dcr ? (i * b + j) * channels + c : (c * b + i) * b + j;
                        EXPECT_EQ(y[((n * channels + c) * height * b + h) * width * b + w],
                                  ((n * channels * b * b + from) * height + h / b) * width + w / b);
                    }
    }
    const auto spread = try_op("depth_to_space", {x}, "blocksize=2");
    EXPECT_EQ(values_by("space_to_depth", {(*spread)[0]}, "blocksize=2", x.shape()), x.to_doubles());
    EXPECT_NE(op_error("depth_to_space", {counting({1, 6, 1, 1})}, "blocksize=2").find("6 channels"),
              std::string::npos);
    EXPECT_EQ(shape_in("input x: f32[b, 12, h, w]\ny = depth_to_space(x, blocksize=2)\noutput y"),
              "[b, 3, 2*h, 2*w]");
    EXPECT_EQ(shape_in("input x: f32[b, 3, 2*h, w]\ny = space_to_depth(x, blocksize=2)\noutput y"),
              "[b, 12, h, floordiv(w, 2)]");
}

TEST(Rearrange, ReverseSequenceAndTriangles) {
    // ONNX, ReverseSequence, the examples of its documentation.
    const Tensor x = f32s({4, 4}, {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15});
    EXPECT_EQ(values_by("reverse_sequence", {x, i64s({4, 3, 2, 1})}),
              (Doubles{3, 6, 9, 12, 2, 5, 8, 13, 1, 4, 10, 14, 0, 7, 11, 15}));
    EXPECT_EQ(
        values_by("reverse_sequence", {counting({4, 4}), i64s({1, 2, 3, 4})}, "batch_axis=0; time_axis=1"),
        (Doubles{0, 1, 2, 3, 5, 4, 6, 7, 10, 9, 8, 11, 15, 14, 13, 12}));
    EXPECT_NE(op_error("reverse_sequence", {x, i64s({5, 1, 1, 1})}).find("length 5"), std::string::npos);
    const Tensor ones = f32s({2, 3, 4}, Doubles(24, 1));
    for (int64_t k = -5; k <= 5; ++k)
        for (const bool upper : {true, false}) {
            const auto y = values_by("trilu", {ones, Tensor::scalar(k)}, upper ? "" : "upper=false");
            for (int64_t i = 0; i < 24; ++i) {
                const int64_t row = i / 4 % 3, column = i % 4;
                EXPECT_EQ(y[i], upper ? column >= row + k : column <= row + k) << k << upper;
            }
        }
}

TEST(Rearrange, BodiesSayTheSame) {
    for (const std::string line : {"depth_to_space(x, blocksize=2, mode=\"CRD\")",
                                   "space_to_depth(x, blocksize=3)", "flatten(x, axis=2)"}) {
        auto g = graph::parse_text("input x: f32[b, 8, 6, 3*w]\ny = " + line + "\noutput y", find_op);
        ASSERT_TRUE(g.has_value()) << g.error().message;
        const auto results = graph::expand_body(*g, graph::Node(g->nodes[0]), find_op);
        ASSERT_TRUE(results.has_value()) << results.error().message;
        EXPECT_EQ((*g)[(*results)[0]].shape, (*g)[g->outputs[0]].shape);
    }
}

}  // namespace
}  // namespace lathe::ops
