#include "run/cpu/kernel_samples.h"

namespace lathe::run::cpu {
namespace {

struct RotaryCase {
    size_t rows, half, rest, input_stride, output_stride, cosine_stride, sine_stride;
    bool interleaved;
};
RotaryCase random_rotary(Samples& s) {
    const size_t half = s.size(1, 40), rest = s.chance() ? 0 : s.size(1, 20), columns = 2 * half + rest;
    return {.rows = s.size(1, 9),
            .half = half,
            .rest = rest,
            .input_stride = columns + s.size(0, 4),
            .output_stride = columns + s.size(0, 4),
            .cosine_stride = s.chance() ? 0 : half + s.size(0, 3),
            .sine_stride = half + s.size(0, 3),
            .interleaved = s.chance()};
}

void check_rotary(const Kernels& kernels, const RotaryCase& c, Samples& s) {
    const auto input = s.numbers(c.rows * c.input_stride),
               cosine = s.numbers((c.rows - 1) * c.cosine_stride + c.half),
               sine = s.numbers((c.rows - 1) * c.sine_stride + c.half);
    Guarded<float> whole(c.rows * c.output_stride), split(c.rows * c.output_stride);
    Rotary rotary{.input = input.data(),
                  .input_stride = static_cast<int64_t>(c.input_stride),
                  .cosine = cosine.data(),
                  .sine = sine.data(),
                  .cosine_stride = static_cast<int64_t>(c.cosine_stride),
                  .sine_stride = static_cast<int64_t>(c.sine_stride),
                  .half = c.half,
                  .rest = c.rest,
                  .interleaved = c.interleaved,
                  .output = whole.data(),
                  .output_stride = static_cast<int64_t>(c.output_stride)};
    kernels.rotate(rotary, 0, c.rows);
    rotary.output = split.data();
    for (const auto& [first, last] : random_ranges(s, c.rows)) kernels.rotate(rotary, first, last);
    EXPECT_TRUE(whole == split && whole.guards_untouched());
    for (size_t row = 0; row < c.rows; ++row) {
        const auto in = [&](size_t i) { return static_cast<double>(input[row * c.input_stride + i]); };
        for (size_t i = 0; i < c.output_stride; ++i) {
            const size_t at = row * c.output_stride + i;
            if (i >= 2 * c.half + c.rest) {
                ASSERT_TRUE(whole.untouched(at)) << "after row " << row;
                continue;
            }
            double wanted = in(i);
            if (i < 2 * c.half) {
                const size_t pair = c.interleaved ? i / 2 : i % c.half;
                const bool second = c.interleaved ? i % 2 == 1 : i >= c.half;
                const double a = in(c.interleaved ? 2 * pair : pair),
                             b = in(c.interleaved ? 2 * pair + 1 : pair + c.half);
                const double co = cosine[row * c.cosine_stride + pair], si = sine[row * c.sine_stride + pair];
                wanted = second ? a * si + b * co : a * co - b * si;
            }
            ASSERT_NEAR(whole[at], wanted, 5e-7) << "row " << row << ", " << i;
        }
    }
}

TEST(Rotary, TurnsPairsByHalvesAndByNeighbours) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(5);
        for (int i = 0; i < 300; ++i) {
            check_rotary(*kernels, random_rotary(s), s);
            if (HasFailure()) FAIL() << kernels->name << ", case " << i;
        }
    }
}

}  // namespace
}  // namespace lathe::run::cpu
