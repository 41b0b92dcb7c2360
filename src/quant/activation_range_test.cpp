// Ranges of activations against the methods' definitions, computed the long way from the values themselves.
#include "quant/activation_range.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "quant/weights_test.h"

namespace lathe::quant {
namespace {

using Floats = std::vector<float>;

Floats normal(size_t count, uint64_t seed) {
    Noise source(seed);
    Floats values(count);
    for (float& v : values) v = static_cast<float>(source.normal());
    return values;
}

// Positive, with zeros, as behind a ReLU, and a few far outliers.
Floats behind_relu(size_t count, uint64_t seed) {
    Floats values = normal(count, seed);
    for (float& v : values) v = std::max(v, 0.0f);
    for (size_t i = 0; i < 5; ++i) values[i * 97] = 20 + static_cast<float>(i);
    return values;
}

ValueHistogram histogram_of(const Floats& values) {
    ValueHistogram histogram;
    EXPECT_TRUE(histogram.add(values).has_value());
    return histogram;
}

// The mean squared error of codes spread over the range, value by value.
double squared_error_of(const Floats& values, const ValueRange& range, int codes) {
    const double scale = (range.high - range.low) / (codes - 1), zero = -std::nearbyint(range.low / scale);
    double sum = 0;
    for (const float v : values) {
        const double code = std::clamp(std::nearbyint(v / scale) + zero, 0.0, codes - 1.0);
        const double error = v - (code - zero) * scale;
        sum += error * error;
    }
    return sum;
}

TEST(ActivationRange, PortionsAndOrderDoNotMatter) {
    Floats values = behind_relu(20000, 1);
    for (size_t i = 1; i < values.size(); i += 3) values[i] *= -0.01f;
    const ValueHistogram whole = histogram_of(values);
    ValueHistogram parts;
    for (size_t at = values.size(); at > 0; at -= 100)
        ASSERT_TRUE(parts.add(std::span(values).subspan(at - 100, 100)).has_value());
    EXPECT_EQ(whole.width(), parts.width());
    EXPECT_TRUE(std::ranges::equal(whole.bins(), parts.bins()));
    EXPECT_EQ(whole.zeros(), parts.zeros());
    for (int bin = 0; bin < ValueHistogram::kBins; ++bin) {
        const double start = whole.start_of(bin);
        const auto inside = std::ranges::count_if(
            values, [&](float v) { return v != 0 && v >= start && v < start + whole.width(); });
        ASSERT_EQ(static_cast<uint64_t>(inside), whole.bins()[static_cast<size_t>(bin)]) << bin;
    }
}

TEST(ActivationRange, MinMaxHoldsEverythingAndZero) {
    const ValueRange range = histogram_of({3, 2, 7.5f}).range({});
    EXPECT_EQ(range.low, 0);
    EXPECT_EQ(range.high, 7.5);
    const ValueRange both = histogram_of({-3, 2}).range({.symmetric = true});
    EXPECT_EQ(both.low, -3);
    EXPECT_EQ(both.high, 3);
    for (const RangeMethod method :
         {RangeMethod::kMinMax, RangeMethod::kPercentile, RangeMethod::kEntropy, RangeMethod::kMse}) {
        const ValueRange none = histogram_of({0, 0}).range({.method = method});
        EXPECT_EQ(none.low, 0);
        EXPECT_EQ(none.high, 0);
    }
}

TEST(ActivationRange, PercentileIsThatOfTheSortedValues) {
    for (const double percentile : {90.0, 99.0, 99.9, 99.99}) {
        Floats values = normal(30000, 2);
        for (size_t i = 0; i < values.size(); i += 2) values[i] = 0;
        const ValueHistogram histogram = histogram_of(values);
        const ValueRange range =
            histogram.range({.method = RangeMethod::kPercentile, .percentile = percentile});
        const ValueRange even = histogram.range(
            {.method = RangeMethod::kPercentile, .percentile = percentile, .symmetric = true});
        std::ranges::sort(values);
        const auto cut = static_cast<size_t>(30000 * (100 - percentile) / 200);
        EXPECT_NEAR(range.low, values[cut], histogram.width());
        EXPECT_NEAR(range.high, values[values.size() - 1 - cut], histogram.width());
        std::ranges::sort(values, {}, [](float v) { return std::fabs(v); });
        const auto both = static_cast<size_t>(30000 * (100 - percentile) / 100);
        const double size = std::fabs(values[values.size() - 1 - both]);
        EXPECT_NEAR(even.high, size, histogram.width());
        EXPECT_EQ(even.low, -even.high);
    }
}

// The definition on the slides, with arrays for both distributions.
double divergence_of(const std::vector<double>& bins, size_t kept, size_t levels) {
    std::vector<double> p(bins.begin(), bins.begin() + static_cast<std::ptrdiff_t>(kept)), q(kept, 0);
    for (size_t i = kept; i < bins.size(); ++i) p.back() += bins[i];
    for (size_t level = 0; level < levels; ++level) {
        const size_t from = level * kept / levels, to = (level + 1) * kept / levels;
        double sum = 0, filled = 0;
        for (size_t i = from; i < to; ++i) sum += bins[i], filled += p[i] != 0;
        for (size_t i = from; i < to; ++i)
            if (p[i] != 0) q[i] = sum / filled;
    }
    double p_sum = 0, q_sum = 0, result = 0;
    for (size_t i = 0; i < kept; ++i) p_sum += p[i], q_sum += q[i];
    if (q_sum == 0) return std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < kept; ++i)
        if (p[i] > 0) result += p[i] / p_sum * std::log(p[i] / p_sum / std::max(q[i] / q_sum, 1e-12));
    return result;
}

TEST(ActivationRange, EntropyIsTheLeastDivergence) {
    for (const bool relu : {true, false}) {
        Floats values = relu ? behind_relu(40000, 3) : normal(40000, 4);
        const ValueHistogram histogram = histogram_of(values);
        const double bin = 2 * histogram.width();
        float largest = 0;
        for (const float v : values) largest = std::max(largest, std::fabs(v));
        std::vector<double> bins(static_cast<size_t>(std::floor(static_cast<double>(largest) / bin)) + 1, 0);
        for (const float v : values)
            if (v != 0) ++bins[static_cast<size_t>(std::fabs(static_cast<double>(v)) / bin)];
        const size_t levels = relu ? 256 : 128;
        size_t best = 0;
        double least = std::numeric_limits<double>::infinity();
        for (size_t kept = levels; kept <= bins.size(); ++kept)
            if (const double found = divergence_of(bins, kept, levels); found <= least)
                least = found, best = kept;
        const ValueRange range = histogram.range({.method = RangeMethod::kEntropy});
        const double expected = std::min(static_cast<double>(best) * bin, static_cast<double>(largest));
        EXPECT_NEAR(range.high, std::min(expected, histogram.seen().high), 1e-9) << relu;
        if (relu) {
            EXPECT_EQ(range.low, 0);
            EXPECT_LT(range.high, 20) << "the outliers should be clipped";
        }
    }
}

TEST(ActivationRange, EntropyKeepsAllOfAnEvenDistribution) {
    Floats values(65536);
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 65536;
    const ValueRange range = histogram_of(values).range({.method = RangeMethod::kEntropy});
    EXPECT_GT(range.high, 0.98);
}

TEST(ActivationRange, MseIsAsGoodAsTryingAll) {
    for (const bool relu : {true, false})
        for (const int codes : {16, 256}) {
            Floats values = relu ? behind_relu(10000, 5) : normal(10000, 6);
            const ValueHistogram histogram = histogram_of(values);
            const ValueRange seen = histogram.seen(),
                             range = histogram.range({.method = RangeMethod::kMse, .codes = codes});
            double least = std::numeric_limits<double>::infinity();
            for (int high = 1; high <= 30; ++high)
                for (int low = 1; low <= (relu ? 1 : 30); ++low)
                    least = std::min(
                        least, squared_error_of(values, {seen.low * low / 30, seen.high * high / 30}, codes));
            EXPECT_LE(squared_error_of(values, range, codes), 1.02 * least) << relu << ", " << codes;
            EXPECT_LE(squared_error_of(values, range, codes), squared_error_of(values, seen, codes) * 1.001);
            EXPECT_NEAR(squared_error(histogram, range, codes), squared_error_of(values, range, codes),
                        0.02 * squared_error_of(values, range, codes));
        }
}

TEST(ActivationRange, NumbersThatAreNoneAreRefused) {
    ValueHistogram histogram;
    const float infinity = std::numeric_limits<float>::infinity();
    const auto status = histogram.add(Floats{1, 2, infinity});
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().message, "element 2 is infinite");
    EXPECT_FALSE(histogram.add(Floats{std::nanf(""), 2}).has_value());
    EXPECT_EQ(histogram.count(), 0u);
}

}  // namespace
}  // namespace lathe::quant
