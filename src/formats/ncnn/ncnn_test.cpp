#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "formats/ncnn/model.h"
#include "formats/ncnn/read.h"
#include "formats/ncnn/write.h"
#include "graph/text_form.h"
#include "ops/ops.h"

namespace lathe::formats::ncnn {
namespace {

Result<Tensor> ncnn_by_rule(std::string_view, DType dtype, const Shape& shape) {
    std::vector<double> values(static_cast<size_t>(element_count(shape)));
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i * 37 % 101) / 101 - 0.5;
    return tensor_from_doubles(dtype, shape, values);
}

graph::Graph ncnn_graph(std::string_view text) {
    auto graph = graph::parse_text(text, ops::find_op, ncnn_by_rule);
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    return *std::move(graph);
}

graph::Graph ncnn_small() {
    return ncnn_graph(R"(graph "small" {
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
})");
}

Files ncnn_files(const graph::Graph& graph, const WriteOptions& options = {}) {
    auto files = to_files(graph, options);
    EXPECT_TRUE(files.has_value()) << files.error().message;
    return *std::move(files);
}

std::vector<std::string> ncnn_types(const Files& files) {
    const auto network = parse_text(files.param);
    EXPECT_TRUE(network.has_value()) << network.error().message;
    std::vector<std::string> types;
    for (const Layer& layer : network->layers) types.push_back(layer.type);
    return types;
}

// No layer for what only changes shapes; relu inside the convolution, the bias inside the product.
TEST(NcnnWriter, LeavesTheBatchOut) {
    const Files files = ncnn_files(ncnn_small());
    EXPECT_EQ(ncnn_types(files), (std::vector<std::string>{"Input", "Convolution", "ConvolutionDepthWise",
                                                           "Pooling", "InnerProduct"}));
    EXPECT_NE(files.param.find("0 1 image 0=8 1=8 2=3\n"), std::string::npos) << files.param;
    EXPECT_EQ(files.param.substr(0, 12), "7767517\n5 5\n");
    // Filters and products have a tag of 4 bytes in front, biases none.
    EXPECT_EQ(files.bin.size(), 4U * (1 + 20 * 27 + 20 + 1 + 20 * 9 + 1 + 15 * 20 + 15));
    const Files half = ncnn_files(ncnn_small(), {.weights = Weights::kF16});
    uint32_t tag = 0;
    std::memcpy(&tag, half.bin.data(), 4);
    EXPECT_EQ(tag, 0x01306B47U);
    // Fewer than 256 weights stay f32: those of the depthwise convolution.
    EXPECT_EQ(half.bin.size(), files.bin.size() - 2U * (20 * 27 + 15 * 20));
}

// One layer takes a blob; where more do, a Split is between them.
TEST(NcnnWriter, SplitsWhatIsTakenTwice) {
    const Files files = ncnn_files(ncnn_graph(R"(graph "twice" {
  input x: f32[1, 4]
  a = exp(x)
  b = sin(a)
  y = add(a, b)
  output y
  output a
})"));
    EXPECT_EQ(ncnn_types(files),
              (std::vector<std::string>{"Input", "UnaryOp", "Split", "UnaryOp", "BinaryOp"}));
    const auto read = read_network(as_bytes(files.param), SharedBytes::from_vector(files.bin));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->outputs.size(), 2U);
    EXPECT_NE(read->find("a"), graph::kNoValue);
    EXPECT_NE(read->find("y"), graph::kNoValue);
}

TEST(NcnnWriter, NamesEverythingThatItLacks) {
    const auto refused = to_files(ncnn_graph(R"(graph "odd" {
  input x: f32[2, 3, 8, 8]
  const w: f32[3, 3, 1, 1]
  c = conv(x, w)
  n = non_zero(c)
  y = hardmax(c)
  output y
  output n
})"));
    ASSERT_FALSE(refused.has_value());
    for (const std::string_view word : {"non_zero", "hardmax"})
        EXPECT_NE(refused.error().message.find(word), std::string::npos) << refused.error().message;
    const auto batch = to_files(ncnn_graph(R"(graph "batch" {
  input x: f32[2, 3, 8, 8]
  const w: f32[3, 3, 1, 1]
  y = conv(x, w)
  output y
})"));
    ASSERT_FALSE(batch.has_value());
    EXPECT_NE(batch.error().message.find("2 images at once"), std::string::npos) << batch.error().message;
}

// Codes around the products, with scales as factors from numbers to codes.
TEST(NcnnWriter, ProductsOfCodes) {
    const Files files = ncnn_files(ncnn_graph(R"(graph "codes" {
  input image: f32[1, 3, 8, 8]
  const w: i8[20, 3, 3, 3]
  const ws: f32[20] = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
  const s: f32[] = [0.25]
  const z: i8[] = [0]
  q = quantize_linear(image, s, z)
  x = dequantize_linear(q, s, z)
  f = dequantize_linear(w, ws, axis=0)
  y = conv(x, f)
  output y
})"));
    EXPECT_EQ(ncnn_types(files), (std::vector<std::string>{"Input", "Convolution"}));
    EXPECT_NE(files.param.find(" 8=2"), std::string::npos) << files.param;
    ASSERT_EQ(files.bin.size(), 4U + 20 * 27 + 4 * 20 + 4);
    float scales[21];
    std::memcpy(scales, files.bin.data() + 4 + 20 * 27, sizeof scales);
    EXPECT_EQ(scales[0], 2.0F);
    EXPECT_EQ(scales[20], 4.0F);
    const auto read = read_network(as_bytes(files.param), SharedBytes::from_vector(files.bin));
    ASSERT_TRUE(read.has_value()) << read.error().message;
}

// ---- reading

// The binary form, by net.cpp: numbers of 32 bits.
std::vector<std::byte> ncnn_binary(const std::string& text) {
    const auto network = parse_text(text);
    EXPECT_TRUE(network.has_value());
    std::vector<int32_t> words{7767517, static_cast<int32_t>(network->layers.size()), 0};
    std::map<std::string, int32_t> blobs;
    const auto number_of = [&](const std::string& blob) {
        return blobs.emplace(blob, static_cast<int32_t>(blobs.size())).first->second;
    };
    // From ncnn's generated layer_type_enum.h.
    const std::map<std::string, int32_t> types{{"Input", 16},
                                               {"Convolution", 6},
                                               {"ConvolutionDepthWise", 42},
                                               {"Pooling", 21},
                                               {"InnerProduct", 15}};
    for (const Layer& layer : network->layers) {
        words.insert(words.end(), {types.at(layer.type), static_cast<int32_t>(layer.inputs.size()),
                                   static_cast<int32_t>(layer.outputs.size())});
        for (const auto& blob : layer.inputs) words.push_back(number_of(blob));
        for (const auto& blob : layer.outputs) words.push_back(number_of(blob));
        for (const auto& [id, value] : layer.parameters) {
            const auto* whole = std::get_if<int32_t>(&value);
            EXPECT_NE(whole, nullptr);
            words.insert(words.end(), {id, *whole});
        }
        words.push_back(-233);
    }
    words[2] = static_cast<int32_t>(blobs.size());
    const auto bytes = std::as_bytes(std::span(words));
    return {bytes.begin(), bytes.end()};
}

TEST(NcnnReader, BothFormsSayTheSame) {
    const Files files = ncnn_files(ncnn_small());
    const auto bin = SharedBytes::from_vector(files.bin);
    const auto text = read_network(as_bytes(files.param), bin);
    const auto binary = read_network(ncnn_binary(files.param), bin);
    ASSERT_TRUE(text.has_value()) << text.error().message;
    ASSERT_TRUE(binary.has_value()) << binary.error().message;
    ASSERT_EQ(text->nodes.size(), binary->nodes.size());
    for (size_t i = 0; i < text->nodes.size(); ++i) EXPECT_EQ(text->nodes[i].op, binary->nodes[i].op);
    EXPECT_EQ((*text)[text->inputs[0]].shape, graph::dims_of({1, 3, 8, 8}));
    EXPECT_EQ((*text)[text->outputs[0]].shape, graph::dims_of({1, 15}));
}

// As other programs write: lists as they are now, weights as indices of a table.
TEST(NcnnReader, ListsAndTables) {
    const std::string text =
        "7767517\n4 4\nInput in 0 1 in 0=2 1=3\nReduction r 1 1 in a 0=3 1=0 -23303=1,1 5=1\n"
        "InnerProduct p 1 1 a b 0=1 1=0 2=3\nReduction s 1 1 b c 0=0 1=0 3=0, 4=1 5=1\n";
    std::vector<std::byte> bin(4 + 1024 + 4);
    const uint32_t tag = 1;
    std::memcpy(bin.data(), &tag, 4);
    for (int i = 0; i < 256; ++i) {
        const auto value = static_cast<float>(i);
        std::memcpy(bin.data() + 4 + 4 * i, &value, 4);
    }
    for (const int i : {0, 1, 2}) bin[static_cast<size_t>(1028 + i)] = static_cast<std::byte>(7 + i);
    const auto read = read_network(as_bytes(text), SharedBytes::from_vector(bin));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    const auto weight =
        std::ranges::find_if(read->values, [](const auto& v) { return v.name == "p/weight"; });
    ASSERT_NE(weight, read->values.end());
    EXPECT_EQ(weight->constant->to_doubles(), (std::vector<double>{7, 8, 9}));
}

TEST(NcnnReader, CutAndChangedFilesAreRefusedOrRead) {
    const Files files = ncnn_files(ncnn_small());
    const auto bin = SharedBytes::from_vector(files.bin);
    const std::string whole = files.param.substr(0, files.param.size() - 1);  // without the last line's end
    for (size_t size = 0; size + 1 < whole.size(); ++size) {
        const auto read = read_network(as_bytes(whole.substr(0, size)), bin);
        if (read) {  // a last parameter that is shorter
            EXPECT_EQ(whole.find('\n', size), std::string::npos) << size;
        }
    }
    const std::vector<std::byte> binary = ncnn_binary(files.param);
    for (size_t size = 0; size < binary.size(); ++size)
        EXPECT_FALSE(read_network(ByteSpan(binary).first(size), bin).has_value()) << size;
    for (size_t size = 0; size < files.bin.size(); ++size)
        EXPECT_FALSE(read_network(as_bytes(files.param), bin.slice(0, size)).has_value()) << size;
    for (size_t i = 0; i < files.param.size(); ++i)
        for (const int bit : {0, 1, 3, 6}) {
            std::string changed = files.param;
            changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
            (void)read_network(as_bytes(changed), bin);
        }
    for (size_t i = 0; i < binary.size(); ++i)
        for (const int bit : {0, 4, 7}) {
            std::vector<std::byte> changed = binary;
            changed[i] ^= static_cast<std::byte>(1 << bit);
            (void)read_network(changed, bin);
        }
}

TEST(NcnnReader, SaysWhatItDoesNotUnderstand) {
    const auto error = [](const std::string& text) {
        const auto read = read_network(as_bytes(text), SharedBytes());
        return read ? std::string() : read.error().message;
    };
    EXPECT_NE(error("7767517\n2 2\nInput in 0 1 in 0=4\nProposal p 1 1 in out\n").find("'p' (Proposal)"),
              std::string::npos);
    EXPECT_NE(error("7767517\n1 1\nReLU r 1 1 in out\n").find("no layer before it makes the blob 'in'"),
              std::string::npos);
    EXPECT_NE(error("7767517\n1 1\nInput in 0 1 in\n").find("--input-shape"), std::string::npos);
    EXPECT_NE(error("7767517\n2 2\nInput in 0 1 in 0=4\nReLU r 1 1 in out 0=1\n").find("parameter 0"),
              std::string::npos);
}

}  // namespace
}  // namespace lathe::formats::ncnn
