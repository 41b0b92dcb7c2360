// Graphs with codes: where quantize_linear and dequantize_linear stand, which constants they have, and that they compute what
// the definition says.
#include "passes/quantize_static.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "graph/contexts.h"
#include "graph/text_form.h"
#include "ops/ops.h"

namespace lathe::passes {
namespace {

using graph::Node;
using graph::ValueId;

Tensor by_rule(std::string_view name, const Shape& shape) {
    std::vector<double> values(static_cast<size_t>(element_count(shape)));
    for (size_t i = 0; i < values.size(); ++i)
        values[i] =
            std::sin(static_cast<double>(i * 7 + name.size() * 3 + static_cast<size_t>(name[0])) * 0.7);
    return tensor_from_doubles(DType::kF32, shape, values);
}

Graph static_parsed(std::string_view text) {
    auto graph = graph::parse_text(
        text, ops::find_op, [](std::string_view name, DType dtype, const Shape& shape) -> Result<Tensor> {
            return by_rule(name, shape).to(dtype);
        });
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    return graph ? *std::move(graph) : Graph{};
}

// Every value of the graph on an input.
std::vector<Tensor> all_values(const Graph& graph, const Tensor& x) {
    graph::Bindings bindings;
    EXPECT_TRUE(graph::bind(graph[graph.inputs[0]].shape, x.shape(), bindings).has_value());
    std::vector<Tensor> values(graph.values.size());
    for (size_t i = 0; i < graph.values.size(); ++i)
        if (graph.values[i].constant) values[i] = graph.values[i].constant->to_contiguous();
    values[static_cast<size_t>(graph.inputs[0])] = x;
    for (const Node& node : graph.nodes) {
        std::vector<const Tensor*> operands;
        for (const ValueId id : node.inputs)
            operands.push_back(id == graph::kNoValue ? nullptr : &values[static_cast<size_t>(id)]);
        const auto results = graph::evaluate(*node.op, node.attrs, operands, node.outputs.size(), bindings);
        EXPECT_TRUE(results.has_value()) << node.name << ": " << results.error().message;
        if (!results) return values;
        for (size_t i = 0; i < results->size(); ++i)
            values[static_cast<size_t>(node.outputs[i])] = (*results)[i];
    }
    return values;
}

Ranges ranges_on(const Graph& graph, const StaticOptions& options, const Tensor& x) {
    const auto names = values_to_calibrate(graph, options);
    EXPECT_TRUE(names.has_value()) << names.error().message;
    const auto values = all_values(graph, x);
    Ranges ranges;
    for (const std::string& name : *names) {
        const auto numbers = values[static_cast<size_t>(graph.find(name))].to_doubles();
        const auto [low, high] = std::ranges::minmax(numbers);
        ranges[name] = {low, high};
    }
    return ranges;
}

Graph quantised(const Graph& graph, const StaticOptions& options, const Tensor& x) {
    std::vector<LayerPrecision> layers;
    auto made = quantize_static(graph, ranges_on(graph, options, x), options, layers);
    EXPECT_TRUE(made.has_value()) << made.error().message;
    if (!made) return {};
    const auto legal = graph::verify(*made);
    EXPECT_TRUE(legal.has_value()) << legal.error().message;
    return *std::move(made);
}

const Node* maker(const Graph& graph, ValueId id) {
    for (const Node& node : graph.nodes)
        if (std::ranges::find(node.outputs, id) != node.outputs.end()) return &node;
    return nullptr;
}

// The operators from which operand 0 of the named node comes, backwards: "dequantize_linear quantize_linear relu conv".
std::string path_to(const Graph& graph, std::string_view name, int steps) {
    const auto node = std::ranges::find_if(graph.nodes, [&](const Node& n) { return n.name == name; });
    EXPECT_NE(node, graph.nodes.end()) << name;
    std::string path;
    ValueId at = node->inputs[0];
    for (int i = 0; i < steps; ++i) {
        const Node* from = maker(graph, at);
        if (from == nullptr) return path + " input";
        path += (i == 0 ? "" : " ") + std::string(from->op->name);
        at = from->inputs[0];
    }
    return path;
}

double snr(const Graph& before, const Graph& after, const Tensor& x) {
    const auto a = all_values(before, x)[static_cast<size_t>(before.outputs[0])].to_doubles(),
               b = all_values(after, x)[static_cast<size_t>(after.outputs[0])].to_doubles();
    double signal = 0, noise = 0;
    for (size_t i = 0; i < a.size(); ++i) signal += a[i] * a[i], noise += (a[i] - b[i]) * (a[i] - b[i]);
    return 10 * std::log10(signal / noise);
}

constexpr std::string_view kNet = R"(
    input x: f32[n, 3, 8, 8]
    const w1: f32[8, 3, 3, 3]
    const b1: f32[8]
    const w2: f32[8, 8, 3, 3]
    const b2: f32[8]
    const w3: f32[4, 16, 1, 1]
    const w4: f32[64, 5]
    const b4: f32[5]
    c1 = conv(x, w1, b1, pads=[1, 1, 1, 1])
    r1 = relu(c1)
    p1 = max_pool(r1, kernel_shape=[2, 2], strides=[2, 2])
    c2 = conv(p1, w2, b2, pads=[1, 1, 1, 1])
    a2 = add(c2, p1)
    r2 = relu(a2)
    j = concat(r2, p1, axis=1)
    c3 = conv(j, w3)
    s3 = silu(c3)
    f = reshape(s3, shape=[n, 64])
    m = matmul(f, w4)
    y = add(m, b4)
    output y)";

TEST(QuantizeStatic, CodesStandWhereIntegersFlow) {
    const Graph graph = static_parsed(kNet), made = quantised(graph, {}, by_rule("x", {2, 3, 8, 8}));
    EXPECT_EQ(path_to(made, "c1", 3), "dequantize_linear quantize_linear input");
    EXPECT_EQ(path_to(made, "r1", 1), "conv") << "nothing between a convolution and its relu";
    EXPECT_EQ(path_to(made, "p1", 4), "dequantize_linear quantize_linear relu conv");
    EXPECT_EQ(path_to(made, "c2", 3), "dequantize_linear quantize_linear max_pool");
    EXPECT_EQ(path_to(made, "a2", 3), "dequantize_linear quantize_linear conv");
    EXPECT_EQ(path_to(made, "r2", 1), "add");
    EXPECT_EQ(path_to(made, "s3", 3), "dequantize_linear quantize_linear conv");
    EXPECT_EQ(path_to(made, "m", 5),
              "dequantize_linear quantize_linear reshape dequantize_linear quantize_linear");
    EXPECT_EQ(path_to(made, "y", 1), "matmul") << "a product's result stays f32 where only floats follow";
    EXPECT_EQ(made[made.outputs[0]].name, "y");
    EXPECT_GT(snr(graph, made, by_rule("x", {2, 3, 8, 8})), 25);
}

TEST(QuantizeStatic, ProductsOfFormatsWithoutFloatsGiveCodes) {
    StaticOptions options;
    options.results = Results::kAll;
    options.fused = {"relu", "clip", "silu"};
    const Graph graph = static_parsed(kNet), made = quantised(graph, options, by_rule("x", {2, 3, 8, 8}));
    EXPECT_EQ(path_to(made, "s3", 1), "conv");
    const Node* last = maker(made, made.outputs[0]);
    ASSERT_NE(last, nullptr);
    EXPECT_EQ(last->op->name, "dequantize_linear");
    EXPECT_EQ(made[made.outputs[0]].name, "y");
    EXPECT_EQ(path_to(made, "y", 1), "matmul") << "and the bias is added before";
}

TEST(QuantizeStatic, WhatIsMovedKeepsItsScale) {
    const Graph made = quantised(static_parsed(kNet), {}, by_rule("x", {2, 3, 8, 8}));
    const auto scale_before = [&](std::string_view name, size_t operand) {
        const auto node = std::ranges::find_if(made.nodes, [&](const Node& n) { return n.name == name; });
        return maker(made, node->inputs[operand])->inputs[1];
    };
    EXPECT_EQ(scale_before("p1", 0), scale_before("c2", 0));
    EXPECT_EQ(scale_before("j", 0), scale_before("j", 1));
    EXPECT_EQ(scale_before("j", 0), scale_before("c3", 0));
    EXPECT_NE(scale_before("a2", 0), scale_before("j", 0));
}

TEST(QuantizeStatic, PreparedGraphsComputeTheSame) {
    const Graph graph = static_parsed(R"(
        input x: f32[n, 3, 4, 5]
        const w: f32[3, 6]
        const b: f32[6]
        const v: f32[6, 2]
        k = reduce_mean(x, axes=[-1, 2], keepdims=true)
        s = mul(x, k)
        u = silu(s)
        p = reduce_mean(u, axes=[2, 3], keepdims=false)
        m = matmul(p, w)
        a = add(b, m)
        y = matmul(a, v)
        output y)");
    const auto made = prepare_static(graph, {.split_silu = true});
    ASSERT_TRUE(made.has_value()) << made.error().message;
    EXPECT_TRUE(graph::verify(*made).has_value());
    std::string ops;
    for (const Node& node : made->nodes) ops += std::string(node.op->name) + " ";
    EXPECT_EQ(ops, "global_avg_pool mul sigmoid mul global_avg_pool flatten gemm matmul ");
    EXPECT_GT(snr(graph, *made, by_rule("x", {2, 3, 4, 5})), 120);
    EXPECT_NE(made->find("a"), graph::kNoValue) << "values keep their names";
}

TEST(QuantizeStatic, ComputesWhatTheDefinitionSays) {
    const Graph graph = static_parsed(R"(
        input x: f32[n, 6]
        const w: f32[4, 6]
        const b: f32[4]
        y = gemm(x, w, b, transB=true)
        output y)");
    const Tensor x = by_rule("x", {3, 6});
    for (const DType weights : {DType::kI8, DType::kU8})
        for (const bool seven_bits : {false, true}) {
            StaticOptions options;
            options.weights = weights;
            options.reduce_range = seven_bits;
            const Graph made = quantised(graph, options, x);
            const auto found = all_values(made, x)[static_cast<size_t>(made.outputs[0])].to_doubles();
            const auto xs = x.to_doubles(), ws = graph[graph.find("w")].constant->to_doubles(),
                       bs = graph[graph.find("b")].constant->to_doubles();
            const auto [low, high] = std::ranges::minmax(xs);
            const double x_scale = (high - low) / 255, zero = std::nearbyint(-low / x_scale);
            for (size_t row = 0; row < 3; ++row)
                for (size_t o = 0; o < 4; ++o) {
                    double largest = 0, sum = 0;
                    for (size_t i = 0; i < 6; ++i) largest = std::max(largest, std::fabs(ws[o * 6 + i]));
                    const double w_scale = largest / (seven_bits ? 63 : 127);
                    for (size_t i = 0; i < 6; ++i) {
                        const double code = std::nearbyint(xs[row * 6 + i] / x_scale) + zero;
                        sum +=
                            (std::clamp(code, 0.0, 255.0) - zero) * std::nearbyint(ws[o * 6 + i] / w_scale);
                    }
                    const double bias = std::nearbyint(bs[o] / (x_scale * w_scale));
                    EXPECT_NEAR(found[row * 4 + o], (sum + bias) * x_scale * w_scale, 1e-5);
                }
        }
}

TEST(QuantizeStatic, ZeroPointsAreAsAskedFor) {
    const Graph graph = static_parsed(kNet);
    const Tensor x = by_rule("x", {2, 3, 8, 8});
    const auto check = [&](const StaticOptions& options,
                           const std::function<void(const Tensor&, bool)>& look) {
        const Graph made = quantised(graph, options, x);
        for (const Node& node : made.nodes)
            if (node.op->name == "quantize_linear") {
                const Node* from = maker(made, node.inputs[0]);
                look(*made[node.inputs[2]].constant, from != nullptr && from->op->name == "relu");
            }
        EXPECT_GT(snr(graph, made, x), 15);
    };
    check({.activations = DType::kI8, .symmetric = true}, [](const Tensor& zero, bool) {
        EXPECT_EQ(zero.dtype(), DType::kI8);
        EXPECT_EQ(zero.to_ints()[0], 0);
    });
    check({.activations = DType::kI8}, [](const Tensor& zero, bool relu) {
        if (relu) {
            EXPECT_EQ(zero.to_ints()[0], -128);
        }
    });
    check({}, [](const Tensor& zero, bool relu) {
        EXPECT_EQ(zero.dtype(), DType::kU8);
        if (relu) {
            EXPECT_EQ(zero.to_ints()[0], 0) << "so that the relu does nothing";
        }
    });
    check({.activations = DType::kF8E4M3, .weights = DType::kF8E4M3}, [](const Tensor& zero, bool) {
        EXPECT_EQ(zero.dtype(), DType::kF8E4M3);
        EXPECT_EQ(zero.to_doubles()[0], 0);
    });
}

TEST(QuantizeStatic, LargeBiasesFitAndEmptyChannelsKeepTheirs) {
    Graph graph = static_parsed(R"(
        input x: f32[n, 2]
        const w: f32[3, 2]
        const b: f32[3]
        y = gemm(x, w, b, transB=true)
        output y)");
    graph[graph.find("w")].constant = Tensor::of<float>({3, 2}, {1e-9f, -2e-9f, 0, 0, 0.5f, 0.25f});
    graph[graph.find("b")].constant = Tensor::of<float>({3}, {5.0f, 0.3f, -0.125f});
    const Tensor x = Tensor::of<float>({1, 2}, {1e-3f, 0});
    const Graph made = quantised(graph, {}, x);
    const auto y = all_values(made, x)[static_cast<size_t>(made.outputs[0])].to_doubles();
    EXPECT_NEAR(y[0], 5, 1e-6);
    EXPECT_NEAR(y[1], 0.3, 1e-6);
    EXPECT_NEAR(y[2], -0.1245, 1e-5);
}

TEST(QuantizeStatic, NamedOperatorsStay) {
    StaticOptions options;
    options.keep.push_back(*Pattern::parse("^c2$"));
    const Graph graph = static_parsed(kNet);
    const Tensor x = by_rule("x", {2, 3, 8, 8});
    std::vector<LayerPrecision> layers;
    const auto made = quantize_static(graph, ranges_on(graph, options, x), options, layers);
    ASSERT_TRUE(made.has_value());
    ASSERT_EQ(layers.size(), 4u);
    EXPECT_EQ(layers[0].precision, "int8");
    EXPECT_EQ(layers[1].precision, "fp32");
    EXPECT_EQ(layers[1].name, "c2");
    options.keep.push_back(*Pattern::parse("head"));
    const auto refused = quantize_static(graph, {}, options, layers);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().message, "no operator's name matches 'head'; there are c1, c2, c3, m, …");
}

TEST(QuantizeStatic, WithoutRangesThereAreNoCodes) {
    std::vector<LayerPrecision> layers;
    const auto none = quantize_static(static_parsed(kNet), {}, {}, layers);
    ASSERT_FALSE(none.has_value());
    EXPECT_EQ(none.error().message, "the range of the value 'x' is not known");
    StaticOptions mixed;
    mixed.activations = DType::kF8E4M3;
    EXPECT_FALSE(values_to_calibrate(static_parsed(kNet), mixed).has_value());
    mixed = {.symmetric = true};
    EXPECT_FALSE(values_to_calibrate(static_parsed(kNet), mixed).has_value());
}

TEST(QuantizeBlocks, EveryBlockIsRoundedByItsOwnScale) {
    const Graph graph = static_parsed(R"(
        input x: f32[n, 70]
        const w: f32[70, 5]
        y = matmul(x, w)
        output y)");
    std::vector<LayerPrecision> layers;
    const auto made = quantize_blocks(graph, {.block = 16}, layers);
    ASSERT_TRUE(made.has_value()) << made.error().message;
    EXPECT_TRUE(graph::verify(*made).has_value());
    const Node* dequantize = maker(*made, made->nodes.back().inputs[1]);
    ASSERT_NE(dequantize, nullptr);
    EXPECT_EQ((*made)[dequantize->inputs[0]].dtype, DType::kI4);
    EXPECT_EQ((*made)[dequantize->inputs[1]].constant->shape(), (Shape{5, 5}));
    const auto values = all_values(*made, by_rule("x", {1, 70}));
    const auto found = values[static_cast<size_t>(dequantize->outputs[0])].to_doubles(),
               exact = graph[graph.find("w")].constant->to_doubles();
    for (size_t column = 0; column < 5; ++column)
        for (size_t block = 0; block < 5; ++block) {
            double largest = 0, error = 0, plain = 0;
            const size_t end = std::min<size_t>(70, block * 16 + 16);
            for (size_t i = block * 16; i < end; ++i)
                largest = std::max(largest, std::fabs(exact[i * 5 + column]));
            for (size_t i = block * 16; i < end; ++i) {
                const double w = exact[i * 5 + column], q = std::nearbyint(w / (largest / 7)) * (largest / 7);
                error += (w - found[i * 5 + column]) * (w - found[i * 5 + column]);
                plain += (w - q) * (w - q);
            }
            EXPECT_LE(error, plain * 1.0001) << "as good as max / 7 at least";
        }
}

}  // namespace
}  // namespace lathe::passes
