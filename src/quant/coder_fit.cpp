// LayerCoder's scales: by the plain formulas of coder.h, or by trying.
#include <cmath>
#include <cstring>

#include "base/number_codecs.h"
#include "quant/codebook.h"
#include "quant/coder_state.h"
#include "quant/sweep.h"

namespace lathe::quant {
namespace {

using enum Element;

constexpr double kLeastWeight = 0.01;  // of the mean

struct Unit {
    float scale, factor;
};

// The plain formulas; see coder.h.
Unit unit_of(const LayerSpec& spec, float a) {
    const Element element = spec.scheme->element;
    if (element == kF8E4M3 || element == kF8E5M2) {
        const float factor = (element == kF8E4M3 ? 448.0f : 57344.0f) / std::max(a, 1e-12f);
        return {1 / factor, factor};
    }
    if (element == kI4) {
        const float scale = std::max(a, 1e-10f) / 7;
        return {scale, 1 / scale};
    }
    switch (spec.scaling) {
        case Scaling::kTensor: {
            const float scale = std::max(a, 1e-12f) / 127;
            return {scale, 1 / scale};
        }
        case Scaling::kRow: {
            const float factor = 127 / std::max(a, 1e-12f);
            return {1 / factor, factor};
        }
        case Scaling::kBlock: break;
    }
    const float scale = std::max(a / 127, 1e-8f);
    return {scale, 1 / scale};
}

// The clip of the plain scale with the least error.
template <class Error>
Unit swept(Element element, Unit plain, Error error_of) {
    Unit best = plain;
    double least = -1;
    for (const float clip : clips_of(element)) {
        const double error = error_of(plain.scale * clip);
        if (least >= 0 && error >= least) continue;
        least = error;
        if (clip != 1) best = {plain.scale * clip, 1 / (plain.scale * clip)};
    }
    return best;
}

// ceil(log2(x)) with the logarithm in float32: just above a power of two it is that power's.
int ceil_log2(float x) {
    const auto bits = std::bit_cast<uint32_t>(x);
    const int exponent = static_cast<int>(bits >> 23) - 127;
    const uint32_t mantissa = bits & 0x7fffff;
    if (exponent > -127 && mantissa == 0) return exponent;
    if (exponent > -127 && mantissa > 64) return exponent + 1;  // beyond any rounding of the logarithm
    return static_cast<int>(std::ceil(static_cast<float>(std::log2(static_cast<double>(x)))));
}

uint8_t mx_exponent(float a) {
    if (a == 0) return 0;
    return static_cast<uint8_t>(std::clamp(ceil_log2(std::max(a / 448, 0x1p-127f)) + 127, 0, 254));
}

// Scales of blocks from their largest magnitudes; maxima is worked on.
void nvfp4_scales(std::span<float> maxima, float g, uint8_t* codes) {
    for (float& a : maxima) a = (a / 6) / g;
    encode_f8e4m3(maxima.data(), maxima.size(), 1, codes);
}

void store_tiled(int64_t row, std::span<const uint8_t> codes, uint8_t* file) {
    for_each_tile(row, static_cast<int64_t>(codes.size()), [&](size_t place, size_t block, size_t count) {
        std::memcpy(file + place, codes.data() + block, count);
    });
}
float to_bf16_and_back(float value) { return bf16_to_f32(f32_to_bf16(value)); }
float to_f16_and_back(float value) { return f16_to_f32(f32_to_f16(value)); }

}  // namespace

bool LayerCoder::needs_max_abs() const {
    return spec_.scheme->scale == ScaleCode::kF8E4M3 ||
           (scaled_by_units(*spec_.scheme) && scaling_of(spec_) == Scaling::kTensor);
}

bool LayerCoder::needs_sample() const {
    return spec_.scheme->element == kBook4 || (needs_max_abs() && sweeps(spec_));
}

int64_t LayerCoder::sample_rows() const {
    const int64_t elements = spec_.scheme->element == kBook4 ? int64_t{1} << 22 : int64_t{1} << 18;
    return std::min(rows_, std::max(int64_t{1}, elements / columns_));
}

void LayerCoder::prepare(float max_abs, std::span<const float> sample, std::span<const float> weights) {
    State& s = *state_;
    s.max_abs = max_abs;
    if (!weights.empty()) {
        // Inputs that were never seen may come: every column counts a little.
        double mean = 0;
        for (const float weight : weights) mean += static_cast<double>(weight);
        const auto least = static_cast<float>(kLeastWeight * mean / static_cast<double>(weights.size()));
        std::ranges::transform(weights, s.weights.begin(), [&](float weight) { return weight + least; });
    }
    s.weighted = !weights.empty();
    const size_t sampled = sample.size() / static_cast<size_t>(columns_);
    if (spec_.scheme->element == kBook4 && !sample.empty()) s.codebook = choose_codebook(sample);
    if (!needs_max_abs()) return;
    s.nonzero = max_abs > 0;
    if (spec_.scheme->scale == ScaleCode::kF8E4M3) {
        const float plain = max_abs / 2688;
        s.tensor_scale = plain > 0 ? plain : 1;
        if (sweeps(spec_) && plain > 0) s.tensor_scale = sweep_tensor_scale(sample, sampled);
        return;
    }
    Unit unit = unit_of(spec_, max_abs);
    if (sweeps(spec_) && max_abs > 0)
        unit = swept(spec_.scheme->element, unit, [&](float scale) {
            double error = 0;
            for (size_t r = 0; r < sampled; ++r)
                error += unit_error(spec_.scheme->element, sample.data() + r * static_cast<size_t>(columns_),
                                    s.weights.data(), static_cast<size_t>(columns_), scale);
            return error;
        });
    s.scale[0] = max_abs > 0 ? unit.scale : 1;
    s.factor[0] = max_abs > 0 ? unit.factor : 1;
}

// Block scales have 3 bits of mantissa; where their grid lies within an octave is free.
float LayerCoder::sweep_tensor_scale(std::span<const float> sample, size_t sampled) const {
    const State& s = *state_;
    const size_t blocks = static_cast<size_t>(padded_columns_) / 16;
    std::vector<float> row(static_cast<size_t>(padded_columns_), 0.0f), maxima(blocks);
    std::vector<uint8_t> codes(blocks);
    const float plain = s.max_abs / 2688;
    float best = plain;
    double least = -1;
    constexpr int kSteps = 4;
    for (int step = 0; step < kSteps; ++step) {
        const float g =
            step == 0 ? plain : plain * static_cast<float>(std::exp2(static_cast<double>(step) / kSteps));
        double error = 0;
        for (size_t r = 0; r < sampled; ++r) {
            std::copy_n(sample.data() + r * static_cast<size_t>(columns_), columns_, row.begin());
            block_maxima(row.data(), blocks, 16, maxima.data());
            nvfp4_scales(maxima, g, codes.data());
            sweep_f4_scales(row.data(), s.weighted ? s.weights.data() : nullptr, blocks, g, codes.data());
            error += f4_error(row.data(), s.weights.data(), blocks, g, codes.data());
        }
        if (least >= 0 && error >= least) continue;
        least = error;
        best = g;
    }
    return best;
}

void LayerCoder::fit(int64_t row, int64_t count, const float* values) {
    if (scaled_by_units(*spec_.scheme)) {
        if (scaling_of(spec_) != Scaling::kTensor) fit_units(row, count, values);
        return;
    }
    for (int64_t i = 0; i < count; ++i) fit_row(row + i, values + i * columns_);
}

void LayerCoder::fit_units(int64_t row, int64_t count, const float* values) {
    State& s = *state_;
    const int64_t run = run_of(spec_, columns_), across = columns_ / run;
    for (int64_t top = 0; top < count; top += step_)
        for (int64_t unit = 0; unit < across; ++unit) {
            const float* corner = values + top * columns_ + unit * run;
            const float* weights = s.weights.data() + unit * run;
            float a = 0;
            for (int64_t i = 0; i < step_; ++i)
                a = std::max(a, largest_magnitude(corner + i * columns_, static_cast<size_t>(run)));
            Unit best = unit_of(spec_, a);
            if (a > 0) s.nonzero.store(true, std::memory_order_relaxed);
            if (a > 0 && sweeps(spec_))
                best = swept(spec_.scheme->element, best, [&](float scale) {
                    double error = 0;
                    for (int64_t i = 0; i < step_; ++i)
                        error += unit_error(spec_.scheme->element, corner + i * columns_, weights,
                                            static_cast<size_t>(run), scale);
                    return error;
                });
            const auto at = static_cast<size_t>((row + top) / step_ * across + unit);
            s.scale[at] = best.scale;
            s.factor[at] = best.factor;
        }
}

void LayerCoder::fit_groups(int64_t row, const float* values) {
    State& s = *state_;
    const int64_t run = run_of(spec_, columns_);
    const auto blocks = static_cast<size_t>(padded_columns_ / run);
    auto* half = std::ranges::find(s.parts, "weight_scale", &Part::suffix)->dtype == DType::kF16
                     ? to_f16_and_back
                     : to_bf16_and_back;
    for (size_t b = 0; b < blocks; ++b) {
        const float* group = values + static_cast<int64_t>(b) * run;
        const auto [low, high] = std::minmax_element(group, group + run);
        const float range = (*high - *low) / 15;
        float scale = range, zero = *low + 8 * range;
        if (sweeps(spec_) && range > 0)
            sweep_u4_group(group, s.weights.data() + static_cast<int64_t>(b) * run, static_cast<size_t>(run),
                           half, scale, zero);
        const size_t at = b * static_cast<size_t>(rows_) + static_cast<size_t>(row);
        s.scale[at] = half(scale) > 0 ? half(scale) : 1;
        s.zero[at] = half(zero);
    }
}

void LayerCoder::fit_row(int64_t row, const float* values) {
    State& s = *state_;
    const int64_t run = run_of(spec_, columns_);
    const auto blocks = static_cast<size_t>(padded_columns_ / run);
    const bool sweep = sweeps(spec_);
    if (spec_.scheme->scale == ScaleCode::kStored) return fit_groups(row, values);
    if (spec_.scheme->scale == ScaleCode::kRowF8E4M3) {
        s.scale[static_cast<size_t>(row)] = fit_book_row(values, s.weights.data(), blocks, s.codebook, sweep,
                                                         s.codes.data() + static_cast<size_t>(row) * blocks);
        return;
    }
    std::vector<float> maxima(blocks), padded;
    std::vector<uint8_t> codes(blocks);
    if (padded_columns_ != columns_) {
        padded.assign(static_cast<size_t>(padded_columns_), 0.0f);
        std::copy_n(values, columns_, padded.begin());
        values = padded.data();
    }
    block_maxima(values, blocks, static_cast<size_t>(run), maxima.data());
    if (spec_.scheme->scale == ScaleCode::kE8M0) {
        for (size_t b = 0; b < blocks; ++b) codes[b] = mx_exponent(maxima[b]);
        if (sweep) sweep_mx_scales(values, s.weights.data(), blocks, codes.data());
    } else if (s.max_abs > 0) {
        nvfp4_scales(maxima, s.tensor_scale, codes.data());
        if (sweep)
            sweep_f4_scales(values, s.weighted ? s.weights.data() : nullptr, blocks, s.tensor_scale,
                            codes.data());
    }
    store_tiled(row, codes, s.codes.data());
}

}  // namespace lathe::quant
