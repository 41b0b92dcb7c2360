// Convolution, matrix products, pooling, reductions and softmax against their definitions, one result element at a time.
#include <functional>
#include <limits>

#include "ops/test_support.h"

namespace lathe::ops {
namespace {

using namespace graph;
using testing::error_of;
using testing::expect_close;
using testing::floats;
using testing::run_op;

// Element [index] of a row-major tensor's values; 0 outside.
double at(const std::vector<double>& values, const Shape& shape, const Ints& index) {
    int64_t offset = 0;
    for (size_t i = 0; i < shape.size(); ++i) {
        if (index[i] < 0 || index[i] >= shape[i]) return 0;
        offset = offset * shape[i] + index[i];
    }
    return values[static_cast<size_t>(offset)];
}

Tensor make(const Shape& shape, const std::function<double(const Ints&)>& element) {
    std::vector<double> values;
    for (int64_t i = 0; i < element_count(shape); ++i) {
        Ints index(shape.size());
        int64_t rest = i;
        for (size_t axis = shape.size(); axis-- > 0; rest /= shape[axis]) index[axis] = rest % shape[axis];
        values.push_back(element(index));
    }
    return tensor_from_doubles(DType::kF32, shape, values);
}

struct ConvCase {
    int64_t n, groups, in, out;  // in, out: channels a group
    Ints size, kernel, stride, dilation, begin, end;
};

// y[n, m, o] = sum over c, k of w[m, c, k] x[n, c, o * stride - begin + k * dilation]
Tensor conv_by_definition(const ConvCase& t, const Tensor& x, const Tensor& w,
                          const std::vector<double>& bias, const Shape& y) {
    const auto xs = x.to_doubles(), ws = w.to_doubles();
    const Shape taps(t.kernel.begin(), t.kernel.end());
    return make(y, [&](const Ints& o) {
        double sum = bias[static_cast<size_t>(o[1])];
        for (int64_t c = 0; c < t.in; ++c)
            for (int64_t tap = 0; tap < element_count(taps); ++tap) {
                Ints from{o[0], o[1] / t.out * t.in + c}, weight{o[1], c}, k(taps.size());
                int64_t rest = tap;
                for (size_t i = taps.size(); i-- > 0; rest /= taps[i]) k[i] = rest % taps[i];
                for (size_t i = 0; i < taps.size(); ++i) {
                    from.push_back(o[i + 2] * t.stride[i] - t.begin[i] + k[i] * t.dilation[i]);
                    weight.push_back(k[i]);
                }
                sum += at(xs, x.shape(), from) * at(ws, w.shape(), weight);
            }
        return sum;
    });
}

Shape joined(Shape a, const Ints& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

TEST(Conv, FollowsItsDefinition) {
    const std::vector<ConvCase> cases{
        {2, 1, 3, 4, {7, 6}, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
        {1, 2, 2, 3, {9, 8}, {3, 2}, {2, 3}, {1, 2}, {0, 2}, {1, 0}},
        {2, 5, 1, 1, {6, 5}, {3, 3}, {1, 1}, {2, 1}, {2, 1}, {2, 1}},
        {2, 1, 4, 2, {40}, {5}, {3}, {2}, {1}, {4}},
        {1, 1, 2, 3, {3, 4, 5}, {2, 3, 2}, {1, 1, 1}, {1, 1, 2}, {0, 1, 1}, {1, 1, 0}},
        {1, 3, 1, 2, {4, 3, 5}, {2, 1, 3}, {2, 1, 2}, {1, 1, 1}, {1, 0, 1}, {0, 0, 1}},
        {1, 1, 1, 2, {60, 70}, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
        {1, 1, 3, 2, {4, 4}, {4, 4}, {1, 1}, {1, 1}, {0, 0}, {0, 0}}};
    for (const ConvCase& t : cases) {
        const Tensor x = floats(joined({t.n, t.groups * t.in}, t.size), 1),
                     w = floats(joined({t.groups * t.out, t.in}, t.kernel), 2);
        const Tensor b = floats({t.groups * t.out}, 3);
        Ints pads = joined(t.begin, t.end);
        const Tensor y = run_op(
            "conv", {x, w, b},
            {{"strides", t.stride}, {"dilations", t.dilation}, {"pads", pads}, {"group", t.groups}})[0];
        ASSERT_EQ(y.shape().size(), t.size.size() + 2);
        for (size_t i = 0; i < t.size.size(); ++i)
            EXPECT_EQ(
                y.shape()[i + 2],
                (t.size[i] + t.begin[i] + t.end[i] - (t.kernel[i] - 1) * t.dilation[i] - 1) / t.stride[i] +
                    1);
        expect_close(y, conv_by_definition(t, x, w, b.to_doubles(), y.shape()), "conv");
    }
}

// The transpose of a linear map A is the one with <A x, y> = <x, A' y> for all x and y.
TEST(Conv, TransposedConvolutionIsTheTransposedMap) {
    const std::vector<ConvCase> cases{
        {1, 1, 3, 2, {7, 6}, {3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 0}},
        {2, 2, 2, 3, {9, 8}, {3, 2}, {2, 3}, {2, 1}, {1, 2}, {1, 0}},
        {1, 1, 2, 2, {11}, {4}, {3}, {1}, {2}, {1}},
        {1, 1, 2, 1, {4, 3, 5}, {2, 2, 3}, {2, 1, 2}, {1, 1, 1}, {1, 0, 1}, {0, 0, 1}}};
    for (const ConvCase& t : cases) {
        const Tensor x = floats(joined({t.n, t.groups * t.in}, t.size), 4).to(DType::kF64);
        const Tensor w = floats(joined({t.groups * t.out, t.in}, t.kernel), 5).to(DType::kF64);
        const Ints pads = joined(t.begin, t.end);
        const Tensor ax = run_op(
            "conv", {x, w},
            {{"strides", t.stride}, {"dilations", t.dilation}, {"pads", pads}, {"group", t.groups}})[0];
        const Tensor y = floats(ax.shape(), 6).to(DType::kF64);
        Ints extra;  // what the convolution's rounding down left over
        for (size_t i = 0; i < t.size.size(); ++i)
            extra.push_back((t.size[i] + t.begin[i] + t.end[i] - (t.kernel[i] - 1) * t.dilation[i] - 1) %
                            t.stride[i]);
        const Tensor ay = run_op("conv_transpose", {y, w},
                                 {{"strides", t.stride},
                                  {"dilations", t.dilation},
                                  {"pads", pads},
                                  {"group", t.groups},
                                  {"output_padding", extra}})[0];
        ASSERT_EQ(ay.shape(), x.shape());
        double left = 0, right = 0;
        for (size_t i = 0; i < y.to_doubles().size(); ++i) left += ax.to_doubles()[i] * y.to_doubles()[i];
        for (size_t i = 0; i < x.to_doubles().size(); ++i) right += x.to_doubles()[i] * ay.to_doubles()[i];
        EXPECT_NEAR(left, right, 1e-9);
    }
}

TEST(Conv, AutomaticPaddingKeepsTheSize) {
    const Tensor x = floats({1, 1, 5, 6}, 1), w = floats({1, 1, 4, 3}, 2);
    EXPECT_EQ(run_op("conv", {x, w}, {{"auto_pad", std::string("SAME_UPPER")}})[0].shape(),
              (Shape{1, 1, 5, 6}));
    const Tensor upper = run_op("conv", {x, w}, {{"auto_pad", std::string("SAME_UPPER")}})[0];
    expect_close(upper, run_op("conv", {x, w}, {{"pads", Ints{1, 1, 2, 1}}})[0], "SAME_UPPER");
    expect_close(run_op("conv", {x, w}, {{"auto_pad", std::string("SAME_LOWER")}})[0],
                 run_op("conv", {x, w}, {{"pads", Ints{2, 1, 1, 1}}})[0], "SAME_LOWER");
    EXPECT_EQ(
        run_op("conv", {x, w}, {{"auto_pad", std::string("SAME_UPPER")}, {"strides", Ints{2, 4}}})[0].shape(),
        (Shape{1, 1, 3, 2}));
}

TEST(Conv, ErrorsAreSentences) {
    const Tensor x = floats({1, 4, 5, 5}, 1), w = floats({2, 4, 3, 3}, 2);
    EXPECT_NE(error_of("conv", {x, w}, {{"group", int64_t{2}}}).find("4 channels"), std::string::npos);
    EXPECT_NE(error_of("conv", {x, w}, {{"pads", Ints{1, 1}}}).find("pads has 2 numbers"), std::string::npos);
    EXPECT_NE(error_of("conv", {x, w}, {{"strides", Ints{0, 1}}}).find("strides holds 0"), std::string::npos);
    EXPECT_NE(error_of("conv", {x, w}, {{"dilations", Ints{4, 1}}}).find("spans 9"), std::string::npos);
    EXPECT_NE(error_of("conv", {x, w, floats({3}, 1)}).find("the bias is [3]"), std::string::npos);
    EXPECT_NE(error_of("conv", {x, w}, {{"pads", Ints{1 << 29, 1 << 29, 0, 0}}}), "");
    EXPECT_NE(error_of("conv", {floats({4, 5, 5}, 1), w}), "");
}

TEST(Matmul, BatchesBroadcast) {
    const Tensor a = floats({2, 1, 3, 600}, 1), b = floats({4, 600, 515}, 2);
    const Tensor y = run_op("matmul", {a, b})[0];
    ASSERT_EQ(y.shape(), (Shape{2, 4, 3, 515}));
    const auto p = a.to_doubles(), q = b.to_doubles();
    expect_close(y,
                 make(y.shape(),
                      [&](const Ints& i) {
                          double sum = 0;
                          for (int64_t k = 0; k < 600; ++k)
                              sum += at(p, a.shape(), {i[0], 0, i[2], k}) * at(q, b.shape(), {i[1], k, i[3]});
                          return sum;
                      }),
                 "matmul");
    EXPECT_EQ(run_op("matmul", {tensor_from_ints(DType::kI32, {2}, Ints{1 << 30, 1 << 30}),
                                tensor_from_ints(DType::kI32, {2}, Ints{4, 1})})[0]
                  .to_ints(),
              Ints{1 << 30});
    EXPECT_EQ(run_op("matmul", {floats({2, 0}, 1), floats({0, 3}, 1)})[0].to_doubles(),
              std::vector<double>(6, 0));
    EXPECT_NE(error_of("matmul", {floats({2, 3}, 1), floats({2, 3}, 1)}).find("3 columns against 2 rows"),
              std::string::npos);
}

TEST(Pool, FollowsItsDefinition) {
    const Tensor x = floats({2, 2, 9, 7}, 1);
    const auto xs = x.to_doubles();
    const Attrs attrs{{"kernel_shape", Ints{3, 2}}, {"strides", Ints{2, 3}}, {"pads", Ints{1, 0, 1, 1}}};
    const auto window = [&](const Ints& o, auto visit) {
        for (int64_t i = 0; i < 3; ++i)
            for (int64_t j = 0; j < 2; ++j) {
                const int64_t row = o[2] * 2 - 1 + i, column = o[3] * 3 + j;
                if (row >= 0 && row < 9 && column < 7)
                    visit(at(xs, x.shape(), {o[0], o[1], row, column}),
                          ((o[0] * 2 + o[1]) * 9 + row) * 7 + column);
            }
    };
    const auto largest = run_op("max_pool", {x}, attrs, 2);
    ASSERT_EQ(largest[0].shape(), (Shape{2, 2, 5, 3}));
    expect_close(largest[0],
                 make(largest[0].shape(),
                      [&](const Ints& o) {
                          double best = -9;
                          window(o, [&](double v, int64_t) { best = std::max(best, v); });
                          return best;
                      }),
                 "max_pool");
    const auto places = largest[1].to_ints();
    for (size_t i = 0; i < places.size(); ++i)
        EXPECT_EQ(xs[static_cast<size_t>(places[i])], largest[0].to_doubles()[i]);
    const auto mean = [&](double fixed) {
        return make(largest[0].shape(), [&, fixed](const Ints& o) {
            double sum = 0, count = 0;
            window(o, [&](double v, int64_t) { sum += v, ++count; });
            return sum / (fixed > 0 ? fixed : count);
        });
    };
    expect_close(run_op("avg_pool", {x}, attrs)[0], mean(0), "avg_pool");
    Attrs padded = attrs;
    padded.set("count_include_pad", true);
    expect_close(run_op("avg_pool", {x}, padded)[0], mean(6), "avg_pool with padding");
}

// ONNX's averagepool_2d_ceil and the case of its discussion: the last window may hang over the end, but not begin there.
TEST(Pool, CeilModeKeepsWindowsThatBeginInside) {
    std::vector<float> counted(16);
    for (size_t i = 0; i < 16; ++i) counted[i] = static_cast<float>(i + 1);
    const Tensor x = Tensor::of<float>({1, 1, 4, 4}, std::span<const float>(counted));
    const Attrs attrs{{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"ceil_mode", true}};
    EXPECT_EQ(run_op("avg_pool", {x}, attrs)[0].to_doubles(), (std::vector<double>{6, 7.5, 12, 13.5}));
    EXPECT_EQ(run_op("max_pool", {x}, attrs)[0].to_doubles(), (std::vector<double>{11, 12, 15, 16}));
    const Attrs over{{"kernel_shape", Ints{1, 1}}, {"strides", Ints{2, 2}}, {"ceil_mode", true}};
    EXPECT_EQ(run_op("max_pool", {floats({1, 1, 2, 2}, 1)}, over)[0].shape(), (Shape{1, 1, 1, 1}));
}

TEST(Reduce, FollowsTheDefinitions) {
    const Tensor x = floats({3, 4, 5}, 1, 0.1, 2);
    const auto xs = x.to_doubles();
    const Shape kept{1, 4, 1};
    const auto over = [&](const Ints& o, auto visit) {
        for (int64_t i = 0; i < 3; ++i)
            for (int64_t k = 0; k < 5; ++k) visit(at(xs, x.shape(), {i, o[1], k}));
    };
    const auto check = [&](std::string_view op, double start, auto step, auto finish) {
        const auto expected = make(kept, [&](const Ints& o) {
            double total = start;
            over(o, [&](double v) { total = step(total, v); });
            return finish(total);
        });
        expect_close(run_op(op, {x}, {{"axes", Ints{0, -1}}})[0], expected, op);
        expect_close(run_op(op, {x, Tensor::ints(Ints{2, 0})}, {{"keepdims", false}})[0],
                     expected.reshaped({4}), op);
    };
    const auto plus = [](double t, double v) { return t + v; };
    const auto same = [](double t) { return t; };
    check("reduce_sum", 0, plus, same);
    check("reduce_mean", 0, plus, [](double t) { return t / 15; });
    check("reduce_prod", 1, [](double t, double v) { return t * v; }, same);
    check("reduce_max", 0, [](double t, double v) { return std::max(t, v); }, same);
    check("reduce_min", 9, [](double t, double v) { return std::min(t, v); }, same);
    check(
        "reduce_l2", 0, [](double t, double v) { return t + v * v; }, [](double t) { return std::sqrt(t); });
    check(
        "reduce_log_sum_exp", 0, [](double t, double v) { return t + std::exp(v); },
        [](double t) { return std::log(t); });
    EXPECT_EQ(
        run_op("reduce_sum", {Tensor::of<float>({2, 0}, {})}, {{"axes", Ints{1}}, {"keepdims", false}})[0]
            .to_doubles(),
        (std::vector<double>{0, 0}));
    EXPECT_EQ(
        run_op("reduce_max", {tensor_from_ints(DType::kI8, {2}, Ints{-3, -7})}, {{"keepdims", false}})[0]
            .to_ints(),
        Ints{-3});
    EXPECT_EQ(run_op("reduce_log_sum_exp", {Tensor::of<float>({2}, {1000.0f, 1000.0f})})[0].to_doubles()[0],
              static_cast<float>(1000 + std::log(2.0)));
    EXPECT_NE(error_of("reduce_sum", {x}, {{"axes", Ints{3}}}).find("axis 3 is outside"), std::string::npos);
}

TEST(Reduce, ArgMaxTakesTheFirstOrTheLast) {
    const Tensor x = Tensor::of<float>({2, 3}, {2, 5, 5, 1, 0, 1});
    EXPECT_EQ(run_op("arg_max", {x}, {{"axis", int64_t{1}}, {"keepdims", false}})[0].to_ints(), (Ints{1, 0}));
    EXPECT_EQ(
        run_op("arg_max", {x}, {{"axis", int64_t{1}}, {"keepdims", false}, {"select_last_index", true}})[0]
            .to_ints(),
        (Ints{2, 2}));
    EXPECT_EQ(run_op("arg_min", {x}, {{"axis", int64_t{0}}})[0].to_ints(), (Ints{1, 1, 1}));
}

TEST(Softmax, MeansOneAxisOrAllFromOne) {
    const Tensor x = floats({2, 3, 4}, 1, -3, 3);
    const auto xs = x.to_doubles();
    const auto expected = [&](bool flat) {
        return make(x.shape(), [&, flat](const Ints& i) {
            double sum = 0;
            for (int64_t j = 0; j < 3; ++j)
                for (int64_t k = 0; k < 4; ++k)
                    if (flat || k == i[2]) sum += std::exp(at(xs, x.shape(), {i[0], j, k}));
            return std::exp(at(xs, x.shape(), i)) / sum;
        });
    };
    expect_close(run_op("softmax", {x}, {{"axis", int64_t{1}}})[0], expected(false), "softmax");
    expect_close(run_op("flat_softmax", {x}, {{"axis", int64_t{1}}})[0], expected(true), "flat_softmax");
    EXPECT_EQ(run_op("hardmax", {Tensor::of<float>({4}, {1, 3, 3, 0})})[0].to_doubles(),
              (std::vector<double>{0, 1, 0, 0}));
}

}  // namespace
}  // namespace lathe::ops
