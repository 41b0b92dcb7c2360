// Quantised checkpoints from outside: whatever their labels and scales say, they are read or refused, in words.
#include "pipeline/weights.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>

#include "base/file.h"
#include "formats/safetensors/safetensors.h"
#include "pipeline/compare_weights.h"
#include "pipeline/quantize.h"
#include "wire/test_folder.h"

namespace lathe::pipeline {
namespace {

std::string source_in(TestFolder& folder) {
    std::vector<float> values(64 * 256);
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>((i * 7919 % 1000) / 500.0 - 1);
    const std::vector<graph::NamedTensor> tensors = {{"a.fc.weight", Tensor::of<float>({64, 256}, values)},
                                                     {"a.fc.bias", Tensor::of<float>({3}, {1, 2, 3})}};
    const std::string path = folder.file("m.safetensors");
    EXPECT_TRUE(formats::write_safetensors(path, tensors));
    return path;
}

// Reads all it can.
bool survives(const std::string& path) {
    auto weights = open_weights(path);
    if (!weights) return !weights.error().message.empty();
    for (const Weight& weight : weights->weights) {
        if (weight.shape.empty() || element_count(weight.shape) == 0 || bits_of(weight.stored.dtype()) < 8 ||
            !is_float(weight.dtype))
            continue;
        std::vector<float> values(static_cast<size_t>(element_count(weight.shape)));
        weight.read_rows(0, weight.shape[0], values.data());
    }
    return true;
}

TEST(HostileWeights, FlippedBitsAreReadOrRefused) {
    TestFolder folder;
    const std::string source = source_in(folder), path = folder.file("bad.safetensors");
    for (const std::string_view name :
         {"fp8_e4m3", "int8", "nvfp4", "mxfp8", "convrot_w4a4", "asym_w4a8_int8", "awq_w4a16"}) {
        QuantizeOptions options{.input = source, .output = folder.file("q.safetensors")};
        const auto target = quant::target_named(name);
        ASSERT_TRUE(target);
        options.select.primary = *target;
        ASSERT_TRUE(quantize(options, {}));
        const std::string whole(as_text(map_file(options.output)->bytes()));
        uint64_t header = 0;
        std::memcpy(&header, whole.data(), 8);
        uint64_t state = 1;
        for (int i = 0; i < 400; ++i) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            std::string bad = whole;
            const size_t reach = i % 4 == 3 ? bad.size() : 8 + header;  // mostly the labels
            const size_t at = (state >> 33) % reach;
            if (i % 2 == 0) bad[at] = static_cast<char>(bad[at] ^ (1 << (state >> 20) % 8));
            else bad[at] = "0123456789[]{}\",:\\-e"[(state >> 20) % 20];
            std::FILE* file = std::fopen(path.c_str(), "wb");  // not synced: these are many
            ASSERT_EQ(std::fwrite(bad.data(), 1, bad.size(), file), bad.size());
            std::fclose(file);
            ASSERT_TRUE(survives(path)) << name << " byte " << at;
        }
    }
}

TEST(HostileWeights, LabelsThatCannotBeTrueAreRefused) {
    TestFolder folder;
    const Tensor codes = Tensor::filled(DType::kI8, {64, 128}, 1),
                 scale = Tensor::filled(DType::kF32, {64, 1}, 1);
    for (const std::string label : {
             R"({"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": 512})",
             R"({"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": 256})",
             R"({"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": -4})",
             R"({"format": "int8_blockwise", "group_size": 0})",
             R"({"format": "int8_blockwise", "group_size": 9223372036854775807})",
             R"({"format": "int8_blockwise", "group_size": "x"})",
             R"({"format": "nvfp4", "orig_shape": [99999999999, 1]})",
             R"({"format": "nvfp4"})",
             R"({"format": "int3"})",
             R"({"format": 7})",
             R"([])",
             R"({)",
             "",
         }) {
        const std::vector<std::byte> bytes(as_bytes(label).begin(), as_bytes(label).end());
        const std::vector<graph::NamedTensor> tensors = {
            {"a.weight", codes},
            {"a.weight_scale", scale},
            {"a.comfy_quant",
             Tensor(DType::kU8, {static_cast<int64_t>(label.size())}, SharedBytes::from_vector(bytes))}};
        ASSERT_TRUE(formats::write_safetensors(folder.file("x.safetensors"), tensors));
        const auto weights = open_weights(folder.file("x.safetensors"));
        ASSERT_FALSE(weights) << label;
        EXPECT_NE(weights.error().message.find("layer 'a'"), std::string::npos) << weights.error().message;
    }
}

// The correction is the error times the mean input, to the rounding of the bias' own type.
TEST(Quantize, BiasesTakeUpTheMeanOfTheError) {
    TestFolder folder;
    std::vector<float> weight(32 * 64), mean(64), square(64, 2.0f), bias(32);
    for (size_t i = 0; i < weight.size(); ++i) weight[i] = static_cast<float>((i * 7919 % 1000) / 500.0 - 1);
    for (size_t i = 0; i < mean.size(); ++i) mean[i] = static_cast<float>(i % 5) - 1.5f;
    const std::vector<graph::NamedTensor> model = {{"a.fc.bias", Tensor::of<float>({32}, bias)},
                                                   {"a.fc.weight", Tensor::of<float>({32, 64}, weight)}};
    const std::vector<graph::NamedTensor> stats = {{"a.fc.mean", Tensor::of<float>({64}, mean)},
                                                   {"a.fc.mean_square", Tensor::of<float>({64}, square)}};
    ASSERT_TRUE(formats::write_safetensors(folder.file("m.safetensors"), model));
    ASSERT_TRUE(formats::write_safetensors(folder.file("stats.safetensors"), stats));
    for (const std::string_view name : {"nvfp4", "int8"}) {
        QuantizeOptions options{.input = folder.file("m.safetensors"),
                                .output = folder.file("q.safetensors")};
        options.select.primary = *quant::target_named(name);
        if (name == "int8") options.select.primary.spec.rotation = 64;
        options.stats = folder.file("stats.safetensors");
        options.bias_correction = true;
        const auto done = quantize(options, {});
        ASSERT_TRUE(done) << done.error().message;
        const auto read = open_weights(options.output);
        ASSERT_TRUE(read);
        ASSERT_EQ(read->weights.size(), 2u);
        const bool bias_first = read->weights[0].name == "a.fc.bias";
        const Weight &b = read->weights[bias_first ? 0 : 1], &w = read->weights[bias_first ? 1 : 0];
        std::vector<float> decoded(32 * 64), corrected(32);
        w.read_rows(0, 32, decoded.data());
        b.read_rows(0, 32, corrected.data());
        for (size_t r = 0; r < 32; ++r) {
            double expected = 0;
            for (size_t c = 0; c < 64; ++c)
                expected +=
                    (static_cast<double>(weight[r * 64 + c]) - static_cast<double>(decoded[r * 64 + c])) *
                    static_cast<double>(mean[c]);
            EXPECT_NEAR(corrected[r], expected, 1e-5) << name;
            EXPECT_NE(corrected[r], 0) << name;
        }
    }
}

TEST(QuantizedWeights, HaveTheFactorsOfTheirInputsMultipliedIn) {
    TestFolder folder;
    QuantizeOptions options{.input = source_in(folder), .output = folder.file("q.safetensors")};
    options.select.primary = *quant::target_named("int8");
    ASSERT_TRUE(quantize(options, {}));
    const auto plain = open_weights(options.output);
    ASSERT_TRUE(plain.has_value()) << plain.error().message;
    const auto with_factor = [&](int64_t columns) {
        std::vector<float> factor(static_cast<size_t>(columns));
        for (size_t c = 0; c < factor.size(); ++c) factor[c] = static_cast<float>(c % 3) + 0.5f;
        std::vector<graph::NamedTensor> tensors = plain->checkpoint.tensors;
        tensors.push_back(
            {"a.fc.pre_quant_scale", Tensor::of<float>({columns}, std::span<const float>(factor))});
        const std::string path = folder.file(format("factor{}.safetensors", columns));
        EXPECT_TRUE(formats::write_safetensors(path, tensors));
        return path;
    };
    const auto factored = open_weights(with_factor(256));
    ASSERT_TRUE(factored.has_value()) << factored.error().message;
    ASSERT_EQ(factored->weights.size(), plain->weights.size());  // the factors are no weight of their own
    const auto values_of = [](const Weights& weights) {
        std::vector<float> values(64 * 256);
        for (const Weight& weight : weights.weights)
            if (weight.name == "a.fc.weight") weight.read_rows(0, 64, values.data());
        return values;
    };
    const auto expected = values_of(*plain), found = values_of(*factored);
    for (size_t i = 0; i < found.size(); ++i)
        ASSERT_EQ(found[i], expected[i] * (static_cast<float>(i % 256 % 3) + 0.5f)) << i;
    const auto wrong = open_weights(with_factor(255));
    ASSERT_FALSE(wrong.has_value());
    EXPECT_NE(wrong.error().message.find("pre_quant_scale is f32[255]"), std::string::npos)
        << wrong.error().message;
}

}  // namespace
}  // namespace lathe::pipeline
