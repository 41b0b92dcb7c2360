// Winograd's transforms, a vector of channels at a time: of columns into memory of the stack, then of rows.
// The polynomials' points are 0, 1, -1 and infinity for tiles of two, and those of winograd_points.h for tiles of four.
#include "run/cpu/kernels/functions.h"
#include "run/cpu/winograd_points.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

constexpr float kNear = winograd::kNear, kFar = winograd::kFar;
constexpr float kNear2 = winograd::kNear2, kFar2 = winograd::kFar2;
constexpr float kProduct = winograd::kNear2 * winograd::kFar2, kSum = winograd::kNear2 + winograd::kFar2;

// Bᵀ d
LATHE_INLINE void input_transform(const Floats (&d)[4], Floats (&v)[4]) {
    v[0] = d[0] - d[2];
    v[1] = d[1] + d[2];
    v[2] = d[2] - d[1];
    v[3] = d[1] - d[3];
}
LATHE_INLINE void input_transform(const Floats (&d)[6], Floats (&v)[6]) {
    const Floats even_near = d[4] - kFar2 * d[2], odd_near = d[3] - kFar2 * d[1];
    const Floats even_far = d[4] - kNear2 * d[2], odd_far = d[3] - kNear2 * d[1];
    v[0] = kProduct * d[0] + (d[4] - kSum * d[2]);
    v[1] = even_near + kNear * odd_near;
    v[2] = even_near - kNear * odd_near;
    v[3] = even_far + kFar * odd_far;
    v[4] = even_far - kFar * odd_far;
    v[5] = kProduct * d[1] + (d[5] - kSum * d[3]);
}

// Aᵀ m
LATHE_INLINE void output_transform(const Floats (&m)[4], Floats (&y)[2]) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] - m[3];
}
LATHE_INLINE void output_transform(const Floats (&m)[6], Floats (&y)[4]) {
    const Floats even_near = m[1] + m[2], odd_near = kNear * (m[1] - m[2]);
    const Floats even_far = m[3] + m[4], odd_far = kFar * (m[3] - m[4]);
    y[0] = m[0] + even_near + even_far;
    y[1] = odd_near + odd_far;
    y[2] = kNear2 * even_near + kFar2 * even_far;
    y[3] = m[5] + (kNear2 * odd_near + kFar2 * odd_far);
}

// A vector of channels, or the first few.
template <bool kWhole>
LATHE_INLINE Floats get(const float* p, size_t count) {
    if constexpr (kWhole) return load(p);
    else return load_part(p, count);
}
template <bool kWhole>
LATHE_INLINE void put(float* p, Floats v, size_t count) {
    if constexpr (kWhole) store(p, v);
    else store_part(p, v, count);
}

// Which rows, or columns, of a tile lie in the image.
struct Range {
    int64_t first, last;
};
LATHE_INLINE Range inside(int64_t at, int64_t size, int64_t end) {
    const int64_t first = at < 0 ? -at : 0, last = end - at < size ? end - at : size;
    return {first < size ? first : size, last > 0 ? last : 0};
}
LATHE_INLINE bool holds(Range r, int64_t i) { return i >= r.first && i < r.last; }

template <int kTile, bool kInterior, bool kWhole>
LATHE_INLINE void input_vector(const WinogradInput& w, const float* corner, Range rows, Range columns,
                               float* v, size_t count) {
    constexpr int kSide = kTile + 2;
    Floats half[kSide][kSide];
    for (int j = 0; j < kSide; ++j) {
        Floats d[kSide], column[kSide];
        for (int i = 0; i < kSide; ++i) {
            const bool there = kInterior || (holds(rows, i) && holds(columns, j));
            d[i] = there ? get<kWhole>(corner + (i * w.width + j) * w.pixel_stride, count) : Floats{};
        }
        input_transform(d, column);
        for (int i = 0; i < kSide; ++i) half[i][j] = column[i];
    }
    for (int i = 0; i < kSide; ++i) {
        Floats row[kSide];
        input_transform(half[i], row);
        for (int j = 0; j < kSide; ++j, v += w.matrix_stride) put<kWhole>(v, row[j], count);
    }
}

template <int kTile, bool kInterior>
void input_tile(const WinogradInput& w, const float* corner, Range rows, Range columns, float* v) {
    int64_t c = 0;
    constexpr int64_t kStep = kLanes;
    for (; c + kStep <= w.channels; c += kStep)
        input_vector<kTile, kInterior, true>(w, corner + c, rows, columns, v + c, kLanes);
    if (c < w.channels)
        input_vector<kTile, kInterior, false>(w, corner + c, rows, columns, v + c,
                                              static_cast<size_t>(w.channels - c));
}

template <int kTile>
void input_tiles(const WinogradInput& w, size_t first, size_t last) {
    constexpr int64_t kSide = kTile + 2;
    float* v = w.v;
    for (size_t tile = first; tile < last; ++tile, v += w.channels) {
        const int64_t y = static_cast<int64_t>(tile) / w.tiles_across * kTile - w.pad_top;
        const int64_t x = static_cast<int64_t>(tile) % w.tiles_across * kTile - w.pad_left;
        const float* corner = w.input + (y * w.width + x) * w.pixel_stride;
        const Range rows = inside(y, kSide, w.height), columns = inside(x, kSide, w.width);
        if (rows.last - rows.first == kSide && columns.last - columns.first == kSide)
            input_tile<kTile, true>(w, corner, rows, columns, v);
        else input_tile<kTile, false>(w, corner, rows, columns, v);
    }
}

template <int kTile, bool kWhole>
LATHE_INLINE void output_vector(const WinogradOutput& w, const float* m, const float* bias, float* corner,
                                int64_t rows, int64_t columns, size_t count) {
    constexpr int kSide = kTile + 2;
    Floats half[kTile][kSide];
    for (int j = 0; j < kSide; ++j) {
        Floats column[kSide], y[kTile];
        for (int i = 0; i < kSide; ++i) column[i] = get<kWhole>(m + (i * kSide + j) * w.matrix_stride, count);
        output_transform(column, y);
        for (int i = 0; i < kTile; ++i) half[i][j] = y[i];
    }
    const Floats added = bias != nullptr ? get<kWhole>(bias, count) : Floats{};
    for (int i = 0; i < kTile && i < rows; ++i) {
        Floats y[kTile];
        output_transform(half[i], y);
        for (int j = 0; j < kTile; ++j)
            if (j < columns)
                put<kWhole>(corner + (i * w.width + j) * w.pixel_stride, clamp(y[j] + added, w.low, w.high),
                            count);
    }
}

template <int kTile>
void output_tiles(const WinogradOutput& w, size_t first, size_t last) {
    const float* m = w.m;
    for (size_t tile = first; tile < last; ++tile, m += w.channels) {
        const int64_t y = static_cast<int64_t>(tile) / w.tiles_across * kTile;
        const int64_t x = static_cast<int64_t>(tile) % w.tiles_across * kTile;
        float* corner = w.output + (y * w.width + x) * w.pixel_stride;
        const int64_t rows = w.height - y, columns = w.width - x;
        int64_t c = 0;
        constexpr int64_t kStep = kLanes;
        const auto bias = [&] { return w.bias != nullptr ? w.bias + c : nullptr; };
        for (; c + kStep <= w.channels; c += kStep)
            output_vector<kTile, true>(w, m + c, bias(), corner + c, rows, columns, kLanes);
        if (c < w.channels)
            output_vector<kTile, false>(w, m + c, bias(), corner + c, rows, columns,
                                        static_cast<size_t>(w.channels - c));
    }
}

}  // namespace

void winograd_input(const WinogradInput& w, size_t first, size_t last) {
    if (w.tile == 2) input_tiles<2>(w, first, last);
    else input_tiles<4>(w, first, last);
}

void winograd_output(const WinogradOutput& w, size_t first, size_t last) {
    if (w.tile == 2) output_tiles<2>(w, first, last);
    else output_tiles<4>(w, first, last);
}

}  // namespace lathe::run::cpu::LATHE_ISA
