#include <cmath>
#include <limits>

#include "run/cpu/kernel_samples.h"

namespace lathe::run::cpu {
namespace {

constexpr size_t kPoolImagePixels = 40;

struct PoolCase {
    Pool::Kind kind;
    size_t pixels, channels, taps, input_stride, output_stride;
};

PoolCase random_pool(Samples& s) {
    const size_t channels = s.size(1, s.chance() ? 20 : 100);
    return {.kind = s.chance() ? Pool::kMax : Pool::kSum,
            .pixels = s.size(1, 15),
            .channels = channels,
            .taps = s.size(1, 50),
            .input_stride = channels + s.size(0, 5),
            .output_stride = channels + s.size(0, 5)};
}

double expected(const PoolCase& c, const std::vector<float>& input, const std::vector<int32_t>& offsets,
                float factor, size_t pixel, size_t channel) {
    double result = c.kind == Pool::kMax ? -kInfinity : 0;
    for (size_t t = 0; t < c.taps; ++t) {
        const int32_t offset = offsets[t * c.pixels + pixel];
        if (offset == kPadding) continue;
        const double x = input[static_cast<size_t>(offset) + channel];
        if (c.kind == Pool::kSum) result += x * factor;
        else result = std::isnan(x) || x > result ? x : result;
    }
    return result;
}

void check_pool(const Kernels& kernels, const PoolCase& c, Samples& s) {
    std::vector<float> input = s.numbers(kPoolImagePixels * c.input_stride);
    if (c.kind == Pool::kMax) input[s.size(0, input.size() - 1)] = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> factors = s.numbers(c.pixels);
    std::vector<int32_t> offsets(c.taps * c.pixels);
    for (int32_t& offset : offsets)
        offset = s.size(0, 3) == 0 ? kPadding
                                   : static_cast<int32_t>(s.size(0, kPoolImagePixels - 1) * c.input_stride);
    Guarded<float> whole(c.pixels * c.output_stride), split(c.pixels * c.output_stride);
    Pool pool{.kind = c.kind,
              .input = input.data(),
              .offsets = offsets.data(),
              .offset_stride = static_cast<int64_t>(c.pixels),
              .factors = c.kind == Pool::kSum ? factors.data() : nullptr,
              .taps = c.taps,
              .channels = c.channels,
              .output = whole.data(),
              .output_stride = static_cast<int64_t>(c.output_stride)};
    kernels.pool(pool, 0, c.pixels);
    for (size_t p = 0; p < c.pixels; ++p)
        for (size_t i = 0; i < c.output_stride; ++i) {
            const size_t at = p * c.output_stride + i;
            if (i >= c.channels) {
                ASSERT_TRUE(whole.untouched(at)) << "pixel " << p << " after its channels";
                continue;
            }
            const double want = expected(c, input, offsets, factors[p], p, i);
            const bool right = std::isnan(want)       ? std::isnan(whole[at])
                               : c.kind == Pool::kMax ? whole[at] == static_cast<float>(want)
                                                      : std::abs(whole[at] - want) < 1e-5;
            ASSERT_TRUE(right) << "pixel " << p << ", channel " << i << ": " << whole[at] << ", not " << want;
        }
    EXPECT_TRUE(whole.guards_untouched());
    pool.output = split.data();
    for (const auto& [first, last] : random_ranges(s, c.pixels)) kernels.pool(pool, first, last);
    EXPECT_TRUE(whole == split);
}

TEST(Pool, LargestAndSumsOfWindows) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(4);
        for (int i = 0; i < 100; ++i) {
            const PoolCase c = random_pool(s);
            SCOPED_TRACE(testing::Message()
                         << kernels->name << ": kind " << int{c.kind} << ", " << c.pixels << " pixels, "
                         << c.channels << " channels, " << c.taps << " taps");
            check_pool(*kernels, c, s);
            if (HasFatalFailure()) return;
        }
    }
}

}  // namespace
}  // namespace lathe::run::cpu
