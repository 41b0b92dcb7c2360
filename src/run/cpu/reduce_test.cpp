#include <cmath>
#include <limits>

#include "run/cpu/kernel_samples.h"

namespace lathe::run::cpu {
namespace {

double expected(const Reduce& p, const float* input, bool& nan) {
    double result = p.kind == Reduce::kMax ? -kInfinity : p.kind == Reduce::kMin ? kInfinity : 0;
    for (size_t r = 0; r < p.count; ++r) {
        const double x = input[static_cast<int64_t>(r) * p.stride];
        nan = nan || std::isnan(x);
        if (p.kind == Reduce::kMax) result = std::max(result, x);
        else if (p.kind == Reduce::kMin) result = std::min(result, x);
        else result += p.kind == Reduce::kSumSquare ? x * x : x;
    }
    return p.kind == Reduce::kMean ? result / static_cast<double>(p.count) : result;
}

void check(const Kernels& kernels, size_t outer, size_t count, size_t inner, Samples& s) {
    const size_t stride = inner + (s.chance() ? 0 : s.size(1, 5)),
                 outer_stride = stride * count + s.size(0, 3);
    std::vector<float> input = s.numbers(outer * outer_stride);
    Reduce p{.kind = static_cast<Reduce::Kind>(s.size(0, 4)),
             .outer_stride = static_cast<int64_t>(outer_stride),
             .stride = static_cast<int64_t>(stride),
             .count = count,
             .inner = inner};
    // All of one sign, so that an error is one of the sum's.
    for (float& x : input) x = p.kind <= Reduce::kMean ? x + 1.5f : x;
    if (s.size(0, 3) == 0) input[s.size(0, input.size() - 1)] = std::numeric_limits<float>::quiet_NaN();
    Guarded<float> whole(outer * inner), split(outer * inner);
    p.input = input.data();
    p.output = whole.data();
    kernels.reduce(p, 0, outer);
    p.output = split.data();
    for (const auto& [first, last] : random_ranges(s, outer)) kernels.reduce(p, first, last);
    EXPECT_TRUE(whole == split);
    EXPECT_TRUE(whole.guards_untouched());
    for (size_t o = 0; o < outer; ++o)
        for (size_t i = 0; i < inner; ++i) {
            bool nan = false;
            const double wanted = expected(p, input.data() + o * outer_stride + i, nan);
            const float got = whole[o * inner + i];
            if (nan) ASSERT_TRUE(std::isnan(got)) << "kind " << p.kind;
            else
                ASSERT_NEAR(got, wanted, p.kind == Reduce::kMax || p.kind == Reduce::kMin ? 0 : 1e-6 * wanted)
                    << "kind " << p.kind << ", count " << count << ", inner " << inner << ", at " << o << ", "
                    << i;
        }
}

TEST(Reduce, AlongNumbersAndRows) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(9);
        for (int i = 0; i < 400; ++i) {
            const size_t inner = s.size(0, 2) == 0 ? 1 : s.size(1, s.chance() ? 20 : 150);
            check(*kernels, s.size(1, 5), s.size(1, s.chance() ? 40 : 700), inner, s);
            if (HasFatalFailure()) FAIL() << kernels->name << ", case " << i;
        }
    }
}

TEST(Reduce, ManyNumbersKeepTheirPrecision) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(10);
        for (const size_t inner : {1, 3, 9}) check(*kernels, 1, 300007, inner, s);
    }
}

}  // namespace
}  // namespace lathe::run::cpu
