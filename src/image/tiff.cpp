// TIFF and BigTIFF: libtiff finds and decompresses strips and tiles, this file lays them out.
#include <tiffio.h>

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "image/codecs.h"
#include "image/tiff_samples.h"

namespace lathe::image {
namespace {

constexpr tmsize_t kMaxPieceBytes = tmsize_t{1} << 30;  // of one strip, tile or table
constexpr int kMaxSamples = 16;

// The file as libtiff reads it, and its last complaint.
struct Source {
    ByteSpan bytes;
    uint64_t at = 0;
    char message[200] = "";
};

tmsize_t read_source(thandle_t handle, void* out, tmsize_t count) {
    auto* source = static_cast<Source*>(handle);
    if (source->at >= source->bytes.size() || count <= 0) return 0;
    const size_t size =
        std::min(static_cast<size_t>(count), source->bytes.size() - static_cast<size_t>(source->at));
    std::memcpy(out, source->bytes.data() + source->at, size);
    source->at += size;
    return static_cast<tmsize_t>(size);
}
tmsize_t write_source(thandle_t, void*, tmsize_t) { return 0; }
toff_t seek_source(thandle_t handle, toff_t offset, int whence) {
    auto* source = static_cast<Source*>(handle);
    const uint64_t from = whence == SEEK_CUR ? source->at : whence == SEEK_END ? source->bytes.size() : 0;
    return source->at = from + offset;
}
int close_source(thandle_t) { return 0; }
toff_t size_of_source(thandle_t handle) { return static_cast<Source*>(handle)->bytes.size(); }
int map_source(thandle_t handle, void** base, toff_t* size) {
    const ByteSpan bytes = static_cast<Source*>(handle)->bytes;
    *base = const_cast<std::byte*>(bytes.data());  // libtiff only reads it in mode "r"
    *size = bytes.size();
    return 1;
}
void unmap_source(thandle_t, void*, toff_t) {}

int keep_error(TIFF*, void* user, const char*, const char* text, va_list values) {
    auto* source = static_cast<Source*>(user);
    if (source->message[0] == '\0') std::vsnprintf(source->message, sizeof source->message, text, values);
    return 1;
}
int drop_warning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

using Tiff = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

Tiff open(Source& source) {
    const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                                   TIFFOpenOptionsFree);
    if (options == nullptr) return {nullptr, TIFFClose};
    TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kMaxPieceBytes);
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_error, &source);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), drop_warning, nullptr);
    return {TIFFClientOpenExt("picture", "r", &source, read_source, write_source, seek_source, close_source,
                              size_of_source, map_source, unmap_source, options.get()),
            TIFFClose};
}

std::unexpected<Error> damaged(const Source& source) {
    return fail("damaged or incomplete TIFF: {}",
                source.message[0] != '\0' ? source.message : "it cannot be read");
}

int tag(TIFF* tiff, uint32_t number, int absent = 0) {
    uint16_t value = 0;
    return TIFFGetFieldDefaulted(tiff, number, &value) == 1 ? value : absent;
}

struct Layout {
    int64_t height = 0, width = 0;
    int orientation = 1;
    bool planes = false;      // samples of a kind together, instead of pixel by pixel
    bool converted = false;   // YCbCr without JPEG: libtiff makes RGBA of it
    TiffPixels pixels;
};

Result<Layout> read_layout(TIFF* tiff) {
    Layout layout;
    uint32_t height = 0, width = 0;
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    layout.height = height, layout.width = width;
    TRY_STATUS(check_picture_size(layout.height, layout.width));
    layout.orientation = tag(tiff, TIFFTAG_ORIENTATION, 1);
    layout.planes = tag(tiff, TIFFTAG_PLANARCONFIG, 1) == PLANARCONFIG_SEPARATE;
    TiffPixels& pixels = layout.pixels;
    pixels.kind = tag(tiff, TIFFTAG_PHOTOMETRIC, -1);
    pixels.bits = tag(tiff, TIFFTAG_BITSPERSAMPLE, 1);
    pixels.samples = tag(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    pixels.format = tag(tiff, TIFFTAG_SAMPLEFORMAT, 1);
    if (pixels.format == SAMPLEFORMAT_VOID) pixels.format = SAMPLEFORMAT_UINT;
    if (pixels.samples > kMaxSamples)
        return fail("TIFF with {} samples a pixel, at most {} are read", pixels.samples, kMaxSamples);
    if (pixels.kind == PHOTOMETRIC_YCBCR) {
        layout.converted = tag(tiff, TIFFTAG_COMPRESSION) != COMPRESSION_JPEG;
        pixels.kind = PHOTOMETRIC_RGB;
        if (!layout.converted) TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    }
    uint16_t extra_count = 0, *extra = nullptr;
    if (pixels.kind == PHOTOMETRIC_RGB && TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &extra_count, &extra) == 1)
        pixels.premultiplied = extra_count > 0 && extra[0] == EXTRASAMPLE_ASSOCALPHA;
    TRY_STATUS(check_supported(pixels));
    uint16_t *red = nullptr, *green = nullptr, *blue = nullptr;
    if (pixels.kind == PHOTOMETRIC_PALETTE && TIFFGetField(tiff, TIFFTAG_COLORMAP, &red, &green, &blue) != 1)
        return fail("damaged TIFF: a palette picture without a palette");
    return layout;
}

// The samples that are needed, as bytes: [H, W, samples_read()].
struct Samples {
    const Layout& layout;
    std::vector<uint8_t> values;

    explicit Samples(const Layout& of)
        : layout(of), values(static_cast<size_t>(of.height * of.width * of.pixels.samples_read())) {}

    // A packed row that begins at (x0, y) and has `count` pixels; `plane` is -1 when it holds all samples of each.
    void put(const std::byte* row, int64_t y, int64_t x0, int64_t count, int plane) {
        const int read = layout.pixels.samples_read(), step = plane < 0 ? layout.pixels.samples : 1;
        uint8_t* out = &values[static_cast<size_t>((y * layout.width + x0) * read)];
        for (int64_t x = 0; x < count; ++x)
            for (int s = std::max(plane, 0); s < (plane < 0 ? read : plane + 1); ++s)
                out[x * read + s] =
                    byte_of_sample(layout.pixels, row, static_cast<size_t>(x * step + (plane < 0 ? s : 0)));
    }
};

bool read_strips(TIFF* tiff, Samples& samples) {
    const Layout& layout = samples.layout;
    const int planes = layout.planes ? layout.pixels.samples_read() : 1;
    const int64_t bits = layout.width * layout.pixels.bits * (layout.planes ? 1 : layout.pixels.samples);
    const tmsize_t size = TIFFScanlineSize(tiff);
    if (size < (bits + 7) / 8) return false;
    std::vector<std::byte> row(static_cast<size_t>(size));
    for (int plane = 0; plane < planes; ++plane)
        for (int64_t y = 0; y < layout.height; ++y) {
            if (TIFFReadScanline(tiff, row.data(), static_cast<uint32_t>(y), static_cast<uint16_t>(plane)) !=
                1)
                return false;
            samples.put(row.data(), y, 0, layout.width, layout.planes ? plane : -1);
        }
    return true;
}

bool read_tiles(TIFF* tiff, Samples& samples) {
    const Layout& layout = samples.layout;
    uint32_t width = 0, height = 0;
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &height);
    const int64_t bits = int64_t{width} * layout.pixels.bits * (layout.planes ? 1 : layout.pixels.samples);
    const tmsize_t size = TIFFTileSize(tiff), row = TIFFTileRowSize(tiff);
    if (width == 0 || height == 0 || row < (bits + 7) / 8 || size > kMaxPieceBytes || size / height < row)
        return false;
    std::vector<std::byte> tile(static_cast<size_t>(size));
    for (int plane = 0; plane < (layout.planes ? layout.pixels.samples_read() : 1); ++plane)
        for (int64_t y0 = 0; y0 < layout.height; y0 += height)
            for (int64_t x0 = 0; x0 < layout.width; x0 += width) {
                if (TIFFReadTile(tiff, tile.data(), static_cast<uint32_t>(x0), static_cast<uint32_t>(y0), 0,
                                 static_cast<uint16_t>(plane)) < 0)
                    return false;
                for (int64_t y = y0; y < std::min<int64_t>(y0 + height, layout.height); ++y)
                    samples.put(tile.data() + (y - y0) * row, y, x0,
                                std::min<int64_t>(width, layout.width - x0), layout.planes ? plane : -1);
            }
    return true;
}

Result<Tensor> convert_samples(TIFF* tiff, Layout& layout, const Source& source) {
    TiffPixels& pixels = layout.pixels;
    Samples samples(layout);
    if (TIFFIsTiled(tiff) != 0 ? !read_tiles(tiff, samples) : !read_strips(tiff, samples))
        return damaged(source);
    std::vector<uint16_t> palette;
    uint16_t* colors[3] = {};
    if (pixels.kind == PHOTOMETRIC_PALETTE &&
        TIFFGetField(tiff, TIFFTAG_COLORMAP, &colors[0], &colors[1], &colors[2]) == 1)
        for (const uint16_t* color : colors)
            palette.insert(palette.end(), color, color + (size_t{1} << pixels.bits));
    pixels.palette = palette;
    TensorBuilder builder(DType::kU8, {layout.height, layout.width, pixels.channels()});
    write_row(pixels, samples.values, byte_pointer(builder));
    return pixels.channels() == 4 ? rgb_from_cmyk(builder.finish()) : builder.finish();
}

Result<Tensor> convert_by_libtiff(TIFF* tiff, const Layout& layout, const Source& source) {
    std::vector<uint32_t> rgba(static_cast<size_t>(layout.height * layout.width));
    if (TIFFReadRGBAImageOriented(tiff, static_cast<uint32_t>(layout.width),
                                  static_cast<uint32_t>(layout.height), rgba.data(), layout.orientation,
                                  1) != 1)
        return damaged(source);
    TensorBuilder builder(DType::kU8, {layout.height, layout.width, 3});
    uint8_t* out = byte_pointer(builder);
    for (const uint32_t pixel : rgba)
        for (int c = 0; c < 3; ++c) *out++ = static_cast<uint8_t>(pixel >> (8 * c));
    return builder.finish();
}

// Orientation n says where row 0 and column 0 belong (TIFF 6.0): 2 … 4 are mirrored, 5 … 8 have rows for columns.
Tensor turned(const Tensor& picture, int orientation) {
    if (orientation < 2 || orientation > 8) return picture;
    const int64_t in_height = picture.dim(0), in_width = picture.dim(1), channels = picture.dim(2);
    const bool swap = orientation >= 5;
    const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    const int64_t height = swap ? in_width : in_height, width = swap ? in_height : in_width;
    TensorBuilder builder(DType::kU8, {height, width, channels});
    const uint8_t* in = picture.values<uint8_t>().data();
    uint8_t* out = byte_pointer(builder);
    for (int64_t y = 0; y < height; ++y)
        for (int64_t x = 0; x < width; ++x) {
            int64_t row = swap ? x : y, column = swap ? y : x;
            if (from_bottom) row = in_height - 1 - row;
            if (from_right) column = in_width - 1 - column;
            for (int64_t c = 0; c < channels; ++c) *out++ = in[(row * in_width + column) * channels + c];
        }
    return builder.finish();
}

}  // namespace

Result<Tensor> decode_tiff(ByteSpan bytes) {
    Source source{bytes};
    const Tiff tiff = open(source);
    if (tiff == nullptr) return damaged(source);
    TRY(Layout layout, read_layout(tiff.get()));
    TRY(const Tensor picture, layout.converted ? convert_by_libtiff(tiff.get(), layout, source)
                                               : convert_samples(tiff.get(), layout, source));
    return turned(picture, layout.orientation);
}

}  // namespace lathe::image
