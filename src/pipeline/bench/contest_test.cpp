#include "pipeline/bench/contest.h"

#include <gtest/gtest.h>

namespace lathe::pipeline {
namespace {

// Takes one millisecond longer each time, and writes down whose turn it was.
struct Slower : Contestant {
    Slower(char name, std::string& turns) : name(name), turns(turns) {}
    Result<std::vector<double>> run(const Block& block) override {
        if (fails) return fail("cannot");
        turns += name;
        std::vector<double> ms;
        for (double total = 0; ms.size() < block.most && total < block.seconds * 1000; total += ms.back())
            ms.push_back(++last);
        return ms;
    }
    char name;
    std::string& turns;
    double last = 0;
    bool fails = false;
};

TEST(Contest, TakesTurnsUntilAllHaveTheirRuns) {
    std::string turns;
    Slower a('a', turns), b('b', turns);
    Contestant* const both[] = {&a, &b};
    const auto times = take_turns(both, {.runs = 10}, {});
    ASSERT_TRUE(times.has_value());
    EXPECT_EQ(turns, "ababababab");
    EXPECT_EQ((*times)[0].size(), 10u);
    EXPECT_EQ((*times)[1].size(), 10u);
    EXPECT_EQ((*times)[1].back(), 10);
}

TEST(Contest, MeasuresForTheGivenTime) {
    std::string turns;
    Slower a('a', turns);
    Contestant* const one[] = {&a};
    const auto times = take_turns(one, {.seconds = 0.1}, {});
    ASSERT_TRUE(times.has_value());
    double total = 0;
    for (const double ms : (*times)[0]) total += ms;
    EXPECT_GE(total, 100);
    EXPECT_LT(total, 200);
    a.fails = true;
    EXPECT_FALSE(take_turns(one, {}, {}).has_value());
}

TEST(Contest, PercentilesAreRuns) {
    std::vector<double> ms;
    for (int i = 200; i > 0; --i) ms.push_back(i);
    const Summary summary = summary_of(ms);
    EXPECT_EQ(summary.runs, 200u);
    EXPECT_EQ(summary.median_ms, 100.5);
    EXPECT_EQ(summary.p90_ms, 180);
    EXPECT_EQ(summary.p99_ms, 198);
    EXPECT_EQ(summary.min_ms, 1);
    EXPECT_EQ(summary_of({7}).p99_ms, 7);
    EXPECT_EQ(summary_of({7, 9}).p90_ms, 9);
    EXPECT_EQ(summary_of({}).runs, 0u);
}

}  // namespace
}  // namespace lathe::pipeline
