// Products of integers: neighbours along the depth are multiplied and added in pairs, which 16 bits hold without loss. The
// tiles are those of product.cpp.
#include "run/cpu/kernels/functions.h"
#include "run/cpu/kernels/integer_results.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

constexpr size_t kNarrowRows = kTileRows > 8 ? kTileRows : 8;
constexpr size_t kBlockBytes = 131072;  // of rows that meet all panels before the next do

LATHE_INLINE Shorts load_weights(const int8_t* p) { return widen_signed(p); }
LATHE_INLINE Shorts load_weights(const int16_t* p) { return load_as<Shorts>(p); }

template <class Weight, size_t kRows, size_t kVectors>
LATHE_INLINE void tile(const IntegerProduct& p, size_t row, size_t panel, size_t width) {
    const Weight* b = static_cast<const Weight*>(p.b) + panel * p.pairs * 2 * kPanel;
    Words sums[kRows][kVectors];
    for (size_t v = 0; v < kVectors; ++v) {
        const Words start =
            p.to.start != nullptr ? load_as<Words>(p.to.start + panel * kPanel + v * kLanes) : Words{};
        for (size_t r = 0; r < kRows; ++r) sums[r][v] = start;
    }
    const int16_t* a[kRows];
    for (size_t r = 0; r < kRows; ++r) a[r] = p.a + static_cast<int64_t>(row + r) * p.a_stride;
    for (size_t k = 0; k < 2 * p.pairs; k += 2, b += 2 * kPanel) {
        Shorts weights[kVectors];
        for (size_t v = 0; v < kVectors; ++v) weights[v] = load_weights(b + v * kShorts);
        for (size_t r = 0; r < kRows; ++r) {
            const Shorts x = splat_pair(a[r] + k);
            for (size_t v = 0; v < kVectors; ++v) sums[r][v] += dot_pairs(x, weights[v]);
        }
    }
    put_sums<kRows, kVectors>(p.to, row, panel * kPanel, width, sums);
}

template <class Weight, size_t kRows, size_t kVectors>
void part(const IntegerProduct& p, size_t row, size_t rows, size_t panel, size_t width) {
    if constexpr (kRows > 0) {
        if (rows == kRows) tile<Weight, kRows, kVectors>(p, row, panel, width);
        else part<Weight, kRows - 1, kVectors>(p, row, rows, panel, width);
    }
}

template <class Weight, size_t kRows, size_t kVectors>
void rows_by_panel(const IntegerProduct& p, size_t first, size_t last, size_t panel, size_t width) {
    size_t row = first;
    // The last whole tile and few rows more are two parts.
    const size_t rest = (last - first) % kRows, few = kRows / 2;
    const size_t whole = rest > 0 && rest <= few && last - first > kRows ? last - rest - kRows : last - rest;
    for (; row < whole; row += kRows) tile<Weight, kRows, kVectors>(p, row, panel, width);
    if (last - row > kRows) {
        const size_t half = (last - row + 1) / 2;
        part<Weight, kRows, kVectors>(p, row, half, panel, width);
        row += half;
    }
    part<Weight, kRows, kVectors>(p, row, last - row, panel, width);
}

// One row with panels next to each other, whose sums are enough to hide what a multiplication takes.
template <class Weight, size_t kPanels>
void single_row(const IntegerProduct& p, size_t row, size_t panel) {
    const size_t panel_size = p.pairs * 2 * kPanel;
    const Weight* b = static_cast<const Weight*>(p.b) + panel * panel_size;
    const int16_t* a = p.a + static_cast<int64_t>(row) * p.a_stride;
    Words sums[kPanels][1][kPanelVectors];
    for (size_t n = 0; n < kPanels; ++n)
        for (size_t v = 0; v < kPanelVectors; ++v)
            sums[n][0][v] = p.to.start != nullptr
                                ? load_as<Words>(p.to.start + (panel + n) * kPanel + v * kLanes)
                                : Words{};
    for (size_t k = 0; k < 2 * p.pairs; k += 2, b += 2 * kPanel) {
        const Shorts x = splat_pair(a + k);
        for (size_t n = 0; n < kPanels; ++n)
            for (size_t v = 0; v < kPanelVectors; ++v)
                sums[n][0][v] += dot_pairs(x, load_weights(b + n * panel_size + v * kShorts));
    }
    for (size_t n = 0; n < kPanels; ++n) {
        const size_t column = (panel + n) * kPanel;
        put_sums<1, kPanelVectors>(p.to, row, column, p.columns - column, sums[n]);
    }
}

template <class Weight>
void blocks(const IntegerProduct& p, size_t first, size_t last, size_t first_panel, size_t last_panel) {
    if (last - first == 1) {
        size_t panel = first_panel;
        for (; panel + 4 <= last_panel; panel += 4) single_row<Weight, 4>(p, first, panel);
        for (; panel < last_panel; ++panel) single_row<Weight, 1>(p, first, panel);
        return;
    }
    constexpr size_t kBoth = kTileRows * kNarrowRows / 2;  // whole tiles of either width
    const size_t block = (kBlockBytes / (p.pairs * 4 * kBoth + 1) + 1) * kBoth;
    for (size_t row = first, end; row < last; row = end) {
        end = last - row < block + kTileRows ? last : row + block;
        for (size_t panel = first_panel; panel < last_panel; ++panel) {
            const size_t width = p.columns - panel * kPanel;
            if (width > kLanes) rows_by_panel<Weight, kTileRows, kPanelVectors>(p, row, end, panel, width);
            else rows_by_panel<Weight, kNarrowRows, 1>(p, row, end, panel, width);
        }
    }
}

}  // namespace

void integer_product(const IntegerProduct& p, size_t first, size_t last, size_t first_panel,
                     size_t last_panel) {
    if (p.wide) blocks<int16_t>(p, first, last, first_panel, last_panel);
    else blocks<int8_t>(p, first, last, first_panel, last_panel);
}

}  // namespace lathe::run::cpu::LATHE_ISA
