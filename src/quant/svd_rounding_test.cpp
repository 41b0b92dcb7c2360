#include <gtest/gtest.h>

#include "quant/matmul.h"
#include "quant/rounding_methods.h"
#include "quant/rounding_test.h"
#include "quant/subspace.h"

namespace lathe::quant {
namespace {

constexpr int64_t kSvdRows = 64, kSvdColumns = 112;

RoundingOptions options_of(std::string optimizer, int64_t k = 20) {
    RoundingOptions options;
    options.svd.min_k = options.svd.max_k = k;
    options.svd.optimizer = std::move(optimizer);
    return options;
}

// The length of U^T (values - w) V.
double projected_error(const Floats& w, const Floats& values, int64_t rows, int64_t columns, int64_t k) {
    ThreadPool threads(1);
    const Subspaces subspaces = leading_subspaces(w.data(), rows, columns, k, 4, threads);
    Floats error(w.size());
    for (size_t i = 0; i < w.size(); ++i) error[i] = values[i] - w[i];
    const Floats core = core_of(subspaces, error.data(), rows, columns, threads);
    return std::sqrt(dot(core.data(), core.data(), static_cast<int64_t>(core.size())));
}

const Floats& weights() {
    static const Floats w = low_rank_and_noise(kSvdRows, kSvdColumns, 16);
    return w;
}

LayerSpec with_rounding(LayerSpec spec, Rounding rounding) {
    spec.rounding = rounding;
    return spec;
}

TEST(SvdRounding, RankFollowsConvertToQuant) {
    const SvdOptions options;
    EXPECT_EQ(rank_of(options, 4096, 4096), 819);
    EXPECT_EQ(rank_of(options, 1024, 4096), 256);
    EXPECT_EQ(rank_of(options, 100, 4096), 100);
    EXPECT_EQ(rank_of(options, 16384, 8192), 1280);
}

TEST(SvdRounding, ClosedFormLeavesNoErrorBetweenTheSubspaces) {
    const LayerSpec specs[] = {spec_of("fp8_e4m3", Rounding::kSvd),
                               spec_of("int8", Rounding::kSvd, Scaling::kRow),
                               spec_of("nvfp4", Rounding::kSvd), spec_of("mxfp8", Rounding::kSvd)};
    for (const LayerSpec& spec : specs) {
        const auto rounded = round(spec, weights(), kSvdRows, kSvdColumns, {}, options_of("closed"));
        ASSERT_TRUE(rounded) << rounded.error().message;
        const auto nearest =
            round(with_rounding(spec, Rounding::kNearest), weights(), kSvdRows, kSvdColumns, {}, {});
        const double before = projected_error(weights(), nearest->stored, kSvdRows, kSvdColumns, 20);
        EXPECT_NEAR(rounded->outcome.loss_before, before, 1e-4 * before);
        // The wanted matrix has none; rounding brings some of it back, but not more than before.
        EXPECT_LT(projected_error(weights(), rounded->to_encode, kSvdRows, kSvdColumns, 20), 1e-4 * before)
            << spec.scheme->name;
        EXPECT_LE(rounded->outcome.loss_after, before * 1.001) << spec.scheme->name;
        EXPECT_NEAR(projected_error(weights(), rounded->stored, kSvdRows, kSvdColumns, 20),
                    rounded->outcome.loss_after, 1e-4 * before);
        EXPECT_GT(decibels(weights(), rounded->stored), decibels(weights(), nearest->stored) - 0.5);
    }
}

TEST(SvdRounding, DescentOfOriginalReachesTheClosedForm) {
    for (const std::string schedule : {"plateau", "adaptive", "exponential"}) {
        const LayerSpec spec = spec_of("fp8_e4m3", Rounding::kSvd);
        RoundingOptions options = options_of("original");
        options.svd.schedule = schedule;
        const auto closed = round(spec, weights(), kSvdRows, kSvdColumns, {}, options_of("closed"));
        const auto iterated = round(spec, weights(), kSvdRows, kSvdColumns, {}, options);
        ASSERT_TRUE(closed && iterated);
        EXPECT_GT(iterated->outcome.iterations, 10);
        EXPECT_LT(iterated->outcome.iterations, 4000);
        double difference = 0, size = 0;
        for (size_t i = 0; i < weights().size(); ++i) {
            const auto error = static_cast<double>(closed->to_encode[i]) - static_cast<double>(weights()[i]);
            difference += std::pow(
                static_cast<double>(iterated->to_encode[i]) - static_cast<double>(closed->to_encode[i]), 2);
            size += error * error;
        }
        EXPECT_LT(std::sqrt(difference / size), 1e-2) << schedule;
    }
}

TEST(SvdRounding, OptimizersLowerTheProjectedError) {
    for (const std::string optimizer : {"original", "adamw", "radam", "prodigy"})
        for (const LayerSpec& spec : {spec_of("fp8_e4m3", Rounding::kSvd), spec_of("nvfp4", Rounding::kSvd),
                                      spec_of("int8", Rounding::kSvd, Scaling::kRow)}) {
            RoundingOptions options = options_of(optimizer);
            options.svd.iterations = 300;
            options.svd.learning_rate = optimizer == "prodigy" || optimizer == "original" ? 1 : 0.01;
            const auto rounded = round(spec, weights(), kSvdRows, kSvdColumns, {}, options);
            ASSERT_TRUE(rounded);
            EXPECT_LT(projected_error(weights(), rounded->to_encode, kSvdRows, kSvdColumns, 20),
                      0.2 * rounded->outcome.loss_before)
                << optimizer << ' ' << spec.scheme->name;
        }
}

TEST(SvdRounding, DoesNotDependOnThreads) {
    for (const std::string optimizer : {"closed", "original", "adamw", "prodigy"}) {
        RoundingOptions options = options_of(optimizer);
        options.svd.iterations = 30;
        const LayerSpec spec = spec_of("nvfp4", Rounding::kSvd);
        const auto one = round(spec, weights(), kSvdRows, kSvdColumns, {}, options, 1);
        const auto two = round(spec, weights(), kSvdRows, kSvdColumns, {}, options, 2);
        EXPECT_EQ(one->to_encode, two->to_encode) << optimizer;
    }
}

TEST(SvdRounding, OfDegenerateMatrices) {
    for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{1, 64}, {64, 1}, {33, 47}, {1, 1}})
        for (const Kind kind : kKinds)
            for (const std::string optimizer : {"closed", "prodigy"}) {
                const Floats w = make_weights(kind, rows, columns);
                RoundingOptions options = options_of(optimizer, 256);
                options.svd.iterations = 5;
                const auto rounded = round(spec_of("nvfp4", Rounding::kSvd), w, rows, columns, {}, options);
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

TEST(SvdRounding, RefusesUnknownNames) {
    RoundingOptions options = options_of("sgd");
    const LayerSpec spec = spec_of("nvfp4", Rounding::kSvd);
    EXPECT_FALSE(round(spec, weights(), kSvdRows, kSvdColumns, {}, options));
    options = options_of("closed");
    options.svd.schedule = "linear";
    EXPECT_FALSE(round(spec, weights(), kSvdRows, kSvdColumns, {}, options));
}

}  // namespace
}  // namespace lathe::quant
