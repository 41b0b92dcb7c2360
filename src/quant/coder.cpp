#include <cstring>

#include "base/number_codecs.h"
#include "quant/codebook.h"
#include "quant/coder_state.h"

namespace lathe::quant {
namespace {

using enum Element;

void load_tiled(int64_t row, const uint8_t* file, std::span<uint8_t> codes) {
    for_each_tile(row, static_cast<int64_t>(codes.size()), [&](size_t place, size_t block, size_t count) {
        std::memcpy(codes.data() + block, file + place, count);
    });
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
    std::vector<float> padded, scales(static_cast<size_t>(s.codes.empty() ? 0 : blocks));
    if (padded_columns_ != columns_) padded.resize(static_cast<size_t>(padded_columns_));
    for (int64_t i = 0; i < count; ++i, values += columns_, in += bytes_per_row_) {
        const auto* codes = reinterpret_cast<const uint8_t*>(in);
        const int64_t r = row + i;
        float* whole = padded.empty() ? values : padded.data();
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
                decode_mx(codes, static_cast<size_t>(blocks), scales.data(), whole);
                if (whole != values) std::copy_n(whole, columns_, values);
                break;
            case ScaleCode::kF8E4M3:
                scales_of(r, scales.data());
                decode_f4e2m1(codes, static_cast<size_t>(blocks), scales.data(), whole);
                if (whole != values) std::copy_n(whole, columns_, values);
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

}  // namespace lathe::quant
