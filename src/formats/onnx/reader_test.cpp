// What the reader makes of models that were put together by hand.
#include <gtest/gtest.h>

#include "formats/onnx/read.h"
#include "formats/onnx/test_models.h"
#include "graph/text_form.h"

namespace lathe::formats::onnx {
namespace {

using namespace testing;
using graph::Graph;

Result<Graph> read_model(ProtoWriter graph, int opset = 17, ReadOptions options = {}) {
    return read_graph(SharedBytes::from_vector(model_of(std::move(graph), opset)), "", options);
}

ProtoWriter attribute_head(const char* name, AttributeType type) {
    ProtoWriter message;
    message.text(attribute::kName, name);
    message.int64(attribute::kType, static_cast<int64_t>(type));
    return message;
}
ProtoWriter with(ProtoWriter message, ProtoWriter attr) {
    message.message(node_field::kAttribute, std::move(attr));
    return message;
}

// A graph whose only node is a Constant, and its value.
Tensor constant_of(ProtoWriter attr) {
    ProtoWriter graph;
    graph.message(graph_field::kNode, with(node("Constant", {}, {"c"}), std::move(attr)));
    graph.message(graph_field::kNode, node("Identity", {"c"}, {"y"}));
    graph.message(graph_field::kOutput, float_input("y", {}));
    const auto result = read_model(std::move(graph));
    EXPECT_TRUE(result.has_value()) << result.error().message;
    return result ? *result->values[0].constant : Tensor();
}

TEST(OnnxReader, ConstantsOfEveryKind) {
    ProtoWriter f = attribute_head("value_float", AttributeType::kFloat),
                i = attribute_head("value_int", AttributeType::kInt);
    ProtoWriter fs = attribute_head("value_floats", AttributeType::kFloats),
                is = attribute_head("value_ints", AttributeType::kInts);
    ProtoWriter t = attribute_head("value", AttributeType::kTensor);
    f.float32(attribute::kFloat, 1.5f);
    i.int64(attribute::kInt, -7);
    fs.packed(attribute::kFloats, std::vector<float>{1, 2, 3});
    is.int64(attribute::kInts, 4);
    is.int64(attribute::kInts, -5);
    t.message(attribute::kTensor, tensor("", {2}, 6, std::string_view("\1\0\0\0\2\0\0\0", 8)));
    EXPECT_EQ(constant_of(std::move(f)).to_doubles(), std::vector<double>{1.5});
    EXPECT_EQ(constant_of(std::move(i)).to_ints(), std::vector<int64_t>{-7});
    EXPECT_EQ(constant_of(std::move(fs)).to_doubles(), (std::vector<double>{1, 2, 3}));
    EXPECT_EQ(constant_of(std::move(is)).to_ints(), (std::vector<int64_t>{4, -5}));
    EXPECT_EQ(constant_of(std::move(t)).to_ints(), (std::vector<int64_t>{1, 2}));
}

// TensorProto, the comments on its typed fields: which type is stored where, and how.
Tensor typed(int type, int64_t count, const std::function<void(ProtoWriter&)>& fill) {
    ProtoWriter message;
    message.packed(tensor_field::kDims, std::vector<int64_t>{count});
    message.int64(tensor_field::kDataType, type);
    fill(message);
    const auto read = read_tensor_file(SharedBytes::from_vector(*message.pieces().to_vector()));
    EXPECT_TRUE(read.has_value()) << read.error().message;
    return read ? read->tensor : Tensor();
}

TEST(OnnxReader, TypedFieldsOfTensors) {
    const auto int32s = [](std::vector<int32_t> values) {
        return [values](ProtoWriter& m) { m.packed(tensor_field::kInt32Data, values); };
    };
    EXPECT_EQ(
        typed(1, 2, [](ProtoWriter& m) { m.packed(tensor_field::kFloatData, std::vector<float>{0.5f, -2}); })
            .to_doubles(),
        (std::vector<double>{0.5, -2}));
    EXPECT_EQ(
        typed(11, 1, [](ProtoWriter& m) { m.packed(tensor_field::kDoubleData, std::vector<double>{1e300}); })
            .to_doubles(),
        (std::vector<double>{1e300}));
    EXPECT_EQ(
        typed(7, 1, [](ProtoWriter& m) { m.packed(tensor_field::kInt64Data, std::vector<int64_t>{-3}); })
            .to_ints(),
        (std::vector<int64_t>{-3}));
    EXPECT_EQ(
        typed(12, 1,
              [](ProtoWriter& m) { m.packed(tensor_field::kUint64Data, std::vector<uint64_t>{4000000000}); })
            .to_ints(),
        (std::vector<int64_t>{4000000000}));
    EXPECT_EQ(typed(3, 2, int32s({-1, 127})).to_ints(), (std::vector<int64_t>{-1, 127}));
    EXPECT_EQ(typed(2, 1, int32s({255})).to_ints(), (std::vector<int64_t>{255}));
    EXPECT_EQ(typed(5, 1, int32s({-300})).to_ints(), (std::vector<int64_t>{-300}));
    EXPECT_EQ(typed(9, 2, int32s({1, 0})).to_ints(), (std::vector<int64_t>{1, 0}));
    EXPECT_EQ(typed(10, 1, int32s({0x3c00})).to_doubles(), (std::vector<double>{1}));        // f16
    EXPECT_EQ(typed(16, 1, int32s({0x4040})).to_doubles(), (std::vector<double>{3}));        // bf16
    EXPECT_EQ(typed(17, 1, int32s({0x38})).to_doubles(), (std::vector<double>{1}));          // e4m3fn
    EXPECT_EQ(typed(19, 1, int32s({0x3c})).to_doubles(), (std::vector<double>{1}));          // e5m2
    EXPECT_EQ(typed(22, 3, int32s({0x2f, 0x08})).to_ints(),
              (std::vector<int64_t>{-1, 2, -8}));  // i4, low half first
    EXPECT_EQ(typed(21, 3, int32s({0x2f, 0x08})).to_ints(), (std::vector<int64_t>{15, 2, 8}));   // u4
    EXPECT_EQ(typed(23, 2, int32s({0x72})).to_doubles(), (std::vector<double>{1, 6}));       // e2m1
}

ProtoWriter branch(const char* op) {
    ProtoWriter graph;
    graph.message(graph_field::kNode, node(op, {"x"}, {"inside"}));  // x from outside
    graph.message(graph_field::kOutput, float_input("inside", {2}));
    return graph;
}

TEST(OnnxReader, TakesTheBranchThatIsKnown) {
    for (const bool condition : {true, false}) {
        ProtoWriter then_branch = attribute_head("then_branch", AttributeType::kGraph),
                    else_branch = attribute_head("else_branch", AttributeType::kGraph);
        then_branch.message(attribute::kGraph, branch("Exp"));
        else_branch.message(attribute::kGraph, branch("Tanh"));
        ProtoWriter graph;
        graph.message(graph_field::kInitializer,
                      tensor("c", {}, 9, condition ? std::string_view("\1", 1) : std::string_view("\0", 1)));
        graph.message(graph_field::kNode, node("Not", {"c"}, {"n"}));
        graph.message(graph_field::kNode,
                      with(with(node("If", {"n"}, {"y"}), std::move(then_branch)), std::move(else_branch)));
        graph.message(graph_field::kInput, float_input("x", {2}));
        graph.message(graph_field::kOutput, float_input("y", {2}));
        const auto result = read_model(std::move(graph));
        ASSERT_TRUE(result.has_value()) << result.error().message;
        EXPECT_EQ(result->nodes[0].op->name, condition ? "tanh" : "exp");
    }
}

TEST(OnnxReader, PutsFunctionsInPlaceOfTheirCalls) {
    ProtoWriter model, import, graph, function;
    import.int64(opset_id::kVersion, 17);
    model.int64(model::kIrVersion, 8);
    model.message(model::kOpsetImport, std::move(import));
    function.text(function_field::kName, "Twice");
    function.text(function_field::kDomain, "local");
    function.text(function_field::kInput, "a");
    function.text(function_field::kOutput, "c");
    function.text(function_field::kAttribute, "slope");
    ProtoWriter reference;
    reference.text(attribute::kName, "alpha");
    reference.text(attribute::kRefAttrName, "slope");
    reference.int64(attribute::kType, 1);
    function.message(function_field::kNode, with(node("LeakyRelu", {"a"}, {"b"}), std::move(reference)));
    function.message(function_field::kNode, node("Add", {"b", "b"}, {"c"}));
    model.message(model::kFunctions, std::move(function));
    for (const auto& [in, out, slope] : {std::tuple{"x", "t", 0.5f}, std::tuple{"t", "y", 0.25f}}) {
        ProtoWriter call = node("Twice", {in}, {out}), attr = attribute_head("slope", AttributeType::kFloat);
        attr.float32(attribute::kFloat, slope);
        call.text(node_field::kDomain, "local");
        graph.message(graph_field::kNode, with(std::move(call), std::move(attr)));
    }
    graph.message(graph_field::kInput, float_input("x", {2}));
    graph.message(graph_field::kOutput, float_input("y", {2}));
    model.message(model::kGraph, std::move(graph));
    const auto result = read_graph(SharedBytes::from_vector(*model.pieces().to_vector()), "");
    ASSERT_TRUE(result.has_value()) << result.error().message;
    ASSERT_EQ(result->nodes.size(), 4u) << graph::to_text(*result);
    EXPECT_EQ(*std::get_if<double>(result->nodes[0].attrs.find("alpha")), 0.5);
    EXPECT_EQ(*std::get_if<double>(result->nodes[2].attrs.find("alpha")), 0.25);
    EXPECT_EQ((*result)[result->outputs[0]].name, "y");
}

TEST(OnnxReader, OperandsThatAreParametersBecomeAttributes) {
    ProtoWriter graph;
    graph.message(graph_field::kInitializer, tensor("axes", {1}, 7, std::string_view("\1\0\0\0\0\0\0\0", 8)));
    graph.message(graph_field::kNode, node("ReduceSum", {"x", "axes"}, {"y"}));
    graph.message(graph_field::kInput, float_input("x", {2, 3}));
    graph.message(graph_field::kOutput, float_input("y", {2, 1}));
    const auto result = read_model(std::move(graph));
    ASSERT_TRUE(result.has_value()) << result.error().message;
    EXPECT_EQ(result->nodes[0].inputs.size(), 1u);
    EXPECT_EQ(*std::get_if<graph::Ints>(result->nodes[0].attrs.find("axes")), graph::Ints{1});
    EXPECT_EQ(graph::to_text(*result).find("const"), std::string::npos);
}

TEST(OnnxReader, SizesWithoutAName) {
    ProtoWriter graph;
    graph.message(graph_field::kNode, node("Relu", {"x"}, {"y"}));
    graph.message(graph_field::kInput, float_input("x", {-1, 3, -1}));
    graph.message(graph_field::kOutput, float_input("y", {}));
    ProtoWriter again = graph;
    const auto result = read_model(std::move(graph));
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(graph::to_string((*result)[result->inputs[0]].shape), "[x_dim0, 3, x_dim2]");
    const auto fixed = read_model(std::move(again), 17, {.input_shapes = {{"x", {2, 3, 4}}}});
    ASSERT_TRUE(fixed.has_value());
    EXPECT_EQ(graph::to_string((*fixed)[fixed->outputs[0]].shape), "[2, 3, 4]");
}

}  // namespace
}  // namespace lathe::formats::onnx
