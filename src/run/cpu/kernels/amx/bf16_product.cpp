// Products of bf16 numbers on the tiles of AMX (Intel, Architecture Instruction Set Extensions, chapter 3): 16 rows of 64 bytes.
// Four tiles of sums, 32 rows and columns, take two tiles of either matrix at each step.
#include <immintrin.h>

#include "run/cpu/kernels/functions.h"

namespace lathe::run::cpu::amx {
namespace {

constexpr size_t kSide = 16, kBlock = 2 * kSide;
// Numbers of tiles are part of the instructions' names for GCC, so they are macros.
#define UPPER_LEFT 0
#define UPPER_RIGHT 1
#define LOWER_LEFT 2
#define LOWER_RIGHT 3
#define UPPER 4
#define LOWER 5
#define LEFT 6
#define RIGHT 7
static_assert(kPanel == kBlock && kBf16Depth == 2 * kSide);

struct alignas(64) Configuration {
    uint8_t palette = 1, start_row = 0;
    uint8_t reserved[14] = {};
    uint16_t row_bytes[16] = {};
    uint8_t rows[16] = {};
};

// Tiles for so many rows in the upper and lower halves of a block; an unused half has one.
void configure(size_t upper, size_t lower) {
    Configuration tiles;
    for (int tile = 0; tile < 8; ++tile) {
        const bool is_lower = tile == LOWER_LEFT || tile == LOWER_RIGHT || tile == LOWER;
        const bool is_b = tile == LEFT || tile == RIGHT;
        const size_t rows = is_b ? kSide : is_lower ? lower : upper;
        tiles.row_bytes[tile] = 64;
        tiles.rows[tile] = static_cast<uint8_t>(rows > 0 ? rows : 1);
    }
    // GCC 12 does not know that the instruction reads memory.
    asm volatile("" ::"r"(&tiles) : "memory");
    _tile_loadconfig(&tiles);
}

template <bool kLowerToo, bool kRightToo>
LATHE_INLINE void begin(const float* bias) {
    // The same row for all.
    if (bias != nullptr) {
        _tile_loadd(UPPER_LEFT, bias, 0);
        if constexpr (kRightToo) _tile_loadd(UPPER_RIGHT, bias + kSide, 0);
        if constexpr (kLowerToo) _tile_loadd(LOWER_LEFT, bias, 0);
        if constexpr (kLowerToo && kRightToo) _tile_loadd(LOWER_RIGHT, bias + kSide, 0);
        return;
    }
    _tile_zero(UPPER_LEFT);
    _tile_zero(UPPER_RIGHT);
    _tile_zero(LOWER_LEFT);
    _tile_zero(LOWER_RIGHT);
}

template <bool kLowerToo, bool kRightToo>
LATHE_INLINE void put(float* c, size_t stride_bytes) {
    _tile_stored(UPPER_LEFT, c, stride_bytes);
    if constexpr (kRightToo) _tile_stored(UPPER_RIGHT, c + kSide, stride_bytes);
    float* lower = c + kSide * stride_bytes / sizeof(float);
    if constexpr (kLowerToo) _tile_stored(LOWER_LEFT, lower, stride_bytes);
    if constexpr (kLowerToo && kRightToo) _tile_stored(LOWER_RIGHT, lower + kSide, stride_bytes);
}

void put_clamped(const Bf16Product& p, const float* sums, size_t rows, size_t width, float* c) {
    for (size_t r = 0; r < rows; ++r, sums += kBlock, c += p.c_stride)
        for (size_t v = 0; v < width; v += kLanes) {
            const Floats sum = clamp(load(sums + v), p.low, p.high);
            if (width >= v + kLanes) store(c + v, sum);
            else store_part(c + v, sum, width - v);
        }
}

template <bool kLowerToo, bool kRightToo>
void block(const Bf16Product& p, size_t row, size_t rows, size_t panel, size_t width) {
    begin<kLowerToo, kRightToo>(p.bias != nullptr ? p.bias + panel * kPanel : nullptr);
    const uint16_t* a = p.a + static_cast<int64_t>(row) * p.a_stride;
    const uint16_t* b = p.b + panel * p.depth * kPanel;
    const auto a_bytes = static_cast<size_t>(p.a_stride) * sizeof(uint16_t);
    constexpr size_t kPairBytes = kPanel * 2 * sizeof(uint16_t);
    for (size_t k = 0; k < p.depth; k += kBf16Depth, a += kBf16Depth, b += kBf16Depth * kPanel) {
        _tile_loadd(UPPER, a, a_bytes);
        _tile_loadd(LEFT, b, kPairBytes);
        _tile_dpbf16ps(UPPER_LEFT, UPPER, LEFT);
        if constexpr (kRightToo) {
            _tile_loadd(RIGHT, b + 2 * kSide, kPairBytes);
            _tile_dpbf16ps(UPPER_RIGHT, UPPER, RIGHT);
        }
        if constexpr (kLowerToo) {
            _tile_loadd(LOWER, a + static_cast<int64_t>(kSide) * p.a_stride, a_bytes);
            _tile_dpbf16ps(LOWER_LEFT, LOWER, LEFT);
            if constexpr (kRightToo) _tile_dpbf16ps(LOWER_RIGHT, LOWER, RIGHT);
        }
    }
    float* c = p.c + static_cast<int64_t>(row) * p.c_stride + static_cast<int64_t>(panel * kPanel);
    if (width % kSide == 0 && p.low == -kInfinity && p.high == kInfinity) {
        put<kLowerToo, kRightToo>(c, static_cast<size_t>(p.c_stride) * sizeof(float));
        return;
    }
    alignas(64) float sums[kBlock * kBlock];
    put<kLowerToo, kRightToo>(sums, kBlock * sizeof(float));
    asm volatile("" ::"r"(sums) : "memory");
    put_clamped(p, sums, rows, width, c);
}

// All panels of one block of rows, for which the tiles have been configured.
void panels(const Bf16Product& p, size_t row, size_t rows, size_t first_panel, size_t last_panel) {
    const bool lower = rows > kSide;
    for (size_t panel = first_panel; panel < last_panel; ++panel) {
        const size_t left = p.columns - panel * kPanel, width = left < kPanel ? left : kPanel;
        const bool right = width > kSide;
        if (lower && right) block<true, true>(p, row, rows, panel, width);
        else if (lower) block<true, false>(p, row, rows, panel, width);
        else if (right) block<false, true>(p, row, rows, panel, width);
        else block<false, false>(p, row, rows, panel, width);
    }
}

}  // namespace

void bf16_product(const Bf16Product& p, size_t first, size_t last, size_t first_panel, size_t last_panel) {
    constexpr size_t kPanelsTogether = 4;  // whose columns of b stay in the caches while all rows pass
    const size_t whole = first + (last - first) / kBlock * kBlock, rest = last - whole;
    for (size_t panel = first_panel; panel < last_panel; panel += kPanelsTogether) {
        const size_t end = last_panel - panel < kPanelsTogether ? last_panel : panel + kPanelsTogether;
        if (whole > first) configure(kSide, kSide);
        for (size_t row = first; row < whole; row += kBlock) panels(p, row, kBlock, panel, end);
        if (rest == 0) continue;
        configure(rest < kSide ? rest : kSide, rest > kSide ? rest - kSide : 0);
        panels(p, whole, rest, panel, end);
    }
    _tile_release();
}

}  // namespace lathe::run::cpu::amx
