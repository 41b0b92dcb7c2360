#include "run/cpu/limits.h"

#include <gtest/gtest.h>

#include <chrono>

namespace lathe::run::cpu {
namespace {

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

TEST(Limits, AreWhatProcessorsCanDo) {
    ThreadPool threads(2);
    const Limits limits = measure_limits(threads, best_kernels(), now);
    EXPECT_EQ(limits.threads, 2);
    EXPECT_STREQ(limits.kernels, best_kernels().name);
    for (const Rates& rates : {limits.one, limits.all}) {
        EXPECT_GT(rates.flops, 1e8);
        EXPECT_LT(rates.flops, 1e12);
        EXPECT_GT(rates.read_bytes, 1e8);
        EXPECT_LT(rates.read_bytes, 1e12);
    }
}

}  // namespace
}  // namespace lathe::run::cpu
