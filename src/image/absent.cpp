// Stands in for the decoders that need native libraries: a browser decodes these itself.
#include "image/codecs.h"

namespace lathe::image {

Result<Tensor> decode_jpeg(ByteSpan) {
    return fail("this build cannot decode JPEG; convert the picture to BMP");
}
Result<Tensor> decode_png(ByteSpan) {
    return fail("this build cannot decode PNG; convert the picture to BMP");
}
Result<Tensor> decode_webp(ByteSpan) {
    return fail("this build cannot decode WebP; convert the picture to BMP");
}
Result<Tensor> decode_tiff(ByteSpan) {
    return fail("this build cannot decode TIFF; convert the picture to BMP");
}

}  // namespace lathe::image
