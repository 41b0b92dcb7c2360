// Outputs of networks with quantised weights: against the same weights written out plainly and opened as a file of their own,
// and against what is known of outputs whose layers were left alone.
#include "pipeline/quantized_outputs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "formats/safetensors/safetensors.h"
#include "pipeline/quantize.h"
#include "wire/test_folder.h"
#include "zoo/zoo.h"

namespace lathe::pipeline {
namespace {

QuantizeOptions job(const std::string& input, const std::string& output, const char* to) {
    QuantizeOptions options{.input = input, .output = output, .threads = 1};
    options.select.primary = *quant::target_named(to);
    options.select.sensible_defaults = false;
    return options;
}

zoo::ImageOptions small_pictures() {
    zoo::ImageOptions image;
    image.input_size = {32, 32};
    image.in_channels = 3;
    return image;
}

// A file of a model made by rule.
std::string write_vit(TestFolder& folder) {
    const std::string path = folder.file("vit.safetensors");
    const auto checkpoint = zoo::checkpoint_by_rule({.model = "test_vit", .image = small_pictures()});
    EXPECT_TRUE(checkpoint.has_value());
    EXPECT_TRUE(formats::write_safetensors(path, checkpoint->tensors));
    return path;
}

TEST(QuantizedOutputs, AreThoseOfTheDequantisedWeights) {
    TestFolder folder;
    const std::string original = write_vit(folder), quantized = folder.file("q.safetensors"),
                      plain = folder.file("plain.safetensors");
    const auto written = quantize(job(original, quantized, "int8"), {});
    ASSERT_TRUE(written.has_value()) << written.error().message;
    const auto dequantised = quantize(job(quantized, plain, "fp32"), {});
    ASSERT_TRUE(dequantised.has_value()) << dequantised.error().message;
    VerifyOptions options{.samples = 2};
    options.model_a.arch = options.model_b.arch = "test_vit";
    options.model_a.image = options.model_b.image = small_pictures();
    const auto report = compare_outputs(quantized, original, options, {});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_GT(report->quantized, 20u);
    EXPECT_TRUE(report->comparison.passed());
    const auto expected = verify_models(plain, original, options, {});
    ASSERT_TRUE(expected.has_value()) << expected.error().message;
    ASSERT_EQ(report->comparison.outputs.size(), 1u);
    const check::Metrics &found = report->comparison.outputs[0], &wanted = expected->comparison.outputs[0];
    EXPECT_EQ(found.max_abs, wanted.max_abs);
    EXPECT_EQ(found.snr_db, wanted.snr_db);
    EXPECT_EQ(found.top1_agree, wanted.top1_agree);
    EXPECT_GT(found.max_abs, 0);
    EXPECT_GT(found.snr_db, 15);  // 8 bits
    EXPECT_NE(to_table(*report).find("SNR dB"), std::string::npos);
}

TEST(QuantizedOutputs, AreExactWhereNoLayerIsQuantised) {
    const char* shared = std::getenv("LATHE_SHARED");
    const std::string original = std::string(shared != nullptr ? shared : "../shared") +
                                 "/data/katago/ckpt/D-nbttf-lrope-gqa-silu-rsnh-q.ckpt";
    if (!file_exists(original)) GTEST_SKIP() << "needs " << original;
    TestFolder folder;
    const std::string quantized = folder.file("q.safetensors");
    QuantizeOptions options = job(original, quantized, "int8");
    options.select.only = {"^model\\..*value_head\\.linear_valuehead",
                           "^swa_model\\..*policy_head\\.linear_pass"};
    const auto written = quantize(options, {});
    ASSERT_TRUE(written.has_value()) << written.error().message;
    const auto exact = [](const check::Metrics* m) {
        return m != nullptr && std::isinf(m->snr_db) && m->max_abs == 0;
    };
    const auto raw = compare_outputs(quantized, original, {}, {});
    ASSERT_TRUE(raw.has_value()) << raw.error().message;
    for (const check::Metrics& m : raw->comparison.outputs) EXPECT_EQ(exact(&m), m.name != "value") << m.name;
    VerifyOptions averaged;
    averaged.model_b.weights = "swa";
    const auto swa = compare_outputs(quantized, original, averaged, {});
    ASSERT_TRUE(swa.has_value()) << swa.error().message;
    for (const check::Metrics& m : swa->comparison.outputs)
        EXPECT_EQ(exact(&m), m.name != "policy") << m.name;
}

TEST(QuantizedOutputs, RefusesWhatDoesNotBelongTogether) {
    TestFolder folder;
    const std::string original = write_vit(folder), quantized = folder.file("q.safetensors"),
                      other = folder.file("other.safetensors");
    ASSERT_TRUE(quantize(job(original, quantized, "int8"), {}).has_value());
    const auto says = [](const auto& result, const char* text) {
        ASSERT_FALSE(result.has_value());
        EXPECT_NE(result.error().message.find(text), std::string::npos) << result.error().message;
    };
    VerifyOptions options;
    options.model_b.arch = "test_vit";
    options.model_b.image = small_pictures();
    says(compare_outputs(original, original, options, {}), "holds no quantised layers");
    const Tensor matrix = Tensor::filled(DType::kF32, {64, 64}, 1);
    ASSERT_TRUE(
        formats::write_safetensors(other, std::vector<graph::NamedTensor>{{"far.away.weight", matrix}}));
    const std::string foreign = folder.file("foreign.safetensors");
    ASSERT_TRUE(quantize(job(other, foreign, "int8"), {}).has_value());
    says(compare_outputs(foreign, original, options, {}), "none of its 1 quantised layers");
    ASSERT_TRUE(formats::write_safetensors(other, std::vector<graph::NamedTensor>{{"head.weight", matrix}}));
    ASSERT_TRUE(quantize(job(other, foreign, "int8"), {}).has_value());
    says(compare_outputs(foreign, original, options, {}), "'head.weight' is [64, 64], but");
}

}  // namespace
}  // namespace lathe::pipeline
