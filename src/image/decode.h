// Pictures from files, with the pixels that Pillow's Image.open(path).convert("RGB") or .convert("L") has, because that
// is what timm's networks were trained on. A picture is a tensor u8 [H, W, C]; C is 3 (RGB) or 1 (grey).
// As in Pillow: alpha is dropped, not blended; colour profiles and gamma are ignored; samples of 16 bits keep their high
// byte in colour pictures, but in pictures of one channel values above 255 become 255; of several pages or frames the
// first is read; the EXIF orientation of JPEG, PNG and WebP is not applied, the orientation of TIFF is.
// The bytes decide which format it is, not the name. WebAssembly has BMP only (absent.cpp).
#pragma once
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "tensor/tensor.h"

namespace lathe::image {

enum class Encoding { kJpeg, kPng, kWebp, kBmp, kTiff };

// Which picture the bytes begin like.
std::optional<Encoding> encoding_of(ByteSpan bytes);

enum class Channels { kGrey = 1, kRgb = 3 };

// u8 [H, W, C]. Errors: another format, a damaged or incomplete file, a variant that is not supported, more than 2^28
// pixels or a side over 2^20.
Result<Tensor> decode(ByteSpan bytes, Channels channels);
Result<Tensor> read_picture(const std::string& path, Channels channels);  // errors name the file

// The same picture with one or three channels; grey by ITU-R 601's weights in 16-bit fixed point, as Pillow rounds them.
Tensor with_channels(const Tensor& picture, Channels channels);

}  // namespace lathe::image
