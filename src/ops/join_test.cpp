#include "ops/try_op.h"

namespace lathe::ops {
namespace {

TEST(Join, ConcatAlongEveryAxis) {
    const Tensor a = counting({1, 2, 2}), b = f32s({1, 2, 2}, {10, 11, 12, 13});
    EXPECT_EQ(values_by("concat", {a, b}, "axis=0", {2, 2, 2}), (Doubles{0, 1, 2, 3, 10, 11, 12, 13}));
    EXPECT_EQ(values_by("concat", {a, b}, "axis=1", {1, 4, 2}), (Doubles{0, 1, 2, 3, 10, 11, 12, 13}));
    EXPECT_EQ(values_by("concat", {a, b, a}, "axis=-1", {1, 2, 6}),
              (Doubles{0, 1, 10, 11, 0, 1, 2, 3, 12, 13, 2, 3}));
    EXPECT_EQ(values_by("concat", {counting({2, 0}), counting({2, 1})}, "axis=1", {2, 1}), (Doubles{0, 1}));
    EXPECT_NE(op_error("concat", {a, counting({1, 3, 2})}, "axis=0").find("axis 1"), std::string::npos);
    EXPECT_NE(op_error("concat", {a, counting({2})}, "axis=0").find("operand 1"), std::string::npos);
    EXPECT_EQ(shape_in("input x: f32[b, 2, w]\ninput z: f32[b, 3, w]\ny = concat(x, z, axis=1)\noutput y"),
              "[b, 5, w]");
    EXPECT_EQ(shape_in("input x: f32[n, w]\ninput z: f32[m, 7]\ny = concat(x, z, axis=0)\noutput y"),
              "[m + n, 7]");
}

TEST(Join, SplitIsTheInverseOfConcat) {
    const Tensor x = counting({2, 7});
    const auto parts = try_op("split", {x}, "axis=1; split=[2, 0, 5]", 3);
    ASSERT_TRUE(parts.has_value()) << parts.error().message;
    EXPECT_EQ((*parts)[0].to_doubles(), (Doubles{0, 1, 7, 8}));
    EXPECT_EQ((*parts)[1].shape(), (Shape{2, 0}));
    EXPECT_EQ((*parts)[2].to_doubles(), (Doubles{2, 3, 4, 5, 6, 9, 10, 11, 12, 13}));
    EXPECT_EQ(values_by("concat", {(*parts)[0], (*parts)[1], (*parts)[2]}, "axis=1", {2, 7}), x.to_doubles());
}

TEST(Join, SplitIntoEqualParts) {
    const auto sizes = [](int64_t whole, size_t parts, std::string_view attrs) {
        const auto results = try_op("split", {counting({whole})}, attrs, parts);
        std::vector<int64_t> found;
        if (results)
            for (const Tensor& part : *results) found.push_back(part.count());
        return found;
    };
    EXPECT_EQ(sizes(6, 3, ""), (std::vector<int64_t>{2, 2, 2}));
    EXPECT_EQ(sizes(7, 4, "num_outputs=4"),
              (std::vector<int64_t>{2, 2, 2, 1}));  // ONNX: the last chunk is smaller
    EXPECT_EQ(sizes(7, 3, ""), std::vector<int64_t>{});
    EXPECT_NE(op_error("split", {counting({7})}, "", 3).find("7 does not split into 3 equal parts"),
              std::string::npos);
    EXPECT_NE(op_error("split", {counting({7})}, "split=[3, 3]", 2).find("do not add up to 7"),
              std::string::npos);
    EXPECT_NE(op_error("split", {counting({7})}, "split=[3, 4]", 3).find("2 sizes for 3 results"),
              std::string::npos);
    EXPECT_EQ(shape_in("input x: f32[3*n, 2]\na, b, c = split(x)\noutput b"), "[n, 2]");
}

// y[i] by Python's rule for x[start:end:step], written as a walk.
std::vector<double> walked(int64_t size, int64_t start, int64_t end, int64_t step) {
    std::vector<double> taken;
    start = start < 0 ? start + size : start;
    end = end < 0 ? end + size : end;
    if (step > 0) {
        for (int64_t i = std::max<int64_t>(start, 0); i < std::min(end, size); i += step)
            taken.push_back(static_cast<double>(i));
    } else {
        for (int64_t i = std::min(start, size - 1); i > std::max<int64_t>(end, -1); i += step)
            taken.push_back(static_cast<double>(i));
    }
    return taken;
}

TEST(Join, SliceWalksAsPythonDoes) {
    for (const int64_t size : {0, 1, 5})
        for (int64_t start = -7; start <= 7; ++start)
            for (int64_t end = -7; end <= 7; ++end)
                for (const int64_t step : {-3, -2, -1, 1, 2, 3}) {
                    const auto attrs =
                        format("starts=[{}]; ends=[{}]; axes=[0]; steps=[{}]", start, end, step);
                    EXPECT_EQ(values_by("slice", {counting({size})}, attrs), walked(size, start, end, step))
                        << size << " " << attrs;
                }
}

TEST(Join, SliceOfSymbolsAgreesWithNumbers) {
    for (int64_t start = -7; start <= 7; ++start)
        for (int64_t end = -7; end <= 7; ++end)
            for (const int64_t step : {-2, -1, 1, 3}) {
                const auto g = graph::parse_text(
                    format("input x: f32[n]\ny = slice(x, starts=[{}], ends=[{}], steps=[{}])\noutput y",
                           start, end, step),
                    find_op);
                ASSERT_TRUE(g.has_value()) << g.error().message;
                const graph::Dim size = (*g)[g->outputs[0]].shape[0];
                for (const int64_t n : {1, 2, 5, 9}) {
                    const auto found = size.evaluate({{"n", n}});
                    ASSERT_TRUE(found.has_value());
                    EXPECT_EQ(*found, static_cast<int64_t>(walked(n, start, end, step).size()))
                        << size.text() << " n=" << n << " " << start << ":" << end << ":" << step;
                }
            }
}

TEST(Join, SliceTakesItsNumbersFromOperands) {
    const Tensor x = f32s({2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
    // ONNX, Slice, the two examples of its documentation.
    EXPECT_EQ(values_by("slice", {x, i64s({1, 0}), i64s({2, 3}), i64s({0, 1}), i64s({1, 2})}, "", {1, 2}),
              (Doubles{5, 7}));
    EXPECT_EQ(values_by("slice", {x, i64s({0, 1}), i64s({-1, 1000})}, "", {1, 3}), (Doubles{2, 3, 4}));
    const auto late = try_op("slice", {x, i64s({1}), i64s({3})}, "axes=[1]", 1, false);
    ASSERT_TRUE(late.has_value()) << late.error().message;
    EXPECT_EQ((*late)[0].to_doubles(), (Doubles{2, 3, 6, 7}));
    EXPECT_NE(op_error("slice", {x}, "starts=[0]; ends=[1]; steps=[0]").find("step 0"), std::string::npos);
    EXPECT_NE(op_error("slice", {x}, "starts=[0]; ends=[1]; axes=[2]").find("outside"), std::string::npos);
}

TEST(Pad, EveryModeIsThatOfNumPy) {
    const Tensor x = f32s({5}, {1, 2, 3, 4, 5});
    // The examples of numpy.pad's documentation: a = [1, 2, 3, 4, 5].
    EXPECT_EQ(values_by("pad", {x}, "pads=[2, 3]; constant_value=4.0"),
              (Doubles{4, 4, 1, 2, 3, 4, 5, 4, 4, 4}));
    EXPECT_EQ(values_by("pad", {x}, "pads=[2, 3]; mode=\"edge\""), (Doubles{1, 1, 1, 2, 3, 4, 5, 5, 5, 5}));
    EXPECT_EQ(values_by("pad", {x}, "pads=[2, 3]; mode=\"reflect\""),
              (Doubles{3, 2, 1, 2, 3, 4, 5, 4, 3, 2}));
    EXPECT_EQ(values_by("pad", {x}, "pads=[2, 3]; mode=\"wrap\""), (Doubles{4, 5, 1, 2, 3, 4, 5, 1, 2, 3}));
    EXPECT_EQ(values_by("pad", {f32s({2}, {1, 2})}, "pads=[3, 2]; mode=\"reflect\""),
              (Doubles{2, 1, 2, 1, 2, 1, 2}));
    EXPECT_EQ(values_by("pad", {f32s({1}, {7})}, "pads=[1, 2]; mode=\"reflect\""), (Doubles{7, 7, 7, 7}));
    EXPECT_EQ(values_by("pad", {x}, "pads=[-1, -2]"), (Doubles{2, 3}));
    EXPECT_EQ(values_by("pad", {x}, "pads=[-2, 1]; mode=\"edge\""), (Doubles{3, 4, 5, 5}));
}

TEST(Pad, AxesAndOperands) {
    const Tensor x = counting({2, 3});
    EXPECT_EQ(values_by("pad", {x, i64s({1, 0}), Tensor::scalar(9.0f), i64s({-1})}, "", {2, 4}),
              (Doubles{9, 0, 1, 2, 9, 3, 4, 5}));
    // ONNX, Pad, the example of its documentation.
    EXPECT_EQ(values_by("pad", {f32s({3, 2}, {1.0, 1.2, 2.3, 3.4, 4.5, 5.7})},
                        "pads=[0, 2, 0, 0]; mode=\"reflect\"", {3, 4}),
              (f32s({12}, {1.0, 1.2, 1.0, 1.2, 2.3, 3.4, 2.3, 3.4, 4.5, 5.7, 4.5, 5.7}).to_doubles()));
    EXPECT_NE(op_error("pad", {x}, "pads=[1, 2]").find("2 numbers for 2 axes"), std::string::npos);
    EXPECT_NE(op_error("pad", {x}, "pads=[0, -4, 0, 0]").find("takes more away"), std::string::npos);
    EXPECT_NE(op_error("pad", {x}, "pads=[0, 0, 0, 0]; mode=\"mirror\"").find("mirror"), std::string::npos);
    EXPECT_EQ(shape_in("input x: f32[b, h]\ny = pad(x, pads=[0, 1, 0, 2])\noutput y"), "[b, h + 3]");
    EXPECT_EQ(values_by("center_crop_pad", {counting({5})}, "shape=[2]"), (Doubles{1, 2}));
    EXPECT_EQ(values_by("center_crop_pad", {counting({2, 3})}, "shape=[5]; axes=[0]", {5, 3}),
              (Doubles{0, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0}));
}

}  // namespace
}  // namespace lathe::ops
