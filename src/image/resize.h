// Pillow's resampling of 8-bit pictures, bit for bit (src/libImaging/Resample.c and Geometry.c): two passes, width before
// height, each rounded to 8 bits; the filter is widened by the scale when a picture shrinks, so that it is antialiased;
// coefficients are fixed point with 22 bits behind the point.
#pragma once
#include <optional>
#include <string_view>

#include "base/result.h"
#include "tensor/tensor.h"

namespace lathe::image {

enum class Interpolation { kNearest, kBox, kBilinear, kHamming, kBicubic, kLanczos };

std::string_view name_of(Interpolation interpolation);  // "bicubic", as timm spells them
std::optional<Interpolation> interpolation_named(std::string_view name);

// u8 [H, W, C] -> u8 [height, width, C]. Errors: a size of 0 or beyond decode.h's limits.
Result<Tensor> resize(const Tensor& picture, int64_t height, int64_t width, Interpolation interpolation);

}  // namespace lathe::image
