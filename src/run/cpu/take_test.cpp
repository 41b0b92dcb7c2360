#include <cmath>

#include "run/cpu/kernel_samples.h"

namespace lathe::run::cpu {
namespace {

template <class T>
void check_take(const Kernels& kernels, Samples& s) {
    const size_t inner = s.chance() ? s.size(1, 5) : s.size(6, 90), from_rows = s.size(1, 30),
                 rows = s.size(1, 60), stride = inner + s.size(0, 3);
    std::vector<T> from(from_rows * stride);
    for (T& x : from) x = static_cast<T>(s.size(0, 250));
    std::vector<int32_t> index(rows);
    for (int32_t& i : index)
        i = s.size(0, 5) == 0 ? kPadding : static_cast<int32_t>(s.size(0, from_rows - 1));
    const T fill = 77;
    Guarded<T> to(rows * inner);
    const Take take{.element_bytes = sizeof(T),
                    .inner = inner,
                    .from = from.data(),
                    .stride = static_cast<int64_t>(stride),
                    .index = index.data(),
                    .fill = &fill,
                    .to = to.data()};
    for (const auto& [first, last] : random_ranges(s, rows)) kernels.take(take, first, last);
    for (size_t r = 0; r < rows; ++r)
        for (size_t i = 0; i < inner; ++i)
            ASSERT_EQ(to[r * inner + i],
                      index[r] == kPadding ? fill : from[static_cast<size_t>(index[r]) * stride + i])
                << kernels.name << ", row " << r << " of " << rows << ", element " << i << " of " << inner;
    EXPECT_TRUE(to.guards_untouched());
}

TEST(Take, RowsOfEveryElementSize) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(11);
        for (int round = 0; round < 60; ++round) {
            ASSERT_NO_FATAL_FAILURE(check_take<uint8_t>(*kernels, s));
            ASSERT_NO_FATAL_FAILURE(check_take<uint16_t>(*kernels, s));
            ASSERT_NO_FATAL_FAILURE(check_take<uint32_t>(*kernels, s));
            ASSERT_NO_FATAL_FAILURE(check_take<uint64_t>(*kernels, s));
        }
    }
}

void check_blend(const Kernels& kernels, Samples& s) {
    const size_t taps = s.size(1, 7), rows = s.size(1, 30),
                 columns = s.chance() ? s.size(1, 20) : s.size(1, 170), gap = s.size(0, 4),
                 table_stride = rows + s.size(0, 3);
    const auto input = s.numbers(20 * columns + 200), weights = s.numbers(taps * table_stride);
    std::vector<int32_t> offsets(taps * table_stride);
    for (int32_t& at : offsets)
        at = s.size(0, 4) == 0 ? kPadding : static_cast<int32_t>(s.size(0, input.size() - columns));
    Guarded<float> output(rows * (columns + gap)), at_once(output.size());
    Blend blend{.input = input.data(),
                .offsets = offsets.data(),
                .weights = weights.data(),
                .table_stride = static_cast<int64_t>(table_stride),
                .taps = taps,
                .columns = columns,
                .output = output.data(),
                .output_stride = static_cast<int64_t>(columns + gap)};
    for (const auto& [first, last] : random_ranges(s, rows)) kernels.blend(blend, first, last);
    blend.output = at_once.data();
    kernels.blend(blend, 0, rows);
    EXPECT_TRUE(output == at_once);
    for (size_t r = 0; r < rows; ++r) {
        for (size_t c = 0; c < columns; ++c) {
            double sum = 0;
            for (size_t t = 0; t < taps; ++t)
                if (const int32_t at = offsets[t * table_stride + r]; at != kPadding)
                    sum += static_cast<double>(weights[t * table_stride + r]) *
                           static_cast<double>(input[static_cast<size_t>(at) + c]);
            ASSERT_NEAR(output[r * (columns + gap) + c], sum, 1e-6) << kernels.name << ", row " << r;
        }
        for (size_t c = columns; c < columns + gap; ++c)
            EXPECT_TRUE(output.untouched(r * (columns + gap) + c));
    }
    EXPECT_TRUE(output.guards_untouched());
}

TEST(Blend, SumsOfWeightedRows) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(13);
        for (int round = 0; round < 150; ++round) ASSERT_NO_FATAL_FAILURE(check_blend(*kernels, s));
    }
}

void check_moments(const Kernels& kernels, Samples& s, float centre) {
    const size_t rows = s.chance() ? s.size(1, 20) : s.size(1, 700), columns = s.size(1, 70),
                 stride = columns + s.size(0, 5);
    auto input = s.numbers(rows * stride);
    for (float& x : input) x += centre;
    Guarded<float> mean(columns), variance(columns), mean_at_once(columns), variance_at_once(columns);
    Moments moments{.input = input.data(),
                    .stride = static_cast<int64_t>(stride),
                    .rows = rows,
                    .mean = mean.data(),
                    .variance = variance.data()};
    for (const auto& [first, last] : random_ranges(s, columns)) kernels.moments(moments, first, last);
    moments.mean = mean_at_once.data();
    moments.variance = variance_at_once.data();
    kernels.moments(moments, 0, columns);
    EXPECT_TRUE(mean == mean_at_once && variance == variance_at_once) << kernels.name;
    const double allowed = 1e-6 * std::max(1.0f, std::abs(centre));
    for (size_t c = 0; c < columns; ++c) {
        double sum = 0, squares = 0;
        for (size_t r = 0; r < rows; ++r) sum += static_cast<double>(input[r * stride + c]);
        const double average = sum / static_cast<double>(rows);
        for (size_t r = 0; r < rows; ++r) {
            const double difference = static_cast<double>(input[r * stride + c]) - average;
            squares += difference * difference;
        }
        ASSERT_NEAR(mean[c], average, allowed) << kernels.name << ", " << rows << " rows";
        ASSERT_NEAR(variance[c], squares / static_cast<double>(rows), 2e-6) << kernels.name;
    }
    EXPECT_TRUE(mean.guards_untouched() && variance.guards_untouched());
}

// The variance does not suffer when the mean is far from zero.
TEST(Moments, OfColumns) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(17);
        for (int round = 0; round < 60; ++round)
            for (const float centre : {0.0f, 100.0f})
                ASSERT_NO_FATAL_FAILURE(check_moments(*kernels, s, centre));
    }
}

}  // namespace
}  // namespace lathe::run::cpu
