#include "image/tiff_samples.h"

#include <cstring>

#include "image/codecs.h"

namespace lathe::image {
namespace {

template <class T>
T load(const std::byte* row, size_t index) {
    T value;
    std::memcpy(&value, row + index * sizeof(T), sizeof(T));
    return value;
}

template <class T>
uint8_t clipped(T value) {
    return !(value > 0) ? 0 : value >= 255 ? 255 : static_cast<uint8_t>(value);
}

}  // namespace

Status check_supported(const TiffPixels& pixels) {
    const int kind = pixels.kind, bits = pixels.bits;
    if (kind != 0 && kind != 1 && kind != 2 && kind != 3 && kind != 5)
        return fail("TIFF with photometric interpretation {} is not supported", kind);
    if (pixels.samples < pixels.samples_read())
        return fail("damaged TIFF: {} samples a pixel, expected {}", pixels.samples, pixels.samples_read());
    const bool packed = bits == 1 || bits == 2 || bits == 4, one = kind <= 1 && pixels.samples == 1;
    const bool unsigned_ok = bits == 8 || (packed && (kind <= 1 || kind == 3)) ||
                             (bits == 16 && kind != 3 && kind != 0) || (bits == 32 && kind == 1 && one);
    const bool signed_ok = kind == 1 && one && (bits == 16 || bits == 32);
    const bool float_ok = kind == 1 && one && bits == 32;
    if (pixels.format == 1 ? !unsigned_ok : pixels.format == 2 ? !signed_ok : pixels.format != 3 || !float_ok)
        return fail(
            "TIFF with {} samples of {} bits a pixel (format {}, photometric interpretation {}) is not "
            "supported",
            pixels.samples, bits, pixels.format, kind);
    return {};
}

uint8_t byte_of_sample(const TiffPixels& pixels, const std::byte* row, size_t index) {
    const bool one = pixels.kind == 1 && pixels.samples == 1;
    if (pixels.format == 3) return clipped(load<float>(row, index));
    if (pixels.bits == 32) return clipped(load<int32_t>(row, index));  // as Pillow reads unsigned ones, too
    if (pixels.bits == 16) {
        if (pixels.format == 2) return clipped(load<int16_t>(row, index));
        const auto value = load<uint16_t>(row, index);
        return one ? clipped(value) : static_cast<uint8_t>(value >> 8);
    }
    if (pixels.bits == 8) return static_cast<uint8_t>(row[index]);
    const auto bits = static_cast<size_t>(pixels.bits), bit = index * bits;
    const int most = (1 << bits) - 1;
    const int value = static_cast<int>(row[bit / 8]) >> (8 - bits - bit % 8) & most;
    return static_cast<uint8_t>(pixels.kind == 3 ? value : value * 255 / most);
}

void write_row(const TiffPixels& pixels, std::span<const uint8_t> values, uint8_t* out) {
    const auto read = static_cast<size_t>(pixels.samples_read());
    const size_t colors = pixels.palette.size() / 3;
    for (size_t i = 0; i + read <= values.size(); i += read) {
        const uint8_t* pixel = &values[i];
        if (pixels.kind == 3) {
            for (size_t c = 0; c < 3; ++c)
                *out++ = static_cast<uint8_t>(pixels.palette[c * colors + pixel[0]] >> 8);
        } else if (pixels.premultiplied) {
            const int alpha = pixel[3];
            for (size_t c = 0; c < 3; ++c)
                *out++ = alpha == 0 ? 0 : alpha == 255 ? pixel[c] : clip_to_byte(255 * pixel[c] / alpha);
        } else {
            for (size_t c = 0; c < read; ++c)
                *out++ = pixels.kind == 0 ? static_cast<uint8_t>(255 - pixel[c]) : pixel[c];
        }
    }
}

}  // namespace lathe::image
