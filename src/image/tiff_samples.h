// How one row of TIFF samples becomes bytes of grey, RGB, CMYK or palette pictures.
#pragma once
#include <array>
#include <span>

#include "base/result.h"
#include "tensor/tensor.h"

namespace lathe::image {

// What the tags say of a pixel; the numbers of kind and format are TIFF's own (TIFF 6.0, PhotometricInterpretation and
// SampleFormat).
struct TiffPixels {
    int kind = 0;  // 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK
    int format = 1;  // 1 unsigned, 2 signed, 3 floating point
    int bits = 8;  // of a sample
    int samples = 1;  // of a pixel
    bool premultiplied = false;  // sample 3 of RGB is an alpha that the colours were multiplied by
    std::span<const uint16_t> palette;  // all reds, all greens, all blues; 1 << bits of each

    int channels() const { return kind == 5 ? 4 : kind <= 1 ? 1 : 3; }  // that write_row() makes
    int samples_read() const { return kind == 3 ? 1 : premultiplied ? 4 : channels(); }
};

// Errors: a kind, or a depth and format for that kind, that is not supported.
Status check_supported(const TiffPixels& pixels);

// `values` [width, samples_read()] into `out` u8 [width, channels()]: grey and ink counted up from 0, RGB.
void write_row(const TiffPixels& pixels, std::span<const uint8_t> values, uint8_t* out);

// One sample of a packed row, in machine byte order, as a byte: scaled up from fewer bits (palette indices are not),
// the high byte of more, clipped to 0 … 255 in pictures of one channel.
uint8_t byte_of_sample(const TiffPixels& pixels, const std::byte* row, size_t index);

}  // namespace lathe::image
