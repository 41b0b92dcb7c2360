#include <cmath>
#include <cstdio>

#include "run/cpu/kernel_samples.h"
#include "run/cpu/winograd_weights.h"

namespace lathe::run::cpu {
namespace {

struct WinogradCase {
    int tile = 4;
    size_t height, width, in, out, pad_top, pad_left, pad_bottom, pad_right, input_stride, output_stride;
    bool bias;
    float low = -kInfinity, high = kInfinity;

    size_t output_height() const { return height + pad_top + pad_bottom - 2; }
    size_t output_width() const { return width + pad_left + pad_right - 2; }
    size_t tiles_across() const {
        return (output_width() + static_cast<size_t>(tile) - 1) / static_cast<size_t>(tile);
    }
    size_t tiles() const {
        return (output_height() + static_cast<size_t>(tile) - 1) / static_cast<size_t>(tile) * tiles_across();
    }
    size_t matrices() const { return static_cast<size_t>((tile + 2) * (tile + 2)); }
};

struct WinogradOperands {
    std::vector<float> input, weights, bias;
};

std::vector<double> direct(const WinogradCase& c, const WinogradOperands& o) {
    std::vector<double> result;
    for (size_t y = 0; y < c.output_height(); ++y)
        for (size_t x = 0; x < c.output_width(); ++x)
            for (size_t n = 0; n < c.out; ++n) {
                double sum = c.bias ? o.bias[n] : 0;
                for (size_t k = 0; k < 9; ++k) {
                    const size_t row = y + k / 3 - c.pad_top, column = x + k % 3 - c.pad_left;
                    if (row >= c.height || column >= c.width) continue;
                    for (size_t i = 0; i < c.in; ++i)
                        sum += double{o.input[(row * c.width + column) * c.input_stride + i]} *
                               o.weights[(n * c.in + i) * 9 + k];
                }
                result.push_back(std::min(double{c.high}, std::max(double{c.low}, sum)));
            }
    return result;
}

// The whole convolution; the tiles in one range, or in random ones.
Guarded<float> by_winograd(const Kernels& kernels, const WinogradCase& c, const WinogradOperands& o,
                           Samples* split) {
    Guarded<float> output(c.output_height() * c.output_width() * c.output_stride);
    const size_t panel = static_cast<size_t>(kernels.panel), panels = (c.out + panel - 1) / panel;
    std::vector<float> u(c.matrices() * c.in * c.out), packed(c.in * panels * panel);
    winograd_weights(c.tile, o.weights.data(), c.out, c.in, u.data(), 0, c.in / 2);
    winograd_weights(c.tile, o.weights.data(), c.out, c.in, u.data(), c.in / 2, c.in);
    using Ranges = std::vector<std::pair<size_t, size_t>>;
    for (const auto& [first, last] :
         split != nullptr ? random_ranges(*split, c.tiles()) : Ranges{{0, c.tiles()}}) {
        const size_t tiles = last - first;
        Guarded<float> v(c.matrices() * tiles * c.in);
        std::vector<float> m(c.matrices() * tiles * c.out);
        kernels.winograd_input({.tile = c.tile,
                                .input = o.input.data(),
                                .height = static_cast<int64_t>(c.height),
                                .width = static_cast<int64_t>(c.width),
                                .channels = static_cast<int64_t>(c.in),
                                .pixel_stride = static_cast<int64_t>(c.input_stride),
                                .pad_top = static_cast<int64_t>(c.pad_top),
                                .pad_left = static_cast<int64_t>(c.pad_left),
                                .tiles_across = static_cast<int64_t>(c.tiles_across()),
                                .v = v.data(),
                                .matrix_stride = static_cast<int64_t>(tiles * c.in)},
                               first, last);
        EXPECT_TRUE(v.guards_untouched());
        for (size_t j = 0; j < c.matrices(); ++j) {
            kernels.pack_panels(u.data() + j * c.in * c.out, static_cast<int64_t>(c.out), 1, c.in, c.out,
                                packed.data(), 0, panels);
            kernels.product({.a = v.data() + j * tiles * c.in,
                             .a_stride = static_cast<int64_t>(c.in),
                             .depth = c.in,
                             .columns = c.out,
                             .b = packed.data(),
                             .c = m.data() + j * tiles * c.out,
                             .c_stride = static_cast<int64_t>(c.out)},
                            0, tiles, 0, panels);
        }
        kernels.winograd_output({.tile = c.tile,
                                 .m = m.data(),
                                 .matrix_stride = static_cast<int64_t>(tiles * c.out),
                                 .channels = static_cast<int64_t>(c.out),
                                 .bias = c.bias ? o.bias.data() : nullptr,
                                 .low = c.low,
                                 .high = c.high,
                                 .tiles_across = static_cast<int64_t>(c.tiles_across()),
                                 .output = output.data(),
                                 .height = static_cast<int64_t>(c.output_height()),
                                 .width = static_cast<int64_t>(c.output_width()),
                                 .pixel_stride = static_cast<int64_t>(c.output_stride)},
                                first, last);
    }
    return output;
}

WinogradOperands random_tiles(const WinogradCase& c, Samples& s) {
    return {s.numbers(c.height * c.width * c.input_stride), s.numbers(c.out * c.in * 9), s.numbers(c.out)};
}

WinogradCase random_winograd(Samples& s) {
    const size_t in = s.size(1, 40), out = s.size(1, 40);
    const bool clamped = s.chance();
    return {.tile = s.chance() ? 2 : 4,
            .height = s.size(3, 13),
            .width = s.size(3, 13),
            .in = in,
            .out = out,
            .pad_top = s.size(0, 2),
            .pad_left = s.size(0, 2),
            .pad_bottom = s.size(0, 2),
            .pad_right = s.size(0, 2),
            .input_stride = in + s.size(0, 3),
            .output_stride = out + s.size(0, 3),
            .bias = s.chance(),
            .low = clamped ? -0.5f : -kInfinity,
            .high = clamped ? 0.75f : kInfinity};
}

TEST(Winograd, EqualsConvolutionsInDouble) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(8);
        for (int i = 0; i < 60; ++i) {
            const WinogradCase c = random_winograd(s);
            SCOPED_TRACE(testing::Message() << kernels->name << ": tile " << c.tile << ", " << c.height
                                            << " x " << c.width << ", " << c.in << " to " << c.out);
            const WinogradOperands o = random_tiles(c, s);
            Guarded<float> whole = by_winograd(*kernels, c, o, nullptr);
            const std::vector<double> want = direct(c, o);
            for (size_t at = 0; at < whole.size(); ++at) {
                const size_t pixel = at / c.output_stride, channel = at % c.output_stride;
                if (channel < c.out)
                    ASSERT_NEAR(whole[at], want[pixel * c.out + channel], 5e-5) << pixel << " " << channel;
                else ASSERT_TRUE(whole.untouched(at)) << "pixel " << pixel << " after its channels";
            }
            ASSERT_TRUE(whole.guards_untouched());
            ASSERT_TRUE(whole == by_winograd(*kernels, c, o, &s));
        }
    }
}

// The largest error, in units of the root mean square of the results.
TEST(Winograd, ErrorOfDeepConvolutions) {
    Samples s(9);
    for (const int tile : {2, 4}) {
        WinogradCase c{.tile = tile,
                       .height = 9,
                       .width = 9,
                       .in = 256,
                       .out = 32,
                       .pad_top = 1,
                       .pad_left = 1,
                       .pad_bottom = 1,
                       .pad_right = 1,
                       .input_stride = 256,
                       .output_stride = 32,
                       .bias = false};
        const WinogradOperands o = random_tiles(c, s);
        const std::vector<double> want = direct(c, o);
        for (const Kernels* kernels : available_kernels()) {
            Guarded<float> got = by_winograd(*kernels, c, o, nullptr);
            double largest = 0, squares = 0, errors = 0;
            for (size_t i = 0; i < want.size(); ++i) {
                const double error = std::abs(got[i] - want[i]);
                largest = std::max(largest, error);
                errors += error * error;
                squares += want[i] * want[i];
            }
            const double unit = std::sqrt(squares / static_cast<double>(want.size()));
            std::printf("F(%dx%d, 3x3) %s, 256 channels: error %.2e root mean square, %.2e at most\n", tile,
                        tile, kernels->name, std::sqrt(errors / squares), largest / unit);
            EXPECT_LT(largest / unit, tile == 2 ? 4e-6 : 1.2e-5) << kernels->name;
        }
    }
}

}  // namespace
}  // namespace lathe::run::cpu
