// The writer, by what the reader makes of its files.
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/onnx/messages.h"
#include "formats/onnx/read.h"
#include "formats/onnx/write.h"
#include "graph/builder.h"
#include "graph/text_form.h"
#include "ops/ops.h"

namespace lathe::formats::onnx {
namespace {

using graph::Builder;
using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::Ints;
using graph::ValueId;

const Dim kBatch = Dim::symbol("batch"), kWidth = Dim::symbol("width");

Graph small() {
    Builder b(ops::find_op, "small");
    const ValueId x = b.input("x", DType::kF32, {kBatch, 3});
    const ValueId w = b.constant("scale:0", Tensor::of<float>({3}, {1, 2, 3}));
    const ValueId y = b.add("relu", {b.add("mul", {x, w})});
    b.output("y", b.add("clip", {y}, {}));
    b.graph().metadata["origin"] = "a test";
    return *b.finish();
}

Result<Graph> again(const Graph& graph, const WriteOptions& options = {}) {
    TRY(auto bytes, to_bytes(graph, options));
    return read_graph(SharedBytes::from_vector(std::move(bytes)), "");
}

std::string text_of(const Result<Graph>& graph) {
    return graph ? graph::to_text(*graph) : graph.error().message;
}
std::string error_of(const Result<Graph>& graph) { return graph ? "" : graph.error().message; }

// Nodes of that kind in the file.
int written(const Graph& graph, std::string_view op_type, int opset = 17) {
    const auto bytes = *to_bytes(graph, {.opset = opset});
    const auto model = parse_model(bytes);
    int found = 0;
    for (const Node& node : model->graph->nodes) found += node.op_type == op_type;
    return found;
}

int count(const Graph& graph, std::string_view op) {
    int found = 0;
    for (const graph::Node& node : graph.nodes) found += node.op->name == op;
    return found;
}

TEST(Onnx, ReadsWhatItWrites) {
    for (const int opset : {13, 17, 21}) {
        const SharedBytes file = SharedBytes::from_vector(*to_bytes(small(), {.opset = opset}));
        EXPECT_EQ(match(file.bytes(), ""), Match::kCertain);
        const auto graph = read_graph(file, "");
        EXPECT_EQ(text_of(graph), graph::to_text(small()));
        EXPECT_EQ(graph->metadata.at("origin"), "a test");
    }
}

// DequantizeLinear gives f32 alone before operator set 19, and takes codes of 16 and of 4 bits from 21 on.
TEST(Onnx, QuantisesWithTypesThatTheVersionHas) {
    const auto dequantized = [](DType codes, DType to) {
        Builder b(ops::find_op, "dequantized");
        const ValueId scale = b.constant("scale", Tensor::filled(to, {}, 0.5));
        b.output("y", b.add("dequantize_linear", {b.input("x", codes, {kBatch, 3}), scale}));
        return *b.finish();
    };
    EXPECT_EQ(written(dequantized(DType::kI8, DType::kF32), "DequantizeLinear", 17), 1);
    EXPECT_EQ(written(dequantized(DType::kI8, DType::kF16), "DequantizeLinear", 17), 0);
    EXPECT_EQ(written(dequantized(DType::kI8, DType::kF16), "DequantizeLinear", 19), 1);
    EXPECT_EQ(written(dequantized(DType::kU16, DType::kF32), "DequantizeLinear", 19), 0);
    EXPECT_EQ(written(dequantized(DType::kU16, DType::kF32), "DequantizeLinear", 21), 1);
}

// docs/Versioning.md of ONNX: the IR version of the release that brought the operator set.
TEST(Onnx, SaysTheVersionsThatBelongTogether) {
    for (const auto& [opset, ir] :
         {std::pair{13, 7}, {14, 7}, {15, 8}, {17, 8}, {18, 8}, {19, 9}, {20, 9}, {21, 10}}) {
        const auto bytes = *to_bytes(small(), {.opset = opset});
        const auto model = parse_model(bytes);
        ASSERT_TRUE(model.has_value());
        EXPECT_EQ(model->ir_version, ir) << opset;
        EXPECT_EQ(model->opsets.at(""), opset);
    }
    EXPECT_NE(error_of(again(small(), {.opset = 12})).find("expected 13 to 21"), std::string::npos);
    EXPECT_NE(error_of(again(small(), {.opset = 22})).find("expected 13 to 21"), std::string::npos);
}

TEST(Onnx, ReshapesNeedNoNodesForWhatZeroAndMinusOneSay) {
    const auto reshape = [](Dims from, Dims to) {
        Builder b(ops::find_op, "sizes");
        b.output("y",
                 b.add("reshape", {b.input("x", DType::kF32, std::move(from))}, {{"shape", std::move(to)}}));
        return *b.finish();
    };
    EXPECT_EQ(written(reshape({kBatch, 4, kWidth}, {kBatch, kWidth * Dim(4)}), "Shape"), 0);
    EXPECT_EQ(written(reshape({kBatch, kWidth, 8}, {kBatch, kWidth, 2, 4}), "Shape"), 0);
    EXPECT_EQ(written(reshape({kBatch, 4, kWidth}, {4, kBatch * kWidth}), "Shape"), 0);
    const Graph swapped = reshape({kBatch, 4, kWidth}, {kWidth, 4, kBatch});  // -1 says only one of the two
    EXPECT_EQ(written(swapped, "Shape"), 1);
    // The reader follows the sizes through the nodes that compute them.
    EXPECT_EQ(text_of(again(swapped)), graph::to_text(swapped));
}

TEST(Onnx, SizesAreComputedOnce) {
    Builder b(ops::find_op, "sizes");
    const ValueId x = b.input("x", DType::kF32, {kBatch, kWidth});
    const ValueId one = b.constant("one", Tensor::of<float>({1, 1}, {1}));
    const Dims target{kBatch, kWidth * kWidth - Dim(1)};
    const ValueId first = b.add("expand", {one}, {{"shape", target}}),
                  second = b.add("expand", {one}, {{"shape", target}});
    b.output("sum", b.add("add", {first, second}));
    b.output("same", b.add("neg", {x}));
    const Graph graph = *b.finish();
    EXPECT_EQ(written(graph, "Shape"), 1);
    EXPECT_EQ(written(graph, "Gather"), 2);
    EXPECT_EQ(written(graph, "Mul"), 1);
    EXPECT_EQ(written(graph, "Concat"), 2);
    EXPECT_EQ(text_of(again(graph)), graph::to_text(graph));
}

TEST(Onnx, SaysWhatItCannotWrite) {
    Builder b(ops::find_op);
    b.output("y", b.add("bitwise_not", {b.input("x", DType::kI32, {2})}));
    EXPECT_NE(error_of(again(*b.finish(), {.opset = 17})).find("since operator set 18, not in 17"),
              std::string::npos);
    Builder c(ops::find_op);
    c.output("y", c.add("cast", {c.input("x", DType::kF32, {2})}, {{"to", DType::kF8E4M3}}));
    EXPECT_NE(error_of(again(*c.finish(), {.opset = 17})).find("which ONNX has since operator set 19"),
              std::string::npos);
    Builder d(ops::find_op);
    const ValueId one = d.constant("one", Tensor::of<float>({1}, {1}));
    d.output("y", d.add("expand", {one}, {{"shape", Dims{Dim::symbol("nowhere")}}}));
    EXPECT_NE(error_of(again(*d.finish())).find("'nowhere' is no dimension of an input"), std::string::npos);
}

TEST(Onnx, TakesApartWhatTheOperatorSetLacks) {
    Builder b(ops::find_op);
    b.output("y", b.add("gelu", {b.input("x", DType::kF32, {kBatch, 3})}));
    const Graph graph = *b.finish();
    EXPECT_EQ(count(*again(graph, {.opset = 20}), "gelu"), 1);
    const auto apart = again(graph, {.opset = 17});
    ASSERT_TRUE(apart.has_value()) << apart.error().message;
    EXPECT_EQ(count(*apart, "gelu"), 0);
    EXPECT_EQ(count(*apart, "erf"), 1);
    EXPECT_EQ((*apart)[apart->outputs[0]].name, "y");
}

TEST(Onnx, WeightsMayLieInAFileOfTheirOwn) {
    std::vector<float> values(2048);
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 7;
    const Tensor plain = Tensor::of<float>({2, 1024}, std::span<const float>(values));
    const Tensor turned =
        Tensor::of<float>({1024, 2}, std::span<const float>(values)).transposed(std::vector<int>{1, 0});
    Builder b(ops::find_op);
    const ValueId x = b.input("x", DType::kF32, {2, 1024});
    const ValueId sum =
        b.add("add", {b.add("add", {x, b.constant("plain", plain)}), b.constant("turned", turned)});
    b.output("y", b.add("mul", {sum, b.constant("small", Tensor::of<float>({1}, {2}))}));
    const Graph graph = *b.finish();
    const std::string path = ::testing::TempDir() + "/onnx_with_data.onnx";
    ASSERT_TRUE(write(graph, path, {.external_data = ExternalData::kAlways}).has_value());
    const auto data = map_file(path + ".data");
    ASSERT_TRUE(data.has_value());
    EXPECT_EQ(data->size(), 4096u * 2 + 8192);
    const auto found = read(*map_file(path), path);
    ASSERT_TRUE(found.has_value()) << found.error().message;
    EXPECT_EQ(found->find("plain")->to_doubles(), plain.to_doubles());
    EXPECT_EQ(found->find("turned")->to_doubles(), turned.to_doubles());
    EXPECT_EQ(found->find("turned")->storage().mapped(),
              data->mapped());  // WebAssembly reads instead of mapping
    EXPECT_EQ(found->find("small")->to_doubles(), std::vector<double>{2});
}

}  // namespace
}  // namespace lathe::formats::onnx
