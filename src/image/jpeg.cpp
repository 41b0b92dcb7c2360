// JPEG by libjpeg-turbo with its default (accurate) transforms and smooth upsampling. libjpeg reports errors by a jump;
// the functions that it may jump out of hold nothing that would have to be destroyed.
#include <csetjmp>
#include <cstdio>
#include <cstring>
// (after <cstdio>)
#include <jpeglib.h>

#include "image/codecs.h"

namespace lathe::image {
namespace {

constexpr int kMaxScans =
    500;  // a progressive picture has about ten; each costs a pass over all coefficients

struct Job {
    jpeg_decompress_struct info;
    jpeg_error_mgr errors;
    jpeg_source_mgr source;
    jpeg_progress_mgr progress;
    std::jmp_buf jump;
    char message[JMSG_LENGTH_MAX];
};

[[noreturn]] void leave(Job& job) { std::longjmp(job.jump, 1); }
Job& job_of(j_common_ptr info) { return *static_cast<Job*>(info->client_data); }

void on_error(j_common_ptr info) {
    Job& job = job_of(info);
    info->err->format_message(info, job.message);
    leave(job);
}

boolean on_end_of_bytes(j_decompress_ptr info) {
    Job& job = job_of(reinterpret_cast<j_common_ptr>(info));
    std::snprintf(job.message, sizeof job.message, "the file ends before the picture does");
    leave(job);
}

void skip_bytes(j_decompress_ptr info, long count) {
    if (count <= 0) return;
    const auto size = static_cast<size_t>(count);
    if (size > info->src->bytes_in_buffer) on_end_of_bytes(info);
    info->src->next_input_byte += size;
    info->src->bytes_in_buffer -= size;
}

void on_progress(j_common_ptr info) {
    if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMaxScans) return;
    Job& job = job_of(info);
    std::snprintf(job.message, sizeof job.message, "more than %d scans", kMaxScans);
    leave(job);
}

void connect(Job& job, ByteSpan bytes) {
    std::memset(&job, 0, sizeof job);
    job.info.err = jpeg_std_error(&job.errors);
    job.info.client_data = &job;
    job.errors.error_exit = on_error;
    job.errors.output_message = [](j_common_ptr) {};
    job.source.next_input_byte = reinterpret_cast<const JOCTET*>(bytes.data());
    job.source.bytes_in_buffer = bytes.size();
    job.source.init_source = [](j_decompress_ptr) {};
    job.source.fill_input_buffer = on_end_of_bytes;
    job.source.skip_input_data = skip_bytes;
    job.source.resync_to_restart = jpeg_resync_to_restart;
    job.source.term_source = [](j_decompress_ptr) {};
    job.progress.progress_monitor = on_progress;
}

bool read_header(Job& job) {
    if (setjmp(job.jump) != 0) return false;
    jpeg_create_decompress(&job.info);
    job.info.src = &job.source;
    job.info.progress = &job.progress;
    jpeg_read_header(&job.info, TRUE);
    return true;
}

// Rows of `stride` bytes into `out`.
bool read_rows(Job& job, uint8_t* out, size_t stride) {
    if (setjmp(job.jump) != 0) return false;
    jpeg_start_decompress(&job.info);
    while (job.info.output_scanline < job.info.output_height) {
        JSAMPROW row = out + job.info.output_scanline * stride;
        jpeg_read_scanlines(&job.info, &row, 1);
    }
    return true;
}

struct Destroy {
    Job& job;
    ~Destroy() { jpeg_destroy_decompress(&job.info); }
};

}  // namespace

Result<Tensor> decode_jpeg(ByteSpan bytes) {
    Job job;
    connect(job, bytes);
    const Destroy destroy{job};
    if (!read_header(job)) return fail("damaged or incomplete JPEG: {}", job.message);
    const int64_t height = job.info.image_height, width = job.info.image_width,
                  components = job.info.num_components;
    TRY_STATUS(check_picture_size(height, width));
    if (components != 1 && components != 3 && components != 4)
        return fail("JPEG with {} components, expected 1 (grey), 3 (colour) or 4 (CMYK)", components);
    job.info.out_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
    TensorBuilder builder(DType::kU8, {height, width, components});
    if (!read_rows(job, byte_pointer(builder), static_cast<size_t>(width * components)))
        return fail("damaged or incomplete JPEG: {}", job.message);
    if (components != 4) return builder.finish();
    // Programs that write CMYK in JPEG store the ink inverted, as Adobe's did first.
    for (uint8_t& value : builder.values<uint8_t>()) value = static_cast<uint8_t>(255 - value);
    return rgb_from_cmyk(builder.finish());
}

}  // namespace lathe::image
