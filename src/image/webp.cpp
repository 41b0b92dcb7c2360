// WebP by libwebp: still pictures, and the first frame of moving ones.
#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>

#include "image/codecs.h"

namespace lathe::image {
namespace {

std::unexpected<Error> damaged(ByteSpan bytes) {
    return fail("damaged or incomplete WebP of {} bytes", bytes.size());
}

Result<Tensor> first_frame(ByteSpan bytes, int64_t height, int64_t width) {
    WebPAnimDecoderOptions options;
    if (WebPAnimDecoderOptionsInit(&options) == 0) return fail("the WebP library does not fit this program");
    options.color_mode = MODE_RGBA;
    const WebPData data{reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
    const std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(
        WebPAnimDecoderNew(&data, &options), WebPAnimDecoderDelete);
    uint8_t* canvas = nullptr;  // RGBA, the decoder's own
    int time = 0;
    if (decoder == nullptr || WebPAnimDecoderGetNext(decoder.get(), &canvas, &time) == 0)
        return damaged(bytes);
    TensorBuilder builder(DType::kU8, {height, width, 3});
    auto out = builder.values<uint8_t>();
    for (size_t i = 0, j = 0; i < out.size(); i += 3, j += 4)
        for (size_t c = 0; c < 3; ++c) out[i + c] = canvas[j + c];
    return builder.finish();
}

}  // namespace

Result<Tensor> decode_webp(ByteSpan bytes) {
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(data, bytes.size(), &features) != VP8_STATUS_OK) return damaged(bytes);
    TRY_STATUS(check_picture_size(features.height, features.width));
    if (features.has_animation != 0) return first_frame(bytes, features.height, features.width);
    TensorBuilder builder(DType::kU8, {features.height, features.width, 3});
    auto out = builder.values<uint8_t>();
    if (WebPDecodeRGBInto(data, bytes.size(), out.data(), out.size(), features.width * 3) == nullptr)
        return damaged(bytes);
    return builder.finish();
}

}  // namespace lathe::image
