// Elementwise operators, arithmetic, logic, activations and casts: what the generic tests cannot see.
#include <limits>

#include "ops/test_support.h"

namespace lathe::ops {
namespace {

using namespace graph;
using testing::error_of;
using testing::expect_close;
using testing::run_op;

using Doubles = std::vector<double>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

Tensor f64(const Doubles& values) {
    return tensor_from_doubles(DType::kF64, {static_cast<int64_t>(values.size())}, values);
}
Tensor f32(const Doubles& values) {
    return tensor_from_doubles(DType::kF32, {static_cast<int64_t>(values.size())}, values);
}
Tensor ints(DType dtype, const Ints& values) {
    return tensor_from_ints(dtype, {static_cast<int64_t>(values.size())}, values);
}

TEST(Elementwise, RoundsHalvesToEven) {
    EXPECT_EQ(run_op("round", {f32({-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4})})[0].to_doubles(),
              (Doubles{-2, -2, -0.0, 0, 2, 2, 2}));
}

TEST(Elementwise, IntegersAreExactAndWrap) {
    const int64_t big = (int64_t{1} << 53) + 1, least = std::numeric_limits<int64_t>::min();
    EXPECT_EQ(run_op("abs", {ints(DType::kI64, {-big, least})})[0].to_ints(), (Ints{big, least}));
    EXPECT_EQ(run_op("add", {ints(DType::kI64, {big}), ints(DType::kI64, {1})})[0].to_ints(), Ints{big + 1});
    EXPECT_EQ(run_op("mul", {ints(DType::kI8, {100}), ints(DType::kI8, {3})})[0].to_ints(), Ints{44});
    EXPECT_EQ(run_op("div", {ints(DType::kI64, {least, -7, 7}), ints(DType::kI64, {-1, 2, -2})})[0].to_ints(),
              (Ints{least, -3, -3}));
    const Tensor wide = Tensor::of<uint64_t>({2}, {~uint64_t{0}, 5});
    EXPECT_EQ(run_op("div", {wide, Tensor::of<uint64_t>({1}, {2})})[0].values<uint64_t>()[0],
              ~uint64_t{0} / 2);
    EXPECT_EQ(run_op("greater", {wide, Tensor::of<uint64_t>({1}, {6})})[0].to_ints(), (Ints{1, 0}));
    EXPECT_EQ(run_op("max", {wide, Tensor::of<uint64_t>({1}, {6})})[0].values<uint64_t>()[0], ~uint64_t{0});
    EXPECT_NE(error_of("div", {ints(DType::kI32, {1}), ints(DType::kI32, {0})}).find("divided by zero"),
              std::string::npos);
    EXPECT_NE(error_of("mod", {ints(DType::kI32, {1}), ints(DType::kI32, {0})}).find("divided by zero"),
              std::string::npos);
}

// The table of ONNX's Mod: integers take the divisor's sign, fmod the dividend's.
TEST(Elementwise, ModFollowsOnnx) {
    const Tensor a = ints(DType::kI64, {-4, 7, 5, 4, -7, 8}), b = ints(DType::kI64, {2, -3, 8, -2, 3, 5});
    EXPECT_EQ(run_op("mod", {a, b})[0].to_ints(), (Ints{0, -2, 5, 0, 2, 3}));
    EXPECT_EQ(run_op("mod", {a, b}, {{"fmod", true}})[0].to_ints(), (Ints{0, 1, 5, 0, -1, 3}));
    const Tensor x = f64({-4.3, 7.2, 5.0, 4.3, -7.2, 8.0}), y = f64({2.1, -3.4, 8.0, -2.1, 3.4, 5.0});
    expect_close(run_op("mod", {x, y}, {{"fmod", true}})[0], f64({-0.1, 0.4, 5, 0.1, -0.4, 3}), "fmod");
    EXPECT_NE(error_of("mod", {x, y}).find("fmod"), std::string::npos);
}

TEST(Elementwise, PowersOfMixedTypes) {
    EXPECT_EQ(run_op("pow", {ints(DType::kI64, {3, -2, 1, -1, 2}), ints(DType::kI32, {39, 3, -5, -3, -1})})[0]
                  .to_ints(),
              (Ints{4052555153018976267, -8, 1, -1, 0}));
    EXPECT_EQ(run_op("pow", {ints(DType::kI32, {2, 9}), f32({3, 0.5})})[0].to_ints(), (Ints{8, 3}));
    EXPECT_EQ(run_op("pow", {f32({2, 9}), ints(DType::kI64, {-1, 2})})[0].to_doubles(), (Doubles{0.5, 81}));
}

TEST(Elementwise, NansSpread) {
    const auto least = run_op("min", {f32({1, kNan, 3}), f32({kNan, 2, 2})})[0].to_doubles();
    EXPECT_TRUE(std::isnan(least[0]) && std::isnan(least[1]) && least[2] == 2);
    EXPECT_TRUE(std::isnan(run_op("relu", {f32({kNan})})[0].to_doubles()[0]));
    EXPECT_EQ(run_op("equal", {f32({kNan, -0.0}), f32({kNan, 0})})[0].to_ints(), (Ints{0, 1}));
    EXPECT_EQ(run_op("is_inf", {f32({kInf, -kInf, kNan, 1})}, {{"detect_negative", false}})[0].to_ints(),
              (Ints{1, 0, 0, 0}));
}

TEST(Elementwise, BroadcastsAsNumPyDoes) {
    const Tensor a = testing::floats({2, 1, 3}, 1), b = testing::floats({4, 1}, 2);
    const Tensor y = run_op("sub", {a, b})[0];
    ASSERT_EQ(y.shape(), (Shape{2, 4, 3}));
    const auto p = a.to_doubles(), q = b.to_doubles(), r = y.to_doubles();
    for (size_t i = 0; i < 2; ++i)
        for (size_t j = 0; j < 4; ++j)
            for (size_t k = 0; k < 3; ++k)
                EXPECT_EQ(r[(i * 4 + j) * 3 + k], static_cast<float>(p[i * 3 + k] - q[j]));
    EXPECT_EQ(run_op("add", {Tensor::of<float>({0, 3}, {}), f32({1, 2, 3})})[0].shape(), (Shape{0, 3}));
    EXPECT_NE(error_of("add", {f32({1, 2}), f32({1, 2, 3})}).find("do not broadcast"), std::string::npos);
}

TEST(Elementwise, WhereChoosesWithoutComputing) {
    const auto y =
        run_op("where", {ints(DType::kBool, {1, 0}), f32({1, kNan}), f32({kNan, 2})})[0].to_doubles();
    EXPECT_EQ(y, (Doubles{1, 2}));
}

// Abramowitz & Stegun, tables 7.1 and 26.1: erf(1) = 0.8427007929, Phi(1) = 0.8413447461; the others by hand.
TEST(Activation, KnownValues) {
    expect_close(run_op("erf", {f64({1})})[0].to(DType::kF32), f32({0.8427007929}), "erf");
    expect_close(run_op("gelu", {f64({1, -1})})[0].to(DType::kF32), f32({0.8413447461, -0.1586552539}),
                 "gelu");
    expect_close(run_op("hard_swish", {f64({-4, 0, 1, 4})})[0], f64({0, 0, 2.0 / 3, 4}), "hard_swish");
    expect_close(run_op("softplus", {f64({0, 1000, -1000})})[0], f64({std::log(2.0), 1000, 0}), "softplus");
    expect_close(run_op("mish", {f64({0, 50, -80})})[0], f64({0, 50, -80 * std::exp(-80)}), "mish");
    expect_close(run_op("silu", {f64({0, 2})}, {{"alpha", 0.5}})[0], f64({0, 2 / (1 + std::exp(-1.0))}),
                 "silu");
}

TEST(Activation, ClipTakesBoundsFromEither) {
    EXPECT_EQ(run_op("clip", {f32({-3, 0, 3}), std::nullopt, Tensor::scalar(1.0f)})[0].to_doubles(),
              (Doubles{-3, 0, 1}));
    EXPECT_EQ(run_op("clip", {f32({-3, 0, 3})}, {{"min", -1.0}})[0].to_doubles(), (Doubles{-1, 0, 3}));
    EXPECT_EQ(run_op("clip", {f32({-3, 0, 3}), Tensor::scalar(2.0f)}, {{"max", 1.0}})[0].to_doubles(),
              (Doubles{1, 1, 1}));
    EXPECT_NE(error_of("clip", {f32({1, 2}), f32({1, 2})}).find("expected a scalar"), std::string::npos);
}

TEST(Cast, FollowsOnnx) {
    EXPECT_EQ(run_op("cast", {f32({-1.7, 1.7, 2.5})}, {{"to", DType::kI32}})[0].to_ints(), (Ints{-1, 1, 2}));
    EXPECT_EQ(run_op("cast", {ints(DType::kI64, {300, -1})}, {{"to", DType::kU8}})[0].to_ints(),
              (Ints{44, 255}));
    EXPECT_EQ(run_op("cast", {ints(DType::kI64, {256, 0})}, {{"to", DType::kBool}})[0].to_ints(),
              (Ints{1, 0}));
    const Tensor far = f32({1000, -1000, 500});
    EXPECT_EQ(run_op("cast", {far}, {{"to", DType::kF8E4M3}})[0].to_doubles(), (Doubles{448, -448, 448}));
    const auto free = run_op("cast", {far}, {{"to", DType::kF8E4M3}, {"saturate", false}})[0].to_doubles();
    EXPECT_TRUE(std::isnan(free[0]) && std::isnan(free[1]) && std::isnan(free[2]));
}

// Sizes that are computed in the graph stay known: floor(h/2) and the like.
TEST(Contents, ArithmeticOnSizesIsFollowed) {
    Graph graph;
    const auto sizes = [&](std::string_view name, Dims contents) {
        Value value{.name = std::string(name),
                    .dtype = DType::kI64,
                    .shape = {static_cast<int64_t>(contents.size())}};
        value.contents = std::move(contents);
        return graph.add_value(std::move(value));
    };
    const auto contents = [&](std::string_view op, std::vector<ValueId> inputs, Attrs attrs = {}) {
        const auto node = add_node(graph, *find_op(op), std::move(inputs), std::move(attrs));
        EXPECT_TRUE(node.has_value());
        const auto& known = graph[graph.nodes[*node].outputs[0]].contents;
        return known ? to_string(*known) : std::string("unknown");
    };
    const Dim h = Dim::symbol("h"), w = Dim::symbol("w");
    const ValueId shape = sizes("shape", {h, Dim(2) * w}), two = sizes("two", {2}),
                  minus = sizes("minus", {-1}), free = sizes("free", {h, -1});
    EXPECT_EQ(contents("mul", {shape, two}), "[2*h, 4*w]");
    EXPECT_EQ(contents("div", {shape, two}), "[floordiv(h, 2), w]");
    EXPECT_EQ(contents("sub", {shape, minus}), "[h + 1, 2*w + 1]");
    EXPECT_EQ(contents("mod", {shape, two}), "[mod(h, 2), 0]");
    EXPECT_EQ(contents("max", {shape, two}), to_string(Dims{Dim::max(h, 2), Dim::max(Dim(2) * w, 2)}));
    EXPECT_EQ(contents("equal", {free, minus}), "[0, 1]");
    EXPECT_EQ(contents("less", {shape, shape}), "[0, 0]");
    EXPECT_EQ(contents("equal", {shape, two}), "unknown");
    EXPECT_EQ(contents("cast", {shape}, {{"to", DType::kI32}}), "[h, 2*w]");
    EXPECT_EQ(contents("cast", {shape}, {{"to", DType::kF32}}), "unknown");
    const auto is_free = add_node(graph, *find_op("equal"), {free, minus}, {});
    ASSERT_TRUE(is_free.has_value());
    EXPECT_EQ(contents("where", {graph.nodes[*is_free].outputs[0], shape, free}), "[h, 2*w]");
}

}  // namespace
}  // namespace lathe::ops
