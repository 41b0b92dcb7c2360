// The decoders behind decode.h. Each takes a whole file and gives u8 [H, W, 1 or 3], whichever the file holds.
// Errors are sentences without the file's name.
#pragma once
#include "base/bytes.h"
#include "base/result.h"
#include "tensor/tensor.h"

namespace lathe::image {

Result<Tensor> decode_jpeg(ByteSpan bytes);
Result<Tensor> decode_png(ByteSpan bytes);
Result<Tensor> decode_webp(ByteSpan bytes);
Result<Tensor> decode_bmp(ByteSpan bytes);
Result<Tensor> decode_tiff(ByteSpan bytes);

inline constexpr int64_t kMaxPixels = int64_t{1} << 28;
inline constexpr int64_t kMaxSide = int64_t{1} << 20;

// Errors: a side is 0 or negative or over kMaxSide, more pixels than kMaxPixels.
Status check_picture_size(int64_t height, int64_t width);

// u8 [H, W, 4], 255 is full ink -> u8 [H, W, 3], rounded as Pillow does.
Tensor rgb_from_cmyk(const Tensor& cmyk);

inline uint8_t clip_to_byte(int value) {
    return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
}
inline uint8_t* byte_pointer(TensorBuilder& builder) { return builder.values<uint8_t>().data(); }

}  // namespace lathe::image
