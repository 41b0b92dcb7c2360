#include "check/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "check/compare.h"
#include "graph/text_form.h"
#include "ops/ops.h"
#include "run/reference.h"

namespace lathe::check {
namespace {

Metrics metrics(std::vector<double> actual, std::vector<double> desired, Tolerance t) {
    const Shape shape{static_cast<int64_t>(actual.size())};
    return *compare("y", tensor_from_doubles(DType::kF64, shape, actual),
                    tensor_from_doubles(DType::kF64, shape, desired), t);
}

// numpy.testing.assert_allclose: |actual - desired| <= atol + rtol*|desired|, inclusive, desired on the right.
TEST(Metrics, ToleranceMeansWhatNumpyMeans) {
    EXPECT_TRUE(metrics({1.5}, {1.0}, {0.5, 0}).passed());
    EXPECT_FALSE(metrics({1.0}, {1.5}, {0.25, 0}).passed());
    EXPECT_TRUE(metrics({0.0}, {0.25}, {0, 0.25}).passed());
    EXPECT_FALSE(metrics({0.0}, {0.2500001}, {0, 0.25}).passed());
    const double inf = std::numeric_limits<double>::infinity();
    EXPECT_TRUE(metrics({NAN, inf}, {NAN, inf}, {0, 0}).passed());
    EXPECT_EQ(metrics({NAN, inf, -inf, 1}, {1, 1, inf, NAN}, {1, 1}).mismatched, 4);
}

TEST(Metrics, NumbersFollowTheirDefinitions) {
    const Metrics m = metrics({3, -1, 2}, {2, -1, 4}, {0, 0});
    EXPECT_EQ(m.max_abs, 2);
    EXPECT_EQ(m.max_rel, 0.5);
    EXPECT_EQ(m.mean_abs, 1);
    EXPECT_EQ(m.worst, 2);
    EXPECT_NEAR(m.snr_db, 10 * std::log10(21.0 / 5.0), 1e-12);
    EXPECT_EQ(m.rows, 1);
    EXPECT_EQ(m.top1_agree, 0);
    EXPECT_EQ(m.mismatched, 2);
}

TEST(Compare, FindsADifferentWeightAndAMissingOutput) {
    const auto a = *graph::parse_text("input x: f32[n]\ny = relu(x)\nz = tanh(x)\noutput y, z", ops::find_op);
    const auto b = *graph::parse_text("input x: f32[n]\ny = exp(x)\nz = tanh(x)\noutput y, z", ops::find_op);
    const auto c = *graph::parse_text("input x: f32[n]\ny = relu(x)\noutput y", ops::find_op);
    const std::vector<NamedTensors> inputs{*random_inputs(a, {.sizes = {{"n", 5}}}, 1),
                                           *random_inputs(a, {.sizes = {{"n", 9}}}, 2)};
    EXPECT_EQ(inputs[1][0].second.shape(), Shape{9});
    const auto& engine = run::reference_engine();
    const auto same = compare_graphs({a, engine}, {a, engine}, inputs, {0, 0}, false);
    ASSERT_TRUE(same.has_value()) << same.error().message;
    EXPECT_TRUE(same->passed());
    EXPECT_EQ(same->samples, 2);
    const auto other = compare_graphs({a, engine}, {b, engine}, inputs, {1e-3, 1e-4}, false);
    ASSERT_TRUE(other.has_value());
    EXPECT_FALSE(other->outputs[0].passed());
    EXPECT_TRUE(other->outputs[1].passed());
    EXPECT_FALSE(compare_graphs({c, engine}, {a, engine}, inputs, {0, 0}, false).has_value());
    EXPECT_TRUE(compare_graphs({c, engine}, {a, engine}, inputs, {0, 0}, true).has_value());
}

}  // namespace
}  // namespace lathe::check
