// Quantisation by its formulas, quantised products against products of what the codes stand for, sums after Einstein.
#include "ops/test_support.h"

namespace lathe::ops {
namespace {

using namespace graph;
using testing::error_of;
using testing::expect_close;
using testing::floats;
using testing::run_op;

using Doubles = std::vector<double>;

Tensor floats_of(const Shape& shape, const Doubles& values) {
    return tensor_from_doubles(DType::kF32, shape, values);
}
Tensor ints(DType dtype, const Shape& shape, const Ints& values) {
    return tensor_from_ints(dtype, shape, values);
}

// The tables of ONNX's tests quantizelinear, quantizelinear_axis and dequantizelinear.
TEST(Quantize, PublishedExamples) {
    const Tensor y = run_op("quantize_linear", {floats_of({6}, {0, 2, 3, 1000, -254, -1000}),
                                                Tensor::scalar(2.0f), ints(DType::kU8, {}, {128})})[0];
    EXPECT_EQ(y.to_ints(), (Ints{128, 129, 130, 255, 1, 0}));
    const Tensor x = floats_of({1, 3, 3, 2}, {-162, 10, -100, 232, -20, -50, -76, 0, 0, 252, 32, -44, 245,
                                              -485, -960, -270, -375, -470});
    const Tensor scale = floats_of({3}, {2, 4, 5}), zero = ints(DType::kU8, {3}, {84, 24, 196});
    const Ints codes{3, 89, 34, 200, 74, 59, 5, 24, 24, 87, 32, 13, 245, 99, 4, 142, 121, 102};
    EXPECT_EQ(run_op("quantize_linear", {x, scale, zero})[0].to_ints(), codes);
    const Tensor back = run_op("dequantize_linear", {ints(DType::kU8, {1, 3, 3, 2}, codes), scale, zero})[0];
    EXPECT_EQ(back.to_doubles(), x.to_doubles());
    EXPECT_EQ(run_op("dequantize_linear", {ints(DType::kU8, {4}, {0, 3, 128, 255}), Tensor::scalar(2.0f),
                                           ints(DType::kU8, {}, {128})})[0]
                  .to_doubles(),
              (Doubles{-256, -250, 0, 254}));
}

TEST(Quantize, HalvesGoToEvenInTheScalesPrecision) {
    EXPECT_EQ(run_op("quantize_linear", {floats_of({4}, {0.5, 1.5, -0.5, -2.5}), Tensor::scalar(1.0f),
                                         ints(DType::kI8, {}, {0})})[0]
                  .to_ints(),
              (Ints{0, 2, 0, -2}));
    // In floats_of the quotient is exactly 2.5; the sharper one lies above it.
    const float scale = 0.1f, x = 0.25f;
    ASSERT_EQ(x / scale, 2.5f);
    EXPECT_EQ(
        run_op("quantize_linear", {floats_of({1}, {x}), Tensor::scalar(scale), ints(DType::kI8, {}, {0})})[0]
            .to_ints(),
        Ints{2});
}

TEST(Quantize, BlocksShareAScale) {
    const Tensor x = ints(DType::kI4, {2, 5}, {1, 2, 3, 4, 5, -1, -2, -3, -4, -5}),
                 scale = floats_of({2, 3}, {1, 10, 100, 2, 20, 200});
    EXPECT_EQ(run_op("dequantize_linear", {x, scale}, {{"axis", int64_t{1}}, {"block_size", int64_t{2}}})[0]
                  .to_doubles(),
              (Doubles{1, 2, 30, 40, 500, -2, -4, -60, -80, -1000}));
    const Tensor columns = ints(DType::kU8, {3, 2}, {1, 2, 3, 4, 5, 6});
    EXPECT_EQ(run_op("dequantize_linear",
                     {columns, floats_of({2, 2}, {1, 10, 100, 1000}), ints(DType::kU8, {2, 2}, {0, 1, 2, 3})},
                     {{"axis", int64_t{0}}, {"block_size", int64_t{2}}})[0]
                  .to_doubles(),
              (Doubles{1, 10, 3, 30, 300, 3000}));
    EXPECT_NE(error_of("dequantize_linear", {x, floats_of({2, 2}, {1, 1, 1, 1})},
                       {{"axis", int64_t{1}}, {"block_size", int64_t{2}}})
                  .find("expected one number or [2, 3]"),
              std::string::npos);
    EXPECT_NE(error_of("dequantize_linear", {x, floats_of({3}, {1, 1, 1})}).find("the scale is [3]"),
              std::string::npos);
    EXPECT_NE(
        error_of("dequantize_linear", {x, floats_of({5}, {1, 1, 1, 1, 1}), ints(DType::kI4, {2}, {0, 0})})
            .find("zero point"),
        std::string::npos);
}

// ONNX's tests dynamicquantizelinear, _max_adjusted and _min_adjusted.
TEST(Quantize, DynamicRangesIncludeZero) {
    const auto check = [](const Doubles& x, double scale, int64_t zero, const Ints& codes) {
        const auto found =
            run_op("dynamic_quantize_linear", {floats_of({static_cast<int64_t>(x.size())}, x)}, {}, 3);
        EXPECT_EQ(found[0].to_ints(), codes);
        EXPECT_NEAR(found[1].to_doubles()[0], scale, 1e-7);
        EXPECT_EQ(found[2].to_ints()[0], zero);
    };
    check({0, 2, -3, -2.5, 1.34, 0.5}, 0.019607843831, 153, {153, 255, 0, 26, 221, 179});
    check({-1, -2.1, -1.3, -2.5, -3.34, -4}, 0.015686275437, 255, {191, 121, 172, 96, 42, 0});
    check({1, 2.1, 1.3, 2.5, 3.34, 4, 1.5, 2.6, 3.9, 4, 3, 2.345}, 0.015686275437, 0,
          {64, 134, 83, 159, 213, 255, 96, 166, 249, 255, 191, 149});
}

// ONNX's tests matmulinteger and qlinearmatmul.
TEST(Quantized, PublishedProducts) {
    const Tensor a = ints(DType::kU8, {4, 3}, {11, 7, 3, 10, 6, 2, 9, 5, 1, 8, 4, 0}),
                 b = ints(DType::kU8, {3, 2}, {1, 4, 2, 5, 3, 6});
    EXPECT_EQ(run_op("matmul_integer", {a, b, ints(DType::kU8, {1}, {12}), ints(DType::kU8, {1}, {0})})[0]
                  .to_ints(),
              (Ints{-38, -83, -44, -98, -50, -113, -56, -128}));
    const Tensor y = run_op(
        "qlinear_matmul", {ints(DType::kU8, {2, 4}, {208, 236, 0, 238, 3, 214, 255, 29}),
                           floats_of({1}, {0.0066}), ints(DType::kU8, {1}, {113}),
                           ints(DType::kU8, {4, 3}, {152, 51, 244, 60, 26, 255, 0, 127, 246, 127, 254, 247}),
                           floats_of({1}, {0.00705}), ints(DType::kU8, {1}, {114}), floats_of({1}, {0.0107}),
                           ints(DType::kU8, {1}, {118})})[0];
    EXPECT_EQ(y.to_ints(), (Ints{168, 115, 255, 1, 66, 151}));
}

// The codes of a convolution are those of the convolution of what its operands' codes stand for.
TEST(Quantized, ConvolutionStandsForTheRealOne) {
    Ints xs, ws, zeros{3, -7, 0, 11};
    for (int64_t i = 0; i < 2 * 4 * 6 * 5; ++i) xs.push_back(i * 7919 % 256);
    for (int64_t i = 0; i < 4 * 2 * 3 * 3; ++i) ws.push_back(i * 104729 % 256 - 128);
    const Tensor x = ints(DType::kU8, {2, 4, 6, 5}, xs), w = ints(DType::kI8, {4, 2, 3, 3}, ws),
                 wz = ints(DType::kI8, {4}, zeros);
    const Tensor xz = ints(DType::kU8, {}, {131}), x_scale = Tensor::scalar(0.25f),
                 w_scale = floats_of({4}, {0.5, 0.25, 1, 0.125});
    const Attrs attrs{{"group", int64_t{2}}, {"pads", Ints{1, 0, 1, 1}}, {"strides", Ints{1, 2}}};
    const Tensor real_x = run_op("dequantize_linear", {x, x_scale, xz})[0],
                 real_w = run_op("dequantize_linear", {w, w_scale, wz}, {{"axis", int64_t{0}}})[0];
    const Tensor bias = ints(DType::kI32, {4}, {100, -200, 300, 0}),
                 real_bias = floats_of({4}, {12.5, -12.5, 75, 0});
    const Tensor real = run_op("conv", {real_x, real_w, real_bias}, attrs)[0];
    const Tensor found = run_op(
        "qlinear_conv",
        {x, x_scale, xz, w, w_scale, wz, Tensor::scalar(64.0f), ints(DType::kU8, {}, {128}), bias}, attrs)[0];
    const Tensor expected =
        run_op("quantize_linear", {real, Tensor::scalar(64.0f), ints(DType::kU8, {}, {128})})[0];
    EXPECT_EQ(found.to_ints(), expected.to_ints());
    const Tensor sums = run_op("conv_integer", {x, w, xz, wz}, attrs)[0];
    const Tensor units = floats_of({4}, {0.125, 0.0625, 0.25, 0.03125});  // x_scale * w_scale
    const Tensor scaled = run_op("mul", {sums.to(DType::kF32), units.reshaped({4, 1, 1})})[0];
    expect_close(run_op("add", {scaled, real_bias.reshaped({4, 1, 1})})[0], real, "conv_integer");
    EXPECT_NE(
        error_of("conv_integer", {x, w, xz, ints(DType::kI8, {3}, {0, 0, 0})}, attrs).find("w_zero_point"),
        std::string::npos);
}

TEST(Einsum, MeansWhatItSays) {
    const Tensor a = floats({2, 3, 4}, 1), b = floats({2, 4, 5}, 2);
    expect_close(run_op("einsum", {a, b}, {{"equation", std::string("bij,bjk->bik")}})[0],
                 run_op("matmul", {a, b})[0], "matmul");
    expect_close(run_op("einsum", {a}, {{"equation", std::string("b i j -> j b i")}})[0],
                 run_op("transpose", {a}, {{"perm", Ints{2, 0, 1}}})[0], "transpose");
    expect_close(run_op("einsum", {a}, {{"equation", std::string("...j->...")}})[0],
                 run_op("reduce_sum", {a}, {{"axes", Ints{2}}, {"keepdims", false}})[0], "sum");
    const Tensor square = floats_of({2, 2}, {1, 2, 3, 4});
    EXPECT_EQ(run_op("einsum", {square}, {{"equation", std::string("ii")}})[0].to_doubles(), Doubles{5});
    EXPECT_EQ(run_op("einsum", {square}, {{"equation", std::string("ii->i")}})[0].to_doubles(),
              (Doubles{1, 4}));
    const Tensor outer = run_op("einsum", {floats({3, 1, 2}, 3), floats({4, 2}, 4)},
                                {{"equation", std::string("...d,...d->...")}})[0];
    EXPECT_EQ(outer.shape(), (Shape{3, 4}));
    EXPECT_EQ(run_op("einsum", {ints(DType::kI32, {2}, {3, 4}), ints(DType::kI32, {2}, {5, 6})},
                     {{"equation", std::string("i,i")}})[0]
                  .to_ints(),
              Ints{39});
    const auto refused = [&](std::string_view equation) {
        return error_of("einsum", {a, b}, {{"equation", std::string(equation)}});
    };
    EXPECT_NE(refused("bij,bjk,k->b").find("3 terms for 2 operands"), std::string::npos);
    EXPECT_NE(refused("bij,bkj->bk").find("is 4 long in one operand and 5"), std::string::npos);
    EXPECT_NE(refused("bij,bjk->bz").find("no operand has"), std::string::npos);
    EXPECT_NE(refused("bij,bjk->bb").find("twice"), std::string::npos);
    EXPECT_NE(refused("bi,bjk->b").find("does not name the axes"), std::string::npos);
    EXPECT_NE(refused("bi?,bjk->b"), "");
    EXPECT_NE(refused("......i,bjk->b"), "");
}

}  // namespace
}  // namespace lathe::ops
