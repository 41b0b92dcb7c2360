#include "quant/codebook.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/number_codecs.h"

namespace lathe::quant {
namespace {

constexpr Codebook kNormal = {-0.980602f, -0.794529f, -0.638165f, -0.500986f, -0.377321f, -0.263187f,
                              -0.155210f, -0.050720f, 0.052541f,  0.156985f,  0.265284f,  0.379533f,
                              0.502636f,  0.638953f,  0.794876f,  0.980671f};
constexpr double kHeavyTails = -0.1;  // excess kurtosis; scaled normal groups are near -0.5
constexpr size_t kFitted = 300'000;  // numbers that Lloyd's algorithm looks at
constexpr int kLloydPasses = 25, kScalePasses = 2;
constexpr float kTiny = 1e-8f;

// The nearest of ascending levels; the lower one when two are equally near.
template <class Levels>
size_t nearest(const Levels& levels, float value) {
    const size_t above =
        static_cast<size_t>(std::lower_bound(levels.begin(), levels.end(), value) - levels.begin());
    if (above == 0) return 0;
    if (above == levels.size()) return levels.size() - 1;
    return std::fabs(value - levels[above]) < std::fabs(value - levels[above - 1]) ? above : above - 1;
}

float largest(const float* values) {
    float a = 0;
    for (size_t i = 0; i < 16; ++i) a = std::max(a, std::fabs(values[i]));
    return a;
}

std::vector<float> scaled_groups(std::span<const float> sample) {
    std::vector<float> scaled(sample.begin(), sample.end());
    for (size_t i = 0; i + 16 <= scaled.size(); i += 16) {
        const float a = std::max(largest(scaled.data() + i), kTiny);
        for (size_t j = 0; j < 16; ++j) scaled[i + j] /= a;
    }
    return scaled;
}

double excess_kurtosis(std::span<const float> values) {
    double mean = 0, squares = 0, fourths = 0;
    for (const float v : values) mean += static_cast<double>(v);
    mean /= static_cast<double>(values.size());
    for (const float v : values) {
        const double square = (static_cast<double>(v) - mean) * (static_cast<double>(v) - mean);
        squares += square;
        fourths += square * square;
    }
    const double count = static_cast<double>(values.size()),
                 deviation = std::sqrt(squares / (count - 1)) + 1e-9;
    return fourths / count / std::pow(deviation, 4) - 3;
}

Codebook fitted(std::vector<float> values) {
    const size_t step = (values.size() + kFitted - 1) / kFitted;
    for (size_t i = 0; i * step < values.size(); ++i) values[i] = values[i * step];
    values.resize((values.size() + step - 1) / step);
    std::ranges::sort(values);
    Codebook book;
    for (size_t i = 0; i < 16; ++i) {  // quantiles, with a line between neighbours
        const double at = static_cast<double>(i) / 15 * static_cast<double>(values.size() - 1);
        const auto below = static_cast<size_t>(at);
        const double above = below + 1 < values.size() ? values[below + 1] : values[below];
        book[i] =
            static_cast<float>(values[below] + (at - static_cast<double>(below)) * (above - values[below]));
    }
    for (int pass = 0; pass < kLloydPasses; ++pass) {
        std::array<double, 16> sums{};
        std::array<size_t, 16> counts{};
        for (const float v : values) {
            const size_t code = nearest(book, v);
            sums[code] += static_cast<double>(v);
            ++counts[code];
        }
        for (size_t i = 0; i < 16; ++i)
            if (counts[i] > 0) book[i] = static_cast<float>(sums[i] / static_cast<double>(counts[i]));
        std::ranges::sort(book);
    }
    return book;
}

using Levels = std::array<float, 16>;
Levels levels_of(const Codebook& book, uint8_t block_scale) {
    const float scale = f8e4m3_to_f32(block_scale);
    Levels levels;
    for (size_t i = 0; i < 16; ++i)  // (with 0 added, -0 becomes 0)
        levels[i] = std::clamp(std::nearbyint(book[i] * scale), -127.0f, 127.0f) + 0.0f;
    return levels;
}

// The scale of a group by least squares against its codes, twice.
float group_scale(const float* values, const Codebook& book) {
    float scale = std::max(largest(values), kTiny);
    for (int pass = 0; pass < kScalePasses; ++pass) {
        double product = 0, squares = 0;
        for (size_t i = 0; i < 16; ++i) {
            const double level = book[nearest(book, values[i] / scale)];
            product += static_cast<double>(values[i]) * level;
            squares += level * level;
        }
        scale = std::max(static_cast<float>(product / std::max(squares, 1e-8)), kTiny);
    }
    return scale;
}

double group_error(const float* values, const float* weights, const Levels& levels, float row_scale) {
    double sum = 0;
    for (size_t i = 0; i < 16; ++i) {
        const float read = levels[nearest(levels, values[i] / row_scale)] * row_scale;
        const double error = static_cast<double>(values[i]) - static_cast<double>(read);
        sum += static_cast<double>(weights[i]) * error * error;
    }
    return sum;
}

uint8_t swept(const float* values, const float* weights, const Codebook& book, float row_scale,
              uint8_t plain) {
    uint8_t best = plain;
    double least = group_error(values, weights, levels_of(book, plain), row_scale);
    for (int code = std::max(1, plain - 3); code <= std::min(0x7e, plain + 3); ++code) {
        if (code == plain) continue;
        const auto candidate = static_cast<uint8_t>(code);
        const double error = group_error(values, weights, levels_of(book, candidate), row_scale);
        if (error < least) {
            least = error;
            best = candidate;
        }
    }
    return best;
}

}  // namespace

const Codebook& normal_codebook() { return kNormal; }

Codebook choose_codebook(std::span<const float> sample) {
    std::vector<float> scaled = scaled_groups(sample);
    return scaled.size() < 2 || excess_kurtosis(scaled) <= kHeavyTails ? kNormal : fitted(std::move(scaled));
}

float fit_book_row(const float* values, const float* weights, size_t blocks, const Codebook& book, bool sweep,
                   uint8_t* block_scales) {
    std::vector<float> scales(blocks);
    float top = 0;
    for (size_t b = 0; b < blocks; ++b) {
        const float* group = values + b * 16;
        scales[b] = group_scale(group, book);
        for (size_t i = 0; i < 16; ++i)
            top = std::max(top, std::fabs(book[nearest(book, group[i] / scales[b])] * scales[b]));
    }
    const float row_scale = std::max(top / 127, kTiny);
    for (size_t b = 0; b < blocks; ++b) {
        block_scales[b] = f32_to_f8e4m3(scales[b] / row_scale);
        if (sweep)
            block_scales[b] = swept(values + b * 16, weights + b * 16, book, row_scale, block_scales[b]);
    }
    return row_scale;
}

void encode_book_row(const float* values, size_t blocks, const Codebook& book, float row_scale,
                     const uint8_t* block_scales, uint8_t* packed) {
    for (size_t b = 0; b < blocks; ++b, values += 16, packed += 8) {
        const Levels levels = levels_of(book, block_scales[b]);
        for (size_t i = 0; i < 8; ++i)
            packed[i] = static_cast<uint8_t>(nearest(levels, values[2 * i] / row_scale) |
                                             nearest(levels, values[2 * i + 1] / row_scale) << 4);
    }
}

void decode_book_row(const uint8_t* packed, size_t blocks, const Codebook& book, float row_scale,
                     const uint8_t* block_scales, float* values) {
    for (size_t b = 0; b < blocks; ++b, packed += 8, values += 16) {
        const Levels levels = levels_of(book, block_scales[b]);
        for (size_t i = 0; i < 8; ++i) {
            values[2 * i] = levels[packed[i] & 15] * row_scale;
            values[2 * i + 1] = levels[packed[i] >> 4] * row_scale;
        }
    }
}

}  // namespace lathe::quant
