// What stands on the streams, whoever implements them.
#include "wire/deflate.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace lathe::wire {
namespace {

constexpr uint64_t kLargestRatio = 1032;  // a two-bit code pair that copies 258 bytes
constexpr size_t kFirstBlock = 64 * 1024;

}  // namespace

bool looks_like_gzip(ByteSpan head) {
    return head.size() >= 3 && head[0] == std::byte{0x1f} && head[1] == std::byte{0x8b} &&
           head[2] == std::byte{8};
}

Result<std::vector<std::byte>> inflate(const SharedBytes& compressed, Wrap wrap, uint64_t limit_bytes) {
    const auto stream = open_inflate(compressed, wrap);
    std::vector<std::byte> out;
    limit_bytes = std::min<uint64_t>(limit_bytes, std::numeric_limits<size_t>::max() / 4);
    for (size_t have = 0;;) {
        if (have > limit_bytes)
            return fail("the compressed data has more than the {} bytes that are allowed for it",
                        limit_bytes);
        const uint64_t next = std::max<uint64_t>(kFirstBlock, uint64_t{2} * have);
        out.resize(static_cast<size_t>(std::min(next, limit_bytes + 1)));
        TRY(const size_t got, stream->read(std::span(out).subspan(have)));
        have += got;
        if (have < out.size()) {
            out.resize(have);
            return out;
        }
    }
}

Result<SharedBytes> inflate_exactly(const SharedBytes& compressed, Wrap wrap, uint64_t size_bytes) {
    if (size_bytes / kLargestRatio > compressed.size())
        return fail("{} compressed bytes claim to hold {}, which no deflate stream can", compressed.size(),
                    size_bytes);
    const HeapBytes out(static_cast<size_t>(size_bytes));
    const auto stream = open_inflate(compressed, wrap);
    TRY(const size_t got, stream->read(out.span()));
    if (got != size_bytes) return fail("the compressed data has {} bytes, expected {}", got, size_bytes);
    std::byte extra{};
    TRY(const size_t more, stream->read(std::span(&extra, 1)));
    if (more != 0) return fail("the compressed data has more than the expected {} bytes", size_bytes);
    return out.freeze();
}

std::vector<std::byte> deflate(ByteSpan bytes, Wrap wrap, int level) {
    std::vector<std::byte> out;
    const auto stream = open_deflate(wrap, level, [&](ByteSpan piece) -> Status {
        out.insert(out.end(), piece.begin(), piece.end());
        return {};
    });
    CHECK(stream->write(bytes).has_value() && stream->finish().has_value());
    return out;
}

}  // namespace lathe::wire
