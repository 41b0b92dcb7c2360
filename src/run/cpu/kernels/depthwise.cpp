// Convolutions of every channel by itself. Neighbouring pixels share the weights that are loaded.
#include "run/cpu/kernels/functions.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

constexpr size_t kPixels = 4, kVectors = 3;  // of a tile: sums that stay in registers
constexpr size_t kWeightsAtOnce = 8192;  // that are still in a near cache when the next pixels come

constexpr size_t kManyTaps = 128;  // that pixels are found for once, not in every tile

LATHE_INLINE const float* source(const Depthwise& d, size_t tap, size_t pixel) {
    const int32_t offset =
        d.offsets[static_cast<int64_t>(tap) * d.offset_stride + static_cast<int64_t>(pixel)];
    return offset == kPadding ? d.zeros : d.input + offset;
}

// kRows pixels of the output, and where each tap of them reads.
template <size_t kRows>
struct Pixels {
    using Offsets [[gnu::vector_size(4 * kPixels)]] = int32_t;
    using Addresses [[gnu::vector_size(8 * kPixels)]] = int64_t;
    size_t first;
    int64_t sources[kManyTaps][kRows];

    LATHE_INLINE void find(const Depthwise& d, size_t pixel, Pixels& p) {
        p.first = pixel;
        const int32_t* offset = d.offsets + pixel;
        const int64_t input = address(d.input), zeros = address(d.zeros);
        for (size_t t = 0; t < d.taps; ++t, offset += d.offset_stride) {
            if constexpr (kRows == kPixels) {
                Offsets offsets;
                __builtin_memcpy(&offsets, offset, sizeof offsets);
                const Addresses wide = __builtin_convertvector(offsets, Addresses);
                const Addresses found = wide == kPadding ? Addresses{} + zeros : wide * 4 + input;
                __builtin_memcpy(p.sources[t], &found, sizeof found);
            } else {
                for (size_t i = 0; i < kRows; ++i) p.sources[t][i] = address(source(d, t, pixel + i));
            }
        }
    }
    LATHE_INLINE int64_t address(const float* p) {
        return static_cast<int64_t>(reinterpret_cast<uintptr_t>(p));
    }
    const float* at(const Depthwise&, size_t tap, size_t i) const {
        return reinterpret_cast<const float*>(static_cast<uintptr_t>(sources[tap][i]));
    }
};
// Of more taps.
struct FoundLater {
    size_t first;

    LATHE_INLINE void find(const Depthwise&, size_t pixel, FoundLater& p) { p.first = pixel; }
    const float* at(const Depthwise& d, size_t tap, size_t i) const { return source(d, tap, first + i); }
};

template <size_t kRows, size_t kWidth, class Found>
LATHE_INLINE void tile(const Depthwise& d, const Found& pixels, size_t channel) {
    Floats sums[kRows][kWidth];
    for (size_t v = 0; v < kWidth; ++v) {
        const Floats bias = d.bias != nullptr ? load(d.bias + channel + v * kLanes) : Floats{};
        for (size_t i = 0; i < kRows; ++i) sums[i][v] = bias;
    }
    const size_t taps = d.taps, channels = d.channels;
    const float* w = d.weights + channel;
    for (size_t t = 0; t < taps; ++t, w += channels) {
        const float* x[kRows];
        for (size_t i = 0; i < kRows; ++i) x[i] = pixels.at(d, t, i) + channel;
        Floats weights[kWidth];
        for (size_t v = 0; v < kWidth; ++v) weights[v] = load(w + v * kLanes);
        // Vectors of one pixel are next to each other, in different banks of the cache.
        for (size_t i = 0; i < kRows; ++i)
            for (size_t v = 0; v < kWidth; ++v) sums[i][v] += load(x[i] + v * kLanes) * weights[v];
    }
    float* to =
        d.output + static_cast<int64_t>(pixels.first) * d.output_stride + static_cast<int64_t>(channel);
    for (size_t i = 0; i < kRows; ++i, to += d.output_stride)
        for (size_t v = 0; v < kWidth; ++v) store(to + v * kLanes, clamp(sums[i][v], d.low, d.high));
}

// Channels [first, last), a vector's at least.
template <size_t kRows, class Found>
void channel_range(const Depthwise& d, const Found& pixels, size_t first, size_t last) {
    size_t channel = first;
    for (; channel + kVectors * kLanes <= last; channel += kVectors * kLanes)
        tile<kRows, kVectors>(d, pixels, channel);
    if (channel + 2 * kLanes <= last) {
        tile<kRows, 2>(d, pixels, channel);
        channel += 2 * kLanes;
    }
    if (channel + kLanes <= last) {
        tile<kRows, 1>(d, pixels, channel);
        channel += kLanes;
    }
    if (channel < last) tile<kRows, 1>(d, pixels, last - kLanes);  // some channels once more
}

template <size_t kRows, class Found>
size_t pixel_range(const Depthwise& d, size_t first, size_t last, size_t first_channel, size_t last_channel) {
    Found pixels;
    size_t pixel = first;
    for (; pixel + kRows <= last; pixel += kRows) {
        Found::find(d, pixel, pixels);
        channel_range<kRows>(d, pixels, first_channel, last_channel);
    }
    return pixel;
}

void few_channels(const Depthwise& d, size_t pixel) {
    for (size_t c = 0; c < d.channels; ++c) {
        float sum = d.bias != nullptr ? d.bias[c] : 0.0f;
        for (size_t t = 0; t < d.taps; ++t) sum += source(d, t, pixel)[c] * d.weights[t * d.channels + c];
        sum = sum < d.low ? d.low : sum;
        d.output[static_cast<int64_t>(pixel) * d.output_stride + static_cast<int64_t>(c)] =
            sum > d.high ? d.high : sum;
    }
}

}  // namespace

void depthwise(const Depthwise& d, size_t first, size_t last) {
    if (d.channels < kLanes) {
        for (size_t pixel = first; pixel < last; ++pixel) few_channels(d, pixel);
        return;
    }
    constexpr size_t kStep = kVectors * kLanes;
    const size_t steps = kWeightsAtOnce / (d.taps * kStep), width = (steps > 0 ? steps : 1) * kStep;
    for (size_t channel = 0; channel < d.channels;) {
        // What would be left for a range of less than a vector goes with the last.
        size_t end = channel + width;
        if (end + kLanes > d.channels) end = d.channels;
        if (d.taps <= kManyTaps) {
            const size_t rest = pixel_range<kPixels, Pixels<kPixels>>(d, first, last, channel, end);
            pixel_range<1, Pixels<1>>(d, rest, last, channel, end);
        } else {
            pixel_range<1, FoundLater>(d, first, last, channel, end);
        }
        channel = end;
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
