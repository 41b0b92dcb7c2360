#include "formats/coreml/palette.h"

#include <algorithm>
#include <cmath>

namespace lathe::formats::coreml {
namespace {

constexpr int kMostRounds = 100;
constexpr size_t kMostGroups = 1 << 16;

// Where to begin: spread so that as many lie in a stretch as the cube root of the density says, which is best for many
// numbers (Panter and Dite 1951). Quantiles would leave the few large weights of a network without any.
std::vector<double> spread_centres(const std::vector<float>& sorted, size_t count) {
    const size_t groups = std::min<size_t>(sorted.size() - 1, kMostGroups);
    const auto at = [&](size_t group) { return group * (sorted.size() - 1) / groups; };
    std::vector<double> sums{0};  // of cube roots of counts times squared widths
    for (size_t g = 0; g < groups; ++g) {
        const double width = static_cast<double>(sorted[at(g + 1)]) - static_cast<double>(sorted[at(g)]);
        sums.push_back(sums.back() + std::cbrt(static_cast<double>(at(g + 1) - at(g)) * width * width));
    }
    std::vector<double> centres;
    size_t g = 0;
    for (size_t i = 0; i < count; ++i) {
        const double wanted =
            sums.back() * (2 * static_cast<double>(i) + 1) / (2 * static_cast<double>(count));
        while (g + 1 < groups && sums[g + 1] < wanted) ++g;
        const double low = static_cast<double>(sorted[at(g)]), high = static_cast<double>(sorted[at(g + 1)]);
        centres.push_back(low + (high - low) * std::min(1.0, (wanted - sums[g]) / (sums[g + 1] - sums[g])));
    }
    return centres;
}

// Where the sorted values go over to the next number of the palette.
std::vector<size_t> borders(const std::vector<float>& sorted, const std::vector<double>& centres) {
    std::vector<size_t> ends;
    for (size_t i = 0; i + 1 < centres.size(); ++i) {
        const auto middle = static_cast<float>((centres[i] + centres[i + 1]) / 2);
        ends.push_back(static_cast<size_t>(std::ranges::lower_bound(sorted, middle) - sorted.begin()));
    }
    ends.push_back(sorted.size());
    return ends;
}

}  // namespace

std::vector<float> find_palette(std::vector<float> sorted, size_t count) {
    std::ranges::sort(sorted);
    std::vector<float> different = sorted;
    different.erase(std::unique(different.begin(), different.end()), different.end());
    if (different.size() <= count) return different;
    std::vector<double> sums{0};
    for (const float value : sorted) sums.push_back(sums.back() + static_cast<double>(value));
    std::vector<double> centres = spread_centres(sorted, count);
    std::vector<size_t> before;
    for (int round = 0; round < kMostRounds; ++round) {
        std::vector<size_t> ends = borders(sorted, centres);
        if (ends == before) break;
        size_t begin = 0;
        for (size_t i = 0; i < count; ++i) {
            if (ends[i] > begin)
                centres[i] = (sums[ends[i]] - sums[begin]) / static_cast<double>(ends[i] - begin);
            begin = std::max(begin, ends[i]);
        }
        std::ranges::sort(centres);
        before = std::move(ends);
    }
    std::vector<float> palette(centres.begin(), centres.end());
    palette.erase(std::unique(palette.begin(), palette.end()), palette.end());
    return palette;
}

std::vector<uint8_t> palette_indices(std::span<const float> values, std::span<const float> palette) {
    std::vector<float> middles;
    for (size_t i = 0; i + 1 < palette.size(); ++i) middles.push_back((palette[i] + palette[i + 1]) / 2);
    std::vector<uint8_t> indices;
    indices.reserve(values.size());
    for (const float value : values)
        indices.push_back(static_cast<uint8_t>(std::ranges::upper_bound(middles, value) - middles.begin()));
    return indices;
}

std::vector<uint8_t> pack_bits(std::span<const uint8_t> indices, int bits) {
    std::vector<uint8_t> packed((indices.size() * static_cast<size_t>(bits) + 7) / 8, 0);
    size_t at = 0;
    for (const uint8_t index : indices) {
        const auto wide = static_cast<uint32_t>(index) << at % 8;
        packed[at / 8] |= static_cast<uint8_t>(wide);
        if (wide > 0xff) packed[at / 8 + 1] |= static_cast<uint8_t>(wide >> 8);
        at += static_cast<size_t>(bits);
    }
    return packed;
}

uint32_t unpack_bits(std::span<const std::byte> packed, uint64_t index, int bits) {
    const uint64_t at = index * static_cast<uint64_t>(bits);
    uint32_t wide = std::to_integer<uint32_t>(packed[at / 8]);
    if (at % 8 + static_cast<uint64_t>(bits) > 8) wide |= std::to_integer<uint32_t>(packed[at / 8 + 1]) << 8;
    return (wide >> at % 8) & ((1U << bits) - 1);
}

}  // namespace lathe::formats::coreml
