#include "run/reference.h"

#include <gtest/gtest.h>

#include <cmath>

#include "graph/text_form.h"
#include "ops/ops.h"

namespace lathe::run {
namespace {

TEST(Reference, RunsInOrderAndFreesValues) {
    const auto graph = graph::parse_text(
        "graph \"g\" {\ninput x: f32[n]\na = relu(x)\nb = exp(a)\nc = tanh(x)\noutput b, c, a\n}",
        ops::find_op);
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    size_t seen = 0;
    const std::vector<Tensor> inputs{Tensor::of<float>({2}, {-1.0f, 0.5f})};
    const auto outputs =
        run_reference_watched(*graph, inputs, [&](size_t, std::span<const Tensor>) { ++seen; });
    ASSERT_TRUE(outputs.has_value()) << outputs.error().message;
    EXPECT_EQ(seen, 3u);
    EXPECT_EQ((*outputs)[2].to_doubles(), (std::vector<double>{0, 0.5}));
    EXPECT_FLOAT_EQ((*outputs)[0].values<float>()[1], std::exp(0.5f));
    EXPECT_EQ((*outputs)[0].values<float>()[0], 1.0f);
    EXPECT_FLOAT_EQ((*outputs)[1].values<float>()[0], std::tanh(-1.0f));
}

TEST(Reference, TracesTakeTimeAndSayCosts) {
    const auto graph = graph::parse_text(
        "input x: f32[n, 3]\ninput w: f32[3, 5]\na = matmul(x, w)\nb = relu(a)\noutput b", ops::find_op);
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    const auto program = reference_engine().plan(*graph);
    ASSERT_TRUE(program.has_value());
    Trace trace{.clock = [] {
        static double now = 0;
        return now += 1;
    }};
    const std::vector<Tensor> inputs{Tensor::filled(DType::kF32, {2, 3}, 1),
                                     Tensor::filled(DType::kF32, {3, 5}, 1)};
    for (int run = 0; run < 2; ++run) ASSERT_TRUE((*program)->run(inputs, &trace).has_value());
    ASSERT_EQ(trace.steps.size(), 2u);
    EXPECT_EQ(trace.steps[0].op, "matmul");
    EXPECT_EQ(trace.steps[0].seconds, 1);
    EXPECT_EQ(trace.steps[1].start, trace.steps[0].start + 1);
    EXPECT_EQ(trace.steps[0].flops, 2 * 2 * 3 * 5);
    EXPECT_EQ(trace.steps[0].bytes, 4 * (6 + 15 + 10));
    EXPECT_EQ(trace.steps[1].output, (Shape{2, 5}));
}

TEST(Reference, WrongInputsAreNamed) {
    const auto graph = graph::parse_text("input x: f32[2, n]\ny = relu(x)\noutput y", ops::find_op);
    ASSERT_TRUE(graph.has_value());
    const auto message = [&](std::vector<Tensor> inputs) {
        const auto result = run_reference(*graph, inputs);
        return result ? std::string("ran") : result.error().message;
    };
    EXPECT_EQ(message({Tensor::filled(DType::kF32, {2, 3}, 1)}), "ran");
    EXPECT_NE(message({Tensor::filled(DType::kF32, {3, 3}, 1)}).find("input 'x'"), std::string::npos);
    EXPECT_NE(message({Tensor::filled(DType::kF16, {2, 3}, 1)}).find("f16"), std::string::npos);
    EXPECT_NE(message({}).find("0 inputs given"), std::string::npos);
}

}  // namespace
}  // namespace lathe::run
