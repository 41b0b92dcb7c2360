// Checksums, and the compressor that only stores (RFC 1951, section 3.2.4), in plain C++.
#include <algorithm>
#include <array>

#include "wire/deflate.h"

namespace lathe::wire::portable {
namespace {

constexpr size_t kBlock = 65535;

// Eight tables: entry k of a byte is its remainder with k zero bytes behind it, so that eight bytes go at once.
constexpr auto kCrcTables = [] {
    std::array<std::array<uint32_t, 256>, 8> tables{};
    for (uint32_t i = 0; i < 256; ++i) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? 0xedb88320u ^ value >> 1 : value >> 1;
        tables[0][i] = value;
    }
    for (size_t k = 1; k < 8; ++k)
        for (size_t i = 0; i < 256; ++i)
            tables[k][i] = tables[k - 1][i] >> 8 ^ tables[0][tables[k - 1][i] & 0xff];
    return tables;
}();

class Store final : public DeflateStream {
public:
    Store(Wrap wrap, ByteSink sink)
        : wrap_(wrap), sink_(std::move(sink)), check_(wrap == Wrap::kZlib ? 1 : 0) {}

    Status write(ByteSpan bytes) override {
        if (wrap_ == Wrap::kGzip) check_ = crc32(bytes, check_);
        if (wrap_ == Wrap::kZlib) check_ = adler32(bytes, check_);
        total_ += bytes.size();
        while (!bytes.empty()) {
            if (block_.size() == kBlock) TRY_STATUS(flush(false));
            const size_t size = std::min(bytes.size(), kBlock - block_.size());
            block_.insert(block_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
            bytes = bytes.subspan(size);
        }
        return {};
    }

    Status finish() override {
        TRY_STATUS(flush(true));
        if (wrap_ == Wrap::kZlib) return numbers({check_ >> 24, check_ >> 16, check_ >> 8, check_});
        if (wrap_ == Wrap::kRaw) return {};
        const auto size = static_cast<uint32_t>(total_);
        return numbers(
            {check_, check_ >> 8, check_ >> 16, check_ >> 24, size, size >> 8, size >> 16, size >> 24});
    }

private:
    Status numbers(std::initializer_list<uint32_t> values) {
        std::vector<std::byte> bytes;
        for (const uint32_t value : values) bytes.push_back(static_cast<std::byte>(value & 0xff));
        return sink_(bytes);
    }

    Status flush(bool last) {
        if (!started_ && wrap_ == Wrap::kZlib) TRY_STATUS(numbers({0x78, 0x01}));
        if (!started_ && wrap_ == Wrap::kGzip) TRY_STATUS(numbers({0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}));
        started_ = true;
        const auto size = static_cast<uint32_t>(block_.size());
        TRY_STATUS(numbers({last ? 1u : 0u, size, size >> 8, ~size, ~size >> 8}));
        TRY_STATUS(sink_(block_));
        block_.clear();
        return {};
    }

    Wrap wrap_;
    ByteSink sink_;
    uint32_t check_;
    uint64_t total_ = 0;
    bool started_ = false;
    std::vector<std::byte> block_;
};

}  // namespace

uint32_t crc32(ByteSpan bytes, uint32_t before) {
    uint32_t crc = ~before;
    const auto at = [&](size_t i) { return std::to_integer<uint32_t>(bytes[i]); };
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
        crc ^= at(0) | at(1) << 8 | at(2) << 16 | at(3) << 24;
        crc = kCrcTables[7][crc & 0xff] ^ kCrcTables[6][crc >> 8 & 0xff] ^ kCrcTables[5][crc >> 16 & 0xff] ^
              kCrcTables[4][crc >> 24] ^ kCrcTables[3][at(4)] ^ kCrcTables[2][at(5)] ^ kCrcTables[1][at(6)] ^
              kCrcTables[0][at(7)];
    }
    for (size_t i = 0; i < bytes.size(); ++i) crc = crc >> 8 ^ kCrcTables[0][(crc ^ at(i)) & 0xff];
    return ~crc;
}

uint32_t adler32(ByteSpan bytes, uint32_t before) {
    uint32_t a = before & 0xffff, b = before >> 16;
    while (!bytes.empty()) {
        const size_t size = std::min<size_t>(bytes.size(), 5552);  // the most before b can pass 2^32
        for (const std::byte value : bytes.first(size)) {
            a += std::to_integer<uint32_t>(value);
            b += a;
        }
        a %= 65521;
        b %= 65521;
        bytes = bytes.subspan(size);
    }
    return b << 16 | a;
}

std::unique_ptr<DeflateStream> open_deflate(Wrap wrap, ByteSink sink) {
    return std::make_unique<Store>(wrap, std::move(sink));
}

}  // namespace lathe::wire::portable
