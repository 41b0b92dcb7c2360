// Costs of small networks, counted by hand.
#include "graph/cost.h"
#include "ops/try_op.h"

namespace lathe::ops {
namespace {

using graph::cost_of;
using graph::CostSum;
using graph::GraphCost;

graph::Graph parsed(std::string_view text) {
    auto g = graph::parse_text(text, find_op);
    EXPECT_TRUE(g.has_value()) << g.error().message;
    return g ? std::move(*g) : graph::Graph();
}
GraphCost cost_in(std::string_view text, const graph::Bindings& sizes = {}) {
    const auto cost = cost_of(parsed(text), sizes);
    EXPECT_TRUE(cost.has_value()) << cost.error().message;
    return cost.value_or(GraphCost());
}

TEST(Cost, OfASmallImageNetwork) {
    const GraphCost cost = cost_in(R"(
        input x: f32[batch, 3, 8, 8]
        input w: f32[4, 3, 3, 3]
        input v: f32[10, 4]
        a = conv(x, w, strides=[2, 2], pads=[1, 1, 1, 1])
        b = relu(a)
        c = global_avg_pool(b)
        d = flatten(c)
        y = gemm(d, v, transB=true)
        output y)",
                                   {{"batch", 2}});
    // a: [2, 4, 4, 4], each of its 128 elements from 27 products; y: [2, 10], each from 4.
    EXPECT_EQ(cost.total.macs, 128 * 27 + 20 * 4);
    EXPECT_EQ(cost.by_operator.at("conv").flops, 2 * 128 * 27);
    EXPECT_EQ(cost.by_operator.at("relu").flops, 128);
    EXPECT_EQ(cost.by_operator.at("relu").macs, 0);
    EXPECT_EQ(cost.by_operator.at("gemm").flops, 2 * 20 * 4);
    EXPECT_EQ(cost.by_operator.at("conv").bytes, 4 * (2 * 3 * 64 + 4 * 27 + 128));
    EXPECT_EQ(cost.total.elements, 128 + 128 + 8 + 8 + 20);
    EXPECT_EQ(cost.total.nodes, 5);
    // While the convolution runs: x, a, and the weights, which are inputs here.
    EXPECT_EQ(cost.peak_bytes, 4 * (2 * 3 * 64 + 128 + 4 * 27 + 10 * 4));
    EXPECT_EQ(cost.peak_node, 0u);
    double flops = 0;
    for (const auto& [op, sum] : cost.by_operator) flops += sum.flops;
    EXPECT_EQ(flops, cost.total.flops);
}

TEST(Cost, ValuesTakeMemoryUntilTheirLastUse) {
    // Each value takes 200 bytes; constants are not counted.
    const std::string chain = R"(
        input x: f16[100]
        const two: f16[1] = [2]
        a = mul(x, two)
        b = exp(a)
        )";
    EXPECT_EQ(cost_in(chain + "output b").peak_bytes, 2 * 200) << "x is freed before b is made";
    EXPECT_EQ(cost_in(chain + "c = add(b, x)\noutput c").peak_bytes, 3 * 200);
    EXPECT_EQ(cost_in(chain + "c = add(b, x)\noutput a, c").peak_bytes, 4 * 200) << "a stays to the end";
    EXPECT_EQ(cost_in(chain + "c = concat(b, b, b, axis=0)\noutput c").peak_node, 2u);
}

TEST(Cost, OfProducts) {
    const auto macs = [](std::string_view text) { return cost_in(text).total.macs; };
    EXPECT_EQ(macs("input x: f32[1, 8, 5, 5]\ninput w: f32[16, 2, 3, 3]\ny = conv(x, w, group=4)\noutput y"),
              16 * 9 * 2 * 9);
    EXPECT_EQ(
        macs(
            "input x: f32[1, 8, 5, 5]\ninput w: f32[8, 3, 2, 2]\ny = conv_transpose(x, w, strides=[2, 2])\noutput y"),
        8 * 25 * 3 * 4);
    EXPECT_EQ(macs("input x: f32[7, 3, 4]\ninput w: f32[4, 5]\ny = matmul(x, w)\noutput y"), 7 * 3 * 4 * 5);
    EXPECT_EQ(macs("input x: f32[4, 3]\ninput w: f32[4, 5]\ny = gemm(x, w, transA=true)\noutput y"),
              3 * 4 * 5);
    EXPECT_EQ(
        macs(
            "input x: f32[2, 3, 4]\ninput w: f32[2, 5, 4]\ny = einsum(x, w, equation=\"bid,bjd->bij\")\noutput y"),
        2 * 3 * 5 * 4);
    // 2 heads, 3 queries, 5 keys: 30 scores of 4 products each, then 6 weighted values for each query and key.
    const auto attention = cost_in(
        "input q: f32[1, 2, 3, 4]\ninput k: f32[1, 2, 5, 4]\ninput v: f32[1, 2, 5, 6]\ny = attention(q, k, v)\noutput y");
    EXPECT_EQ(attention.total.macs, 30 * 4 + 30 * 6);
    EXPECT_GE(attention.total.flops, 2 * attention.total.macs);
}

TEST(Cost, SaysWhichSizeIsMissing) {
    const auto cost = cost_of(parsed("input x: f32[n, 3]\ny = relu(x)\noutput y"), {});
    ASSERT_FALSE(cost.has_value());
    EXPECT_NE(cost.error().message.find("'n'"), std::string::npos) << cost.error().message;
}

TEST(Cost, UsualSizesAreThoseOfOneSample) {
    const auto images = graph::usual_sizes(parsed("input x: f32[batch, 3, h, 2*w]\ny = relu(x)\noutput y"));
    EXPECT_EQ(images, (graph::Bindings{{"batch", 1}, {"h", 224}, {"w", 224}}));
    const auto words = graph::usual_sizes(parsed("input ids: i64[n, length]\ny = neg(ids)\noutput y"));
    EXPECT_EQ(words, (graph::Bindings{{"n", 1}, {"length", 128}}));
    const auto board = graph::usual_sizes(
        parsed("input bin_input: f32[batch, 22, height, width]\ny = relu(bin_input)\noutput y"));
    EXPECT_EQ(board.at("width"), 19);
}

}  // namespace
}  // namespace lathe::ops
