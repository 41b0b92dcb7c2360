#include <gtest/gtest.h>

#include "graph/builder.h"
#include "graph/contexts.h"
#include "graph/text_form.h"

namespace lathe::graph {
namespace {

// A table of three operators of its own, so that the room is tested without the real rows.
Status infer_add(InferContext& c) {
    TRY(Dims shape, broadcast(c.shape(0), c.shape(1)));
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}
Status infer_sum(InferContext& c) {
    const auto axes = c.ints("axes");
    if (!axes) return fail("axes must be known");
    TRY(const auto normal, normal_axes(*axes, c.rank(0)));
    Dims shape;
    for (int i = 0; i < c.rank(0); ++i)
        if (std::find(normal.begin(), normal.end(), i) == normal.end())
            shape.push_back(c.shape(0)[static_cast<size_t>(i)]);
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}
constexpr OperandDef kTwo[] = {{"x", kNumericTypes, 'T'}, {"b", kNumericTypes, 'T'}};
constexpr OperandDef kSumIn[] = {{"x", kNumericTypes, 'T'},
                                 {"axes", type_bit(DType::kI64), '\0', Arity::kOptional}};
constexpr OperandDef kOut[] = {{"y", kNumericTypes, 'T'}};
constexpr AttrDef kSumAttrs[] = {{"axes", AttrType::kInts, "[]"}, {"note", AttrType::kString, "\"\""}};
constexpr OpDef kRows[] = {
    {.name = "add", .inputs = kTwo, .outputs = kOut, .infer = infer_add},
    {.name = "sum", .inputs = kSumIn, .outputs = kOut, .attrs = kSumAttrs, .infer = infer_sum},
    {.name = "twice_sum",
     .inputs = kSumIn,
     .outputs = kOut,
     .attrs = kSumAttrs,
     .infer = infer_sum,
     .body = "two = add(x, x)\ny = sum(two, axes=$axes)"},
};
constexpr AttrDef kScaledAttrs[] = {{"axis", AttrType::kInt}, {"alpha", AttrType::kFloat}};
Status infer_scaled(InferContext& c) {
    c.output(0, c.dtype(0), {c.shape(0)[0]});
    return {};
}
Result<std::string> write_scaled(const InferContext& c) {
    return format("const limit: x[] = $alpha\nt = add(x, limit)\n# rank {}\ny = sum(t, axes=[$axis])",
                  c.rank(0));
}
Status infer_found(InferContext& c) {
    c.output(0, c.dtype(0), {c.unknown("rows"), c.unknown("columns")});
    return {};
}
constexpr OpDef kFound = {
    .name = "found", .inputs = std::span(kTwo).first(1), .outputs = kOut, .infer = infer_found};
constexpr OpDef kScaled = {.name = "scaled",
                           .inputs = std::span(kTwo).first(1),
                           .outputs = kOut,
                           .attrs = kScaledAttrs,
                           .infer = infer_scaled,
                           .write_body = write_scaled};
const OpDef* find(std::string_view name) {
    if (name == "scaled") return &kScaled;
    if (name == "found") return &kFound;
    for (const OpDef& row : kRows)
        if (row.name == name) return &row;
    return nullptr;
}

Result<Graph> small() {
    Builder b(find, "small");
    const ValueId x = b.input("x", DType::kF32, {Dim::symbol("batch"), 3});
    const ValueId w = b.constant("blocks.0/weight:0", Tensor::of<float>({3}, {1, 2, 3}));
    const ValueId t = b.add("add", {x, w});
    b.output("y", b.add("twice_sum", {t}, {{"axes", Ints{-1}}, {"note", std::string("a \"b\" # c")}}));
    return b.finish();
}

TEST(Graph, TextPrintsAndParsesBack) {
    const auto graph = small();
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    const std::string text = to_text(*graph);
    const auto again = parse_text(text, find);
    ASSERT_TRUE(again.has_value()) << again.error().message << "\n" << text;
    EXPECT_EQ(to_text(*again), text);
    EXPECT_EQ(to_string((*again)[again->outputs[0]].shape), "[batch]");
}

TEST(Graph, TextErrorsNameTheLine) {
    const auto message = [](std::string_view text) {
        const auto graph = parse_text(text, find);
        return graph ? std::string("parsed") : graph.error().message;
    };
    EXPECT_NE(
        message("graph \"g\" {\ninput x: f32[2]\ny = nope(x)\n}").find("line 3: there is no operator 'nope'"),
        std::string::npos);
    EXPECT_NE(message("input x: f32[2]\ny: f32[3] = add(x, x)").find("declared f32[3]"), std::string::npos);
    EXPECT_NE(message("y = add(x, x)").find("'x' is not defined"), std::string::npos);
    EXPECT_NE(message("input x: f32[2]\ny = add(x)").find("needs the operand 'b'"), std::string::npos);
    EXPECT_NE(message("input x: f32[2]\ny = sum(x, axes=[1])").find("axis 1 is outside"), std::string::npos);
    EXPECT_NE(message("input x: f32[2]\ninput i: i64[2]\ny = add(x, i)").find("one type"), std::string::npos);
    EXPECT_NE(message("const w: f32[20]").find("no values"), std::string::npos);
    const std::string whole = to_text(*small());
    for (size_t cut = 0; cut < whole.size(); ++cut)
        (void)parse_text(whole.substr(0, cut), find);  // must not crash
}

TEST(Graph, ParametersMayBeOperandsOrAttributes) {
    const auto graph =
        parse_text("input x: f32[2, n]\nconst axes: i64[1] = [0]\ny = sum(x, axes)\noutput y", find);
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    EXPECT_EQ(to_string((*graph)[graph->outputs[0]].shape), "[n]");
    EXPECT_FALSE(
        parse_text("input x: f32[2, n]\nconst i: i64[1] = [0]\ny = sum(x, i, axes=[1])\noutput y", find)
            .has_value());
}

TEST(Graph, BodyExpandsWithAttributesAndOperands) {
    auto graph = small();
    ASSERT_TRUE(graph.has_value());
    const Node node = graph->nodes[1];
    const auto results = expand_body(*graph, node, find);
    ASSERT_TRUE(results.has_value()) << results.error().message;
    replace_uses(*graph, node.outputs[0], (*results)[0]);
    const Graph clean = without_dead_code(*graph);
    EXPECT_EQ(clean.nodes.size(), 3u);
    EXPECT_TRUE(verify(clean).has_value()) << verify(clean).error().message;
    EXPECT_EQ(to_string(clean[clean.outputs[0]].shape), "[batch]");
}

TEST(Graph, BodyConstantsFollowOperandsAndAttributes) {
    Builder b(find);
    b.output("y", b.add("scaled", {b.input("x", DType::kF16, {2, Dim::symbol("n")})},
                        {{"axis", int64_t{1}}, {"alpha", 0.5}}));
    auto graph = b.finish();
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    const Node node = graph->nodes[0];
    const auto results = expand_body(*graph, node, find);
    ASSERT_TRUE(results.has_value()) << results.error().message;
    EXPECT_EQ(to_string((*graph)[(*results)[0]].shape), "[2]");
    const Value& limit = (*graph)[graph->find("limit")];
    EXPECT_EQ(limit.dtype, DType::kF16);
    EXPECT_EQ(limit.constant->to_doubles(), std::vector<double>{0.5});
}

TEST(Graph, UnknownSizesKeepTheirNames) {
    Builder b(find, "g");
    const ValueId x = b.input("x", DType::kF32, {Dim::symbol("found.rows")});
    const ValueId first = b.add("found", {x}), second = b.add("found", {x});  // two nodes of one name
    b.output("first", first);
    b.output("sum", b.add("add", {second, second}));
    auto graph = b.finish();
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    const auto shape = [&](size_t i) { return to_string((*graph)[graph->outputs[i]].shape); };
    EXPECT_EQ(shape(0), "[found.rows_1, found.columns]");
    EXPECT_EQ(shape(1), "[found.rows_2, found.columns_1]");
    ASSERT_TRUE(infer_again(*graph).has_value());
    EXPECT_EQ(shape(1), "[found.rows_2, found.columns_1]");
    const auto again = parse_text(to_text(*graph), find);
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_EQ(to_text(*again), to_text(*graph));
    EXPECT_FALSE(parse_text("input x: f32[2]\ny: f32[n, 3] = found(x)\noutput y", find).has_value());
    EXPECT_TRUE(parse_text("input x: f32[2]\ny: f32[n, m] = found(x)\noutput y", find).has_value());
}

TEST(Graph, VerifySeesBrokenGraphs) {
    auto graph = *small();
    std::swap(graph.nodes[0], graph.nodes[1]);
    EXPECT_FALSE(verify(graph).has_value());
    EXPECT_TRUE(sort_nodes(graph).has_value());
    EXPECT_TRUE(verify(graph).has_value());
    graph[graph.outputs[0]].dtype = DType::kF16;
    EXPECT_FALSE(verify(graph).has_value());
    auto cyclic = *small();
    cyclic.nodes[0].inputs[0] = cyclic.outputs[0];
    EXPECT_FALSE(sort_nodes(cyclic).has_value());
}

}  // namespace
}  // namespace lathe::graph
