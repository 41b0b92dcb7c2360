// What tests of rounding methods share: a layer to round, and its error by brute force.
#pragma once
#include <cmath>
#include <vector>

#include "quant/rounding.h"
#include "quant/weights_test.h"

namespace lathe::quant {

using Floats = std::vector<float>;

inline Floats normal_floats(int64_t count, uint64_t seed) {
    Noise source(seed);
    Floats values(static_cast<size_t>(count));
    for (float& value : values) value = static_cast<float>(source.normal());
    return values;
}

// A matrix of low rank and columns of heavy-tailed noise.
inline Floats low_rank_and_noise(int64_t rows, int64_t columns, int64_t rank, uint64_t seed = 1) {
    const Floats up = normal_floats(rows * rank, seed), down = normal_floats(rank * columns, seed + 1);
    Noise noise(seed + 2);
    Floats w(static_cast<size_t>(rows * columns), 0.0f);
    for (int64_t r = 0; r < rows; ++r) {
        float* row = w.data() + r * columns;
        for (int64_t l = 0; l < rank; ++l)
            for (int64_t c = 0; c < columns; ++c)
                row[c] += 0.02f / static_cast<float>(rank) * up[static_cast<size_t>(r * rank + l)] *
                          down[static_cast<size_t>(l * columns + c)];
        for (int64_t c = 0; c < columns; ++c) row[c] += 0.02f * static_cast<float>(noise.student(5));
    }
    return w;
}

// Mean products of inputs whose columns depend on each other and differ in size: [columns, columns].
inline Floats correlated_products(int64_t columns, int64_t samples = 0, uint64_t seed = 9) {
    if (samples == 0) samples = 4 * columns;
    Noise noise(seed);
    std::vector<double> sum(static_cast<size_t>(columns * columns), 0.0), x(static_cast<size_t>(columns));
    for (int64_t s = 0; s < samples; ++s) {
        double state = 0;
        for (int64_t c = 0; c < columns; ++c) {
            state = 0.9 * state + 0.4 * noise.normal();
            x[static_cast<size_t>(c)] = state * (c % 13 == 4 ? 6 : 1) + 0.1;
        }
        for (int64_t r = 0; r < columns; ++r)
            for (int64_t c = 0; c < columns; ++c)
                sum[static_cast<size_t>(r * columns + c)] +=
                    x[static_cast<size_t>(r)] * x[static_cast<size_t>(c)] / static_cast<double>(samples);
    }
    return Floats(sum.begin(), sum.end());
}

inline LayerSpec spec_of(std::string_view scheme, Rounding rounding, Scaling scaling = Scaling::kTensor) {
    LayerSpec spec;
    spec.scheme = scheme_named(scheme);
    spec.scaling = scaling;
    spec.rounding = rounding;
    if (spec.scheme->block != 0) spec.block_size = spec.scheme->block;
    return spec;
}

struct Rounded {
    LayerCoder coder;
    Floats to_encode, stored;
    RoundingOutcome outcome;
};

inline Result<Rounded> round(const LayerSpec& spec, const Floats& w, int64_t rows, int64_t columns,
                             const InputStatistics& inputs, RoundingOptions options, int threads = 2) {
    LayerCoder coder(spec, {rows, columns}, DType::kF32);
    coder.prepare(largest_magnitude(w.data(), w.size()),
                  std::span(w).first(static_cast<size_t>(std::min(rows, coder.sample_rows()) * columns)));
    ThreadPool pool(threads);
    Floats values = w;
    options.method = spec.rounding;
    TRY(const RoundingOutcome outcome, round_matrix(values, coder, inputs, options, pool));
    Floats stored = values;
    coder.round_trip(0, rows, stored.data());
    return Rounded{coder, values, stored, outcome};
}

// tr(e h e^T) of e = a - b by the definition.
inline double output_cost(const Floats& a, const Floats& b, const Floats& h, int64_t columns) {
    double cost = 0;
    const auto n = static_cast<size_t>(columns);
    for (size_t row = 0; row < a.size(); row += n)
        for (size_t i = 0; i < n; ++i)
            for (size_t j = 0; j < n; ++j)
                cost += (static_cast<double>(a[row + i]) - static_cast<double>(b[row + i])) *
                        static_cast<double>(h[i * n + j]) *
                        (static_cast<double>(a[row + j]) - static_cast<double>(b[row + j]));
    return cost;
}

// 10 log10 of the signal's power by the error's.
inline double decibels(const Floats& w, const Floats& stored) {
    const ErrorSums sums = error_sums(w.data(), stored.data(), w.size());
    return 10 * std::log10(sums.signal / sums.noise);
}

}  // namespace lathe::quant
