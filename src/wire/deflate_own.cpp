// Where there is no zlib: the portable implementation.
#include "wire/deflate.h"

namespace lathe::wire {

uint32_t crc32(ByteSpan bytes, uint32_t before) { return portable::crc32(bytes, before); }

std::unique_ptr<InflateStream> open_inflate(SharedBytes compressed, Wrap wrap) {
    return portable::open_inflate(std::move(compressed), wrap);
}

std::unique_ptr<DeflateStream> open_deflate(Wrap wrap, int, ByteSink sink) {
    return portable::open_deflate(wrap, std::move(sink));
}

}  // namespace lathe::wire
