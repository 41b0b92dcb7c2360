// Kernels on codes of 8 bits, against plain loops.
#include <cmath>
#include <limits>

#include "run/cpu/kernel_samples.h"

namespace lathe::run::cpu {
namespace {

int code_at(const std::vector<uint8_t>& codes, size_t i, bool negative) {
    return negative ? static_cast<int8_t>(codes[i]) : codes[i];
}

std::vector<uint8_t> random_codes(Samples& s, size_t count) {
    std::vector<uint8_t> codes(count);
    for (uint8_t& code : codes) code = s.size(0, 7) == 0 ? 255 : static_cast<uint8_t>(s.size(0, 255));
    return codes;
}

void check_widening(const Kernels& kernels, Samples& s) {
    const bool by_offsets = s.chance(), negative = s.chance();
    const size_t rows = s.size(1, 20), taps = by_offsets ? s.size(1, 9) : 1, depth = s.size(1, 60);
    const size_t stride = depth + s.size(0, 3), to_stride = (taps * depth + s.size(1, 8)) & ~size_t{1};
    const auto codes = random_codes(s, (rows - 1) * stride + depth);
    const int zero = negative ? static_cast<int>(s.size(0, 255)) - 128 : static_cast<int>(s.size(0, 255));
    std::vector<int32_t> offsets(taps * rows);
    for (size_t i = 0; i < offsets.size(); ++i) {
        // Some taps lie side by side.
        const bool next = i >= rows && offsets[i - rows] != kPadding && s.chance() &&
                          static_cast<size_t>(offsets[i - rows]) + 2 * depth <= codes.size();
        offsets[i] = next                ? offsets[i - rows] + static_cast<int32_t>(depth)
                     : s.size(0, 3) == 0 ? kPadding
                                         : static_cast<int32_t>(s.size(0, rows - 1) * stride);
    }
    Guarded<int16_t> to(rows * to_stride);
    for (const auto& [first, last] : random_ranges(s, rows))
        kernels.widen({.from = {codes.data(), negative, zero},
                       .stride = static_cast<int64_t>(stride),
                       .offsets = by_offsets ? offsets.data() : nullptr,
                       .offset_stride = static_cast<int64_t>(rows),
                       .taps = taps,
                       .depth = depth,
                       .to = to.data() + first * to_stride,
                       .to_stride = static_cast<int64_t>(to_stride)},
                      first, last);
    for (size_t r = 0; r < rows; ++r)
        for (size_t k = 0; k < to_stride; ++k) {
            int expected = 0;
            if (k < taps * depth) {
                const int32_t offset =
                    by_offsets ? offsets[k / depth * rows + r] : static_cast<int32_t>(r * stride);
                if (offset != kPadding)
                    expected = code_at(codes, static_cast<size_t>(offset) + k % depth, negative) - zero;
            }
            ASSERT_EQ(to[r * to_stride + k], expected) << "row " << r << " at " << k;
        }
    EXPECT_TRUE(to.guards_untouched());
}

TEST(Integers, WideningTakesCodesByRowsAndByOffsets) {
    for (const Kernels* kernels : available_kernels()) {
        SCOPED_TRACE(kernels->name);
        Samples s(11);
        for (int i = 0; i < 200 && !HasFailure(); ++i) check_widening(*kernels, s);
    }
}

struct Job {
    IntegerProduct product;
    size_t rows, panels, panel, c_stride, zero_columns;
    std::vector<int16_t> a, wide;
    std::vector<int8_t> narrow;
    std::vector<int32_t> start;
    std::vector<float> scale, bias;

    int64_t weight(size_t k, size_t n) const {
        const size_t at = ((n / panel * product.pairs + k / 2) * panel + n % panel) * 2 + k % 2;
        return product.wide ? wide[at] : narrow[at];
    }
    int32_t sum(size_t r, size_t n) const {
        int64_t total = product.to.start != nullptr ? start[n] : 0;
        for (size_t k = 0; k < 2 * product.pairs; ++k)
            total += int64_t{a[r * static_cast<size_t>(product.a_stride) + k]} * weight(k, n);
        return static_cast<int32_t>(total);
    }
};

Job make_job(const Kernels& kernels, Samples& s) {
    Job j{};
    const bool large = s.size(0, 9) == 0;
    j.rows = s.size(1, large ? 90 : 33);
    j.panel = static_cast<size_t>(kernels.panel);
    IntegerProduct& p = j.product;
    p.columns = s.size(1, 100);
    p.pairs = s.size(1, large ? 700 : 50);
    p.wide = s.chance();
    p.a_stride = static_cast<int64_t>(2 * p.pairs + s.size(0, 5));
    j.panels = (p.columns + j.panel - 1) / j.panel;
    j.c_stride = p.columns + s.size(0, 5);
    p.to.c_stride = static_cast<int64_t>(j.c_stride);
    // The extremes often: what 16 bits would not hold.
    const auto pick = [&](int low, int high) {
        const size_t kind = s.size(0, 5);
        return kind == 0   ? low
               : kind == 1 ? high
                           : low + static_cast<int>(s.size(0, static_cast<size_t>(high - low)));
    };
    j.a.resize(j.rows * static_cast<size_t>(p.a_stride));
    for (int16_t& x : j.a) x = static_cast<int16_t>(pick(-255, 255));
    const size_t weights = j.panels * j.panel * p.pairs * 2;
    j.wide.resize(weights), j.narrow.resize(weights);
    for (int16_t& w : j.wide) w = static_cast<int16_t>(pick(-255, 255));
    for (int8_t& w : j.narrow) w = static_cast<int8_t>(pick(-128, 127));
    j.start.resize(j.panels * j.panel);
    for (int32_t& x : j.start) x = pick(-1000000, 1000000);
    for (size_t i = 0; i < j.start.size(); ++i) {
        j.scale.push_back(0.001f * (1.1f + s.number()));
        j.bias.push_back(30 * s.number());
    }
    p.a = j.a.data();
    p.b = p.wide ? static_cast<const void*>(j.wide.data()) : j.narrow.data();
    if (s.chance()) p.to.start = j.start.data();
    p.to.scale = j.scale.data();
    if (s.chance()) p.to.bias = j.bias.data();
    p.to.kind = static_cast<IntegerResult::Kind>(s.size(0, 2));
    p.to.zero = static_cast<int32_t>(s.size(0, 255));
    p.to.low = static_cast<float>(0 - p.to.zero), p.to.high = static_cast<float>(255 - p.to.zero);
    return j;
}

template <class T>
void run_job(const Kernels& kernels, Job& j, Samples& s, const auto& check) {
    Guarded<T> whole(j.rows * j.c_stride), split(j.rows * j.c_stride);
    j.product.to.c = whole.data();
    kernels.integer_product(j.product, 0, j.rows, 0, j.panels);
    for (size_t r = 0; r < j.rows; ++r)
        for (size_t n = 0; n < j.c_stride; ++n) {
            if (n < j.product.columns) check(r, n, whole[r * j.c_stride + n]);
            else ASSERT_TRUE(whole.untouched(r * j.c_stride + n));
            if (testing::Test::HasFatalFailure()) return;
        }
    EXPECT_TRUE(whole.guards_untouched());
    j.product.to.c = split.data();
    for (const auto& [first_panel, last_panel] : random_ranges(s, j.panels))
        for (const auto& [first, last] : random_ranges(s, j.rows))
            kernels.integer_product(j.product, first, last, first_panel, last_panel);
    EXPECT_TRUE(whole == split);
}

void check_job(const Kernels& kernels, Job& j, Samples& s) {
    const auto number = [&](size_t r, size_t n) {
        const double bias = j.product.to.bias != nullptr ? j.bias[n] : 0;
        const double y = j.sum(r, n) * double{j.scale[n]} + bias;
        return std::min(double{j.product.to.high}, std::max(double{j.product.to.low}, y));
    };
    if (j.product.to.kind == IntegerResult::kSums)
        return run_job<int32_t>(kernels, j, s,
                                [&](size_t r, size_t n, int32_t c) { ASSERT_EQ(c, j.sum(r, n)); });
    if (j.product.to.kind == IntegerResult::kFloats)
        return run_job<float>(kernels, j, s,
                              [&](size_t r, size_t n, float c) { ASSERT_NEAR(c, number(r, n), 1e-3); });
    run_job<uint8_t>(kernels, j, s, [&](size_t r, size_t n, uint8_t c) {
        const double y = number(r, n), tie = std::fabs(y - std::floor(y) - 0.5);
        if (tie < 1e-2) ASSERT_LE(std::fabs(c - j.product.to.zero - y), 0.51);
        else ASSERT_EQ(c, std::nearbyint(y) + j.product.to.zero);
    });
}

TEST(Integers, ProductsAreExact) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(12);
        for (int i = 0; i < 300; ++i) {
            Job j = make_job(*kernels, s);
            SCOPED_TRACE(testing::Message() << kernels->name << ": " << j.rows << " rows, " << j.product.pairs
                                            << " pairs, " << j.product.columns << " columns, result "
                                            << int{j.product.to.kind} << ", wide " << j.product.wide);
            check_job(*kernels, j, s);
            if (HasFailure()) return;
        }
    }
}

void check_depthwise(const Kernels& kernels, Samples& s) {
    const size_t pixels = s.size(1, 20), taps = s.size(1, 26), channels = s.size(1, 70),
                 stride = channels + 3;
    const auto codes = random_codes(s, 40 * channels), padding = random_codes(s, channels);
    const uint8_t flip = s.chance() ? 128 : 0;
    std::vector<int32_t> offsets(taps * pixels), start(channels);
    for (int32_t& offset : offsets)
        offset = s.size(0, 4) == 0 ? kPadding : static_cast<int32_t>(s.size(0, 39) * channels);
    for (int32_t& x : start) x = static_cast<int32_t>(s.size(0, 20000)) - 10000;
    std::vector<int16_t> weights((taps + 1) / 2 * channels * 2);
    for (size_t i = 0; i < weights.size(); ++i)
        if (taps % 2 == 0 || i < taps / 2 * channels * 2 || i % 2 == 0)
            weights[i] = static_cast<int16_t>(static_cast<int>(s.size(0, 510)) - 255);
    Guarded<int32_t> sums(pixels * stride);
    IntegerDepthwise job{.codes = codes.data(),
                         .flip = flip,
                         .offsets = offsets.data(),
                         .offset_stride = static_cast<int64_t>(pixels),
                         .padding = padding.data(),
                         .taps = taps,
                         .channels = channels,
                         .weights = weights.data(),
                         .to = {}};
    job.to.start = start.data();
    job.to.c = sums.data();
    job.to.c_stride = static_cast<int64_t>(stride);
    for (const auto& [first, last] : random_ranges(s, pixels)) kernels.integer_depthwise(job, first, last);
    for (size_t p = 0; p < pixels; ++p)
        for (size_t c = 0; c < stride; ++c) {
            if (c >= channels) {
                ASSERT_TRUE(sums.untouched(p * stride + c));
                continue;
            }
            int32_t sum = start[c];
            for (size_t t = 0; t < taps; ++t) {
                const int32_t offset = offsets[t * pixels + p];
                const uint8_t code = offset == kPadding ? padding[c] : codes[static_cast<size_t>(offset) + c];
                sum += (code ^ flip) * weights[(t / 2 * channels + c) * 2 + t % 2];
            }
            ASSERT_EQ(sums[p * stride + c], sum) << "pixel " << p << ", channel " << c << " of " << channels;
        }
    EXPECT_TRUE(sums.guards_untouched());
}

TEST(Integers, DepthwiseSumsAreExact) {
    for (const Kernels* kernels : available_kernels()) {
        SCOPED_TRACE(kernels->name);
        Samples s(15);
        for (int i = 0; i < 100 && !HasFailure(); ++i) check_depthwise(*kernels, s);
    }
}

TEST(Integers, QuantisesToEvenAndKeepsTheRange) {
    const float infinity = std::numeric_limits<float>::infinity();
    for (const Kernels* kernels : available_kernels()) {
        Samples s(13);
        for (int round = 0; round < 100; ++round) {
            const size_t count = s.size(1, 70);
            const bool negative = s.chance();
            const int low = negative ? -128 : 0, zero = low + static_cast<int>(s.size(0, 255));
            const float scale = s.chance() ? 0.25f : 0.01f + 0.005f * s.number();
            std::vector<float> x = s.numbers(count);
            for (float& v : x) v = s.size(0, 9) == 0 ? 0.125f * static_cast<float>(s.size(0, 40)) : 3 * v;
            x[0] = s.chance() ? infinity : -infinity;
            x[count - 1] = std::numeric_limits<float>::quiet_NaN();
            Guarded<uint8_t> codes(count);
            kernels->quantize(x.data(), {scale, zero, low, low + 255, codes.data()}, count);
            Guarded<float> back(count);
            kernels->dequantize({codes.data(), negative, zero, 0.5f}, back.data(), count);
            for (size_t i = 0; i < count; ++i) {
                const double code = std::nearbyint(double{x[i] / scale}) + zero;
                const double kept = std::isnan(x[i]) ? 0 : std::min(low + 255.0, std::max(double(low), code));
                const int found = negative ? static_cast<int8_t>(codes[i]) : codes[i];
                ASSERT_EQ(found, kept) << kernels->name << " at " << i << " of " << count << ": " << x[i];
                ASSERT_EQ(back[i], 0.5f * static_cast<float>(found - zero));
            }
            EXPECT_TRUE(codes.guards_untouched() && back.guards_untouched());
        }
    }
}

TEST(Integers, RangesPassOverNaNs) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(14);
        for (int round = 0; round < 50; ++round) {
            std::vector<float> x = s.numbers(s.size(1, 200));
            float low = 0, high = 0, least = 0, largest = 0;
            for (float& v : x) {
                if (s.size(0, 20) == 0) v = std::numeric_limits<float>::quiet_NaN();
                if (v < least) least = v;
                if (v > largest) largest = v;
            }
            kernels->range(x.data(), x.size(), &low, &high);
            ASSERT_EQ(low, least) << kernels->name;
            ASSERT_EQ(high, largest) << kernels->name;
        }
    }
}

}  // namespace
}  // namespace lathe::run::cpu
