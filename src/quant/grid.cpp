#include "quant/grid.h"

#include <algorithm>
#include <cmath>

#include "quant/coder_state.h"
#include "quant/kernels.h"

namespace lathe::quant {
namespace {

using enum Element;

constexpr int64_t kGridRows = 16;  // that a thread takes at once
constexpr size_t kBookLevels = 16;

// Calls work(row, count) for runs of rows that begin at multiples of the coder's step.
template <class Work>
void for_rows(const LayerCoder& coder, ThreadPool& threads, const Work& work) {
    const int64_t run = round_up(kGridRows, coder.step()), runs = round_up(coder.rows(), run) / run;
    threads.parallel_for(static_cast<size_t>(runs), [&](size_t index) {
        const int64_t row = static_cast<int64_t>(index) * run;
        work(row, std::min(run, coder.rows() - row));
    });
}

// What a byte of codes is whose elements are all 1 (0 about the zero point: u4).
uint8_t code_of_one(Element element) {
    switch (element) {
        case kF8E4M3: return 0x38;
        case kF8E5M2: return 0x3c;
        case kF4E2M1: return 0x22;
        case kI4: return 0x11;
        case kU4: return 0x99;
        default: return 1;
    }
}

std::vector<float> float_levels(Element element) {
    std::vector<float> levels;
    if (element == kF4E2M1) levels = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6};
    if (element == kF8E4M3 || element == kF8E5M2) {
        const bool e4m3 = element == kF8E4M3;
        std::vector<uint8_t> codes(e4m3 ? 0x7f : 0x7c);  // the finite ones
        for (size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<uint8_t>(i);
        levels.resize(codes.size());
        (e4m3 ? decode_f8e4m3 : decode_f8e5m2)(codes.data(), codes.size(), 1.0f, levels.data());
    }
    const size_t count = levels.size();
    for (size_t i = 1; i < count; ++i) levels.push_back(-levels[i]);
    std::ranges::sort(levels);
    return levels;
}

}  // namespace

void fit_all(LayerCoder& coder, const float* values, ThreadPool& threads) {
    for_rows(coder, threads,
             [&](int64_t row, int64_t count) { coder.fit(row, count, values + row * coder.columns()); });
}

void add_rounding_error(const LayerCoder& coder, const float* values, float* error, ThreadPool& threads) {
    for_rows(coder, threads, [&](int64_t row, int64_t count) {
        const float* from = values + row * coder.columns();
        float* to = error + row * coder.columns();
        std::vector<float> stored(from, from + count * coder.columns());
        coder.round_trip(row, count, stored.data());
        for (size_t i = 0; i < stored.size(); ++i) to[i] += stored[i] - from[i];
    });
}

Grid::Grid(const LayerCoder& coder, ThreadPool& threads)
    : columns_(coder.columns()),
      run_(run_of(coder.spec(), coder.columns())),
      units_in_row_((columns_ + run_ - 1) / run_),
      levels_(float_levels(coder.spec().scheme->element)) {
    const Element element = coder.spec().scheme->element;
    units_.resize(static_cast<size_t>(coder.rows() * units_in_row_));
    if (element == kI8) highest_ = 127;
    if (element == kI4 || element == kU4) highest_ = 7;
    lowest_ = element == kU4 ? -8 : -highest_;
    if (element == kBook4) own_levels_.resize(units_.size() * kBookLevels);
    for_rows(coder, threads, [&](int64_t row, int64_t count) {
        for (int64_t i = 0; i < count; ++i)
            if (element == kBook4) read_levels(coder, row + i);
            else read_units(coder, row + i);
    });
}

void Grid::read_units(const LayerCoder& coder, int64_t row) {
    const Element element = coder.spec().scheme->element;
    const std::byte one{code_of_one(element)};
    std::vector<std::byte> codes(static_cast<size_t>(coder.bytes_per_row()), one);
    std::vector<float> values(static_cast<size_t>(columns_)), zeros(values.size(), 0.0f);
    coder.decode(row, 1, codes.data(), values.data());
    if (element == kU4) {
        std::ranges::fill(codes, std::byte{0x88});
        coder.decode(row, 1, codes.data(), zeros.data());
    }
    for (int64_t unit = 0; unit < units_in_row_; ++unit) {
        const auto first = static_cast<size_t>(unit * run_);
        units_[static_cast<size_t>(row * units_in_row_ + unit)] = {values[first] - zeros[first],
                                                                   zeros[first]};
    }
}

void Grid::read_levels(const LayerCoder& coder, int64_t row) {
    std::vector<std::byte> codes(static_cast<size_t>(coder.bytes_per_row()));
    std::vector<float> values(static_cast<size_t>(columns_));
    const auto first = static_cast<size_t>(row * units_in_row_);
    for (size_t code = 0; code < kBookLevels; ++code) {
        std::ranges::fill(codes, static_cast<std::byte>(code | code << 4));
        coder.decode(row, 1, codes.data(), values.data());
        for (size_t unit = 0; unit < static_cast<size_t>(units_in_row_); ++unit)
            own_levels_[(first + unit) * kBookLevels + code] = values[unit * static_cast<size_t>(run_)];
    }
    for (size_t unit = first; unit < first + static_cast<size_t>(units_in_row_); ++unit) {
        const auto levels = own_levels_.begin() + static_cast<int64_t>(unit * kBookLevels);
        std::sort(levels, levels + kBookLevels);
        units_[unit].scale = 1;
    }
}

Grid::Pair Grid::levels_around(size_t unit, float value) const {
    if (levels_.empty() && own_levels_.empty()) {
        const float below = std::floor(std::clamp(value, lowest_, highest_));
        return {below, value <= lowest_ || value >= highest_ ? below : below + 1};
    }
    const float* first = own_levels_.empty() ? levels_.data() : own_levels_.data() + unit * kBookLevels;
    const float* last = first + (own_levels_.empty() ? levels_.size() : kBookLevels);
    const float* above = std::upper_bound(first, last, value);
    if (above == first) return {*first, *first};
    if (above == last) return {last[-1], last[-1]};
    return {above[-1], *above};
}

Grid::Pair Grid::around(int64_t row, int64_t column, float value) const {
    const size_t index = index_of(row, column);
    const auto [scale, zero] = units_[index];
    if (scale == 0) return {zero, zero};
    const Pair levels = levels_around(index, (value - zero) / scale);
    return {levels.low * scale + zero, levels.high * scale + zero};
}

float Grid::nearest(int64_t row, int64_t column, float value) const {
    const auto [low, high] = around(row, column, value);
    return value - low < high - value ? low : high;
}

}  // namespace lathe::quant
