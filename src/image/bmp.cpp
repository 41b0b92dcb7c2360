// BMP: headers of 12 (OS/2), 40, 52, 56, 64, 108 and 124 bytes; 1, 4 and 8 bits with a palette, run-length coded or not;
// 16, 24 and 32 bits, with bit fields or the usual layout. (Microsoft's "Bitmap Storage".)
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "image/codecs.h"

namespace lathe::image {
namespace {

enum Compression : uint32_t { kPlain = 0, kRle8 = 1, kRle4 = 2, kBitFields = 3, kAlphaBitFields = 6 };

uint32_t little_endian(ByteSpan bytes, size_t offset, size_t count) {
    uint32_t value = 0;
    for (size_t i = 0; i < count; ++i) value |= static_cast<uint32_t>(bytes[offset + i]) << (8 * i);
    return value;
}

using Color = std::array<uint8_t, 3>;

struct Header {
    int64_t width = 0, height = 0;
    bool top_down = false;
    uint32_t bits = 0, compression = kPlain;
    std::array<uint32_t, 3> masks{};  // of red, green, blue in 16 and 32 bits
    std::vector<Color> palette;
    size_t pixels_at = 0;
};

std::unexpected<Error> cut_off(ByteSpan bytes, std::string_view part) {
    return fail("damaged or incomplete BMP: {} reaches beyond the file's {} bytes", part, bytes.size());
}

Status read_sizes(ByteSpan bytes, uint32_t header_size, Header& header) {
    if (header_size == 12) {
        header.width = little_endian(bytes, 18, 2);
        header.height = little_endian(bytes, 20, 2);
        header.bits = little_endian(bytes, 24, 2);
        return {};
    }
    header.width = static_cast<int32_t>(little_endian(bytes, 18, 4));
    header.height = static_cast<int32_t>(little_endian(bytes, 22, 4));
    header.bits = little_endian(bytes, 28, 2);
    header.compression = little_endian(bytes, 30, 4);
    header.top_down = header.height < 0;
    if (header.top_down) header.height = -header.height;
    const bool fits = header.compression == kPlain || (header.compression == kRle8 && header.bits == 8) ||
                      (header.compression == kRle4 && header.bits == 4) ||
                      ((header.compression == kBitFields || header.compression == kAlphaBitFields) &&
                       (header.bits == 16 || header.bits == 32));
    if (!fits)
        return fail("BMP with compression {} of {} bits is not supported", header.compression, header.bits);
    return {};
}

Status read_masks(ByteSpan bytes, Header& header) {
    if (header.bits == 16) header.masks = {0x7c00, 0x3e0, 0x1f};
    if (header.bits == 32) header.masks = {0xff0000, 0xff00, 0xff};
    if (header.compression == kPlain || header.bits <= 8) return {};
    if (header.compression != kBitFields && header.compression != kAlphaBitFields) return {};
    if (bytes.size() < 66) return cut_off(bytes, "the header");
    std::array<uint32_t, 3> masks{};
    for (size_t c = 0; c < 3; ++c) masks[c] = little_endian(bytes, 54 + 4 * c, 4);
    if (masks == std::array<uint32_t, 3>{}) return {};  // left out: the usual layout
    for (const uint32_t mask : masks) {
        const uint32_t shifted = mask == 0 ? 0 : mask >> std::countr_zero(mask);
        if (mask == 0 || (shifted & (shifted + 1)) != 0)
            return fail("BMP whose bit fields have gaps (mask {:#x})", mask);
    }
    header.masks = masks;
    return {};
}

Status read_palette(ByteSpan bytes, uint32_t header_size, Header& header) {
    if (header.bits > 8) return {};
    const size_t entry = header_size == 12 ? 3 : 4;
    size_t colors = header_size == 12 ? 0 : little_endian(bytes, 46, 4);
    if (colors == 0 || colors > 256) colors = size_t{1} << header.bits;
    const size_t at = 14 + size_t{header_size};
    if (colors * entry > bytes.size() - at) return cut_off(bytes, "the palette");
    for (size_t i = 0; i < colors; ++i) {
        Color color;
        for (size_t c = 0; c < 3; ++c) color[c] = static_cast<uint8_t>(bytes[at + i * entry + 2 - c]);
        header.palette.push_back(color);
    }
    header.palette.resize(256);  // indices beyond it are black
    return {};
}

Result<Header> read_header(ByteSpan bytes) {
    if (bytes.size() < 18) return cut_off(bytes, "the header");
    const uint32_t header_size = little_endian(bytes, 14, 4);
    constexpr std::array<uint32_t, 7> kKnown{12, 40, 52, 56, 64, 108, 124};
    if (std::find(kKnown.begin(), kKnown.end(), header_size) == kKnown.end())
        return fail("BMP with a header of {} bytes is not supported", header_size);
    if (bytes.size() < 14 + size_t{header_size}) return cut_off(bytes, "the header");
    Header header;
    TRY_STATUS(read_sizes(bytes, header_size, header));
    TRY_STATUS(check_picture_size(header.height, header.width));
    constexpr std::array<uint32_t, 6> kDepths{1, 4, 8, 16, 24, 32};
    if (std::find(kDepths.begin(), kDepths.end(), header.bits) == kDepths.end())
        return fail("BMP with {} bits a pixel, expected 1, 4, 8, 16, 24 or 32", header.bits);
    TRY_STATUS(read_masks(bytes, header));
    TRY_STATUS(read_palette(bytes, header_size, header));
    header.pixels_at = little_endian(bytes, 10, 4);
    if (header.pixels_at > bytes.size()) return cut_off(bytes, "the pixels");
    return header;
}

// Expands [H, W] palette indices, bottom row first, that are coded as runs. What the runs leave out has index 0.
Result<std::vector<uint8_t>> expand_runs(ByteSpan code, const Header& header) {
    const bool nibbles = header.compression == kRle4;
    const auto width = static_cast<size_t>(header.width), height = static_cast<size_t>(header.height);
    std::vector<uint8_t> indices(width * height);
    size_t x = 0, y = 0;
    const auto put = [&](uint8_t index) {
        if (x < width && y < height) indices[y * width + x] = index;
        ++x;
    };
    const auto nibble = [](std::byte pair, size_t i) {
        return static_cast<uint8_t>((static_cast<uint8_t>(pair) >> (i % 2 == 0 ? 4 : 0)) & 15);
    };
    for (size_t at = 0; y < height;) {
        if (code.size() - at < 2)
            return fail("damaged or incomplete BMP: its runs end in row {} of {}", y, height);
        const auto count = static_cast<size_t>(code[at]);
        const auto second = static_cast<size_t>(code[at + 1]);
        at += 2;
        if (count > 0) {
            for (size_t i = 0; i < count; ++i)
                put(nibbles ? nibble(code[at - 1], i) : static_cast<uint8_t>(second));
        } else if (second == 0) {
            x = 0, ++y;
        } else if (second == 1) {
            break;
        } else if (second == 2) {
            if (code.size() - at < 2)
                return fail("damaged or incomplete BMP: its runs end in row {} of {}", y, height);
            x += static_cast<size_t>(code[at]);
            y += static_cast<size_t>(code[at + 1]);
            at += 2;
        } else {
            const size_t size = nibbles ? (second + 1) / 2 : second, padded = (size + 1) / 2 * 2;
            if (code.size() - at < size)
                return fail("damaged or incomplete BMP: its runs end in row {} of {}", y, height);
            for (size_t i = 0; i < second; ++i)
                put(nibbles ? nibble(code[at + i / 2], i) : static_cast<uint8_t>(code[at + i]));
            at = std::min(at + padded, code.size());
        }
    }
    return indices;
}

uint8_t field(uint32_t pixel, uint32_t mask) {
    const int shift = std::countr_zero(mask);
    return static_cast<uint8_t>(uint64_t{(pixel & mask) >> shift} * 255 / (mask >> shift));
}

// One stored row of `header.width` pixels into RGB.
void read_row(const uint8_t* in, const Header& header, uint8_t* out) {
    const auto width = static_cast<size_t>(header.width);
    for (size_t x = 0; x < width; ++x, out += 3) {
        if (header.bits <= 8) {
            const size_t bit = x * header.bits;
            const int shift = static_cast<int>(8 - header.bits - bit % 8);
            const auto index = static_cast<size_t>(in[bit / 8] >> shift) & ((size_t{1} << header.bits) - 1);
            std::memcpy(out, header.palette[index].data(), 3);
        } else if (header.bits == 24) {
            for (size_t c = 0; c < 3; ++c) out[c] = in[3 * x + 2 - c];
        } else {
            const size_t size = header.bits / 8;
            const uint32_t pixel = little_endian(std::as_bytes(std::span(in + x * size, size)), 0, size);
            for (size_t c = 0; c < 3; ++c) out[c] = field(pixel, header.masks[c]);
        }
    }
}

}  // namespace

Result<Tensor> decode_bmp(ByteSpan bytes) {
    TRY(Header header, read_header(bytes));
    const ByteSpan code = bytes.subspan(header.pixels_at);
    std::vector<uint8_t> expanded;
    const uint8_t* in = reinterpret_cast<const uint8_t*>(code.data());
    size_t stride = (static_cast<size_t>(header.width) * header.bits + 31) / 32 * 4;
    if (header.compression == kRle8 || header.compression == kRle4) {
        // A pair of bytes makes at most 255 pixels or jumps over 255 rows.
        TRY(expanded, expand_runs(code, header));
        in = expanded.data();
        stride = static_cast<size_t>(header.width);
        header.bits = 8;
    } else if (stride * static_cast<size_t>(header.height) > code.size()) {
        return cut_off(bytes, "the pixels");
    }
    TensorBuilder builder(DType::kU8, {header.height, header.width, 3});
    uint8_t* out = byte_pointer(builder);
    for (int64_t y = 0; y < header.height; ++y) {
        const int64_t stored = header.top_down ? y : header.height - 1 - y;
        read_row(in + static_cast<size_t>(stored) * stride, header, out + y * header.width * 3);
    }
    return builder.finish();
}

}  // namespace lathe::image
