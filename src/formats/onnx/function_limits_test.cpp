// Functions that call functions: how far they are put in place. (A file of its own: a hundred thousand nodes are more than
// Node's WebAssembly takes.)
#include <gtest/gtest.h>

#include "formats/onnx/read.h"
#include "formats/onnx/test_models.h"

namespace lathe::formats::onnx {
namespace {

using namespace testing;

// A function that calls the next one twice, and so on: 2^depth nodes.
std::string error_of_doubling(int depth) {
    ProtoWriter model, import, graph;
    import.int64(opset_id::kVersion, 17);
    model.int64(model::kIrVersion, 8);
    model.message(model::kOpsetImport, std::move(import));
    const auto call = [&](int i, const char* in, const char* out) {
        ProtoWriter message = node(i < depth ? format("f{}", i).c_str() : "Relu", {in}, {out});
        message.text(node_field::kDomain, i < depth ? "local" : "");
        return message;
    };
    for (int i = 0; i < depth; ++i) {
        ProtoWriter function;
        function.text(function_field::kName, format("f{}", i));
        function.text(function_field::kDomain, "local");
        function.text(function_field::kInput, "a");
        function.text(function_field::kOutput, "c");
        function.message(function_field::kNode, call(i + 1, "a", "b"));
        function.message(function_field::kNode, call(i + 1, "b", "c"));
        model.message(model::kFunctions, std::move(function));
    }
    graph.message(graph_field::kNode, call(0, "x", "y"));
    graph.message(graph_field::kInput, float_input("x", {2}));
    graph.message(graph_field::kOutput, float_input("y", {2}));
    model.message(model::kGraph, std::move(graph));
    const auto read = read_graph(SharedBytes::from_vector(*model.pieces().to_vector()), "");
    return read ? "" : read.error().message;
}

TEST(OnnxFunctions, ThatMultiplyEnd) {
    EXPECT_EQ(error_of_doubling(5), "");
    EXPECT_NE(error_of_doubling(25).find("more than 100000 nodes"), std::string::npos);
    EXPECT_NE(error_of_doubling(40).find("nested deeper"), std::string::npos);
}

}  // namespace
}  // namespace lathe::formats::onnx
