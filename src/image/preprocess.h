// From a picture to a network's input, as timm's evaluation transform does it (timm/data/transforms_factory.py,
// transforms_imagenet_eval, with torchvision's Resize, CenterCrop and ToTensor on a Pillow image).
#pragma once
#include <array>
#include <optional>
#include <string_view>

#include "image/decode.h"
#include "image/resize.h"

namespace lathe::image {

// How what was resized becomes the input size. With S = floor(input size / crop_pct):
enum class CropMode {
    kCenter,  // the shorter side to S, then the middle; nothing is distorted, the ends are lost
    kSquash,  // both sides to S, then the middle
    kBorder,  // the longer side to S, then the middle, padded with the mean colour; nothing is lost when crop_pct is 1
};
std::string_view name_of(CropMode mode);  // "center"
std::optional<CropMode> crop_mode_named(std::string_view name);

// What a timm configuration says of a network's input. The defaults are timm's.
struct Preprocessing {
    int64_t channels = 3, height = 224, width = 224;  // channels: 3, or 1 for grey
    std::array<double, 3> mean{0.485, 0.456, 0.406};  // of red, green, blue in 0 … 1; averaged for grey
    std::array<double, 3> std{0.229, 0.224, 0.225};
    Interpolation interpolation = Interpolation::kBicubic;
    double crop_pct = 0.875;
    CropMode crop_mode = CropMode::kCenter;
    bool normalize = true;  // false: values stay in 0 … 1, for graphs that have mean and std inside
};

// Errors: channels that are not 1 or 3, sizes beyond decode.h's limits, a crop_pct that is not above 0, a std of 0.
Status check(const Preprocessing& how);

// u8 [H, W, C] -> u8 [how.height, how.width, C]: resized and cropped. In the center mode a picture that is not wanted
// square is resized by the bilinear filter whatever `how` says, because timm does so.
// Errors: check(how); a picture so long and thin that the resized one is empty or beyond decode.h's limits.
Result<Tensor> fit(const Tensor& picture, const Preprocessing& how);

// u8 [H, W, 3 or 1] -> f32 [how.channels, how.height, how.width]: fit(), then v / 255, then (v - mean) / std.
Result<Tensor> preprocess(const Tensor& picture, const Preprocessing& how);

}  // namespace lathe::image
