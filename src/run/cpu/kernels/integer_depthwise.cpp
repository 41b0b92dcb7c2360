// Convolutions of every channel by itself, on codes: two taps are multiplied and added at once, which 16 bits hold without
// loss.
#include "run/cpu/kernels/functions.h"
#include "run/cpu/kernels/integer_results.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

constexpr size_t kPixels = 4;  // that share the weights that are loaded
constexpr size_t kChannels = 16;  // of a tile
static_assert(kPairVectors * kLanes == kChannels);

LATHE_INLINE const uint8_t* source(const IntegerDepthwise& d, size_t tap, size_t pixel) {
    const int32_t offset =
        d.offsets[static_cast<int64_t>(tap) * d.offset_stride + static_cast<int64_t>(pixel)];
    return offset == kPadding ? d.padding : d.codes + offset;
}

// Where the taps of some pixels read.
template <size_t kRows>
struct Sources {
    const uint8_t* at[kMaxDepthwiseTaps + 1][kRows];

    Sources(const IntegerDepthwise& d, size_t pixel) {
        for (size_t t = 0; t < d.taps; ++t)
            for (size_t r = 0; r < kRows; ++r) at[t][r] = source(d, t, pixel + r);
        for (size_t r = 0; r < kRows; ++r) at[d.taps][r] = at[0][r];  // of a last pair: times 0
    }
};

template <size_t kRows>
LATHE_INLINE void tile(const IntegerDepthwise& d, const Sources<kRows>& sources, size_t pixel,
                       size_t channel) {
    Words sums[kRows][kPairVectors];
    for (size_t v = 0; v < kPairVectors; ++v) {
        const Words start =
            d.to.start != nullptr ? load_as<Words>(d.to.start + channel + v * kLanes) : Words{};
        for (size_t r = 0; r < kRows; ++r) sums[r][v] = start;
    }
    const int16_t* w = d.weights + 2 * channel;
    for (size_t t = 0; t < d.taps; t += 2, w += 2 * d.channels) {
        Shorts weights[kPairVectors];
        for (size_t v = 0; v < kPairVectors; ++v) weights[v] = load_as<Shorts>(w + v * kShorts);
        for (size_t r = 0; r < kRows; ++r) {
            const Pairs x = interleave(sources.at[t][r] + channel, sources.at[t + 1][r] + channel, d.flip);
            for (size_t v = 0; v < kPairVectors; ++v) sums[r][v] += dot_pairs(x.vectors[v], weights[v]);
        }
    }
    put_sums<kRows, kPairVectors>(d.to, pixel, channel, kChannels, sums);
}

void few_channels(const IntegerDepthwise& d, size_t pixel) {
    constexpr size_t kMost = kChannels + kLanes;  // what results are made of may be read in whole vectors
    int32_t start[kMost] = {};
    float scale[kMost] = {}, bias[kMost] = {};
    Words sums[1][kPairVectors];
    int32_t all[kChannels] = {};
    for (size_t c = 0; c < d.channels; ++c) {
        if (d.to.start != nullptr) start[c] = d.to.start[c];
        if (d.to.scale != nullptr) scale[c] = d.to.scale[c];
        if (d.to.bias != nullptr) bias[c] = d.to.bias[c];
        all[c] = start[c];
        for (size_t t = 0; t < d.taps; ++t)
            all[c] += (source(d, t, pixel)[c] ^ d.flip) * d.weights[(t / 2 * d.channels + c) * 2 + t % 2];
    }
    __builtin_memcpy(sums, all, sizeof all);
    IntegerResult to = d.to;
    to.scale = scale;
    to.bias = bias;
    put_sums<1, kPairVectors>(to, pixel, 0, d.channels, sums);
}

template <size_t kRows>
void channels(const IntegerDepthwise& d, size_t pixel) {
    const Sources<kRows> sources(d, pixel);
    size_t c = 0;
    for (; c + kChannels <= d.channels; c += kChannels) tile(d, sources, pixel, c);
    if (c < d.channels) tile(d, sources, pixel, d.channels - kChannels);  // some once more
}

}  // namespace

void integer_depthwise(const IntegerDepthwise& d, size_t first, size_t last) {
    size_t pixel = first;
    if (d.channels < kChannels) {
        for (; pixel < last; ++pixel) few_channels(d, pixel);
        return;
    }
    for (; pixel + kPixels <= last; pixel += kPixels) channels<kPixels>(d, pixel);
    for (; pixel < last; ++pixel) channels<1>(d, pixel);
}

}  // namespace lathe::run::cpu::LATHE_ISA
