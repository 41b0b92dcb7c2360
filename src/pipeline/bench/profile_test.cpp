#include "pipeline/bench/profile.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "pipeline/bench/trace_file.h"

namespace lathe::pipeline {
namespace {

// Two products and a sum; a run takes a tenth of a second more than its steps.
TracedRun run_at(double start, double slow) {
    TracedRun run{.start = start, .seconds = 3 * slow + 0.1};
    for (int i = 0; i < 3; ++i)
        run.steps.push_back({.node = format("n{}", i),
                             .op = i == 1 ? "add" : "matmul",
                             .kernel = "k",
                             .output = {2, 3},
                             .start = start + i * slow,
                             .seconds = slow,
                             .flops = i == 1 ? 1.0 : 50.0,
                             .bytes = i == 1 ? 40.0 : 5.0});
    return run;
}

TEST(Profile, AddsUpByOperatorAndSaysWhatBounds) {
    const std::vector<TracedRun> runs{run_at(0, 1), run_at(10, 3), run_at(20, 2)};
    const Profile profile = profile_of(runs, {.flops = 50, .read_bytes = 50});
    EXPECT_EQ(profile.runs, 3u);
    EXPECT_NEAR(profile.run_ms, 6100, 1e-6);
    EXPECT_NEAR(profile.between_ms, 100, 1e-6);
    ASSERT_EQ(profile.steps.size(), 3u);
    EXPECT_NEAR(profile.steps[0].ms, 2000, 1e-6);
    ASSERT_EQ(profile.operators.size(), 2u);
    const ProfileRow& products = profile.operators[0];
    EXPECT_EQ(products.op, "matmul");
    EXPECT_EQ(products.count, 2u);
    EXPECT_NEAR(products.ms, 4000, 1e-6);
    EXPECT_NEAR(products.share, 4000 / 6100.0, 1e-9);
    EXPECT_NEAR(products.gflops(), 25e-9, 1e-15);
    EXPECT_EQ(products.bound, "compute");
    EXPECT_EQ(profile.operators[1].bound, "memory");
    EXPECT_EQ(profile_of(runs, {.flops = 1e9, .read_bytes = 1e9}).steps[0].bound, "overhead");
    EXPECT_TRUE(profile_of({}, {}).steps.empty());
}

TEST(Profile, TracesAreEventsInOrder) {
    const std::vector<TracedRun> runs{run_at(100, 1), run_at(110, 1)};
    const auto json = parse_json(trace_text(runs, "m"));
    ASSERT_TRUE(json.has_value()) << json.error().message;
    const Json& events = (*json)["traceEvents"];
    ASSERT_EQ(events.size(), 2u + 2 * 4);
    EXPECT_EQ(events[2]["name"], "run 1");
    EXPECT_EQ(events[2]["ts"], 0);
    EXPECT_EQ(events[4]["name"], "add");
    EXPECT_NEAR(events[4]["ts"].get<double>(), 1e6, 1);
    EXPECT_NEAR(events[6]["ts"].get<double>(), 1e7, 1);
    EXPECT_EQ(events[4]["args"]["output"], "[2, 3]");
}

}  // namespace
}  // namespace lathe::pipeline
