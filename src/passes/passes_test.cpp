// Every pass keeps what a graph computes; what it is for shows in the operators that are left.
#include "passes/passes.h"

#include <gtest/gtest.h>

#include <cmath>

#include "graph/contexts.h"
#include "graph/text_form.h"
#include "ops/ops.h"

namespace lathe::passes {
namespace {

// Values by rule, so that a graph's text needs none.
Result<Tensor> value_by_rule(std::string_view name, DType dtype, const Shape& shape) {
    std::vector<double> values(static_cast<size_t>(element_count(shape)));
    for (size_t i = 0; i < values.size(); ++i)
        values[i] =
            std::sin(static_cast<double>(i * 7 + name.size() * 3 + static_cast<size_t>(name[0]))) * 0.5 + 0.6;
    return tensor_from_doubles(dtype, shape, values);
}

Graph graph_of(std::string_view text) {
    auto graph = graph::parse_text(text, ops::find_op, value_by_rule);
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    if (!graph) return {};
    graph->values.shrink_to_fit();  // the first value that a pass adds moves all others
    return *std::move(graph);
}

// Evaluates the first output, node by node.
std::vector<double> output_of(const Graph& graph, const Tensor& x) {
    graph::Bindings bindings;
    EXPECT_TRUE(graph::bind(graph[graph.inputs[0]].shape, x.shape(), bindings).has_value());
    std::vector<Tensor> values(graph.values.size());
    for (size_t i = 0; i < graph.values.size(); ++i)
        if (graph.values[i].constant) values[i] = graph.values[i].constant->to_contiguous();
    values[static_cast<size_t>(graph.inputs[0])] = x;
    for (const graph::Node& node : graph.nodes) {
        std::vector<const Tensor*> operands;
        for (const auto id : node.inputs)
            operands.push_back(id == graph::kNoValue ? nullptr : &values[static_cast<size_t>(id)]);
        const auto results = graph::evaluate(*node.op, node.attrs, operands, node.outputs.size(), bindings);
        EXPECT_TRUE(results.has_value()) << node.op->name << ": " << results.error().message;
        if (!results) return {};
        for (size_t i = 0; i < results->size(); ++i)
            values[static_cast<size_t>(node.outputs[i])] = (*results)[i];
    }
    return values[static_cast<size_t>(graph.outputs[0])].to_doubles();
}

Tensor input(const Shape& shape) { return *value_by_rule("x", DType::kF32, shape); }

void expect_same_output(const Graph& before, const Graph& after, const Shape& shape,
                        double tolerance = 1e-5) {
    EXPECT_TRUE(graph::verify(after).has_value()) << graph::verify(after).error().message;
    const auto a = output_of(before, input(shape)), b = output_of(after, input(shape));
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance * std::max(1.0, std::fabs(a[i])));
}

int count_of(const Graph& graph, std::string_view op) {
    int n = 0;
    for (const auto& node : graph.nodes) n += node.op->name == op;
    return n;
}

TEST(FoldBatchNorm, MovesIntoTheConvBefore) {
    const Graph graph = graph_of(R"(
        input x: f32[n, 3, h, w]
        const w1: f32[4, 3, 3, 3]
        const b1: f32[4]
        const scale: f32[4]
        const bias: f32[4]
        const mean: f32[4]
        const var: f32[4]
        const m: f32[1, 4, 1, 1]
        const a: f32[4, 1, 1]
        t = conv(x, w1, b1, pads=[1, 1, 1, 1])
        u = batch_norm(t, scale, bias, mean, var, epsilon=0.001)
        v = mul(m, u)
        y = add(v, a)
        output y)");
    const auto folded = fold_batch_norm(graph);
    ASSERT_TRUE(folded.has_value()) << folded.error().message;
    EXPECT_EQ(folded->nodes.size(), 1u);
    EXPECT_EQ((*folded)[folded->outputs[0]].name, "y");
    expect_same_output(graph, *folded, {2, 3, 4, 5});
}

TEST(FoldBatchNorm, LeavesWhatOthersUse) {
    const Graph graph = graph_of(R"(
        input x: f32[n, 3, h, w]
        const w1: f32[4, 3, 1, 1]
        const m: f32[1, 4, 1, 1]
        t = conv(x, w1)
        u = mul(t, m)
        y = add(u, t)
        output y)");
    const auto folded = fold_batch_norm(graph);
    ASSERT_TRUE(folded.has_value());
    EXPECT_EQ(folded->nodes.size(), 3u);
    // A shared weight, a scale along another axis, and a norm in front of the conv stay too.
    const Graph other = graph_of(R"(
        input x: f32[n, 3, h, 5]
        const w1: f32[3, 3, 1, 1]
        const m: f32[5]
        const p: f32[1, 3, 1, 1]
        z = mul(x, p)
        t = conv(z, w1)
        u = mul(t, m)
        y = conv(u, w1)
        output y)");
    const auto same = fold_batch_norm(other);
    ASSERT_TRUE(same.has_value());
    EXPECT_EQ(same->nodes.size(), 4u);
    expect_same_output(other, *same, {1, 3, 2, 5});
}

TEST(FoldBatchNorm, ScalesTheColumnsOfAMatmul) {
    const Graph graph = graph_of(R"(
        input x: f32[n, 6]
        const w1: f32[6, 4]
        const m: f32[4]
        t = matmul(x, w1)
        y = mul(t, m)
        output y)");
    const auto folded = fold_batch_norm(graph);
    ASSERT_TRUE(folded.has_value());
    EXPECT_EQ(folded->nodes.size(), 1u);
    expect_same_output(graph, *folded, {3, 6});
}

TEST(MergeBranches, MakesOneConvolutionOfRepVggsThree) {
    const Graph before = graph_of(R"(
input x: f32[batch, 4, 7, 6]
const w3: f32[4, 4, 3, 3]
const w1: f32[4, 4, 1, 1]
const b3: f32[4]
const m: f32[4, 1, 1]
const o: f32[4, 1, 1]
dense = conv(x, w3, b3, pads=[1, 1, 1, 1])
point = conv(x, w1)
scaled = mul(x, m)
same = add(scaled, o)
two = add(dense, point)
y = add(two, same)
output y
)");
    auto after = merge_branches(before);
    ASSERT_TRUE(after.has_value()) << after.error().message;
    EXPECT_EQ(after->nodes.size(), 1u);
    EXPECT_EQ(count_of(*after, "conv"), 1);
    expect_same_output(before, *after, {2, 4, 7, 6}, 1e-4);
}

TEST(MergeBranches, UnderstandsDifferencesScalesAndGroups) {
    const Graph before = graph_of(R"(
input x: f32[batch, 4, 7, 6]
const w: f32[4, 1, 7, 7]
const v: f32[4, 1, 3, 3]
const m: f32[4, 1, 1]
const s: f32[4, 1, 1]
big = conv(x, w, group=4, pads=[3, 3, 3, 3])
small = conv(x, v, group=4, pads=[1, 1, 1, 1])
mixed = add(big, small)
norm = mul(x, m)
gap = sub(mixed, norm)
scaled = mul(gap, s)
y = add(x, scaled)
output y
)");
    auto after = merge_branches(before);
    ASSERT_TRUE(after.has_value()) << after.error().message;
    EXPECT_EQ(after->nodes.size(), 1u);
    expect_same_output(before, *after, {2, 4, 7, 6}, 1e-4);
}

TEST(MergeBranches, KeepsWhatIsNotLinearInOneImage) {
    const Graph before = graph_of(R"(
input x: f32[batch, 4, 7, 6]
const w: f32[4, 4, 3, 3]
const v: f32[4, 4, 1, 1]
const u: f32[4, 4, 3, 3]
a = conv(x, w, pads=[1, 1, 1, 1])
r = relu(x)
b = conv(r, v)
one = add(a, b)
c = conv(x, u, pads=[1, 1, 1, 1], strides=[1, 1])
d = conv(x, v)
two = add(c, d)
y = add(one, two)
z = mul(c, y)
output z
)");
    auto after = merge_branches(before);
    ASSERT_TRUE(after.has_value()) << after.error().message;
    EXPECT_EQ(count_of(*after, "conv"), 4);  // c is needed by itself, and a and b see different images
    expect_same_output(before, *after, {1, 4, 7, 6}, 1e-4);
}

TEST(MergeBranches, MeetsStridesAndUnevenKernels) {
    const Graph before = graph_of(R"(
input x: f32[batch, 3, 9, 8]
const w: f32[6, 3, 3, 3]
const v: f32[6, 3, 1, 1]
const u: f32[6, 3, 1, 3]
a = conv(x, w, pads=[1, 1, 1, 1], strides=[2, 2])
b = conv(x, v, strides=[2, 2])
c = conv(x, u, pads=[0, 1, 0, 1], strides=[2, 2])
ab = add(a, b)
y = sub(ab, c)
output y
)");
    auto after = merge_branches(before);
    ASSERT_TRUE(after.has_value()) << after.error().message;
    EXPECT_EQ(after->nodes.size(), 1u);
    expect_same_output(before, *after, {2, 3, 9, 8}, 1e-4);
}

TEST(FoldConstants, EvaluatesOnceAndKeepsSymbols) {
    const Graph graph = graph_of(R"(
        input x: f32[n, 6]
        const a: f32[6]
        const b: f32[6]
        c = mul(a, b)
        d = add(c, a)
        s = shape_of(x)
        y = reshape(x, s)
        z = mul(y, d)
        output z)");
    const auto folded = fold_constants(graph);
    ASSERT_TRUE(folded.has_value()) << folded.error().message;
    EXPECT_EQ(count_of(*folded, "add"), 0);
    EXPECT_EQ(count_of(*folded, "mul"), 1);
    EXPECT_EQ(count_of(*folded, "shape_of"), 1);  // holds the symbol n
    expect_same_output(graph, *folded, {3, 6});
}

TEST(BindSymbols, FixesSizesEverywhere) {
    const Graph graph = graph_of(R"(
        input x: f32[batch, c, h]
        y = reshape(x, shape=[batch, c*h])
        output y)");
    const auto bound = bind_symbols(graph, {{"batch", 2}, {"h", 5}});
    ASSERT_TRUE(bound.has_value()) << bound.error().message;
    EXPECT_EQ(graph::to_string((*bound)[bound->outputs[0]].shape), "[2, 5*c]");
    EXPECT_TRUE(graph::verify(*bound).has_value());
    EXPECT_NE(bind_symbols(graph, {{"bach", 2}}).error().message.find("batch"), std::string::npos);
    EXPECT_FALSE(bind_symbols(graph, {{"batch", 0}}).has_value());
}

TEST(Simplify, DropsWhatDoesNothing) {
    const Graph graph = graph_of(R"(
        input x: f32[2, 3, 4]
        const one: f32[1] = [1.0]
        const zero: f32[1] = [0.0]
        a = identity(x)
        b = transpose(a, perm=[2, 0, 1])
        c = transpose(b, perm=[1, 2, 0])
        d = mul(c, one)
        e = add(zero, d)
        f = relu(e)
        y = identity(f)
        output y)");
    const auto simple = simplify(graph);
    ASSERT_TRUE(simple.has_value());
    EXPECT_EQ(simple->nodes.size(), 1u);
    EXPECT_EQ((*simple)[simple->outputs[0]].name, "y");
    expect_same_output(graph, *simple, {2, 3, 4});
    const Graph direct = graph_of("input x: f32[2]\ny = identity(x)\noutput y");
    EXPECT_EQ(simplify(direct)->nodes.size(), 1u);  // an output is never an input
}

TEST(KeepOutputs, DropsTheRest) {
    const Graph graph = graph_of("input x: f32[2]\ny = relu(x)\nz = exp(x)\noutput y, z");
    EXPECT_EQ(keep_outputs(graph, {"z"})->nodes.size(), 1u);
    EXPECT_NE(keep_outputs(graph, {"q"}).error().message.find("y, z"), std::string::npos);
}

}  // namespace
}  // namespace lathe::passes
