// Files that were damaged, and files that ask for what is not there.
#include <gtest/gtest.h>

#include "formats/openvino/import.h"
#include "formats/openvino/parse.h"
#include "formats/openvino/write.h"
#include "graph/text_form.h"
#include "ops/ops.h"

namespace lathe::formats::openvino {
namespace {

struct IrFiles {
    std::string xml;
    SharedBytes weights;
};

// A convolution with a bias, and a product behind a pool.
IrFiles ir_files() {
    auto graph = graph::parse_text(
        "input x: f32[1, 2, 4, 4]\ninput w: f32[3, 2, 3, 3]\ninput b: f32[3]\ninput m: f32[3, 5]\n"
        "c = conv(x, w, b, pads=[1, 1, 1, 1])\nr = relu(c)\np = global_avg_pool(r)\nf = flatten(p, axis=1)\n"
        "y = matmul(f, m)\noutput y",
        ops::find_op);
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    for (size_t i = 1; i < graph->inputs.size(); ++i) {
        graph::Value& value = (*graph)[graph->inputs[i]];
        value.constant =
            Tensor::filled(DType::kF32, *constant_shape(value.shape), 0.25 * static_cast<double>(i));
    }
    graph->inputs.resize(1);
    auto bytes = to_bytes(*graph);
    EXPECT_TRUE(bytes.has_value()) << bytes.error().message;
    return {bytes->xml, SharedBytes::from_vector(bytes->weights)};
}

Result<graph::Graph> read_ir(std::string_view xml, const SharedBytes& weights) {
    TRY(const Model model, parse(xml, weights));
    return Importer(model).run();
}

TEST(OpenvinoReader, CutFilesAreRefused) {
    const IrFiles files = ir_files();
    ASSERT_TRUE(read_ir(files.xml, files.weights).has_value());
    const std::string_view xml(files.xml);
    for (size_t size = 0; size < xml.find("</net>"); ++size)
        EXPECT_FALSE(read_ir(xml.substr(0, size), files.weights).has_value()) << size;
    for (size_t size = 0; size < files.weights.size(); size += 4)
        EXPECT_FALSE(read_ir(xml, files.weights.slice(0, size)).has_value()) << size;
}

TEST(OpenvinoReader, ChangedBytesAreRefusedOrRead) {
    const IrFiles files = ir_files();
    for (size_t i = 0; i < files.xml.size(); ++i) {
        std::string changed = files.xml;
        changed[i] = static_cast<char>(changed[i] ^ (1 << i * 5 % 7));
        (void)read_ir(changed, files.weights);
    }
}

TEST(OpenvinoReader, NumbersThatReachTooFarAreRefused) {
    const IrFiles files = ir_files();
    const auto with = [&](std::string_view from, std::string_view to) {
        std::string changed = files.xml;
        const size_t at = changed.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        changed.replace(at, from.size(), to);
        return read_ir(changed, files.weights);
    };
    EXPECT_FALSE(with("size=\"", "size=\"9").has_value());
    EXPECT_FALSE(with("offset=\"", "offset=\"18446744073709551615").has_value());
    EXPECT_FALSE(with("offset=\"0\"", "offset=\"-4\"").has_value());
    EXPECT_FALSE(with("to-layer=\"", "to-layer=\"99").has_value());
    EXPECT_FALSE(with("version=\"11\"", "version=\"12\"").has_value());
    EXPECT_FALSE(with("type=\"ReLU\"", "type=\"Proposal\"").has_value());
    EXPECT_FALSE(with("<net ", "<!DOCTYPE net><net ").has_value());
}

}  // namespace
}  // namespace lathe::formats::openvino
