#include <gtest/gtest.h>

#include <cmath>

#include "base/file.h"
#include "formats/coreml/blob_file.h"
#include "formats/coreml/lowering.h"
#include "formats/coreml/messages.h"
#include "formats/coreml/package.h"
#include "formats/coreml/palette.h"
#include "formats/coreml/read.h"
#include "graph/text_form.h"
#include "ops/ops.h"
#include "wire/little_endian.h"
#include "wire/test_folder.h"

namespace lathe::formats::coreml {
namespace {

Result<Tensor> coreml_values(std::string_view, DType dtype, const Shape& shape) {
    std::vector<double> values(static_cast<size_t>(element_count(shape)));
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i * 37 % 101) / 101 - 0.5;
    return tensor_from_doubles(dtype, shape, values);
}

graph::Graph coreml_network() {
    auto graph = graph::parse_text(R"(graph "small" {
  meta "about" = "a test"
  input image.1: f32[1, 3, 8, 8]
  const w: f32[20, 3, 3, 3]
  const b: f32[20]
  const m: f32[20, 128]
  c = conv(image.1, w, b, pads=[1, 1, 1, 1])
  r = relu(c)
  g = global_avg_pool(r)
  f = flatten(g)
  logits = matmul(f, m)
  output logits
})",
                                   ops::find_op, coreml_values);
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    return *std::move(graph);
}

// A package's specification and weights in memory.
struct Files {
    std::vector<std::byte> specification, weights;
};

Files files_of(const WriteOptions& options) {
    graph::Graph graph = coreml_network();
    auto model = lower(graph, options);
    EXPECT_TRUE(model.has_value()) << model.error().message;
    const BlobLayout layout = lay_out_blobs(model->program);
    TestFolder folder;
    const std::string path = folder.file("weight.bin");
    auto file = OutputFile::create(path);
    ContentHash hash;
    EXPECT_TRUE(write_blobs(layout, *file, hash).has_value());
    EXPECT_TRUE(file->commit().has_value());
    const auto weights = map_file(path);
    EXPECT_EQ(weights->size(), layout.size_bytes);
    const auto message = to_message(*model);
    return {*message->pieces().to_vector(), {weights->bytes().begin(), weights->bytes().end()}};
}

Result<graph::Graph> read_files(const Files& files) {
    TRY(const Model model, parse_model(files.specification));
    return import_model(model, SharedBytes::from_vector(files.weights));
}

// The layout that StorageFormat.hpp describes, byte by byte.
TEST(CoremlBlobs, LieAtMultiplesOf64BehindTheirDescriptions) {
    Program program;
    const Tensor numbers = Tensor::of<float>({12}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 70000});
    for (const DataType type : {DataType::kF32, DataType::kF16}) {
        Operation one{.type = "const"};
        one.attributes.emplace_back(
            "val", Value{.type = {.element = type, .shape = {12}}, .data = numbers, .in_file = true});
        program.operations.push_back(std::move(one));
    }
    const BlobLayout layout = lay_out_blobs(program);
    TestFolder folder;
    const std::string path = folder.file("weight.bin");
    auto file = OutputFile::create(path);
    ASSERT_TRUE(file.has_value()) << file.error().message;
    ContentHash hash;
    ASSERT_TRUE(write_blobs(layout, *file, hash).has_value());
    ASSERT_TRUE(file->commit().has_value());
    const auto bytes = map_file(path);
    ASSERT_TRUE(bytes.has_value());
    ASSERT_EQ(bytes->size(), 64U + 64 + 48 + 16 + 64 + 24);
    const auto word = [&](size_t at) { return wire::load_le<uint32_t>(bytes->bytes(), at); };
    EXPECT_EQ(word(0), 2U);
    EXPECT_EQ(word(4), 2U);
    EXPECT_EQ(word(64), 0xDEADBEEFU);
    EXPECT_EQ(word(68), 2U);  // f32
    EXPECT_EQ(word(72), 48U);
    EXPECT_EQ(word(80), 128U);
    EXPECT_EQ(word(192), 0xDEADBEEFU);
    EXPECT_EQ(word(196), 1U);  // f16
    EXPECT_EQ(word(208), 256U);
    // A number beyond f16 is its largest, not infinity.
    const auto half = read_blob(*bytes, 192, {.element = DataType::kF16, .shape = {12}});
    ASSERT_TRUE(half.has_value()) << half.error().message;
    EXPECT_EQ(half->data.to_doubles()[11], 65504);
    EXPECT_FALSE(read_blob(*bytes, 192, {.element = DataType::kF32, .shape = {12}}).has_value());
    EXPECT_FALSE(read_blob(*bytes, 128, {.element = DataType::kF32, .shape = {12}}).has_value());
}

TEST(CoremlWriter, NamesAndNotesComeBack) {
    for (const Weights weights : {Weights::kPlain, Weights::kI8, Weights::kI4, Weights::kPalette6}) {
        const auto graph = read_files(files_of({.half = false, .weights = weights}));
        ASSERT_TRUE(graph.has_value()) << graph.error().message;
        EXPECT_EQ((*graph)[graph->inputs[0]].name, "image.1");
        EXPECT_EQ((*graph)[graph->outputs[0]].name, "logits");
        EXPECT_EQ(graph->metadata.at("about"), "a test");
    }
}

// Every number of the palette is the mean of those that it stands for, and every value has the nearest.
TEST(CoremlPalette, IsAFixedPointOfKMeans) {
    std::vector<float> values;
    for (int i = 0; i < 5000; ++i)
        values.push_back(std::sin(static_cast<float>(i) * 0.37F) * std::cos(static_cast<float>(i)));
    const auto palette = find_palette(values, 16);
    ASSERT_EQ(palette.size(), 16U);
    const auto indices = palette_indices(values, palette);
    std::vector<double> sums(16), counts(16);
    for (size_t i = 0; i < values.size(); ++i) {
        for (const float other : palette)
            EXPECT_LE(std::fabs(values[i] - palette[indices[i]]), std::fabs(values[i] - other) + 1e-6F);
        sums[indices[i]] += static_cast<double>(values[i]);
        ++counts[indices[i]];
    }
    for (size_t k = 0; k < 16; ++k) EXPECT_NEAR(static_cast<double>(palette[k]), sums[k] / counts[k], 2e-3);
    for (const int bits : {4, 6, 8}) {
        const auto packed = pack_bits(indices, bits);
        EXPECT_EQ(packed.size(), (indices.size() * static_cast<size_t>(bits) + 7) / 8);
        for (size_t i = 0; i < indices.size(); ++i)
            ASSERT_EQ(unpack_bits(std::as_bytes(std::span(packed)), i, bits), indices[i]);
    }
}

// Channels of very different scales, as folded norms leave them: the largest need numbers as much as the many small ones.
// 256 numbers placed by the cube root of a density cost (sum of p^(1/3))^3 / (12 * 256^2) (Panter and Dite 1951).
TEST(CoremlPalette, HasNumbersForTheLargeAndTheSmall) {
    std::vector<float> values;
    for (int channel = 0; channel < 96; ++channel)
        for (int i = 0; i < 400; ++i)
            values.push_back(
                std::exp(3 * std::sin(static_cast<float>(channel) * 1.7F)) *
                (std::sin(static_cast<float>(i) * 0.37F) + std::cos(static_cast<float>(i) * 1.3F)));
    const auto snr = [&](size_t count) {
        const auto palette = find_palette(values, count);
        const auto indices = palette_indices(values, palette);
        double signal = 0, noise = 0;
        for (size_t i = 0; i < values.size(); ++i) {
            const double error = static_cast<double>(values[i] - palette[indices[i]]);
            signal += static_cast<double>(values[i] * values[i]), noise += error * error;
        }
        return 10 * std::log10(signal / noise);
    };
    std::vector<float> sorted = values;
    std::ranges::sort(sorted);
    constexpr size_t kGroup = 64;
    double roots = 0, signal = 0;
    for (size_t i = 0; i + kGroup < sorted.size(); i += kGroup) {
        const double width = static_cast<double>(sorted[i + kGroup] - sorted[i]);
        roots += std::cbrt(static_cast<double>(kGroup) / static_cast<double>(sorted.size()) * width * width);
    }
    for (const float value : values)
        signal += static_cast<double>(value * value) / static_cast<double>(values.size());
    for (const size_t count : {size_t{256}, size_t{64}}) {
        const double best =
            10 * std::log10(signal * 12 * static_cast<double>(count * count) / (roots * roots * roots));
        EXPECT_GT(snr(count), best - 1) << count;
    }
}

TEST(CoremlWriter, WholeNumbersBeyond32BitsAreRefused) {
    for (const int64_t number : {int64_t{7}, int64_t{1} << 40}) {
        const auto values = [&](std::string_view, DType dtype, const Shape& shape) -> Result<Tensor> {
            return tensor_from_ints(dtype, shape, std::vector<int64_t>{number, number});
        };
        auto graph = graph::parse_text(R"(graph "whole" {
  input x: i64[2]
  const c: i64[2]
  y = add(x, c)
  output y
})",
                                       ops::find_op, values);
        ASSERT_TRUE(graph.has_value()) << graph.error().message;
        const auto model = lower(*graph, {});
        EXPECT_EQ(model.has_value(), number == 7);
        if (!model) {
            EXPECT_NE(model.error().message.find("'c' holds 1099511627776"), std::string::npos);
        }
    }
}

TEST(CoremlWriter, LabelsAreOneForEachClass) {
    const auto refusal = [](const std::vector<std::string>& labels) {
        graph::Graph graph = coreml_network();
        const auto model = lower(graph, {.labels = labels});
        return model ? std::string() : model.error().message;
    };
    std::vector<std::string> labels;
    for (int i = 0; i < 128; ++i) labels.push_back(std::to_string(i));
    EXPECT_EQ(refusal(labels), "");
    labels[5] = "7";
    EXPECT_NE(refusal(labels).find("'7' is given twice"), std::string::npos);
    EXPECT_NE(refusal({"a", "b"}).find("2 labels"), std::string::npos);
}

TEST(CoremlReader, HostileFilesGiveErrors) {
    const Files good = files_of({.half = true, .weights = Weights::kPalette4});
    ASSERT_TRUE(read_files(good).has_value());
    for (size_t size = 0; size < good.specification.size(); ++size) {
        Files cut = good;
        cut.specification.resize(size);
        EXPECT_FALSE(read_files(cut).has_value()) << size;
    }
    for (size_t size = 0; size < good.weights.size(); size += 64) {
        Files cut = good;
        cut.weights.resize(size);
        EXPECT_FALSE(read_files(cut).has_value()) << size;
    }
    for (size_t i = 0; i < good.specification.size(); ++i) {
        Files bad = good;
        bad.specification[i] ^= static_cast<std::byte>(i % 3 == 0 ? 0xff : i % 3 == 1 ? 0x01 : 0x80);
        (void)read_files(bad);
    }
    for (size_t i = 0; i < 640; ++i) {
        Files bad = good;
        bad.weights[i] ^= std::byte{0x41};
        (void)read_files(bad);
    }
    EXPECT_FALSE(
        model_in(R"({"rootModelIdentifier": "A", "itemInfoEntries": {"A": {"path": "../../etc/passwd"}}})"));
    EXPECT_FALSE(model_in(R"({"rootModelIdentifier": "A", "itemInfoEntries": {"B": {"path": "x"}}})"));
}

}  // namespace
}  // namespace lathe::formats::coreml
