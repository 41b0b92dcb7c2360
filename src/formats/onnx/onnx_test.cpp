#include <gtest/gtest.h>

#include "formats/onnx/read.h"
#include "formats/onnx/write.h"
#include "graph/builder.h"
#include "graph/text_form.h"
#include "ops/ops.h"

namespace lathe::formats::onnx {
namespace {

using graph::Builder;
using graph::Dim;
using graph::Graph;
using graph::ValueId;

Graph small() {
    Builder b(ops::find_op, "small");
    const ValueId x = b.input("x", DType::kF32, {Dim::symbol("batch"), 3});
    const ValueId w = b.constant("scale:0", Tensor::of<float>({3}, {1, 2, 3}));
    const ValueId y = b.add("relu", {b.add("mul", {x, w})});
    b.output("y", b.add("clip", {y}, {}));
    b.graph().metadata["origin"] = "a test";
    return *b.finish();
}

SharedBytes bytes_of(const Graph& graph, WriteOptions options = {}) {
    auto bytes = to_bytes(graph, options);
    EXPECT_TRUE(bytes.has_value()) << bytes.error().message;
    return bytes ? SharedBytes::from_vector(*std::move(bytes)) : SharedBytes();
}

std::string text_of(const Result<Graph>& graph) { return graph ? graph::to_text(*graph) : graph.error().message; }

TEST(Onnx, ReadsWhatItWrites) {
    for (const int opset : {13, 17, 21}) {
        const SharedBytes file = bytes_of(small(), {.opset = opset});
        EXPECT_EQ(match(file.bytes(), ""), Match::kCertain);
        const auto again = read_graph(file, "");
        EXPECT_EQ(text_of(again), graph::to_text(small()));
        EXPECT_EQ(again->metadata.at("origin"), "a test");
    }
}

}  // namespace
}  // namespace lathe::formats::onnx
