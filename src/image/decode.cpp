#include "image/decode.h"

#include "base/file.h"
#include "base/text.h"
#include "image/codecs.h"

namespace lathe::image {
namespace {

bool starts_with(ByteSpan bytes, std::string_view head, size_t offset = 0) {
    const std::string_view text = as_text(bytes);
    return text.size() >= offset && text.substr(offset).starts_with(head);
}

// What else it may be, for the error.
std::string_view other_format(ByteSpan bytes) {
    using namespace std::string_view_literals;
    if (starts_with(bytes, "GIF8")) return "a GIF picture";
    if (starts_with(bytes, "avif", 8)) return "an AVIF picture";
    if (starts_with(bytes, "hei", 8) || starts_with(bytes, "mif1", 8)) return "a HEIF picture";
    if (starts_with(bytes, "\0\0\0\x0cjP  "sv) || starts_with(bytes, "\xff\x4f\xff\x51"sv))
        return "a JPEG 2000 picture";
    if (starts_with(bytes, "\xff\x0a"sv)) return "a JPEG XL picture";
    if (starts_with(bytes, "<svg") || starts_with(bytes, "<?xml")) return "text in XML";
    return {};
}

Result<Tensor> decode_any(ByteSpan bytes) {
    const auto encoding = encoding_of(bytes);
    if (!encoding) {
        constexpr std::string_view kReadable = "JPEG, PNG, WebP, BMP and TIFF can be read";
        if (bytes.empty()) return fail("the file is empty");
        const std::string_view other = other_format(bytes);
        if (!other.empty()) return fail("{} (by its first bytes); {}", other, kReadable);
        return fail("not a picture (it begins with '{}'); {}",
                    printable(as_text(bytes.first(std::min<size_t>(bytes.size(), 8)))), kReadable);
    }
    switch (*encoding) {
        case Encoding::kJpeg: return decode_jpeg(bytes);
        case Encoding::kPng: return decode_png(bytes);
        case Encoding::kWebp: return decode_webp(bytes);
        case Encoding::kBmp: return decode_bmp(bytes);
        case Encoding::kTiff: break;
    }
    return decode_tiff(bytes);
}

}  // namespace

std::optional<Encoding> encoding_of(ByteSpan bytes) {
    using namespace std::string_view_literals;
    if (starts_with(bytes, "\xff\xd8\xff"sv)) return Encoding::kJpeg;
    if (starts_with(bytes, "\x89PNG\r\n\x1a\n"sv)) return Encoding::kPng;
    if (starts_with(bytes, "RIFF"sv) && starts_with(bytes, "WEBP"sv, 8)) return Encoding::kWebp;
    if (starts_with(bytes, "BM"sv)) return Encoding::kBmp;
    for (const std::string_view head : {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv})
        if (starts_with(bytes, head)) return Encoding::kTiff;
    return std::nullopt;
}

Result<Tensor> decode(ByteSpan bytes, Channels channels) {
    TRY(const Tensor picture, decode_any(bytes));
    return with_channels(picture, channels);
}

Result<Tensor> read_picture(const std::string& path, Channels channels) {
    TRY(const SharedBytes bytes, map_file(path));
    return with_place(decode(bytes.bytes(), channels), path);
}

Tensor with_channels(const Tensor& picture, Channels channels) {
    CHECK(picture.rank() == 3 && picture.dtype() == DType::kU8 &&
          (picture.dim(2) == 1 || picture.dim(2) == 3));
    const auto wanted = static_cast<int64_t>(channels);
    if (picture.dim(2) == wanted) return picture;
    TensorBuilder builder(DType::kU8, {picture.dim(0), picture.dim(1), wanted});
    const auto in = picture.values<uint8_t>();
    uint8_t* out = byte_pointer(builder);
    if (wanted == 3) {
        for (const uint8_t value : in)
            for (int c = 0; c < 3; ++c) *out++ = value;
    } else {
        // 0.299 R + 0.587 G + 0.114 B, the weights times 2^16
        for (size_t i = 0; i < in.size(); i += 3)
            *out++ = static_cast<uint8_t>(
                (in[i] * 19595u + in[i + 1] * 38470u + in[i + 2] * 7471u + 0x8000u) >> 16);
    }
    return builder.finish();
}

Status check_picture_size(int64_t height, int64_t width) {
    if (height < 1 || width < 1)
        return fail("the picture is {} x {} pixels, so there is nothing in it", width, height);
    if (height > kMaxSide || width > kMaxSide || height * width > kMaxPixels)
        return fail("the picture says it has {} x {} pixels; at most {} in all and {} a side are read", width,
                    height, kMaxPixels, kMaxSide);
    return {};
}

Tensor rgb_from_cmyk(const Tensor& cmyk) {
    TensorBuilder builder(DType::kU8, {cmyk.dim(0), cmyk.dim(1), 3});
    const auto in = cmyk.values<uint8_t>();
    uint8_t* out = byte_pointer(builder);
    for (size_t i = 0; i < in.size(); i += 4) {
        const int white = 255 - in[i + 3];
        for (size_t c = 0; c < 3; ++c) {
            const int product = in[i + c] * white + 128;  // divided by 255, rounded
            *out++ = clip_to_byte(white - ((product >> 8) + product) / 256);
        }
    }
    return builder.finish();
}

}  // namespace lathe::image
