// Winograd's transforms of codes, in 16 bits before the products and in 32 behind them.
#include "run/cpu/kernels/functions.h"
#include "run/cpu/kernels/integer_results.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

constexpr int kSide = 4, kTile = 2;

// Bᵀ d
LATHE_INLINE void input_transform(const Shorts (&d)[kSide], Shorts (&v)[kSide]) {
    v[0] = d[0] - d[2];
    v[1] = d[1] + d[2];
    v[2] = d[2] - d[1];
    v[3] = d[1] - d[3];
}

template <bool kNegative, bool kInterior>
LATHE_INLINE void input_vector(const IntegerWinogradInput& w, const uint8_t* corner, int64_t y, int64_t x,
                               Shorts zero, int16_t* v) {
    Shorts half[kSide][kSide];
    for (int j = 0; j < kSide; ++j) {
        Shorts d[kSide], column[kSide];
        for (int i = 0; i < kSide; ++i) {
            const bool there = kInterior || (y + i >= 0 && y + i < w.height && x + j >= 0 && x + j < w.width);
            const uint8_t* from = corner + (i * w.width + j) * w.pixel_stride;
            d[i] = there ? (kNegative ? widen_signed(from) : widen_unsigned(from)) - zero : Shorts{};
        }
        input_transform(d, column);
        for (int i = 0; i < kSide; ++i) half[i][j] = column[i];
    }
    for (int i = 0; i < kSide; ++i) {
        Shorts row[kSide];
        input_transform(half[i], row);
        for (int j = 0; j < kSide; ++j, v += w.matrix_stride) store(v, row[j]);
    }
}

template <bool kNegative, bool kInterior>
void input_tile(const IntegerWinogradInput& w, const uint8_t* corner, int64_t y, int64_t x, int16_t* v) {
    const Shorts zero = shorts(static_cast<int16_t>(w.from.zero));
    constexpr int64_t kStep = kShorts;
    int64_t c = 0;
    for (; c + kStep <= w.channels; c += kStep)
        input_vector<kNegative, kInterior>(w, corner + c, y, x, zero, v + c);
    if (c == w.channels) return;
    c = w.channels - kStep;  // some once more
    input_vector<kNegative, kInterior>(w, corner + c, y, x, zero, v + c);
}

template <bool kNegative>
void input_tiles(const IntegerWinogradInput& w, size_t first, size_t last) {
    int16_t* v = w.v;
    for (size_t tile = first; tile < last; ++tile, v += w.channels) {
        const int64_t y = static_cast<int64_t>(tile) / w.tiles_across * kTile - w.pad_top;
        const int64_t x = static_cast<int64_t>(tile) % w.tiles_across * kTile - w.pad_left;
        const uint8_t* corner = w.from.codes + (y * w.width + x) * w.pixel_stride;
        const bool interior = y >= 0 && x >= 0 && y + kSide <= w.height && x + kSide <= w.width;
        if (interior) input_tile<kNegative, true>(w, corner, y, x, v);
        else input_tile<kNegative, false>(w, corner, y, x, v);
    }
}

// Aᵀ m
LATHE_INLINE void output_transform(const Words (&m)[kSide], Words (&y)[kTile]) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] - m[3];
}

LATHE_INLINE void output_vector(const IntegerWinogradOutput& w, const int32_t* m, size_t channel, int64_t top,
                                int64_t left) {
    Words half[kTile][kSide];
    for (int j = 0; j < kSide; ++j) {
        Words column[kSide], y[kTile];
        for (int i = 0; i < kSide; ++i)
            column[i] = load_as<Words>(m + (i * kSide + j) * w.matrix_stride + static_cast<int64_t>(channel));
        output_transform(column, y);
        for (int i = 0; i < kTile; ++i) half[i][j] = y[i];
    }
    const Words start = w.to.start != nullptr ? load_as<Words>(w.to.start + channel) : Words{};
    for (int i = 0; i < kTile && top + i < w.height; ++i) {
        Words y[kTile];
        output_transform(half[i], y);
        for (int j = 0; j < kTile && left + j < w.width; ++j) {
            const Words sums[1][1] = {{(y[j] >> 2) + start}};
            put_sums<1, 1>(w.to, static_cast<size_t>((top + i) * w.width + left + j), channel, kLanes, sums);
        }
    }
}

}  // namespace

void integer_winograd_input(const IntegerWinogradInput& w, size_t first, size_t last) {
    if (w.from.negative) input_tiles<true>(w, first, last);
    else input_tiles<false>(w, first, last);
}

void integer_winograd_output(const IntegerWinogradOutput& w, size_t first, size_t last) {
    const int32_t* m = w.m;
    const auto channels = static_cast<size_t>(w.channels);
    for (size_t tile = first; tile < last; ++tile, m += w.channels) {
        const int64_t top = static_cast<int64_t>(tile) / w.tiles_across * kTile;
        const int64_t left = static_cast<int64_t>(tile) % w.tiles_across * kTile;
        size_t c = 0;
        for (; c + kLanes <= channels; c += kLanes) output_vector(w, m, c, top, left);
        if (c < channels) output_vector(w, m, channels - kLanes, top, left);  // some once more
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
