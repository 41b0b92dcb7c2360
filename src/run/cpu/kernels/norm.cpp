// Normalisation of rows, by mean and variance or to probabilities. A row is read again from the cache for each pass.
#include "run/cpu/kernels/functions.h"
#include "run/cpu/kernels/math.h"
#include "run/cpu/kernels/rows.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

struct Row {
    const float* input;
    float* output;
    size_t columns, whole, end;  // whole: those in whole vectors; end: the others
};
Row row_of(const float* input, float* output, size_t columns) {
    return {input, output, columns, columns / kLanes * kLanes, columns % kLanes};
}

// Of f(x); f(0) is 0.
template <class F>
float mean_of(const Row& row, F f) {
    Total<Floats> totals[1];
    add_vectors(row.whole, totals, [&](size_t at, Floats(&sums)[1]) { sums[0] += f(load(row.input + at)); });
    if (row.end != 0) add_to(totals[0], f(load_end(row.input, row.columns, row.end, 0)));
    return sum_across(totals[0].sum) / static_cast<float>(row.columns);
}

struct Moments {
    float mean, variance;
};
Moments moments_of(const Row& row) {
    const float mean = mean_of(row, [](Floats x) { return x; });
    Total<Floats> totals[2];
    add_vectors(row.whole, totals, [&](size_t at, Floats(&sums)[2]) {
        const Floats difference = load(row.input + at) - mean;
        sums[0] += difference;
        sums[1] += difference * difference;
    });
    if (row.end != 0) {
        const Floats difference = load_end(row.input, row.columns, row.end, mean) - mean;
        add_to(totals[0], difference);
        add_to(totals[1], difference * difference);
    }
    // The mean was rounded; the sum of the differences says how far (Chan, Golub & LeVeque, 1983).
    const auto count = static_cast<float>(row.columns);
    const float shift = sum_across(totals[0].sum) / count;
    return {mean + shift, sum_across(totals[1].sum) / count - shift * shift};
}
Moments moments_about_zero(const Row& row) {
    return {0, mean_of(row, [](Floats x) { return x * x; })};
}

template <bool kScale, bool kBias>
void write_normal(const Norm& p, const Row& row, float mean, float factor) {
    const auto normal = [&](Floats x, Floats scale, Floats bias) {
        Floats y = (x - mean) * factor;
        if constexpr (kScale) y *= scale;
        if constexpr (kBias) y += bias;
        return y;
    };
    for (size_t at = 0; at < row.whole; at += kLanes)
        store(row.output + at, normal(load(row.input + at), kScale ? load(p.scale + at) : Floats{},
                                      kBias ? load(p.bias + at) : Floats{}));
    if (row.end == 0) return;
    const auto end = [&](const float* from) { return load_end(from, row.columns, row.end, 0); };
    store_end(row.output, row.columns, row.end,
              normal(end(row.input), kScale ? end(p.scale) : Floats{}, kBias ? end(p.bias) : Floats{}));
}

float largest_of(const Row& row) {
    Floats largest = fold_vectors(row.input, row.whole, splat(-kInfinity), max);
    if (row.end != 0) largest = max(largest, load_end(row.input, row.columns, row.end, -kInfinity));
    return max_across(largest);
}

// Writes exp(x - largest); returns their sum.
float write_exponentials(const Row& row, float largest) {
    Total<Floats> totals[1];
    add_vectors(row.whole, totals, [&](size_t at, Floats(&sums)[1]) {
        const Floats e = exp_or_zero(load(row.input + at) - largest);
        store(row.output + at, e);
        sums[0] += e;
    });
    if (row.end != 0) {
        const Floats e = exp_or_zero(load_end(row.input, row.columns, row.end, -kInfinity) - largest);
        store_end(row.output, row.columns, row.end, e);
        add_to(totals[0], lane_numbers() < static_cast<int32_t>(kLanes - row.end) ? Floats{} : e);
    }
    return sum_across(totals[0].sum);
}

void multiply(const Row& row, float factor) {
    for (size_t at = 0; at < row.whole; at += kLanes) store(row.output + at, load(row.output + at) * factor);
    for (size_t at = row.whole; at < row.columns; ++at) row.output[at] *= factor;
}

}  // namespace

void normalize(const Norm& p, size_t first, size_t last) {
    for (size_t r = first; r < last; ++r) {
        const auto at = static_cast<int64_t>(r);
        const Row row = row_of(p.input + at * p.input_stride, p.output + at * p.output_stride, p.columns);
        const auto [mean, variance] = p.centre ? moments_of(row) : moments_about_zero(row);
        const float factor = 1 / __builtin_sqrtf(variance + p.epsilon);
        if (p.scale != nullptr && p.bias != nullptr) write_normal<true, true>(p, row, mean, factor);
        else if (p.scale != nullptr) write_normal<true, false>(p, row, mean, factor);
        else if (p.bias != nullptr) write_normal<false, true>(p, row, mean, factor);
        else write_normal<false, false>(p, row, mean, factor);
    }
}

void softmax(const float* input, int64_t input_stride, size_t columns, float* output, int64_t output_stride,
             size_t first, size_t last) {
    for (size_t r = first; r < last; ++r) {
        const auto at = static_cast<int64_t>(r);
        const Row row = row_of(input + at * input_stride, output + at * output_stride, columns);
        multiply(row, 1 / write_exponentials(row, largest_of(row)));
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
