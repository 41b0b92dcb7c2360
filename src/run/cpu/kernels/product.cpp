// Matrix products and convolutions: a tile of sums stays in registers while the depth goes by. Every sum is made in the
// order of the depth, so the shapes of tiles do not show in the result.
#include "run/cpu/kernels/functions.h"
#include "run/cpu/kernels/transpose.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

// Rows of a tile that is one vector wide: sums enough to hide what a multiplication takes.
constexpr size_t kNarrowRows = kTileRows > 8 ? kTileRows : 8;
// A block of rows meets all panels before the next does. Where the panels stay in the second cache, the block does, too;
// where they do not, larger blocks read them less often.
constexpr size_t kFewPanels = 65536, kSmallBlock = 32768, kLargeBlock = 262144;  // floats

template <size_t kRows>
LATHE_INLINE void find_rows(const Product& p, size_t row, size_t tap, const float* (&a)[kRows]) {
    if (p.offsets == nullptr) {
        for (size_t r = 0; r < kRows; ++r) a[r] = p.a + static_cast<int64_t>(row + r) * p.a_stride;
        return;
    }
    const int32_t* offsets =
        p.offsets + static_cast<int64_t>(tap) * p.offset_stride + static_cast<int64_t>(row);
    for (size_t r = 0; r < kRows; ++r) a[r] = offsets[r] == kPadding ? p.zeros : p.a + offsets[r];
}

// Sums of fewer columns than their vectors hold.
[[gnu::noinline]] void put_part(const Product& p, const float* sums, size_t sums_stride, size_t rows,
                                float* c, size_t width) {
    for (size_t r = 0; r < rows; ++r, sums += sums_stride, c += p.c_stride)
        for (size_t i = 0; i < width; ++i) {
            float sum = sums[i] + (p.add ? c[i] : 0.0f);
            sum = sum < p.low ? p.low : sum;
            c[i] = sum > p.high ? p.high : sum;
        }
}

// The loops are unrolled so that sums stay in registers.
template <size_t kRows, size_t kVectors>
LATHE_INLINE void put_sums(const Product& p, float* c, size_t width, Floats (&sums)[kRows][kVectors]) {
    constexpr size_t kWidth = kVectors * kLanes;
    if (width < kWidth) {
        float copy[kRows * kWidth];
#pragma GCC unroll 32
        for (size_t i = 0; i < kRows * kVectors; ++i)
            store(copy + i * kLanes, sums[i / kVectors][i % kVectors]);
        put_part(p, copy, kWidth, kRows, c, width);
        return;
    }
    if (p.add) {
        const float* before = c;
#pragma GCC unroll 16
        for (size_t r = 0; r < kRows; ++r, before += p.c_stride)
#pragma GCC unroll 2
            for (size_t v = 0; v < kVectors; ++v) sums[r][v] += load(before + v * kLanes);
    }
#pragma GCC unroll 16
    for (size_t r = 0; r < kRows; ++r, c += p.c_stride)
#pragma GCC unroll 2
        for (size_t v = 0; v < kVectors; ++v) store(c + v * kLanes, clamp(sums[r][v], p.low, p.high));
}

template <size_t kRows, size_t kVectors>
LATHE_INLINE void tile(const Product& p, size_t row, size_t panel, size_t width) {
    const float* b = p.b + panel * p.taps * p.depth * kPanel;
    Floats sums[kRows][kVectors];
    for (size_t v = 0; v < kVectors; ++v) {
        const Floats bias = p.bias != nullptr ? load(p.bias + panel * kPanel + v * kLanes) : Floats{};
        for (size_t r = 0; r < kRows; ++r) sums[r][v] = bias;
    }
    for (size_t t = 0; t < p.taps; ++t) {
        const float* a[kRows];
        find_rows(p, row, t, a);
        for (size_t k = 0; k < p.depth; ++k, b += kPanel) {
            Floats weights[kVectors];
            for (size_t v = 0; v < kVectors; ++v) weights[v] = load(b + v * kLanes);
            for (size_t r = 0; r < kRows; ++r)
                for (size_t v = 0; v < kVectors; ++v) sums[r][v] += a[r][k] * weights[v];
        }
    }
    float* c = p.c + static_cast<int64_t>(row) * p.c_stride + static_cast<int64_t>(panel * kPanel);
    put_sums(p, c, width, sums);
}

// The tile of `rows` rows, at most kRows.
template <size_t kRows, size_t kVectors>
void part(const Product& p, size_t row, size_t rows, size_t panel, size_t width) {
    if constexpr (kRows > 0) {
        if (rows == kRows) tile<kRows, kVectors>(p, row, panel, width);
        else part<kRows - 1, kVectors>(p, row, rows, panel, width);
    }
}

template <size_t kRows, size_t kVectors>
void rows_by_panel(const Product& p, size_t first, size_t last, size_t panel, size_t width) {
    size_t row = first;
    // Few rows take longer than their share: the last whole tile and few rows more are two parts.
    const size_t rest = (last - first) % kRows, few = kRows / 2;
    const size_t whole = rest > 0 && rest <= few && last - first > kRows ? last - rest - kRows : last - rest;
    for (; row < whole; row += kRows) tile<kRows, kVectors>(p, row, panel, width);
    if (last - row > kRows) {
        const size_t half = (last - row + 1) / 2;
        part<kRows, kVectors>(p, row, half, panel, width);
        row += half;
    }
    part<kRows, kVectors>(p, row, last - row, panel, width);
}

// One row with panels next to each other, whose sums are enough to hide what a multiplication takes.
template <size_t kPanels>
void single_row(const Product& p, size_t row, size_t panel) {
    const size_t panel_size = p.taps * p.depth * kPanel;
    const float* b = p.b + panel * panel_size;
    Floats sums[kPanels][1][kPanelVectors];
    for (size_t n = 0; n < kPanels; ++n)
        for (size_t v = 0; v < kPanelVectors; ++v)
            sums[n][0][v] = p.bias != nullptr ? load(p.bias + (panel + n) * kPanel + v * kLanes) : Floats{};
    for (size_t t = 0; t < p.taps; ++t) {
        const float* a[1];
        find_rows(p, row, t, a);
        for (size_t k = 0; k < p.depth; ++k, b += kPanel)
            for (size_t n = 0; n < kPanels; ++n)
                for (size_t v = 0; v < kPanelVectors; ++v)
                    sums[n][0][v] += a[0][k] * load(b + n * panel_size + v * kLanes);
    }
    for (size_t n = 0; n < kPanels; ++n) {
        const size_t column = (panel + n) * kPanel, left = p.columns - column;
        float* c = p.c + static_cast<int64_t>(row) * p.c_stride + static_cast<int64_t>(column);
        put_sums(p, c, left < kPanel ? left : kPanel, sums[n]);
    }
}

size_t block_rows(const Product& p, size_t panels) {
    constexpr size_t kBoth = kTileRows * kNarrowRows / 2;  // whole tiles of either width
    const size_t floats = panels * kPanel * p.taps * p.depth <= kFewPanels ? kSmallBlock : kLargeBlock;
    return (floats / (p.depth * kBoth + 1) + 1) * kBoth;
}

// kLanes columns of as many rows, which lie next to each other.
LATHE_INLINE void pack_square(const float* from, int64_t column_stride, float* to) {
    Floats columns[kLanes];
    for (size_t n = 0; n < kLanes; ++n) columns[n] = load(from + static_cast<int64_t>(n) * column_stride);
    transpose(columns);
    for (size_t k = 0; k < kLanes; ++k) store(to + k * kPanel, columns[k]);
}

}  // namespace

void product(const Product& p, size_t first, size_t last, size_t first_panel, size_t last_panel) {
    if (last - first == 1) {
        size_t panel = first_panel;
        for (; panel + 4 <= last_panel; panel += 4) single_row<4>(p, first, panel);
        for (; panel < last_panel; ++panel) single_row<1>(p, first, panel);
        return;
    }
    const size_t block = block_rows(p, last_panel - first_panel);
    for (size_t row = first, end; row < last; row = end) {
        end = last - row < block + kTileRows ? last : row + block;
        for (size_t panel = first_panel; panel < last_panel; ++panel) {
            const size_t left = p.columns - panel * kPanel;
            if (left > kLanes)
                rows_by_panel<kTileRows, kPanelVectors>(p, row, end, panel, left < kPanel ? left : kPanel);
            else rows_by_panel<kNarrowRows, 1>(p, row, end, panel, left);
        }
    }
}

void pack_panels(const float* b, int64_t row_stride, int64_t column_stride, size_t depth, size_t columns,
                 float* packed, size_t first_panel, size_t last_panel) {
    for (size_t panel = first_panel; panel < last_panel; ++panel) {
        const size_t column = panel * kPanel, width = columns - column < kPanel ? columns - column : kPanel;
        const float* from = b + static_cast<int64_t>(column) * column_stride;
        float* to = packed + panel * depth * kPanel;
        if (width == kPanel && column_stride == 1) {
            for (size_t k = 0; k < depth; ++k, from += row_stride, to += kPanel)
                __builtin_memcpy(to, from, kPanel * sizeof(float));
            continue;
        }
        size_t k = 0;
        if (width == kPanel && row_stride == 1)
            for (; k + kLanes <= depth; k += kLanes)
                for (size_t v = 0; v < kPanelVectors; ++v)
                    pack_square(from + static_cast<int64_t>(v * kLanes) * column_stride + k, column_stride,
                                to + k * kPanel + v * kLanes);
        from += static_cast<int64_t>(k) * row_stride;
        to += k * kPanel;
        for (; k < depth; ++k, from += row_stride, to += kPanel)
            for (size_t n = 0; n < kPanel; ++n)
                to[n] = n < width ? from[static_cast<int64_t>(n) * column_stride] : 0.0f;
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
