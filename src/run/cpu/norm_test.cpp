#include <algorithm>
#include <cmath>

#include "run/cpu/kernel_samples.h"

namespace lathe::run::cpu {
namespace {

struct Rows {
    size_t rows, columns, input_stride, output_stride;
    bool in_place;
};
Rows random_rows(Samples& s, size_t most_columns) {
    const size_t columns = s.size(1, s.chance() ? 40 : most_columns);
    Rows r{s.size(1, 6), columns, columns + s.size(0, 3), columns + s.size(0, 3), s.chance()};
    if (r.in_place) r.output_stride = r.input_stride;
    return r;
}

// Runs `kernel(input, output, first, last)` over all rows and over random ranges of them; the results must have the same
// bits. Returns the result.
template <class F>
Guarded<float> run_rows(const Rows& r, const std::vector<float>& input, Samples& s, F kernel) {
    Guarded<float> results[2] = {Guarded<float>(r.rows * r.output_stride),
                                 Guarded<float>(r.rows * r.output_stride)};
    for (int i = 0; i < 2; ++i) {
        const float* from = input.data();
        if (r.in_place) {
            for (size_t row = 0; row < r.rows; ++row)
                std::copy_n(input.data() + row * r.input_stride, r.columns,
                            results[i].data() + row * r.output_stride);
            from = results[i].data();
        }
        if (i == 0) kernel(from, results[i].data(), size_t{0}, r.rows);
        else
            for (const auto& [first, last] : random_ranges(s, r.rows))
                kernel(from, results[i].data(), first, last);
        EXPECT_TRUE(results[i].guards_untouched());
    }
    EXPECT_TRUE(results[0] == results[1]);
    for (size_t row = 0; row < r.rows; ++row)
        for (size_t i = r.columns; i < r.output_stride; ++i)
            EXPECT_TRUE(results[0].untouched(row * r.output_stride + i)) << "after row " << row;
    return results[0];
}

void check_norm(const Kernels& kernels, const Rows& r, float offset, Samples& s) {
    std::vector<float> input = s.numbers(r.rows * r.input_stride);
    for (float& x : input) x += offset;
    const std::vector<float> scale = s.numbers(r.columns), bias = s.numbers(r.columns);
    Norm norm{.input_stride = static_cast<int64_t>(r.input_stride),
              .columns = r.columns,
              .scale = s.chance() ? scale.data() : nullptr,
              .bias = s.chance() ? bias.data() : nullptr,
              .epsilon = 1e-3f,
              .centre = s.chance(),
              .output_stride = static_cast<int64_t>(r.output_stride)};
    auto output = run_rows(r, input, s, [&](const float* from, float* to, size_t first, size_t last) {
        norm.input = from;
        norm.output = to;
        kernels.normalize(norm, first, last);
    });
    const auto count = static_cast<double>(r.columns);
    for (size_t row = 0; row < r.rows; ++row) {
        const float* x = input.data() + row * r.input_stride;
        double mean = 0, variance = 0;
        for (size_t i = 0; i < r.columns && norm.centre; ++i) mean += x[i] / count;
        for (size_t i = 0; i < r.columns; ++i) variance += (x[i] - mean) * (x[i] - mean) / count;
        // The inputs' own rounding is a half unit in the last place of their offset.
        const double tolerance = 1e-6 + 1e-7 * std::abs(offset) / std::sqrt(variance + 1e-3);
        for (size_t i = 0; i < r.columns; ++i) {
            double wanted = (x[i] - mean) / std::sqrt(variance + static_cast<double>(norm.epsilon));
            if (norm.scale != nullptr) wanted *= scale[i];
            if (norm.bias != nullptr) wanted += bias[i];
            ASSERT_NEAR(output[row * r.output_stride + i], wanted, tolerance * (1 + std::abs(wanted)))
                << r.columns << " columns, number " << i;
        }
    }
}

TEST(Normalize, RowsOfAnyLengthAndMean) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(7);
        for (int i = 0; i < 300; ++i) {
            check_norm(*kernels, random_rows(s, i % 10 == 0 ? 9000 : 600), s.chance() ? 0 : s.number() * 3000,
                       s);
            if (HasFatalFailure()) FAIL() << kernels->name << ", case " << i;
        }
    }
}

void check_softmax(const Kernels& kernels, const Rows& r, Samples& s) {
    std::vector<float> input = s.numbers(r.rows * r.input_stride);
    const float range = s.chance() ? 5 : 200;
    for (float& x : input) x = s.size(0, 9) == 0 ? -kInfinity : x * range;
    if (s.chance()) std::fill_n(input.begin(), r.columns, -kInfinity);
    auto output = run_rows(r, input, s, [&](const float* from, float* to, size_t first, size_t last) {
        kernels.softmax(from, static_cast<int64_t>(r.input_stride), r.columns, to,
                        static_cast<int64_t>(r.output_stride), first, last);
    });
    for (size_t row = 0; row < r.rows; ++row) {
        const float* x = input.data() + row * r.input_stride;
        const double largest = *std::max_element(x, x + r.columns);
        double sum = 0;
        for (size_t i = 0; i < r.columns; ++i) sum += std::exp(x[i] - largest);
        for (size_t i = 0; i < r.columns; ++i) {
            const float got = output[row * r.output_stride + i];
            const double wanted = std::exp(x[i] - largest) / sum;
            // The difference is rounded before its exponential is taken.
            const double tolerance = (4e-7 + 6e-8 * (largest - x[i])) * wanted + 1e-37;
            if (std::isnan(wanted)) ASSERT_TRUE(std::isnan(got)) << "row " << row;
            else
                ASSERT_NEAR(got, wanted, wanted > 0 ? tolerance : 1e-37)
                    << r.columns << " columns, number " << i;
        }
    }
}

TEST(Softmax, RowsOfAnyLengthWithInfinities) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(8);
        for (int i = 0; i < 300; ++i) {
            check_softmax(*kernels, random_rows(s, i % 10 == 0 ? 5000 : 300), s);
            if (HasFatalFailure()) FAIL() << kernels->name << ", case " << i;
        }
    }
}

}  // namespace
}  // namespace lathe::run::cpu
