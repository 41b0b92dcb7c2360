// PNG by libpng. It reports errors by a jump; the functions that it may jump out of hold nothing to be destroyed.
#include <png.h>

#include <csetjmp>
#include <cstdio>
#include <cstring>

#include "image/codecs.h"

namespace lathe::image {
namespace {

// Deflate makes at most 1032 bytes of one.
constexpr int64_t kMaxInflation = 1040;

struct PngJob {
    ByteSpan bytes;
    size_t at = 0;
    png_structp png = nullptr;
    png_infop info = nullptr;
    char message[160] = "out of memory";
    ~PngJob() { png_destroy_read_struct(&png, &info, nullptr); }
};

void on_error(png_structp png, png_const_charp message) {
    auto* job = static_cast<PngJob*>(png_get_error_ptr(png));
    std::snprintf(job->message, sizeof job->message, "%s", message);
    png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void read_bytes(png_structp png, png_bytep out, size_t count) {
    auto* job = static_cast<PngJob*>(png_get_io_ptr(png));
    if (count > job->bytes.size() - job->at) png_error(png, "the file ends before the picture does");
    std::memcpy(out, job->bytes.data() + job->at, count);
    job->at += count;
}

bool read_png_header(PngJob& job) {
    job.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &job, on_error, on_warning);
    if (job.png == nullptr) return false;
    if (setjmp(png_jmpbuf(job.png)) != 0) return false;
    job.info = png_create_info_struct(job.png);
    png_set_user_limits(job.png, 0x7fffffff, 0x7fffffff);  // decode_png() has limits of its own
    png_set_read_fn(job.png, &job, read_bytes);
    png_read_info(job.png, job.info);
    return true;
}

// To one or three samples a pixel, of 8 bits except that grey keeps 16.
bool choose_output(PngJob& job) {
    if (setjmp(png_jmpbuf(job.png)) != 0) return false;
    const int color = png_get_color_type(job.png, job.info);
    const bool wide_grey = color == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(job.png, job.info) == 16;
    if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(job.png);
    if (color == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(job.png);
    if (!wide_grey) png_set_strip_16(job.png);
    png_set_strip_alpha(job.png);
    png_set_interlace_handling(job.png);
    png_read_update_info(job.png, job.info);
    return true;
}

// Rows of `stride` bytes into `out`; every pass of an interlaced picture fills in more of them.
bool read_png_rows(PngJob& job, png_bytep out, size_t stride) {
    if (setjmp(png_jmpbuf(job.png)) != 0) return false;
    const uint32_t height = png_get_image_height(job.png, job.info);
    const int passes = png_get_interlace_type(job.png, job.info) == PNG_INTERLACE_NONE ? 1 : 7;
    for (int pass = 0; pass < passes; ++pass)
        for (uint32_t y = 0; y < height; ++y) png_read_row(job.png, out + y * stride, nullptr);
    return true;
}

Tensor clip_wide_grey(const Tensor& wide, int64_t height, int64_t width) {  // big-endian pairs
    TensorBuilder builder(DType::kU8, {height, width, 1});
    const auto in = wide.values<uint8_t>();
    auto out = builder.values<uint8_t>();
    for (size_t i = 0; i < out.size(); ++i) out[i] = in[2 * i] != 0 ? 255 : in[2 * i + 1];
    return builder.finish();
}

}  // namespace

Result<Tensor> decode_png(ByteSpan bytes) {
    PngJob job;
    job.bytes = bytes;
    if (!read_png_header(job)) return fail("damaged or incomplete PNG: {}", job.message);
    const int64_t height = png_get_image_height(job.png, job.info),
                  width = png_get_image_width(job.png, job.info);
    TRY_STATUS(check_picture_size(height, width));
    const auto packed_row = static_cast<int64_t>(png_get_rowbytes(job.png, job.info));
    if (packed_row * height / kMaxInflation > static_cast<int64_t>(bytes.size()))
        return fail(
            "the PNG says it has {} x {} pixels, but its {} bytes cannot hold that many; it is damaged or "
            "incomplete",
            width, height, bytes.size());
    if (!choose_output(job)) return fail("damaged PNG: {}", job.message);
    const auto row = static_cast<int64_t>(png_get_rowbytes(job.png, job.info));
    const bool wide = png_get_bit_depth(job.png, job.info) == 16;
    const int64_t samples = png_get_channels(job.png, job.info);
    CHECK(row == width * samples * (wide ? 2 : 1) && (samples == 1 || (samples == 3 && !wide)));
    TensorBuilder builder(DType::kU8, {height, width, row / width});
    if (!read_png_rows(job, byte_pointer(builder), static_cast<size_t>(row)))
        return fail("damaged or incomplete PNG: {}", job.message);
    return wide ? clip_wide_grey(builder.finish(), height, width) : builder.finish();
}

}  // namespace lathe::image
