// The largest codes over windows of pixels.
#include "run/cpu/kernels/functions.h"
#include "run/cpu/kernels/integers.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

using Bytes [[gnu::vector_size(4 * LATHE_LANES)]] = uint8_t;

LATHE_INLINE Bytes largest(const CodePool& p, size_t pixel, size_t channel) {
    Bytes best{};
    const int32_t* offset = p.offsets + pixel;
    for (size_t t = 0; t < p.taps; ++t, offset += p.offset_stride) {
        if (*offset == kPadding) continue;
        const Bytes x = load_as<Bytes>(p.codes + *offset + channel) ^ p.flip;
        best = x > best ? x : best;
    }
    return best ^ p.flip;
}

uint8_t largest_single(const CodePool& p, size_t pixel, size_t channel) {
    uint8_t best = 0;
    const int32_t* offset = p.offsets + pixel;
    for (size_t t = 0; t < p.taps; ++t, offset += p.offset_stride) {
        if (*offset == kPadding) continue;
        const uint8_t x = p.codes[*offset + static_cast<int64_t>(channel)] ^ p.flip;
        best = x > best ? x : best;
    }
    return best ^ p.flip;
}

}  // namespace

void code_pool(const CodePool& p, size_t first, size_t last) {
    constexpr size_t kBytes = sizeof(Bytes);
    for (size_t pixel = first; pixel < last; ++pixel) {
        uint8_t* to = p.output + static_cast<int64_t>(pixel) * p.output_stride;
        const auto put = [&](size_t c) {
            const Bytes best = largest(p, pixel, c);
            __builtin_memcpy(to + c, &best, sizeof best);
        };
        size_t c = 0;
        for (; c + kBytes <= p.channels; c += kBytes) put(c);
        if (c < p.channels && c > 0) put(p.channels - kBytes);  // some once more
        else
            for (; c < p.channels; ++c) to[c] = largest_single(p, pixel, c);
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
