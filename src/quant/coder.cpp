#include "quant/coder.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "base/number_codecs.h"
#include "quant/codebook.h"
#include "quant/sweep.h"

namespace lathe::quant {

// What is known of the whole matrix. Only the scales as they will be stored are kept, a small part of its size.
struct LayerCoder::State {
    std::vector<Part> parts;
    float max_abs = 0;
    std::atomic<bool> nonzero{false};
    std::vector<float> weights;  // [padded columns] what an error counts
    bool weighted = false;  // not all the same
    std::vector<float> scale,
        factor;  // ScaleCode::kF32: by unit; kRowF8E4M3: scale by row; kStored: [groups, rows]
    std::vector<float> zero;  // kStored
    std::vector<uint8_t> codes;  // of block scales, where they will lie in the file
    float tensor_scale = 1;  // nvfp4: g; asked or found scalar of hybrid mxfp8
    float clip = 1;  // of Scaling::kTensor, by sweep
    std::array<float, 16> codebook{};
    std::vector<uint16_t> stored_scale, stored_zero;  // kStored, as they will lie in the file
    float input_scale = 1;
};

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

float power_of_two(int exponent) {  // 2^(exponent - 127), exponent 0 … 254
    return exponent == 0 ? 0x1p-127f : std::bit_cast<float>(static_cast<uint32_t>(exponent) << 23);
}

// Scales of blocks from their largest magnitudes; maxima is worked on.
void nvfp4_scales(std::span<float> maxima, float g, uint8_t* codes) {
    for (float& a : maxima) a = (a / 6) / g;
    encode_f8e4m3(maxima.data(), maxima.size(), 1, codes);
}

// A row of scales between its place in the file, in tiles of 128 x 4, and its own order.
template <class Move>
void for_each_tile(int64_t row, int64_t blocks, Move move) {
    for (int64_t b = 0; b < blocks; b += 4)
        move(static_cast<size_t>(swizzled(row, b, blocks)), static_cast<size_t>(b),
             static_cast<size_t>(std::min<int64_t>(4, blocks - b)));
}
void store_tiled(int64_t row, std::span<const uint8_t> codes, uint8_t* file) {
    for_each_tile(row, static_cast<int64_t>(codes.size()), [&](size_t place, size_t block, size_t count) {
        std::memcpy(file + place, codes.data() + block, count);
    });
}
void load_tiled(int64_t row, const uint8_t* file, std::span<uint8_t> codes) {
    for_each_tile(row, static_cast<int64_t>(codes.size()), [&](size_t place, size_t block, size_t count) {
        std::memcpy(codes.data() + block, file + place, count);
    });
}

float to_bf16_and_back(float value) { return bf16_to_f32(f32_to_bf16(value)); }
float to_f16_and_back(float value) { return f16_to_f32(f32_to_f16(value)); }

bool scaled_by_units(const Scheme& scheme) { return scheme.scale == ScaleCode::kF32; }

// The columns that share a scale within a row.
int64_t run_of(const LayerSpec& spec, int64_t columns) {
    if (spec.scheme->element == kU4) return spec.block_size;
    if (spec.scheme->block != 0) return spec.scheme->block;
    return spec.scaling == Scaling::kBlock && spec.scheme->element != kI4 ? spec.block_size : columns;
}

Scaling scaling_of(const LayerSpec& spec) {
    return spec.scheme->element == kI4 ? Scaling::kRow : spec.scaling;
}

int64_t count_of(const std::vector<Part>& parts, std::string_view suffix) {
    for (const Part& part : parts)
        if (part.suffix == suffix) return element_count(part.shape);
    return 0;
}

}  // namespace

LayerCoder::LayerCoder(const LayerSpec& spec, const Shape& weight, DType stored)
    : LayerCoder(spec, weight, std::make_shared<State>()) {
    State& s = *state_;
    s.parts = parts_of(spec, weight, stored);
    const auto size = [&](std::string_view suffix) { return static_cast<size_t>(count_of(s.parts, suffix)); };
    s.weights.assign(static_cast<size_t>(padded_columns_), 1.0f);
    switch (spec.scheme->scale) {
        case ScaleCode::kF32:
            s.scale.assign(size("weight_scale"), 1.0f);
            s.factor.assign(size("weight_scale"), 1.0f);
            break;
        case ScaleCode::kE8M0:
        case ScaleCode::kF8E4M3: s.codes.assign(size("weight_scale"), 0); break;
        case ScaleCode::kRowF8E4M3:
            s.codes.assign(size("weight_s_rel"), 0);
            s.scale.assign(size("weight_s_channel"), 1.0f);
            std::ranges::copy(normal_codebook(), s.codebook.begin());
            break;
        case ScaleCode::kStored:
            s.scale.assign(size("weight_scale"), 1.0f);
            s.zero.assign(size("weight_zeros"), 0.0f);
            break;
    }
}

LayerCoder::LayerCoder(const LayerSpec& spec, const Shape& weight, std::shared_ptr<State> state)
    : spec_(spec), rows_(weight[0]), columns_(weight[1]), state_(std::move(state)) {
    padded_columns_ = round_up(columns_, spec.scheme->pad);
    const bool packed = spec.scheme->element >= kF4E2M1;
    bytes_per_row_ = packed ? padded_columns_ / 2 : padded_columns_;
    if (scaled_by_units(*spec.scheme) && scaling_of(spec) == Scaling::kBlock) step_ = spec.block_size;
}

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
    if (sweeps(spec_) && max_abs > 0) {
        double least = -1;
        const float plain = unit.scale;
        for (const float clip : clips_of(spec_.scheme->element)) {
            double error = 0;
            for (size_t r = 0; r < sampled; ++r)
                error += unit_error(spec_.scheme->element, sample.data() + r * static_cast<size_t>(columns_),
                                    s.weights.data(), static_cast<size_t>(columns_), plain * clip);
            if (least >= 0 && error >= least) continue;
            least = error;
            if (clip != 1) unit = {plain * clip, 1 / (plain * clip)};
        }
    }
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
            if (a > 0 && sweeps(spec_)) {
                const float plain = best.scale;
                double least = -1;
                for (const float clip : clips_of(spec_.scheme->element)) {
                    double error = 0;
                    for (int64_t i = 0; i < step_; ++i)
                        error += unit_error(spec_.scheme->element, corner + i * columns_, weights,
                                            static_cast<size_t>(run), plain * clip);
                    if (least >= 0 && error >= least) continue;
                    least = error;
                    if (clip != 1) best = {plain * clip, 1 / (plain * clip)};
                }
            }
            const auto at = static_cast<size_t>((row + top) / step_ * across + unit);
            s.scale[at] = best.scale;
            s.factor[at] = best.factor;
        }
}

void LayerCoder::fit_row(int64_t row, const float* values) {
    State& s = *state_;
    const int64_t run = run_of(spec_, columns_);
    const auto blocks = static_cast<size_t>(padded_columns_ / run);
    const bool sweep = sweeps(spec_);
    if (spec_.scheme->scale == ScaleCode::kStored) {
        auto* half = std::ranges::find(s.parts, "weight_scale", &Part::suffix)->dtype == DType::kF16
                         ? to_f16_and_back
                         : to_bf16_and_back;
        for (size_t b = 0; b < blocks; ++b) {
            const float* group = values + static_cast<int64_t>(b) * run;
            const auto [low, high] = std::minmax_element(group, group + run);
            const float range = (*high - *low) / 15;
            float scale = range, zero = *low + 8 * range;
            if (sweep && range > 0)
                sweep_u4_group(group, s.weights.data() + static_cast<int64_t>(b) * run,
                               static_cast<size_t>(run), half, scale, zero);
            const size_t at = b * static_cast<size_t>(rows_) + static_cast<size_t>(row);
            s.scale[at] = half(scale) > 0 ? half(scale) : 1;
            s.zero[at] = half(zero);
        }
        return;
    }
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

void LayerCoder::scales_of(int64_t row, float* scales) const {
    const State& s = *state_;
    std::vector<uint8_t> codes(static_cast<size_t>(padded_columns_ / run_of(spec_, columns_)));
    load_tiled(row, s.codes.data(), codes);
    if (spec_.scheme->scale == ScaleCode::kE8M0) std::ranges::transform(codes, scales, power_of_two);
    else decode_f8e4m3(codes.data(), codes.size(), s.tensor_scale, scales);
}

size_t LayerCoder::unit_at(int64_t row, int64_t block) const {
    if (scaling_of(spec_) == Scaling::kTensor) return 0;
    return static_cast<size_t>(row / step_ * (columns_ / run_of(spec_, columns_)) + block);
}

void LayerCoder::encode(int64_t row, int64_t count, const float* values, std::byte* out) const {
    const State& s = *state_;
    const int64_t run = run_of(spec_, columns_), blocks = padded_columns_ / run;
    const auto size = static_cast<size_t>(run);
    std::vector<float> padded, scales;
    if (!s.codes.empty()) {
        padded.assign(static_cast<size_t>(padded_columns_), 0.0f);
        scales.resize(static_cast<size_t>(blocks));
    }
    for (int64_t i = 0; i < count; ++i, values += columns_, out += bytes_per_row_) {
        auto* codes = reinterpret_cast<uint8_t*>(out);
        const int64_t r = row + i;
        switch (spec_.scheme->scale) {
            case ScaleCode::kF32:
                for (int64_t b = 0; b < blocks; ++b) {
                    const size_t unit = unit_at(r, b);
                    encode_unit(values + b * run, size, unit, codes + b * run);
                }
                break;
            case ScaleCode::kE8M0:
            case ScaleCode::kF8E4M3: {
                scales_of(r, scales.data());
                const float* source = values;
                if (padded_columns_ != columns_) {
                    std::copy_n(values, columns_, padded.begin());
                    source = padded.data();
                }
                if (spec_.scheme->scale == ScaleCode::kE8M0)
                    encode_mx(source, static_cast<size_t>(blocks), scales.data(), codes);
                else encode_f4e2m1(source, static_cast<size_t>(blocks), scales.data(), codes);
                break;
            }
            case ScaleCode::kRowF8E4M3:
                encode_book_row(values, static_cast<size_t>(blocks), s.codebook,
                                s.scale[static_cast<size_t>(r)], s.codes.data() + r * blocks, codes);
                break;
            case ScaleCode::kStored:
                for (int64_t b = 0; b < blocks; ++b) {
                    const auto unit = static_cast<size_t>(b * rows_ + r);
                    encode_u4(values + b * run, size, s.scale[unit], s.zero[unit], codes + b * run / 2);
                }
                break;
        }
    }
}

void LayerCoder::encode_unit(const float* values, size_t count, size_t unit, uint8_t* codes) const {
    const State& s = *state_;
    switch (spec_.scheme->element) {
        case kF8E4M3: return encode_f8e4m3(values, count, s.factor[unit], codes);
        case kF8E5M2: return encode_f8e5m2(values, count, s.factor[unit], codes);
        case kI4: return encode_i4(values, count, s.scale[unit], codes);
        default: break;
    }
    auto* integers = reinterpret_cast<int8_t*>(codes);
    if (spec_.scaling == Scaling::kBlock) encode_i8_divided(values, count, s.scale[unit], integers);
    else encode_i8(values, count, s.factor[unit], integers);
}

void LayerCoder::decode_unit(const uint8_t* codes, size_t count, size_t unit, float* values) const {
    const float scale = state_->scale[unit];
    switch (spec_.scheme->element) {
        case kF8E4M3: return decode_f8e4m3(codes, count, scale, values);
        case kF8E5M2: return decode_f8e5m2(codes, count, scale, values);
        case kI4: return decode_i4(codes, count, scale, values);
        default: return decode_i8(reinterpret_cast<const int8_t*>(codes), count, scale, values);
    }
}

void LayerCoder::decode(int64_t row, int64_t count, const std::byte* in, float* values) const {
    const State& s = *state_;
    const int64_t run = run_of(spec_, columns_), blocks = padded_columns_ / run;
    const auto size = static_cast<size_t>(run);
    std::vector<float> padded(static_cast<size_t>(padded_columns_)), scales(static_cast<size_t>(blocks));
    for (int64_t i = 0; i < count; ++i, values += columns_, in += bytes_per_row_) {
        const auto* codes = reinterpret_cast<const uint8_t*>(in);
        const int64_t r = row + i;
        switch (spec_.scheme->scale) {
            case ScaleCode::kF32:
                for (int64_t b = 0; b < blocks; ++b) {
                    const size_t unit = unit_at(r, b);
                    decode_unit(codes + b * run, size, unit, values + b * run);
                }
                break;
            case ScaleCode::kE8M0:
                scales_of(r, scales.data());
                for (int64_t b = 0; b < blocks; ++b)  // readers take the smallest exponent for zero
                    if (s.codes[static_cast<size_t>(swizzled(r, b, blocks))] == 0)
                        scales[static_cast<size_t>(b)] = 0;
                decode_mx(codes, static_cast<size_t>(blocks), scales.data(), padded.data());
                std::copy_n(padded.begin(), columns_, values);
                break;
            case ScaleCode::kF8E4M3:
                scales_of(r, scales.data());
                decode_f4e2m1(codes, static_cast<size_t>(blocks), scales.data(), padded.data());
                std::copy_n(padded.begin(), columns_, values);
                break;
            case ScaleCode::kRowF8E4M3:
                decode_book_row(codes, static_cast<size_t>(blocks), s.codebook,
                                s.scale[static_cast<size_t>(r)], s.codes.data() + r * blocks, values);
                break;
            case ScaleCode::kStored:
                for (int64_t b = 0; b < blocks; ++b) {
                    const auto unit = static_cast<size_t>(b * rows_ + r);
                    decode_u4(codes + b * run / 2, size, s.scale[unit], s.zero[unit], values + b * run);
                }
                break;
        }
    }
}

void LayerCoder::round_trip(int64_t row, int64_t count, float* values) const {
    std::vector<std::byte> codes(static_cast<size_t>(bytes_per_row_));
    for (int64_t i = 0; i < count; ++i, values += columns_) {
        encode(row + i, 1, values, codes.data());
        decode(row + i, 1, codes.data(), values);
    }
}

std::vector<std::pair<Part, ByteSpan>> LayerCoder::side_parts() {
    State& s = *state_;
    const auto bytes = [](const auto& values) { return std::as_bytes(std::span(values)); };
    const auto one = [](const float& value) { return std::as_bytes(std::span(&value, 1)); };
    if (scaled_by_units(*spec_.scheme) && !s.nonzero) std::ranges::fill(s.scale, 1.0f);
    if (spec_.scheme->format == "hybrid_mxfp8") {
        const uint8_t largest = *std::ranges::max_element(s.codes);
        s.tensor_scale = spec_.tensor_scale != 0 ? spec_.tensor_scale
                         : largest == 0          ? 1
                                                 : power_of_two(largest);
    }
    std::vector<std::pair<Part, ByteSpan>> found;
    for (const Part& part : std::span(s.parts).subspan(1)) {
        ByteSpan content;
        if (part.suffix == "weight_scale_2" || part.suffix == "weight_scalar") content = one(s.tensor_scale);
        else if (part.suffix == "input_scale") content = one(s.input_scale);
        else if (part.suffix == "weight_codebook") content = bytes(s.codebook);
        else if (spec_.scheme->scale == ScaleCode::kStored) {
            const bool zeros = part.suffix == "weight_zeros";
            auto& halves = zeros ? s.stored_zero : s.stored_scale;
            const auto& floats = zeros ? s.zero : s.scale;
            halves.resize(floats.size());
            store_halves(part.dtype, floats.data(), floats.size(), halves.data());
            content = bytes(halves);
        } else if (part.dtype == DType::kF32) content = bytes(s.scale);
        else content = bytes(s.codes);
        CHECK(content.size() == static_cast<size_t>(bytes_of(part.dtype, element_count(part.shape))));
        found.emplace_back(part, content);
    }
    return found;
}

Result<LayerCoder> LayerCoder::from_parts(const LayerSpec& spec, const Shape& weight, DType stored,
                                          const std::function<const Tensor*(std::string_view)>& part) {
    LayerCoder coder(spec, weight, stored);
    State& s = *coder.state_;
    s.nonzero = true;
    for (const Part& expected : std::span(s.parts).subspan(1)) {
        if (expected.suffix == "input_scale" || expected.suffix == "weight_scalar") continue;
        const Tensor* tensor = part(expected.suffix);
        if (tensor == nullptr) return fail("'{}' is missing", expected.suffix);
        const int64_t count = element_count(expected.shape);
        if (tensor->count() != count || (bits_of(expected.dtype) == 8 && bits_of(tensor->dtype()) != 8))
            return fail("'{}' is {}, expected {} elements of {}", expected.suffix, describe(*tensor), count,
                        name_of(expected.dtype));
        const Tensor plain = tensor->to_contiguous();
        if (bits_of(expected.dtype) == 8) {
            std::memcpy(s.codes.data(), plain.bytes().data(), s.codes.size());
            continue;
        }
        if (!is_float(plain.dtype()))
            return fail("'{}' is {}, expected numbers", expected.suffix, describe(*tensor));
        std::vector<float> values(static_cast<size_t>(count));
        decode_floats(plain.dtype(), plain.bytes(), values);
        if (expected.suffix == "weight_scale_2") s.tensor_scale = values[0];
        else if (expected.suffix == "weight_codebook") std::ranges::copy(values, s.codebook.begin());
        else if (expected.suffix == "weight_zeros") s.zero = std::move(values);
        else s.scale = std::move(values);
    }
    return coder;
}

}  // namespace lathe::quant
