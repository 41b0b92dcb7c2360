#include "image/preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "image/codecs.h"

namespace lathe::image {
namespace {

struct Size {
    int64_t height, width;
};

// Python's round(): halves to even.
int64_t rounded(double value) { return static_cast<int64_t>(std::nearbyint(value)); }

double mean_of(const std::array<double, 3>& values) { return (values[0] + values[1] + values[2]) / 3; }

// timm's ResizeKeepRatio: `longest` fits the longer side into `target`, otherwise the shorter one fills it.
Size keep_ratio(Size picture, Size target, bool longest) {
    const auto height = static_cast<double>(picture.height), width = static_cast<double>(picture.width);
    const double by_height = height / static_cast<double>(target.height),
                 by_width = width / static_cast<double>(target.width);
    const double ratio = longest ? std::max(by_height, by_width) : std::min(by_height, by_width);
    return {rounded(height / ratio), rounded(width / ratio)};
}

// torchvision's Resize to one number.
Size shorter_side_to(Size picture, int64_t size) {
    const bool tall = picture.width <= picture.height;
    const int64_t shorter = tall ? picture.width : picture.height,
                  longer = tall ? picture.height : picture.width;
    const auto scaled =
        static_cast<int64_t>(static_cast<double>(size * longer) / static_cast<double>(shorter));
    return tall ? Size{scaled, size} : Size{size, scaled};
}

Result<Tensor> resize_for(const Tensor& picture, const Preprocessing& how) {
    const Size size{picture.dim(0), picture.dim(1)};
    const Size scaled{static_cast<int64_t>(std::floor(static_cast<double>(how.height) / how.crop_pct)),
                      static_cast<int64_t>(std::floor(static_cast<double>(how.width) / how.crop_pct))};
    Size to = scaled;
    Interpolation interpolation = how.interpolation;
    if (how.crop_mode == CropMode::kBorder) {
        to = keep_ratio(size, scaled, true);
    } else if (how.crop_mode == CropMode::kCenter) {
        const bool square = scaled.height == scaled.width;
        to = square ? shorter_side_to(size, scaled.height) : keep_ratio(size, scaled, false);
        if (!square) interpolation = Interpolation::kBilinear;
    }
    auto result = resize(picture, to.height, to.width, interpolation);
    if (!result)
        return fail("a picture of {} x {} pixels cannot be resized to {} x {} for an input of {} x {}",
                    size.width, size.height, to.width, to.height, how.width, how.height);
    return result;
}

// Where the middle `want` of `have` pixels begins; negative: that many pixels are missing in front.
int64_t middle(int64_t have, int64_t want) {
    return want > have ? -((want - have) / 2) : rounded(static_cast<double>(have - want) / 2);
}

Tensor center(const Tensor& picture, Size want, const std::array<uint8_t, 3>& fill) {
    const int64_t channels = picture.dim(2), height = picture.dim(0), width = picture.dim(1);
    TensorBuilder builder(DType::kU8, {want.height, want.width, channels});
    const uint8_t* in = picture.values<uint8_t>().data();
    uint8_t* out = byte_pointer(builder);
    const int64_t top = middle(height, want.height), left = middle(width, want.width);
    for (int64_t y = top; y < top + want.height; ++y)
        for (int64_t x = left; x < left + want.width; ++x) {
            const bool inside = y >= 0 && y < height && x >= 0 && x < width;
            const uint8_t* pixel = inside ? in + (y * width + x) * channels : fill.data();
            for (int64_t c = 0; c < channels; ++c) *out++ = pixel[c];
        }
    return builder.finish();
}

constexpr std::array<std::string_view, 3> kCropModes{"center", "squash", "border"};

}  // namespace

std::string_view name_of(CropMode mode) { return kCropModes[static_cast<size_t>(mode)]; }

std::optional<CropMode> crop_mode_named(std::string_view name) {
    for (size_t i = 0; i < kCropModes.size(); ++i)
        if (kCropModes[i] == name) return static_cast<CropMode>(i);
    return std::nullopt;
}

Status check(const Preprocessing& how) {
    if (how.channels != 1 && how.channels != 3)
        return fail("an input of {} channels, expected 1 (grey) or 3 (RGB)", how.channels);
    if (how.height < 1 || how.width < 1 || how.height > kMaxSide || how.width > kMaxSide ||
        how.height * how.width > kMaxPixels)
        return fail("an input of {} x {} pixels cannot be made", how.width, how.height);
    if (!(how.crop_pct > 0.001 && how.crop_pct < 1000))
        return fail("crop_pct is {}, expected a share such as 0.875", how.crop_pct);
    for (size_t c = 0; c < 3; ++c) {
        if (!std::isfinite(how.mean[c])) return fail("a mean of {} is no colour", how.mean[c]);
        if (!std::isfinite(how.std[c]) || how.std[c] == 0)
            return fail("a std of {} cannot be divided by", how.std[c]);
    }
    return {};
}

Result<Tensor> fit(const Tensor& picture, const Preprocessing& how) {
    TRY_STATUS(check(how));
    TRY(const Tensor resized, resize_for(picture, how));
    std::array<uint8_t, 3> fill{};
    if (how.crop_mode == CropMode::kBorder)
        for (size_t c = 0; c < 3; ++c) {
            const double value = picture.dim(2) == 1 ? mean_of(how.mean) : how.mean[c];
            fill[c] = clip_to_byte(
                static_cast<int>(std::clamp<int64_t>(rounded(255 * std::clamp(value, -1.0, 2.0)), 0, 255)));
        }
    return center(resized, {how.height, how.width}, fill);
}

Result<Tensor> preprocess(const Tensor& picture, const Preprocessing& how) {
    TRY_STATUS(check(how));
    TRY(const Tensor fitted,
        fit(with_channels(picture, how.channels == 1 ? Channels::kGrey : Channels::kRgb), how));
    TensorBuilder builder(DType::kF32, {how.channels, how.height, how.width});
    const auto in = fitted.values<uint8_t>();
    auto out = builder.values<float>();
    const auto channels = static_cast<size_t>(how.channels), plane = out.size() / channels;
    for (size_t c = 0; c < channels; ++c) {
        const auto mean = static_cast<float>(channels == 1 ? mean_of(how.mean) : how.mean[c]);
        const auto std = static_cast<float>(channels == 1 ? mean_of(how.std) : how.std[c]);
        for (size_t i = 0; i < plane; ++i) {
            const float value = static_cast<float>(in[i * channels + c]) / 255.0f;
            out[c * plane + i] = how.normalize ? (value - mean) / std : value;
        }
    }
    return builder.finish();
}

}  // namespace lathe::image
