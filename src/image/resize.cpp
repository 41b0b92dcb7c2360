#include "image/resize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "image/codecs.h"

namespace lathe::image {
namespace {

double sinc(double x) {
    if (x == 0) return 1;
    x *= std::numbers::pi;
    return std::sin(x) / x;
}
double box(double x) { return x > -0.5 && x <= 0.5 ? 1 : 0; }
double bilinear(double x) { return std::abs(x) < 1 ? 1 - std::abs(x) : 0; }
double hamming(double x) {
    x = std::abs(x);
    if (x == 0) return 1;
    if (x >= 1) return 0;
    x *= std::numbers::pi;
    return std::sin(x) / x * (0.54 + 0.46 * std::cos(x));
}
double bicubic(double x) {  // Keys' kernel with a = -1/2
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
    return 0;
}
double lanczos(double x) { return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0; }

struct Filter {
    std::string_view name;
    double (*weight)(double);
    double support;  // the weight is 0 outside [-support, support]
};
constexpr std::array<Filter, 6> kFilters{{{"nearest", nullptr, 0},
                                          {"box", box, 0.5},
                                          {"bilinear", bilinear, 1},
                                          {"hamming", hamming, 1},
                                          {"bicubic", bicubic, 2},
                                          {"lanczos", lanczos, 3}}};

constexpr int kFractionBits = 32 - 8 - 2;

// For every output position: the first input position, how many there are, and their weights, `stride` apart.
struct Taps {
    struct Window {
        size_t first, count;
    };
    std::vector<Window> windows;
    std::vector<int32_t> weights;
    size_t stride = 0;
};

int32_t fixed_point(double weight) {
    return static_cast<int32_t>(weight * (1 << kFractionBits) + (weight < 0 ? -0.5 : 0.5));
}

Taps make_taps(int64_t in_size, int64_t out_size, const Filter& filter) {
    const double scale = static_cast<double>(in_size) / static_cast<double>(out_size);
    const double filter_scale = std::max(scale, 1.0), support = filter.support * filter_scale;
    Taps taps;
    taps.stride = static_cast<size_t>(std::ceil(support)) * 2 + 1;
    taps.weights.resize(taps.stride * static_cast<size_t>(out_size));
    std::vector<double> weights(taps.stride);
    for (int64_t i = 0; i < out_size; ++i) {
        const double center = (static_cast<double>(i) + 0.5) * scale, per_unit = 1.0 / filter_scale;
        const auto first = std::max<int64_t>(static_cast<int64_t>(center - support + 0.5), 0);
        const auto end = std::min<int64_t>(static_cast<int64_t>(center + support + 0.5), in_size);
        const auto count = static_cast<size_t>(std::max<int64_t>(end - first, 0));
        double total = 0;
        for (size_t k = 0; k < count; ++k) {
            weights[k] = filter.weight((static_cast<double>(static_cast<int64_t>(k) + first) - center + 0.5) *
                                       per_unit);
            total += weights[k];
        }
        for (size_t k = 0; k < count; ++k)
            taps.weights[static_cast<size_t>(i) * taps.stride + k] =
                fixed_point(total != 0 ? weights[k] / total : weights[k]);
        taps.windows.push_back({static_cast<size_t>(first), count});
    }
    return taps;
}

// Sums wrap around like Pillow's; for real filters they never do.
constexpr uint32_t kHalf = 1u << (kFractionBits - 1);
uint8_t rounded(uint32_t sum) { return clip_to_byte(static_cast<int32_t>(sum) >> kFractionBits); }

template <size_t kChannels>
void resize_row(const uint8_t* in, const Taps& taps, uint8_t* out) {
    for (size_t x = 0; x < taps.windows.size(); ++x) {
        const auto [first, count] = taps.windows[x];
        const int32_t* weights = &taps.weights[x * taps.stride];
        std::array<uint32_t, kChannels> sums;
        sums.fill(kHalf);
        const uint8_t* pixel = in + first * kChannels;
        for (size_t k = 0; k < count; ++k, pixel += kChannels)
            for (size_t c = 0; c < kChannels; ++c) sums[c] += pixel[c] * static_cast<uint32_t>(weights[k]);
        for (size_t c = 0; c < kChannels; ++c) *out++ = rounded(sums[c]);
    }
}

Tensor resize_width(const Tensor& picture, int64_t width, const Filter& filter) {
    const int64_t height = picture.dim(0), channels = picture.dim(2);
    const Taps taps = make_taps(picture.dim(1), width, filter);
    TensorBuilder builder(DType::kU8, {height, width, channels});
    const uint8_t* in = picture.values<uint8_t>().data();
    uint8_t* out = byte_pointer(builder);
    const auto work = channels == 1 ? resize_row<1> : resize_row<3>;
    for (int64_t y = 0; y < height; ++y)
        work(in + y * picture.dim(1) * channels, taps, out + y * width * channels);
    return builder.finish();
}

Tensor resize_height(const Tensor& picture, int64_t height, const Filter& filter) {
    const Taps taps = make_taps(picture.dim(0), height, filter);
    const auto row = static_cast<size_t>(picture.dim(1) * picture.dim(2));
    TensorBuilder builder(DType::kU8, {height, picture.dim(1), picture.dim(2)});
    const uint8_t* in = picture.values<uint8_t>().data();
    uint8_t* out = byte_pointer(builder);
    std::vector<uint32_t> sums(row);
    for (size_t y = 0; y < taps.windows.size(); ++y) {
        const auto [first, count] = taps.windows[y];
        std::fill(sums.begin(), sums.end(), kHalf);
        for (size_t k = 0; k < count; ++k) {
            const auto weight = static_cast<uint32_t>(taps.weights[y * taps.stride + k]);
            const uint8_t* line = in + (first + k) * row;
            for (size_t i = 0; i < row; ++i) sums[i] += line[i] * weight;
        }
        for (size_t i = 0; i < row; ++i) out[y * row + i] = rounded(sums[i]);
    }
    return builder.finish();
}

// The input position of every output position; Pillow adds the scale up instead of multiplying.
std::vector<size_t> nearest_positions(int64_t in_size, int64_t out_size) {
    const double scale = static_cast<double>(in_size) / static_cast<double>(out_size);
    std::vector<size_t> positions;
    double at = scale * 0.5;
    for (int64_t i = 0; i < out_size; ++i, at += scale)
        positions.push_back(static_cast<size_t>(std::min(static_cast<int64_t>(at), in_size - 1)));
    return positions;
}

Tensor resize_nearest(const Tensor& picture, int64_t height, int64_t width) {
    const auto channels = static_cast<size_t>(picture.dim(2)),
               in_row = static_cast<size_t>(picture.dim(1)) * channels;
    const auto rows = nearest_positions(picture.dim(0), height),
               columns = nearest_positions(picture.dim(1), width);
    TensorBuilder builder(DType::kU8, {height, width, picture.dim(2)});
    const uint8_t* in = picture.values<uint8_t>().data();
    uint8_t* out = byte_pointer(builder);
    for (const size_t y : rows)
        for (const size_t x : columns)
            for (size_t c = 0; c < channels; ++c) *out++ = in[y * in_row + x * channels + c];
    return builder.finish();
}

}  // namespace

std::string_view name_of(Interpolation interpolation) {
    return kFilters[static_cast<size_t>(interpolation)].name;
}

std::optional<Interpolation> interpolation_named(std::string_view name) {
    for (size_t i = 0; i < kFilters.size(); ++i)
        if (kFilters[i].name == name) return static_cast<Interpolation>(i);
    return std::nullopt;
}

Result<Tensor> resize(const Tensor& picture, int64_t height, int64_t width, Interpolation interpolation) {
    CHECK(picture.rank() == 3 && picture.dtype() == DType::kU8 &&
          (picture.dim(2) == 1 || picture.dim(2) == 3));
    TRY_STATUS(check_picture_size(height, width));
    TRY_STATUS(check_picture_size(picture.dim(0), width));  // what the first pass makes
    if (picture.dim(0) == height && picture.dim(1) == width) return picture;
    if (interpolation == Interpolation::kNearest) return resize_nearest(picture, height, width);
    const Filter& filter = kFilters[static_cast<size_t>(interpolation)];
    const Tensor narrow = picture.dim(1) == width ? picture : resize_width(picture, width, filter);
    return narrow.dim(0) == height ? narrow : resize_height(narrow, height, filter);
}

}  // namespace lathe::image
