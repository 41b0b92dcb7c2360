// Rounding that knows the layer's inputs: gptq, adaround and awq.
#include <gtest/gtest.h>

#include "quant/rounding_test.h"

namespace lathe::quant {
namespace {

constexpr int64_t kRows = 48, kColumns = 192;

struct SampleLayer {
    Floats w = low_rank_and_noise(kRows, kColumns, 12);
    Floats products = correlated_products(kColumns);
    Floats squares;
    InputStatistics inputs;
    SampleLayer() {
        for (int64_t j = 0; j < kColumns; ++j)
            squares.push_back(products[static_cast<size_t>(j * (kColumns + 1))]);
        inputs.products = products;
        inputs.mean_square = squares;
    }
};
const SampleLayer& layer() {
    static const SampleLayer layer;
    return layer;
}

std::vector<LayerSpec> specs(Rounding rounding) {
    std::vector<LayerSpec> specs;
    for (const Scheme& scheme : schemes())
        for (const Scaling scaling : {Scaling::kTensor, Scaling::kRow, Scaling::kBlock}) {
            if (scaling != Scaling::kTensor && (scheme.block != 0 || scheme.element == Element::kI4))
                continue;
            LayerSpec spec = spec_of(scheme.name, rounding, scaling);
            if (scaling == Scaling::kBlock) spec.block_size = 16;
            specs.push_back(spec);
        }
    return specs;
}

// The same scales, codes to nearest.
Floats plain(const LayerSpec& spec) {
    LayerSpec same = spec;
    same.rounding = sweeps(spec) ? Rounding::kSweep : Rounding::kNearest;
    return round(same, layer().w, kRows, kColumns, {}, {})->stored;
}

RoundingOptions brief(int64_t iterations) {
    RoundingOptions options;
    options.adaround.iterations = iterations;
    options.adaround.learning_rate = 0.06;
    return options;
}

void expect_better_output(Rounding rounding, double ratio) {
    for (const LayerSpec& spec : specs(rounding)) {
        const auto rounded = round(spec, layer().w, kRows, kColumns, layer().inputs, brief(80));
        ASSERT_TRUE(rounded) << rounded.error().message;
        const double before = output_cost(plain(spec), layer().w, layer().products, kColumns);
        const double after = output_cost(rounded->stored, layer().w, layer().products, kColumns);
        EXPECT_LT(after, ratio * before) << spec.scheme->name << ' ' << name_of(spec.scaling);
        EXPECT_NEAR(rounded->outcome.loss_before, before, 1e-3 * before) << spec.scheme->name;
        EXPECT_NEAR(rounded->outcome.loss_after, after, 1e-3 * after) << spec.scheme->name;
        const auto alone = round(spec, layer().w, kRows, kColumns, layer().inputs, brief(80), 1);
        EXPECT_EQ(alone->to_encode, rounded->to_encode) << spec.scheme->name;
    }
}

TEST(Gptq, LowersTheErrorAtTheOutputInEveryScheme) { expect_better_output(Rounding::kGptq, 0.5); }
TEST(AdaRound, LowersTheErrorAtTheOutputInEveryScheme) { expect_better_output(Rounding::kAdaRound, 0.9); }

// The definition, column by column with the full inverse: for the columns F that are left, w_F -= e H^-1_F,j / H^-1_jj, the
// inverse being that of H without the columns that are done. Int8 by row, where the grid is known.
TEST(Gptq, EqualsTheDefinition) {
    constexpr int64_t kN = 12;
    const Floats w = normal_floats(3 * kN, 5), h = correlated_products(kN);
    const LayerSpec spec = spec_of("int8", Rounding::kGptq, Scaling::kRow);
    InputStatistics inputs;
    inputs.products = h;
    RoundingOptions options;
    options.gptq.by_importance = false;
    const auto rounded = round(spec, w, 3, kN, inputs, options);
    ASSERT_TRUE(rounded);
    double mean = 0;
    for (size_t i = 0; i < kN; ++i) mean += static_cast<double>(h[i * (kN + 1)]) / kN;
    for (size_t r = 0; r < 3; ++r) {
        std::vector<double> row(w.begin() + static_cast<int64_t>(r * kN),
                                w.begin() + static_cast<int64_t>((r + 1) * kN));
        double largest = 0;
        for (const double value : row) largest = std::max(largest, std::abs(value));
        const double scale = largest / 127;
        for (size_t j = 0; j < kN; ++j) {
            const double code = std::min(127.0, std::max(-127.0, std::nearbyint(row[j] / scale)));
            const double error = row[j] - code * scale;
            row[j] = code * scale;
            // The best change d of the rest is H_FF d = -H_Fj (-error) … by elimination.
            const size_t left = kN - j - 1;
            std::vector<double> a(left * left), d(left);
            for (size_t p = 0; p < left; ++p) {
                d[p] = error * static_cast<double>(h[(j + 1 + p) * kN + j]);
                for (size_t q = 0; q < left; ++q)
                    a[p * left + q] =
                        static_cast<double>(h[(j + 1 + p) * kN + j + 1 + q]) + (p == q ? 0.01 * mean : 0.0);
            }
            for (size_t p = 0; p < left; ++p)
                for (size_t q = p + 1; q < left; ++q) {
                    const double factor = a[q * left + p] / a[p * left + p];
                    for (size_t l = p; l < left; ++l) a[q * left + l] -= factor * a[p * left + l];
                    d[q] -= factor * d[p];
                }
            for (size_t p = left; p-- > 0;) {
                for (size_t l = p + 1; l < left; ++l) d[p] -= a[p * left + l] * d[l];
                d[p] /= a[p * left + p];
                row[j + 1 + p] += d[p];
            }
        }
        for (size_t j = 0; j < kN; ++j)
            EXPECT_NEAR(static_cast<double>(rounded->stored[r * kN + j]), row[j], 1e-5) << r << ", " << j;
    }
}

TEST(Gptq, WithUncorrelatedInputsIsNearest) {
    Floats identity(kColumns * kColumns, 0.0f);
    for (size_t i = 0; i < kColumns; ++i) identity[i * (kColumns + 1)] = 2;
    InputStatistics inputs;
    inputs.products = identity;
    for (const Rounding rounding : {Rounding::kGptq, Rounding::kAdaRound}) {
        const LayerSpec spec = spec_of("nvfp4", rounding);
        EXPECT_EQ(round(spec, layer().w, kRows, kColumns, inputs, {})->stored, plain(spec));
    }
}

TEST(Gptq, TakesDegenerateMatricesAndInputs) {
    for (const Rounding rounding : {Rounding::kGptq, Rounding::kAdaRound})
        for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{1, 64}, {64, 1}, {33, 47}})
            for (const Kind kind : kKinds)
                for (const bool dead : {false, true}) {
                    const Floats w = make_weights(kind, rows, columns);
                    const Floats products = dead ? Floats(static_cast<size_t>(columns * columns), 0.0f)
                                                 : correlated_products(columns, columns / 3 + 1);  // singular
                    InputStatistics inputs;
                    inputs.products = products;
                    const auto rounded =
                        round(spec_of("nvfp4", rounding), w, rows, columns, inputs, brief(10));
                    if (!rounded) {
                        EXPECT_EQ(kind, Kind::kHuge) << rounded.error().message;
                        continue;
                    }
                    if (kind == Kind::kZero) {
                        EXPECT_EQ(rounded->stored, w);
                    }
                    for (const float value : rounded->stored) ASSERT_TRUE(std::isfinite(value));
                }
}

TEST(AdaRound, LearnsFromSamplesOfWideLayers) {
    constexpr int64_t kWide = 560;
    const Floats w = low_rank_and_noise(16, kWide, 6), products = correlated_products(kWide, 1200);
    InputStatistics inputs;
    inputs.products = products;
    const LayerSpec spec = spec_of("convrot_w4a4", Rounding::kAdaRound);
    const auto one = round(spec, w, 16, kWide, inputs, brief(80), 1),
               two = round(spec, w, 16, kWide, inputs, brief(80), 2);
    ASSERT_TRUE(one && two);
    EXPECT_EQ(one->to_encode, two->to_encode);
    EXPECT_LT(one->outcome.loss_after, 0.95 * one->outcome.loss_before);
}

TEST(Awq, ScalesColumnsOfNvfp4) {
    const LayerSpec spec = spec_of("nvfp4", Rounding::kAwq);
    for (const bool full : {false, true}) {
        InputStatistics inputs = layer().inputs;
        if (!full) inputs.products = {};
        const auto rounded = round(spec, layer().w, kRows, kColumns, inputs, {});
        ASSERT_TRUE(rounded) << rounded.error().message;
        ASSERT_EQ(rounded->outcome.input_factor.size(), static_cast<size_t>(kColumns));
        Floats used = rounded->stored;
        for (size_t i = 0; i < used.size(); ++i) used[i] *= rounded->outcome.input_factor[i % kColumns];
        Floats h = layer().products;
        if (!full)
            for (size_t i = 0; i < h.size(); ++i) h[i] = i % (kColumns + 1) == 0 ? h[i] : 0;
        const double before = output_cost(plain(spec), layer().w, h, kColumns);
        const double after = output_cost(used, layer().w, h, kColumns);
        EXPECT_LT(after, before);
        EXPECT_NEAR(rounded->outcome.loss_after, after, 1e-3 * after);
        EXPECT_EQ(round(spec, layer().w, kRows, kColumns, inputs, {}, 1)->to_encode, rounded->to_encode);
    }
}

TEST(Awq, ClipsGroupsByWhatTheirInputsAre) {
    const LayerSpec spec = spec_of("awq_w4a16", Rounding::kAwq);
    const auto rounded = round(spec, layer().w, kRows, kColumns, layer().inputs, {});
    ASSERT_TRUE(rounded) << rounded.error().message;
    EXPECT_TRUE(rounded->outcome.input_factor.empty());
    EXPECT_EQ(rounded->to_encode, layer().w);
    EXPECT_LT(rounded->outcome.loss_after, rounded->outcome.loss_before);
}

TEST(Rounding, SaysWhatItLacks) {
    const auto message = [](std::string_view scheme, Rounding rounding, const InputStatistics& inputs) {
        const auto rounded = round(spec_of(scheme, rounding), layer().w, kRows, kColumns, inputs, {});
        return rounded ? std::string() : rounded.error().message;
    };
    EXPECT_NE(message("nvfp4", Rounding::kGptq, {}).find("products"), std::string::npos);
    EXPECT_NE(message("nvfp4", Rounding::kAdaRound, {}).find("products"), std::string::npos);
    EXPECT_NE(message("nvfp4", Rounding::kAwq, {}).find("mean squares"), std::string::npos);
    EXPECT_NE(message("int8", Rounding::kAwq, layer().inputs).find("int8"), std::string::npos);
    InputStatistics wrong = layer().inputs;
    wrong.products = wrong.products.first(100);
    EXPECT_NE(message("nvfp4", Rounding::kGptq, wrong).find("100"), std::string::npos);
    Floats negative = layer().products;
    negative[5 * (kColumns + 1)] = -1e6f;
    wrong.products = negative;
    EXPECT_NE(message("nvfp4", Rounding::kGptq, wrong).find("positive definite"), std::string::npos);
    negative[0] = std::nanf("");
    EXPECT_NE(message("nvfp4", Rounding::kGptq, wrong).find("not finite"), std::string::npos);
}

TEST(Rounding, ToNearestLeavesTheMatrix) {
    for (const Rounding rounding : {Rounding::kNearest, Rounding::kSweep}) {
        const auto rounded = round(spec_of("nvfp4", rounding), layer().w, kRows, kColumns, {}, {});
        EXPECT_EQ(rounded->to_encode, layer().w);
        EXPECT_GT(decibels(layer().w, rounded->stored), 18);
    }
}

}  // namespace
}  // namespace lathe::quant
