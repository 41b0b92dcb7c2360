#include <cmath>

#include "run/cpu/kernel_samples.h"

namespace lathe::run::cpu {
namespace {

constexpr size_t kImagePixels = 40;

struct DepthwiseCase {
    size_t pixels, channels, taps, input_stride, output_stride, offset_stride;
    bool bias;
    float low, high;
};

DepthwiseCase random_depthwise(Samples& s) {
    const size_t pixels = s.size(1, 19), channels = s.size(1, s.chance() ? 40 : 300);
    const bool clamped = s.chance();
    return {.pixels = pixels,
            .channels = channels,
            .taps = s.chance() ? 9 : s.size(1, s.chance() ? 50 : 200),
            .input_stride = channels + s.size(0, 5),
            .output_stride = channels + s.size(0, 5),
            .offset_stride = pixels + s.size(0, 3),
            .bias = s.chance(),
            .low = clamped ? -0.5f : -kInfinity,
            .high = clamped ? 0.75f : kInfinity};
}

void check_depthwise(const Kernels& kernels, const DepthwiseCase& c, Samples& s) {
    const std::vector<float> input = s.numbers(kImagePixels * c.input_stride),
                             weights = s.numbers(c.taps * c.channels), bias = s.numbers(c.channels),
                             zeros(c.channels);
    std::vector<int32_t> offsets(c.taps * c.offset_stride);
    for (int32_t& offset : offsets)
        offset =
            s.size(0, 5) == 0 ? kPadding : static_cast<int32_t>(s.size(0, kImagePixels - 1) * c.input_stride);
    Guarded<float> whole(c.pixels * c.output_stride), split(c.pixels * c.output_stride);
    Depthwise d{.input = input.data(),
                .offsets = offsets.data(),
                .offset_stride = static_cast<int64_t>(c.offset_stride),
                .zeros = zeros.data(),
                .taps = c.taps,
                .channels = c.channels,
                .weights = weights.data(),
                .bias = c.bias ? bias.data() : nullptr,
                .output = whole.data(),
                .output_stride = static_cast<int64_t>(c.output_stride),
                .low = c.low,
                .high = c.high};
    kernels.depthwise(d, 0, c.pixels);
    for (size_t p = 0; p < c.pixels; ++p)
        for (size_t i = 0; i < c.output_stride; ++i) {
            const size_t at = p * c.output_stride + i;
            if (i >= c.channels) {
                ASSERT_TRUE(whole.untouched(at)) << "pixel " << p << " after its channels";
                continue;
            }
            double sum = c.bias ? bias[i] : 0, magnitude = std::abs(sum);
            for (size_t t = 0; t < c.taps; ++t) {
                const int32_t offset = offsets[t * c.offset_stride + p];
                const double product = offset == kPadding ? 0.0
                                                          : double{input[static_cast<size_t>(offset) + i]} *
                                                                weights[t * c.channels + i];
                sum += product;
                magnitude += std::abs(product);
            }
            ASSERT_NEAR(whole[at], std::min(double{c.high}, std::max(double{c.low}, sum)), 1e-6 * magnitude)
                << "pixel " << p << ", channel " << i;
        }
    EXPECT_TRUE(whole.guards_untouched());
    d.output = split.data();
    for (const auto& [first, last] : random_ranges(s, c.pixels)) kernels.depthwise(d, first, last);
    EXPECT_TRUE(whole == split);
}

TEST(Depthwise, EqualsSumsInDouble) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(3);
        for (int i = 0; i < 60; ++i) {
            const DepthwiseCase c = random_depthwise(s);
            SCOPED_TRACE(testing::Message() << kernels->name << ": " << c.pixels << " pixels, " << c.channels
                                            << " channels, " << c.taps << " taps");
            check_depthwise(*kernels, c, s);
            if (HasFatalFailure()) return;
        }
    }
}

}  // namespace
}  // namespace lathe::run::cpu
