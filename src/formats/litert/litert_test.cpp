#include <gtest/gtest.h>

#include "formats/litert/model.h"
#include "formats/litert/model_metadata.h"
#include "formats/litert/parse.h"
#include "formats/litert/read.h"
#include "formats/litert/write.h"
#include "graph/text_form.h"
#include "ops/ops.h"

namespace lathe::formats::litert {
namespace {

Result<Tensor> by_rule(std::string_view, DType dtype, const Shape& shape) {
    std::vector<double> values(static_cast<size_t>(element_count(shape)));
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i * 37 % 101) / 101 - 0.5;
    return tensor_from_doubles(dtype, shape, values);
}

graph::Graph small_network() {
    auto graph = graph::parse_text(R"(graph "small" {
  meta "about" = "a test"
  input image: f32[1, 3, 8, 8]
  const w: f32[20, 3, 3, 3]
  const b: f32[20]
  const d: f32[20, 1, 3, 3]
  const m: f32[20, 15]
  const n: f32[15]
  c = conv(image, w, b, pads=[1, 1, 1, 1])
  r = relu(c)
  e = conv(r, d, pads=[1, 1, 1, 1], strides=[2, 2], group=20)
  g = global_avg_pool(e)
  f = flatten(g)
  p = matmul(f, m)
  logits = add(p, n)
  output logits
})",
                                   ops::find_op, by_rule);
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    return *std::move(graph);
}

std::vector<std::byte> written(const WriteOptions& options = {}) {
    const auto bytes = to_bytes(small_network(), options);
    EXPECT_TRUE(bytes.has_value()) << bytes.error().message;
    return *bytes;
}

ParsedModel parsed(const std::vector<std::byte>& bytes) {
    auto model = parse(SharedBytes::from_vector(bytes));
    EXPECT_TRUE(model.has_value()) << model.error().message;
    return *std::move(model);
}

std::vector<Builtin> codes_of(const ParsedModel& model) {
    std::vector<Builtin> codes;
    for (const ParsedOperator& op : model.operators) codes.push_back(static_cast<Builtin>(op.code));
    return codes;
}

// One transpose at the input, relu inside the convolution, explicit margins only where SAME puts them elsewhere (a stride
// of 2 over 8 pixels: SAME pads behind only), the bias inside the product.
TEST(LitertWriter, WritesImagesAsRowsOfChannels) {
    const ParsedModel model = parsed(written());
    EXPECT_EQ(codes_of(model),
              (std::vector{Builtin::kTranspose, Builtin::kConv2d, Builtin::kPad, Builtin::kDepthwiseConv2d,
                           Builtin::kMean, Builtin::kReshape, Builtin::kFullyConnected}));
    EXPECT_EQ(model.operators[1].byte_option(conv_slot::kActivation), static_cast<int>(Activation::kRelu));
    EXPECT_EQ(model.operators[1].byte_option(conv_slot::kPadding), static_cast<int>(Padding::kSame));
    EXPECT_EQ(model.tensors[static_cast<size_t>(model.operators[1].inputs[1])].shape, (Shape{20, 3, 3, 3}));
    EXPECT_EQ(model.tensors[static_cast<size_t>(model.operators[3].inputs[1])].shape, (Shape{1, 3, 3, 20}));
    EXPECT_EQ(model.operators.back().inputs.size(), 3U);
    EXPECT_EQ(model.inputs[0].name, "image");
    EXPECT_EQ(model.outputs[0].name, "logits");
}

TEST(LitertWriter, NarrowWeightsHaveTheirTypes) {
    const ParsedModel half = parsed(written({.weights = Weights::kF16}));
    EXPECT_EQ(codes_of(half)[1], Builtin::kDequantize);
    EXPECT_EQ(half.tensors[static_cast<size_t>(half.operators[1].inputs[0])].dtype, DType::kF16);
    const ParsedModel codes = parsed(written({.weights = Weights::kI8}));
    const ParsedTensor& filter = codes.tensors[static_cast<size_t>(codes.operators[1].inputs[1])];
    EXPECT_EQ(filter.dtype, DType::kI8);
    EXPECT_EQ(filter.quantization.scales.size(), 20U);
    EXPECT_EQ(filter.quantization.axis, 0);
    // The largest of every channel is code 127 or -127.
    const auto values = filter.data->to_ints();
    for (size_t channel = 0; channel < 20; ++channel) {
        int64_t largest = 0;
        for (size_t i = 0; i < 27; ++i) largest = std::max(largest, std::abs(values[channel * 27 + i]));
        EXPECT_EQ(largest, 127);
    }
}

TEST(LitertWriter, KeepsNotesAndLabels) {
    const std::vector<std::string> labels(15, "cat");
    const ParsedModel model = parsed(written({.labels = labels}));
    EXPECT_EQ(model.metadata.at("labels.txt").substr(0, 8), "cat\ncat\n");
    const auto checkpoint = read(SharedBytes::from_vector(written()), "model.tflite");
    ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
    EXPECT_EQ(checkpoint->graph->metadata.at("about"), "a test");
}

// What Android's tools ask for, read by the places of the schema's fields: metadata_schema.fbs.
TEST(LitertWriter, DescribesImagesAsTfliteDoes) {
    Model model{.name = "net"};
    model.tensors = {{.name = "image", .shape = {1, 8, 6, 3}}, {.name = "scores", .shape = {1, 15}}};
    model.inputs = {{"image", 0}};
    model.outputs = {{"scores", 1}};
    const auto text = model_metadata(
        model, {{"image.size", "3 8 6"}, {"image.mean", "0.5 0.25 0"}, {"image.std", "1"}}, true);
    ASSERT_TRUE(text.has_value()) << text.error().message;
    const auto root = wire::FlatTable::root(as_bytes(*text), "M001");
    ASSERT_TRUE(root.has_value());
    EXPECT_EQ(root->text(0).value(), "net");
    const auto subgraph = root->tables(3).value()[0];
    const auto input = subgraph.tables(2).value()[0], output = subgraph.tables(3).value()[0];
    EXPECT_EQ(input.text(0).value(), "image");
    const auto content = input.table(3).value();
    EXPECT_EQ(content->number<uint8_t>(0), 2);  // ImageProperties
    const auto image = content->table(1).value();
    EXPECT_EQ(image->number<int8_t>(0), 1);  // RGB
    EXPECT_EQ(image->table(1).value()->number<uint32_t>(0), 6u);
    EXPECT_EQ(image->table(1).value()->number<uint32_t>(1), 8u);
    const auto unit = input.tables(4).value()[0];
    EXPECT_EQ(unit.number<uint8_t>(0), 1);  // NormalizationOptions
    const auto mean = unit.table(1).value()->vector<float>(0).value();
    ASSERT_EQ(mean.size(), 3u);
    EXPECT_EQ(mean[0], 127.5f);
    EXPECT_EQ(mean[1], 63.75f);
    EXPECT_EQ(unit.table(1).value()->vector<float>(1).value()[0], 255.0f);
    const auto file = output.tables(6).value()[0];
    EXPECT_EQ(file.text(0).value(), "labels.txt");
    EXPECT_EQ(file.number<int8_t>(2), 2);  // TENSOR_AXIS_LABELS
}

// Codes from the input to the last product: integer convolution with its relu, codes through the pooling, an integer product.
TEST(LitertWriter, QdqGraphsComputeInIntegers) {
    auto graph = graph::parse_text(
        R"(graph "qdq" {
  input image: f32[1, 3, 8, 8]
  const w: i8[20, 3, 3, 3]
  const ws: f32[20]
  const wz: i8[20]
  const b: f32[20]
  const m: i8[15, 20]
  const ms: f32[15]
  const mz: i8[15]
  const mb: f32[15]
  const s0: f32[] = [0.01]
  const z0: i8[] = [3]
  const s1: f32[] = [0.5]
  const z1: i8[] = [-128]
  const s2: f32[] = [2]
  const z2: i8[] = [5]
  q0 = quantize_linear(image, s0, z0)
  d0 = dequantize_linear(q0, s0, z0)
  dw = dequantize_linear(w, ws, wz, axis=0)
  c = conv(d0, dw, b, pads=[1, 1, 1, 1])
  r = relu(c)
  q1 = quantize_linear(r, s1, z1)
  d1 = dequantize_linear(q1, s1, z1)
  p = max_pool(d1, kernel_shape=[8, 8])
  q2 = quantize_linear(p, s1, z1)
  d2 = dequantize_linear(q2, s1, z1)
  f = flatten(d2)
  dm = dequantize_linear(m, ms, mz, axis=0)
  g = gemm(f, dm, mb, transB=true)
  q3 = quantize_linear(g, s2, z2)
  logits = dequantize_linear(q3, s2, z2)
  output logits
})",
        ops::find_op, [](std::string_view name, DType dtype, const Shape& shape) -> Result<Tensor> {
            if (name.ends_with("z")) return Tensor::filled(dtype, shape, 0);
            if (name.ends_with("s")) return Tensor::filled(dtype, shape, 0.02);
            std::vector<double> values(static_cast<size_t>(element_count(shape)));
            for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i * 37 % 101) - 50;
            return tensor_from_doubles(dtype, shape, values);
        });
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    const auto bytes = to_bytes(*graph, {});
    ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
    const ParsedModel model = parsed(*bytes);
    EXPECT_EQ(codes_of(model),
              (std::vector{Builtin::kQuantize, Builtin::kTranspose, Builtin::kConv2d, Builtin::kMaxPool2d,
                           Builtin::kReshape, Builtin::kFullyConnected, Builtin::kDequantize}));
    const ParsedOperator& conv = model.operators[2];
    EXPECT_EQ(conv.byte_option(conv_slot::kActivation), static_cast<int>(Activation::kRelu));
    const ParsedTensor& bias = model.tensors[static_cast<size_t>(conv.inputs[2])];
    EXPECT_EQ(bias.dtype, DType::kI32);
    EXPECT_FLOAT_EQ(bias.quantization.scales[0], 0.01F * 0.02F);
    for (const int tensor : {conv.inputs[0], conv.inputs[1], conv.outputs[0], model.operators[5].outputs[0]})
        EXPECT_EQ(model.tensors[static_cast<size_t>(tensor)].dtype, DType::kI8);
    // What is read back computes what the graph does.
    const auto again = read(SharedBytes::from_vector(*bytes), "qdq");
    ASSERT_TRUE(again.has_value()) << again.error().message;
}

TEST(LitertReader, HostileFilesGiveErrors) {
    const auto good = written({.weights = Weights::kI8});
    ASSERT_TRUE(read(SharedBytes::from_vector(good), "good").has_value());
    for (size_t size = 0; size < good.size(); size += size < 4096 ? 1 : 97) {
        std::vector<std::byte> cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_FALSE(read(SharedBytes::from_vector(std::move(cut)), "cut").has_value()) << size;
    }
    for (size_t i = 0; i < good.size(); ++i) {
        auto bad = good;
        bad[i] ^= static_cast<std::byte>(i % 3 == 0 ? 0xff : i % 3 == 1 ? 0x01 : 0x80);
        (void)read(SharedBytes::from_vector(std::move(bad)), "flipped");
    }
}

TEST(LitertWriter, SaysWhatLiteRtLacks) {
    const auto graph = graph::parse_text(R"(graph "g" {
  input x: f32[1, 2, height, 8]
  const w: f32[2, 2, 3, 3]
  y = conv(x, w)
  output y
})",
                                         ops::find_op, by_rule);
    ASSERT_TRUE(graph.has_value());
    const auto bytes = to_bytes(*graph, {});
    ASSERT_FALSE(bytes.has_value());
    EXPECT_NE(bytes.error().message.find("--fix height=SIZE"), std::string::npos) << bytes.error().message;
}

}  // namespace
}  // namespace lathe::formats::litert
