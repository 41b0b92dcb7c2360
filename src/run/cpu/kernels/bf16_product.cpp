// Products of bf16 numbers without an instruction for them: they are f32 numbers of which half the bits are there.
#include "run/cpu/kernels/functions.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

constexpr size_t kRows = 4;

LATHE_INLINE float of_bits(uint32_t bits) { return __builtin_bit_cast(float, bits); }

template <size_t kCount>
void rows(const Bf16Product& p, size_t row, size_t panel) {
    const uint16_t* b = p.b + panel * p.depth * kPanel;
    Floats sums[kCount][kPanelVectors];
    for (size_t v = 0; v < kPanelVectors; ++v) {
        const Floats bias = p.bias != nullptr ? load(p.bias + panel * kPanel + v * kLanes) : Floats{};
        for (size_t r = 0; r < kCount; ++r) sums[r][v] = bias;
    }
    const uint16_t* a = p.a + static_cast<int64_t>(row) * p.a_stride;
    for (size_t k = 0; k < p.depth; k += 2, b += 2 * kPanel)
        for (size_t v = 0; v < kPanelVectors; ++v) {
            Words pairs;
            __builtin_memcpy(&pairs, b + v * 2 * kLanes, sizeof pairs);
            const Floats even = as_floats(pairs << 16),
                         odd = as_floats(pairs & static_cast<int32_t>(0xffff0000));
            for (size_t r = 0; r < kCount; ++r) {
                uint32_t pair;
                __builtin_memcpy(&pair, a + static_cast<int64_t>(r) * p.a_stride + k, sizeof pair);
                sums[r][v] += of_bits(pair << 16) * even;
                sums[r][v] += of_bits(pair & 0xffff0000) * odd;
            }
        }
    const size_t left = p.columns - panel * kPanel, width = left < kPanel ? left : kPanel;
    float* c = p.c + static_cast<int64_t>(row) * p.c_stride + static_cast<int64_t>(panel * kPanel);
    for (size_t r = 0; r < kCount; ++r, c += p.c_stride)
        for (size_t v = 0; v < kPanelVectors && v * kLanes < width; ++v) {
            const Floats sum = clamp(sums[r][v], p.low, p.high);
            if (width >= (v + 1) * kLanes) store(c + v * kLanes, sum);
            else store_part(c + v * kLanes, sum, width - v * kLanes);
        }
}

}  // namespace

void bf16_product(const Bf16Product& p, size_t first, size_t last, size_t first_panel, size_t last_panel) {
    for (size_t panel = first_panel; panel < last_panel; ++panel) {
        size_t row = first;
        for (; row + kRows <= last; row += kRows) rows<kRows>(p, row, panel);
        for (; row < last; ++row) rows<1>(p, row, panel);
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
