// Deflate (RFC 1951) and its two wrappings, zlib (RFC 1950) and gzip (RFC 1952). Natively deflate_zlib.cpp does the
// work; WebAssembly has no zlib, and deflate_own.cpp stands in with the decoder below in `portable`.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace lathe::wire {

enum class Wrap { kRaw, kZlib, kGzip };

bool looks_like_gzip(ByteSpan head);  // 1f 8b 08

// CRC-32 as in gzip and zip; `before` is the result for the bytes in front.
uint32_t crc32(ByteSpan bytes, uint32_t before = 0);

// A compressed stream being read piece by piece; the whole output is never held.
class InflateStream {
public:
    virtual ~InflateStream() = default;
    // Fills `out` and returns how many bytes it got: less than out.size() only at the end, 0 from then on. Checksums
    // and lengths are verified when the end is reached. Errors: cut off, not a deflate stream, wrong checksum; after an
    // error the stream is over.
    virtual Result<size_t> read(std::span<std::byte> out) = 0;
};
// Gzip: all members, one after the other; zeros behind the last are ignored, anything else there is an error.
std::unique_ptr<InflateStream> open_inflate(SharedBytes compressed, Wrap wrap);

// The whole output, which may have at most `limit_bytes` bytes: more is refused, after that many.
Result<std::vector<std::byte>> inflate(const SharedBytes& compressed, Wrap wrap, uint64_t limit_bytes);
// An output whose exact size is known. No deflate stream expands more than 1032 times: what claims to is refused
// before memory is taken.
Result<SharedBytes> inflate_exactly(const SharedBytes& compressed, Wrap wrap, uint64_t size_bytes);

// Compresses piece by piece into `sink`. level: 0 (store) to 9.
using ByteSink = std::function<Status(ByteSpan)>;
class DeflateStream {
public:
    virtual ~DeflateStream() = default;
    virtual Status write(ByteSpan bytes) = 0;
    virtual Status finish() = 0;  // call once, last
};
std::unique_ptr<DeflateStream> open_deflate(Wrap wrap, int level, ByteSink sink);
std::vector<std::byte> deflate(ByteSpan bytes, Wrap wrap, int level = 6);

// The same in plain C++. Its compressor only stores, which every decompressor reads.
namespace portable {
uint32_t crc32(ByteSpan bytes, uint32_t before = 0);
uint32_t adler32(ByteSpan bytes, uint32_t before = 1);
std::unique_ptr<InflateStream> open_inflate(SharedBytes compressed, Wrap wrap);
std::unique_ptr<DeflateStream> open_deflate(Wrap wrap, ByteSink sink);
}  // namespace portable

}  // namespace lathe::wire
