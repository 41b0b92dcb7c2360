// Files that are wrong: cut off, with flipped bits, or contradicting themselves. Every one gets an error or a graph that
// is legal; none crashes, hangs or takes memory that the file's size does not justify.
#include <gtest/gtest.h>

#include "formats/onnx/read.h"
#include "formats/onnx/test_models.h"
#include "formats/onnx/write.h"
#include "graph/builder.h"
#include "ops/ops.h"

namespace lathe::formats::onnx {
namespace {

using graph::Builder;
using graph::Dim;
using namespace testing;

std::vector<std::byte> small_model() {
    Builder b(ops::find_op, "small");
    const auto x = b.input("x", DType::kF32, {Dim::symbol("batch"), 4, Dim::symbol("height"), 5});
    const auto w = b.constant("w", Tensor::of<float>({2, 4, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8}));
    const auto y = b.add("conv", {x, w}, {{"pads", graph::Ints{0, 0, 0, 0}}});
    const auto flat = b.add(
        "reshape", {y}, {{"shape", graph::Dims{Dim::symbol("batch"), 2, Dim::symbol("height") * Dim(5)}}});
    b.output("y", b.add("reduce_sum", {flat}, {{"axes", graph::Ints{2}}}));
    return *to_bytes(*b.finish());
}

// The error, or "" when the model is accepted.
std::string error_of(std::vector<std::byte> bytes) {
    const auto graph = read_graph(SharedBytes::from_vector(std::move(bytes)), "");
    return graph ? "" : graph.error().message;
}

TEST(OnnxHostile, EveryTruncationIsAnErrorOrALegalGraph) {
    const auto whole = small_model();
    ASSERT_EQ(error_of(whole), "");
    int accepted = 0;
    for (size_t size = 0; size < whole.size(); ++size)
        accepted += error_of({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}).empty();
    // The model's fields may stop at a border between two of them, but the graph comes last.
    EXPECT_EQ(accepted, 0);
}

TEST(OnnxHostile, FlippedBitsAreHarmless) {
    const auto whole = small_model();
    for (size_t i = 0; i < whole.size(); ++i)
        for (int bit = 0; bit < 8; ++bit) {
            auto bytes = whole;
            bytes[i] ^= std::byte(1 << bit);
            (void)error_of(std::move(bytes));
        }
}

struct Given {
    std::vector<ProtoWriter> nodes;
    std::vector<ProtoWriter> initializers = {};
    std::string output = "y";
    int opset = 17;
};
std::string error_of(Given given) {
    ProtoWriter graph;
    for (auto& n : given.nodes) graph.message(graph_field::kNode, std::move(n));
    for (auto& t : given.initializers) graph.message(graph_field::kInitializer, std::move(t));
    graph.message(graph_field::kInput, float_input("x", {2, 3}));
    graph.message(graph_field::kOutput, float_input(given.output.c_str(), {2, 3}));
    return error_of(model_of(std::move(graph), given.opset));
}

ProtoWriter external(const char* location, const char* offset = "0", const char* length = "8") {
    ProtoWriter message;
    message.packed(tensor_field::kDims, std::vector<int64_t>{2});
    message.int64(tensor_field::kDataType, 1);
    message.text(tensor_field::kName, "w");
    for (const auto& [key, value] :
         {std::pair{"location", location}, std::pair{"offset", offset}, std::pair{"length", length}}) {
        ProtoWriter item;
        item.text(entry::kKey, key);
        item.text(entry::kValue, value);
        message.message(tensor_field::kExternalData, std::move(item));
    }
    message.int64(tensor_field::kDataLocation, 1);
    return message;
}

#define EXPECT_SAYS(error, text) EXPECT_NE((error).find(text), std::string::npos) << (error)

TEST(OnnxHostile, ContradictionsAreNamed) {
    EXPECT_EQ(error_of(Given{list(node("Relu", {"x"}, {"y"}))}), "");
    EXPECT_SAYS(error_of(Given{list(node("Relu", {"nowhere"}, {"y"}))}),
                "reads 'nowhere', which nothing makes");
    EXPECT_SAYS(error_of(Given{list(node("Relu", {"b"}, {"a"}), node("Relu", {"a"}, {"b"}),
                                    node("Relu", {"b"}, {"y"}))}),
                "cycle");
    EXPECT_SAYS(error_of(Given{list(node("Relu", {"y"}, {"y"}))}), "reads its own result");
    EXPECT_SAYS(error_of(Given{list(node("Relu", {"x"}, {"y"}), node("Exp", {"x"}, {"y"}))}),
                "which another node makes too");
    EXPECT_SAYS(error_of(Given{list(node("Relu", {"x"}, {"x"})), {}, "x"}), "reads its own result");
    EXPECT_SAYS(error_of(Given{list(node("Exp", {"x"}, {"y"})), {}, "z"}), "made by no node");
    EXPECT_SAYS(error_of(Given{list(node("Relu", {"x", "x"}, {"y"}))}), "input 1");
    EXPECT_SAYS(error_of(Given{list(node("Relu", {}, {"y"}))}), "needs the operand");
    EXPECT_SAYS(error_of(Given{list(node("Relu", {"x"}, {"a", "z"}), node("Add", {"a", "z"}, {"y"}))}),
                "a result that Lathe does not compute");
    EXPECT_SAYS(error_of(Given{list(node("Relu", {"x"}, {"y"})), {}, "y", 99}), "operator set 99");
    const auto unknown = error_of(
        Given{list(node("Wavelet", {"x"}, {"a"}), node("Warp", {"a"}, {"b"}), node("Warp", {"b"}, {"y"}))});
    EXPECT_SAYS(unknown, "Warp ('b', 'y'), Wavelet ('a')");
}

TEST(OnnxHostile, NodesMayComeInAnyOrder) {
    EXPECT_EQ(error_of(Given{
                  list(node("Relu", {"b"}, {"y"}), node("Exp", {"a"}, {"b"}), node("Exp", {"x"}, {"a"}))}),
              "");
}

TEST(OnnxHostile, TensorsAreCheckedAgainstTheirBytes) {
    const auto with = [](ProtoWriter t) {
        return error_of(Given{list(node("Add", {"x", "w"}, {"y"})), list(std::move(t))});
    };
    EXPECT_EQ(with(tensor("w", {1}, 1, "abcd")), "");
    EXPECT_SAYS(with(tensor("w", {2}, 1, "abcd")), "needs 8 bytes, but 4 are stored");
    EXPECT_SAYS(with(tensor("w", {1}, 1, "abcdefgh")), "needs 4 bytes, but 8 are stored");
    EXPECT_SAYS(with(tensor("w", {int64_t{1} << 62, 4}, 1, "abcd")), "impossible shape");
    EXPECT_SAYS(with(tensor("w", {int64_t{1} << 40}, 1, "abcd")), "bytes");
    EXPECT_SAYS(with(tensor("w", {-1}, 1, "abcd")), "impossible shape");
    EXPECT_SAYS(with(tensor("w", {1}, 8, "abcd")), "STRING");
    EXPECT_SAYS(with(tensor("w", {1}, 77, "abcd")), "type 77");
    EXPECT_SAYS(error_of(Given{list(node("Add", {"x", "w"}, {"y"})),
                               list(tensor("w", {1}, 1, "abcd"), tensor("w", {1}, 1, "abcd"))}),
                "occurs twice");
}

TEST(OnnxHostile, ExternalDataStaysInItsFolder) {
    const auto from = [](const char* path, ProtoWriter t) {
        ProtoWriter graph;
        graph.message(graph_field::kInitializer, std::move(t));
        graph.message(graph_field::kNode, node("Identity", {"w"}, {"y"}));
        graph.message(graph_field::kOutput, float_input("y", {2}));
        const auto result = read_graph(SharedBytes::from_vector(model_of(std::move(graph))), path);
        return result ? std::string() : result.error().message;
    };
    for (const char* location : {"../secret", "/etc/passwd", "a/../../b", "", "C:data", "..\\secret"})
        EXPECT_SAYS(from("model.onnx", external(location)), "expected a file in the model's own folder");
    EXPECT_SAYS(from("", external("data")), "not read from a file");
    EXPECT_SAYS(from("model.onnx", external("there is no such file")), "missing");
    const std::string folder = ::testing::TempDir();
    ASSERT_TRUE(write_file(folder + "/onnx_external_data", as_bytes("12345678")));
    const std::string path = folder + "/model.onnx";
    EXPECT_EQ(from(path.c_str(), external("onnx_external_data")), "");
    EXPECT_SAYS(from(path.c_str(), external("onnx_external_data", "4")), "which has 8");
    EXPECT_SAYS(from(path.c_str(), external("onnx_external_data", "-4")), "offset");
    EXPECT_SAYS(from(path.c_str(), external("onnx_external_data", "99999999999999999999")), "offset");
    EXPECT_SAYS(
        from(path.c_str(), external("onnx_external_data", "9223372036854775807", "9223372036854775807")),
        "which has 8");
    EXPECT_SAYS(from(path.c_str(), external("onnx_external_data", "0", "4")), "needs 8 bytes");
}

}  // namespace
}  // namespace lathe::formats::onnx
